"""A seat is offered by mail, taken once, in time, by whoever reads that mailbox."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError

from vigente.accounts import services
from vigente.accounts.models import Invitation, Membership, Organization, User

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    organization = Organization.objects.create(name="Ferretería El Clavo", created_at=NOW)
    alice = User.objects.create_user("alice@clavo.example", "x" * 12, name="Alicia", date_joined=NOW)
    Membership.objects.create(user=alice, organization=organization, role=Membership.Role.MANAGER)
    return organization, alice


def offer(shop, email="rosa@clavo.example", now=NOW, **fields):
    organization, alice = shop
    fields = {"role": "member", "may_draw": True, "invited_by": alice, **fields}
    return services.invite(organization=organization, email=email, now=now, **fields)


def test_an_invitation_is_mailed_with_a_link_and_gives_nothing_yet(shop):
    invitation = offer(shop, email="Rosa@Clavo.example", name="Rosa")
    assert invitation.email == "rosa@clavo.example"
    assert mail.outbox[0].to == ["rosa@clavo.example"]
    assert services.invitation_token(invitation) in mail.outbox[0].body.replace("%3A", ":")
    assert not User.objects.filter(email="rosa@clavo.example").exists()


def test_accepting_makes_a_verified_account_and_a_membership(shop):
    invitation = offer(shop, may_draw=False)
    user = services.accept_invitation(
        invitation=invitation, name="Rosa M.", password="clave-larga-1", now=NOW
    )
    assert user.check_password("clave-larga-1")
    assert EmailAddress.objects.get(user=user).verified
    membership = Membership.objects.get(user=user)
    assert (membership.role, membership.may_draw) == ("member", False)


def test_a_link_works_once(shop):
    invitation = offer(shop)
    services.accept_invitation(invitation=invitation, name="Rosa", password="clave-larga-1", now=NOW)
    with pytest.raises(ValidationError) as refused:
        services.accept_invitation(invitation=invitation, name="Eva", password="clave-larga-2", now=NOW)
    assert refused.value.code == "used"
    assert User.objects.get(email="rosa@clavo.example").check_password("clave-larga-1")


def test_a_link_expires_and_a_forged_one_is_nothing(shop):
    token = services.invitation_token(offer(shop))
    last = NOW + timedelta(days=services.INVITATION_DAYS)
    assert services.invitation_from(token, now=last - timedelta(microseconds=1)) is not None
    assert services.invitation_from(token, now=last) is None
    assert services.invitation_from(token[:-2] + "zz", now=NOW) is None
    assert services.invitation_from("1", now=NOW) is None


def test_inviting_again_renews_and_the_old_link_dies(shop):
    first = services.invitation_token(offer(shop))
    second = services.invitation_token(offer(shop, now=NOW + timedelta(days=1)))
    assert services.invitation_from(first, now=NOW) is None
    assert services.invitation_from(second, now=NOW + timedelta(days=2)) is not None
    assert Invitation.objects.open_at(NOW).count() == 1


def test_the_owner_of_an_established_account_must_sign_in(shop):
    rosa = User.objects.create_user("rosa@clavo.example", "su-propia-clave", date_joined=NOW)
    EmailAddress.objects.create(user=rosa, email=rosa.email, verified=True, primary=True)
    invitation = offer(shop)
    with pytest.raises(ValidationError) as refused:
        services.accept_invitation(invitation=invitation, name="Eva", password="clave-ajena-1", now=NOW)
    assert refused.value.code == "other_account"
    rosa.refresh_from_db()
    assert rosa.check_password("su-propia-clave")
    invitation.refresh_from_db()
    assert invitation.accepted_at is None
    services.accept_invitation(invitation=invitation, user=rosa, now=NOW)
    assert Membership.objects.filter(user=rosa).count() == 1


def test_an_account_nobody_verified_is_taken_over_by_the_mailbox_s_reader(shop):
    squatter = User.objects.create_user("rosa@clavo.example", "clave-de-otro", date_joined=NOW)
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    user = services.accept_invitation(invitation=offer(shop), name="Rosa", password="clave-larga-1", now=NOW)
    assert user.pk == squatter.pk
    assert user.check_password("clave-larga-1")


def test_staff_never_become_members(shop):
    User.objects.create_user("ana@vendor.example", "x" * 12, role="agent", date_joined=NOW)
    with pytest.raises(ValidationError) as refused:
        services.accept_invitation(
            invitation=offer(shop, email="ana@vendor.example"), name="Ana", password="clave-larga-1", now=NOW
        )
    assert refused.value.code == "staff"
    assert Membership.objects.count() == 1
    assert User.objects.get(email="ana@vendor.example").check_password("x" * 12)


def test_a_member_is_not_invited_again(shop):
    with pytest.raises(ValidationError) as refused:
        offer(shop, email="ALICE@clavo.example")
    assert refused.value.code == "already_member"
    assert not mail.outbox


def test_an_organization_may_not_mail_strangers_without_end(shop, monkeypatch):
    monkeypatch.setattr(services, "OPEN_INVITATIONS_MAX", 2)
    for name in ("uno", "dos"):
        offer(shop, email=f"{name}@clavo.example")
    with pytest.raises(ValidationError) as refused:
        offer(shop, email="tres@clavo.example")
    assert refused.value.code == "too_many"


def test_a_withdrawn_invitation_cannot_be_taken(shop):
    invitation = offer(shop)
    assert services.revoke_invitation(invitation=invitation, now=NOW)
    assert not services.revoke_invitation(invitation=invitation, now=NOW)
    with pytest.raises(ValidationError):
        services.accept_invitation(invitation=invitation, name="R", password="clave-larga-1", now=NOW)
