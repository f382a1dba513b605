"""The information page and its forms: what is missing, what is left, what is shut (INF-1 to INF-4)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Category, Member
from information import actions
from information.models import Proof
from portal.kernel.models import AuditEvent
from portal.simulator import walks
from tests.information.chosen import administrator, choose, decide, picture, prove, review_of, square
from tests.kernel.test_pictures import SVG, SVG_FILE

PAGE = "/console/information/"
LIST = "/console/information/categories/"
ADD = "/console/information/categories/add/"
BUDGET = 8


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def browser(account: Account, signed_in: Callable[[Account], Client]) -> Client:
    return signed_in(account)


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


def again(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


# --- the page -----------------------------------------------------------------------------


@pytest.mark.requirement("INF-1", "INF-2")
def test_it_lists_what_is_missing_and_what_is_left(browser, account):
    answer = browser.get(PAGE)
    assert [(row["label"], row["state"], row["url"]) for row in answer.context["missing"]] == [
        ("Name", "", "/console/information/name/"),
        ("Photo", "", "/console/information/photo/"),
        ("Introduction", "", "/console/information/introduction/"),
        ("Service category", "", ADD),
    ]
    page = text(answer)
    assert "Not complete" in page
    assert page.count("5 of 5 changes left this month") == 2
    assert page.count("3 of 3 changes left this month") == 1
    assert answer.content.decode().count("<h1>") == 1


@pytest.mark.requirement("INF-1", "INF-2")
def test_a_name_at_the_desk_is_not_what_is_next(browser, account):
    walks.ask_for_name(account, "Moonquill Library")
    answer = browser.get(PAGE)
    name = answer.context["missing"][0]
    assert (name["action"], name["hint"]) == ("View", "A reviewer has it")
    assert answer.context["next"] == "photo"
    assert re.search(r"View : Name", text(answer))


@pytest.mark.requirement("INF-1")
def test_once_complete_nothing_is_missing_and_submission_is_open(browser, account):
    account = walks.perfect(account)
    page = text(browser.get(PAGE))
    assert "What is still missing" not in page
    assert "Complete" in page
    assert "4 of 5 changes left this month" in page
    assert "2 of 3 changes left this month" in page
    assert f"/photos/{account.pk}/{account.photo}.png" in browser.get(PAGE).content.decode()


def test_one_under_review_is_missing_until_it_is_in_use(browser, account):
    prove(account)
    choose(account, "card_board")
    row = browser.get(PAGE).context["missing"][3]
    assert (row["state"], row["url"], row["hint"]) == (
        "", LIST, "One is under review. It counts once it is in use."
    )  # fmt: skip


@pytest.mark.requirement("INF-4")
@pytest.mark.parametrize(
    ("stage", "kind", "reason", "way_out"),
    [
        (
            "awaiting_transfer", "enterprise",
            "The entity is not verified yet. It opens when the wire transfer is validated.",
            "/verification/wire-transfer/",
        ),
        (
            "awaiting_authentication", "government",
            "The entity is not verified yet. It opens with WeChat authentication.",
            "/settings/authentication/",
        ),
    ],
)  # fmt: skip
def test_before_verification_each_card_says_what_opens_it(world, signed_in, stage, kind, reason, way_out):
    answer = signed_in(walks.account_at(world, stage, entity_type=kind)).get(PAGE)
    main = html.unescape(answer.content.decode().partition("<main")[2])
    assert (main.count(reason), main.count(f'href="{way_out}"')) == (4, 4)
    assert not any(row.get("url") for row in answer.context["missing"])


def member(account: Account, role: str, wechat_id: str) -> Any:
    person = walks.administrator(account.world, wechat_id)
    Member.objects.create(
        world=account.world, account=account, person=person, role=role, added_at=account.world.now()
    )
    return person


@pytest.mark.requirement("INF-1")
@pytest.mark.parametrize(("role", "may"), [("operator", True), ("developer", False), ("data_analyst", False)])
def test_operators_may_edit_and_others_are_told_why_not(account, signed_in, role, may):
    person = member(account, role, "meiran")
    browser = signed_in(account, person)
    page = browser.get("/console/information/introduction/")
    assert ("<textarea" in page.content.decode()) is may
    answer = browser.post("/console/information/introduction/", {"introduction": "Fold a paper kite."})
    assert (answer.status_code == 302) is may
    assert bool(again(account).introduction) is may
    if may:
        act = AuditEvent.objects.get(name="information.introduction_changed")
        assert (act.by_name, act.by_role) == (person.name, "operator")
    else:
        assert str(browser.get(PAGE).context["decision"].reason) in text(browser.get(PAGE))


@pytest.mark.parametrize(
    "path", [PAGE, "/console/information/photo/", "/console/information/introduction/", LIST, ADD]
)
def test_each_page_keeps_its_budget(browser, account, path):
    walks.perfect(account)
    prove(account)
    decide(choose(account, "card_board"), "reject", "The stamp is missing.")
    prove(account)
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    assert len(queries) <= BUDGET, [query["sql"][:90] for query in queries]


# --- what a Mini Game opens ----------------------------------------------------------------


def opened(answer: Any) -> dict[str, tuple[str, str]]:
    return {str(row["label"]): (row["state"], row["hint"]) for row in answer.context["game"]}


@pytest.mark.requirement("INF-3")
@pytest.mark.parametrize(
    ("kind", "stage", "payment"),
    [
        ("enterprise", "verified", ("", "It needs WeChat authentication, which this account does not have.")),
        ("individual", "verified", ("no", "")),
        ("enterprise", "authenticated", ("", "WeChat Pay is not open yet. Open it first.")),
    ],
)
def test_it_says_before_and_after_what_a_game_opens(world, signed_in, kind, stage, payment):
    account = walks.account_at(world, stage, entity_type=kind)
    browser = signed_in(account)
    before = opened(browser.get(f"{ADD}?first=game"))
    assert set(before) == {"Submission for verification", "Virtual Payment"}
    assert before["Virtual Payment"][0] == payment[0]
    assert payment[1] in before["Virtual Payment"][1]
    assert browser.get(f"{ADD}?first=tools").context["game"] == []

    browser.post(ADD, {"first": "game", "second": "puzzle", "note": ""})
    assert opened(browser.get(LIST)) == before
    by = administrator(account)
    walks.rename(account, "Paper Kite Harbour")
    actions.change_photo(account.pk, square(), by=by)
    actions.change_introduction(account.pk, "Fold a paper kite.", by=by)
    assert opened(browser.get(LIST))["Submission for verification"] == ("ok", "")


# --- adding one ---------------------------------------------------------------------------


@pytest.mark.requirement("INF-3")
def test_the_first_level_shows_its_classes_without_a_script(browser):
    answer = browser.post(ADD, {"do": "choose", "first": "game", "second": "", "note": "kept"})
    assert answer.headers["Location"] == f"{ADD}?first=game&second=&note=kept"
    form = browser.get(answer.headers["Location"]).context["form"]
    assert [code for code, _label in form.fields["second"].choices][:3] == ["", "casual", "puzzle"]
    assert dict(form.fields["second"].choices)["card_board"] == "Card & board (needs a proof)"


def test_an_individual_is_offered_what_it_may_choose(world, signed_in):
    browser = signed_in(walks.account_at(world, "verified", entity_type="individual"))
    offered = [code for code, _label in browser.get(ADD).context["form"].fields["first"].choices]
    assert "game" in offered
    assert not {"medicine", "finance"} & set(offered)


@pytest.mark.requirement("INF-3")
def test_a_special_one_goes_to_the_desk_with_its_specimen(browser, account):
    typed = {"first": "game", "second": "card_board", "note": "From the council"}
    page = text(browser.get(f"{ADD}?first=game&second=card_board"))
    assert "The software copyright certificate, and a statement that nothing is played for money." in page
    refused = browser.post(ADD, typed | {"do": "add"})
    assert refused.context["proof_errors"] == [
        "Not added: this category needs a proof. Add at least one picture of it."
    ]
    assert 'value="From the council"' in refused.content.decode()
    kept = browser.post(ADD, typed | {"do": "specimen"})
    assert kept.headers["Location"] == f"{ADD}?first=game&second=card_board&note=From+the+council"
    (proof,) = Proof.objects.all()
    shown = browser.get(f"/console/information/proofs/{proof.pk}/")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert browser.post(ADD, typed | {"do": "add"}).headers["Location"] == LIST
    page = browser.get(LIST)
    assert "At the reviewers' desk; a verdict is due by 19 Mar 2019, 10:00." in text(page)
    (actor,) = page.context["actors"]
    assert f"/{review_of(Category.objects.get()).pk}/" in actor["buttons"][0]["fields"]["next"]


def test_what_is_no_picture_is_said_at_the_slot_and_the_rest_is_kept(browser, account):
    typed = {"do": "upload", "first": "game", "second": "card_board", "note": "From the council"}
    files = [SimpleUploadedFile("a.png", SVG_FILE), SimpleUploadedFile("b.png", picture())]
    answer = browser.post(ADD, typed | {"proof": files})
    assert answer.context["proof_errors"] == [SVG]
    assert 'value="From the council"' in answer.content.decode()
    assert [proof.name for proof in Proof.objects.all()] == ["b.png"]
    removed = browser.post(ADD, typed | {"do": f"remove:{Proof.objects.get().pk}"})
    assert removed.status_code == 302
    assert actions.proofs_at_hand(account) == []


def test_proofs_sent_along_with_the_form_go_with_it(browser):
    browser.post(
        ADD,
        {"first": "game", "second": "music", "note": "", "proof": SimpleUploadedFile("a.png", picture())},
    )
    assert Category.objects.get().proofs.count() == 1


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {"first": ["Choose the first level."], "second": ["Choose a class."]}),
        (
            {"first": "game", "second": "notes"},
            {"second": ["This class is not of the first level. Choose one of the list."]},
        ),
        (
            {"first": "gone", "second": "puzzle"},
            {
                "first": ["This first level cannot be chosen here. Choose one of the list."],
                "second": ["This class is not of the first level. Choose one of the list."],
            },
        ),
        (
            {"first": "game", "second": "puzzle", "note": "over\x00here"},
            {"note": ["Character 5 is U+0000, a control character, which text cannot hold. Remove it."]},
        ),
    ],
)
def test_what_was_not_chosen_rightly_is_said_at_its_field(browser, typed, errors):
    answer = browser.post(ADD, typed | {"do": "add"})
    assert answer.status_code == 200
    assert {name: list(found) for name, found in answer.context["form"].errors.items()} == errors
    assert not Category.objects.exists()


def test_a_refusal_of_the_rules_stands_at_its_field(browser, account):
    choose(account, "puzzle")
    answer = browser.post(ADD, {"first": "game", "second": "puzzle", "note": ""})
    assert list(answer.context["form"].errors["second"]) == [
        "Not added: Game: Puzzle is already among the categories. Choose another."
    ]
    assert list(answer.context["form"].fields["first"].choices) == [("game", "Game")]


@pytest.mark.parametrize("do", ["remove:", "remove:x", "remove:" + "9" * 400, "\x00", "nothing", "upload:1"])
def test_a_button_that_nobody_made_does_nothing(browser, do):
    answer = browser.post(ADD, {"do": do, "first": "game\u0661", "second": "x" * 5000, "note": "y" * 5000})
    assert answer.status_code == 302
    assert len(answer.headers["Location"]) < 800
    assert browser.get(answer.headers["Location"]).status_code == 200


# --- giving up, and other accounts' ---------------------------------------------------------


def test_a_category_is_removed_by_its_button(browser, account):
    puzzle, casual = choose(account, "puzzle"), choose(account, "casual")
    answer = browser.post(f"{LIST}{puzzle.pk}/remove/", follow=True)
    assert "Game: Puzzle is removed." in text(answer)
    assert [row["pk"] for row in answer.context["rows"]] == [casual.pk]
    refused = browser.post(
        f"{LIST}{casual.pk}/remove/", follow=True, headers={"referer": f"http://testserver{LIST}"}
    )
    assert "Not removed: it is the last category in use, and there has to be one." in text(refused)


def test_another_accounts_categories_and_proofs_are_not_there(world, account, signed_in):
    prove(account)
    category = choose(account, "card_board")
    proof = Proof.objects.get()
    other = walks.account_at(
        world, "verified", email="other@kite.example", name="Other Kite", wechat_id="chenxi"
    )
    browser = signed_in(other)
    assert browser.post(f"{LIST}{category.pk}/remove/").status_code == 404
    assert browser.get(f"/console/information/proofs/{proof.pk}/").status_code == 404
    assert browser.get(f"/console/information/proofs/{2**70}/").status_code == 404
    category.refresh_from_db()
    assert category.state == "under_review"


def test_a_refused_one_shows_its_reasons_until_it_comes_again(browser, account):
    prove(account)
    decide(choose(account, "card_board"), "reject", "The <stamp> is missing.")
    assert "The &lt;stamp&gt; is missing." in browser.get(LIST).content.decode()
    prove(account, "blue")
    choose(account, "card_board")
    assert [row["tone"] for row in browser.get(LIST).context["rows"]] == ["doing"]
