"""What is told to customers when the rules change: a title and a text from the difference, to be edited by a person."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from vigente.rules.announced import headline
from vigente.rules.rulebook import Rulebook
from vigente.ui import formats
from vigente.ui.rulebook_sentences import Difference, differences

OURS = frozenset({"favour_limits", "held_retention_days", "overdue_first", "exempt_days", "billing_zone"})
OF_A_CONTRACT = frozenset(
    {
        "months", "rollover_max", "notice_days", "renewal_mail_days", "notice_mail_days", "notice_mail_days_annual",
        "expiring_mail_days", "grace_days", "grace_cases", "void_days", "dunning_days", "upgrade", "announce_days",
        "pack_validity", "pack_days", "pack_return_hours", "draw_by",
    }
)  # fmt: skip


def told(before: Rulebook, after: Rulebook) -> list[Difference]:
    """What of a difference concerns customers; how we work among ourselves does not."""
    return [change for change in differences(before, after) if change.name not in OURS]


def day_text(at: datetime, book: Rulebook) -> str:
    """`1 de julio de 2026`, in the zone of the rules."""
    return formats.local_day(at.astimezone(book.zone).date())


def written(
    before: Rulebook, after: Rulebook, effective_from: datetime
) -> tuple[tuple[str, str], tuple[str, str]]:
    """(titles, texts), each in Spanish and English."""
    titles, texts = [], []
    for language in ("es", "en"):
        with translation.override(language):
            titles.append(_title(before, after, effective_from))
            texts.append(_text(before, after, effective_from))
    return (titles[0], titles[1]), (texts[0], texts[1])


def _title(before: Rulebook, after: Rulebook, effective_from: datetime) -> str:
    day = day_text(headline(before, after, effective_from), after)
    if after.plans_required_from != before.plans_required_from and after.plans_required_from:
        return _("Desde el %(day)s, el soporte es con un plan") % {"day": day}
    return _("Nuevas reglas de soporte desde el %(day)s") % {"day": day}


def _text(before: Rulebook, after: Rulebook, effective_from: datetime) -> str:
    changes = [change for change in told(before, after) if change.name != "plans_required_from"]
    paragraphs = []
    required = after.plans_required_from
    if required is not None and required != before.plans_required_from:
        paragraphs.append(
            _(
                "Desde el %(day)s hace falta un plan vigente para pedir soporte. Lo que ya esté abierto ese día se"
                " atiende hasta el final, y quien tiene un plan de antes lo conserva hasta que venza."
            )
            % {"day": day_text(required, after)}
        )
    if changes:
        paragraphs.append(
            _("Desde el %(day)s rigen estas reglas:") % {"day": day_text(effective_from, after)}
        )
        paragraphs.append("\n".join(f"- {change.after}" for change in changes))
    paragraphs.append(
        _("Lo que ya contrató conserva sus condiciones hasta el fin de su mes. Si tiene dudas, escríbanos.")
    )
    return "\n\n".join(paragraphs)
