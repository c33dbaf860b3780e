"""Quote folding: what was written stays, what was repeated is folded, nothing is thrown away."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigente.mail.quotes import fold, fold_text

LINES = st.sampled_from(
    ["Hola", "", "> cita", ">> vieja", "El mar, 10 mar 2026, Ana escribió:", "On 3 Mar Ana wrote:", "De: Ana <a@x>",
     "Enviado: martes", "Para: Rosa", "Asunto: x", "-----Mensaje original-----", "__________________", "-- ", " > cita"]
)  # fmt: skip


@given(st.lists(LINES, max_size=15).map("\n".join))
@settings(max_examples=400, deadline=None)
def test_no_line_is_lost(text: str) -> None:
    written, quoted = fold_text(text)
    kept = sorted(line.strip() for line in (written + "\n" + quoted).split("\n") if line.strip())
    assert kept == sorted(line.strip() for line in text.split("\n") if line.strip())
    assert written.strip() or not text.strip()


@pytest.mark.parametrize(
    "line",
    [
        "El mar, 10 mar 2026 a las 9:12, Soporte (<soporte@vendor.test>) escribió:",
        "El 10/3/26 a las 9:12, Soporte escribió:",
        "On Tue, Mar 10, 2026 at 9:12 AM Soporte <soporte@vendor.test> wrote:",
        "Em ter., 10 de mar. de 2026 às 09:12, Soporte <s@vendor.test> escreveu:",
        "Le mar. 10 mars 2026 à 09:12, Soporte <s@vendor.test> a écrit :",
        "Soporte <soporte@vendor.test> escribió:",
    ],
)
def test_the_line_that_says_who_wrote_it_is_folded_too(line: str) -> None:
    assert fold_text(f"Gracias.\n\n{line}\n\n> Hola\n> adiós") == ("Gracias.", f"{line}\n\n> Hola\n> adiós")


def test_a_sentence_that_only_looks_like_one_stays() -> None:
    text = "El señor escribió:\n> Error 5012\n\n¿Qué hago?"
    assert fold_text(text)[0] == "El señor escribió:\n\n¿Qué hago?"


def test_a_word_with_a_colon_is_no_header_block() -> None:
    text = "De: la caja 2\nNo imprime\nPara: mañana"
    assert fold_text(text) == (text, "")


def test_a_forward_is_content() -> None:
    text = "Vea.\n\nDe: Caja <c@x.test>\nEnviado: martes\nPara: Rosa\nAsunto: x\n\nError 5012"
    assert fold_text(text, forwarded=True) == (text, "")
    assert fold_text(text)[0] == "Vea."


def test_the_html_is_folded_like_the_text() -> None:
    html = (
        "<div>Listo, gracias.</div><div>El mar, 10 mar 2026 a las 9:12, Soporte escribió:</div>"
        '<blockquote class="gmail_quote">Hola</blockquote>'
    )
    folded = fold(None, html, forwarded=False, defects=set())
    assert folded.html == "<div>Listo, gracias.</div>"
    assert "escribió" in folded.quoted_html
    assert folded.text == "Listo, gracias."


def test_answers_between_quotes_stay_with_their_questions() -> None:
    html = (
        "<blockquote type=cite>¿Versión?</blockquote><div>La 8.2</div>"
        "<blockquote type=cite>¿Cajas?</blockquote><div>Dos</div>"
        "<blockquote type=cite>Firma</blockquote>"
    )
    folded = fold(None, html, forwarded=False, defects=set())
    assert "¿Versión?" in folded.html
    assert "¿Cajas?" in folded.html
    assert "Firma" not in folded.html


def test_a_mark_in_a_picture_or_link_folds_nothing() -> None:
    html = '<p>Hola</p><a href="https://x.test/" title="rest">x</a><img src="cid:a" alt="rest"><p>adiós</p>'
    assert "adiós" in fold(None, html, forwarded=False, defects=set()).html


@pytest.mark.parametrize(
    "text",
    [
        ">" * 400_000,
        " \n" * 200_000,
        "El 3 " * 80_000,
        "El 3\n> x\n" * 9_000,
        "De: a\n" * 19_000,
        "On " * 130_000 + "\n> x",
        "_" * 400_000,
        "Re: <" * 80_000 + " escribió:\n> x",
        "- " * 200_000,
        "\n".join(["x" * 399] * 1000) + "\n> x",
    ],
    ids=str.__len__,
)  # fmt: skip
def test_folding_takes_linear_time(text: str) -> None:
    start = time.perf_counter()
    fold_text(text)
    assert time.perf_counter() - start < 1
