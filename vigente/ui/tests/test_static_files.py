"""What is sent to a browser: small, built, self-hosted, and nothing written into the page that the policy refuses."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

UI = Path(__file__).parent.parent
STATIC = UI / "static" / "ui"
PACKAGE = UI.parent
STYLES = sorted((STATIC / "css").glob("*.css"))
# Mails carry their style with them: no stylesheet reaches a mail program.
TEMPLATES = [
    path
    for path in sorted(PACKAGE.glob("*/templates/**/*.html"))
    if "mail" not in path.relative_to(PACKAGE).parts
]


def packed(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in paths)


def test_first_paint_budget():
    scripts = [*(STATIC / "js").glob("*.js"), STATIC / "vendor" / "htmx.min.js"]
    assert packed(STATIC / "vigente.css") < 20_000
    assert packed(STATIC / "vigente.css", *scripts) < 60_000


def test_font_budget():
    assert (STATIC / "fonts" / "inter-latin.woff2").stat().st_size < 50_000
    assert (STATIC / "fonts" / "inter-LICENSE.txt").is_file()


def test_the_built_stylesheet_is_current():
    build = PACKAGE.parent / "bin" / "build-css"
    assert subprocess.run([sys.executable, build, "--check"], check=False).returncode == 0, (
        "run bin/build-css"
    )


@pytest.mark.parametrize(
    "style", [path for path in STYLES if path.name != "tokens.css"], ids=lambda path: path.name
)
def test_colours_come_from_tokens(style):
    text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
    raw = {
        colour
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b", text)
        if colour not in {"#fff", "#000", "#333", "#444", "#bbb"}
    }
    assert not raw


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_every_token_that_is_used_exists(style):
    defined = set(re.findall(r"(--[\w-]+):", "".join(path.read_text(encoding="utf-8") for path in STYLES)))
    used = set(re.findall(r"var\((--[\w-]+)", style.read_text(encoding="utf-8")))
    assert used <= defined


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_rules_lie_in_a_layer(style):
    text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"@layer [\w, ]+;|@font-face \{[^}]*\}", "", text)
    outside, depth = [], 0
    for line in text.splitlines():
        if depth == 0 and line.strip() and not line.startswith("@layer"):
            outside.append(line)
        depth += line.count("{") - line.count("}")
    assert not outside


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_written_into_the_page_that_the_policy_refuses(template):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r'\sstyle="', text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r'\s(on[a-z]+|hx-on[\w:.-]*)="', text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag


def test_every_icon_that_is_asked_for_is_drawn():
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")
    sources = [*TEMPLATES, *(UI / "components").glob("*.py")]
    asked = set()
    for path in sources:
        asked |= set(
            re.findall(
                r"""(?:{% icon |icon=|icon_name=|\bicon\()["']([a-z0-9-]+)["']""",
                path.read_text(encoding="utf-8"),
            )
        )
    missing = {name for name in asked if f'id="{name}"' not in sprite}
    assert not missing, "add them to vigente/ui/frontend/icons.txt and run bin/vendor-frontend"


def test_scripts_need_no_evaluation():
    for script in (STATIC / "js").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function\(|innerHTML|insertAdjacentHTML|document\.write", text)
