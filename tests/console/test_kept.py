"""Kept pieces of a page: rendered once for what they show, and never shown to whom they do not fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from portal.console.templatetags import kept
from portal.kernel.actors import SIMULATOR
from portal.simulator import rooms, walks
from tests.conftest import seat


@dataclass
class Line:
    label: str
    ways: list[object]


def piece(source: str) -> Template:
    return Template("{% load kept %}" + source)


def said(template: Template, **variables: object) -> str:
    return template.render(Context(variables))


def versions(template: Template) -> int:
    (node,) = [node for node in template.nodelist if isinstance(node, kept.KeptNode)]
    return len(node.versions)


def test_a_piece_is_rendered_once_for_the_same_facts():
    template = piece("{% kept name=person.name %}<b>{{ name }}</b>{% endkept %}")
    for _time in range(3):
        assert said(template, person={"name": "Lin & Yue"}) == "<b>Lin &amp; Yue</b>"
    assert versions(template) == 1
    assert said(template, person={"name": "Mei Ran"}) == "<b>Mei Ran</b>"
    assert versions(template) == 2


def test_what_is_not_named_is_not_there_for_anybody():
    template = piece("{% kept name=name %}{{ name }}, {{ role }}{% endkept %}")
    assert said(template, name="Lin Yue", role="Administrator") == "Lin Yue, "


def test_each_language_has_its_own():
    template = piece("{% kept label=label %}{% translate 'Menu' %}: {{ label }}{% endkept %}")
    found = []
    for language in ("en", "zh-hans", "en"):
        with translation.override(language):
            found.append(said(template, label=gettext_lazy("Home")))
    assert found[0] == found[2] == "Menu: Home"
    assert found[1] != found[0]
    assert versions(template) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<i>", mark_safe("<i>")),
        (mark_safe("<i>"), "<i>"),
        (True, 1),
        (0, False),
        ("1", 1),
        ("", None),
        (["a", "b"], ["ab"]),
        ([{"url": "/a/", "current": True}], [{"url": "/a/", "current": False}]),
        ([[1], 2], [1, [2]]),
        ({}, []),
        (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)),
        (date(2026, 3, 1), date(2026, 3, 2)),
        (Line("Home", ["/"]), Line("Home", ["/console/"])),
        (Line("Home", []), ["Home", []]),
    ],
)
def test_facts_that_look_different_are_different(one, other):
    template = piece("{% kept fact=fact %}{{ fact }}{% endkept %}")
    plain = Template("{{ fact }}")
    assert said(template, fact=one) == said(plain, fact=one)
    assert said(template, fact=other) == said(plain, fact=other)


def test_a_list_that_changed_is_shown_as_it_is_now():
    template = piece("{% kept rows=rows %}{% for row in rows %}{{ row.label }} {% endfor %}{% endkept %}")
    rows = [{"label": "Home"}]
    assert said(template, rows=rows) == "Home "
    rows[0]["label"] = "Members"
    rows.append({"label": "Quotas"})
    assert said(template, rows=rows) == "Members Quotas "


@pytest.mark.parametrize(
    "fact", [SimpleNamespace(name="Lin Yue"), object(), {"rows": [{1, 2}]}, Line("Home", [object()])]
)
def test_an_object_is_no_fact(fact):
    template = piece("{% kept fact=fact %}{{ fact }}{% endkept %}")
    with pytest.raises(TypeError, match="name the facts that it shows"):
        said(template, fact=fact)


def test_a_row_is_no_fact_even_where_its_key_is(world):
    template = piece("{% kept world=world %}{{ world.name }}{% endkept %}")
    with pytest.raises(TypeError, match="is not kept by World"):
        said(template, world=world)


def test_fresh_parts_are_of_this_page():
    template = piece(
        "{% kept name=name shut=shut %}<b>{{ name }}</b>"
        "{% if not shut %}<i>{% fresh %}{{ token }} of {{ visitor }}{% endfresh %}</i>{% endif %}"
        "{% for turn in '12' %}{% fresh %}.{{ token }}{% endfresh %}{% endfor %}{% endkept %}"
    )
    assert said(template, name="A", token="<", visitor="x") == "<b>A</b><i>&lt; of x</i>.&lt;.&lt;"
    assert said(template, name="A", token="2", visitor="y") == "<b>A</b><i>2 of y</i>.2.2"
    assert said(template, name="A", token="3", shut=True) == "<b>A</b>.3.3"
    assert versions(template) == 2


def test_fresh_parts_do_not_see_the_facts_of_the_piece():
    template = piece(
        "{% kept inner=name %}{{ inner }}{% fresh %}{{ inner }}{{ name }}!{% endfresh %}{% endkept %}"
    )
    assert said(template, name="A") == "AA!"


@pytest.mark.parametrize(
    "source",
    [
        "{% fresh %}{{ token }}{% endfresh %}",
        "{% kept name %}{{ name }}{% endkept %}",
        "{% kept %}{{ name }}",
        "{% kept %}{% fresh %}{% endkept %}",
    ],
)
def test_a_piece_written_wrongly_does_not_compile(source):
    with pytest.raises(TemplateSyntaxError):
        piece(source)


def test_no_more_versions_than_a_process_can_hold(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    template = piece("{% kept number=number %}{{ number }}{% endkept %}")
    assert [said(template, number=number) for number in range(10)] == [str(number) for number in range(10)]
    assert versions(template) <= 3


# --- the frame, which is made of them ---------------------------------------------------------


def test_two_people_and_two_worlds_keep_their_frames_apart(world):
    elsewhere = rooms.open_world(name="Class <2>", by=SIMULATOR, seed=8).world
    ours, theirs = walks.account_at(world, "verified"), walks.account_at(elsewhere, "awaiting_transfer")
    clients = [Client(), Client()]
    for client, account in zip(clients, (ours, theirs), strict=True):
        seat(client, account)
    for _time in range(2):
        one, other = (client.get("/console/").content.decode() for client in clients)
        assert ">Class <2>" not in one + other
        assert [name for name in (world.name, "Class &lt;2&gt;") if name in one] == [world.name]
        assert [name for name in (world.name, "Class &lt;2&gt;") if name in other] == ["Class &lt;2&gt;"]
        assert f'name="world" value="{world.token}"' in one
        assert f'name="world" value="{elsewhere.token}"' in other
        assert 'href="/verification/wire-transfer/"' in other


def test_two_people_of_one_account_are_each_called_by_their_own_name_and_role():
    shared = {"account": {"name": "Kite & Co", "type": "Mini Program"}, "notices_unread": 1, "menu": []}
    seen = []
    for name, role in (("Lin Yue", "Administrator"), ("Mei Ran", "Developer"), ("Mei Ran", "Administrator")):
        console = shared | {"person_name": name, "role": role}
        with translation.override("en"):
            html = render_to_string("console.html", {"console": console})
        seen.append(set(re.findall(r"<small>\s*([^<]*?)\s*</small>", html)) - {"Mini Program"})
    assert seen == [{"Lin Yue, Administrator"}, {"Mei Ran, Developer"}, {"Mei Ran, Administrator"}]


def test_the_menu_marks_the_page_it_stands_on(world, signed_in):
    client = signed_in(walks.account_at(world, "verified"))
    for path in ("/console/", "/console/settings/", "/console/"):
        assert re.findall(r'href="([^"]*)" aria-current="page"', client.get(path).content.decode()) == [path]


def test_each_page_has_its_own_token_in_each_form_and_it_is_taken(world):
    account = walks.account_at(world, "verified")
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    seat(client, account)
    tokens = set()
    for query in ("?a=1", "?a=2&b=<"):
        html = client.get(f"/console/{query}").content.decode()
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html))
        tokens.add(token)
        assert f'name="next" value="/console/{query.replace("&", "&amp;").replace("<", "%3C")}"' in html
    assert len(tokens) == 2
    change = {"language": "zh-hans", "next": "/console/", "csrfmiddlewaretoken": token}
    assert client.post("/language/", change).status_code == 302
    assert 'lang="en">English</button>' in client.get("/console/").content.decode()
