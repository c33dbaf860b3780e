"""One thing done to many cases: once each, in the background, with what was refused, and put back."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente import factories as make
from vigente.accounts.models import Role
from vigente.bulk import services
from vigente.bulk.models import BulkAction, BulkItem
from vigente.events.models import Event
from vigente.rules.refusal import Refused
from vigente.tickets.models import Message, Ticket, TicketTag
from vigente.tickets.services import structure, work

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def shop():
    return make.make_customer("El Clavo", now=NOW, version=make.make_version(cases=100))


@pytest.fixture
def ana():
    return make.make_user("Ana", role=Role.AGENT)


@pytest.fixture
def cases(shop):
    return [shop.ticket(NOW, subject=f"Caso {number}") for number in range(4)]


def ask(act, actor, value="", *, cases=None, key="k", **more):
    cases = Ticket.objects.all() if cases is None else Ticket.objects.filter(pk__in=[one.pk for one in cases])
    return services.start(act=act, value={"value": value, **more}, cases=cases, actor=actor, key=key, now=NOW)


def finish(bulk, now=NOW, most=services.CHUNK):
    while BulkAction.objects.filter(status__in=["running", "undoing"]).exists():
        services.run_due(now=now, most=most)
    bulk.refresh_from_db()
    return bulk


def states(bulk):
    return list(bulk.items.values_list("state", flat=True))


def test_every_case_is_done_by_the_service_that_does_one(cases, ana):
    bulk = finish(ask("assign", ana, str(ana.pk)), most=3)
    assert (bulk.status, bulk.total, bulk.done) == ("done", 4, 4)
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {ana.pk}
    assert Event.objects.filter(kind="ticket.assigned", actor=ana).count() == 4


def test_what_one_case_refuses_stops_no_other_and_says_why(cases, ana):
    work.close(ticket=cases[1], actor=ana, now=NOW)
    bulk = finish(ask("assign", ana, str(ana.pk)))
    assert states(bulk) == ["done", "refused", "done", "done"]
    assert bulk.items.get(state="refused").reason["code"] == "wrong_state"


def test_what_is_so_already_is_left_alone(cases, ana):
    work.set_severity(ticket=cases[0], severity=1, actor=ana, now=NOW)
    assert states(finish(ask("severity", ana, "1")))[:2] == ["same", "done"]


def test_the_same_click_twice_is_one_action(cases, ana):
    assert ask("unassign", ana) == ask("unassign", ana)
    assert BulkItem.objects.count() == 4


def test_a_turn_that_was_killed_is_taken_up_where_it_stood(cases, ana, monkeypatch):
    bulk = ask("status", ana, "solved")
    services.run_due(now=NOW, most=2)
    real, seen = services.state_of, []

    def killed(pk):
        if seen:
            raise KeyboardInterrupt
        seen.append(pk)
        return real(pk)

    monkeypatch.setattr(services, "state_of", killed)
    with pytest.raises(KeyboardInterrupt):
        services.run_due(now=NOW)
    monkeypatch.setattr(services, "state_of", real)
    assert finish(bulk).done == 4
    assert Event.objects.filter(kind="ticket.solved").count() == 4


def test_two_workers_do_a_case_once(cases, ana):
    bulk = ask("status", ana, "solved", cases=cases[:1])
    item = bulk.items.select_related("ticket").get()
    services._do(item, bulk, may=True, now=NOW)
    services._do(item, bulk, may=True, now=NOW)
    assert Event.objects.filter(kind="ticket.solved").count() == 1


def test_who_left_the_team_meanwhile_does_nothing_more(cases, ana):
    bulk = ask("status", ana, "solved")
    ana.is_active = False
    ana.save()
    assert states(finish(bulk)) == ["refused"] * 4


def test_it_is_put_back_within_ten_minutes(cases, ana):
    tag = structure.add_tag(names={"es": "Urge"})
    structure.tag_case(ticket=cases[0], tags=[tag], actor=ana, now=NOW)
    tagged = finish(ask("tag", ana, str(tag.pk)))
    solved = finish(ask("status", ana, "solved", key="l"))
    for bulk in (solved, tagged):
        services.undo(action=bulk, actor=ana, now=NOW + timedelta(minutes=9))
        assert finish(bulk).status == "undone"
    assert set(Ticket.objects.values_list("status", flat=True)) == {"open"}
    assert list(TicketTag.objects.values_list("ticket", flat=True)) == [cases[0].pk]
    with pytest.raises(Refused):
        services.undo(action=solved, actor=ana, now=NOW)


def test_after_ten_minutes_it_stays(cases, ana):
    bulk = finish(ask("unassign", ana, cases=cases[:1]))
    with pytest.raises(Refused):
        services.undo(action=bulk, actor=ana, now=NOW + timedelta(minutes=11))


def test_what_somebody_touched_since_is_not_put_back_and_named(cases, ana):
    bulk = finish(ask("severity", ana, "1"))
    other = make.make_user("Beto", role=Role.AGENT)
    work.assign(ticket=cases[2], assignee=other, actor=other, now=NOW)
    services.undo(action=bulk, actor=ana, now=NOW)
    assert states(finish(bulk)) == ["undone", "undone", "kept", "undone"]
    assert bulk.items.get(state="kept").reason == {"code": services.CHANGED_SINCE}
    cases[2].refresh_from_db()
    assert cases[2].severity == 1


def test_undoing_while_it_runs_leaves_the_rest_alone(cases, ana):
    bulk = ask("status", ana, "on_hold")
    services.run_due(now=NOW, most=2)
    services.undo(action=bulk, actor=ana, now=NOW)
    assert states(finish(bulk)) == ["undone"] * 4
    assert Event.objects.filter(kind="ticket.status_changed", data__after="on_hold").count() == 2


def test_a_reply_to_many_is_filled_in_for_each_and_cannot_be_taken_back(cases, ana):
    bulk = finish(ask("reply", ana, text="Caso {{ ticket.number }}: ya está.", after="solved"))
    assert bulk.done == 4
    texts = set(Message.objects.filter(by_staff=True).values_list("text", flat=True))
    assert texts == {f"Caso {case.number}: ya está." for case in cases}
    assert set(Ticket.objects.values_list("status", flat=True)) == {"solved"}
    with pytest.raises(Refused):
        services.undo(action=bulk, actor=ana, now=NOW)


def test_a_case_without_what_the_text_needs_is_refused(cases, ana):
    bulk = finish(ask("reply", ana, text="Su edición: {{ licence.edition }}", cases=cases[:1]))
    Ticket.objects.update(licence=None)
    again = finish(ask("reply", ana, text="Su edición: {{ licence.edition }}", cases=cases[1:2], key="l"))
    assert (bulk.done, again.refused) == (1, 1)


def test_duplicates_are_joined_into_the_one_that_stays(cases, ana):
    finish(ask("merge", ana, cases[0].number))
    assert set(Ticket.objects.exclude(pk=cases[0].pk).values_list("merged_into", flat=True)) == {cases[0].pk}


def test_what_was_done_long_ago_is_forgotten(cases, ana):
    finish(ask("unassign", ana))
    assert services.forget_old(now=NOW + timedelta(days=29)) == 0
    assert services.forget_old(now=NOW + timedelta(days=31)) == 1
