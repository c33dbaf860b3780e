"""What is written down of a change: who, what, before, after, from where; never a secret."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.accounts.audit import HIDDEN, note, plain, portrait
from vigente.accounts.models import AuditEntry, Membership, Role
from vigente.accounts.models.audit import Deed
from vigente.accounts.services import (
    change_profile,
    deactivate,
    issue_token,
    revoke_token,
    set_draw_policy,
    update_membership,
)
from vigente.factories import join, make_organization, make_user
from vigente.installation.origin import Origin, address_of, coming_from, origin

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def actor(db):
    return make_user("Óscar", role=Role.OWNER)


def test_only_what_differs_is_kept(actor):
    entry = note(Deed.PERSON_CHANGED, subject="user:1", actor=actor, now=NOW,
                 before={"name": "Ana", "role": "agent"}, after={"name": "Ana", "role": "owner"})  # fmt: skip
    assert (entry.before, entry.after) == ({"role": "agent"}, {"role": "owner"})


def test_a_secret_is_compared_and_never_written(actor):
    before = portrait(actor)
    actor.set_password("una contraseña larga")
    entry = note(
        Deed.PERSON_CHANGED, subject="user:1", actor=actor, now=NOW, before=before, after=portrait(actor)
    )
    assert entry.before == entry.after == {"password": HIDDEN}
    assert plain({"imap_password": "x", "host": "y", "list": [b"abc", NOW]}) == {
        "imap_password": HIDDEN, "host": "y", "list": ["3 B", NOW.isoformat()],
    }  # fmt: skip
    assert len(plain("x" * 9999)) == 400


def test_what_no_database_keeps_is_written_as_it_can_be(actor):
    entry = note(
        Deed.PAGE_EXPORTED,
        subject="page:x\0",
        actor=actor,
        now=NOW,
        label="a\ud800",
        asked={"q\0": "x\0" + "y" * 500},
    )
    entry.refresh_from_db()
    assert (entry.subject, entry.label) == ("page:x\ufffd", "a?")
    assert entry.data["asked"]["q\ufffd"].startswith("x\ufffdy")
    assert len(entry.data["asked"]["q\ufffd"]) == 400


def test_an_entry_never_changes(actor):
    entry = note(Deed.PERSON_CHANGED, subject="user:1", actor=actor, now=NOW)
    with pytest.raises(TypeError):
        entry.save()


def test_only_owners_see_entries(actor):
    note(Deed.PERSON_CHANGED, subject="user:1", actor=actor, now=NOW)
    assert AuditEntry.objects.visible_to(actor).count() == 1
    assert not AuditEntry.objects.visible_to(make_user("Sofía", role=Role.SUPERVISOR)).exists()


def test_without_an_actor_it_is_who_sent_the_request(actor):
    with coming_from(Origin("203.0.113.7", "portal", lambda: actor.pk)):
        entry = note(Deed.PERSON_CHANGED, subject="user:1", now=NOW)
        assert origin().traces == 1
    assert (entry.actor, entry.address, entry.channel) == (actor, "203.0.113.7", "portal")
    assert note(Deed.PERSON_CHANGED, subject="user:1", now=NOW).actor is None


def test_tokens_and_seats_leave_entries(actor):
    token, secret = issue_token(name="tienda", user=None, scopes=["coverage"], now=NOW)
    revoke_token(token=token, now=NOW + timedelta(hours=1))
    revoke_token(token=token, now=NOW + timedelta(hours=2))
    seat = join(make_user("Beto"), make_organization())
    update_membership(membership=seat, role=Membership.Role.MANAGER, may_draw=True)
    join(make_user("Ana"), seat.organization, role="manager")
    deactivate(membership=seat)
    told = AuditEntry.objects.order_by("id")
    assert [entry.kind for entry in told] == [
        "token.issued", "token.revoked", "membership.changed", "membership.ended"]  # fmt: skip
    assert told[2].before == {"role": "member"}
    assert secret not in str(list(told.values()))


def test_what_people_change_of_themselves_and_their_organization(client, actor):
    client.force_login(beto := make_user("Beto"))
    client.post("/es/profile/", {"name": "Beto R.", "language": "es", "time_zone": "UTC"})
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.actor, entry.channel) == ("person.changed", beto, "portal")
    assert entry.after == {"name": "Beto R.", "time_zone": "UTC"}
    set_draw_policy(organization=make_organization(), draw_by="named", approve_beyond=0)
    assert AuditEntry.objects.latest("id").after == {"draw_by": "named"}
    change_profile(user=beto, name="Beto", language="en", time_zone="UTC")
    assert AuditEntry.objects.latest("id").before == {"name": "Beto R.", "language": "es"}


@pytest.mark.parametrize(("peer", "address"), [
    ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"), ("fe80::1%eth0", "fe80::1"),
    ("2001:DB8:0::1", "2001:db8::1"), ("", ""), ("unix:", ""),
])  # fmt: skip
def test_the_address_in_its_shortest_form(rf, peer, address):
    assert address_of(rf.get("/", REMOTE_ADDR=peer)) == address
