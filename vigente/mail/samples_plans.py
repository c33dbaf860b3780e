"""Samples of the letters about plans and money."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from vigente.mail.letters import link
from vigente.mail.managers import portal_link
from vigente.mail.samples_said import TOKEN, Letters, day, exact, meter, money, plan, rows
from vigente.rules.reasons import Credit
from vigente.ui.invoice_words import credit_reason_text

BIGGER = "Comercio"


def _standing(now: datetime) -> dict[str, Any]:
    covers = [_("Errores"), _("Preguntas de uso"), _("Sesiones guiadas")]
    return plan(now) | {
        "coverage": meter(used=0, left=4),
        "cases": 4,
        "covers": covers,
        "ends": "",
        "renews": day(now, 30),
        "link": link("portal:ask"),
    }


def _terms() -> list[tuple[str, str, str]]:
    return [
        (_("Precio"), money(210_000), money(250_000)),
        (_("Casos al mes"), _("4 casos"), _("6 casos")),
    ]


PLANS: Letters = {
    "welcome": (gettext_lazy("Bienvenida: el primer plan está vigente"), _standing),
    "plan_active": (gettext_lazy("Un plan está vigente"), _standing),
    "renewal_near": (gettext_lazy("Se acerca la renovación"), lambda now: plan(now) | {
        "at": exact(now, 7), "cut_off": exact(now, 6), "rows": rows(), "credit": money(20_000), "card": ""}),
    "notice_closing": (gettext_lazy("Último plazo para avisar"), lambda now: plan(now) | {
        "at": exact(now, 12), "cut_off": exact(now, 7), "rows": rows(), "credit": "", "card": ""}),
    "plan_renewed": (gettext_lazy("Un plan se renovó"), lambda now: plan(now) | {"until": day(now, 30)}),
    "terms_announced": (gettext_lazy("Condiciones nuevas, anunciadas"), lambda now: plan(now) | {
        "at": day(now, 35), "terms": _terms()}),
    "cases_expiring": (gettext_lazy("Casos por vencer sin usar"), lambda now: plan(now) | {
        "left": 3, "until": day(now, 5), "link": link("portal:ask")}),
    "last_case": (gettext_lazy("Se usó el último caso"), lambda now: plan(now) | {
        "renews": day(now, 12), "coverage": meter(used=4, left=0), "offers": [
            _("%(cases)s por %(amount)s") % {"cases": _("1 caso extra"), "amount": money(38_000)}]}),
    "pack_added": (gettext_lazy("Se agregaron casos extra"), lambda now: plan(now) | {
        "cases": 2, "until": day(now, 12)}),
    "plan_upgraded": (gettext_lazy("Pasó a un plan mayor"), lambda now: plan(now) | {
        "plan": BIGGER, "before": "Tienda", "cases": 3}),
    "notice_received": (gettext_lazy("Recibimos un aviso de cancelar o cambiar"), lambda now: plan(now) | {
        "at": exact(now, 18), "change_to": "", "unpaid": False}),
    "notice_withdrawn": (gettext_lazy("Se retiró un aviso"), plan),
    "plan_suspended": (gettext_lazy("Un plan se suspendió por falta de pago"), lambda now: plan(now) | {
        "balance": money(144_900), "code": "A-000124", "until": day(now, 25), "link": portal_link("invoice", 1)}),
    "plan_reinstated": (gettext_lazy("Un plan volvió a estar vigente"), plan),
    "rules_announced": (gettext_lazy("Las reglas cambian, anunciado"), lambda now: {
        "title": _("Nuevas reglas de soporte desde el %(day)s") % {"day": day(now, 30)}, "is_reminder": False,
        "organization": "Comercial Santa Ana", "link": link("portal:plans"), "changes": [
            _("Su plan %(plan)s sigue igual hasta que venza.") % {"plan": "Tienda"}], "paragraphs": [
            {"text": _("Desde ese día el soporte se pide con un plan vigente."), "points": []},
            {"text": "", "points": [_("Los casos se usan cada mes."), _("Los que no se usan vencen.")]}]}),
    "wish": (gettext_lazy("Alguien de su organización pide comprar"), lambda now: {
        "kind": "pack", "who": "Roberto Lara", "plan": "Tienda", "licence": _("Sucursal Centro"),
        "link": link("portal:plan")}),
    "plan_ended": (gettext_lazy("Un plan terminó"), lambda now: plan(now) | {
        "left": 2, "until": day(now, 8), "unpaid": False, "link": link("portal:plans")}),
    "legacy_ending": (gettext_lazy("Un plan anterior está por terminar"), lambda now: plan(now) | {
        "plan": _("Soporte anterior"), "at": day(now, 30), "successor": "Tienda", "rows": rows(), "successor_cases": 4,
        "link": link("portal:plans")}),
}  # fmt: skip


def _order(now: datetime) -> dict[str, Any]:
    return {
        "what": _("Plan %(plan)s") % {"plan": "Tienda"},
        "rows": rows(),
        "total": money(144_900),
        "until": day(now, 14),
        "note": _("Como hablamos: con el descuento de este mes."),
        "seller": "Ana Robleto",
        "link": portal_link("order", TOKEN),
    }


def _invoice(now: datetime) -> dict[str, Any]:
    return {
        "code": "A-000123",
        "what": _("Plan %(plan)s") % {"plan": "Tienda"},
        "rows": rows(),
        "total": money(144_900),
        "balance": money(144_900),
        "partly": False,
        "due": day(now, 0),
        "due_now": True,
        "renewal": True,
        "stops": day(now, 5),
        "stopped": False,
        "link": portal_link("invoice", 1),
    }


def _late(now: datetime, days: int) -> dict[str, Any]:
    stops = {"stops": day(now, 5 - days), "stopped": days >= 5}
    return _invoice(now) | {"days": days, "late": abs(days), "due": day(now, -days), **stops}


def _payment(now: datetime) -> dict[str, Any]:
    return {
        "amount": money(144_900),
        "method": "transfer",
        "reference": "BAC-20394",
        "note": _("El comprobante es de otra cuenta. Envíe el de la cuenta que está en el pedido."),
        "organization": "Comercial Santa Ana",
        "code": "A-000123",
        "what": "",
        "balance": money(44_900),
        "link": portal_link("invoice", 1),
    }


MONEY: Letters = {
    "order_prepared": (gettext_lazy("Le preparamos un pedido"), _order),
    "order_placed": (gettext_lazy("Un pedido espera su pago"), _order),
    "order_expired": (gettext_lazy("Un pedido venció"), _order),
    "order_cancelled": (gettext_lazy("Cancelamos un pedido"), _order),
    "invoice_issued": (gettext_lazy("Factura por pagar"), _invoice),
    "invoice_reminder": (gettext_lazy("Recordatorio de pago"), lambda now: _late(now, 3)),
    "receipt": (gettext_lazy("Recibo: la factura está pagada"), _invoice),
    "credit_note": (gettext_lazy("Nota de crédito"), lambda now: _invoice(now) | {
        "code": "NC-000007", "corrects": "A-000123", "kind": "refund", "rows": [], "open": "",
        "reason": credit_reason_text(Credit.REFUND, get_language() or "es")}),
    "payment_submitted": (gettext_lazy("Recibimos un comprobante"), _payment),
    "payment_confirmed": (gettext_lazy("Confirmamos un pago"), _payment),
    "payment_rejected": (gettext_lazy("No pudimos confirmar una transferencia"), _payment),
    "payment_failed": (gettext_lazy("La tarjeta no pagó"), _payment),
    "payment_returned": (gettext_lazy("Devolvimos dinero"), _payment),
    "payment_reversed": (gettext_lazy("El banco deshizo un pago"), _payment),
}  # fmt: skip
