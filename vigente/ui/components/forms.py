"""Components of a form: field, radio cards, error summary, drop zone. What was typed stays typed."""

from collections.abc import Iterable
from typing import Any

from django.forms import BaseForm, BoundField, CheckboxInput, FileInput
from django.template import Context
from django.utils.safestring import SafeString

from vigente.ui.components.base import register, render


@register.simple_tag
def field(bound: BoundField, label: str | None = None, help: str | None = None, **given: Any) -> SafeString:
    """A form field with label, help and error tied to it. Works with every Django widget.

    `width`: short or medium. `optional=False` hides the word "opcional". `hide_label=True` keeps it for those who hear.
    Anything else is an attribute of the widget (`placeholder=…`, `autocomplete=…`, `rows=8`, `autofocus=True`).
    """
    if bound.is_hidden:
        return bound.as_widget()
    widget = bound.field.widget
    optional = given.pop("optional", not bound.field.required and not isinstance(widget, CheckboxInput))
    values = {
        "bound": bound,
        "label": bound.label if label is None else label,
        "help": bound.help_text if help is None else help,
        "optional": optional,
        "width": given.pop("width", ""),
        "hide_label": given.pop("hide_label", False),
        "check": isinstance(widget, CheckboxInput),
        "group": widget.use_fieldset and not isinstance(widget, FileInput),
        "id": bound.id_for_label or bound.auto_id,
    }
    values["widget"] = bound.as_widget(attrs=_widget_attributes(bound, bool(values["help"]), given))
    return render("field", values)


def _widget_attributes(bound: BoundField, has_help: bool, given: dict[str, Any]) -> dict[str, Any]:
    attrs = {name.rstrip("_").replace("_", "-"): value for name, value in given.items()}
    described = [f"{bound.auto_id}_help"] if has_help else []
    if bound.errors:
        described.insert(0, f"{bound.auto_id}_error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return attrs


@register.simple_tag
def fields(form: BaseForm) -> SafeString:
    """All fields of a form, one under the other."""
    return render("fields", {"form": form})


@register.simple_tag
def radio_cards(
    bound: BoundField, cards: Iterable[dict[str, Any]] | None = None, legend: str = "", help: str = ""
) -> SafeString:
    """A choice whose options explain themselves. `cards`: dicts with value, label, text, optionally disabled;
    without them the field's own choices. Arrow keys move, as in any radio group."""
    chosen = str(bound.value() or "")
    if cards is None:
        cards = [
            {"value": value, "label": text}
            for value, text in getattr(bound.field, "choices", [])
            if value != ""
        ]
    options = [
        {**card, "checked": str(card["value"]) == chosen, "id": f"{bound.auto_id}_{n}"}
        for n, card in enumerate(cards)
    ]
    return render(
        "radio_cards", {"bound": bound, "options": options, "legend": legend or bound.label, "help": help}
    )


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString:
    """What is wrong with the form, on top, each line a link to its field. Nothing when nothing is wrong."""
    if not form.is_bound or form.is_valid():
        return SafeString("")
    broken = [bound for bound in form if bound.errors]
    return render("error_summary", {"form": form, "broken": broken})


@register.simple_tag
def dropzone(bound: BoundField, accept: str = "", hint: str = "") -> SafeString:
    """A file field that also takes dropped files and pasted images; a plain file field without a script."""
    attrs: dict[str, Any] = {"data-dropzone": True}
    if accept:
        attrs["accept"] = accept
    attrs.update(_widget_attributes(bound, True, {}))
    return render("dropzone", {"bound": bound, "widget": bound.as_widget(attrs=attrs), "hint": hint})


@register.simple_block_tag(takes_context=True)
def composer(context: Context, content: str, form: BaseForm, action: str, **given: Any) -> SafeString:
    """Where a reply is written. `form` has `body`, perhaps a file field and `kind` (reply or note).

    `note=True` offers the internal note; with `only_note` there is nothing else; `draft="case-4119"` keeps what is
    typed; `submit="Enviar"`; `placeholder=…`.
    `draft_at`: when the server's own draft, which `form` holds, was written; an older one of this browser is
    forgotten. `responses_url` offers saved replies. The block's content stands beside the button.
    """
    values = {
        "form": form,
        "action": action,
        "extra": SafeString(content.strip()),
        "note": False,
        "draft": "",
        **given,
    }
    values["attachments"] = next(
        (b for b in form.visible_fields() if isinstance(b.field.widget, FileInput)), None
    )
    values["chosen"] = form["kind"].value() if "kind" in form.fields else "reply"
    return render("composer", values, context)
