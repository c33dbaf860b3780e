"""A template is a program somebody typed: it reads its data and nothing else, and ends."""

from datetime import UTC, datetime

import pytest

from vigente.printing import sandbox
from vigente.printing.sandbox import Broken, pictures, typeset

AT = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


def test_the_same_in_gives_the_same_out():
    source = '#let d = json("data.json")\nHola #d.name'
    first = typeset(source, {"name": "₡ ñ"}, at=AT)
    assert first.startswith(b"%PDF")
    assert first == typeset(source, {"name": "₡ ñ"}, at=AT)
    assert first != typeset(source, {"name": "otra"}, at=AT)
    assert pictures("Hola #pagebreak() Adiós", {}, at=AT)[1].startswith(b"\x89PNG")


def test_data_is_text_and_never_code():
    hostile = '#panic("x") *negrita* $x^2$ <a> @b "'
    assert typeset('#let d = json("data.json")\n#d.x', {"x": hostile}, at=AT).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("source", "says", "line"),
    [
        ("Hola\n#nada", "unknown variable", 2),
        ("Hola\n\n#let x = (", "unclosed", 3),
        ('#read("/etc/passwd")', "not found", 1),
        ('#read("../../../../etc/passwd")', "escape", 1),
        ('#read("/proc/self/environ")', "not found", 1),
        ('#import "@preview/cetz:0.3.0"', "package", 1),
        ('#import ("@pre" + "view/cetz:0.3.0")', "package", 1),
        ("#let f(n) = f(n + 1)\n#f(0)", "depth", None),
        ("#let x = range(100000000)\n#x.len()", "memory", None),
    ],
)
def test_what_it_may_not(source, says, line):
    with pytest.raises(Broken) as found:
        typeset(source, {}, at=AT)
    assert says in found.value.message
    assert line is None or found.value.line == line
    assert "/tmp" not in found.value.message


def test_a_template_that_never_ends(monkeypatch):
    monkeypatch.setattr(sandbox, "MAX_SECONDS", 1.0)
    with pytest.raises(Broken, match="time"):
        typeset("#for a in range(9999) { for b in range(9999) { for c in range(9999) { } } }", {}, at=AT)


def test_a_template_that_is_too_long():
    with pytest.raises(Broken, match="too long"):
        typeset("a" * (sandbox.MAX_SOURCE + 1), {}, at=AT)


def test_no_socket_can_be_opened():
    import subprocess
    import sys

    script = (
        "import sys; sys.path.insert(0, '.'); from vigente.printing.child import _no_network; _no_network()\n"
        "import socket\n"
        "try: socket.socket()\n"
        "except PermissionError: print('refused')\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux filters system calls")
    assert said.stdout.strip() == "refused"
