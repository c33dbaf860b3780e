"""Forms of the owner's webhooks."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vigente.events.kinds import Kind
from vigente.webhooks.models import Endpoint
from vigente.webhooks.words import family_text
from vigente.workspace.forms.fields import DayField


class WebhookForm(forms.Form):
    """Where to, and what about. Whether the address may be used is said by the service."""

    url = forms.CharField(
        label=_("Dirección"),
        help_text=_("Empieza con https:// y se alcanza desde internet."),
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(label=_("Para qué es"), max_length=120, required=False)
    is_active = forms.BooleanField(label=_("Encendido"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Qué se le cuenta"),
        help_text=_("Sin marcar nada se le cuenta todo."),
        required=False,
        choices=[(kind.value, kind.value) for kind in Kind],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, endpoint: Endpoint | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if endpoint is None:
            del self.fields["is_active"]
            return
        known = {kind.value for kind in Kind}
        self.initial = {
            "url": endpoint.url,
            "description": endpoint.description,
            "is_active": endpoint.is_active,
            "kinds": [kind for kind in endpoint.kinds if kind in known],
        }

    def families(self) -> Iterator[tuple[str, list[Any]]]:
        """The boxes by what they are about."""
        boxes = self["kinds"].subwidgets
        for title, group in groupby(boxes, key=lambda box: family_text(str(box.data["value"]))):
            yield title, list(group)


class ReplayForm(forms.Form):
    """From which day on what failed is sent again."""

    since = DayField(label=_("Desde el"), required=True)
