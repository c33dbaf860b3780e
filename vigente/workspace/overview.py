"""What a supervisor or the owner looks at: who waits past their promise, what waits for a decision, who gave what
away. Reads only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from vigente.accounts.models import User
from vigente.billing.favours import PersonFavours, favours_by_person
from vigente.billing.models import MissedTerm, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.mail.models import InboundMessage, OutboundMessage
from vigente.reports.books import Books, books
from vigente.tickets.models import DrawDispute, HeldRequest, Quotation, Ticket
from vigente.tickets.queries.counts import OPEN_HELD
from vigente.tickets.queries.line import plan_names
from vigente.workspace.headline import Figure, money_figures, support_figures

SHOWN = 10


@dataclass(frozen=True, slots=True)
class RankRow:
    """One priority in the line: how many wait, how many past their promise, and the first promise due."""

    rank: int
    plan: str
    waiting: int
    late: int
    nearest_due: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The page. `money` is the owner's alone."""

    money: Sequence[Figure]
    support: Sequence[Figure]
    ranks: Sequence[RankRow]
    favours: Sequence[PersonFavours]
    held: dict[str, int]
    awaiting: Sequence[Subscription]
    missed: Sequence[MissedTerm]
    disputes: Sequence[DrawDispute]
    objections: Sequence[Quotation]
    books: Books
    quarantined: int
    dead: int

    @property
    def late(self) -> int:
        return sum(row.late for row in self.ranks)

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.ranks)

    @property
    def held_total(self) -> int:
        return sum(self.held.values())

    @property
    def to_decide(self) -> int:
        return len(self.awaiting) + len(self.missed) + len(self.disputes) + len(self.objections)

    @property
    def favours_total(self) -> int:
        return sum(person.made for person in self.favours)


def overview(user: User, *, now: datetime) -> Overview:
    """Read it. The number of queries is the same whatever there is."""
    late = Q(due_at__lt=now)
    by_rank = (
        Ticket.objects.visible_to(user)
        .in_line()
        .order_by("rank")
        .values_list("rank")
        .annotate(waiting=Count("pk"), late=Count("pk", filter=late), nearest=Min("due_at"))
    )
    found = list(by_rank)
    names = plan_names([rank for rank, *_ in found])
    held = HeldRequest.objects.visible_to(user).filter(status__in=OPEN_HELD).order_by()
    disputes = DrawDispute.objects.filter(status=DrawDispute.Status.OPEN, ticket__in_trash=False)
    objections = Quotation.objects.filter(status=Quotation.Status.OBJECTED, ticket__in_trash=False)
    zone = rulebook_at(now).billing_zone
    return Overview(
        money=money_figures(now=now, zone=zone) if user.is_owner else [],
        support=support_figures(now=now, zone=zone),
        ranks=[
            RankRow(rank, names.get(rank, ""), waiting, late, nearest)
            for rank, waiting, late, nearest in found
        ],
        favours=favours_by_person(now=now),
        held=dict(held.values_list("status").annotate(n=Count("pk"))),
        awaiting=list(
            Subscription.objects.visible_to(user)
            .filter(status=Subscription.Status.AWAITING_PAYMENT)
            .select_related("organization", "version__plan__edition", "licence")
            .order_by("created_at")[:SHOWN]
        ),
        missed=list(
            MissedTerm.objects.filter(decided_at__isnull=True)
            .select_related("subscription__organization", "subscription__version__plan")
            .order_by("start")[:SHOWN]
        ),
        disputes=list(disputes.select_related("ticket__organization").order_by("disputed_at")[:SHOWN]),
        objections=list(objections.select_related("ticket__organization").order_by("objected_at")[:SHOWN]),
        books=books(),
        quarantined=InboundMessage.objects.filter(status=InboundMessage.Status.QUARANTINED).count(),
        dead=OutboundMessage.objects.filter(status=OutboundMessage.Status.DEAD).count(),
    )
