"""HTML that people wrote: safe whatever they wrote, and readable as text."""

# ruff: noqa: E501 - markup as it is written

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigente.tickets.html import clean_html, html_of_text, is_too_complex, text_of_html

# All that may ever come out: known tags, and attributes with values that cannot run, load or clobber anything.
TAG = re.compile(
    r"<(?:/?(?:a|abbr|b|blockquote|br|caption|code|dd|del|div|dl|dt|em|figcaption|figure|h[1-6]|hr|i|img|ins|kbd|li|mark|ol"
    r"|p|pre|q|s|samp|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|var)"
    r'(?: (?:href="(?:https?://|mailto:)[^"]*"|rel="noopener nofollow"|src="(?:cid:|/f/)[^"]*"|(?:alt|title)="[^"]*"'
    r'|(?:colspan|rowspan|width|height|start)="\d{1,4}"))*)>',
    re.IGNORECASE,
)


def assert_safe(html: str) -> None:
    assert "<" not in TAG.sub("", html), html


VECTORS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<a href=javascript:alert(1)>x",
    "<a href='java\nscript:alert(1)'>x", "<a href='data:text/html,x'>x", "<a href='//evil.test'>x", "<a href='/logout'>x",
    "<p style='position:fixed'>x", "<p id=main class=badge name=x>x", "<form action=/x><input name=y></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<noscript><p title='</noscript><img src=x onerror=1>'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>", "<iframe srcdoc='<script>1</script>'></iframe>",
    "<object data=x></object><embed src=x>", "<base href=//x.test>", "<meta http-equiv=refresh content=0>",
    "<table background='javascript:1'><td colspan=99999>x", "<img src='https://x.test/a.gif'>", "<img src='data:image/png;base64,AA'>",
    "<a href='https://x.test' target=_blank onclick=1>x", "<textarea><img title='</textarea><img src=x onerror=1>'></textarea>",
    "<template><script>1</script></template>", "<a href='https://x.test/\" onmouseover=\"1'>x", "<!--><script>1</script>-->",
    "<xmp><img src=x onerror=1></xmp>", "<select><style></select><img src=x onerror=1></style>", "<b x-data='1' data-x='1' hx-get='/x'>x",
]  # fmt: skip


@pytest.mark.parametrize("html", VECTORS)
def test_nothing_that_runs_loads_or_clobbers_is_left(html: str) -> None:
    assert_safe(clean_html(html))
    assert_safe(clean_html(html, inline={}))
    assert_safe(clean_html(clean_html(html)))


PIECES = ["<", ">", "<script", "</script>", "<svg>", "<math>", "<style>", "<p ", "onerror=", '"', "'", "`", "<!--", "-->", "&lt;",
          "<table>", "<td>", "<a href=", "javascript:", "https://x.test", "<img src=", "cid:a", "<![CDATA[", "]]>", "<b>", "</b>",
          "\0", "<template>", "<noscript>", "<select>", "x", " ", "&#x6a;", "<title>", "<mglyph>", "<annotation-xml>", "/>"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=400, deadline=None)
def test_any_mixture_is_safe_and_stays_safe_when_cleaned_again(html: str) -> None:
    once = clean_html(html)
    assert_safe(once)
    assert_safe(clean_html(once))
    assert_safe(html_of_text(html))
    text_of_html(html)


def test_what_letters_are_made_of_is_kept() -> None:
    html = (
        '<p>Hola <strong>a</strong> <code>x</code></p><ul><li>uno</li></ul><table><tbody><tr><td colspan="2">1</td></tr>'
        "</tbody></table><blockquote>q</blockquote><pre>a\n  b</pre>"
    )
    assert clean_html(html) == html


def test_links_open_web_and_mail_only() -> None:
    assert clean_html('<a href="https://x.test/a?b=1">x</a>') == (
        '<a href="https://x.test/a?b=1" rel="noopener nofollow">x</a>'
    )
    assert clean_html('<a href="mailto:a@x.test">x</a>').startswith('<a href="mailto:a@x.test"')
    assert clean_html('<a href="ftp://x.test">x</a>') == '<a rel="noopener nofollow">x</a>'


def test_pictures_are_those_of_the_message_or_none() -> None:
    html = '<p><img src="cid:A@x" alt="a>b"><img src="https://x.test/p.gif"><img></p>'
    assert clean_html(html) == '<p><img src="cid:A@x" alt="a&gt;b"></p>'
    assert clean_html(html, inline={"a@X": "/f/1"}) == '<p><img src="/f/1" alt="a&gt;b"></p>'
    assert clean_html(html, inline={}) == "<p></p>"


def test_a_page_too_deep_becomes_text() -> None:
    html = "<div>" * 300 + "Hola <b>a todos</b><script>x</script>"
    assert is_too_complex(html)
    assert clean_html(html) == "<p>Hola a todos</p>"
    assert text_of_html(html) == "Hola a todos"


def test_unclosed_lines_are_not_depth() -> None:
    assert not is_too_complex("<p>x<br><li>y<td>z" * 2000)


def test_text_keeps_lines_links_lists_tables_and_quotes() -> None:
    html = (
        "<div>Hola<br>mundo</div><p>Vea <a href='https://x.test/g'>la guía</a> y <a href='https://x.test'>https://x.test</a>."
        "</p><ul><li>uno</li><li>dos</li></ul><ol start=3><li>tres</li></ol><table><tr><td>a</td><td>b</td></tr></table>"
        "<blockquote><p>cita</p></blockquote><pre>x\n  y</pre><img src=cid:a alt='captura'>&amp; &lt;b&gt;"
    )
    assert text_of_html(html) == (
        "Hola\nmundo\n\nVea la guía <https://x.test/g> y https://x.test.\n\n- uno\n- dos\n3. tres\na\tb\n>\n> cita\n>\nx\n"
        "  y\n[captura]& <b>"
    )


def test_a_plain_text_becomes_paragraphs_with_links() -> None:
    assert html_of_text("Hola <b>\nVea https://x.test/a?b=1&c=2.\n\n  Dos") == (
        "<p>Hola &lt;b&gt;<br>Vea "
        '<a href="https://x.test/a?b=1&amp;c=2" rel="noopener nofollow">https://x.test/a?b=1&amp;c=2</a>.</p>'
        "<p>&nbsp;&nbsp;Dos</p>"
    )
    assert html_of_text("") == ""


def test_a_plain_text_comes_back_from_its_html() -> None:
    text = 'Hola <b> & "x"\nsegunda línea\n\nhttps://x.test/a'
    assert text_of_html(html_of_text(text)) == text
