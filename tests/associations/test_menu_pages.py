"""The page of the custom menu: what it shows, moves, refuses and costs (ASC-4)."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlencode

import pytest

from accounts.models import Account
from associations import actions, menu_forms
from associations.models import Menu
from portal.kernel.models import AuditEvent
from portal.kernel.terms import Role
from portal.simulator import walks
from portal.simulator.walks.information import bind

HERE = "/console/menu/"
BUDGET = 16
VIEW = {"type": "view", "name": "News", "url": "https://kite.example/news"}
CLICK = {"type": "click", "name": "Hours", "text": "From nine to six."}
BAD = ("\x00", "a\x00b", "\ud800", "\u202eevil", "x" * 5000, "10" * 20, "<script>", "")


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.headers.get("Location")
    return " ".join(html.unescape(answer.content.decode()).split())


def sent(tree: list[Any], do: str) -> str:
    """Return a tree as the page's form sends it; half of a broken character too."""
    fields = {"do": do}
    for nth, top in enumerate(tree):
        for at, button in [(f"{nth}", top)] + [
            (f"{nth}-{below}", each) for below, each in enumerate(top.get("sub_button", []))
        ]:
            fields |= {f"button-{at}-{name}": button.get(name, "") for name in menu_forms.FIELDS}
    return urlencode(fields, errors="surrogatepass")


def send(console: Any, tree: list[Any], do: str) -> Any:
    return console.post(HERE, sent(tree, do), content_type="application/x-www-form-urlencoded")


def names(answer: Any) -> list[Any]:
    """Return the names of the buttons on the page, and of those below them."""
    return [(row.name, [sub.name for sub in row.below]) for row in answer.context["rows"]]


def faults(answer: Any) -> dict[str, list[str]]:
    """Return what the page says, by the field where it stands."""
    rows = [each for row in answer.context["rows"] for each in (row, *row.below)]
    return {row.form[name].html_name: list(told) for row in rows for name, told in row.form.errors.items()}


def test_an_account_without_a_menu_begins_one(official_account: Account, signed_in: Any) -> None:
    console = signed_in(official_account)
    page = text_of(console.get(HERE))
    assert "No buttons" in page
    assert "Followers see no menu." in page
    added = send(console, [], "add")
    assert (names(added), added.context["rows"][0].is_open) == ([("", [])], True)
    assert "This is not saved yet." in text_of(added)
    assert not Menu.objects.exists()


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("down:0", [("B", ["x", "y", "z"]), ("A", []), ("C", [])]),
        ("up:2", [("A", []), ("C", []), ("B", ["x", "y", "z"])]),
        ("up:0", [("A", []), ("B", ["x", "y", "z"]), ("C", [])]),
        ("move:2:0", [("C", []), ("A", []), ("B", ["x", "y", "z"])]),
        ("move:1-0:2", [("A", []), ("B", ["y", "z", "x"]), ("C", [])]),
        ("remove:1-1", [("A", []), ("B", ["x", "z"]), ("C", [])]),
        ("remove:0", [("B", ["x", "y", "z"]), ("C", [])]),
        ("add:0", [("A", [""]), ("B", ["x", "y", "z"]), ("C", [])]),
        ("add", [("A", []), ("B", ["x", "y", "z"]), ("C", [])]),  # three at the top
    ],
)
def test_a_button_is_added_moved_and_removed_on_the_page(do, expected, official_account, signed_in):
    below = [dict(VIEW, name=name) for name in "xyz"]
    tree = [dict(VIEW, name="A"), {"name": "B", "sub_button": below}, dict(CLICK, name="C")]
    moved = send(signed_in(official_account), tree, do)
    assert names(moved) == expected
    assert not Menu.objects.exists()


@pytest.mark.parametrize(
    "do", ["up", "up:7", "move:9-9:9", "add:9", "remove:1-0", "\x00", "down:0:" + "9" * 30]
)
def test_what_no_button_says_changes_nothing(do, official_account, signed_in):
    tree = [VIEW, dict(CLICK, name="C")]
    assert names(send(signed_in(official_account), tree, do)) == [("News", []), ("C", [])]


