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


def refund_problem(code: str) -> str:
    """Why money did not arrive at a card, by the processor's code or ours."""
    known = {
        "no_card_payment": _("No hay un pago con tarjeta al que pueda volver."),
        "lost_card": _("La tarjeta se dio por perdida."),
        "lost_or_stolen_card": _("La tarjeta se dio por perdida o robada."),
        "expired_or_canceled_card": _("La tarjeta venció o se canceló."),
        "insufficient_funds": _("No hay fondos suficientes en su cuenta del procesador de tarjetas."),
        "declined": _("El banco del cliente no la aceptó."),
        "charge_for_pending_refund_disputed": _("El cliente disputó el cobro con su banco."),
        "charge_already_refunded": _(
            "Ese cobro ya se había devuelto desde el procesador: revíselo ahí antes de enviar más."
        ),
        "charge_disputed": _("El cliente disputó el cobro con su banco."),
    }  # fmt: skip
    return known.get(code) or _("El procesador de tarjetas no la hizo (%(code)s).") % {"code": code or "—"}
