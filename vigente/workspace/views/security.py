"""What it takes to sign in, for owners: which roles need a second step."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from vigente.accounts.models import Role
from vigente.accounts.second_factor import lacking, require_for
from vigente.installation.models import Installation
from vigente.workspace.access import instant, owners, person
from vigente.workspace.answers import Action, perform, posted
from vigente.workspace.views.actions import both


class SecurityForm(forms.Form):
    """Roles that need a second step."""

    roles = forms.MultipleChoiceField(
        label=_("Quiénes necesitan un segundo paso para entrar"),
        help_text=_(
            "Quien no lo tenga será llevado a configurarlo antes de seguir. Los tokens de la API no cambian."
        ),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
    )


@owners
@both
def security(request: HttpRequest) -> HttpResponse:
    """Choose them; how many have none yet is said before."""
    form = SecurityForm(posted(request), initial={"roles": Installation.current().second_factor_roles})
    missing = lacking([Role.AGENT, Role.SUPERVISOR, Role.OWNER])
    count = sum(missing.values())
    note = ngettext(
        "Del equipo, %(n)s persona todavía no lo tiene.",
        "Del equipo, %(n)s personas todavía no lo tienen.",
        count,
    )
    action = Action(
        title=_t("Seguridad al entrar"),
        submit=_t("Guardar"),
        back=reverse("workspace:settings"),
        notes=(note % {"n": count},) if count else (),
    )

    def run(data: dict[str, Any]) -> str:
        require_for(roles=data["roles"], actor=person(request), now=instant(request))
        return _t("Guardado. Vale desde ahora.")

    return perform(request, action, form, run)
