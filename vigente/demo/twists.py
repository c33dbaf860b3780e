"""What does not go by the book: really development, our own fault, a duplicate, a phone call, a dispute."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from vigente.demo.agenda import Act
from vigente.demo.content.stories import Story
from vigente.demo.moments import working_on
from vigente.rules.reasons import Release
from vigente.rules.refusal import Refused
from vigente.tickets.models import Quotation, Ticket
from vigente.tickets.services.classification import classify, release
from vigente.tickets.services.disputes import decide_dispute, dispute
from vigente.tickets.services.merging import merge
from vigente.tickets.services.quotations import accept_quotation, decline_quotation, quote
from vigente.tickets.services.submission import submit_request
from vigente.tickets.services.work import solve

if TYPE_CHECKING:
    from vigente.demo.telling import Telling


class Twist(StrEnum):
    """What happens to a case besides its story."""

    NONE = ""
    RECLASSIFIED = "reclassified"  # asked as an adjustment, is development (row 11)
    FAULT = "fault"  # the vendor's own bug (row 16)
    DUPLICATE = "duplicate"  # a colleague sends it again (row 12)
    PHONED = "phoned"  # the technician files it (row 15)
    DISPUTED = "disputed"  # the same, and the customer objects to the draw


DEAL = {4: Twist.DUPLICATE, 11: Twist.PHONED, 19: Twist.PHONED, 26: Twist.DISPUTED}
PHONED = (Twist.PHONED, Twist.DISPUTED)
OUR_FAULT = frozenset(
    {
        "kardex-duplicado",
        "unidad-conversion",
        "cotizacion-no-imprime",
        "cierre-diferencia",
        "salto-correlativo",
    }
)
SCOPE = "Análisis, desarrollo, pruebas con sus datos y una sesión de entrega. Incluye tres meses de garantía."


def choose(story: Story, *, is_long_past: bool, number: int) -> Twist:
    """A twist for that case, or none. Only what is long past gets one: it must not move this month's counts."""
    if story.work == "development":
        return Twist.RECLASSIFIED if number % 2 else Twist.NONE
    if not is_long_past:
        return Twist.NONE
    if story.key in OUR_FAULT and number % 3:
        return Twist.FAULT
    return DEAL.get(number % 30, Twist.NONE)


def asked_as(telling: Telling) -> str:
    """The kind of work the customer chose."""
    return "adjustment" if telling.twist is Twist.RECLASSIFIED else telling.script.story.work


def becomes_quotation(telling: Telling) -> bool:
    return telling.script.story.work == "development"


def once_accepted(telling: Telling) -> None:
    """Put on the agenda what happens beside the conversation."""
    if telling.twist is Twist.DUPLICATE and len(telling.company.people) > 1:
        _after(telling, 14, lambda now: _send_again(telling, now))
    elif telling.twist is Twist.DISPUTED and telling.case.drawn:
        _after(telling, 300, lambda now: _dispute(telling, now))
    if telling.twist is Twist.RECLASSIFIED and telling.end == "quote":
        _after(telling, 90, lambda now: once_answered(telling, now))


def once_answered(telling: Telling, now: datetime) -> None:
    """After the technician's first words: say what kind of work it really is (R9)."""
    if telling.twist is Twist.RECLASSIFIED:
        kind = telling.stage.work_types["development"]
        classify(ticket=telling.case, work_type=kind, actor=telling.technician, now=now)


def once_solved(telling: Telling, now: datetime) -> None:
    if telling.twist is Twist.FAULT and telling.case.drawn:
        note = "Defecto de nuestra versión, corregido."
        try:
            release(
                ticket=telling.case, reason=Release.VENDOR_FAULT, actor=telling.technician, note=note, now=now
            )
        except Refused:  # this month's favours are spent: a supervisor does it
            supervisor = telling.stage.of_role("supervisor")
            release(ticket=telling.case, reason=Release.VENDOR_FAULT, actor=supervisor, note=note, now=now)


def quote_it(telling: Telling, now: datetime) -> None:
    """The owner quotes; the customer accepts, declines, or has not answered yet."""
    amount = telling.rng.randrange(9_000, 64_000, 500) * 100
    owner = telling.stage.of_role("owner")
    quote(ticket=telling.case, amount_minor=amount, currency="NIO", scope=SCOPE, actor=owner, now=now)
    turn = Quotation.objects.filter(quoted_at__lt=now).count() % 4
    if turn in (0, 2):
        telling.later(1100, lambda at: _accept(telling, at))
    elif turn == 1:
        telling.later(
            900, lambda at: decline_quotation(ticket=telling.case, user=telling.company.manager, now=at)
        )


def _accept(telling: Telling, now: datetime) -> None:
    accept_quotation(ticket=telling.case, user=telling.company.manager, now=now)
    telling.later(6000, lambda at: solve(ticket=telling.case, actor=telling.technician, now=at))


def _after(telling: Telling, minutes: int, act: Act) -> None:
    """Put something beside the conversation on the agenda, so many working minutes on."""
    assert telling.moved is not None
    telling.agenda.at(working_on(telling.stage.hours, telling.moved, minutes), act)


def _send_again(telling: Telling, now: datetime) -> None:
    """A colleague sends the same; the technician joins the two and the second draw comes back."""
    colleague = next(user for user in telling.company.people.values() if user.pk != telling.requester.pk)
    second = submit_request(
        requester=colleague,
        organization=telling.company.organization,
        licence=telling.holding.licence,
        work_type=telling.stage.work_types[telling.script.story.work],
        subject=telling.script.subject,
        text=telling.script.lines[0].text,
        channel=Ticket.Channel.WEB,
        key=f"demo:{telling.holding.licence.key}:{telling.number}:again",
        now=now,
    )
    if isinstance(second, Ticket) and not (second.drawn and not telling.case.drawn):
        merge(ticket=second, into=telling.case, actor=telling.technician, now=now)


def _dispute(telling: Telling, now: datetime) -> None:
    text = "La llamada fue para avisarnos de la actualización, no pedimos soporte."
    dispute(ticket=telling.case, user=telling.company.manager, text=text, now=now)
    supervisor = telling.stage.of_role("supervisor")
    _after(
        telling, 420, lambda at: decide_dispute(ticket=telling.case, upheld=True, actor=supervisor, now=at)
    )
