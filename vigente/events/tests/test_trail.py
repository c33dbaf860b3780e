"""The audit log in one order of time, whatever table a row comes from."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.accounts.audit import note
from vigente.accounts.models import Role
from vigente.accounts.models.audit import Deed
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.events.trail import Asked, trail, whole_trail
from vigente.factories import make_user

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("Óscar", role=Role.OWNER)


@pytest.fixture
def agent():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def log(owner, agent):
    """Twelve of each, two by two at the same instants, from both tables."""
    for n in range(12):
        at = NOW + timedelta(minutes=n // 2)
        record(Kind.TICKET_SOLVED, subject=f"ticket:{n}", actor=agent, now=at)
        note(Deed.TOKEN_ISSUED, subject=f"token:{n}", actor=owner, now=at)
    record(Kind.TICKET_SOLVED, subject="ticket:99", now=NOW)  # the clock's, nobody's


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 24, 50])
def test_pages_hold_every_row_once_and_newest_first(log, owner, limit):
    cursor, keys = None, []
    while True:
        some, cursor = trail(owner, Asked(), cursor=cursor, limit=limit)
        keys += [trace.key for trace in some]
        if cursor is None:
            break
    assert len(keys) == 24
    assert keys == sorted(set(keys), reverse=True)


def test_a_page_costs_two_queries(log, owner, django_assert_num_queries):
    with django_assert_num_queries(2):
        trail(owner, Asked(), limit=20)


def test_it_is_narrowed_by_person_kind_subject_and_time(log, owner, agent):
    def found(**asked):
        return {trace.subject for trace in trail(owner, Asked(**asked))[0]}

    assert found(person=agent.pk) == {f"ticket:{n}" for n in range(12)}
    assert found(kind="token") == found(kind="token.issued") == {f"token:{n}" for n in range(12)}
    assert found(kind="toke") == set()
    assert found(subject="ticket:3") == {"ticket:3"}
    early = {"ticket:0", "ticket:1", "token:0", "token:1"}
    assert found(until=NOW + timedelta(minutes=1)) == early
    assert not found(since=NOW + timedelta(minutes=1)) & early


def test_what_an_event_says_of_before_and_after_stands_apart(owner, agent):
    record(
        Kind.TICKET_STATUS_CHANGED, subject="ticket:1", actor=agent, now=NOW, before="open", after="solved"
    )
    (trace,) = trail(owner, Asked())[0]
    assert (trace.before, trace.after, trace.data) == ({"": "open"}, {"": "solved"}, {})


def test_the_whole_of_it_stops_at_most(log, owner):
    assert len(list(whole_trail(owner, Asked(), most=5))) == 5
    assert len(list(whole_trail(owner, Asked(), most=500))) == 24


def test_only_owners_read_it(log, agent):
    assert trail(agent, Asked()) == ([], None)
