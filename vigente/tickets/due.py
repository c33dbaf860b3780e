"""When something next falls due among cases and held requests by the mere passing of time."""

from datetime import datetime, timedelta

from django.db.models import Min

from vigente.billing.models.rulebooks import rulebook_at
from vigente.tickets.models import HeldRequest, SplitProposal, Ticket
from vigente.tickets.services.held import PENDING


def next_due(after: datetime) -> datetime | None:
    """The first instant after `after` at which a held request, a question or a silent case runs out."""
    waiting = HeldRequest.objects.filter(status__in=PENDING, hold_until__gt=after)
    texts = HeldRequest.objects.filter(erase_at__gt=after, erased_at__isnull=True)
    splits = SplitProposal.objects.filter(
        status=SplitProposal.Status.ASKED, answer_until__gt=after, ticket__in_trash=False
    )
    silent = timedelta(days=rulebook_at(after).auto_close_days)
    solved = Ticket.objects.filter(status=Ticket.Status.SOLVED, last_activity_at__gt=after - silent)
    last = solved.aggregate(at=Min("last_activity_at"))["at"]
    found = (
        waiting.aggregate(at=Min("hold_until"))["at"],
        texts.aggregate(at=Min("erase_at"))["at"],
        splits.aggregate(at=Min("answer_until"))["at"],
        last + silent if last else None,
    )
    return min((at for at in found if at is not None), default=None)
