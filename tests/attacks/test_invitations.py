"""Invitations as a weapon: mail for strangers without end, a door for who was shut out, a seat in another company."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from vigente.accounts import services
from vigente.accounts.models import Membership, User
from vigente.factories import make_customer, make_user

pytestmark = pytest.mark.django_db


def offer(shop, now, email="rosa@clavo.test"):
    return services.invite(organization=shop.organization, email=email, role="member", may_draw=True,
                           invited_by=shop.manager, now=now)  # fmt: skip


def code_of(run):
    with pytest.raises(ValidationError) as refused:
        run()
    return refused.value.code


def test_nobody_is_mailed_without_end_by_inviting_and_withdrawing(shop, now):
    for _ in range(services.INVITATIONS_A_DAY_MAX):
        services.revoke_invitation(invitation=offer(shop, now, "victima@otra.test"), now=now)
    sent = len(mail.outbox)
    assert code_of(lambda: offer(shop, now, "victima@otra.test")) == "too_many"
    assert len(mail.outbox) == sent
    assert offer(shop, now + timedelta(days=1), "victima@otra.test")


def test_an_account_that_was_shut_is_not_opened_by_an_invitation(shop, now):
    shut = make_user(email="rosa@clavo.test", is_active=False)
    invitation = offer(shop, now)
    taking = {"invitation": invitation, "name": "R", "password": "clave-larga-9", "now": now}
    assert code_of(lambda: services.accept_invitation(**taking)) == "inactive"
    shut.refresh_from_db()
    assert not shut.is_active
    assert not shut.check_password("clave-larga-9")
    assert not Membership.objects.filter(user=shut).exists()


def test_a_manager_of_one_company_offers_no_seat_in_another(shop, now):
    other = make_customer(now=now)
    client = Client()
    client.force_login(shop.manager)
    for sent in ({"organization": other.organization.pk}, {}):
        client.post(f"/es/people/invitations/?organization={other.organization.pk}",
                    {"email": f"n{len(sent)}@x.test", "role": "manager", **sent})  # fmt: skip
    assert not other.organization.invitations.exists()


def test_an_invitation_makes_nobody_staff_and_tells_nobody_apart(shop, now):
    """The page of an invitation says the same for an address with and without an account nobody has verified."""
    make_user(email="rosa@clavo.test")
    pages = []
    for email in ("rosa@clavo.test", "eva@clavo.test"):
        token = services.invitation_token(offer(shop, now, email))
        content = Client().get(f"/es/invitation/{token}/")
        pages.append(content.status_code)
    assert pages[0] == pages[1]
    client = Client()
    token = services.invitation_token(offer(shop, now, "eva@clavo.test"))
    client.post(
        f"/es/invitation/{token}/",
        {"name": "E", "password": "clave-larga-9", "role": "owner", "email": "jefa@x.test"},
    )
    assert not User.objects.filter(email="jefa@x.test").exists()
    assert not User.objects.exclude(role="customer").exists()
