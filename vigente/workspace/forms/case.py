"""What an agent types or chooses on a case. Forms check shape; services decide."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import STAFF_ROLES, User
from vigente.billing.models import Licence, WorkType
from vigente.mail.addresses import address_key
from vigente.mail.own import own_addresses
from vigente.rules.lifecycle import Status, may_change
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.labels import severity_choices, status_choices
from vigente.tickets.models import ComposerHabit, Department, Message, Ticket, TimeSpent
from vigente.tickets.models.time import MOST_MINUTES
from vigente.tickets.services.classification import BY_HAND
from vigente.ui.wording import refusal_text
from vigente.workspace.forms.fields import FilesField
from vigente.workspace.forms.phone import LicenceField
from vigente.workspace.words import release_choice

AFTER = [
    ("waiting_customer", _("y esperar al cliente")),
    ("solved", _("y resolver")),
    ("open", _("y dejar abierto")),
    ("waiting_third", _("y esperar a un tercero")),
]


TO = [("all", _("a todos")), ("requester", _("solo a quien pide"))]


class ComposerForm(forms.Form):
    """A reply or an internal note, with files, and what becomes of the case."""

    kind = forms.ChoiceField(choices=[("reply", ""), ("note", "")], initial="reply", required=False)
    body = forms.CharField(
        label=_("Mensaje"),
        widget=forms.Textarea,
        required=False,
        max_length=settings.MESSAGE_MAX_CHARS,
        strip=False,
    )
    files = FilesField(label=_("Archivos"))
    after = forms.ChoiceField(label=_("Al enviar"), choices=AFTER, initial="waiting_customer", required=False)
    to = forms.ChoiceField(label=_("Para quién"), choices=TO, initial="all", required=False)
    go = forms.ChoiceField(
        label=_("Y después"), choices=ComposerHabit.Go.choices, initial=ComposerHabit.Go.STAY, required=False
    )
    minutes = forms.IntegerField(
        label=_("Minutos de trabajo"),
        required=False,
        min_value=0,
        max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs={"placeholder": _("min"), "class": "input composer__minutes"}),
    )
    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    responses = forms.CharField(widget=forms.HiddenInput, max_length=400, required=False)
    latest = forms.IntegerField(  # the last message that was read before writing
        widget=forms.HiddenInput, min_value=0, max_value=2**62, required=False
    )

    def has_read(self, message: Message) -> None:
        """Let the page that is shown again say that this one stands on it."""
        self.data = self.data.copy()  # type: ignore[union-attr]
        self.data["latest"] = str(message.pk)  # type: ignore[index]

    def clean_responses(self) -> tuple[int, ...]:
        """The saved replies that were put into the text, as the page's script notes them."""
        given = self.cleaned_data["responses"].split(",")
        return tuple(int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 16)

    @property
    def is_note(self) -> bool:
        return self.cleaned_data.get("kind") == "note"


def active_staff() -> "forms.models.ModelChoiceIterator | Any":
    """People a case can be given to."""
    return User.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("name", "email")


