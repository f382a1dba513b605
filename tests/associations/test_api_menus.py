"""The custom menu by server API: set, told, tapped, taken down (API-2, ASC-4; wechat-api 7.2)."""

from __future__ import annotations

import pytest

from associations.models import Association, Menu
from portal.outside.models import Person
from portal.simulator import walks
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2", "ASC-4")]

CREATE, GET, DELETE = "/cgi-bin/menu/create", "/cgi-bin/menu/get", "/cgi-bin/menu/delete"
CURRENT = "/cgi-bin/get_current_selfmenu_info"
DONE = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def server(official_account):
    return OwnServer(official_account)


@pytest.fixture
def play(official_account, mini_program):
    """Return a button that opens an associated Mini Program."""
    walks.associate(official_account, mini_program)
    return {
        "type": "miniprogram",
        "name": "Play",
        "url": "https://kite.example/old",
        "appid": mini_program.appid,
        "pagepath": "pages/index?from=menu",
    }


HOURS = {"type": "click", "name": "Hours", "key": "HOURS"}
SITE = {"type": "view", "name": "Site", "url": "https://kite.example/"}


def test_a_menu_is_set_told_and_taken_down(server, play):
    tree = [play, {"name": "More", "sub_button": [HOURS, SITE]}]

    assert server.get(GET) == {"errcode": 46003, "errmsg": "menu no exist"}
    assert server.post(CREATE, {"button": tree}) == DONE
    assert server.get(GET) == {"menu": {"button": tree}}
    assert server.get(CURRENT) == {
        "is_menu_open": 1,
        "selfmenu_info": {"button": [play, {"name": "More", "sub_button": {"list": [HOURS, SITE]}}]},
    }
    assert Menu.objects.get().published == tree
    assert [server.get(DELETE), server.get(DELETE)] == [DONE, DONE]
    assert server.get(CURRENT) == {"is_menu_open": 0, "selfmenu_info": {"button": []}}


@pytest.mark.parametrize(
    ("tree", "errcode"),
    [
        ([SITE] * 4, 40016),
        ("x", 40016),
        (None, 40016),
        (["x"], 40015),
        ([{"name": "More", "sub_button": [SITE] * 6}], 40023),
        ([{"name": "More", "sub_button": [{"name": "Deeper", "sub_button": [SITE]}]}], 40022),
        ([{**SITE, "type": "scancode_push"}], 40017),
        ([{**SITE, "name": "A name of too many letters"}], 40018),
        ([{**SITE, "name": ""}], 40018),
        ([{**HOURS, "key": ""}], 40019),
        ([{**HOURS, "key": "k" * 129}], 40019),
        ([{**HOURS, "key": 7}], 40019),
        ([{**SITE, "url": "javascript:alert(1)"}], 40020),
        ([{**SITE, "type": "miniprogram", "appid": "wx0000000000000000"}], 45064),
    ],
)  # fmt: skip
def test_what_is_no_menu_has_the_platforms_number(server, tree, errcode):
    assert server.post(CREATE, {"button": tree})["errcode"] == errcode
    assert not Menu.objects.exists()


def test_a_mini_program_that_is_not_associated_any_more_is_refused(server, play, official_account):
    assert server.post(CREATE, {"button": [play]}) == DONE
    walks.part(Association.objects.get(), official_account)

    assert server.post(CREATE, {"button": [play]})["errcode"] == 45064


def test_nothing_at_all_is_an_empty_body(server):
    assert server.post(CREATE, b"")["errcode"] == 44002


def test_a_text_of_the_console_is_told_as_its_key(server, official_account):
    walks.publish_menu(official_account, [{"type": "click", "name": "Hours", "text": "Nine to six"}])

    assert server.get(GET)["menu"]["button"] == [{"type": "click", "name": "Hours", "key": "Nine to six"}]


def test_a_follower_who_taps_a_key_reads_that_the_server_was_told(server, official_account, world, visitor):
    server.post(CREATE, {"button": [HOURS]})
    person = Person.objects.get(world=world, wechat_id="chenxi")
    walks.follow(person, official_account)

    shown = visitor.get(f"/phone/{person.pk}/official-accounts/{official_account.pk}/menu/0/", follow=True)

    assert "own server was told of it" in shown.content.decode().replace("&#x27;", "'")


def test_a_menu_of_the_server_is_edited_in_the_console(server, official_account, signed_in):
    server.post(CREATE, {"button": [HOURS]})

    page = signed_in(official_account).get("/console/menu/").content.decode()

    assert 'value="HOURS"' in page
