"""What happened to a case, in words for the staff, laid between its messages."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from vigente.accounts.models import User
from vigente.billing.models import Licence, WorkType
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.tickets.labels import NORMAL, severity_name, status_name
from vigente.tickets.models import CustomField, Department, Message, Tag
from vigente.ui import formats
from vigente.ui.wording import release_text
from vigente.workspace.history_money import MONEY_TELLERS
from vigente.workspace.promise_words import adjustment_text
from vigente.workspace.words import licence_name


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `icon`: of the sprite."""

    at: datetime
    text: str
    icon: str


@dataclass(frozen=True, slots=True)
class Item:
    """A message or a line, in the order of time."""

    message: Message | None = None
    line: Line | None = None


class Names:
    """Names behind the ids in events, read only if some event needs them."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events

    @cached_property
    def people(self) -> dict[int, str]:
        named = ("assignee", "watcher")
        wanted = {event.data.get(name) for event in self.events for name in named} - {None}
        known = {event.actor.pk: str(event.actor) for event in self.events if event.actor is not None}
        missing = wanted - set(known)
        return (
            known | {user.pk: str(user) for user in User.objects.filter(pk__in=missing)} if missing else known
        )

    @cached_property
    def departments(self) -> dict[int, str]:
        return {row.pk: str(row) for row in Department.objects.all()}

    @cached_property
    def fields(self) -> dict[int, CustomField]:
        return {field.pk: field for field in CustomField.objects.all()}

    @cached_property
    def tags(self) -> dict[int, str]:
        return {tag.pk: str(tag) for tag in Tag.objects.all()}

    @cached_property
    def work_types(self) -> dict[str, str]:
        return {work.code: work.name for work in WorkType.objects.all()}

    @cached_property
    def licences(self) -> dict[int, str]:
        wanted = {event.data.get(name) for event in self.events for name in ("before", "after")}
        pks = {value for value in wanted if isinstance(value, int)}
        found = Licence.objects.filter(pk__in=pks).select_related("edition__product")
        return {licence.pk: licence_name(licence) for licence in found}


def lines(events: Sequence[Event]) -> list[Line]:
    """Events as lines; those that the conversation itself shows are left out."""
    names = Names(events)
    replied = {event.occurred_at for event in events if event.kind == Kind.TICKET_REPLIED}
    found = []
    for event in events:
        teller = TELLERS.get(event.kind)
        if event.kind == Kind.TICKET_STATUS_CHANGED and event.occurred_at in replied:
            continue  # the reply itself says so
        if teller is not None:
            icon, tell = teller
            found.append(Line(event.occurred_at, tell(_who(event), event.data, names), icon))
    return found


def woven(messages: Iterable[Message], told: Iterable[Line]) -> Iterator[Item]:
    """Messages and lines in one order of time; what came before the first message shown is left to the full history."""
    items = [Item(message=message) for message in messages]
    if not items:
        yield from (Item(line=line) for line in told)
        return
    first = items[0].message.created_at if items[0].message else None
    shown = [Item(line=line) for line in told if first is None or line.at >= first]
    yield from sorted(items + shown, key=_at)


def _at(item: Item) -> tuple[datetime, bool]:
    if item.message is not None:
        return item.message.created_at, False
    assert item.line is not None
    return item.line.at, True


def _who(event: Event) -> str:
    if event.actor is None and event.channel == "automation":
        return _("Una regla automática")
    return str(event.actor) if event.actor is not None else _("El reloj")


class Words(dict[str, Any]):
    """An event's data ready to be said; what it lacks is a dash."""

    def __missing__(self, name: str) -> str:
        return "—"


Data = Mapping[str, Any]
Teller = Callable[[str, Data, Names], str]
_OUTCOMES: Mapping[str, Callable[[], str]] = {
    "released": lambda: _("vuelve a estar disponible"),
    "late": lambda: _("pero su mes ya había vencido"),
    "goodwill": lambda: _("su mes ya había vencido: se dio un caso de cortesía"),
}


