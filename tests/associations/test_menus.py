"""Custom menus: what a tree may be, and that a button opens only what is associated (ASC-4)."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Account
from associations import actions, links, menus
from associations.models import Menu
from portal.kernel import breaches
from portal.kernel.errors import Refused
from portal.simulator import walks

APPID = "wx0123456789abcdef"
ALLOWED = {APPID: Account(name="Paper Kite")}
VIEW = {"type": "view", "name": "News", "url": "https://kite.example/news"}
CLICK = {"type": "click", "name": "Hours", "text": "From nine\nto six."}
PLAY = {
    "type": "miniprogram",
    "name": "Play",
    "appid": APPID,
    "pagepath": "pages/index?from=menu",
    "url": "https://kite.example/play",
}


def faults(tree):
    return [(fault.field, fault.code) for fault in menus.read(tree, ALLOWED)[1]]


def test_a_tree_of_every_kind_is_kept_as_it_is():
    tree: list[dict[str, Any]] = [VIEW, {"name": "More", "sub_button": [CLICK, PLAY]}, PLAY]
    assert menus.read(tree, ALLOWED) == (tree, [])
    assert menus.apps(tree) == [APPID, APPID]


def test_what_is_not_asked_for_is_not_kept():
    read, _none = menus.read([VIEW | {"appid": APPID, "script": "<b>"}], ALLOWED)
    assert read == [VIEW]


@pytest.mark.parametrize("tree", [None, "menu", 7, {}, [VIEW, 3], [[VIEW]], float("nan")])
def test_what_is_no_list_of_buttons_is_no_menu(tree):
    assert faults(tree) == [("", "40015")]


def test_three_at_the_top_and_five_below():
    below = [dict(VIEW, name=f"N{nth}") for nth in range(6)]
    assert faults([VIEW] * 4) == [("button", "40016")]
    assert faults([{"name": "More", "sub_button": below}]) == [("button-0", "40023")]
    assert faults([{"name": "More", "sub_button": [{"name": "Deep", "sub_button": [VIEW]}]}]) == [
        ("button-0-0", "40022"),
        ("button-0-0-type", "40017"),
    ]
    assert faults([{"name": "More", "sub_button": "many"}]) == [("button-0", "40015")]


@pytest.mark.parametrize(
    ("name", "fits_top", "fits_below"),
    [
        ("新年灯会", True, True),
        ("新年灯会啊", False, True),
        ("新年灯会新年灯会", False, True),
        ("新年灯会新年灯会啊", False, False),
        ("Lanterns", True, True),
        ("Lanterns!", False, True),
        ("x" * 16, False, True),
        ("x" * 17, False, False),
        ("ककककककक", False, True),
        ("", False, False),
        ("   ", False, False),
        ("a\x00b", False, False),
        ("\ud800", False, False),
        (None, False, False),
        (12, False, False),
    ],
)
def test_a_name_is_four_chinese_characters_wide_and_eight_below(name, fits_top, fits_below):
    assert (faults([dict(VIEW, name=name)]) == []) == fits_top
    tree = [{"name": "More", "sub_button": [dict(VIEW, name=name)]}]
    assert faults(tree) == ([] if fits_below else [("button-0-0-name", "40018")])


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://kite.example", True),
        ("http://kite.example:8080/a?b=c#d", True),
        ("https://灯会.example/新年", True),
        ("https://kite.example/" + "x" * 1003, True),
        ("https://kite.example/" + "x" * 1004, False),
        ("https://kite.example/" + "灯" * 340, False),
        ("javascript:alert(1)", False),
        ("ftp://kite.example", False),
        ("//kite.example", False),
        ("https://", False),
        ("https://user@kite.example", False),
        ("https://kite.example:0/", False),
        ("https://kite.example:99999/", False),
        ("https://[::1", False),
        ("https://kite.example/a b", False),
        ("https://kite.example\\evil", False),
        ("https://kite.example/\x00", False),
        ("", False),
        (None, False),
        (10**30, False),
    ],
)
def test_an_address_is_http_with_a_host_and_at_most_1024_bytes(url, fits):
    assert faults([dict(VIEW, url=url)]) == ([] if fits else [("button-0-url", "40020")])
    assert faults([dict(PLAY, url=url)]) == ([] if fits else [("button-0-url", "40020")])


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("", ""),
        ("pages/index", "pages/index"),
        ("/pages/index?a=1&b=%E7%81%AF", "pages/index?a=1&b=%E7%81%AF"),
        ("?from=menu", "?from=menu"),
        ("pages/" + "x" * 123, None),
        ("//evil.example", None),
        ("https://evil.example", None),
        ("pages/index page", None),
        ("页面", None),
        ("\x00", None),
        (None, None),
        (["pages"], None),
    ],
)
def test_a_page_path_is_a_path(path, kept):
    read, found = menus.read([dict(PLAY, pagepath=path)], ALLOWED)
    if kept is None:
        assert [(fault.field, fault.code) for fault in found] == [("button-0-pagepath", "40165")]
    else:
        assert (read[0]["pagepath"], found) == (kept, [])


@pytest.mark.parametrize("text", ["", " ", "x" * 301, "\ud800", None, 5])
def test_an_answer_is_text(text):
    assert faults([dict(CLICK, text=text)]) == [("button-0-text", "40019")]


@pytest.mark.requirement("ASC-4")
@pytest.mark.parametrize("appid", ["wxffffffffffffffff", "", None, "\ud800", 10**30, {"a": 1}])
def test_what_is_not_associated_is_refused_with_45064(appid):
    (fault,) = menus.read([dict(PLAY, appid=appid)], ALLOWED)[1]
    assert (fault.field, fault.code) == ("button-0-appid", "45064")
    fault.message.encode()


@pytest.mark.parametrize("kind", ["", None, "scancode_push", 3, ["view"]])
def test_a_button_does_something(kind):
    assert faults([dict(VIEW, type=kind)]) == [("button-0-type", "40017")]


# --- actions ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.requirement("ASC-4")
def test_a_menu_is_published_with_what_is_associated_and_refused_when_it_is_no_more(pair):
    here, there = pair
    by = here.administrator.person.as_actor()
    play = dict(PLAY, appid=there.appid)
    with pytest.raises(Refused) as refused:
        actions.save_menu(here.pk, [play], by=by)
    assert (refused.value.code, refused.value.field) == ("45064", "button-0-appid")
    assert not Menu.objects.exists()

    association = walks.associate(here, there)
    actions.save_menu(here.pk, [VIEW, play], by=by)
    menu = Menu.objects.get()
    assert (menu.draft, menu.published, menu.published_at) == ([VIEW, play], [], None)
    menu = actions.publish_menu(here.pk, by=by)
    assert (menu.published, links.linked(here.pk, there.appid)) == ([VIEW, play], there)

    walks.part(association, there)
    assert links.linked(here.pk, there.appid) is None
    with pytest.raises(Refused) as refused:
        actions.publish_menu(here.pk, by=by)
    assert refused.value.code == "45064"
    assert Menu.objects.get().published == [VIEW, play], "the button stays, and opens nothing"

    actions.save_menu(here.pk, [], by=by)
    assert actions.publish_menu(here.pk, by=by).published == []
    assert breaches.found() == []


@pytest.mark.django_db
def test_an_empty_menu_may_be_published_at_once(official_account):
    by = official_account.administrator.person.as_actor()
    assert actions.publish_menu(official_account.pk, by=by).published == []


@pytest.mark.django_db
def test_a_mini_program_has_no_menu_and_a_developer_no_say(pair):
    here, there = pair
    with pytest.raises(Refused) as refused:
        actions.save_menu(there.pk, [], by=there.administrator.person.as_actor())
    assert refused.value.code == "edit_menu"
    walks.bind(here, "chenxi", "developer")
    with pytest.raises(Refused) as refused:
        actions.save_menu(here.pk, [], by=walks.administrator(here.world, "chenxi").as_actor())
    assert refused.value.code == "edit_menu"


@pytest.mark.django_db
def test_a_closed_mini_program_opens_nothing(pair, time):
    here, there = pair
    walks.associate(here, there)
    Account.objects.filter(pk=there.pk).update(closes_at=time.now, closed_at=time.now)
    assert links.associated(here.pk) == {}