class AssignForm(forms.Form):
    """Who works on it; empty gives it back to the line."""

    assignee = forms.ModelChoiceField(
        label=_("Técnico"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nadie: vuelve a la fila"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = active_staff()  # type: ignore[attr-defined]


class StatusForm(forms.Form):
    """The states an agent may choose from where the case stands."""

    status = forms.ChoiceField(label=_("Estado"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here, now_at = Status(ticket.status), str(ticket.label_id or ticket.status)
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            (value, name)
            for value, name, state in status_choices()
            if value != now_at and (state == here or may_change(here, Status(state)))
        ]


class SeverityForm(forms.Form):
    """How urgent an agent judges it; moves the case inside its rank only (R10)."""

    severity = forms.TypedChoiceField(label=_("Urgencia"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["severity"].choices = severity_choices()  # type: ignore[attr-defined]


class CopyForm(forms.Form):
    """Somebody who is written our replies."""

    email = forms.CharField(
        label=_("Correo"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    hidden = forms.BooleanField(label=_("Copia oculta: nadie de fuera sabe que la recibe"), required=False)

    def clean_email(self) -> str:
        """A desk that writes to itself would answer itself."""
        email: str = self.cleaned_data["email"]
        if address_key(email.strip()) in own_addresses():
            raise forms.ValidationError(refusal_text(Refused(RefusalCode.COPY_OF_THE_DESK)))
        return email


class TimeForm(forms.Form):
    """Minutes that were worked, or other ones in place of some noted before."""

    entry = forms.ModelChoiceField(
        label=_("Qué"), queryset=TimeSpent.objects.none(), required=False, empty_label=_("Tiempo nuevo")
    )
    minutes = forms.IntegerField(label=_("Minutos"), min_value=0, max_value=MOST_MINUTES)

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = TimeSpent.objects.visible_to(user).filter(ticket=ticket).select_related("user")
        chosen: Any = self.fields["entry"]
        chosen.queryset = own if user.is_supervisor else own.filter(user=user)
        chosen.label_from_instance = lambda entry: (
            _("Corregir: %(who)s, %(minutes)s min, %(day)s")
            % {
                "who": entry.user,
                "minutes": entry.minutes,
                "day": date_format(timezone.localtime(entry.at), "SHORT_DATE_FORMAT"),
            }
        )


class DepartmentForm(forms.Form):
    """The team it belongs to."""

    department = forms.ModelChoiceField(
        label=_("Departamento"), queryset=Department.objects.offered(), empty_label=None
    )
    why = forms.CharField(
        label=_("Motivo"),
        help_text=_("Queda en el historial; el cliente no lo lee."),
        required=False,
        max_length=300,
    )


class ClassifyForm(forms.Form):
    """What kind of work it really is."""

    work_type = forms.ModelChoiceField(
        label=_("Tipo de trabajo"), queryset=WorkType.objects.all(), empty_label=None
    )


class ReleaseForm(forms.Form):
    """Why the case used is given back (rows 10, 12, 16)."""

    reason = forms.ChoiceField(label=_("Motivo"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Explicación"),
        help_text=_("Queda en el estado de cuenta del cliente. Hace falta, salvo si es correo basura."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (reason.value, release_choice(reason)) for reason in sorted(BY_HAND)
        ]


class LicenceForm(forms.Form):
    """The installation it should have been filed on (row 47)."""

    licence = LicenceField(label=_("Licencia correcta"), queryset=Licence.objects.none(), empty_label=None)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Licence.objects.filter(organization=ticket.organization, is_active=True).exclude(
            pk=ticket.licence_id
        )
        self.fields["licence"].queryset = own.select_related("edition__product")  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """The case that stays (row 12)."""

    into = forms.IntegerField(
        label=_("Número del caso que queda"),
        min_value=1,
        max_value=2**60,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class MessagesField(forms.ModelMultipleChoiceField):
    """Messages named by who wrote them, when, and how they begin."""

    def label_from_instance(self, obj: Message) -> str:
        words = " ".join(obj.text.split())
        return f"{obj.author or obj.author_name}: {words[:110]}{'…' if len(words) > 110 else ''}"


class SplitForm(forms.Form):
    """Which messages are another case (row 14)."""

    messages = MessagesField(
        label=_("Mensajes del otro problema"),
        queryset=Message.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    subject = forms.CharField(label=_("Asunto del caso nuevo"), max_length=200)
    new_problem = forms.TypedChoiceField(
        label=_("¿Es otro problema?"),
        choices=[
            ("1", _("Sí, es un problema nuevo: usará un caso. Se le pregunta antes al cliente.")),
            ("0", _("No, es parte de lo mismo: no usa ningún caso y se separa ya.")),
        ],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="1",
    )

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        replies = ticket.messages.filter(kind=Message.Kind.REPLY, by_staff=False).select_related("author")
        self.fields["messages"].queryset = replies  # type: ignore[attr-defined]


class YesNoForm(forms.Form):
    """A second person's decision."""

    decision = forms.TypedChoiceField(coerce=lambda value: value == "yes", widget=forms.RadioSelect)

    def __init__(self, *args: Any, label: str, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].label = label
        self.fields["decision"].choices = [("yes", yes), ("no", no)]  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    """Nothing to type: the consequences are above the button."""
