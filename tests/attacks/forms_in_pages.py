"""The forms of a page, as a browser would send them: where to, with which fields, and what stands in each."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TYPED = {"text", "textarea", "email", "search", "password", "date", "datetime-local", "number", "tel", "url"}


@dataclass
class Form:
    """`values`: what would be sent. `typed`: the fields a person writes in, with their kind."""

    action: str
    method: str
    values: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.forms, self.form = url, [], None
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(found.get("action") or self.url, found.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is not None and found.get("name"):
            getattr(self, f"_{tag}", lambda found: None)(found)
        elif tag == "option" and self.form is not None and self.select:
            chosen = "selected" in found or not self.form.values.get(self.select)
            self.form.values[self.select] = (
                found.get("value", "") if chosen else self.form.values[self.select]
            )

    def _input(self, found: dict[str, str]) -> None:
        kind, name = found.get("type", "text"), found["name"]
        if kind == "file":
            self.form.files.append(name)
        elif kind in ("radio", "checkbox"):
            if "checked" in found or (kind == "radio" and name not in self.form.values):
                self.form.values[name] = found.get("value", "on")
        elif kind not in ("submit", "button") and name != "csrfmiddlewaretoken":
            self.form.values[name] = found.get("value", "")
            if kind in TYPED:
                self.form.typed[name] = kind

    def _select(self, found: dict[str, str]) -> None:
        self.select = found["name"]
        self.form.values.setdefault(self.select, "")

    def _textarea(self, found: dict[str, str]) -> None:
        self.area = found["name"]
        self.form.values[self.area] = ""
        self.form.typed[self.area] = "textarea"

    def handle_data(self, data: str) -> None:
        if self.area:
            self.form.values[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        self.select = "" if tag == "select" else self.select
        self.area = "" if tag == "textarea" else self.area


def forms_in(html: str, url: str) -> list[Form]:
    """Every form of a page at `url`."""
    reader = _Reader(url)
    reader.feed(html)
    return reader.forms
