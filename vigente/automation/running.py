"""Rules at work: asked of an event, as time goes by, or by a person who presses a button."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from vigente.accounts.models import User
from vigente.automation.acting import act
from vigente.automation.models import AutomationRule, AutomationRun
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.installation.origin import coming_from, origin
from vigente.rules import automation as rules
from vigente.rules.automation import After, Happening, Planned, Pressed, Ran, Rule, Tick, decide
from vigente.rules.conditions import Fact, checks_of, write
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.worktime import is_open
from vigente.tickets.models import Ticket
from vigente.tickets.queries.conditions import where
from vigente.tickets.queries.facts import FIELDS, Column, facts_of
from vigente.tickets.services.state import locked, tell

CHANNEL = "automation"  # of the events that rules cause
OF_TIME = frozenset({Kind.PROMISE_NEAR.value, Kind.PROMISE_BROKEN.value})
KINDS = (
    Kind.TICKET_ACCEPTED,
    Kind.TICKET_REPLIED,
    Kind.TICKET_NOTED,
    Kind.TICKET_ASSIGNED,
    Kind.TICKET_STATUS_CHANGED,
    Kind.TICKET_SOLVED,
    Kind.TICKET_CLOSED,
    Kind.TICKET_REOPENED,
    Kind.TICKET_CLASSIFIED,
    Kind.TICKET_SEVERITY_CHANGED,
    Kind.TICKET_TAGGED,
    Kind.TICKET_UNTAGGED,
    Kind.TICKET_RELEASED,
    Kind.TICKET_MERGED,
    Kind.PROMISE_NEAR,
    Kind.PROMISE_BROKEN,
)  # events a rule may wait for
MOST = 200  # cases a turn of the clock touches; the rest wait for the next


def somebody_waits() -> bool:
    """Whether any rule is on that waits for events."""
    return AutomationRule.objects.filter(is_on=True, on=AutomationRule.On.EVENT).exists()


def follow(event: Event, *, now: datetime) -> list[AutomationRun]:
    """What rules do about an event, once each, also when asked again."""
    values = [rule for rule in _on(AutomationRule.On.EVENT) if event.kind in rule.trigger.kinds]  # type: ignore[union-attr]
    subject, _, pk = event.subject.partition(":")
    if not values or subject != "ticket":
        return []
    happening = happening_of(event)
    with transaction.atomic():
        ticket = locked(int(pk))
        here = AutomationRun.objects.filter(event=event).values_list("rule", flat=True)
        already = {rule: Ran(here=True) for rule in here}
        plan = decide(values, happening, facts_for(values, ticket, now=now), now=now, already=already)
        return [
            _carry_out(one, ticket, key=f"{one.rule}:event:{event.pk}", event=event, now=now) for one in plan
        ]


def happening_of(event: Event) -> rules.Event:
    """An event as the rules see it."""
    return rules.Event(event.kind, by_automation=event.channel == CHANNEL, of_time=event.kind in OF_TIME)


def run_timed(*, now: datetime) -> int:
    """What fell due by now; returns how many times a rule acted."""
    values = [one for one in _on(AutomationRule.On.TIME) if one.hours is None or is_open(one.hours, now)]
    due = dict.fromkeys(pk for rule in values for pk in due_cases(rule, now=now)[:MOST])
    return sum(_tick(pk, values, now=now) for pk in list(due)[:MOST])


def due_cases(rule: Rule, *, now: datetime) -> QuerySet[Ticket, int]:
    """The cases on which a timed rule acts now: their keys, those that have waited longest first."""
    trigger = rule.trigger
    assert isinstance(trigger, After)
    shift = timedelta(minutes=trigger.minutes)
    path = path_of(trigger)
    runs = AutomationRun.objects.filter(rule=rule.key, ticket=OuterRef("pk"))
    times = runs.order_by().values("ticket").annotate(times=Count("pk")).values("times")
    return (
        Ticket.objects.filter(where(rule.condition, now=now), merged_into__isnull=True)
        .filter(**{f"{path}__gte": rule.since - shift, f"{path}__lte": now - shift})
        .exclude(Exists(runs.filter(at__gt=now - timedelta(minutes=trigger.every))))
        .alias(times=Coalesce(Subquery(times), 0))
        .filter(times__lt=trigger.most)
        .order_by(path, "pk")
        .values_list("pk", flat=True)
    )


def path_of(trigger: After) -> str:
    """The column of the fact a timed rule counts from."""
    field = FIELDS[trigger.fact]
    assert isinstance(field, Column)
    return field.path


@transaction.atomic
def press(*, rule: AutomationRule, ticket: Ticket, user: User, key: str, now: datetime) -> AutomationRun:
    """A person applies a rule to a case; twice with the same `key` is once. Raises Refused where it does not apply."""
    whole = f"{rule.pk}:button:{ticket.pk}:{key}"[:80]
    ticket = locked(ticket.pk)
    before = AutomationRun.objects.filter(key=whole).first()
    if before is not None:
        return before
    value = rule.value()
    plan: tuple[Planned, ...] = ()
    if value is not None and rule.is_on:
        facts = facts_for([value], ticket, now=now)
        plan = decide([value], Pressed(rule.pk), facts, now=now, already={})
    if not plan:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    return _carry_out(plan[0], ticket, key=whole, user=user, now=now)


def buttons_for(ticket: Ticket, *, now: datetime) -> list[AutomationRule]:
    """The rules a person may apply to this case now, in their order."""
    found = {rule.pk: rule for rule in AutomationRule.objects.filter(is_on=True, on=AutomationRule.On.BUTTON)}
    values = [value for rule in found.values() if (value := rule.value()) is not None]
    facts = facts_for(values, ticket, now=now)
    return [
        found[value.key]
        for value in values
        if decide([value], Pressed(value.key), facts, now=now, already={})
    ]


def facts_for(values: Iterable[Rule], ticket: Ticket, *, now: datetime) -> Mapping[str, Fact]:
    """The facts of a case that these rules ask for."""
    wanted = {check.field for rule in values for check in checks_of(rule.condition)}
    wanted |= {rule.trigger.fact for rule in values if isinstance(rule.trigger, After)}
    return facts_of([ticket.pk], sorted(wanted), now=now).get(ticket.pk, {}) if wanted else {}


def _on(what: str) -> list[Rule]:
    rows = AutomationRule.objects.filter(is_on=True, on=what)
    return [value for row in rows if (value := row.value()) is not None]


@transaction.atomic
def _tick(pk: int, values: Sequence[Rule], *, now: datetime) -> int:
    ticket = locked(pk)
    happening: Happening = Tick()
    rows = AutomationRun.objects.filter(ticket=ticket, rule__in=[rule.key for rule in values]).order_by()
    ran = {
        row["rule"]: Ran(row["times"], row["last"])
        for row in rows.values("rule").annotate(times=Count("pk"), last=Max("at"))
    }
    plan = decide(values, happening, facts_for(values, ticket, now=now), now=now, already=ran)
    for one in plan:
        turn = ran.get(one.rule, Ran()).times + 1
        _carry_out(one, ticket, key=f"{one.rule}:time:{pk}:{turn}", now=now)
    return len(plan)


def _carry_out(
    plan: Planned,
    ticket: Ticket,
    *,
    key: str,
    now: datetime,
    event: Event | None = None,
    user: User | None = None,
) -> AutomationRun:
    """Do what was planned, action by action; one that is refused is written down and stops no other."""
    rule = AutomationRule.objects.get(pk=plan.rule)
    outer = origin()
    inner = replace(outer, channel=CHANNEL, traces=0)
    done = []
    with coming_from(inner):
        for action in plan.actions:
            (said,) = rules.write_actions([action])
            try:
                with transaction.atomic():
                    act(action, ticket, rule=rule, actor=user, now=now)
            except Refused as refusal:
                said["refused"] = refusal.code.value
            done.append(said)
        refused = sum("refused" in said for said in done)
        tell(
            Kind.AUTOMATION_RAN,
            locked(ticket.pk),
            now=now,
            actor=user,
            rule=rule.pk,
            name=rule.name,
            refused=refused,
        )
    outer.traces += inner.traces
    return AutomationRun.objects.create(
        rule_id=plan.rule,
        ticket=ticket,
        event=event,
        pressed_by=user,
        key=key,
        because=[write(check) for check in plan.because],
        done=done,
        at=now,
    )
