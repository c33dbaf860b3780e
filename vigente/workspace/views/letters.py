"""Every letter of the product, read before anybody gets one: both languages, HTML and text, wide and narrow."""

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from vigente.mail.outbound import enqueue
from vigente.mail.samples import GROUPS, SAMPLES, Sample, sample_letter
from vigente.workspace.access import instant, owners, person
from vigente.workspace.answers import attempt
from vigente.workspace.views.actions import both

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
ALONE = {
    **dict.fromkeys(
        ("default-src", "script-src", "connect-src", "img-src", "font-src", "form-action"), ["'none'"]
    ),
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}  # mail has its styles within; nothing in it runs or is fetched


@owners
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """The list, by what they are about."""
    groups = [
        (title, [(name, said) for name, (said, _words) in letters.items()])
        for title, letters in GROUPS.values()
    ]
    return render(request, "workspace/letters/list.html", {"groups": groups})


@owners
@both
@csp_update({"frame-src": ["'self'"]})
def letter(request: HttpRequest, letter: str) -> HttpResponse:
    """One of them; a POST sends it to the reader's own address."""
    sample, now = _sample(letter), instant(request)
    language = _language(request.POST.get("language") or request.GET.get("language"))
    here = reverse("workspace:letter", args=[letter])
    if request.method == "POST":
        return attempt(request, lambda: _send(request, sample, language), f"{here}?language={language}")
    context = {
        "sample": sample,
        "letter": sample_letter(letter, language=language, now=now),
        "language": language,
        "languages": settings.LANGUAGES,
        "wide": request.GET.get("width") != "phone",
        "here": here,
    }
    return render(request, "workspace/letters/letter.html", context)


@owners
@require_GET
@xframe_options_sameorigin
@csp_replace(ALONE)
def letter_page(request: HttpRequest, letter: str, language: str) -> HttpResponse:
    """The letter itself as HTML, to be framed."""
    if language not in LANGUAGES:
        raise Http404
    html = sample_letter(_sample(letter).name, language=language, now=instant(request)).html
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


def _sample(name: str) -> Sample:
    if name not in SAMPLES:
        raise Http404
    return SAMPLES[name]


def _language(given: str | None) -> str:
    return given if given in LANGUAGES else (get_language() or "es")[:2]


def _send(request: HttpRequest, sample: Sample, language: str) -> str:
    user, now = person(request), instant(request)
    made = sample_letter(sample.name, language=language, now=now)
    enqueue(
        kind=f"sample.{sample.name}",
        to=user.email,
        recipient=user,
        subject=_("[Prueba] %(subject)s") % {"subject": made.subject},
        text=made.text,
        html=made.html,
        dedupe_key=f"sample:{sample.name}:{language}:{user.pk}:{now.isoformat()}",
        automatic=False,
        now=now,
    )
    return _("Enviado a %(email)s.") % {"email": user.email}
