"""Which rules to try out, and on what: a draft or a version that is kept, or a file that is pasted."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.billing.models import RulebookDraft, RulebookVersion
from vigente.billing.rulebook_toml import RulebookFileError, parse
from vigente.rules.rulebook import Rulebook
from vigente.trials.models import MOST_MONTHS, Trial
from vigente.ui.rulebook_problems import problem_text
from vigente.workspace.forms.rules_file import MOST

MOST_PROBLEMS = 30
PASTED = "toml"


class TrialForm(forms.Form):
    """Cleans to `rulebook`, `months` and `direction`. `base`: the rules in force; a file may say only a part of it."""

    source = forms.ChoiceField(label=_("Qué reglas"))
    text = forms.CharField(
        label=_("Reglas en TOML"),
        help_text=_("Solo si eligió pegarlas. Lo que no diga queda como está en vigor."),
        required=False,
        max_length=MOST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
    )
    direction = forms.ChoiceField(label=_("Sobre qué"), choices=Trial.Direction.choices, initial="back")
    months = forms.IntegerField(label=_("Cuántos meses"), min_value=1, max_value=MOST_MONTHS, initial=12)

    def __init__(self, *args: Any, base: Rulebook, kept: "list[tuple[str, str]]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = base
        self.fields["source"].choices = [*kept, (PASTED, _t("Pegar un archivo TOML"))]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "source" not in data or "text" not in data:
            return data
        if data["source"] != PASTED:
            data["rulebook"] = _kept(data["source"])
            return data
        if not data["text"].strip():
            self.add_error("text", _t("Pegue las reglas que quiere probar."))
            return data
        try:
            data["rulebook"] = parse(data["text"], base=self.base)
        except RulebookFileError as error:
            for problem in error.problems[:MOST_PROBLEMS]:
                self.add_error("text", problem_text(problem))
        return data


def _kept(source: str) -> Rulebook:
    kind, _sep, pk = source.partition(":")
    if kind == "draft":
        return RulebookDraft.objects.get(pk=pk).book
    return Rulebook.from_json(RulebookVersion.objects.get(pk=pk).data)
