"""How a mail is cut into parts: the same as the standard parser where a mail is well formed, and never an error."""

import email
import email.policy

from hypothesis import example, given, settings
from hypothesis import strategies as st

from vigente.mail.mime import Part, split
from vigente.mail.tests.corpus import all_samples, multi

TYPES = st.sampled_from(
    ["text/plain", "text/html; charset=utf-8", "application/pdf", "image/png; name=a.png"]
)
WORDS = st.text(st.sampled_from("ab ñ€\n->=_"), max_size=40).map(str.encode)


@st.composite
def leaves(draw) -> bytes:
    cte = draw(st.sampled_from(["7bit", "8bit", "base64", "quoted-printable"]))
    body = draw(WORDS)
    if cte == "base64":
        body = email.base64mime.body_encode(body).encode()
    elif cte == "quoted-printable":
        body = email.quoprimime.body_encode(body.decode("latin-1")).encode()
    head = f"Content-Type: {draw(TYPES)}\r\nContent-Transfer-Encoding: {cte}\r\n\r\n".encode()
    return head + body.replace(b"\n", b"\r\n")


@st.composite
def trees(draw, depth: int = 3) -> bytes:
    if depth == 0 or draw(st.booleans()):
        return draw(leaves())
    parts = draw(st.lists(trees(depth - 1), min_size=1, max_size=3))
    return multi(
        draw(st.sampled_from(["mixed", "related", "alternative"])), *parts, boundary=f"limite-{depth}"
    )


def leaves_of_standard_parser(raw: bytes) -> list[tuple[str, bytes]]:
    root = email.message_from_bytes(raw, policy=email.policy.compat32)
    parts = [part for part in root.walk() if not part.is_multipart()]
    return [(part.get_content_type(), part.get_payload(decode=True) or b"") for part in parts]


def leaves_of(root: Part) -> list[tuple[str, bytes]]:
    return [(part.content_type, part.content()) for part in root.leaves()]


@given(trees())
@settings(max_examples=200, deadline=None)
def test_parts_are_those_of_the_standard_parser(tree: bytes) -> None:
    raw = b"From: a@x.test\r\nMIME-Version: 1.0\r\n" + tree
    defects: set[str] = set()
    assert leaves_of(split(raw, defects)) == leaves_of_standard_parser(raw)
    assert not defects


def test_parts_of_people_are_those_of_the_standard_parser() -> None:
    for sample in all_samples():
        if sample.name.startswith(("page", "filename")) or sample.name in DIFFERENT:
            continue
        ours = leaves_of(split(sample.raw, set()))
        assert ours == leaves_of_standard_parser(sample.raw), sample.name


# An attached mail stays one file here; the others are broken, and read differently on purpose.
DIFFERENT = {
    "attached mail", "delivery report", "delivery report with headers", "read receipt", "multipart without boundary",
    "boundary declared, never used", "old Mac line ends", "broken base64", "strange content type", "blank lines first",
    "report without parts", "no last boundary",
}  # fmt: skip


@given(st.binary(max_size=300))
@example(b"")
@example(b":\n\n")
@example(b"Content-Type: multipart/mixed; boundary=B\n\n--B")
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_cut_within_their_bounds(raw: bytes) -> None:
    root = split(raw, set())
    for part in root.leaves():
        assert 0 <= part.start <= part.body <= part.end <= len(root.raw)


PIECES = [
    b"From: a@x.test", b"Content-Type: multipart/mixed; boundary=B", b"--B", b"--B--", b"--B ", b"", b"\r", b"--",
    b"Content-Type: multipart/mixed; boundary=\"B\"; boundary=C", b" continued", b"\tx", b"--C", b"Subject: =?utf-8?b?",
    b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename*0*=x''%", b"\x00\xff", b">",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from([b"\n", b"\r\n", b"\r"]))
@settings(max_examples=300, deadline=None)
def test_any_order_of_pieces_is_read(pieces: list[bytes], line_end: bytes) -> None:
    from vigente.mail.parsing import Unreadable, parse

    try:
        mail = parse(line_end.join(pieces))
    except Unreadable as refusal:
        assert refusal.code in ("empty", "no_headers")  # noqa: PT017
    else:
        assert "\0" not in mail.subject + mail.text + mail.html
