"""HTML that people wrote, made safe; and the way between HTML and text. No Django: the mail parser's child uses it.

Sanitise when storing *and* when showing (`clean_html(stored, inline=…)`): what is stored keeps `cid:` images, what is
shown has them at their attachment's address. The pages' policy (CSP) holds without any of this.
"""

import html as entities
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import nh3

MAX_TAGS = 60_000
MAX_DEPTH = 256


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS = _names(
    "a abbr b blockquote br caption code dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li"
    " mark ol p pre q s samp small span strong sub sup table tbody td tfoot th thead tr u ul var"
)
DROPPED_WITH_CONTENT = _names(
    "script style svg math template title noscript iframe frameset object embed applet textarea select audio video"
    " canvas noembed noframes xmp"
)
_NUMBERS = {"colspan": 30, "rowspan": 200, "width": 2000, "height": 4000, "start": 9999}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto", "cid"}
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f\x7f]{1,2000}", re.IGNORECASE)
_IMAGE = re.compile(r'<img((?:\s[a-z-]+="[^"]*")*)\s*/?>')
_CID = re.compile(r"cid:([^\s\"'<>]{1,300})", re.IGNORECASE)


def clean_html(html: str, *, inline: Mapping[str, str] | None = None) -> str:
    """Safe HTML: no script, style, form, frame, drawing, id, name or class; links open nothing but web and mail.

    Pictures are only those of the message itself (`cid:`). With `inline` (content id → address) each gets its address,
    one without is dropped; without it `cid:` is kept for later. Never raises; a page too deep becomes plain text.
    """
    if is_too_complex(html):
        return html_of_text(strip_tags(html))
    cleaned = nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_filter(inline),
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
    )
    return _IMAGE.sub(lambda image: image[0] if ' src="' in image[1] else "", cleaned)


def _filter(inline: Mapping[str, str] | None) -> Callable[[str, str, str], str | None]:
    addresses = {key.lower(): value for key, value in (inline or {}).items()}

    def keep(tag: str, name: str, value: str) -> str | None:
        if name in _NUMBERS:
            digits = value.strip().removesuffix("px")
            return digits if re.fullmatch(r"[0-9]{1,4}", digits) and int(digits) <= _NUMBERS[name] else None
        if name == "href":
            return value.strip() if _LINK.fullmatch(value.strip()) else None
        if name == "src":
            found = _CID.fullmatch(value.strip())
            if inline is None or found is None:
                return found[0] if found else None
            name = entities.unescape(found[1]).lower()
            return addresses.get(name) or addresses.get(unquote(name))
        return value[:500]

    return keep


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_CLOSED_BY_ITSELF = _names(
    "area base br col embed hr img input link meta param source track wbr p li td th tr dd dt option thead tbody tfoot"
    " colgroup html head body"
)


def is_too_complex(html: str) -> bool:
    """More tags and entities, or more open at a time, than any letter has: the tree would cost quadratic time."""
    if html.count("<") + html.count("&") > MAX_TAGS:
        return True
    opened: dict[str, int] = {}
    depth = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _CLOSED_BY_ITSELF:
            continue
        if not match[1]:
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif opened.get(name):
            opened[name] -= 1
            depth -= 1
    return False


def strip_tags(html: str) -> str:
    """The text between tags, crudely: for what is too complex to be parsed."""
    text = _without(_without(html, "script"), "style")
    text = re.sub(r"<(?:br|/p|/div|/tr|/li)\b[^<>]*>", "\n", text, flags=re.IGNORECASE)
    return _tidy(entities.unescape(re.sub(r"<[^<>]*>", "", text)))


def _without(html: str, name: str) -> str:
    """`html` without the elements of one name; each byte is looked at once, whether they are closed or not."""
    lower, kept, position = html.lower(), [], 0
    while (start := lower.find(f"<{name}", position)) >= 0:
        kept.append(html[position:start])
        end = lower.find(f"</{name}", start)
        position = end if end >= 0 else len(html)
    return "".join([*kept, html[position:]]) if len(lower) == len(html) else html


_URL = re.compile(r"https?://[^\s<>\"'\x00-\x1f]{1,1900}[^\s<>\"'\x00-\x1f.,;:!?)\]}]", re.IGNORECASE)


def html_of_text(text: str) -> str:
    """Paragraphs, line breaks and links of a plain text, escaped. The result is clean in the sense of `clean_html`."""
    paragraphs = [part for part in re.split(r"\n[ \t]*\n", text.strip("\n")) if part.strip()]
    return "".join(
        f"<p>{'<br>'.join(_linked(line) for line in part.split(chr(10)))}</p>" for part in paragraphs
    )


