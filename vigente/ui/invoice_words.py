"""What an invoice's lines say, on every surface and on paper, in the language the invoice is written in.

A label is a code with parameters (`rules.invoicing`); a discount is a line of its own (R3).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.billing.models import Licence
from vigente.rules.invoicing import LabelCode
from vigente.rules.reasons import Credit
from vigente.ui import formats

Params = Mapping[str, Any]
Licences = Mapping[int, str]

KNOWN_DISCOUNTS: dict[str, Callable[[], str]] = {"cloud_web": lambda: _("Descuento WEB en nuestra nube")}


def licence_words(labels: Iterable[Mapping[str, Any]]) -> Licences:
    """How the licences that labels name are called, by one query: `Inventario WEB …7F2K`.

    Never by the label its owner gave it, which may change: what was issued does not.
    """
    wanted = {pk for label in labels if isinstance(pk := (label.get("params") or {}).get("licence"), int)}
    if not wanted:
        return {}
    found = Licence.objects.filter(pk__in=wanted).select_related("edition__product")
    return {row.pk: str(row) for row in found}


def label_text(label: Mapping[str, Any], language: str, licences: Licences | None = None) -> str:
    """What a line is for, in full. `licences` as `licence_words` gives them; without, they are looked up here."""
    code, params = LabelCode(label["code"]), label.get("params") or {}
    known = licence_words([label]) if licences is None else licences
    with translation.override(language):
        return _SENTENCES[code](params, known.get(params.get("licence") or 0, ""))


def discount_text(code: str, basis_points: int, language: str) -> str:
    """The discount's own line: `Descuento WEB en nuestra nube −40 %`; one that is an amount goes without per cent."""
    with translation.override(language):
        named = KNOWN_DISCOUNTS.get(code)
        name = named() if named else f"{_('Descuento')} {code.replace('_', ' ')}".strip()
        return f"{name} {formats.percent(-basis_points)}" if basis_points else name


def credit_reason_text(reason: str, language: str) -> str:
    """Why a credit note was issued."""
    with translation.override(language):
        return _REASONS[Credit(reason)]() if reason in set(Credit) else ""


def tax_text(basis_points: int, language: str) -> str:
    """`Impuesto 15 %`, `Exento`."""
    with translation.override(language):
        return f"{_('Impuesto')} {formats.percent(basis_points)}" if basis_points else _("Exento de impuesto")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _span(params: Params) -> str:
    """`del 1 de julio de 2026 al 31 de julio de 2026`, both included, by the zone the term is counted in."""
    if not (params.get("start") and params.get("end")):
        return ""
    zone = ZoneInfo(str(params.get("zone") or "UTC"))
    start, end = (datetime.fromisoformat(str(params[name])) for name in ("start", "end"))
    return _("del %(first)s al %(last)s") % {
        "first": formats.day(start, zone=zone, long=True),
        "last": formats.last_day(end, zone=zone),
    }


def _plan(params: Params, licence: str) -> str:
    name = _("Plan %(plan)s") % {"plan": _named(params)}
    where = licence or str(params.get("edition") or "").upper()
    return _joined(name, where, _span(params))


def _named(params: Params) -> str:
    """A plan that is called `Plan Básico` is not said to be `Plan Plan Básico`."""
    name = str(params.get("plan") or "")
    return name.removeprefix("Plan ") or name


def _pack(params: Params, licence: str) -> str:
    cases = int(params.get("cases") or 1)
    text = ngettext("%(n)s caso extra", "%(n)s casos extra", cases) % {"n": formats.number(cases)}
    plan = _("Plan %(plan)s") % {"plan": _named(params)} if params.get("plan") else ""
    return _joined(text, plan, licence)


def _upgrade(params: Params, licence: str) -> str:
    text = _("Cambio de plan: de %(before)s a %(after)s") % {
        "before": params.get("before") or "—",
        "after": params.get("after") or "—",
    }
    return _joined(text, licence, _span(params))


def _work(params: Params, licence: str) -> str:
    ticket = params.get("ticket")
    text = (
        _("Desarrollo a medida, caso %(number)s") % {"number": ticket} if ticket else _("Desarrollo a medida")
    )
    return _joined(text, str(params.get("subject") or ""))


def _hosting(params: Params, licence: str) -> str:
    return _joined(
        _("Días sin usar con el precio anterior, por pasar a nuestra nube"), licence, _span(params)
    )


def _refund(params: Params, licence: str) -> str:
    undrawn, cases = params.get("undrawn"), params.get("cases")
    text = _("Devolución del plan %(plan)s") % {"plan": _named(params)}
    if isinstance(undrawn, int) and isinstance(cases, int):
        used = ngettext("%(n)s de %(all)s caso sin usar", "%(n)s de %(all)s casos sin usar", cases)
        text = _joined(text, used % {"n": formats.number(undrawn), "all": formats.number(cases)})
    return _joined(text, licence)


def _correction(params: Params, licence: str) -> str:
    return _("Corrección de la factura %(code)s") % {"code": params.get("code") or "—"}


_SENTENCES: dict[LabelCode, Callable[[Params, str], str]] = {
    LabelCode.PLAN: _plan,
    LabelCode.PACK: _pack,
    LabelCode.UPGRADE: _upgrade,
    LabelCode.WORK: _work,
    LabelCode.HOSTING: _hosting,
    LabelCode.REFUND: _refund,
    LabelCode.CORRECTION: _correction,
    LabelCode.OTHER: lambda params, licence: str(params.get("text") or _("Otro")),
}

_REASONS: dict[Credit, Callable[[], str]] = {
    Credit.UNPAID: lambda: _("No se pagó a tiempo y se anuló"),
    Credit.REFUND: lambda: _("Devolución"),
    Credit.DISPUTE_LOST: lambda: _("El pago con tarjeta se revirtió"),
    Credit.PACK_RETURNED: lambda: _("Se devolvieron los casos extra"),
    Credit.HOSTING_CHANGED: lambda: _("La instalación pasó a nuestra nube"),
    Credit.MISTAKE: lambda: _("Corrección"),
    Credit.ORDER_WITHDRAWN: lambda: _("Se retiró el pedido"),
}
