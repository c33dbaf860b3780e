"""An attachment, for those who may see its message. Never as something a browser would run."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from vigente.installation.files import never_a_page, serve
from vigente.tickets.files import path_of
from vigente.tickets.models import Attachment


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
            response = serve(
                path_of(attachment), filename=attachment.filename, content_type=attachment.content_type
            )
        except OSError:
            raise Http404 from None
    response["ETag"] = tag
    never_a_page(response, attachment.content_type)
    return response
