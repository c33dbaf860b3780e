"""Every link in a mail opens, whoever follows it: a mail program, a scanner and a person all send GET."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests.access.world import build
from vigente.accounts.models import User
from vigente.mail.models import OutboundMessage
from vigente.tickets.services import quotations
from vigente.worker.drain import drain_all

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
KINDS = {"split.proposed", "quotation.quoted", "approval.asked", "ticket.opened_for_customer"}


@pytest.mark.django_db
def test_following_a_mailed_link_opens_a_page_and_changes_nothing():
    with time_machine.travel(NOW, tick=False):
        world = build(NOW)
        quoted = world.shop.organization.tickets.get(number=world.numbers["quotation"])
        quotations.quote(
            ticket=quoted, amount_minor=100, currency="NIO", scope="x", actor=world.people["owner"], now=NOW
        )
        drain_all(now=NOW)
        seen = set()
        for mail in OutboundMessage.objects.exclude(html=""):
            seen.add(mail.kind)
            for address in set(re.findall(r'href="(http[^"]+)"', mail.html)):
                assert address.startswith(settings.BASE_URL)
                client = Client()
                if reader := User.objects.filter(email=mail.to).first():
                    client.force_login(reader)
                path = urlsplit(address).path
                response = client.get(path, follow=True)
                assert response.status_code == 200, (mail.kind, address)
        assert seen >= KINDS, KINDS - seen
