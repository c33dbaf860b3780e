"""Samples of the letters about cases and requests, and of those to the staff."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigente.mail.letters import link
from vigente.mail.samples_said import Letters, case, day, exact, held, meter, money, ticket, waiting
from vigente.rules.reasons import Release
from vigente.ui.wording import release_text

CASES: Letters = {
    "accepted": (gettext_lazy("Recibimos un caso"), lambda now: case(
        now, reasons=[_("Lo cubre su plan.")], promise=exact(now, 1), place=(2, 4), coverage=meter(this=1, left=2))),
    "opened_for_you": (gettext_lazy("Abrimos un caso por teléfono"), lambda now: case(
        now, agent="Ana Robleto", promise=exact(now, 1), place=(1, 1), coverage=meter(this=1, left=2), reasons=[],
        dispute_until=exact(now, 5), dispute_link=link("portal:dispute", 1042))),
    "reply": (gettext_lazy("Un técnico respondió"), lambda now: case(
        now, agent="Ana Robleto", said=_("Ya lo revisamos: reinicie el servicio de impresión y pruebe otra vez."),
        files=["pasos.pdf"], solved=True, reopening=day(now, 9), copies=["compras@ejemplo.test"])),
    "reply_copy": (gettext_lazy("Una respuesta, a quien recibe copia"), lambda now: case(
        now, agent="Ana Robleto", said=_("Ya lo revisamos: reinicie el servicio de impresión y pruebe otra vez."),
        files=["pasos.pdf"], solved=True, reopening=day(now, 9), copies=["compras@ejemplo.test"],
    ) | {"link": "", "reply_by_mail": False}),
    "auto_reply": (gettext_lazy("Una regla respondió"), lambda now: case(
        now, said=_("Todavía esperamos su respuesta. Sin ella cerraremos el caso en tres días."))),
    "case_locked": (gettext_lazy("El caso ya no recibe respuestas"), lambda now: case(now) | {
        "reply_by_mail": False, "link": link("portal:ask")}),
    "solved": (gettext_lazy("Un caso se dio por resuelto"), lambda now: case(now, reopening=day(now, 9))),
    "draw_released": (gettext_lazy("Devolvimos un caso"), lambda now: case(
        now, reason=release_text(Release.VENDOR_FAULT), coverage=meter())),
    "dispute_decided": (gettext_lazy("Decidimos una objeción al uso de un caso"), lambda now: case(
        now, upheld=True, coverage=meter())),
    "split_proposed": (gettext_lazy("Proponemos abrir otro caso"), lambda now: case(
        now, proposal=ticket(), coverage=meter(), until=day(now, 5))),
    "quotation": (gettext_lazy("Se cotiza aparte"), lambda now: case(now, given_back=True, may_object=True)),
    "quoted": (gettext_lazy("La cotización está lista"), lambda now: case(
        now, amount=money(500_000), total=money(575_000), scope=_("Un informe de ventas por sucursal."))),
    "objection_decided": (gettext_lazy("Decidimos una objeción a cotizar"), lambda now: case(
        now, covered=True, coverage=meter())),
    "released": (gettext_lazy("Una solicitud entró en la fila"), lambda now: case(
        now, promise=exact(now, 1), place=(1, 2), coverage=meter(this=1, left=2), reasons=[])),
}  # fmt: skip

HELD: Letters = {
    "held": (gettext_lazy("Guardamos una solicitud sin cobertura"), lambda now: waiting(
        now, reasons=[_("Ya usó todos los casos de su plan.")],
        steps=[_("Puede pedir un caso extra o pasar a un plan mayor; su solicitud queda guardada mientras tanto.")],
        coverage=meter(used=4, left=0), until=day(now, 14))),
    "held_answered": (gettext_lazy("Respondimos una solicitud en espera"), lambda now: waiting(now)),
    "held_choice": (gettext_lazy("El plan se renovó: cuáles todavía necesita"), lambda now: {
        "waiting": [held()], "coverage": meter(used=0, left=4), "link": link("portal:held_choice")}),
    "held_expired": (gettext_lazy("Una solicitud en espera venció"), lambda now: waiting(now, until=day(now, 90))),
    "approval_asked": (gettext_lazy("Hay que aprobar un caso"), lambda now: waiting(
        now, who="Roberto Lara", coverage=meter(used=3, left=1))),
    "approval_refused": (gettext_lazy("No se aprobó un caso"), lambda now: waiting(now)),
    "mail_refused": (gettext_lazy("Este correo no recibe solicitudes"), lambda now: {
        "subject": _("No imprime la factura"), "link": link("portal:ask")}),
}  # fmt: skip

STAFF: Letters = {
    "staff_assigned": (gettext_lazy("Le asignaron un caso"), lambda now: {
        "ticket": ticket(), "who": "Ana Robleto", "link": link("workspace:case", 1042)}),
    "staff_customer_replied": (gettext_lazy("El cliente respondió"), lambda now: {
        "ticket": ticket(), "who": "Rosa Molina", "said": _("Sigue igual."), "link": link("workspace:case", 1042)}),
    "staff_rule": (gettext_lazy("Una regla automática avisa"), lambda now: {
        "ticket": ticket(), "rule": _("Urgentes sin técnico"), "text": _("Nadie lo ha tomado en una hora."),
        "link": link("workspace:case", 1042)}),
    "staff_watched": (gettext_lazy("Pasó algo en un caso que vigila"), lambda now: {
        "ticket": ticket(), "who": "Ana Robleto", "what": "reply", "said": _("Ya lo estoy revisando."),
        "link": link("workspace:case", 1042)}),
    "staff_follow_up": (gettext_lazy("Toca seguir un caso"), lambda now: {
        "ticket": ticket(), "note": _("Preguntar si llegó el repuesto."), "link": link("workspace:case", 1042)}),
    "staff_decide": (gettext_lazy("Hay que decidir una objeción"), lambda now: {
        "ticket": ticket(), "who": "Rosa Molina", "text": _("Es un error, no algo nuevo."),
        "link": link("workspace:case", 1042)}),
    "staff_payment": (gettext_lazy("Una transferencia espera confirmación"), lambda now: {
        "amount": money(144_900), "organization": "Comercial Santa Ana", "reference": "BAC-20394",
        "code": "A-000123", "what": "", "method": "transfer", "note": "", "balance": money(144_900), "disputed": False,
        "link": link("workspace:transfers")}),
    "staff_alarm": (gettext_lazy("Los libros no cuadran"), lambda now: {
        "count": 1, "differences": ["grant 81: 3 ≠ 2"], "link": link("workspace:overview")}),
    "staff_webhook": (gettext_lazy("Un webhook se apagó"), lambda now: {
        "host": "erp.ejemplo.test", "gone": False, "link": link("workspace:settings")}),
}  # fmt: skip
