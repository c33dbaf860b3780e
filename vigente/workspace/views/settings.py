"""The owner's settings: teams, people, kinds of work, hours, promises, mailboxes, tokens, whose portal it is."""

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.accounts.models import ApiToken, User
from vigente.accounts.services import issue_token, revoke_token
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.installation.models import Installation
from vigente.workspace.access import instant, owners, person
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.arranged import KINDS
from vigente.workspace.forms.fields import start_of_day
from vigente.workspace.forms.settings import TokenForm, VendorForm
from vigente.workspace.sections import SECTIONS, Section
from vigente.workspace.views.actions import both


def _section(slug: str) -> Section:
    if slug not in SECTIONS:
        raise Http404
    return SECTIONS[slug]


@owners
@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """The index."""
    return render(
        request, "workspace/settings/index.html", {"sections": SECTIONS.items(), "arranged": KINDS.values()}
    )


@owners
@require_GET
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows of one setting."""
    found = _section(slug)
    rows = [(row, [tell(row) for _title, tell in found.columns]) for row in found.rows()]
    headings = [title for title, _tell in found.columns]
    context = {"slug": slug, "section": found, "rows": rows, "headings": headings}
    return render(request, "workspace/settings/section.html", context)


@owners
@both
def section_row(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Add or change one row."""
    found = _section(slug)
    row = found.find(pk)
    if pk is not None and row is None:
        raise Http404
    form = found.form(posted(request), instance=row)
    if isinstance(form.instance, User) and row is None:
        form.instance.date_joined = instant(request)
    title = (
        _("Cambiar: %(name)s") % {"name": row} if row else _("Agregar: %(name)s") % {"name": found.singular}
    )
    back = reverse("workspace:section", args=[slug])
    action = Action(title=title, submit=_("Guardar"), back=back)

    def run(data: dict[str, Any]) -> str:
        with transaction.atomic():
            if isinstance(form.instance, User) and row is None:
                form.instance.set_unusable_password()
            saved = form.save()
            if found.promises:
                record(Kind.PLANS_IMPORTED, subject="settings", actor=person(request), now=instant(request), changes=[],
                       promises_changed=True)  # fmt: skip
        if isinstance(saved, User) and row is None:
            _welcome(request, saved)
        return _("Guardado.")

    return perform(request, action, form, run)


def _welcome(request: HttpRequest, user: User) -> None:
    """Mail a new colleague the link with which they choose their password."""
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    reset = ResetPasswordForm({"email": user.email})
    if reset.is_valid():
        reset.save(request)


@owners
@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """Tokens of programs. A secret is shown once, when it is made."""
    rows = ApiToken.objects.select_related("user").order_by("-id")
    secret = request.session.pop("new_token", None)
    return render(request, "workspace/settings/tokens.html", {"rows": rows, "secret": secret})


@owners
@both
def token_new(request: HttpRequest) -> HttpResponse:
    """Issue one."""
    form = TokenForm(posted(request))
    action = Action(title=_("Token nuevo"), submit=_("Crear"), back=reverse("workspace:tokens"))

    def run(data: dict[str, Any]) -> None:
        zone = rulebook_at(instant(request)).zone
        expires = start_of_day(data["expires_on"], zone) if data["expires_on"] else None
        _token, secret = issue_token(
            name=data["name"],
            user=data["user"],
            scopes=data["scopes"],
            expires_at=expires,
            now=instant(request),
        )
        request.session["new_token"] = secret

    return perform(request, action, form, run)


@owners
@require_POST
def token_revocation(request: HttpRequest, pk: int) -> HttpResponse:
    """It stops working at once."""
    token = get_object_or_404(ApiToken, pk=pk)

    def run() -> str:
        revoke_token(token=token, now=instant(request))
        return _("Token anulado.")

    return attempt(request, run, reverse("workspace:tokens"))


@owners
@both
def vendor(request: HttpRequest) -> HttpResponse:
    """Whose portal it is."""
    form = VendorForm(posted(request), instance=Installation.current())
    action = Action(title=_("Su empresa"), submit=_("Guardar"), back=reverse("workspace:settings"))

    def run(data: dict[str, Any]) -> str:
        form.save()
        return _("Guardado.")

    return perform(request, action, form, run)
