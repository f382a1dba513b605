"""The look's partials, frames and error pages: what they say, and that they keep the strict policy."""

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.utils import translation

from tests.console.look_states import EMPTY, MENU, REQUEST, SIM, STATES

STATIC = Path(settings.BASE_DIR) / "portal" / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"


class Outline(HTMLParser):
    """What the checks need to know of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.unlabelled: list[str] = []
        self._open: list[str] = []
        self._button: str | None = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag in {"button", "a"} and "aria-label" not in found:
            self._button = ""
        if tag == "label":
            self._open.append(tag)
        if tag in {"input", "select", "textarea"} and found.get("type") != "hidden":
            known = {attributes.get("for") for name, attributes in self.tags if name == "label"}
            if not self._open and found.get("id") not in known and "aria-label" not in found:
                self.unlabelled.append(str(found))

    def handle_data(self, data):
        if self._button is not None:
            self._button += data.strip()

    def handle_endtag(self, tag):
        if tag == "label":
            self._open.pop()
        if tag in {"button", "a"} and self._button is not None:
            if not self._button:
                self.unlabelled.append(f"an empty {tag}")
            self._button = None

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] or "" for _, attributes in self.tags if attribute in attributes]


def _check(html: str) -> None:
    """Fail unless `html` keeps the strict policy and its names and references hold."""
    outline = Outline(html)
    ids = outline.values("id")
    assert outline.values("style") == []
    assert [a for _, attributes in outline.tags for a in attributes if a.startswith("on")] == []
    assert [attributes for tag, attributes in outline.tags if tag == "style"] == []
    sources = [attributes.get("src") or "inline" for tag, attributes in outline.tags if tag == "script"]
    assert [source for source in sources if not source.startswith("/static/")] == []
    assert outline.unlabelled == []
    assert len(ids) == len(set(ids))
    for attribute in ("aria-describedby", "aria-labelledby", "popovertarget"):
        assert {name for value in outline.values(attribute) for name in value.split()} <= set(ids)
    assert all("alt" in attributes for tag, attributes in outline.tags if tag == "img")
    assert all("method" in attributes for tag, attributes in outline.tags if tag == "form")


def _classes(html: str) -> set[str]:
    return {name for value in Outline(html).values("class") for name in value.split()}


def test_every_partial_has_its_states_here():
    assert sorted(path.name for path in (TEMPLATES / "_partials").iterdir()) == sorted(STATES)


ALL_STATES = [
    pytest.param(name, context, said, id=f"{name}-{index}")
    for name, states in STATES.items()
    for index, (context, said) in enumerate(states)
]


@pytest.mark.parametrize(("name", "context", "said"), ALL_STATES)
def test_a_partial_says_its_state_and_keeps_the_policy(name, context, said):
    html = render_to_string(f"_partials/{name}", context)
    _check(html)
    shown = re.sub(r"\s+", " ", html)
    assert [piece for piece in said if piece not in shown] == []


def test_every_class_of_the_partials_is_dressed():
    sheets = "".join(
        path.read_text() for path in (*(STATIC / "look").glob("*.css"), *(STATIC / "vendor").rglob("*.css"))
    )
    scripts = "".join(path.read_text() for path in (STATIC / "js").iterdir())
    used: set[str] = set()
    for partial, states in STATES.items():
        for context, _said in states:
            used |= _classes(render_to_string(f"_partials/{partial}", context))
    assert sorted(name for name in used if f".{name}" not in sheets + scripts) == []


def test_a_refused_form_is_not_empty_where_nothing_was_typed_wrong():
    assert render_to_string("_partials/form_errors.html", {"form": EMPTY}).strip() == ""


def test_what_a_person_typed_is_escaped():
    html = render_to_string("_partials/note.html", {"text": "<script>1</script>"})
    assert "<script>" not in html


def test_the_other_language_is_one_click_away_in_both():
    with translation.override("zh-hans"):
        html = render_to_string("_partials/language.html", {"request": REQUEST})
    assert 'value="en" lang="en"' in html


# --- frames and error pages ---------------------------------------------------------------

CONSOLE = {
    "account": "Hangzhou Lantern Bay Network Technology Co., Ltd.",
    "person_name": "Lin Yue",
    "role": "Administrator",
    "notices_unread": 3,
    "menu": MENU,
}


@pytest.mark.parametrize("name", ["site", "console", "stage", "phone"])
@pytest.mark.parametrize("known", [True, False], ids=["signed in", "stranger"])
def test_a_frame_has_its_landmarks_and_its_signature(name, known):
    context = {
        "sim": SIM,
        "console": CONSOLE | {"notices_unread": 3 if known else 0},
        "request": REQUEST,
        "csrf_token": "t0ken",
        "messages": [SimpleNamespace(level_tag="success")],
        "user": SimpleNamespace(is_authenticated=known, email="ops@lanternbay.example"),
    }
    html = render_to_string(f"{name}.html", context)
    _check(html)
    assert re.search(r"<title>[^<]+ - Simulation</title>", html)
    assert re.search(r'<a class="skip-link" href="#main">.*<main id="main"', html, re.DOTALL)
    assert "Nothing here reaches WeChat" in html
    assert 'lang="zh-hans"' in html
    assert ('bootstrap.min.css"' in html, "weui" in html) == (name != "phone", name == "phone")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_error_page_stands_alone(name, language):
    with translation.override(language):
        html = get_template(f"{name}.html").render()
    _check(html)
    assert html.count("<h1>") == 1
    assert " - Simulation</title>" in html


def test_a_refusal_of_a_page_says_its_reason():
    html = get_template("403.html").render({"exception": "Only the administrator may see this."})
    assert "Only the administrator may see this." in html
