"""Promises said aloud as events: once, in time or late, by the clock or by whoever comes first."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigente.accounts.models import User
from vigente.events.models import Event
from vigente.factories import make_customer, make_policy, make_user, make_version
from vigente.rules.refusal import Refused
from vigente.tickets.services import promises, work
from vigente.tickets.services.conversation import reply
from vigente.tickets.stamps import STAMPED_BY, judge, standing_of
from vigente.tickets.verification import verify_cases

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 6, 14, 0, tzinfo=UTC)  # Monday 8:00 in Managua
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop():
    return make_customer(
        "El Clavo", now=NOW, version=make_version(name="Tienda", cases=200, sla_policy=make_policy(240))
    )


def said():
    found = Event.objects.filter(kind__startswith="promise.").order_by("id")
    return [(event.kind, event.data["promise"]) for event in found]


def test_a_promise_is_warned_of_and_broken_once_each_however_often_the_clock_looks(shop):
    case = shop.ticket(NOW)
    assert case.alert_at == NOW + 180 * MINUTE
    assert promises.say_all_due(now=NOW + 180 * MINUTE) == 0
    for minutes in (181, 181, 182, 240, 241, 241, 9000):
        promises.say_all_due(now=NOW + minutes * MINUTE)
    assert said() == [("promise.near", "first_reply"), ("promise.broken", "first_reply")]
    case.refresh_from_db()
    assert case.alert_at is None
    assert list(verify_cases(now=NOW + 9000 * MINUTE)) == []


def test_an_answer_in_time_leaves_nothing_to_say(shop):
    case, agent = shop.ticket(NOW), make_user("Ana", role="agent")
    reply(ticket=case, author=agent, text="Lo veo.", channel="web", now=NOW + MINUTE)
    assert promises.say_all_due(now=NOW + timedelta(days=9)) == 0
    reply(ticket=case, author=shop.manager, text="¿Y?", channel="web", now=NOW + 2 * MINUTE)
    case.refresh_from_db()
    assert case.alert_at == NOW + 182 * MINUTE


def test_a_clock_that_was_stopped_loses_no_breach(shop):
    """Nobody looked until the late answer came: the breach is said just before it."""
    case, agent = shop.ticket(NOW), make_user("Ana", role="agent")
    late = NOW + 300 * MINUTE
    reply(ticket=case, author=agent, text="Tarde.", channel="web", now=late)
    kinds = list(
        Event.objects.filter(subject=case.event_subject).order_by("id").values_list("kind", flat=True)
    )
    assert kinds.index("promise.broken") < kinds.index("ticket.replied")
    assert said() == [("promise.broken", "first_reply")]
    assert promises.say_all_due(now=late + MINUTE) == 0
    assert list(verify_cases(now=late)) == []


def test_a_pause_moves_the_deadline_and_nothing_is_said_again(shop):
    case, agent = shop.ticket(NOW), make_user("Ana", role="agent")
    reply(ticket=case, author=agent, text="Lo veo.", channel="web", now=NOW, status_after="open")
    reply(ticket=case, author=shop.manager, text="¿Y?", channel="web", now=NOW + MINUTE)
    promises.say_all_due(now=NOW + 200 * MINUTE)
    work.change_status(ticket=case, status="on_hold", actor=agent, now=NOW + 210 * MINUTE)
    assert promises.say_all_due(now=NOW + 500 * MINUTE) == 0
    work.change_status(ticket=case, status="open", actor=agent, now=NOW + 510 * MINUTE)
    promises.say_all_due(now=NOW + timedelta(days=3))
    assert said() == [("promise.near", "next_reply"), ("promise.broken", "next_reply")]


STEPS = st.lists(st.tuples(st.integers(1, 600), st.sampled_from(["ask", "answer", "pause", "run", "solve", "open"])),
                 min_size=1, max_size=8)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, looks=st.lists(st.booleans(), min_size=8, max_size=8))
def test_the_same_life_comes_to_the_same_stamps_however_often_the_clock_looked(shop, steps, looks):
    """Two cases live the same life; one is looked at by the clock in between, the other only in the end."""
    agent = User.objects.filter(role="agent").first() or make_user("Ana", role="agent")
    looked_at, left_alone = shop.ticket(NOW), shop.ticket(NOW)
    at = NOW
    for (minutes, what), look in zip(steps, looks, strict=False):
        at += minutes * MINUTE
        if look:
            promises._say_of(looked_at.pk, now=at)
        for case in (looked_at, left_alone):
            _step(case, what, agent, shop.manager, now=at)
    for case in (looked_at, left_alone):
        promises._say_of(case.pk, now=at + timedelta(days=30))
        case.refresh_from_db()
        events = Event.objects.filter(subject=case.event_subject, kind__in=STAMPED_BY).order_by("id")
        assert judge(case, events) == standing_of(case)
    assert _stamps(looked_at) == _stamps(left_alone)
    assert _said_of(left_alone) <= _said_of(looked_at), "what was late is not warned of"
    breaches = [
        {key for key in _said_of(case) if key[0] == "promise.broken"} for case in (looked_at, left_alone)
    ]
    assert breaches[0] == breaches[1]
    assert list(verify_cases(now=at)) == []


def _step(case, what, agent, customer, *, now):
    try:
        if what in ("ask", "answer"):
            author, more = (customer, {}) if what == "ask" else (agent, {"status_after": "open"})
            reply(ticket=case, author=author, text="…", channel="web", now=now, **more)
        else:
            status = {"pause": "on_hold", "run": "open", "solve": "solved", "open": "open"}[what]
            work.change_status(ticket=case, status=status, actor=agent, now=now)
    except Refused:
        pass


def _stamps(case):
    return case.due_at, case.first_reply_due_at, case.first_replied_at, case.place_group, case.place_at


def _said_of(case):
    found = Event.objects.filter(subject=case.event_subject, kind__startswith="promise.")
    return {(event.kind, event.data["promise"], event.data["since"]) for event in found}
