"""Service categories over HTTP: the tree, added, reviewed, given up (API-2, INF-3; wechat-api 4.3)."""

from __future__ import annotations

import pytest

from accounts import categories as tree
from accounts.models import Account, Category
from information.models import Proof
from portal.kernel import breaches
from portal.kernel.models import Review
from portal.simulator.walks import desk
from portal.simulator.walks.stages import account_at
from pushes.models import Push
from tests.accounts.files import drawn
from tests.information.test_api_naming import listen
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

OK = {"errcode": 0, "errmsg": "ok"}
GAME, CASUAL, PUZZLE, BOARD, MUSIC = 100, 101, 102, 103, 109
MEDICINE, CLINICS = 700, 702


@pytest.fixture
def server(world):
    return OwnServer(account_at(world, "verified"))


@pytest.fixture
def media_id(server):
    return server.upload("/cgi-bin/media/upload", drawn(), type="image")["media_id"]


def call(server, name, body=None):
    return server.post(f"/cgi-bin/wxopen/{name}", body)


def add(server, *wanted):
    return call(server, "addcategory", {"categories": list(wanted)})


def one(second, *media_ids, first=GAME, key="Copyright"):
    """Return a category as it is asked for."""
    return {
        "first": first,
        "second": second,
        "certicates": [{"key": key, "value": each} for each in media_ids],
    }


def statuses(server):
    """Return the account's categories as the API tells them: id, status, reason."""
    told = call(server, "getcategory")["categories"]
    return [(each["second"], each["audit_status"], each["audit_reason"]) for each in told]


# --- the tree -----------------------------------------------------------------------------


def test_the_tree_has_both_levels(server):
    rows = server.get("/cgi-bin/wxopen/getallcategories")["categories_list"]["categories"]

    assert rows[0] == {
        "id": GAME,
        "name": "Game",
        "level": 1,
        "father": 0,
        "children": list(range(101, 111)),
        "sensitive_type": 0,
        "qualify": {"exter_list": [], "remark": ""},
    }
    proof = "The software copyright certificate, and a statement that nothing is played for money."
    assert next(row for row in rows if row["id"] == BOARD) == {
        "id": BOARD,
        "name": "Card & board",
        "level": 2,
        "father": GAME,
        "children": [],
        "sensitive_type": 1,
        "qualify": {"exter_list": [{"inner_list": [{"name": proof, "url": ""}]}], "remark": ""},
    }
    assert len({row["id"] for row in rows}) == len(rows)
    assert rows == call(server, "getcategoriesbytype", {"verify_type": "1"})["categories_list"]["categories"]


def test_some_categories_are_for_organizations(world, server):
    person = OwnServer(account_at(world, "verified", entity_type="individual", email="one@game.example"))
    theirs = call(person, "getallcategories")["categories_list"]["categories"]
    ours = call(server, "getallcategories")["categories_list"]["categories"]

    assert {row["id"] for row in ours} - {row["id"] for row in theirs} > {MEDICINE, CLINICS}
    assert theirs == call(server, "getcategoriesbytype", {})["categories_list"]["categories"]
    assert add(person, one(CLINICS, first=MEDICINE))["errcode"] == 53302


@pytest.mark.parametrize("verify_type", [5, -1, "x", []])
def test_no_such_entity_type(server, verify_type):
    assert call(server, "getcategoriesbytype", {"verify_type": verify_type})["errcode"] == 40097


def test_ids_name_what_the_tree_has():
    for level in tree.TREE:
        for each in level.classes:
            ids = tree.number(level.code), tree.number(level.code, each.code)
            assert tree.by_numbers(*ids) == (level.code, each.code)
    assert tree.by_numbers(GAME, MEDICINE) is None
    with pytest.raises(LookupError):
        tree.number("game", "clinics")


# --- the account's own ---------------------------------------------------------------------


def test_categories_are_added_all_at_once(server, signed_in):
    assert add(server, one(CASUAL), one(PUZZLE)) == OK

    assert server.get("/cgi-bin/wxopen/getcategory") == {
        **OK,
        "categories": [
            {"first": GAME, "first_name": "Game", "second": second, "second_name": name,
             "audit_status": 3, "audit_reason": ""}
            for second, name in ((CASUAL, "Casual"), (PUZZLE, "Puzzle"))
        ],
        "limit": 3,
        "quota": 1,
        "category_limit": 5,
    }  # fmt: skip
    account = Account.objects.get(pk=server.account.pk)
    assert account.is_game
    assert b"Game: Puzzle" in signed_in(account).get("/console/information/categories/").content
    assert breaches.found() == []


