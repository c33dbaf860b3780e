"""What an agent types who opens a case for somebody on the telephone (row 15)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence, WorkType
from vigente.tickets.models import CustomField
from vigente.ui.custom_fields import AsksFields
from vigente.workspace.forms.fields import FilesField
from vigente.workspace.words import licence_name


class LicenceField(forms.ModelChoiceField):
    """Licences named as people know them."""

    def label_from_instance(self, obj: Licence) -> str:
        return licence_name(obj)


class PersonField(forms.ModelChoiceField):
    """People with their address, since names repeat."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} · {obj.email}" if obj.name else obj.email


class PhoneForm(AsksFields):
    """The request as the customer would have filed it, and a supervisor's reason if it is let in without coverage."""

    requester = PersonField(label=_("Quién llama"), queryset=User.objects.none(), empty_label=None)
    licence = LicenceField(
        label=_("Licencia"),
        queryset=Licence.objects.none(),
        required=False,
        empty_label=_("Ninguna en particular"),
    )
    work_type = forms.ModelChoiceField(
        label=_("Qué necesita"), queryset=WorkType.objects.filter(is_offered=True), empty_label=None
    )
    subject = forms.CharField(label=_("Asunto"), max_length=200)
    text = forms.CharField(
        label=_("Qué cuenta"),
        max_length=settings.MESSAGE_MAX_CHARS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    files = FilesField(label=_("Archivos"))
    override_reason = forms.CharField(
        label=_("Aceptar sin cobertura: motivo"),
        help_text=_("Solo si no hay cobertura. Da un caso de cortesía y cuenta como favor suyo."),
        required=False,
        max_length=300,
    )
    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        user: User,
        asked: Sequence[CustomField] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ask(asked, {}, intake=True)
        people = User.objects.filter(memberships__organization=organization, is_active=True)
        self.fields["requester"].queryset = people.order_by("name", "email")  # type: ignore[attr-defined]
        licences = Licence.objects.filter(organization=organization, is_active=True)
        self.fields["licence"].queryset = licences.select_related("edition__product")  # type: ignore[attr-defined]
        if not user.is_supervisor:
            del self.fields["override_reason"]
