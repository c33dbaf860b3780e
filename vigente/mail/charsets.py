"""Bytes to text, whatever the charset says. Never raises; the result holds no NUL, no control, no lone surrogate."""

import codecs
import re

# Labels that people write and Python does not know, and labels that lie (Latin-1 is Windows-1252 in practice).
_ALIASES = {
    "": "utf-8", "ascii": "utf-8", "us-ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "default": "utf-8",
    "unknown": "utf-8", "x-unknown": "utf-8", "unknown-8bit": "utf-8", "8bit": "utf-8", "utf-8-bom": "utf-8-sig",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "ansi": "cp1252", "cp-850": "cp850",
    "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "x-gbk": "gb18030", "gb2312": "gb18030",
    "ks_c_5601-1987": "cp949", "x-sjis": "cp932", "iso-8859-8-i": "iso8859-8", "unicode-1-1-utf-7": "utf-7",
}  # fmt: skip

# Only these: `bytes.decode` also knows codecs that are no charsets, and some that take quadratic time.
_KNOWN = re.compile(
    r"utf-(8|8-sig|7|16|16-le|16-be|32|32-le|32-be)|iso8859-\d+|cp\d+|koi8-[rut]|mac-[a-z]+|big5(hkscs)?|gb\w+|hz|"
    r"shift_jis\w*|euc_\w+|iso2022_\w+|johab|tis-620|kz1048|ptcp154|hp-roman8"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
# Overrides and isolates turn text around so that it reads as something else; zero-width marks hide in names.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]")


def charset_of(label: str) -> str | None:
    """The codec that a charset label means, or None when nobody knows it."""
    name = label.strip().strip("'\"").lower()[:40]
    try:
        name = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):
        return None
    return name if _KNOWN.fullmatch(name) else None


def decode(data: bytes, label: str = "") -> str:
    """Text of `data`: by its label if that works, else UTF-8, else Windows-1252, which never fails."""
    for codec in dict.fromkeys((charset_of(label), "utf-8")):
        if codec is None:
            continue
        try:
            return clean(data.decode(codec))
        except (UnicodeError, ValueError):
            continue
    return clean(data.decode("cp1252", "replace"))


def clean(text: str) -> str:
    """Text that every database and page can hold: one kind of line end, no control character."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\x85", "\n")


def clean_line(text: str, limit: int) -> str:
    """One line of text for a subject or a name: white space folded, nothing that turns the reading direction around."""
    return " ".join(_BIDI.sub("", clean(text[: limit * 4])).split())[:limit].strip()