def test_a_special_one_goes_to_the_desk_and_comes_again(server, media_id, time):
    listen(server.account)
    assert add(server, one(BOARD, media_id, media_id)) == OK
    category = Category.objects.get()
    assert Proof.objects.filter(category=category).count() == 2
    assert statuses(server) == [(BOARD, 1, "")]
    assert call(server, "deletecategory", {"first": GAME, "second": BOARD})["errcode"] == 53308
    assert call(server, "modifycategory", one(BOARD, media_id))["errcode"] == 53307

    desk.decide(Review.objects.open().get(), "reject", ["The certificate cannot be read."])
    assert statuses(server) == [(BOARD, 2, "The certificate cannot be read.")]
    assert call(server, "deletecategory", {"first": GAME, "second": BOARD})["errcode"] == 53303

    assert call(server, "modifycategory", one(BOARD, media_id)) == OK
    desk.decide(Review.objects.open().get(), "approve", [])
    assert statuses(server) == [(BOARD, 3, "")]
    assert call(server, "getcategory")["quota"] == 1
    told = [each.message for each in Push.objects.filter(event="wxa_category_audit").order_by("pk")]
    assert [(each["ret"], each["first"], each["second"], each["reason"]) for each in told] == [
        (2, GAME, BOARD, "The certificate cannot be read."), (3, GAME, BOARD, ""),
    ]  # fmt: skip
    assert breaches.found() == []


def test_a_magic_key_decides_at_once(server, media_id, time):
    assert add(server, one(BOARD, media_id, key="reject@magic.example")) == OK
    time.passes(minutes=1)
    assert statuses(server) == [(BOARD, 2, "Refused by the magic value.")]


def test_the_last_one_stays(server):
    add(server, one(CASUAL), one(PUZZLE))
    assert call(server, "deletecategory", {"first": GAME, "second": str(CASUAL)}) == OK
    assert statuses(server) == [(PUZZLE, 3, "")]
    assert call(server, "deletecategory", {"first": GAME, "second": PUZZLE})["errcode"] == 53303
    assert call(server, "deletecategory", {"first": GAME, "second": CASUAL})["errcode"] == 53303


def test_three_changes_a_month_and_all_or_nothing(server):
    add(server, one(CASUAL), one(PUZZLE))
    assert add(server, one(104), one(105))["errcode"] == 53300
    assert statuses(server) == [(CASUAL, 3, ""), (PUZZLE, 3, "")]
    assert add(server, one(104)) == OK


def test_five_categories_at_most(server, time):
    for second in (CASUAL, PUZZLE, 104, 105, 106, 107):
        time.passes(days=31)
        server.renew()
        told = add(server, one(second))
        assert told["errcode"] == (53301 if second == 107 else 0)


@pytest.mark.parametrize(
    ("wanted", "errcode"),
    [
        ([], 53303),
        ("x", 53303),
        (None, 53303),
        ([7], 53303),
        ([{"first": GAME}], 53303),
        ([{"first": "x", "second": CASUAL}], 53303),
        ([{"first": 200, "second": CASUAL}], 53303),
        ([one(CASUAL), one(CASUAL)], 53304),
        ([one(CASUAL), one(201, first=200)], 53303),
        ([one(BOARD)], 53311),
        ([one(BOARD, "nothing")], 40007),
        ([{**one(BOARD), "certicates": {}}], 53303),
        ([{**one(BOARD), "certicates": ["x"]}], 53303),
        ([{**one(BOARD), "certicates": [{"key": "x"}]}], 53303),
        ([one(BOARD, *["nothing"] * 6)], 53303),
        ([one(each) for each in range(101, 107)], 53303),
    ],
)
def test_categories_are_refused(server, wanted, errcode):
    assert call(server, "addcategory", {"categories": wanted})["errcode"] == errcode
    assert not Category.objects.exists()


@pytest.mark.parametrize("name", ["modifycategory", "deletecategory"])
@pytest.mark.parametrize(
    "body", [{}, {"first": GAME}, {"first": GAME, "second": 999}, {"first": [], "second": 1}]
)
def test_no_such_category(server, name, body):
    assert call(server, name, body)["errcode"] == 53303
