"""What a search finds: the cases, or the held requests, of which every term of `rules.searching` is true."""

import operator
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from functools import reduce
from typing import Any

from django.db.models import Exists, Q, QuerySet

from vigente.accounts.models import Organization, User
from vigente.billing.models import Plan
from vigente.rules.folding import fold
from vigente.rules.lifecycle import DONE, IN_LINE, UNSOLVED
from vigente.rules.searching import Kind, Search, State, Term, words
from vigente.tickets.folding import Folded
from vigente.tickets.models import Department, HeldRequest, Ticket
from vigente.tickets.models.held import HeldRequestQuerySet
from vigente.tickets.models.tickets import TicketQuerySet
from vigente.tickets.queries.conditions import EVERYTHING, NOTHING, opposite
from vigente.tickets.queries.counts import OPEN_HELD
from vigente.tickets.queries.facts import contracts_in_force
from vigente.tickets.queries.matching import MOST_WORDS, Text, holds
from vigente.tickets.queries.pages import Page, after, pack, unpack

ME = frozenset({"me", "yo"})
SPOKEN = frozenset({Kind.WORD, Kind.PHRASE})  # what people wrote, as against what the case is
# What says nothing about a request that was not accepted.
NOT_OF_HELD = frozenset({Kind.NUMBER, Kind.PLAN, Kind.AGENT, Kind.DEPARTMENT})


def found(
    user: User, search: Search, *, now: datetime, zone: tzinfo, one_by_one: bool = False
) -> TicketQuerySet:
    """The cases this member of staff may see of which every term is true. Days are days in `zone`. `one_by_one`: see
    `queries.matching.holds`.
    """
    cases = Ticket.objects.visible_to(user)
    must = [text for term in search.terms if not term.negated for text in _texts(term)]
    if must:
        cases = cases.filter(holds(user, must, one_by_one=one_by_one))
    for term in search.terms:
        if term.negated and (without := _texts(term)):
            cases = cases.filter(opposite(holds(user, without, one_by_one=one_by_one)))
        elif term.kind not in SPOKEN:
            asked = _of_case(term, user, now, zone)
            cases = cases.filter(opposite(asked) if term.negated else asked)
    return cases


def _texts(term: Term) -> list[Text]:
    """What a word or a phrase looks for; nothing for an operator."""
    if term.kind is Kind.WORD:
        return [Text((word,)) for word in words(str(term.value))[:MOST_WORDS]]
    return [Text(tuple(words(str(term.value))), together=True)] if term.kind is Kind.PHRASE else []


def held_found(
    user: User,
    search: Search,
    *,
    now: datetime,
    zone: tzinfo,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[HeldRequest]:
    """Requests that wait for coverage and of which every term is true, newest first. One query."""
    held: HeldRequestQuerySet = HeldRequest.objects.visible_to(user).filter(status__in=OPEN_HELD)
    held = held.select_related("organization", "requester", "licence__edition__product", "work_type")
    held = held.alias(plain_subject=Folded("subject"), plain_text=Folded("text"))
    for term in search.terms:
        asked = _of_held(term, now, zone)
        held = held.filter(opposite(asked) if term.negated else asked)
    start = unpack(cursor, int)
    if start:
        held = held.filter(after(desc_id=start[0]))
    rows = list(held.order_by("-id")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, pack(rows[-1].pk) if more else "")


def _of_case(term: Term, user: User, now: datetime, zone: tzinfo) -> Q:
    value = str(term.value)
    match term.kind:
        case Kind.NUMBER:
            return Q(number=int(value))
        case Kind.ORGANIZATION:
            return Q(organization__in=_named(Organization.objects.all(), value))
        case Kind.PLAN:
            plans = _named(Plan.objects.all(), value)
            return Q(Exists(contracts_in_force(now).filter(version__plan__in=plans)))
        case Kind.STATE:
            return _state(State(value), user, now)
        case Kind.FROM:
            return Q(requester__in=_people(value))
        case Kind.AGENT:
            return Q(assignee=user) if fold(value) in ME else Q(assignee__in=_people(value))
        case Kind.DEPARTMENT:
            return Q(department__in=_departments(value))
        case _:
            return _day(term, "accepted_at", now, zone)


def _of_held(term: Term, now: datetime, zone: tzinfo) -> Q:
    value = str(term.value)
    if term.kind in SPOKEN:
        every = words(value) if term.kind is Kind.WORD else [fold(value)]
        return _every(_in_held(word) for word in every[:MOST_WORDS])
    match term.kind:
        case Kind.ORGANIZATION:
            return Q(organization__in=_named(Organization.objects.all(), value))
        case Kind.FROM:
            return Q(requester__in=_people(value)) | Q(email__icontains=value)
        case Kind.STATE if value in (State.HELD, State.OPEN, State.UNASSIGNED):
            return EVERYTHING  # what is held is open, and nobody's
        case Kind.BEFORE | Kind.AFTER:
            return _day(term, "received_at", now, zone)
        case _:
            return NOTHING


def _in_held(text: str) -> Q:
    near = Q(organization__in=_named(Organization.objects.all(), text)) | Q(requester__in=_people(text))
    return near | Q(plain_subject__contains=text) | Q(plain_text__contains=text) | Q(email__istartswith=text)


def _state(state: State, user: User, now: datetime) -> Q:
    match state:
        case State.OPEN:
            return Q(status__in=UNSOLVED)
        case State.SOLVED:
            return Q(status__in=DONE)
        case State.MINE:
            return Q(assignee=user)
        case State.UNASSIGNED:
            return Q(assignee__isnull=True)
        case State.LATE:
            return Q(due_at__lt=now, status__in=IN_LINE)
        case State.HELD:
            return NOTHING  # no case is held


def _day(term: Term, column: str, now: datetime, zone: tzinfo) -> Q:
    """`after` a day holds that day, `before` it does not; a number of days ago is that instant."""
    if isinstance(term.value, date):
        at = datetime.combine(term.value, time(), tzinfo=zone)
    else:
        at = now - timedelta(days=int(term.value))
    return Q(**{f"{column}__{'lt' if term.kind is Kind.BEFORE else 'gte'}": at})


def _people(value: str) -> QuerySet[User]:
    people = User.objects.alias(plain=Folded("name"), address=Folded("email"))
    return people.filter(Q(plain__contains=fold(value)) | Q(address__contains=fold(value))).order_by()


def _departments(value: str) -> list[int]:
    """Those with this in a name of theirs, in any language, accents aside. They are few."""
    wanted = fold(value)
    return [
        row.pk
        for row in Department.objects.all()
        if any(wanted in fold(text) for text in (row.name, *row.names.values()))
    ]


def _named(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Those of a small table with this in their name, accents aside."""
    return rows.order_by().alias(plain=Folded("name")).filter(plain__contains=fold(value)).values("pk")


def _every(parts: Iterable[Q]) -> Q:
    return reduce(operator.and_, parts, EVERYTHING)
