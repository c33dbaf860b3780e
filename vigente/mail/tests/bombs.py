"""Mails made to cost time or memory; each is built when asked for, because most are large."""

import os
from collections.abc import Callable

HEAD = b"From: Ana <ana@x.test>\nTo: soporte@y.test\nMessage-ID: <a@b>\nMIME-Version: 1.0\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=B\n\n"
PAGE = HEAD + b"Content-Type: text/html\n\n"
MB = 1024 * 1024

BOMBS: dict[str, Callable[[], bytes]] = {
    "empty lines": lambda: HEAD + b"\n" + b"\n" * 25 * MB,
    "subject of 10 MB": lambda: HEAD + b"Subject: " + b"a" * 10 * MB + b"\n\nx",
    "encoded words": lambda: HEAD + b"Subject: " + b"=?utf-8?b?w7E=?=\n " * 12_000 + b"x\n\nx",
    "encoded words, 10 MB": lambda: HEAD + b"Subject: " + b"=?utf-8?q?=C3=B1?=\n " * 500_000 + b"x\n\nx",
    "nested comments": lambda: HEAD + b"Cc: " + b"(" * 15_000 + b"\n\nx",
    "two million headers": lambda: HEAD + b"X-A: b\n" * 2_000_000 + b"\nx",
    "folded for ever": lambda: HEAD + b"X-A: b\n" + b" \n" * 8_000_000 + b"\nx",
    "deep parts": lambda: (
        HEAD
        + b"".join(b"Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n" % (i, i) for i in range(20_000))
    ),
    "many parts": lambda: MIXED + b"--B\n\n" * 4_000_000,
    "false boundaries": lambda: MIXED + b"--Bx\n" * 4_000_000,
    "boundaries in a line": lambda: MIXED + b"--B" * 8_000_000,
    "quotes in parameters": lambda: HEAD + b'Content-Type: text/plain; x="' + b";" * 16_000 + b"\n\nx",
    "deep page": lambda: PAGE + b"<div>" * 4_000_000,
    "open fonts": lambda: PAGE + b"".join(b"<font color=c%d>" % i for i in range(250)) + b"<p>x" * 60_000,
    "entities": lambda: PAGE + b"&amp;" * 59_000,
    "open scripts": lambda: PAGE + b"<script>" * 50_000,
    "line breaks": lambda: PAGE + b"<br>" * 59_000 + b"x",
    "many quotes": lambda: PAGE + b"<blockquote type=cite>a</blockquote>b" * 20_000,
    "quoted lines": lambda: HEAD + b"\n" + b"> a\n" * 6 * MB,
    "attributions": lambda: HEAD + b"\n" + b"El 3\n> x\n" * 2 * MB,
    "header blocks": lambda: HEAD + b"\n" + b"De: a\n" * 4 * MB,
    "soft line breaks": lambda: HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 8 * MB,
    "nul": lambda: HEAD + b"\n" + b"\0" * 25 * MB,
    "noise": lambda: os.urandom(25 * MB),
    "noise in UTF-16": lambda: HEAD + b"Content-Type: text/plain; charset=utf-16\n\n" + os.urandom(24 * MB),
    "uuencoded": lambda: (
        HEAD
        + b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n"
        + b"#0V%T\n" * 4_000_000
    ),
}
