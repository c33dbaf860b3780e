"""The words of each setting of the rulebook: its label, its choices, and the sentence that says it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vigente.rules.periods import Months
from vigente.rules.precedence import Order
from vigente.rules.rulebook import Activation, DrawBy, EmailIntake, PackValidity, Upgrade
from vigente.ui import formats

LABELS: Mapping[str, Any] = {
    "billing_zone": gettext_lazy("Zona horaria de los meses"),
    "plans_required_from": gettext_lazy("Desde cuándo hace falta un plan"),
    "exempt_days": gettext_lazy("Días que se atienden los casos abiertos antes"),
    "months": gettext_lazy("Cómo se cuentan los meses"),
    "rollover_max": gettext_lazy("Casos que pasan al mes siguiente"),
    "hold_days": gettext_lazy("Días que espera una solicitud sin cobertura"),
    "held_retention_days": gettext_lazy("Días que se conserva su texto después"),
    "reopen_days": gettext_lazy("Días hábiles para reabrir"),
    "auto_close_days": gettext_lazy("Días hasta cerrar lo resuelto"),
    "split_answer_days": gettext_lazy("Días para responder a una separación"),
    "dispute_days": gettext_lazy("Días para objetar un caso abierto por nosotros"),
    "goodwill_on_late_release": gettext_lazy("Cortesía si lo devuelto ya venció"),
    "goodwill_days": gettext_lazy("Días que vale una cortesía"),
    "intake_email": gettext_lazy("Solicitudes nuevas por correo"),
    "notice_days": gettext_lazy("Días de aviso antes de renovar"),
    "renewal_mail_days": gettext_lazy("Días antes: correo de renovación"),
    "notice_mail_days": gettext_lazy("Días antes del límite: correo, plan mensual"),
    "notice_mail_days_annual": gettext_lazy("Días antes del límite: correo, plan anual"),
    "expiring_mail_days": gettext_lazy("Días antes: correo de casos por vencer"),
    "pack_validity": gettext_lazy("Hasta cuándo vale un caso extra"),
    "pack_days": gettext_lazy("Días, si vale por días"),
    "pack_return_hours": gettext_lazy("Horas para devolver un paquete sin usar"),
    "sell_packs_without_plan": gettext_lazy("Vender casos extra sin plan"),
    "activate": gettext_lazy("Cuándo empieza a cubrir un plan nuevo"),
    "order_days": gettext_lazy("Días que espera un pedido sin pagar"),
    "payment_days": gettext_lazy("Días para pagar un trabajo cotizado"),
    "grace_days": gettext_lazy("Días de gracia de una renovación sin pagar"),
    "grace_cases": gettext_lazy("Casos que se atienden en la gracia"),
    "void_days": gettext_lazy("Días hasta anular una renovación sin pagar"),
    "dunning_days": gettext_lazy("Recordatorios de pago"),
    "upgrade": gettext_lazy("Cuándo vale el cambio a un plan mejor"),
    "announce_days": gettext_lazy("Días para anunciar condiciones nuevas"),
    "draw_by": gettext_lazy("Quién puede usar los casos"),
    "order": gettext_lazy("Orden"),
    "overdue_first": gettext_lazy("Primero lo vencido"),
    "favour_limits": gettext_lazy("Favores al mes por persona"),
    "discounts": gettext_lazy("Descuentos"),
}

CHOICES: Mapping[str, Mapping[Any, Any]] = {
    "months": {
        Months.ANNIVERSARY: gettext_lazy("desde el día en que contrató cada cliente"),
        Months.CALENDAR: gettext_lazy("del 1 al último día de cada mes, con el primero en proporción"),
    },
    "intake_email": {
        EmailIntake.PORTAL_ONLY: gettext_lazy(
            "se guardan y se contestan con un enlace para confirmarlas en el portal"
        ),
        EmailIntake.ACCEPT: gettext_lazy("se deciden igual que en el portal"),
        EmailIntake.REFUSE: gettext_lazy("se contestan diciendo que deben entrar por el portal"),
    },
    "draw_by": {
        DrawBy.ANYONE: gettext_lazy("cualquier persona de la organización"),
        DrawBy.NAMED: gettext_lazy("solo las personas autorizadas"),
        DrawBy.APPROVE: gettext_lazy("con la aprobación de la persona responsable"),
    },
    "pack_validity": {
        PackValidity.CURRENT_PERIOD: gettext_lazy("hasta el fin del mes en curso del cliente"),
        PackValidity.DAYS: gettext_lazy("por un número de días desde la compra"),
        PackValidity.NEXT_PERIOD: gettext_lazy("hasta el fin de su mes siguiente"),
    },
    "activate": {
        Activation.ON_PAYMENT: gettext_lazy("cuando se confirma el pago"),
        Activation.ON_ORDER: gettext_lazy("al contratarlo, y se paga después"),
    },
    "upgrade": {
        Upgrade.AT_RENEWAL: gettext_lazy("al renovar, como cualquier cambio"),
        Upgrade.IMMEDIATE: gettext_lazy("el mismo día, pagando la diferencia en proporción"),
    },
    "goodwill_on_late_release": {
        True: gettext_lazy("se da uno de cortesía"),
        False: gettext_lazy("no se da nada"),
    },
    "sell_packs_without_plan": {
        True: gettext_lazy("se venden también sin plan"),
        False: gettext_lazy("solo se venden con un plan vigente"),
    },
    "overdue_first": {
        True: gettext_lazy("va antes que todo lo demás"),
        False: gettext_lazy("conserva su lugar según el plan"),
    },
    "order": {
        Order.STRICT: gettext_lazy("primero la prioridad del plan, luego el plazo más cercano"),
        Order.FAIR: gettext_lazy(
            "por llegada, con la ventaja que da cada plan, para que nadie espere sin fin"
        ),
    },
}

Sentence = Callable[[Any], str]

UNITS: Mapping[str, Callable[[int], str]] = {
    **dict.fromkeys(
        ("exempt_days", "hold_days", "held_retention_days", "auto_close_days", "split_answer_days", "dispute_days",
         "goodwill_days", "notice_days", "renewal_mail_days", "notice_mail_days", "notice_mail_days_annual",
         "expiring_mail_days", "pack_days", "order_days", "payment_days", "grace_days", "void_days", "announce_days"),
        lambda n: ngettext("%(n)s día", "%(n)s días", n),
    ),
    "reopen_days": lambda n: ngettext("%(n)s día hábil", "%(n)s días hábiles", n),
    "pack_return_hours": lambda n: ngettext("%(n)s hora", "%(n)s horas", n),
    "grace_cases": lambda n: ngettext("%(n)s caso", "%(n)s casos", n),
    "rollover_max": lambda n: ngettext("%(n)s caso", "%(n)s casos", n),
}  # fmt: skip

SENTENCES: Mapping[str, Sentence] = {
    "billing_zone": lambda v: _("Los meses empiezan y terminan a la hora de %(value)s."),
    "plans_required_from": lambda v: (
        _("Hace falta un plan desde el %(value)s.")
        if v
        else _("Siempre hace falta un plan para pedir soporte.")
    ),
    "exempt_days": lambda v: _("Lo abierto antes de esa fecha se atiende sin plan hasta %(value)s más."),
    "months": lambda v: _("Los meses de un plan van %(value)s."),
    "rollover_max": lambda v: (
        _("Pasan al mes siguiente hasta %(value)s sin usar.")
        if v
        else _("Los casos que no se usan vencen con su mes.")
    ),
    "hold_days": lambda v: _("Una solicitud sin cobertura espera %(value)s y entra sola si aparece."),
    "held_retention_days": lambda v: _("Después, su texto se conserva %(value)s y se borra."),
    "reopen_days": lambda v: _("Un caso resuelto se reabre sin usar otro durante %(value)s."),
    "auto_close_days": lambda v: _("Lo resuelto se cierra solo a los %(value)s de silencio."),
    "split_answer_days": lambda v: _(
        "El cliente tiene %(value)s para aceptar que se separe un problema nuevo; el silencio es un no."
    ),
    "dispute_days": lambda v: _("El cliente tiene %(value)s para objetar un caso que abrimos por él."),
    "goodwill_on_late_release": lambda v: _("Si se devuelve un caso cuyo mes ya venció, %(value)s."),
    "goodwill_days": lambda v: _("Una cortesía vale al menos %(value)s, haya o no plan."),
    "intake_email": lambda v: _("Las solicitudes nuevas por correo %(value)s."),
    "notice_days": lambda v: (
        _("Para cambiar o cancelar hay que avisar al menos %(value)s antes de la renovación.")
        if v
        else _("Para cambiar o cancelar basta avisar antes de que termine el mes.")
    ),
    "renewal_mail_days": lambda v: _("Avisamos de la renovación %(value)s antes."),
    "notice_mail_days": lambda v: _(
        "En los planes mensuales recordamos el límite para avisar %(value)s antes."
    ),
    "notice_mail_days_annual": lambda v: _("En los anuales, %(value)s antes."),
    "expiring_mail_days": lambda v: _("Avisamos de los casos por vencer %(value)s antes."),
    "pack_validity": lambda v: _("Un caso extra vale %(value)s."),
    "pack_days": lambda v: _("Si vale por días, son %(value)s."),
    "pack_return_hours": lambda v: _("Un paquete sin usar se puede devolver durante %(value)s."),
    "sell_packs_without_plan": lambda v: _("Los casos extra %(value)s."),
    "activate": lambda v: _("Un plan nuevo empieza a cubrir %(value)s."),
    "order_days": lambda v: _("Un pedido que nadie paga se cierra a los %(value)s."),
    "payment_days": lambda v: _("Un trabajo cotizado se paga en %(value)s."),
    "grace_days": lambda v: (
        _("Una renovación sin pagar sigue cubriendo %(value)s.")
        if v
        else _("Una renovación sin pagar no cubre nada hasta que se paga.")
    ),
    "grace_cases": lambda v: (
        _("En ese tiempo se atiende hasta %(value)s.") if v else _("En ese tiempo no se atiende ningún caso.")
    ),
    "void_days": lambda v: _(
        "Si a los %(value)s sigue sin pagar, se da por terminada y su factura se anula."
    ),
    "dunning_days": lambda v: (
        _("Recordamos un pago %(value)s.") if v else _("No enviamos recordatorios de pago.")
    ),
    "upgrade": lambda v: _("El cambio a un plan mejor vale %(value)s."),
    "announce_days": lambda v: _(
        "Un precio o número de casos nuevo se anuncia al menos %(value)s antes de que obligue."
    ),
    "draw_by": lambda v: _("Puede usar los casos: %(value)s."),
    "order": lambda v: _("Se atiende %(value)s."),
    "overdue_first": lambda v: _("Lo que ya pasó su plazo %(value)s."),
    "favour_limits": lambda v: _("Favores al mes: %(value)s."),
    "discounts": lambda v: _("Descuentos: %(value)s."),
}


def dunning_text(days: tuple[int, ...]) -> str:
    """`7 días antes, el día en que vence, 3 y 5 días después`."""
    parts = []
    for day in sorted(days):
        n = formats.number(abs(day))
        if day == 0:
            parts.append(_("el día en que vence"))
        elif day < 0:
            parts.append(ngettext("%(n)s día antes", "%(n)s días antes", -day) % {"n": n})
        else:
            parts.append(ngettext("%(n)s día después", "%(n)s días después", day) % {"n": n})
    return ", ".join(parts) or _("nunca")


def limits_edited() -> str:
    """The favours, with a place for each role's number."""
    return _(
        "Favores al mes: un técnico %(a)s, un supervisor %(b)s, el propietario %(c)s; un lugar vacío es sin límite."
    )


def required_edited() -> str:
    """The date from which a plan is needed, with a place for it."""
    return _("Hace falta un plan desde el %(value)s; sin fecha, desde siempre.")


def dunning_edited() -> str:
    """The reminders, with a place for their days."""
    return _("Recordamos un pago en estos días contados desde que vence, los negativos antes: %(value)s.")
