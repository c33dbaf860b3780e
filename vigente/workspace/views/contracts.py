"""What staff do about an organization's installations and contracts. One small view per noun."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence, PlanVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import favours_left, rank_of
from vigente.billing.services import claims, licences, orders, packs, subscriptions, upgrades
from vigente.billing.services.ledger import add_goodwill
from vigente.rules.reasons import Release
from vigente.rules.refusal import Refused
from vigente.ui import formats
from vigente.workspace.access import instant, person, staff, supervisors
from vigente.workspace.answers import Action, add_refusal, attempt, perform, posted, show
from vigente.workspace.forms.case import ConfirmForm
from vigente.workspace.forms.customers import (
    ChangePlanForm,
    GoodwillForm,
    HostingForm,
    LicenceKeyForm,
    PackForm,
    RegisterLicenceForm,
    SubscribeForm,
)
from vigente.workspace.views.actions import both
from vigente.workspace.views.organizations import find_organization, page_of
from vigente.workspace.words import favours_text, units_text


def _contract(pk: int, user: User) -> Subscription:
    found = Subscription.objects.visible_to(user).select_related("version__plan", "organization", "licence")
    return get_object_or_404(found, pk=pk)


def _day(at: Any) -> str:
    return formats.day(at, zone=timezone.get_current_timezone(), long=True)


def _last_day(end: Any) -> str:
    """The last usable day before an end, as the customer reads it."""
    return formats.last_day(end, zone=timezone.get_current_timezone())


@staff
@both
def licence_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Register an installation."""
    organization = find_organization(pk, person(request))
    form = RegisterLicenceForm(
        posted(request), user=person(request), initial={"hosting": Licence.Hosting.CUSTOMER}
    )
    action = Action(title=_("Registrar una licencia"), submit=_("Registrar"), back=page_of(organization))

    def run(data: dict[str, Any]) -> str:
        made = licences.register_licence(
            organization=organization, actor=person(request), now=instant(request), **data
        )
        return _("Licencia %(licence)s registrada.") % {"licence": made}

    return perform(request, action, form, run)


