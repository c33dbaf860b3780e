"""What the sender wrote, apart from what their mail program repeated below it. Linear time.

Nothing is thrown away: the quoted part is kept beside, to be shown folded. Answers written between quoted passages
stay where they are, with the passages around them; only the quote at the end is folded. A forwarded mail is content.
"""

import re
from dataclasses import dataclass

from vigente.mail.limits import MAX_QUOTE_LINES, MAX_TEXT
from vigente.mail.quotehtml import fold_html
from vigente.tickets.html import clean_html, text_of_clean


@dataclass(frozen=True, slots=True)
class Folded:
    text: str
    quoted_text: str
    html: str = ""
    quoted_html: str = ""


def fold(text: str | None, html: str, *, forwarded: bool, defects: set[str]) -> Folded:
    """Both forms of a body, each cut into written and quoted, HTML sanitised. `text` None: take it from the HTML."""
    written, quoted = fold_html(html, forwarded=forwarded, defects=defects) if html else ("", "")
    if text is None:
        return Folded(
            _capped(text_of_clean(written), defects), _capped(text_of_clean(quoted), defects), written, quoted
        )
    written_text, quoted_text = fold_text(text, forwarded=forwarded)
    if html and not written.strip() and written_text:
        written = clean_html(html)
        quoted = ""
    return Folded(written_text, quoted_text, written, quoted)


def _capped(text: str, defects: set[str]) -> str:
    if len(text) > MAX_TEXT:
        defects.add("text_cut")
    return text[:MAX_TEXT]


_DATED = r"[^\n]{0,40}\d[^\n]{0,120}"
_ATTRIBUTION = re.compile(
    rf"\s*(?:El|On|Em|Le|Am|Il|A|Op)\b{_DATED}"
    r"(?:escribi[oó]|wrote|escreveu|a écrit|schrieb|ha scritto|va escriure|schreef)\b[^\n]{0,80}:\s*",
    re.IGNORECASE,
)
_NAME_WROTE = re.compile(
    r"[^\n>]{1,160}(?:<[^<>\s]{3,120}>|\")\s{0,3}(?:escribi[oó]|wrote|escreveu)\s?:\s*", re.IGNORECASE
)
_DIVIDER = re.compile(
    r"\s*[-_*=]{2,20}\s?(?:mensaje original|original message|mensagem original|message d'origine|"
    r"ursprüngliche nachricht|mensaje reenviado|forwarded message)\s?[-_*=]{2,20}\s*",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"reenviado|forwarded", re.IGNORECASE)
_FROM_LINE = re.compile(r"\s*\*?(?:De|From|Von|Da)\s?\*?\s?:\s?\*?\s*\S[^\n]{0,300}", re.IGNORECASE)
_NEXT_LINE = re.compile(
    r"\s*\*?(?:Enviado(?: el)?|Sent|Fecha|Date|Para|To|CC|Asunto|Subject|Enviada|Data|Gesendet|An|Responder a|Reply-To)"
    r"\s?\*?\s?:\*?[^\n]{0,2000}",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*_{10,}\s*")


def fold_text(text: str, *, forwarded: bool = False) -> tuple[str, str]:
    """(written, quoted). All is written when nothing would be left, or when it is a forward."""
    lines = text.split("\n")
    if forwarded or len(lines) > MAX_QUOTE_LINES:
        return text, ""
    written, quoted = _cut(lines)
    if not any(line.strip() for line in written):
        return text, ""
    return "\n".join(written).strip("\n").rstrip(), "\n".join(quoted).strip("\n")


def _cut(lines: list[str]) -> tuple[list[str], list[str]]:
    for at, line in enumerate(lines):
        if _opens_rest(lines, at, line):
            before, quoted = _cut_quotes(lines[:at])
            return before, [*quoted, *lines[at:]]
    return _cut_quotes(lines)


def _opens_rest(lines: list[str], at: int, line: str) -> bool:
    """Whether everything from this line on is a repeated mail: a divider, or a block of its header lines."""
    if len(line) > 400:
        return False
    if _DIVIDER.fullmatch(line):
        return not _FORWARDED.search(line)
    if _RULE.fullmatch(line):
        return any(_is_header_block(lines, at + step) for step in (1, 2))
    return _is_header_block(lines, at)


def _is_header_block(lines: list[str], at: int) -> bool:
    if at >= len(lines) or not _FROM_LINE.fullmatch(lines[at][:400]):
        return False
    following = [line for line in lines[at + 1 : at + 8] if line.strip()][:4]
    return sum(1 for line in following if _NEXT_LINE.fullmatch(line[:2100])) >= 2


def _cut_quotes(lines: list[str]) -> tuple[list[str], list[str]]:
    """Fold the only run of ">" lines, or of several the one that ends the text, and who wrote it."""
    runs = _runs(lines)
    if not runs:
        return lines, []
    start, end = runs[-1]
    if len(runs) > 1 and any(line.strip() for line in lines[end:]):
        return lines, []
    start = _with_attribution(lines, start)
    return [*lines[:start], *lines[end:]], lines[start:end]


def _runs(lines: list[str]) -> list[tuple[int, int]]:
    """Runs of quoted lines; blank lines between quoted lines belong to the run."""
    runs: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if not line.lstrip(" ").startswith(">"):
            continue
        if runs and (runs[-1][1] == at or not any(lines[k].strip() for k in range(runs[-1][1], at))):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _with_attribution(lines: list[str], start: int) -> int:
    """The start of "El … escribió:" above a quote, which may be wrapped over up to three lines."""
    at = start
    while at > 0 and start - at < 3 and not lines[at - 1].strip():
        at -= 1
    for height in (1, 2, 3):
        if at - height < 0 or not lines[at - height].strip():
            break
        joined = " ".join(line.strip() for line in lines[at - height : at])
        if len(joined) <= 400 and (_ATTRIBUTION.fullmatch(joined) or _NAME_WROTE.fullmatch(joined)):
            return at - height
    return start
