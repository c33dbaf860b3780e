"""Staff write the real key of an installation its customer registered without one (row 31)."""

import pytest
from django.test import Client

from vigente.billing.services.claims import register_provisional
from vigente.factories import make_customer, make_edition

pytestmark = pytest.mark.django_db


def test_the_link_is_there_while_the_key_is_missing_and_writing_it_ends_that(agent, now):
    shop = make_customer("x", now=now)
    waiting = register_provisional(
        organization=shop.organization, edition=make_edition("WEB"), actor=shop.manager, now=now
    )
    client = Client()
    client.force_login(agent)
    page = f"/es/desk/organizations/{shop.organization.pk}/"
    address = f"/es/desk/licences/{waiting.pk}/key/"
    assert address in client.get(page).content.decode()
    assert client.post(address, {"key": shop.licence.key}).status_code == 422
    client.post(address, {"key": "WEB-7F2K"})
    waiting.refresh_from_db()
    assert waiting.key == "WEB-7F2K"
    assert address not in client.get(page).content.decode()
