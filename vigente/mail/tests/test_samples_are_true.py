"""A sample of a letter says everything that the letter itself is given: what is previewed is what is sent."""

from datetime import timedelta

import pytest

from vigente.billing.services import orders, payments
from vigente.factories import make_user, make_version, publish
from vigente.mail import letters
from vigente.mail.samples import SAMPLES, sample_letter
from vigente.mail.tests.people import make_desk
from vigente.tickets.services.conversation import reply
from vigente.worker.advancing import live_through
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(monkeypatch):
    """Template → the names it was given, of every letter written from now on."""
    seen: dict[str, set[str]] = {}
    render = letters.render_to_string

    def spied(template, context):
        seen.setdefault(template.removeprefix("mail/").removesuffix(".html"), set()).update(context)
        return render(template, context)

    monkeypatch.setattr(letters, "render_to_string", spied)
    return seen


def test_what_a_letter_is_given_its_sample_has_too(given, now):
    publish(expiring_mail_days=5)
    desk = make_desk(now, plan=False)
    shop, boss = desk.customer, make_user("Sofía", role="supervisor")
    version = make_version(name="Tienda", cases=4)
    order = orders.place(
        organization=shop.organization, licence=shop.licence, kind="plan", version=version, key="o",
        actor=shop.manager, now=now,
    )  # fmt: skip
    sent = payments.submit_transfer(
        organization=shop.organization, amount_minor=210_000, currency="NIO", reference="1", user=shop.manager,
        order=order, key="t", now=now,
    )  # fmt: skip
    drain_all(now=now)
    payments.reject(payment=sent, note="No", actor=boss, now=now)
    payments.record_payment(
        organization=shop.organization, method="transfer", amount_minor=210_000, currency="NIO", key="p",
        order=order, actor=boss, now=now,
    )  # fmt: skip
    drain_all(now=now)
    shop.licence.refresh_from_db()
    ticket = shop.ticket(now)
    reply(ticket=ticket, author=boss, channel="web", text="Listo", status_after="solved", now=now)
    live_through(now, now + timedelta(days=40))
    written = {name: set(names) for name, names in given.items()}
    assert len(written) >= 12
    given.clear()
    for name in written:
        sample_letter(name, language="es", now=now)
    assert {name: names - given[name] for name, names in written.items() if names - given[name]} == {}
    assert set(written) <= set(SAMPLES)
