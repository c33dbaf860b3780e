"""What is broken, by accident or on purpose. All of it must still come out as a mail."""

# ruff: noqa: E501 - markup as it is written

from collections.abc import Iterator

from vigente.mail.tests.corpus import PDF, Sample, attached, headers, leaf, mail, multi, simple


def samples() -> Iterator[Sample]:
    yield from _accidents()
    yield from _senders()
    yield from _filenames()
    yield from _pages()


def _accidents() -> Iterator[Sample]:
    text = leaf("Hola", "text/plain")
    yield Sample(
        "no last boundary", mail(multi("mixed", text)).replace(b"--=_limite_1--", b""), has=("Hola",)
    )
    yield Sample("boundary declared, never used", mail(b'Content-Type: multipart/mixed; boundary="z"\r\n\r\nHola'),
                 files=("adjunto-1.bin",))  # fmt: skip
    yield Sample(
        "multipart without boundary", simple("Hola", kind="multipart/mixed"), files=("adjunto-1.bin",)
    )
    yield Sample("one boundary begins another", mail(multi("mixed", text, multi("mixed", text, boundary="b2"),
                 boundary="b")), has=("Hola",))  # fmt: skip
    yield Sample("body straight after the headers", headers().replace(b"MIME-Version: 1.0\r\n", b"Hola a todos\r\n\r\nx"),
                 has=("Hola a todos",))  # fmt: skip
    yield Sample("mailbox line first", b"From rosa@x Tue Mar 10 2026\n" + simple("Hola"), has=("Hola",))
    yield Sample("blank lines first", b"\r\n\r\n" + simple("Hola"), has=("Hola",))
    yield Sample("old Mac line ends", simple("Hola").replace(b"\r\n", b"\r"), has=("Hola",))
    yield Sample("nul bytes", simple(b"Ho\0la", Subject="Err\0or"), subject="Error", has=("Hola",))
    yield Sample("broken base64", simple("SG9sYQ=", cte="base64"), has=("Hola",))
    yield Sample("unknown transfer encoding", simple("Hola", cte="x-inventado"), has=("Hola",))
    yield Sample("no body", headers(), has=())
    yield Sample("charset that is a codec", simple("Hola", kind="text/plain; charset=zip"), has=("Hola",))
    yield Sample("strange content type", simple("Hola", kind="texto"), has=("Hola",))
    yield Sample(
        "nonsense date",
        simple("Hola", Date="Tue, 99 Foo 99999 99:99:99"),
        has=("Hola",),
        facts={"date": None},
    )
    yield Sample("huge subject", simple("Hola", Subject="a" * 100_000), subject="a" * 255, has=("Hola",))
    yield Sample("encoded words without end", simple("Hola", Subject="=?utf-8?b?w7E=?= " * 5000), subject="ñ" * 255,
                 has=("Hola",))  # fmt: skip


def _senders() -> Iterator[Sample]:
    yield Sample(
        "no sender", simple("Hola", From=None), sender="", has=("Hola",), facts={"defects": {"no_sender"}}
    )
    yield Sample("two senders", simple("Hola", From="rosa@ferreteria.test, mala@x.test"), has=("Hola",),
                 facts={"defects": {"several_senders"}})  # fmt: skip
    yield Sample("two from headers", b"From: mala@x.test\r\n" + simple("Hola"), sender="mala@x.test", has=("Hola",),
                 facts={"defects": {"several_senders"}})  # fmt: skip
    yield Sample("address as a name", simple("Hola", From='"rosa@ferreteria.test" <mala@x.test>'), sender="mala@x.test",
                 has=("Hola",), facts={"name": "rosa@ferreteria.test"})  # fmt: skip
    yield Sample("encoded bracket in the name", simple(
        "Hola", From="=?utf-8?q?=3Crosa=40ferreteria=2Etest=3E=2C?= <mala@x.test>"), sender="mala@x.test",
        has=("Hola",))  # fmt: skip
    yield Sample(
        "nested comments", simple("Hola", From="(" * 500 + ")" * 500 + "rosa@ferreteria.test"), has=("Hola",)
    )
    yield Sample("capital letters", simple("Hola", From="ROSA@Ferreteria.TEST"), has=("Hola",))
    yield Sample(
        "kelvin sign", simple("Hola", From="\u212aaren@x.test"), sender="\u212aaren@x.test", has=("Hola",)
    )
    yield Sample("cyrillic letter", simple("Hola", From="ros\u0430@ferreteria.test"), sender="ros\u0430@ferreteria.test",
                 has=("Hola",))  # fmt: skip
    yield Sample("international domain", simple("Hola", From="rosa@compañía.test"), sender="rosa@xn--compaa-7va5a.test",
                 has=("Hola",))  # fmt: skip
    yield Sample("name turned around", simple("Hola", From="\u202eatseuper <rosa@ferreteria.test>"), has=("Hola",),
                 facts={"name": "atseuper"})  # fmt: skip


def _filenames() -> Iterator[Sample]:
    text = leaf("Va", "text/plain")
    for name, wrote, kept in (
        ("path upwards", "../../etc/passwd", "passwd"),
        ("windows path", "C:\\\\Windows\\\\evil.exe", "evil.exe"),
        ("reserved name", "con.txt", "_con.txt"),
        ("turned around", "factura\u202efdp.exe", "facturafdp.exe"),
        ("hidden file", ".htaccess", "htaccess"),
        ("nothing but dots", "...", "adjunto-1.pdf"),
        ("very long", "a" * 500 + ".pdf", "a" * 116 + ".pdf"),
        ("line break", "a\r\n b.pdf", "a b.pdf"),
    ):
        yield Sample(
            f"filename: {name}", mail(multi("mixed", text, attached(wrote, PDF))), has=("Va",), files=(kept,)
        )


def _pages() -> Iterator[Sample]:
    for name, html in (
        ("script", "<p>Hola</p><script>alert(1)</script>"),
        ("handler", '<p onclick="alert(1)">Hola</p><img src=x onerror=alert(1)>'),
        ("drawing", "<svg><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg><p>Hola</p>"),
        ("address", '<a href="jav&#x09;ascript:alert(1)">Hola</a>'),
        ("clobbering", '<form name="cookie"><input name="body"><p id="main">Hola</p></form>'),
        ("overlay", '<div style="position:fixed;inset:0;background:red">Hola</div>'),
        ("tracking", '<p>Hola</p><img src="https://x.test/pixel.gif">'),
        ("mutation", '<p>Hola</p><math><mtext><table><mglyph><style><img src=x onerror=alert(1)>'),
        ("frame", '<iframe srcdoc="<script>alert(1)</script>"></iframe><p>Hola</p>'),
        ("base", '<base href="https://x.test/"><p>Hola</p>'),
    ):  # fmt: skip
        yield Sample(f"page: {name}", simple(html, kind="text/html; charset=utf-8"), has=("Hola",), html=True)
    yield Sample("page: too deep", simple("<div>" * 5000 + "Hola", kind="text/html"), has=("Hola",), html=True,
                 facts={"defects": {"html_too_complex"}})  # fmt: skip
