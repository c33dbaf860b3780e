"""What happened to an organization's plans and money, in words for the staff (`history` lays them out)."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from vigente.events.kinds import Kind

ABOUT_MONEY = ("order.", "invoice.", "payment.", "credit_note.")  # events that agents are not shown

MONEY_TELLERS: Mapping[str, tuple[str, Callable[[], str]]] = {
    Kind.SUBSCRIPTION_GRACE.value: ("hourglass", lambda: _("El plan sigue en gracia mientras se paga")),
    Kind.SUBSCRIPTION_SUSPENDED.value: ("pause", lambda: _("El plan se suspendió por falta de pago")),
    Kind.SUBSCRIPTION_REINSTATED.value: ("play", lambda: _("El plan volvió a estar vigente")),
    Kind.SUBSCRIPTION_UPGRADED.value: ("arrow-right", lambda: _("%(who)s pasó a un plan mayor")),
    Kind.SUBSCRIPTION_CANCELLED.value: ("x", lambda: _("El plan pedido se anuló sin empezar")),
    Kind.SUBSCRIPTION_REFUNDED.value: ("undo-2", lambda: _("%(who)s devolvió lo no usado del plan")),
    Kind.SUBSCRIPTION_TERMS_ANNOUNCED.value: (
        "megaphone",
        lambda: _("Se anunciaron condiciones nuevas del plan"),
    ),
    Kind.SUBSCRIPTION_TERMS_CHANGED.value: (
        "refresh-cw",
        lambda: _("El plan se renovó con las condiciones nuevas"),
    ),
    Kind.SUBSCRIPTION_ENDING.value: (
        "calendar",
        lambda: _("Se avisó que el plan anterior está por terminar"),
    ),
    Kind.SUBSCRIPTION_LAST_CASE.value: ("circle-alert", lambda: _("Usaron el último caso del mes")),
    Kind.LICENCE_TRANSFERRED.value: ("key-round", lambda: _("%(who)s pasó una licencia a otra organización")),
    Kind.ORDER_PREPARED.value: ("file-text", lambda: _("%(who)s preparó un pedido de %(amount)s")),
    Kind.ORDER_PLACED.value: ("file-text", lambda: _("%(who)s hizo un pedido de %(amount)s")),
    Kind.ORDER_DONE.value: ("check", lambda: _("El pedido quedó cumplido")),
    Kind.ORDER_CANCELLED.value: ("x", lambda: _("%(who)s canceló un pedido")),
    Kind.ORDER_EXPIRED.value: ("hourglass", lambda: _("Venció un pedido sin pagar")),
    Kind.INVOICE_ISSUED.value: ("receipt", lambda: _("Se emitió la factura %(code)s por %(amount)s")),
    Kind.INVOICE_REMINDER.value: ("mail", lambda: _("Se recordó el pago de la factura %(code)s")),
    Kind.INVOICE_PAID.value: ("circle-check", lambda: _("Se pagó la factura %(code)s")),
    Kind.INVOICE_VOIDED.value: ("undo-2", lambda: _("Se dio por perdida la factura %(code)s")),
    Kind.CREDIT_NOTE_ISSUED.value: (
        "undo-2",
        lambda: _("Se emitió la nota de crédito %(code)s por %(amount)s"),
    ),
    Kind.PAYMENT_SUBMITTED.value: ("receipt", lambda: _("%(who)s avisó una transferencia de %(amount)s")),
    Kind.PAYMENT_CONFIRMED.value: ("circle-check", lambda: _("Se confirmó un pago de %(amount)s")),
    Kind.PAYMENT_REJECTED.value: ("circle-x", lambda: _("%(who)s rechazó un pago")),
    Kind.PAYMENT_FAILED.value: ("circle-x", lambda: _("Un pago con tarjeta falló")),
    Kind.PAYMENT_RETURNED.value: ("undo-2", lambda: _("%(who)s devolvió %(amount)s")),
    Kind.PAYMENT_DISPUTED.value: ("scale", lambda: _("El banco abrió una disputa sobre un pago")),
    Kind.PAYMENT_REVERSED.value: ("circle-x", lambda: _("El banco deshizo un pago")),
}
