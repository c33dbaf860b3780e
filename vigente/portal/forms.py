"""Forms of the portal: they check shape and keep what was typed; services decide."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from vigente.billing.models import WorkType
from vigente.portal.places import Place
from vigente.tickets.files import File
from vigente.tickets.models import CustomField, Department
from vigente.tickets.services.request import SUBJECT_MAX
from vigente.ui.custom_fields import AsksFields

OBJECTION_MAX = 4000


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files up to the installation's limit. What they hold is judged by `tickets.files`, not here."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> tuple[File, ...]:  # type: ignore[override]
        uploads: Sequence[UploadedFile] = [
            item for item in (data if isinstance(data, list | tuple) else [data]) if item
        ]
        limit = settings.ATTACHMENT_MAX_PER_MESSAGE
        if len(uploads) > limit:
            raise forms.ValidationError(
                _("Son demasiados archivos. Puede adjuntar hasta %(limit)s."), params={"limit": limit}
            )
        for upload in uploads:
            if (upload.size or 0) > settings.ATTACHMENT_MAX_BYTES:
                megabytes = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
                raise forms.ValidationError(
                    _("«%(name)s» es demasiado grande. El límite es %(limit)s MB por archivo."),
                    params={"name": upload.name, "limit": megabytes},
                )
        return tuple(File(filename=upload.name or "", content=upload.read()) for upload in uploads)


class TextField(forms.CharField):
    """What somebody writes, at length; newlines are kept as they are."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", settings.MESSAGE_MAX_CHARS)
        kwargs.setdefault("widget", forms.Textarea)
        super().__init__(**kwargs)


class WhereForm(AsksFields):
    """For which installation, and what kind of work: what the coverage depends on. `asked`: the vendor's own fields."""

    where = forms.ChoiceField(label=_("¿Sobre qué instalación?"))
    work_type = forms.ModelChoiceField(
        label=_("¿Qué necesita?"), queryset=WorkType.objects.none(), to_field_name="code", empty_label=None
    )

    def __init__(
        self,
        *args: Any,
        places: Sequence[Place],
        asked: Sequence[CustomField] = (),
        had: Mapping[int, Any] | None = None,
        department: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        self.ask(asked, had or {}, intake=department is None)
        self.places = {place.value: place for place in places}
        self.fields["where"].choices = [(place.value, place.name) for place in places]  # type: ignore[attr-defined]
        self.fields["work_type"].queryset = WorkType.objects.filter(is_offered=True)  # type: ignore[attr-defined]
        if len(places) == 1:
            self.fields["where"].required = False
            self.fields["where"].widget = forms.HiddenInput()

    def clean_where(self) -> Place:
        value = self.cleaned_data["where"]
        return self.places[value] if value else next(iter(self.places.values()))


class AskForm(WhereForm):
    """A request for help. `key` makes sending it twice one request (row 6); `seen` is what the page said it would
    cost.
    """

    subject = forms.CharField(label=_("Asunto"), max_length=SUBJECT_MAX)
    body = TextField(label=_("Qué pasó, paso a paso"))
    files = FilesField(label=_("Capturas y archivos"), required=False)
    key = forms.RegexField(r"^[A-Za-z0-9-]{8,64}$", widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=1000)

    def __init__(self, *args: Any, departments: Sequence[Department] = (), **kwargs: Any) -> None:
        """`departments`: to choose from; with fewer than two there is no choice."""
        super().__init__(*args, **kwargs)
        if len(departments) > 1:
            self.fields["department"] = forms.TypedChoiceField(
                label=_("¿Con quién quiere hablar?"),
                choices=[(row.pk, row) for row in departments],
                coerce=lambda pk: next(row for row in departments if str(row.pk) == str(pk)),
                widget=forms.RadioSelect,
            )


class ReplyForm(forms.Form):
    """A reply to a case. With a file the text may stay empty."""

    body = TextField(label=_("Mensaje"), required=False)
    files = FilesField(label=_("Adjuntar"), required=False)
    key = forms.RegexField(r"^[A-Za-z0-9-]{8,64}$", widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=1000)


class ReasonForm(forms.Form):
    """Why somebody objects."""

    text = TextField(label=_("Cuéntenos por qué"), max_length=OBJECTION_MAX)
