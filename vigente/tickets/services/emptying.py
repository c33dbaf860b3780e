"""Erasing what a case says: everything people wrote or sent, and what was copied from it. The case's own row stays with
its number and its draws, for the books.
"""

from functools import partial

from django.db import transaction
from django.db.models import Q

from vigente.tickets.files import forget
from vigente.tickets.models import (
    Attachment,
    Copy,
    Draft,
    DrawDispute,
    FieldValue,
    HeldRequest,
    Message,
    MessageVersion,
    Quotation,
    SplitProposal,
    Ticket,
    TicketTag,
)

GONE = "—"


def empty_case(ticket: Ticket) -> None:
    """Erase what was said in a case. Files go once the transaction is over. May run twice."""
    empty_messages(Q(ticket=ticket.pk))
    Ticket.everything.filter(pk=ticket.pk).update(subject=GONE)
    for model in (Copy, Draft, FieldValue, TicketTag):
        model.objects.filter(ticket=ticket.pk).delete()
    Quotation.objects.filter(ticket=ticket.pk).update(scope="", objection="")
    DrawDispute.objects.filter(ticket=ticket.pk).update(text="")
    SplitProposal.objects.filter(ticket=ticket.pk).update(subject=GONE)
    empty_held(Q(ticket=ticket.pk))


def empty_messages(which: Q) -> None:
    """Erase what messages say, their earlier versions and their files; the rows stay in their place."""
    messages = list(Message.objects.filter(which).values_list("pk", flat=True))
    MessageVersion.objects.filter(message__in=messages).delete()
    _drop_files(Q(message__in=messages))
    Message.objects.filter(pk__in=messages).update(
        html="", text="", quoted_html="", author_name="", pinned_at=None
    )


def empty_held(which: Q) -> None:
    """Erase what held requests say, and their files."""
    held = list(HeldRequest.objects.filter(which).values_list("pk", flat=True))
    _drop_files(Q(held__in=held))
    HeldRequest.objects.filter(pk__in=held).update(
        subject=GONE, html="", text="", answer="", sender_name="", fields={}
    )


def _drop_files(which: Q) -> None:
    files = Attachment.objects.filter(which)
    paths = list(files.values_list("path", flat=True))
    files.delete()
    transaction.on_commit(partial(forget, paths))
