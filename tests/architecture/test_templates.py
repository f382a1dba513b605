"""Templates: each compiles, none breaks the strict Content-Security-Policy, every text is signed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
PAGES = [name for name in TEMPLATES if name.endswith(".html")]
FORBIDDEN = {
    "an inline style": r"\sstyle\s*=",
    "an inline sheet": r"<style[\s>]",
    "an inline script": r"<script(?![^>]*\bsrc=)[\s>]",
    "an inline handler": r"\son[a-z]+\s*=",
    "a handler of htmx": r"\bhx-on\b",
    "values from a script": r"hx-(vals|headers)\s*=\s*[\"']js:",
    "a filter that htmx would evaluate": r"hx-trigger\s*=\s*\"[^\"]*\[",
    "a picture in the page": r"[\"'(]data:",
    "a file from elsewhere": r"(src|href)\s*=\s*[\"'](https?:)?//",
}

EXAMPLES = {
    "an inline style": '<p style="color: red">',
    "an inline sheet": "<style>p { color: red }</style>",
    "an inline script": "<script>go()</script>",
    "an inline handler": '<a onclick="go()">',
    "a handler of htmx": '<a hx-on:click="go()">',
    "values from a script": "<a hx-vals='js:{a: b()}'>",
    "a filter that htmx would evaluate": '<p hx-trigger="click[go()]">',
    "a picture in the page": '<img src="data:image/png;base64,AA">',
    "a file from elsewhere": '<script src="//cdn.example/a.js">',
}
COMMENT = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_no_template_needs_what_the_policy_forbids(name: str) -> None:
    text = COMMENT.sub("", (ROOT / name).read_text())
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_search_finds_what_it_looks_for(what: str) -> None:
    assert re.search(FORBIDDEN[what], EXAMPLES[what], re.IGNORECASE)


@pytest.mark.parametrize("name", [name for name in PAGES if "<title>" in (ROOT / name).read_text()])
def test_every_title_says_that_it_is_a_simulation(name: str) -> None:
    assert re.search(r" - Simulation</title>", (ROOT / name).read_text())
