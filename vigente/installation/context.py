"""What every page may say about whose portal it is."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from vigente.installation.models import Installation


def vendor(request: HttpRequest) -> dict[str, object]:
    """`vendor`: the installation row, read only if the template asks; `now`: the request's instant."""
    return {"vendor": SimpleLazyObject(Installation.current), "now": getattr(request, "now", None)}