def _assigned(who: str, data: Data, names: Names) -> str:
    if data.get("department"):
        text = _("%(who)s lo pasó a %(department)s") % {
            "who": who,
            "department": names.departments.get(data["department"], "—"),
        }
        text = text if data.get("assignee") else text + _(", sin técnico")
        return f"{text}: “{data['why']}”" if data.get("why") else text
    assignee = data.get("assignee")
    if assignee is None:
        return _("%(who)s lo devolvió a la fila") % {"who": who}
    name = names.people.get(assignee, "—")
    if data.get("of_department"):
        return _("Su departamento lo asignó a %(name)s") % {"name": name}
    if data.get("by_line"):
        return _("%(who)s lo tomó como siguiente caso") % {"who": who}
    if name == who:
        return _("%(who)s lo tomó") % {"who": who}
    return _("%(who)s lo asignó a %(name)s") % {"who": who, "name": name}


def _status(who: str, data: Data, names: Names) -> str:
    after = status_name(str(data.get("after")), data.get("label"))
    return _("%(who)s lo dejó en %(status)s") % {"who": who, "status": after.lower()}


def _classified(who: str, data: Data, names: Names) -> str:
    kinds = names.work_types
    return _("%(who)s lo clasificó como “%(after)s” (antes “%(before)s”)") % {
        "who": who,
        "after": kinds.get(data.get("after"), data.get("after")),
        "before": kinds.get(data.get("before"), data.get("before")),
    }


def _released(who: str, data: Data, names: Names) -> str:
    outcome = _OUTCOMES.get(data.get("outcome", ""))
    why = release_text(data["reason"]) if data.get("reason") else _("Devuelto")
    return f"{why}: {outcome()}" if outcome else why


def _moved(who: str, data: Data, names: Names) -> str:
    return _("%(who)s lo pasó a la licencia %(licence)s") % {
        "who": who,
        "licence": names.licences.get(data.get("after"), "—"),
    }


def _tagged(one: Callable[[], str], several: Callable[[], str]) -> Teller:
    def tell(who: str, data: Data, names: Names) -> str:
        keys = data.get("tags") or ()
        tags = ", ".join(names.tags.get(key, "—") for key in keys) or "—"
        return (one() if len(keys) == 1 else several()) % {"who": who, "tags": tags}

    return tell


def _filled(who: str, data: Data, names: Names) -> str:
    """Which fields changed, and to what; a long text by its beginning."""
    said = []
    for change in data.get("changes") or ():
        field = names.fields.get(change["field"])
        after = change["after"]
        text = _("sin llenar") if after is None or field is None else Truncator(field.said(after)).chars(60)
        said.append(f"{field or '—'}: {text}")
    return _("%(who)s cambió los datos: %(fields)s") % {"who": who, "fields": "; ".join(said) or "—"}


def _quoted(who: str, data: Data, names: Names) -> str:
    amount = formats.money(int(data["amount"]), data["currency"]) if data.get("amount") else "—"
    return _("%(who)s lo cotizó en %(amount)s") % {"who": who, "amount": amount}


def _watched(who: str, data: Data, names: Names) -> str:
    watcher = names.people.get(data.get("watcher") or 0, "—")
    if watcher == who:
        return _("%(who)s lo vigila") % {"who": who}
    return _("%(who)s puso a %(name)s a vigilarlo") % {"who": who, "name": watcher}


def _unwatched(who: str, data: Data, names: Names) -> str:
    watcher = names.people.get(data.get("watcher") or 0, "—")
    if watcher == who:
        return _("%(who)s dejó de vigilarlo") % {"who": who}
    return _("%(who)s hizo que %(name)s dejara de vigilarlo") % {"who": who, "name": watcher}


def _severity(who: str, data: Data, names: Names) -> str:
    return _("%(who)s puso la urgencia en %(severity)s") % {
        "who": who,
        "severity": severity_name(data.get("after", NORMAL)).lower(),
    }


