"""Forms of what owners look after: who did what."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import STAFF_ROLES, User
from vigente.workspace.audit_words import families
from vigente.workspace.forms.fields import DayField

_KIND = re.compile(r"[a-z_]{1,24}(\.[a-z_]{1,24})?")
_SUBJECT = re.compile(r"[a-z_]{1,20}:[\w./+@-]{1,44}")


class AuditForm(forms.Form):
    """What the audit log is narrowed to. Nothing is required."""

    person = forms.IntegerField(label=_("Quién"), required=False, min_value=1, max_value=2**62)
    kind = forms.CharField(label=_("Qué"), required=False)
    subject = forms.RegexField(_SUBJECT, label=_("Sobre qué"), required=False)
    first = DayField(label=_("Desde"))
    last = DayField(label=_("Hasta, incluido"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(role__in=STAFF_ROLES).order_by("name", "email")
        people = [("", _("Cualquiera")), *((user.pk, str(user)) for user in staff)]
        chosen = self.data.get("person", "")
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 and int(chosen) not in dict(people):
            people += [(user.pk, str(user)) for user in User.objects.filter(pk=int(chosen))]
        self.fields["person"].widget = forms.Select(choices=people)
        kinds = [("", _("Todo")), *families()]
        chosen = self.data.get("kind", "")
        if _KIND.fullmatch(chosen) and chosen not in dict(kinds):
            kinds.append((chosen, chosen))
        self.fields["kind"].widget = forms.Select(choices=kinds)

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        if kind and not _KIND.fullmatch(kind):
            raise forms.ValidationError(_("Elija una de la lista."))
        return kind
