"""The two files of the catalogue: django.po, which people edit, and django.mo, which Django loads."""

import re

import polib

from tests.support.translations.collect import PACKAGE, Key, Text

PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
_HEADER = {
    "Project-Id-Version": "Vigente",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
_NOTE = "English for Vigente. The texts in the code are Spanish. `bin/translations` keeps this file in step with them."


def read() -> polib.POFile:
    """The catalogue as it is; an empty one if there is none yet."""
    return polib.pofile(str(PO), wrapwidth=110) if PO.is_file() else polib.POFile()


def merged(old: polib.POFile, texts: dict[Key, Text]) -> polib.POFile:
    """The texts of the code, with the translations that are already there. What the code lost is left out.

    Sorted by the first file a text is in, then by the text: an edit moves nothing else. Without dates and lines.
    """
    new = polib.POFile(wrapwidth=110)
    new.header, new.metadata = _NOTE, dict(_HEADER)
    known = {(entry.msgctxt, entry.msgid): entry for entry in old if not entry.obsolete}
    for text in sorted(texts.values(), key=lambda one: (min(one.files), one.text, one.context or "")):
        new.append(_entry(text, known.get((text.context, text.text))))
    return new


def _entry(text: Text, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=text.text,
        msgctxt=text.context,
        occurrences=[(name, "") for name in sorted(text.files)],
        tcomment=old.tcomment if old else "",
    )
    if re.search(r"%\(\w+\)", text.text + text.plural):
        entry.flags = ["python-format"]
    if text.plural:
        entry.msgid_plural = text.plural
        forms = old.msgstr_plural if old else {}
        entry.msgstr_plural = {form: forms.get(form, "") for form in (0, 1)}
    else:
        entry.msgstr = old.msgstr if old else ""
    return entry


def write(catalogue: polib.POFile) -> None:
    """Write both files; only bytes that differ are written."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    for path, content in ((PO, str(catalogue).encode()), (MO, compiled(catalogue))):
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


def compiled(catalogue: polib.POFile) -> bytes:
    """The bytes of django.mo: the same for the same catalogue, on every machine."""
    return catalogue.to_binary()