def _placed(who: str, data: Data, names: Names) -> str:
    words = {"who": who, "number": data.get("before"), "why": data.get("why", "—")}
    if data.get("group") is None:
        return _("%(who)s lo devolvió a su lugar en la fila: “%(why)s”") % words
    return _("%(who)s lo puso delante del caso %(number)s: “%(why)s”") % words


_NEAR: Mapping[str, Callable[[], str]] = {
    "first_reply": lambda: _("Se acerca el plazo de la primera respuesta"),
    "next_reply": lambda: _("Se acerca el plazo de la respuesta"),
    "resolution": lambda: _("Se acerca el plazo para resolverlo"),
}
_BROKEN: Mapping[str, Callable[[], str]] = {
    "first_reply": lambda: _("Pasó el plazo de la primera respuesta"),
    "next_reply": lambda: _("Pasó el plazo de la respuesta"),
    "resolution": lambda: _("Pasó el plazo para resolverlo"),
}


def _near(who: str, data: Data, names: Names) -> str:
    return _NEAR[data["promise"]]()


def _broken(who: str, data: Data, names: Names) -> str:
    return _BROKEN[data["promise"]]()


def _adjusted(who: str, data: Data, names: Names) -> str:
    return adjustment_text(who, data)


def _plain(text: Callable[[], str]) -> Teller:
    return lambda who, data, names: text() % Words(data, who=who)


def _one_of(flag: str, texts: Callable[[], tuple[str, str]]) -> Teller:
    """The first text when the event says so, else the second."""
    return lambda who, data, names: texts()[0 if data.get(flag) else 1] % Words(data, who=who)


