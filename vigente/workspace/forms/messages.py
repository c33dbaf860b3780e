"""The form that changes what staff wrote."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vigente.tickets.models import Attachment, Message


class MessageForm(forms.Form):
    """Its text, and which of its files go."""

    body = forms.CharField(
        label=_("Mensaje"),
        widget=forms.Textarea(attrs={"rows": 10}),
        required=False,
        max_length=settings.MESSAGE_MAX_CHARS,
        strip=False,
    )
    without = forms.ModelMultipleChoiceField(
        label=_("Borrar estos archivos"),
        queryset=Attachment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, message: Message, **kwargs: Any) -> None:
        super().__init__(*args, initial={"body": message.text}, **kwargs)
        files = message.attachments.filter(deleted_at=None)
        if files.exists():
            self.fields["without"].queryset = files  # type: ignore[attr-defined]
        else:
            del self.fields["without"]
