"""What an agent decides about a case's coverage: its kind, its draw, its licence, whether it is one case or two."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.billing.models import WorkType
from vigente.billing.queries import favours_left
from vigente.rules.reasons import Release
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services import classification, disputes, merging
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.forms.case import (
    ClassifyForm,
    LicenceForm,
    MergeForm,
    ReleaseForm,
    SplitForm,
    YesNoForm,
)
from vigente.workspace.views.actions import back, both
from vigente.workspace.views.case import find
from vigente.workspace.words import classify_consequence, favours_text, units_text

HELD = "workspace:held_request"


@staff
@both
def work(request: HttpRequest, number: int) -> HttpResponse:
    """What kind of work it is; each choice says its consequence before (R8, R9, rows 11, 36, 44, 48)."""
    ticket = find(number, person(request))
    form = ClassifyForm(posted(request), initial={"work_type": ticket.work_type_id})
    cards = [
        {"value": kind.pk, "label": kind.name, "text": classify_consequence(ticket, kind)}
        for kind in WorkType.objects.all()
    ]
    action = Action(
        title=_("¿Qué tipo de trabajo es?"),
        submit=_("Clasificar"),
        back=back(ticket),
        template="workspace/actions/classify.html",
        wide=True,
        context={"cards": cards},
    )

    def run(data: dict[str, Any]) -> str:
        kind = data["work_type"]
        result = classification.classify(
            ticket=ticket, work_type=kind, actor=person(request), now=instant(request)
        )
        if isinstance(result, HeldRequest):
            return _("No hay cobertura para “%(kind)s”: quedó sin cobertura y se avisó al cliente.") % {
                "kind": kind
            }
        return _("Clasificado como “%(kind)s”.") % {"kind": kind}

    return perform(request, action, form, run)


@staff
@both
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Give the case used back, with a reason (rows 10, 12, 16, 39)."""
    ticket, user = find(number, person(request)), person(request)
    form = ReleaseForm(posted(request))
    units = units_text(ticket.decision_value().units or ticket.work_type.units)
    said = (
        _("Se devuelve %(units)s al cliente.") % {"units": units}
        if ticket.drawn
        else _("Este caso no usó ninguno: solo queda anotado el motivo.")
    )
    action = Action(
        title=_("Devolver el caso usado"),
        submit=_("Devolver"),
        back=back(ticket),
        notes=(said, favours_text(favours_left(user, now=instant(request)))),
    )

    def run(data: dict[str, Any]) -> str:
        outcome = classification.release(
            ticket=ticket, reason=Release(data["reason"]), actor=user, now=instant(request), note=data["note"]
        )
        return _RETURNED[outcome.value]()

    return perform(request, action, form, run)


_RETURNED = {
    "released": lambda: _("Devuelto: vuelve a estar disponible."),
    "late": lambda: _("Devuelto, pero el mes en que se usó ya venció."),
    "goodwill": lambda: _("El mes en que se usó ya venció: se dio un caso de cortesía."),
    "nothing": lambda: _("Anotado. No había ningún caso que devolver."),
}


@staff
@both
def licence(request: HttpRequest, number: int) -> HttpResponse:
    """Filed on the wrong licence (row 47)."""
    ticket = find(number, person(request))
    form = LicenceForm(posted(request), ticket=ticket)
    note = _("Se devuelve lo usado en una licencia y se usa en la otra, las dos cosas o ninguna.")
    action = Action(title=_("Pasar a otra licencia"), submit=_("Pasar"), back=back(ticket), notes=(note,))

    def run(data: dict[str, Any]) -> str:
        classification.move_licence(
            ticket=ticket, licence=data["licence"], actor=person(request), now=instant(request)
        )
        return _("Ahora es de la licencia %(licence)s.") % {"licence": data["licence"]}

    return perform(request, action, form, run)


@staff
@both
def merger(request: HttpRequest, number: int) -> HttpResponse:
    """Join a duplicate into the case that stays (row 12)."""
    ticket = find(number, person(request))
    form = MergeForm(posted(request), initial={"into": request.GET.get("into", "")})
    note = _(
        "El caso %(number)s se cierra, se devuelve el que usó, y quien lo pidió sigue el otro. Se puede deshacer."
    )
    action = Action(
        title=_("Unir con otro caso"), submit=_("Unir"), back=back(ticket), notes=(note % {"number": number},)
    )

    def run(data: dict[str, Any]) -> str:
        into = Ticket.objects.visible_to(person(request)).filter(number=data["into"]).first()
        if into is None:
            raise ValidationError({"into": _("No hay ningún caso con ese número.")})
        merging.merge(ticket=ticket, into=into, actor=person(request), now=instant(request))
        return _("Unido al caso %(number)s.") % {"number": into.number}

    return perform(request, action, form, run, undo=reverse("workspace:unmerging", args=[number]))


@staff
@require_POST
def unmerging(request: HttpRequest, number: int) -> HttpResponse:
    """Part it again; its coverage is decided anew (row 12)."""
    ticket = find(number, person(request))

    def run() -> str:
        result = merging.unmerge(ticket=ticket, actor=person(request), now=instant(request))
        if isinstance(result, HeldRequest):
            return _("Separado, pero ya no hay cobertura: quedó sin cobertura y se avisó al cliente.")
        return _("Caso %(number)s separado.") % {"number": number}

    return attempt(request, run, back(ticket))


@staff
@both
def split(request: HttpRequest, number: int) -> HttpResponse:
    """Some messages are another case; for a new problem the customer is asked first (row 14)."""
    ticket = find(number, person(request))
    form = SplitForm(posted(request), ticket=ticket)
    action = Action(title=_("Separar en otro caso"), submit=_("Separar"), back=back(ticket), wide=True)

    def run(data: dict[str, Any]) -> str:
        merging.propose_split(
            ticket=ticket,
            messages=data["messages"],
            subject=data["subject"],
            actor=person(request),
            now=instant(request),
            new_problem=data["new_problem"],
        )
        return _("Se preguntó al cliente.") if data["new_problem"] else _("Separado en otro caso.")

    return perform(request, action, form, run)


@staff
@both
def dispute(request: HttpRequest, number: int) -> HttpResponse:
    """A second person decides about a draw the customer disputes (row 15)."""
    ticket = find(number, person(request))
    form = YesNoForm(
        posted(request),
        label=_("¿Tiene razón el cliente?"),
        yes=_("Sí: se devuelve el caso que usó"),
        no=_("No: el caso queda usado"),
    )
    found = getattr(ticket, "dispute", None)
    notes = (
        (_("El cliente dice: “%(text)s”") % {"text": found.text},) if found is not None and found.text else ()
    )
    action = Action(title=_("Decidir la objeción"), submit=_("Decidir"), back=back(ticket), notes=notes)

    def run(data: dict[str, Any]) -> str:
        disputes.decide_dispute(
            ticket=ticket, upheld=data["decision"], actor=person(request), now=instant(request)
        )
        return _("Se le dio la razón al cliente.") if data["decision"] else _("El caso queda usado.")

    return perform(request, action, form, run)
