"""Quote folding in HTML, by the marks with which mail programs label what they repeat."""

import re

import nh3

from vigente.tickets.html import (
    DROPPED_WITH_CONTENT,
    TAGS,
    clean_html,
    html_of_text,
    is_too_complex,
    strip_tags,
    text_of_clean,
    text_of_html,
)

# Elements that hold a quote, and elements after which everything is one.
_QUOTE = frozenset({"yahoo_quoted", "protonmail_quote", "moz-cite-prefix", "gmail_attr", "tutanota_quote"})
_REST = frozenset({"appendonsend", "divrplyfwdmsg", "olk_src_body_section", "zwchr", "zmail_extra",
                   "ms-outlook-mobile-reference-message", "mail-editor-reference-message-container"})  # fmt: skip
_TOP_LINE = re.compile(r"border:\s*none;\s*border-top:\s*solid\s*#?\w+\s*1\.0pt", re.IGNORECASE)
_VOID = frozenset({"br", "hr", "img"})
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s[a-z-]+="[^"]*")*)\s*/?>')
_MARK = re.compile(r'\s(?:class|id|style|type)="(q|rest)"')
_FORWARD_LINE = re.compile(r"^-{5,}\s*(?:forwarded message|mensaje reenviado)", re.IGNORECASE)


def fold_html(html: str, *, forwarded: bool, defects: set[str]) -> tuple[str, str]:
    """(written, quoted), both sanitised. All is written when nothing would be left, or when it is a forward."""
    if is_too_complex(html):
        defects.add("html_too_complex")
        return html_of_text(strip_tags(html)), ""
    if forwarded:
        return clean_html(html), ""
    written, quoted = _split(_marked(html))
    written = clean_html(written)
    if not quoted or not _says_something(written):
        return clean_html(html), ""
    bare, attribution = _without_attribution(_trim(written))
    if _says_something(bare):
        written, quoted = bare, attribution + quoted
    return _trim(written), _trim(clean_html(quoted))


def _says_something(html: str) -> bool:
    return bool(text_of_clean(html).strip()) or "<img" in html


def _marked(html: str) -> str:
    """Well-formed HTML in which what opens a quote is marked "q" (the element) or "rest" (all that follows)."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes={
            "*": {"class", "id", "style", "type"},
            "img": {"src", "alt", "width", "height"},
            "a": {"href"},
        },
        attribute_filter=_mark,
        url_schemes={"http", "https", "mailto", "cid"},
        link_rel=None,
    )


def _mark(tag: str, name: str, value: str) -> str | None:
    if name in ("class", "id"):
        names = {part.lower().removeprefix("x_") for part in value[:300].split()}
        if names & _REST:
            return "rest"
        if names & _QUOTE or (tag == "blockquote" and "gmail_quote" in names):
            return "q"
        return None
    if name == "style":
        return "rest" if tag == "div" and _TOP_LINE.search(value[:300]) else None
    if name == "type":
        return "q" if tag == "blockquote" and value == "cite" else None
    return value


class _Splitter:
    """Sends each token to what was written or to one of the quotes."""

    def __init__(self) -> None:
        self.pieces: list[tuple[bool, list[str]]] = [(False, [])]
        self.depth = 0
        self.quote_ends: int | None = None
        self.rest = False

    def put(self, token: str, *, quoted: bool) -> None:
        if self.pieces[-1][0] != quoted:
            self.pieces.append((quoted, []))
        self.pieces[-1][1].append(token)

    def open(self, tag: str, marks: str, token: str) -> None:
        if self.quote_ends is None and not self.rest:
            mark = _MARK.search(marks)
            self.rest = mark is not None and mark[1] == "rest"
            if mark and mark[1] == "q" and tag not in _VOID:
                self.quote_ends = self.depth
        self.put(token, quoted=self.rest or self.quote_ends is not None)
        self.depth += tag not in _VOID

    def close(self, token: str) -> None:
        self.depth -= 1
        self.put(token, quoted=self.rest or self.quote_ends is not None)
        if self.quote_ends is not None and self.depth <= self.quote_ends:
            self.quote_ends = None


def _split(html: str) -> tuple[str, str]:
    splitter = _Splitter()
    position = 0
    for match in _TOKEN.finditer(html):
        if match.start() > position:
            splitter.put(
                html[position : match.start()], quoted=splitter.rest or splitter.quote_ends is not None
            )
        position = match.end()
        if match[1]:
            splitter.close(match[0])
        else:
            splitter.open(match[2], match[3], match[0])
    splitter.put(html[position:], quoted=splitter.rest)
    return _join([(quoted, "".join(tokens)) for quoted, tokens in splitter.pieces])


def _join(pieces: list[tuple[bool, str]]) -> tuple[str, str]:
    """Several quotes with text between them are an answer point by point: only the one at the end is folded."""
    spoken = [at for at, (quoted, html) in enumerate(pieces) if not quoted and _has_words(html)]
    quotes = [at for at, (quoted, html) in enumerate(pieces) if quoted and _has_words(html)]
    between = [at for at in spoken if quotes and quotes[0] < at < quotes[-1]]
    kept = set(quotes if not between else [at for at in quotes if at > (spoken[-1] if spoken else -1)])
    forward = [at for at in kept if _FORWARD_LINE.match(text_of_html(pieces[at][1][:2000]).strip())]
    kept -= set(forward)
    written = "".join(html for at, (quoted, html) in enumerate(pieces) if not (quoted and at in kept))
    return written, "".join(pieces[at][1] for at in sorted(kept))


def _has_words(html: str) -> bool:
    return bool(re.sub(r"<[^>]*>|&nbsp;|\s", "", html))


_EMPTY_BOX = re.compile(r"<(?:div|p|span)>(?:\s|&nbsp;|<br>)*\Z")
_ATTRIBUTION = re.compile(
    r"(?:\A|<(?:br|div|p|span)>|>)\s*((?:El|On|Em|Le|Il)\b[^<>]{5,300}(?:<a [^<>]*>[^<>]*</a>[^<>]{0,20})?"
    r"(?:escribió|wrote|escreveu|a écrit|ha scritto)\s?:)(?:\s|<br>|</(?:div|p|span)>)*\Z"
)


def _trim(html: str) -> str:
    """Without the empty lines that stood between answer and quote. Works from the end, one piece at a time."""
    while True:
        before = html
        html = html.rstrip()
        for end in ("<br>", "<hr>", "&nbsp;"):
            html = html.removesuffix(end)
        for close in ("</div>", "</p>", "</span>"):
            if html.endswith(close) and (box := _EMPTY_BOX.search(html[-300 - len(close) : -len(close)])):
                html = html[: -len(close) - len(box[0])]
        if html == before:
            return html


def _without_attribution(html: str) -> tuple[str, str]:
    """(HTML without a last line "El … escribió:", that line)."""
    tail = html[-800:]
    found = _ATTRIBUTION.search(tail)
    if not found:
        return html, ""
    start = len(html) - len(tail) + found.start(1)
    return clean_html(html[:start]), f"<p>{found[1]}</p>"
