"""Roles inside an organization, leaving it, and tokens for programs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from vigente.accounts import services
from vigente.accounts.forms import AcceptInvitationForm, InvitationForm, ProfileForm
from vigente.accounts.models import ApiToken, Membership, Organization, User

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    organization = Organization.objects.create(name="El Clavo", created_at=NOW)
    user = User.objects.create_user("alice@clavo.example", "x" * 12, date_joined=NOW)
    return Membership.objects.create(user=user, organization=organization, role=Membership.Role.MANAGER)


@pytest.fixture
def bob(alice):
    user = User.objects.create_user("bob@clavo.example", "x" * 12, date_joined=NOW)
    return Membership.objects.create(user=user, organization=alice.organization)


def test_the_last_manager_can_neither_leave_nor_step_down(alice, bob):
    for attempt in (
        lambda: services.deactivate(membership=alice),
        lambda: services.update_membership(membership=alice, role="member", may_draw=True),
    ):
        with pytest.raises(ValidationError) as refused:
            attempt()
        assert refused.value.code == "last_manager"
    services.update_membership(membership=bob, role="manager", may_draw=True)
    services.deactivate(membership=alice)
    assert list(Membership.objects.values_list("user__email", "role")) == [("bob@clavo.example", "manager")]


def test_leaving_keeps_the_account(bob):
    services.deactivate(membership=bob)
    assert User.objects.get(email="bob@clavo.example").is_active


def test_a_token_s_secret_is_not_kept():
    token, secret = services.issue_token(name="INVEX", user=None, scopes=["coverage:any"], now=NOW)
    assert ApiToken.objects.get(digest=ApiToken.digest_of(secret)) == token
    assert secret not in str(vars(token))
    assert token.is_usable(NOW)


def test_a_token_ends_when_it_says():
    token, _ = services.issue_token(
        name="x", user=None, scopes=["coverage"], now=NOW, expires_at=NOW + timedelta(days=1)
    )
    assert token.is_usable(NOW + timedelta(hours=23))
    assert not token.is_usable(NOW + timedelta(days=1))


@pytest.mark.parametrize("scopes", [[], ["everything"], ["coverage", "root"]])
def test_unknown_scopes_are_refused(scopes):
    with pytest.raises(ValidationError):
        services.issue_token(name="x", user=None, scopes=scopes, now=NOW)
    assert not ApiToken.objects.exists()


def test_a_weak_first_password_is_refused_with_a_reason():
    form = AcceptInvitationForm({"name": "Rosa", "password": "password"}, email="rosa@clavo.example")
    assert not form.is_valid()
    assert form.errors["password"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "N\x00L"),
        ("name", "n" * 121),
        ("email", "no-arroba"),
        ("email", "a@" + "b" * 250 + ".example"),
        ("role", "owner"),
    ],
)
def test_bad_input_in_an_invitation_is_an_error_on_its_field(field, value):
    form = InvitationForm({"name": "Rosa", "email": "rosa@clavo.example", "role": "member", field: value})
    assert field in form.errors


def test_a_profile_takes_known_languages_and_zones_only(alice):
    data = {"name": "Alicia", "language": "en", "time_zone": "America/Managua"}
    assert ProfileForm(data, instance=alice.user).is_valid()
    assert "time_zone" in ProfileForm({**data, "time_zone": "Mars/Base"}, instance=alice.user).errors
    assert "language" in ProfileForm({**data, "language": "xx"}, instance=alice.user).errors
    assert "name" in ProfileForm({**data, "name": ""}, instance=alice.user).errors
