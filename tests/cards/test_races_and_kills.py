"""Several at once, and processes killed outright between the processor's answer and our books: charged once."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client

from tests.attacks.test_races import at_once
from tests.support.databases import url_of
from tests.support.environment import ROOT
from vigente.billing.models import CardCharge, CardSession, Payment
from vigente.billing.services import card_charges
from vigente.billing.services import cards as pages
from vigente.worker.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)
CHARGE = """
import sys, django
from datetime import datetime
django.setup()
from vigente.billing.services import card_charges
print(card_charges.charge_due(now=datetime.fromisoformat(sys.argv[1])))
"""


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def clock():
    """Not stopped: others wait by it."""


def test_the_same_message_at_once_pays_once(till):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    letters = [till.peer.letter(event) for event in till.peer.events for _copy in range(3)]
    answers = at_once(*[partial(Client().post, "/webhooks/stripe", **letter) for letter in letters])
    assert {answer.status_code for answer in answers} == {200}
    assert Payment.objects.count() == 1
    assert not list(verify(now=till.now))


def test_message_return_and_worker_at_once_pay_once(till):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    later = till.now + timedelta(minutes=3)
    letter = till.peer.letter(till.peer.events[1])
    at_once(
        partial(Client().post, "/webhooks/stripe", **letter),
        partial(pages.reconcile, now=later),
        partial(pages.reconcile, now=later),
        partial(pages.look, target=invoice, now=later),
    )
    assert Payment.objects.count() == 1
    invoice.refresh_from_db()
    assert invoice.balance_minor == 0


def test_workers_at_once_charge_once(till):
    till.keep()
    for _three in range(3):
        till.renewal()
    at_once(*[partial(card_charges.charge_due, now=till.now)] * 4)
    assert len(till.peer.intents) == 3
    assert Payment.objects.filter(status="confirmed").count() == 3
    assert not list(verify(now=till.now))


def test_tabs_at_once_get_one_page(till):
    invoice = till.invoice()

    def press():
        return pages.start(
            target=type(invoice).objects.get(pk=invoice.pk), user=till.shop.manager, keep_card=False,
            back="https://vigente.test/es/", now=till.now,
        )  # fmt: skip

    assert len(set(at_once(press, press, press))) == 1
    assert CardSession.objects.count() == 1


def worker(till, now):
    environment = os.environ | {
        "DATABASE_URL": url_of(connection.settings_dict), "DJANGO_SETTINGS_MODULE": "vigente.settings",
        "STRIPE_SECRET_KEY": "sk_test_peer", "STRIPE_WEBHOOK_SECRET": "whsec_peer", "STRIPE_API_BASE": till.peer.base,
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-P", "-c", CHARGE, now.isoformat()], env=environment)


def test_a_worker_killed_before_it_hears_the_answer_charges_once(till):
    till.keep()
    invoice = till.renewal()
    till.peer.slow = 30.0  # the work is done at once, the answer comes late
    killed = worker(till, till.now)
    for _wait in range(600):
        if till.peer.intents:
            break
        time.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=10)
    till.peer.slow = 0.0
    assert len(till.peer.intents) == 1
    assert CardCharge.objects.get().status == "claimed"
    assert worker(till, till.now + timedelta(minutes=1)).wait(timeout=60) == 0
    assert CardCharge.objects.get().status == "claimed"  # its lease is not over
    assert worker(till, till.now + timedelta(minutes=11)).wait(timeout=60) == 0
    invoice.refresh_from_db()
    assert invoice.balance_minor == 0
    assert len(till.peer.intents) == 1
    assert not list(verify(now=till.now))
