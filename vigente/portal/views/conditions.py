"""The conditions of the plans: what of the rulebook binds customers, in the sentences the vendor edits (R2, R5, R6)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vigente.billing.models.rulebooks import rulebook_at
from vigente.portal.pages import page
from vigente.rules.rulebook import PackValidity, Rulebook
from vigente.ui.rulebook_sentences import discount_text, sentence


@require_safe
def conditions(request: HttpRequest) -> HttpResponse:
    """For everybody; what is agreed with one organization, and coupons, are not here."""
    return page(request, "conditions.html", {"conditions": said(rulebook_at(request.now))})


def said(book: Rulebook) -> list[tuple[str, list[str]]]:
    """Titles with their sentences."""
    packs = ["pack_validity", "pack_return_hours", "sell_packs_without_plan"]
    if book.pack_validity is PackValidity.DAYS:
        packs.insert(1, "pack_days")
    groups: list[tuple[str, list[str]]] = [
        (_("Casos y periodos"), ["months", "rollover_max", "reopen_days"]),
        (_("Renovación y aviso"), ["notice_days", "renewal_mail_days"]),
        (
            _("Pagos y gracia"),
            ["activate", "order_days", "grace_days", "grace_cases", "void_days", "payment_days"],
        ),
        (_("Cambios de plan"), ["upgrade", "announce_days"]),
        (_("Casos extra"), packs),
        (_("Sin cobertura"), ["hold_days", "held_retention_days"]),
    ]
    found = [(title, [sentence(name, getattr(book, name)) for name in names]) for title, names in groups]
    public = [rule for rule in book.discounts if rule.organization is None and not rule.coupon]
    if public:
        found.append((_("Descuentos"), [_upper(discount_text(rule)) for rule in public]))
    return found


def _upper(text: str) -> str:
    """Its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]