@pytest.mark.requirement("ASC-4")
def test_a_menu_is_saved_published_and_taken_down(pair: tuple[Account, Account], signed_in: Any) -> None:
    official_account, mini_program = pair
    walks.associate(*pair)
    play = {
        "type": "miniprogram", "name": "Play", "appid": mini_program.appid, "pagepath": "",
        "url": VIEW["url"],
    }  # fmt: skip
    tree = [VIEW, {"name": "More", "sub_button": [CLICK, play]}]
    console = signed_in(official_account)
    assert send(console, tree, "save").url == HERE
    menu = Menu.objects.get()
    assert (menu.draft, menu.published) == (tree, [])
    assert send(console, tree, "publish").url == HERE
    assert Menu.objects.get().published == tree
    page = text_of(console.get(HERE))
    assert "Followers see the menu of" in page
    assert mini_program.name in page
    assert send(console, [], "take_down").url == HERE
    menu.refresh_from_db()
    assert (menu.draft, menu.published) == (tree, [])
    send(console, [], "take_down")  # once more does nothing
    acts = AuditEvent.objects.filter(subject_type="associations.Menu").order_by("pk")
    assert [act.name.rpartition("_")[2] for act in acts] == ["saved", "saved", "published", "down"]


def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(official_account, signed_in):
    tree = [
        dict(VIEW, name="Much too long for a button", url="javascript:1"),
        {"name": "More", "sub_button": [dict(CLICK, text=""), dict(VIEW, type="location_select")]},
        {"type": "miniprogram", "name": "Play", "appid": "wx0123", "pagepath": "//x", "url": VIEW["url"]},
    ]
    answer = send(signed_in(official_account), tree, "publish")
    assert list(faults(answer)) == [
        "button-0-name", "button-0-url", "button-1-0-text", "button-1-1-type", "button-2-appid",
        "button-2-pagepath",
    ]  # fmt: skip
    page = text_of(answer)
    assert "6 things to correct." in page
    for kept in ("Much too long for a button", "javascript:1", "wx0123", "//x"):
        assert f'value="{kept}"' in page
    assert not Menu.objects.exists()


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", menu_forms.FIELDS)
def test_bad_input_is_refused_in_a_sentence(name, bad, official_account, signed_in):
    console = signed_in(official_account)
    for do in ("save", "add", bad):
        assert send(console, [dict(VIEW) | {name: bad}], do).status_code in {200, 302}
        send(console, [{"name": "More", "sub_button": [dict(CLICK) | {name: bad}]}], do)


def test_more_buttons_than_there_may_be_are_refused(official_account, signed_in):
    console = signed_in(official_account)
    assert "at the top (40016)" in text_of(send(console, [VIEW] * 5, "save"))
    tree = [{"name": "More", "sub_button": [VIEW] * 9}]
    assert "below one (40023)" in text_of(send(console, tree, "save"))


def test_the_page_is_not_for_everybody(pair, signed_in):
    official_account, mini_program = pair
    assert "/edit_menu/" in signed_in(mini_program).get(HERE).url
    assert "/edit_menu/" in signed_in(mini_program).post(HERE, {"do": "save"}).url
    developer = walks.administrator(official_account.world, "guoan")
    bind(official_account, developer.wechat_id, Role.DEVELOPER)
    assert "/edit_menu/" in signed_in(official_account, developer).post(HERE, {"do": "save"}).url
    assert not Menu.objects.exists()


def test_the_page_costs_the_same_however_large_the_menu_is(
    official_account, signed_in, django_assert_max_num_queries
):
    console = signed_in(official_account)
    tree = [
        {"name": f"More {nth}", "sub_button": [dict(VIEW, name=f"N{below}") for below in range(5)]}
        for nth in range(3)
    ]
    actions.save_menu(official_account.pk, tree, by=official_account.administrator.person.as_actor())
    console.get(HERE)
    with django_assert_max_num_queries(BUDGET):
        assert len(names(console.get(HERE))) == 3
