"""What happened in a case, in plain words for its customer. Reads events; what is not listed here is not told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from vigente.accounts.models import User
from vigente.billing.models import WorkType
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.coverage import Decision, Outcome
from vigente.rules.reasons import Code
from vigente.ui.wording import cases, reason_sentence, release_text


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened. `icon`: a name of the sprite. `ends`: it comes after an answer given at the same
    instant.
    """

    at: datetime
    text: str
    icon: str
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What an event names by id or code, read once for the whole page."""

    people: dict[int, str]
    work: dict[str, str]
    reader: User

    def actor(self, event: Event) -> str:
        if event.actor is None:
            return ""
        return _("Usted") if event.actor_id == self.reader.pk else str(event.actor)


def told(events: Iterable[Event], *, reader: User) -> list[Told]:
    """The customer's history, in the order of the events. Two queries."""
    events = list(events)
    ids = {event.data.get("assignee") for event in events} - {None}
    people = {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
    classified = any(event.kind == Kind.TICKET_CLASSIFIED.value for event in events)
    work = {one.code: one.name for one in WorkType.objects.all()} if classified else {}
    names = Names(people, work, reader)
    lines = ((event.occurred_at, Kind(event.kind), _words(event, names)) for event in events)
    return [Told(at, text, ICONS.get(kind, "history"), kind in ENDS) for at, kind, text in lines if text]


def _words(event: Event, names: Names) -> str:
    sentence = SENTENCES.get(Kind(event.kind))
    return sentence(event, names) if sentence else ""


PAID: dict[Code, Callable[[], str]] = {
    Code.GRANT_PAYS: lambda: _("Usó %(cases)s de su plan."),
    Code.UNLIMITED: lambda: _("Lo cubre su plan, sin límite de casos."),
    Code.PACK_PAYS: lambda: _("Usó %(cases)s extra."),
    Code.LEGACY_PAYS: lambda: _("Usó %(cases)s de su plan anterior."),
    Code.GOODWILL_PAYS: lambda: _("Usó %(cases)s de cortesía."),
}


def paid_by(decision: Decision) -> str:
    """What a case used and which grant paid, as a fact of the past; why, when it used nothing."""
    first = decision.reasons[0] if decision.reasons else None
    if decision.outcome is not Outcome.COVERED or first is None:
        return reason_sentence(first) if first else ""
    paying = next((reason.code for reason in decision.reasons if reason.code in PAID), Code.GRANT_PAYS)
    return PAID[paying]() % {"cases": cases(decision.units)}


def _accepted(event: Event, names: Names) -> str:
    stored = event.data.get("decision")
    return _("Aceptado. %(why)s") % {"why": paid_by(Decision.from_json(stored))} if stored else _("Aceptado.")


def _assigned(event: Event, names: Names) -> str:
    who = names.people.get(event.data.get("assignee") or 0)
    if who:
        return _("Lo atiende %(who)s") % {"who": who}
    return "" if event.data.get("department") else _("Volvió a la fila")


def _status(event: Event, names: Names) -> str:
    return {
        "waiting_third": _("Esperamos a un tercero"),
        "on_hold": _("Quedó en pausa"),
    }.get(str(event.data.get("after")), "")


def _closed(event: Event, names: Names) -> str:
    if not event.data.get("by_person"):
        return _("Se cerró solo: nadie escribió más después de resolverlo")
    return _("%(who)s lo cerró") % {"who": names.actor(event)}


def _classified(event: Event, names: Names) -> str:
    kind = names.work.get(str(event.data.get("after")), "")
    return _("Lo clasificamos como «%(kind)s»") % {"kind": kind} if kind else ""


def _released(event: Event, names: Names) -> str:
    return release_text(str(event.data.get("reason")))


SENTENCES: dict[Kind, Callable[[Event, Names], str]] = {
    Kind.TICKET_ACCEPTED: _accepted,
    Kind.TICKET_ASSIGNED: _assigned,
    Kind.TICKET_STATUS_CHANGED: _status,
    Kind.TICKET_SOLVED: lambda e, n: _("%(who)s lo dio por resuelto") % {"who": n.actor(e) or _("Soporte")},
    Kind.TICKET_CLOSED: _closed,
    Kind.TICKET_REOPENED: lambda e, n: _("%(who)s lo reabrió") % {"who": n.actor(e) or _("Soporte")},
    Kind.TICKET_CLASSIFIED: _classified,
    Kind.TICKET_RELEASED: _released,
    Kind.TICKET_MOVED_LICENCE: lambda e, n: _("Pasó a otra de sus instalaciones"),
    Kind.TICKET_MERGED: lambda e, n: _("Se unió al caso %(number)s") % {"number": e.data.get("into", "")},
    Kind.TICKET_UNMERGED: lambda e, n: (
        _("Se separó del caso %(number)s") % {"number": e.data.get("from", "")}
    ),
    Kind.TICKET_LOCKED: lambda e, n: _("Ya no recibe respuestas"),
    Kind.TICKET_UNLOCKED: lambda e, n: _("Recibe respuestas de nuevo"),
    Kind.TICKET_OPENED_FOR_CUSTOMER: lambda e, n: _("%(who)s lo abrió por usted") % {"who": n.actor(e)},
    Kind.DRAW_DISPUTED: lambda e, n: _("%(who)s objetó que usara un caso") % {"who": n.actor(e)},
    Kind.DRAW_DISPUTE_DECIDED: lambda e, n: (
        _("Revisamos su objeción y le dimos la razón")
        if e.data.get("upheld")
        else _("Revisamos su objeción: el caso sí usa uno de su plan")
    ),
    Kind.SPLIT_PROPOSED: lambda e, n: _("Le propusimos tratar una parte como otro caso"),
    Kind.SPLIT_ACCEPTED: lambda e, n: (
        _("Una parte sigue en el caso %(number)s") % {"number": e.data.get("child", "")}
    ),
    Kind.SPLIT_DECLINED: lambda e, n: (
        _("No hubo respuesta sobre el caso aparte: quedó en espera")
        if e.data.get("silent")
        else _("%(who)s prefirió no separarlo") % {"who": n.actor(e)}
    ),
    Kind.QUOTATION_REQUESTED: lambda e, n: _("Pasó a cotización: no usa casos"),
    Kind.QUOTATION_QUOTED: lambda e, n: _("Le enviamos la cotización"),
    Kind.QUOTATION_ACCEPTED: lambda e, n: _("%(who)s aceptó la cotización") % {"who": n.actor(e)},
    Kind.QUOTATION_DECLINED: lambda e, n: _("%(who)s rechazó la cotización") % {"who": n.actor(e)},
    Kind.QUOTATION_OBJECTED: lambda e, n: (
        _("%(who)s objetó: cree que su plan lo cubre") % {"who": n.actor(e)}
    ),
    Kind.QUOTATION_OBJECTION_DECIDED: lambda e, n: (
        _("Otra persona lo revisó: su plan sí lo cubre")
        if e.data.get("covered")
        else _("Otra persona lo revisó: sigue como cotización")
    ),
}

ENDS = {
    Kind.TICKET_SOLVED,
    Kind.TICKET_CLOSED,
    Kind.TICKET_STATUS_CHANGED,
    Kind.QUOTATION_QUOTED,
    Kind.SPLIT_PROPOSED,
}
ICONS = {
    Kind.TICKET_ACCEPTED: "badge-check",
    Kind.TICKET_ASSIGNED: "user",
    Kind.TICKET_SOLVED: "circle-check",
    Kind.TICKET_CLOSED: "lock",
    Kind.TICKET_LOCKED: "lock",
    Kind.TICKET_UNLOCKED: "lock",
    Kind.TICKET_REOPENED: "refresh-cw",
    Kind.TICKET_CLASSIFIED: "tag",
    Kind.TICKET_RELEASED: "undo-2",
    Kind.TICKET_STATUS_CHANGED: "pause",
    Kind.QUOTATION_QUOTED: "receipt",
    Kind.DRAW_DISPUTED: "scale",
    Kind.DRAW_DISPUTE_DECIDED: "scale",
    Kind.QUOTATION_OBJECTED: "scale",
    Kind.QUOTATION_OBJECTION_DECIDED: "scale",
}
