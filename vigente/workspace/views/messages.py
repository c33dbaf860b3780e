"""What is done to one message: change it, delete it, pin it; what it said before."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.rules.refusal import Refused
from vigente.tickets.html import clean_html
from vigente.tickets.models import Message
from vigente.tickets.services import messages, sending
from vigente.workspace.access import instant, person, staff, supervisors
from vigente.workspace.answers import Action, attempt, perform, posted, show
from vigente.workspace.forms.case import ConfirmForm
from vigente.workspace.forms.messages import MessageForm
from vigente.workspace.views.actions import both


def _find(request: HttpRequest, pk: int) -> Message:
    rows = Message.objects.visible_to(person(request)).select_related("ticket", "author")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(message: Message) -> str:
    return f"{reverse('workspace:case', args=[message.ticket.number])}#m{message.pk}"


@staff
@both
def message_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what it says."""
    message = _find(request, pk)
    form = MessageForm(posted(request), message=message)
    notes = [_("Queda la versión anterior, que ve supervisión.")]
    if message.kind == Message.Kind.REPLY:
        notes.append(_("El cliente lee “editado”. El correo que ya salió no cambia."))
    action = Action(title=_("Editar el mensaje"), submit=_("Guardar"), back=_back(message), notes=tuple(notes),
                    wide=True)  # fmt: skip

    def run(data: dict[str, Any]) -> str:
        without = [file.pk for file in data.get("without") or ()]
        try:
            messages.edit_message(
                message=message,
                text=data["body"],
                actor=person(request),
                now=instant(request),
                without=without,
            )
        except Refused as refusal:
            refusal.field = "body" if refusal.field == "text" else refusal.field
            raise
        return _("Mensaje cambiado.")

    return perform(request, action, form, run)


@staff
@both
def message_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it away."""
    message = _find(request, pk)
    notes = [_("Su texto y sus archivos dejan de verse; en su lugar queda que se borró.")]
    if message.by_staff and message.kind == Message.Kind.REPLY:
        notes.append(_("El correo que ya salió no cambia."))
    action = Action(
        title=_("Borrar el mensaje"), submit=_("Borrar"), back=_back(message), notes=tuple(notes), danger=True
    )

    def run(data: dict[str, Any]) -> str:
        messages.delete_message(message=message, actor=person(request), now=instant(request))
        return _("Mensaje borrado.")

    return perform(request, action, ConfirmForm(posted(request)), run)


@supervisors
@require_GET
def message_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """What it said before, for supervisors."""
    message = _find(request, pk)
    rows = list(message.versions.select_related("replaced_by").order_by("-id"))
    for row in rows:
        row.shown_html = clean_html(row.html + row.quoted_html)  # type: ignore[attr-defined]
    files = message.attachments.exclude(deleted_at=None)
    action = Action(
        title=_("Versiones anteriores"),
        submit="",
        back=_back(message),
        template="workspace/case/versions.html",
        wide=True,
        context={"rows": rows, "files": files},
    )
    return show(request, action, ConfirmForm())


@staff
@require_POST
def message_unsending(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was just sent: its text lies in the composer again."""
    message = _find(request, pk)
    back = reverse("workspace:case", args=[message.ticket.number])

    def run() -> str:
        files = sending.take_back(message=message, actor=person(request), now=instant(request))
        if files:
            return _("No se envió. Vuelva a adjuntar: %(files)s.") % {"files": ", ".join(files)}
        return _("No se envió. El texto sigue en el editor.")

    return attempt(request, run, f"{back}#composer")


@staff
@require_POST
def message_pinning(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep it on top."""
    return _pin(request, pk, pinned=True)


@staff
@require_POST
def message_unpinning(request: HttpRequest, pk: int) -> HttpResponse:
    """No more."""
    return _pin(request, pk, pinned=False)


def _pin(request: HttpRequest, pk: int, *, pinned: bool) -> HttpResponse:
    message = _find(request, pk)

    def run() -> str:
        messages.pin(message=message, pinned=pinned, actor=person(request), now=instant(request))
        return _("Mensaje fijado.") if pinned else _("Ya no está fijado.")

    return attempt(request, run, _back(message))
