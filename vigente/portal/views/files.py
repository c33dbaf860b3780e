"""An attachment, for those who may see its message. Never as something a browser would run."""

from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from vigente.tickets.files import SAFE_IMAGES, path_of
from vigente.tickets.models import Attachment

PDF = "application/pdf"


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Safe pictures and PDF are shown, all else is downloaded. The permission is asked on every read, cached or not."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), token=token)
    tag = f'"{attachment.sha256}"'
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        try:
            content = path_of(attachment).open("rb")
        except OSError:
            raise Http404 from None
        shown = attachment.content_type in SAFE_IMAGES or attachment.content_type == PDF
        kind = (
            attachment.content_type
            if shown or attachment.content_type == "text/plain"
            else "application/octet-stream"
        )
        response = FileResponse(
            content, as_attachment=not shown, filename=attachment.filename, content_type=kind
        )
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # A PDF opens in the browser's own viewer, which a sandbox would block; it is its type alone, never a page.
    response["Content-Security-Policy"] = "default-src 'none'" + (
        "" if attachment.content_type == PDF else "; sandbox"
    )
    return response
