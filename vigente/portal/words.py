"""How the portal says things: where a case stands, a place in line, a promise, a length of working time.

Codes of decisions and refusals are worded in `vigente.ui.wording`; here is what only the customer's pages say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.accounts.models import User
from vigente.billing.models import Licence
from vigente.billing.queries import Meter
from vigente.billing.services.claims import is_provisional
from vigente.tickets.labels import public_status
from vigente.tickets.models import Quotation, Ticket
from vigente.tickets.queries import Standing as LineStanding
from vigente.ui import formats

Status = Ticket.Status


@dataclass(frozen=True, slots=True)
class Standing:
    """A case's state for its customer. `turn`: it waits for them. `meaning` colours the word, which says it all
    alone.
    """

    word: str
    meaning: str
    turn: bool = False


def standing(ticket: Ticket, quotation: Quotation | None = None, reader: User | None = None) -> Standing:
    """Where a case stands, in words a bookkeeper uses: the owner's, where there are some for customers. It is the turn
    of whoever asked, not of a manager who looks on.
    """
    found = _standing(ticket, quotation, reader)
    quoted = ticket.queue == Ticket.Queue.QUOTATION and not ticket.is_done
    word = (
        "" if quoted or ticket.merged_into_id is not None else public_status(ticket.status, ticket.label_id)
    )
    return replace(found, word=word) if word else found


def _standing(ticket: Ticket, quotation: Quotation | None, reader: User | None) -> Standing:
    if ticket.merged_into_id is not None:
        return Standing(_("Unido a otro caso"), "")
    if ticket.status == Status.SOLVED:
        return Standing(_("Resuelto"), "ok")
    if ticket.status == Status.CLOSED:
        return Standing(_("Cerrado"), "")
    if ticket.queue == Ticket.Queue.QUOTATION:
        return _quoted(quotation)
    if ticket.status == Status.WAITING_CUSTOMER:
        if reader is None or reader.pk == ticket.requester_id:
            return Standing(_("Le toca a usted responder"), "attention", turn=True)
        return Standing(_("Esperamos a %(person)s") % {"person": ticket.requester}, "attention")
    if ticket.status == Status.WAITING_THIRD:
        return Standing(_("Esperamos a un tercero"), "info")
    if ticket.status == Status.ON_HOLD:
        return Standing(_("En pausa"), "info")
    if ticket.assignee_id is not None:
        return Standing(_("En atención"), "info")
    return Standing(_("En la fila"), "info")


def _quoted(quotation: Quotation | None) -> Standing:
    if quotation is not None and quotation.status == Quotation.Status.QUOTED:
        return Standing(_("Cotizado: usted decide"), "attention", turn=True)
    if quotation is not None and quotation.status == Quotation.Status.ACCEPTED:
        return Standing(_("Cotización aceptada"), "ok")
    if quotation is not None and quotation.status == Quotation.Status.OBJECTED:
        return Standing(_("En revisión"), "info")
    return Standing(_("Por cotizar"), "")


def ordinal(number: int) -> str:
    """`4.º`, `4th`."""
    if formats.locale().language == "en":
        tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{tail}"
    return f"{number}.º"


def place(low: int, high: int | None = None) -> str:
    """`4.º en la fila`, or `entre el 4.º y el 7.º en la fila` when better plans may come before (row 42)."""
    if high is None or high <= low:
        return _("%(place)s en la fila") % {"place": ordinal(low)}
    return _("entre el %(low)s y el %(high)s en la fila") % {"low": ordinal(low), "high": ordinal(high)}


def before(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """A promise as people say it: `hoy antes de las 16:00`, `el jueves 30 de julio antes de las 10:00`."""
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    words = {"time": formats.clock(at, zone)}
    if days == 0:
        return _("hoy antes de las %(time)s") % words
    if days == 1:
        return _("mañana antes de las %(time)s") % words
    if 1 < days < 7:
        words["day"] = formats.weekday(at, zone)
        return _("el %(day)s antes de las %(time)s") % words
    words["day"] = formats.day(at, zone=zone, now=now, long=True)
    return _("el %(day)s antes de las %(time)s") % words


def last_moment(end: datetime) -> datetime:
    """The last instant of a half-open span, for `hasta el 31 de julio`: what ends as August begins lasts through
    July.
    """
    return end - timedelta(microseconds=1)


def working_time(minutes: int, week: Sequence[Sequence[Sequence[int]]]) -> str:
    """Working minutes as a promise: `6 horas hábiles`, `1 día hábil`. A day is as long as the longest of `week`."""
    day = max(sum(end - start for start, end in shifts) for shifts in week)
    if day and minutes >= day and minutes % day == 0:
        return ngettext("%(n)d día hábil", "%(n)d días hábiles", minutes // day) % {"n": minutes // day}
    if minutes % 60 == 0:
        return ngettext("%(n)d hora hábil", "%(n)d horas hábiles", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minuto hábil", "%(n)d minutos hábiles", minutes) % {"n": minutes}


def licence_short(licence: Licence) -> str:
    """`Casa matriz`, or without a label `Inventario WEB …7F2K`."""
    return licence.label or (str(licence.edition) if is_provisional(licence) else str(licence))


def licence_name(licence: Licence | None) -> str:
    """`Inventario WEB · en nuestra nube · licencia …7F2K`; with a label, that first."""
    if licence is None:
        return _("Toda la organización")
    words = {
        "edition": licence.edition,
        "hosting": licence.get_hosting_display(),
        "tail": licence.key[-4:],
    }
    if is_provisional(licence):
        name = _("%(edition)s · clave por registrar") % words
    else:
        name = _("%(edition)s · %(hosting)s · licencia …%(tail)s") % words
    return f"{licence.label} · {name}" if licence.label else name


def discount_name(code: str | None) -> str:
    """What a discount is called on a bill. The vendor names others by a code of their own."""
    return _("Descuento WEB en nuestra nube") if code == "cloud_web" else _("Descuento")


def cases_left(meter: Meter) -> str:
    """`Le quedan 3 casos`, `No le quedan casos`, `Sin cobertura`."""
    if meter.left is None:
        return _("Casos sin límite")
    if meter.left:
        return ngettext("Le queda %(n)s caso", "Le quedan %(n)s casos", meter.left) % {
            "n": formats.number(meter.left)
        }
    return _("No le quedan casos") if meter.total else _("Sin cobertura")


def ahead(standing: LineStanding) -> str:
    """`Delante: 3 casos de plan Empresa, 1 caso de su mismo plan.` Together they are the place less one."""
    parts = []
    for _rank, plan, count in standing.better_plans:
        cases = ngettext("%(n)s caso", "%(n)s casos", count) % {"n": formats.number(count)}
        parts.append(_("%(cases)s de plan %(plan)s") % {"cases": cases, "plan": plan} if plan else cases)
    if standing.same_plan:
        cases = ngettext("%(n)s caso", "%(n)s casos", standing.same_plan) % {
            "n": formats.number(standing.same_plan)
        }
        parts.append(_("%(cases)s de su mismo plan") % {"cases": cases})
    return _("Delante: %(cases)s.") % {"cases": ", ".join(parts)} if parts else ""


def link_kinds() -> dict[str, str]:
    """How one case belongs to another, by `tickets.queries.Link.kind`."""
    return {
        "follows": _("este continúa aquel"),
        "followed_by": _("continuación"),
        "merged_into": _("este sigue en aquel"),
        "absorbed": _("se unió a este"),
        "split": _("separado"),
        "follow_up": _("continuación"),
        "related": _("relacionado"),
    }


def grant_sources() -> dict[str, str]:
    """Where cases come from, by name."""
    return {
        "period": _("Plan"),
        "pack": _("Caso extra"),
        "legacy": _("Plan anterior"),
        "goodwill": _("Cortesía"),
        "licence": _("Incluido con la licencia"),
    }