TELLERS: Mapping[str, tuple[str, Teller]] = {
    Kind.TICKET_ACCEPTED.value: ("badge-check", _plain(lambda: _("Aceptado"))),
    Kind.TICKET_ASSIGNED.value: ("user", _assigned),
    Kind.TICKET_STATUS_CHANGED.value: ("history", _status),
    Kind.TICKET_SOLVED.value: ("check", _plain(lambda: _("%(who)s lo dio por resuelto"))),
    Kind.TICKET_CLOSED.value: ("lock", _plain(lambda: _("%(who)s lo cerró"))),
    Kind.TICKET_MESSAGE_EDITED.value: ("pencil", _plain(lambda: _("%(who)s editó un mensaje"))),
    Kind.TICKET_MESSAGE_DELETED.value: ("trash-2", _plain(lambda: _("%(who)s borró un mensaje"))),
    Kind.TICKET_FILE_DELETED.value: ("trash-2", _plain(lambda: _("%(who)s borró el archivo %(file)s"))),
    Kind.TICKET_REOPENED.value: ("undo-2", _plain(lambda: _("%(who)s lo reabrió"))),
    Kind.TICKET_CLASSIFIED.value: ("tag", _classified),
    Kind.TICKET_SEVERITY_CHANGED.value: ("flag", _severity),
    Kind.TICKET_TAGGED.value: ("tag", _tagged(
        lambda: _("%(who)s puso la etiqueta %(tags)s"), lambda: _("%(who)s puso las etiquetas %(tags)s"))),
    Kind.TICKET_UNTAGGED.value: ("tag", _tagged(
        lambda: _("%(who)s quitó la etiqueta %(tags)s"), lambda: _("%(who)s quitó las etiquetas %(tags)s"))),
    Kind.TICKET_FIELDS_CHANGED.value: ("square-pen", _filled),
    Kind.TICKET_RENAMED.value: ("pencil", _plain(lambda: _("%(who)s cambió el asunto; antes: “%(old)s”"))),
    Kind.FOLLOW_UP_SET.value: ("hourglass", _plain(lambda: _("%(who)s dejó un seguimiento: “%(note)s”"))),
    Kind.FOLLOW_UP_DUE.value: ("hourglass", _plain(lambda: _("Tocó seguirlo: “%(note)s”"))),
    Kind.FOLLOW_UP_CANCELLED.value: ("x", _plain(lambda: _("%(who)s quitó un seguimiento"))),
    Kind.AUTOMATION_RAN.value: ("play", _plain(lambda: _("Actuó la regla “%(name)s”"))),
    Kind.TICKET_COPY_ADDED.value: ("mail", _one_of("hidden", lambda: (
        _("%(who)s puso en copia oculta a %(address)s"), _("%(who)s puso en copia a %(address)s")))),
    Kind.TICKET_COPY_REMOVED.value: ("mail", _plain(lambda: _("%(who)s quitó la copia a %(address)s"))),
    Kind.TICKET_TIME_ADDED.value: ("timer", _plain(lambda: _("%(who)s anotó %(minutes)s min de trabajo"))),
    Kind.TICKET_TIME_CORRECTED.value: ("timer", _plain(
        lambda: _("%(who)s corrigió el tiempo: %(after)s min en lugar de %(before)s"))),
    Kind.TICKET_WATCHED.value: ("eye", _watched),
    Kind.TICKET_UNWATCHED.value: ("eye", _unwatched),
    Kind.TICKET_LOCKED.value: ("lock", _plain(lambda: _("%(who)s lo bloqueó: no recibe respuestas"))),
    Kind.TICKET_UNLOCKED.value: ("lock", _plain(lambda: _("%(who)s lo desbloqueó"))),
    Kind.TICKET_RELEASED.value: ("undo-2", _released),
    Kind.TICKET_MOVED_LICENCE.value: ("key-round", _moved),
    Kind.TICKET_MERGED.value: ("copy", _plain(lambda: _("%(who)s lo unió con el caso %(into)s"))),
    Kind.TICKET_UNMERGED.value: ("copy", _plain(lambda: _("%(who)s lo separó del caso %(from)s"))),
    Kind.TICKET_TRASHED.value: ("trash-2", _plain(lambda: _("%(who)s lo puso en la papelera"))),
    Kind.TICKET_RESTORED.value: ("undo-2", _plain(lambda: _("%(who)s lo sacó de la papelera"))),
    Kind.TICKET_PLACED.value: ("list-ordered", _placed),
    Kind.PROMISE_NEAR.value: ("hourglass", _near),
    Kind.PROMISE_BROKEN.value: ("triangle-alert", _broken),
    Kind.PROMISE_ADJUSTED.value: ("hourglass", _adjusted),
    Kind.TICKET_RANK_CHANGED.value: ("list-ordered", _plain(lambda: _("Subió en la fila por un plan mejor"))),
    Kind.TICKET_OPENED_FOR_CUSTOMER.value: ("life-buoy", _plain(lambda: _("%(who)s lo abrió por el cliente"))),
    Kind.DRAW_DISPUTED.value: ("scale", _plain(lambda: _("%(who)s objetó que usara un caso"))),
    Kind.DRAW_DISPUTE_DECIDED.value: ("scale", _one_of("upheld", lambda: (
        _("%(who)s dio la razón al cliente"), _("%(who)s mantuvo el uso del caso")))),
    Kind.SPLIT_PROPOSED.value: ("copy", _plain(lambda: _("%(who)s propuso separar un problema nuevo"))),
    Kind.SPLIT_ACCEPTED.value: ("copy", _plain(lambda: _("Se separó en el caso %(child)s"))),
    Kind.SPLIT_DECLINED.value: ("copy", _one_of("silent", lambda: (
        _("Nadie respondió a la propuesta de separar"), _("%(who)s no aceptó separar")))),
    Kind.QUOTATION_REQUESTED.value: ("tag", _plain(lambda: _("Pasó a Por cotizar"))),
    Kind.QUOTATION_QUOTED.value: ("tag", _quoted),
    Kind.QUOTATION_ACCEPTED.value: ("check", _plain(lambda: _("%(who)s aceptó la cotización"))),
    Kind.QUOTATION_DECLINED.value: ("x", _plain(lambda: _("%(who)s rechazó la cotización"))),
    Kind.QUOTATION_OBJECTED.value: ("scale", _plain(lambda: _("%(who)s objetó: dice que el plan lo cubre"))),
    Kind.QUOTATION_OBJECTION_DECIDED.value: ("scale", _one_of("covered", lambda: (
        _("%(who)s decidió que el plan lo cubre"), _("%(who)s decidió que se cotiza")))),
}  # fmt: skip


