"""The rulebook in sentences: each setting said with its value, grouped as people think of them; what one version
changes of another. Pages, letters and announcements read the same list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vigente.accounts.models import Organization
from vigente.rules.periods import Months
from vigente.rules.precedence import Order
from vigente.rules.pricing import DiscountRule
from vigente.rules.rulebook import Activation, DrawBy, EmailIntake, PackValidity, Rulebook, Upgrade
from vigente.ui import formats
from vigente.ui.rulebook_words import CHOICES, LABELS, SENTENCES, UNITS, dunning_text


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together."""

    id: str
    title: Any
    names: tuple[str, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "plans",
        gettext_lazy("Planes y meses"),
        ("plans_required_from", "exempt_days", "billing_zone", "months", "rollover_max"),
    ),
    Group(
        "notice",
        gettext_lazy("Renovación y aviso"),
        (
            "notice_days",
            "renewal_mail_days",
            "notice_mail_days",
            "notice_mail_days_annual",
            "expiring_mail_days",
        ),
    ),
    Group(
        "intake",
        gettext_lazy("Cómo entran las solicitudes"),
        ("intake_email", "draw_by", "hold_days", "held_retention_days"),
    ),
    Group(
        "payment",
        gettext_lazy("Pagos y gracia"),
        (
            "activate",
            "order_days",
            "grace_days",
            "grace_cases",
            "void_days",
            "dunning_days",
            "payment_days",
        ),
    ),
    Group("changes", gettext_lazy("Cambios de plan"), ("upgrade", "announce_days")),
    Group("order", gettext_lazy("Orden de atención"), ("order", "overdue_first")),
    Group(
        "cases",
        gettext_lazy("Casos"),
        ("reopen_days", "auto_close_days", "split_answer_days", "dispute_days"),
    ),
    Group(
        "packs",
        gettext_lazy("Casos extra"),
        ("pack_validity", "pack_days", "pack_return_hours", "sell_packs_without_plan"),
    ),
    Group(
        "favours",
        gettext_lazy("Favores y cortesías"),
        ("favour_limits", "goodwill_on_late_release", "goodwill_days"),
    ),
    Group("discounts", gettext_lazy("Descuentos"), ("discounts",)),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that another version would change."""

    name: str
    label: str
    before: str
    after: str


def differences(before: Rulebook, after: Rulebook) -> list[Difference]:
    """What changes from one to the other, in words."""
    names = [name for group in GROUPS for name in group.names]
    return [
        Difference(name, str(LABELS[name]), sentence(name, old), sentence(name, new))
        for name in names
        if (old := getattr(before, name)) != (new := getattr(after, name))
    ]


def sentence(name: str, value: Any) -> str:
    """One setting with its value, as a sentence."""
    return SENTENCES[name](value) % {"value": value_text(name, value)}


def marked_sentence(name: str, value: Any) -> SafeString:
    """The same for a page, its value in strong."""
    strong = format_html("<strong>{}</strong>", value_text(name, value))
    return mark_safe(escape(SENTENCES[name](value)) % {"value": strong})


def value_text(name: str, value: Any) -> str:
    """A value as people read it."""
    if name in CHOICES:
        return str(CHOICES[name][value])
    if isinstance(value, datetime):
        return formats.day(value, zone=timezone.get_current_timezone(), long=True)
    if name == "dunning_days":
        return dunning_text(value)
    if name == "favour_limits":
        return _limits(value)
    if name == "discounts":
        return "; ".join(discount_text(rule) for rule in value) or _("ninguno")
    if name in UNITS:
        return UNITS[name](value) % {"n": formats.number(value)}
    return formats.number(value) if isinstance(value, int) else str(value)


def _limits(limits: Mapping[str, int | None]) -> str:
    roles = {"agent": _("técnico"), "supervisor": _("supervisor"), "owner": _("propietario")}
    return ", ".join(
        f"{roles.get(role, role)} {_('sin límite') if limit is None else formats.number(limit)}"
        for role, limit in limits.items()
    )


def discount_text(rule: DiscountRule) -> str:
    """`40 % para WEB en nuestra nube, no en casos extra`."""
    hosting = {"vendor_cloud": _("en nuestra nube"), "customer": _("en su servidor"), None: ""}[rule.hosting]
    where = " ".join(part for part in (rule.edition or _("toda edición"), hosting) if part)
    less = (
        formats.money(rule.amount_minor, rule.currency, whole=True)
        if rule.amount_minor and rule.currency
        else formats.percent(rule.basis_points)
    )
    text = _("%(percent)s para %(where)s") % {"percent": less, "where": where}
    return ", ".join([text, *_discount_limits(rule)])


def _discount_limits(rule: DiscountRule) -> Iterator[str]:
    """For whom and when, each only where it says something."""
    if rule.plan:
        yield _("plan %(plan)s") % {"plan": rule.plan}
    if rule.organization is not None:
        found = Organization.objects.filter(pk=rule.organization).values_list("name", flat=True).first()
        yield _("solo %(organization)s") % {"organization": found or f"#{rule.organization}"}
    if rule.starts:
        yield _("desde el %(day)s") % {"day": formats.local_day(rule.starts)}
    if rule.ends:
        yield _("hasta el %(day)s") % {"day": formats.local_day(rule.ends)}
    if rule.coupon:
        yield _("con el cupón %(coupon)s") % {"coupon": rule.coupon}
    if rule.terms:
        yield ngettext("solo el primer pago", "solo los %(n)s primeros pagos", rule.terms) % {"n": rule.terms}
    if not rule.applies_to_packs:
        yield _("no en casos extra")


ENUMS = {
    "months": Months,
    "order": Order,
    "intake_email": EmailIntake,
    "draw_by": DrawBy,
    "pack_validity": PackValidity,
    "activate": Activation,
    "upgrade": Upgrade,
}
