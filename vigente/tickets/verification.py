"""Cases and held requests, recomputed from their events and from the ledger.

Stamps of a finished case are history (its promises and its place were those of their time): only what still holds is
compared.
"""

from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from datetime import datetime

from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.verification import Difference, compare, draw_sources, draws_of, slices
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.lifecycle import DONE, PAUSED
from vigente.rules.rulebook import Rulebook
from vigente.rules.sla import Policy
from vigente.sla.models import SlaPolicy
from vigente.tickets.models import HeldRequest, Submission, Ticket
from vigente.tickets.stamps import STAMPED_BY, STAMPS, judge, named_in, stamp

STATUS = HeldRequest.Status
SLICE = 500
ALWAYS_COMPARED = ("due_at", "first_replied_at")
RANKED = (Kind.TICKET_ACCEPTED, Kind.TICKET_RANK_CHANGED)
HELD_BY = {
    Kind.HELD: (STATUS.WAITING, STATUS.APPROVAL),
    Kind.HELD_CAUGHT: (STATUS.SPAM,),
    Kind.HELD_CHOICE_ASKED: (STATUS.CHOOSE,),
    Kind.APPROVAL_ASKED: (STATUS.APPROVAL,),
    Kind.APPROVAL_GIVEN: (STATUS.WAITING, STATUS.RELEASED),
    Kind.APPROVAL_REFUSED: (STATUS.WITHDRAWN,),
    Kind.HELD_RELEASED: (STATUS.RELEASED,),
    Kind.HELD_EXPIRED: (STATUS.EXPIRED, STATUS.WAITING),  # completed later, and still not covered
    Kind.HELD_WITHDRAWN: (STATUS.WITHDRAWN,),
}


def verify_cases(*, now: datetime) -> Iterator[Difference]:
    """Every case: its stamps, rank and state from its events, its draw from the ledger; and every draw its case."""
    book = rulebook_at(now)
    policies = {policy.pk: policy.value() for policy in SlaPolicy.objects.all()}
    for tickets in slices(Ticket.everything.select_related("sla_policy__hours"), SLICE):
        events = _events(f"ticket:{ticket.pk}" for ticket in tickets)
        names = [f"ticket:{t.number}:{draw}" for t in tickets for draw in range(1, t.draw + 1)]
        draws = draws_of(names)
        for ticket in tickets:
            mine = events[ticket.event_subject]
            yield from _stamps(ticket, mine, book, policies)
            yield from _state(ticket, mine)
            subject = f"ticket:{ticket.number}"
            for draw in range(1, ticket.draw + 1):
                found = draws.get(f"{subject}:{draw}")
                standing = ticket.drawn and draw == ticket.draw
                stored = "missing" if found is None else "released" if found.released else "standing"
                yield from compare(
                    subject,
                    **{f"draw_{draw}_in_the_ledger": (stored, "standing" if standing else "released")},
                )
    yield from _orphans()


def verify_held(*, now: datetime) -> Iterator[Difference]:
    """Every held request: its state from its events; nothing kept longer, nothing lost."""
    for some in slices(HeldRequest.objects.all(), SLICE):
        events = _events((held.event_subject for held in some), kinds=tuple(HELD_BY))
        for held in some:
            told = events[held.event_subject]
            if not told:
                yield Difference(held.event_subject, "event", "none", Kind.HELD.value)
                continue
            allowed = HELD_BY[Kind(told[-1].kind)]
            if held.status not in allowed:
                yield Difference(held.event_subject, "status", held.status, " or ".join(allowed))
            has_text = bool(held.html or held.text)
            yield from compare(
                held.event_subject,
                has_a_case=(held.ticket_id is not None, held.status == STATUS.RELEASED),
                text_is_kept=(has_text, held.erased_at is None) if held.erased_at else (True, True),
            )
    for submission in Submission.objects.filter(ticket__isnull=True, held__isnull=True).iterator():
        yield Difference(f"submission:{submission.pk}", "answer", "none", "a case or a held request")


def _events(subjects: Iterator[str], kinds: tuple[str, ...] = ()) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    wanted = kinds or (*STAMPED_BY, *RANKED)
    for event in Event.objects.filter(subject__in=list(subjects), kind__in=wanted).order_by("id"):
        found[event.subject].append(event)
    return found


def _stamps(
    ticket: Ticket, events: list[Event], book: Rulebook, policies: dict[int, Policy]
) -> Iterator[Difference]:
    told = [event for event in events if event.kind in STAMPED_BY]
    fresh = copy(ticket)
    stamp(fresh, judge(ticket, told, named_in(policies)), rulebook=book)
    names = ALWAYS_COMPARED if ticket.is_done or ticket.in_trash else STAMPS
    if not ticket.due_of:  # stamped before it was kept
        fresh.due_of = ""
    pairs = {name: (getattr(ticket, name), getattr(fresh, name)) for name in names}
    ranks = [_rank(event) for event in events if event.kind in RANKED]
    yield from compare(f"ticket:{ticket.number}", rank=(ticket.rank, ranks[-1] if ranks else None), **pairs)


def _rank(event: Event) -> int:
    """The rank that a case has from this event on."""
    data = event.data
    return int(data["decision"]["rank"] if event.kind == Kind.TICKET_ACCEPTED else data["after"])


def _state(ticket: Ticket, events: list[Event]) -> Iterator[Difference]:
    """In line, paused or done, as the last event that says so has it."""
    state = "none"
    for event in events:
        match Kind(event.kind):
            case Kind.TICKET_ACCEPTED | Kind.TICKET_REOPENED:
                state = "in line"
            case Kind.TICKET_SOLVED | Kind.TICKET_CLOSED:
                state = "done"
            case Kind.TICKET_STATUS_CHANGED if event.data["before"] != event.data["after"]:
                state = "paused" if event.data["after"] in PAUSED else "in line"
    stored = "done" if ticket.status in DONE else "paused" if ticket.status in PAUSED else "in line"
    subject = f"ticket:{ticket.number}"
    yield from compare(subject, state=(stored, state), let_in=(ticket.decision_value().accepted, True))


def _orphans() -> Iterator[Difference]:
    for sources in draw_sources():
        drawn = {source.split(":")[1]: source for source in sources if source.startswith("ticket:")}
        for source in set(sources) - set(drawn.values()):
            if not source.startswith("ticket:"):
                yield Difference(source, "draw", source, "the name of a case")
        numbers = [int(number) for number in drawn if number.isdigit()]
        last = dict(Ticket.everything.filter(number__in=numbers).values_list("number", "draw"))
        for source in sources:
            _, number, draw = (*source.split(":"), "0", "0")[:3]
            if number.isdigit() and int(draw) > last.get(int(number), 0):
                yield Difference(source, "draw", source, "none: no case says it drew that")
