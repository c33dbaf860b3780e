"""Deadlines that people and rules decide: events from which everything is recomputed."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.events.models import Event
from vigente.factories import make_customer, make_policy, make_user, make_version
from vigente.rules.refusal import Refused
from vigente.rules.sla import Change, What
from vigente.sla.models import SlaPolicy
from vigente.tickets.services import promises, work
from vigente.tickets.services.conversation import reply
from vigente.tickets.stamps import STAMPS
from vigente.tickets.verification import verify_cases

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 6, 14, 0, tzinfo=UTC)  # Monday 8:00 in Managua
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop():
    policy = make_policy(240)
    SlaPolicy.objects.filter(pk=policy.pk).update(levels={"2": {"first_reply": 60}}, resolution_minutes=480)
    return make_customer(
        "El Clavo", now=NOW, version=make_version(cases=200, sla_policy=SlaPolicy.objects.get())
    )


@pytest.fixture
def ana():
    return make_user("Ana", role="agent")


def adjusted(case, ana, change, what=What.REPLY, **more):
    said = {"reason": "Lo pidió", "now": NOW + MINUTE, **more}
    promises.adjust(ticket=case, what=what, change=change, actor=ana, **said)
    case.refresh_from_db()
    return case


def test_a_raised_urgency_brings_its_own_promise_and_the_stamps_can_be_rebuilt(shop, ana):
    case = shop.ticket(NOW)
    assert (case.due_of, case.due_at) == ("first_reply", NOW + 240 * MINUTE)
    work.set_severity(ticket=case, severity=2, actor=ana, now=NOW + 30 * MINUTE)
    case.refresh_from_db()
    assert case.due_at == case.first_reply_due_at == NOW + 90 * MINUTE
    work.set_severity(ticket=case, severity=0, actor=ana, now=NOW + 40 * MINUTE)
    case.refresh_from_db()
    assert case.due_at == NOW + 240 * MINUTE
    assert list(verify_cases(now=NOW + 60 * MINUTE)) == []


def test_extended_set_and_restored_by_hand(shop, ana):
    case = shop.ticket(NOW)
    before = {name: getattr(case, name) for name in STAMPS}
    assert adjusted(case, ana, Change.EXTEND, minutes=60).due_at == NOW + 300 * MINUTE
    assert adjusted(case, ana, Change.SET, until=NOW + 100 * MINUTE).due_at == NOW + 100 * MINUTE
    assert list(verify_cases(now=NOW + 2 * MINUTE)) == []
    adjusted(case, ana, Change.RESTORE)
    assert {name: getattr(case, name) for name in STAMPS} == before
    told = Event.objects.filter(kind="promise.adjusted", subject=case.event_subject)
    assert [event.data["why"] for event in told] == ["Lo pidió"] * 3


def test_a_rule_sets_it_in_working_time_from_now(shop):
    case = shop.ticket(NOW)
    promises.adjust(ticket=case, what=What.RESOLUTION, change=Change.SET, minutes=30, actor=None, now=NOW)
    case.refresh_from_db()
    assert (case.due_of, case.due_at) == ("resolution", NOW + 30 * MINUTE)


def test_what_cannot_be_decided_is_refused_and_nothing_is_written(shop, ana):
    case = shop.ticket(NOW)
    late = {"now": NOW + 200 * MINUTE, "minutes": 100}
    for change, more in [
        (Change.EXTEND, {"minutes": 5, "reason": " "}),
        (Change.EXTEND, {}),
        (Change.SHORTEN, late),
        (Change.SET, {"until": NOW}),
    ]:
        with pytest.raises(Refused):
            adjusted(case, ana, change, **more)
    with pytest.raises(Refused):
        adjusted(case, shop.manager, Change.EXTEND, minutes=5)
    reply(ticket=case, author=ana, text="Lo veo.", channel="web", now=NOW, status_after="open")
    with pytest.raises(Refused):
        adjusted(case, ana, Change.EXTEND, minutes=5)
    work.solve(ticket=case, actor=ana, now=NOW + MINUTE)
    with pytest.raises(Refused):
        adjusted(case, ana, Change.SET, what=What.RESOLUTION, until=NOW + 99 * MINUTE)
    assert not Event.objects.filter(kind="promise.adjusted").exists()


def test_stopped_until_the_customer_answers(shop, ana):
    case = shop.ticket(NOW)
    reply(ticket=case, author=ana, text="Lo veo.", channel="web", now=NOW + MINUTE, status_after="open")
    promises.hold(ticket=case, actor=ana, reason="Espera una pieza", now=NOW + 10 * MINUTE)
    promises.hold(ticket=case, actor=ana, reason="Otra vez", now=NOW + 11 * MINUTE)
    case.refresh_from_db()
    assert (case.due_at, case.alert_at) == (None, None)
    reply(ticket=case, author=shop.manager, text="Ya llegó.", channel="web", now=NOW + 70 * MINUTE)
    case.refresh_from_db()
    assert (case.due_of, case.due_at) == ("next_reply", NOW + 310 * MINUTE)
    promises.release(ticket=case, actor=ana, reason="Ya corre", now=NOW + 80 * MINUTE)
    assert Event.objects.filter(kind="promise.adjusted").count() == 1
    assert list(verify_cases(now=NOW + 90 * MINUTE)) == []
