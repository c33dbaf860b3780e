"""What the palette finds as one types: cases, organizations, people and views, each with the address of its page."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vigente.accounts.models import Organization, User
from vigente.rules.folding import fold
from vigente.rules.searching import read
from vigente.tickets.folding import Folded
from vigente.tickets.models import Ticket
from vigente.tickets.queries.matching import words_of
from vigente.tickets.queries.saved import views_for
from vigente.tickets.queries.searching import found
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import asked

EACH = 5
Row = tuple[str, str, str]  # what it is called, what it is, where it is


@staff
@require_GET
def palette(request: HttpRequest) -> JsonResponse:
    """`?q=`: by number, by words and by how names begin; without capitals and accents. Five queries at most."""
    text, user = asked(request, most=80), person(request)
    rows: list[Row] = []
    if len(text) > 1:
        rows = [
            *_views(text, user),
            *_cases(request, text, user),
            *_organizations(text, user),
            *_people(text, user),
        ]
    return JsonResponse({"rows": [{"label": label, "what": what, "url": url} for label, what, url in rows]})


def _cases(request: HttpRequest, text: str, user: User) -> Iterator[Row]:
    digits = text.removeprefix("#")
    if digits.isascii() and digits.isdecimal():
        cases = Ticket.objects.visible_to(user).filter(number__in=_numbers(digits)).order_by("-number")
    else:
        wanted = read(text)
        if not wanted or wanted.is_held:
            return
        zone = timezone.get_current_timezone()
        cases = found(user, wanted, now=instant(request), zone=zone).order_by("-id")
    for number, subject in cases.values_list("number", "subject")[:EACH]:
        yield f"{number} · {subject}", _("Caso"), reverse("workspace:case", args=[number])


def _numbers(digits: str) -> list[int]:
    """The numbers that begin so, up to two digits longer: an index finds those."""
    if len(digits) > 12:
        return []
    number = int(digits)
    return [number, *range(number * 10, number * 10 + 10), *range(number * 100, number * 100 + 100)]


def _organizations(text: str, user: User) -> Iterator[Row]:
    rows = Organization.objects.visible_to(user).alias(plain=Folded("name"))
    for word in words_of(text):
        rows = rows.filter(plain__contains=word)
    for pk, name in rows.order_by("name").values_list("pk", "name")[: EACH if words_of(text) else 0]:
        yield name, _("Organización"), reverse("workspace:organization", args=[pk])


def _people(text: str, user: User) -> Iterator[Row]:
    """A person's organization; of who has none, their cases."""
    rows = User.objects.visible_to(user).alias(plain=Folded("name"), address=Folded("email"))
    for word in words_of(text):
        rows = rows.filter(plain__contains=word) | rows.filter(address__contains=word)
    if not words_of(text):
        return
    for one in rows.order_by("name").prefetch_related("organizations")[:EACH]:
        company = next(iter(one.organizations.all()), None)
        cases = f"{reverse('workspace:search')}?{urlencode({'q': f'from:{one.email}'})}"
        url = reverse("workspace:organization", args=[company.pk]) if company else cases
        yield f"{one.name} · {one.email}", _("Una persona"), url


def _views(text: str, user: User) -> Iterator[Row]:
    words = fold(text).split()
    for view in views_for(user):
        if all(word in fold(view.name) for word in words):
            yield view.name, _("Vista"), reverse("workspace:saved_view", args=[view.pk])
