"""What can be wrong with the catalogue, each as one line that names the text and where it is."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import polib

from tests.support.translations import catalogue
from tests.support.translations.collect import Key, Text

# Customers are *usted*. Words that can only speak to a *tú* or a *vos*.
FAMILIAR = re.compile(
    r"\b(tú|tu|tus|ti|te|contigo|tuy[oa]s?|vos|eres|sos|puedes|podés|tienes|tenés|quieres|querés|debes|debés|"
    r"necesitas|has|podrás|tendrás|deberás|haz|prueba de nuevo|inténtalo|olvidaste|recibiste|enviaste)\b",
    re.IGNORECASE,
)
# What a program puts in: %(name)s, {name}, %s, and a doubled percent sign.
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|\{\w*\}|</?[a-z][^>]*>")
# Packages with Spanish catalogues of their own, from English texts.
_NEIGHBOURS = (
    "django.conf",
    "django.contrib.auth",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "allauth",
)


def of_catalogue(entries: polib.POFile, texts: dict[Key, Text]) -> list[str]:
    """Texts without a translation, translations without a text, and translations that would break or mislead."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in entries if not entry.obsolete}
    problems = [
        f"{_where(text)}: no translation: {text.text!r}"
        for key, text in texts.items()
        if key not in known or not _is_whole(known[key], text)
    ]
    problems += [
        f"django.po: no longer in the code: {entry.msgid!r}"
        for entry in entries
        if entry.obsolete or (entry.msgctxt, entry.msgid) not in texts
    ]
    for key, entry in known.items():
        if key in texts and _is_whole(entry, texts[key]):
            problems += [f"{_where(texts[key])}: {problem}: {entry.msgid!r}" for problem in _faults(entry)]
    for key, text in texts.items():
        if found := FAMILIAR.search(f"{text.text} {text.plural}"):
            problems.append(f"{_where(text)}: speaks to a tú ({found[0]}): {text.text!r}")
        if (theirs := _taken().get(key)) and theirs != text.text:
            problems.append(f"{_where(text)}: an installed package shows {theirs!r} for {text.text!r}")
    return problems


def of_compiled() -> list[str]:
    """Whether django.mo, which Django loads, says what django.po says."""
    if catalogue.MO.is_file() and catalogue.MO.read_bytes() == catalogue.compiled(catalogue.read()):
        return []
    return ["django.mo: not compiled from this django.po; run bin/translations"]


def placeholders(text: str) -> list[str]:
    """What a program fills in, sorted, each as often as it is there."""
    return sorted(_PLACEHOLDER.findall(text))


def _where(text: Text) -> str:
    return min(text.files)


def _is_whole(entry: polib.POEntry, text: Text) -> bool:
    if entry.msgid_plural != text.plural:
        return False
    forms = list(entry.msgstr_plural.values()) if text.plural else [entry.msgstr]
    return len(forms) == (2 if text.plural else 1) and all(form.strip() for form in forms)


def _faults(entry: polib.POEntry) -> Iterator[str]:
    if entry.fuzzy:
        yield "only a guess (fuzzy)"
    if not entry.msgid_plural:
        pairs = [((entry.msgid,), entry.msgstr)]
    else:
        both = (entry.msgid, entry.msgid_plural)
        pairs = [(both, entry.msgstr_plural[0]), (both[1:], entry.msgstr_plural[1])]
    for originals, translation in pairs:
        if placeholders(translation) not in [placeholders(text) for text in originals]:
            yield f"other placeholders in {translation!r}"
        if _edges(translation) not in [_edges(text) for text in originals]:
            yield f"other spaces or lines at the ends of {translation!r}"


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@cache
def _taken() -> dict[Key, str]:
    """Texts that Django and allauth translate into Spanish themselves: ours would turn into theirs."""
    taken: dict[Key, str] = {}
    for package in _NEIGHBOURS:
        spec = find_spec(package)
        assert spec
        assert spec.origin
        path = Path(spec.origin).parent / "locale" / "es" / "LC_MESSAGES" / "django.mo"
        if path.is_file():
            for entry in polib.mofile(str(path)):
                taken[entry.msgctxt, entry.msgid] = entry.msgstr or entry.msgstr_plural.get(0, "")
    return taken