@staff
@both
def licence_hosting(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where an installation runs (R3, row 27)."""
    licence = get_object_or_404(
        Licence.objects.visible_to(person(request)).select_related("organization"), pk=pk
    )
    form = HostingForm(posted(request), initial={"hosting": licence.hosting})
    note = _(
        "De esto depende el descuento. Si pasa a nuestra nube, los días que faltan del plazo pagado se acreditan hoy "
        "con el descuento; si sale, termina en la próxima renovación."
    )
    action = Action(
        title=_("Dónde está la licencia"),
        submit=_("Guardar"),
        back=page_of(licence.organization),
        notes=(note,),
    )

    def run(data: dict[str, Any]) -> str:
        licences.set_hosting(
            licence=licence, hosting=data["hosting"], actor=person(request), now=instant(request)
        )
        return _("Ahora está %(hosting)s.") % {"hosting": licence.get_hosting_display()}

    return perform(request, action, form, run)


@staff
@both
def licence_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Say the real key of an installation the customer registered without one (row 31)."""
    licence = get_object_or_404(
        Licence.objects.visible_to(person(request)).select_related("organization", "edition__product"), pk=pk
    )
    form = LicenceKeyForm(posted(request))
    action = Action(
        title=_("Clave de la licencia"),
        submit=_("Guardar"),
        back=page_of(licence.organization),
        notes=(_("Su plan, sus casos y sus fechas siguen igual."),),
    )

    def run(data: dict[str, Any]) -> str:
        claims.tell_key(licence=licence, key=data["key"], actor=person(request))
        return _("Licencia %(licence)s registrada.") % {"licence": licence}

    return perform(request, action, form, run)


@supervisors
@both
def subscription_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A contract made by hand, also one from before (R11)."""
    organization = find_organization(pk, person(request))
    zone = rulebook_at(instant(request)).zone
    only = list(organization.licences.filter(is_active=True).values_list("pk", flat=True)[:2])
    initial = {
        "submission_key": secrets.token_urlsafe(16),
        **({"licence": only[0]} if len(only) == 1 else {}),
    }
    form = SubscribeForm(posted(request), organization=organization, zone=zone, initial=initial)
    action = Action(
        title=_("Contratar un plan"),
        submit=_("Contratar"),
        back=page_of(organization),
        wide=True,
        template="workspace/actions/subscribe.html",
    )

    def run(data: dict[str, Any]) -> str:
        if data["charge"] == "here":
            return _order(request, action, organization, kind="plan", version=data["version"],
                          licence=data["licence"], key=data["submission_key"])  # fmt: skip
        made = subscriptions.subscribe(
            organization=organization,
            licence=data["licence"],
            version=data["version"],
            source=data["source"],
            anchor=form.anchor(),
            ends_at=form.ends_at(),
            auto_renew=data["auto_renew"],
            activate=data["confirmed"],
            actor=person(request),
            now=instant(request),
        )
        return _("%(plan)s: %(status)s.") % {
            "plan": made.version.plan,
            "status": made.get_status_display().lower(),
        }

    return perform(request, action, form, run)


@supervisors
@require_POST
def subscription_activation(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a contract that waits: it runs from now."""
    contract = _contract(pk, person(request))

    def run() -> str:
        subscriptions.activate(subscription=contract, actor=person(request), now=instant(request))
        return _("%(plan)s quedó vigente.") % {"plan": contract.version.plan}

    return attempt(request, run, page_of(contract.organization))


@supervisors
@both
def subscription_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer's notice to cancel, given for them; says the exact end before (R5, row 21)."""
    contract, now = _contract(pk, person(request)), instant(request)
    notice = subscriptions.notice_preview(subscription=contract, now=now)
    said = _("%(plan)s termina el %(day)s. Lo que quede sin usar sirve hasta ese día.") % {
        "plan": contract.version.plan,
        "day": _last_day(notice.effective),
    }
    action = Action(
        title=_("Aviso de cancelación"),
        submit=_("Registrar el aviso"),
        back=page_of(contract.organization),
        notes=(said,),
    )

    def run(data: dict[str, Any]) -> str:
        given = subscriptions.give_notice(subscription=contract, actor=person(request), now=now)
        return _("Termina el %(day)s.") % {"day": _last_day(given.effective)}

    return perform(request, action, ConfirmForm(posted(request)), run)


@supervisors
@require_POST
def subscription_notice_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a notice back."""
    contract = _contract(pk, person(request))

    def run() -> str:
        subscriptions.withdraw_notice(subscription=contract, actor=person(request), now=instant(request))
        return _("Aviso retirado: el plan sigue y se renueva solo.")

    return attempt(request, run, page_of(contract.organization))


def _order(
    request: HttpRequest, action: Action, organization: Organization, *, key: str, **wanted: Any
) -> str:
    """An order in the customer's name, who is written how to pay it; the reader goes to its page."""
    made = orders.place(
        organization=organization,
        key=f"desk:{key or secrets.token_urlsafe(16)}",
        actor=person(request),
        now=instant(request),
        **wanted,
    )
    action.back = reverse("workspace:order", args=[made.pk])
    return _("Pedido hecho. Ya le escribimos al cliente cómo pagarla.")


@supervisors
@both
def subscription_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another plan: at once where the rules say so and it is billed here, else from the end of the term (R4, R5, row
    23). What it means is said before.
    """
    contract, now = _contract(pk, person(request)), instant(request)
    notice = subscriptions.notice_preview(subscription=contract, now=now)
    form = ChangePlanForm(posted(request), subscription=contract, now=now)
    action = Action(
        title=_("Cambiar de plan"),
        submit=_("Cambiar"),
        back=page_of(contract.organization),
        template="workspace/actions/change.html",
        notes=(_("Si espera al final del plazo, cambia el %(day)s.") % {"day": _day(notice.effective)},),
    )
    if request.method == "POST" and "preview" in request.POST and form.is_valid():
        try:
            action.context = {"change": change_words(contract, form.cleaned_data["version"], now=now)}
        except Refused as refusal:
            add_refusal(form, refusal)
        return show(request, action, form, status=200 if action.context else 422)

    def run(data: dict[str, Any]) -> str:
        change = upgrades.preview_change(subscription=contract, version=data["version"], now=now)
        if change.immediate and contract.is_billed:
            return _order(request, action, contract.organization, kind="upgrade", version=data["version"],
                          licence=contract.licence, subscription=contract, key="")  # fmt: skip
        given = subscriptions.change_plan(
            subscription=contract, version=data["version"], actor=person(request), now=now
        )
        return _("Pasa a %(plan)s el %(day)s.") % {"plan": data["version"].plan, "day": _day(given.effective)}

    return perform(request, action, form, run)


def change_words(contract: Subscription, version: PlanVersion, *, now: Any) -> list[str]:
    """What a change means, in sentences: when, today's charge and cases, each term's from then on."""
    change = upgrades.preview_change(subscription=contract, version=version, now=now)
    cases = _("sin límite de casos") if change.cases_next is None else units_text(change.cases_next)
    following = _("Desde el %(day)s cada plazo cuesta %(amount)s, con %(cases)s al mes.") % {
        "day": _day(change.next_at),
        "amount": formats.money(change.next.total_minor, change.next.currency),
        "cases": cases,
    }
    if not change.immediate or change.today is None or not contract.is_billed:
        return [_("Hoy no se cobra nada y nada cambia."), following]
    extra = _("sin límite de casos") if change.cases_today is None else units_text(change.cases_today)
    today = _("Cambia al pagarse: hoy se cobran %(amount)s y se agregan %(cases)s.") % {
        "amount": formats.money(change.today.total_minor, change.today.currency),
        "cases": extra,
    }
    return [today, following]


@supervisors
@both
def pack_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Extra cases on a running plan (R6); says until when before."""
    contract, now = _contract(pk, person(request)), instant(request)
    initial = {"cases": contract.version.pack_cases, "submission_key": secrets.token_urlsafe(16)}
    form = PackForm(
        posted(request), per_pack=contract.version.pack_cases, initial=initial | {"charge": "outside"}
    )
    until = packs.pack_end(contract, rulebook_at(now), now=now)
    zone = timezone.get_current_timezone()
    said = _("Valen desde ahora y hasta el %(day)s.") % {"day": formats.last_day(until, zone=zone, now=now)}
    action = Action(
        title=_("Agregar casos extra"),
        submit=_("Agregar"),
        template="workspace/actions/pack.html",
        back=page_of(contract.organization),
        notes=(said,),
    )

    def run(data: dict[str, Any]) -> str:
        if data["charge"] == "here":
            return _order(request, action, contract.organization, kind="pack", version=contract.version,
                          licence=contract.licence, subscription=contract, key=data["submission_key"],
                          quantity=data["cases"] // contract.version.pack_cases)  # fmt: skip
        packs.add_pack(
            organization=contract.organization,
            licence=contract.licence,
            subscription=contract,
            cases=data["cases"],
            key=f"desk:{data['submission_key']}",
            actor=person(request),
            now=now,
        )
        return _("Casos extra agregados: %(cases)s.") % {"cases": data["cases"]}

    return perform(request, action, form, run)


@staff
@both
def goodwill_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Cases given as a courtesy; a favour that counts (row 39)."""
    organization, user, now = find_organization(pk, person(request)), person(request), instant(request)
    form = GoodwillForm(
        posted(request),
        organization=organization,
        initial={"cases": 1, "submission_key": secrets.token_urlsafe(16)},
    )
    days = rulebook_at(now).goodwill_days
    said = _("Valen al menos %(days)s días, aunque no haya plan vigente.") % {"days": days}
    notes = (said, favours_text(favours_left(user, now=now)))
    action = Action(
        title=_("Dar casos de cortesía"), submit=_("Dar"), back=page_of(organization), notes=notes
    )

    def run(data: dict[str, Any]) -> str:
        add_goodwill(
            organization=organization,
            licence=data["licence"],
            key=f"goodwill:desk:{data['submission_key']}",
            cases=data["cases"],
            rank=rank_of(organization=organization, licence=data["licence"], now=now)[0],
            reason=Release(data["reason"]),
            note=data["note"],
            actor=user,
            is_favour=True,
            now=now,
        )
        return _("Casos de cortesía dados: %(cases)s.") % {"cases": data["cases"]}

    return perform(request, action, form, run)