def organization_lines(events: Sequence[Event]) -> list[Line]:
    """What happened to an organization, its licences, contracts and cases. Months and renewals are in the books."""
    found = []
    for event in events:
        teller = ORGANIZATION_TELLERS.get(event.kind)
        if teller is not None:
            icon, text = teller
            found.append(Line(event.occurred_at, text() % Words(_organization_words(event)), icon))
    return found


def _organization_words(event: Event) -> dict[str, Any]:
    data, cases = event.data, event.data.get("cases")
    words = {"who": _who(event), "cases": _("sin límite") if cases is None else formats.number(cases)}
    for name in ("number", "code", "corrects"):
        if data.get(name):
            words[name] = str(data[name])
    amount = next((data[name] for name in ("total", "amount", "balance") if data.get(name) is not None), None)
    if amount is not None and data.get("currency"):
        words["amount"] = formats.money(int(amount), str(data["currency"]))
    return words


ORGANIZATION_TELLERS: Mapping[str, tuple[str, Callable[[], str]]] = {
    Kind.SUBSCRIPTION_STARTED.value: ("badge-check", lambda: _("%(who)s contrató un plan")),
    Kind.SUBSCRIPTION_ACTIVATED.value: ("play", lambda: _("El plan entró en vigencia")),
    Kind.SUBSCRIPTION_NOTICE_GIVEN.value: ("flag", lambda: _("%(who)s dio aviso de cancelar o cambiar")),
    Kind.SUBSCRIPTION_NOTICE_WITHDRAWN.value: ("undo-2", lambda: _("%(who)s retiró el aviso")),
    Kind.SUBSCRIPTION_ENDED.value: ("minus", lambda: _("El plan terminó")),
    Kind.SUBSCRIPTION_REPLACED.value: ("refresh-cw", lambda: _("Cambió de plan")),
    Kind.SUBSCRIPTION_SLEPT.value: (
        "moon",
        lambda: _("El plan incluido descansa mientras rige el contratado"),
    ),
    Kind.SUBSCRIPTION_WOKE.value: ("sun", lambda: _("Volvió el plan incluido")),
    Kind.SUBSCRIPTION_TERM_MISSED.value: (
        "triangle-alert",
        lambda: _("Pasó un periodo completo sin facturar: falta decidir"),
    ),
    Kind.RULES_ANNOUNCED.value: ("mail", lambda: _("Se le anunciaron reglas nuevas")),
    Kind.RULES_REMINDED.value: ("mail", lambda: _("Se le recordó que le falta un plan")),
    Kind.PACK_ADDED.value: ("plus", lambda: _("%(who)s agregó %(cases)s casos extra")),
    Kind.PACK_RETURNED.value: ("undo-2", lambda: _("%(who)s devolvió un paquete extra")),
    Kind.GOODWILL_GRANTED.value: ("life-buoy", lambda: _("%(who)s dio %(cases)s casos de cortesía")),
    Kind.LICENCE_REGISTERED.value: ("key-round", lambda: _("%(who)s registró una licencia")),
    Kind.LICENCE_HOSTING_CHANGED.value: (
        "globe",
        lambda: _("%(who)s cambió dónde está instalada una licencia"),
    ),
    Kind.ORGANIZATION_BLOCKED.value: ("lock", lambda: _("%(who)s bloqueó la organización")),
    Kind.ORGANIZATION_UNBLOCKED.value: ("check", lambda: _("%(who)s desbloqueó la organización")),
    Kind.TICKET_ACCEPTED.value: ("inbox", lambda: _("%(who)s abrió el caso %(number)s")),
    Kind.HELD.value: ("pause", lambda: _("Llegó una solicitud sin cobertura")),
    Kind.HELD_RELEASED.value: ("check", lambda: _("Una solicitud en espera entró en la fila")),
    Kind.HELD_EXPIRED.value: ("hourglass", lambda: _("Venció una solicitud en espera")),
    **MONEY_TELLERS,
}
