"""What comes after a decision: the customer's next step, and why a case was given back."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from vigente.rules.reasons import Code, Release

# What the customer can do about it. A refusal always offers the next step.
NEXT_STEP: dict[Code, Callable[[], str]] = {
    Code.NO_PLAN: lambda: _(
        "Elija un plan; su solicitud queda guardada y entra en la fila en cuanto quede activo."
    ),
    Code.PLAN_ENDED: lambda: _(
        "Active un plan de nuevo; su solicitud queda guardada y entra en la fila enseguida."
    ),
    Code.PLAN_NOT_STARTED: lambda: _(
        "Su solicitud queda guardada y entra en la fila ese día. Si no puede esperar, pida un caso extra."
    ),
    Code.AWAITING_ACTIVATION: lambda: _(
        "Su solicitud queda guardada y entra en la fila al confirmarse. No tiene que hacer nada."
    ),
    Code.PAYMENT_OVERDUE: lambda: _(
        "Pague lo pendiente en «Mi plan»; su solicitud queda guardada y entra en la fila al confirmarse el pago."
    ),
    Code.GRACE_SPENT: lambda: _(
        "Pague lo pendiente en «Mi plan»; su solicitud queda guardada y entra en la fila al confirmarse el pago."
    ),
    Code.NO_CASES_LEFT: lambda: _(
        "Puede pedir un caso extra o pasar a un plan mayor; su solicitud queda guardada mientras tanto."
    ),
    Code.NOT_ENOUGH_UNITS: lambda: _(
        "Puede pedir casos extra o pasar a un plan mayor; su solicitud queda guardada mientras tanto."
    ),
    Code.WORK_NOT_COVERED: lambda: _("Vea qué plan lo incluye, o pídalo como una cotización."),
    Code.OTHER_LICENCE_COVERED: lambda: _("Cambie la licencia y envíelo otra vez."),
    Code.LICENCE_UNKNOWN: lambda: _("Elija la licencia para seguir."),
    Code.REQUESTER_UNKNOWN: lambda: _("Entre al portal con su cuenta; lo que escribió queda guardado."),
    Code.ORGANIZATION_BLOCKED: lambda: _("Sus casos abiertos siguen su curso."),
    Code.DRAW_NOT_ALLOWED: lambda: _(
        "Pídale a una persona autorizada que lo envíe; su texto queda guardado."
    ),
    Code.NEEDS_APPROVAL: lambda: _("Entra en la fila en cuanto lo aprueben."),
    Code.PORTAL_ONLY: lambda: _("Ábrala en el portal y confirme con un clic."),
    Code.MAIL_REFUSED: lambda: _("Regístrela en el portal."),
    Code.RENEWED_CHOOSE: lambda: _("Elija cuáles solicitudes todavía necesita."),
    Code.SPLIT_UNANSWERED: lambda: _("Acéptela si todavía la necesita."),
    Code.CAUGHT_AS_SPAM: lambda: _("No hace falta que la envíe otra vez."),
    Code.CASE_IN_TRASH: lambda: _("Si es un problema nuevo, ábralo en el portal."),
}

RELEASES: dict[Release, Callable[[], str]] = {
    Release.DEVELOPMENT: lambda: _("Devuelto: es una función nueva, se cotiza aparte"),
    Release.SPAM: lambda: _("Devuelto: no era una solicitud"),
    Release.DUPLICATE: lambda: _("Devuelto: se unió con otro caso"),
    Release.OPENED_BY_MISTAKE: lambda: _("Devuelto: lo abrimos por error"),
    Release.SAME_PROBLEM: lambda: _("Devuelto: era el mismo problema de antes"),
    Release.VENDOR_FAULT: lambda: _("Devuelto: la falla era nuestra"),
    Release.DISPUTE_UPHELD: lambda: _("Devuelto: le dimos la razón"),
    Release.WRONG_LICENCE: lambda: _("Devuelto: pasó a la licencia correcta"),
    Release.RECLASSIFIED_FREE: lambda: _("Devuelto: esto no usa casos"),
    Release.LATE_RELEASE: lambda: _("Caso de cortesía en lugar de uno que ya había vencido"),
    Release.OVERRIDE: lambda: _("Caso de cortesía autorizado por supervisión"),
    Release.OBJECTION_REFUSED: lambda: _("Devuelto: sigue como cotización"),
    Release.PACK_RETURNED: lambda: _("Paquete extra devuelto"),
    Release.REFUNDED: lambda: _("Anulado: se le devolvió el dinero de este periodo"),
    Release.PAYMENT_LOST: lambda: _("Anulado: el banco deshizo el pago"),
    Release.SUPERSEDED: lambda: _("El plan incluido descansa mientras rige el que compró"),
}