def _linked(line: str) -> str:
    out, position = [], 0
    for match in _URL.finditer(line):
        address = entities.escape(match[0])
        out.append(_spaced(line[position : match.start()]))
        out.append(f'<a href="{address}" rel="noopener nofollow">{address}</a>')
        position = match.end()
    return "".join([*out, _spaced(line[position:])])


def _spaced(text: str) -> str:
    """Escaped; runs of spaces are kept, so that a pasted table or listing still reads."""
    return re.sub(r"  +|\t", lambda run: "&nbsp;" * len(run[0].expandtabs(4)), entities.escape(text))


# What nh3 writes: no comments, no unquoted values, no bare "<" in text.
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s[a-z-]+="[^"]*")*)\s*/?>|([^<]+)|<')
_NEW_LINE = _names("address blockquote dd div dl dt figcaption figure hr li ol pre table tr ul")
_NEW_PARAGRAPH = _names("p h1 h2 h3 h4 h5 h6")


def text_of_html(html: str) -> str:
    """What a reader sees, as text: lines, bullets, cells parted by tabs, links behind their words, quotes with "> "."""
    return strip_tags(html) if is_too_complex(html) else text_of_clean(clean_html(html))


def text_of_clean(html: str) -> str:
    """`text_of_html` of what `clean_html` wrote, without cleaning it again."""
    lines = _Lines()
    for match in _TOKEN.finditer(html):
        if match[2] is None:
            lines.text(entities.unescape(match[4] or "<"))
        else:
            lines.tag(match[2], match[3], closing=bool(match[1]))
    return _tidy(lines.done())


class _Lines:
    """Text being laid out while tags go by."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.line: list[str] = []
        self.quotes = self.pre = 0
        self.lists: list[int | None] = []
        self.link = ""
        self.link_text: list[str] = []

    def text(self, text: str) -> None:
        if not self.pre:
            text = re.sub(r"[ \t\r\n\f]+", " ", text)
            if not self.line or self.line[-1].endswith((" ", "\t")):
                text = text.lstrip(" ")
        for at, piece in enumerate(text.split("\n")):
            if at:
                self.end(always=True)
            if piece:
                self.line.append(piece)
                self.link_text.append(piece)

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        if name == "br":
            self.end(always=True)
        elif name in ("td", "th"):
            self.line.append("\t") if self.line and not closing else None
        elif name == "img" and (alt := re.search(r'\salt="([^"]+)"', attributes)):
            self.line.append(f"[{entities.unescape(alt[1])}]")
        elif name == "a":
            self.anchor(attributes, closing=closing)
        elif name in _NEW_PARAGRAPH or name in _NEW_LINE:
            self.end()
            self.block(name, attributes, closing=closing)

    def block(self, name: str, attributes: str, *, closing: bool) -> None:
        step = -1 if closing else 1
        if name in _NEW_PARAGRAPH:
            self.out.append(self.prefix().rstrip())
        elif name == "blockquote":
            self.quotes = max(0, self.quotes + step)
        elif name == "pre":
            self.pre = max(0, self.pre + step)
        elif name == "hr":
            self.out.append(f"{self.prefix()}---")
        elif name in ("ul", "ol"):
            if not closing:
                start = re.search(r'start="(\d+)"', attributes)
                self.lists.append(int(start[1]) if start else 1 if name == "ol" else None)
            elif self.lists:
                self.lists.pop()
        elif name == "li" and not closing:
            number = self.lists[-1] if self.lists else None
            self.line.append(
                "  " * (min(len(self.lists), 8) - 1) + ("- " if number is None else f"{number}. ")
            )
            if number is not None:
                self.lists[-1] = number + 1

    def anchor(self, attributes: str, *, closing: bool) -> None:
        if not closing:
            href = re.search(r'\shref="([^"]*)"', attributes)
            self.link, self.link_text = entities.unescape(href[1]) if href else "", []
        elif self.link:
            words, address = "".join(self.link_text).strip(), self.link.removeprefix("mailto:")
            if address not in (words, f"{words}/") and words:
                self.line.append(f" <{address}>")
            self.link = ""

    def prefix(self) -> str:
        return "> " * min(self.quotes, 8)

    def end(self, *, always: bool = False) -> None:
        line = "".join(self.line)
        if line.strip() or always:
            self.out.append((self.prefix() + line).rstrip())
        self.line = []

    def done(self) -> str:
        self.end()
        return "\n".join(self.out)


def _tidy(text: str) -> str:
    text = text.replace("\xa0", " ").replace("\xad", "")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
