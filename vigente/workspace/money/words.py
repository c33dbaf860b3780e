"""What pages about money say."""

from django.utils.translation import gettext as _


def age_text(name: str) -> str:
    """How long something is owed."""
    return {
        "soon": _("Sin vencer"),
        "week": _("Hasta 7 días"),
        "month": _("8 a 30 días"),
        "older": _("Más de 30 días"),
    }[name]
