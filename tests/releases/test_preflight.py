"""What keeps a submission back: each condition, alone (REL-3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Account, Category
from releases import actions, preflight
from releases.models import Submission
from tests.releases.conftest import fill_in, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-3")]


@pytest.fixture
def draft(game: Account, upload) -> Submission:
    return fill_in(actions.open_submission(upload("1.0.0").pk, by=game.login.as_actor()))


def missing(draft: Submission) -> list[str]:
    fresh = Submission.objects.select_related("account", "version").get(pk=draft.pk)
    return [condition.name for condition in preflight.missing(fresh)]


def test_a_draft_filled_in_misses_nothing_and_previews_are_optional(draft) -> None:
    assert missing(draft) == []
    found = {condition.name: condition for condition in preflight.conditions(draft)}
    assert (found["previews"].met, found["previews"].optional) == (False, True)
    assert len(found) == 12


def test_an_empty_draft_misses_everything_that_is_typed(game: Account, upload) -> None:
    draft = actions.open_submission(upload("1.0.0").pk, by=game.login.as_actor())
    documents = ["edition_number", "culture_record", "software_copyright", "self_review"]
    assert missing(draft) == ["rules", "pages", "category", "notes", *documents]


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ({"title": ""}, "pages"),
        ({"title": "x" * 33}, "pages"),
        ({"tags": "tag " * 11}, "pages"),
        ({"tags": ""}, "pages"),
        ({"path": "../game.js"}, "pages"),
        ({"path": "nowhere.js"}, "pages"),
        ({"category": "puzzle"}, "pages"),
    ],
)
def test_a_page_that_is_wrong_keeps_it_back(page, name, draft, game: Account) -> None:
    pages = [{"title": "Home", "tags": "run", "path": "", "category": "casual", **page}]
    actions.save_details(draft.pk, {"pages": pages}, by=game.login.as_actor())
    assert missing(draft) == [name]


@pytest.mark.parametrize(("name", "most"), [("notes", 200), ("remark", 200), ("feedback", 200)])
def test_a_text_that_is_too_long_keeps_it_back(name, most, draft, game: Account) -> None:
    by = game.login.as_actor()
    actions.save_details(draft.pk, {name: "x" * most}, by=by)
    assert missing(draft) == []
    actions.save_details(draft.pk, {name: "x" * (most + 1)}, by=by)
    assert missing(draft) == [name]


def test_more_than_five_pages_are_never_kept(draft, game: Account) -> None:
    page = {"title": "Home", "tags": "run", "path": "", "category": "casual"}
    actions.save_details(draft.pk, {"pages": [page] * 50}, by=game.login.as_actor())
    assert len(Submission.objects.get(pk=draft.pk).details["pages"]) == 5


def test_a_category_taken_away_meanwhile_keeps_it_back(draft) -> None:
    category = Category.objects.get(account=draft.account)
    category.remove(at=category.world.now(), by=draft.account.login.as_actor())
    category.save()
    assert missing(draft) == ["pages", "category"]


def test_a_page_of_the_version_before_is_not_in_this_one(draft, upload, game: Account) -> None:
    by = game.login.as_actor()
    pages = [{"title": "Home", "tags": "run", "path": "game.js?level=2", "category": "casual"}]
    actions.save_details(draft.pk, {"pages": pages}, by=by)
    assert missing(draft) == []
    newer = actions.open_submission(upload("1.1.0").pk, by=by)
    assert missing(newer) == []
    newer.version.contents["files"] = [["main.js", 1, "0" * 64]]
    assert [row.name for row in preflight.missing(newer)] == ["pages"]


def test_a_version_deleted_or_replaced_keeps_it_back(draft, upload) -> None:
    upload("1.1.0")
    assert missing(draft) == ["version"]


def test_another_version_under_review_keeps_it_back(game: Account, upload) -> None:
    first = submitted(upload("1.0.0"))
    draft = fill_in(actions.open_submission(first.version_id, by=game.login.as_actor()))
    assert missing(draft) == ["under_review"]


@pytest.mark.requirement("REL-4")
@pytest.mark.parametrize("slot", ["edition_number", "culture_record", "software_copyright"])
def test_a_document_whose_number_is_wrong_keeps_it_back(slot, draft, game: Account) -> None:
    actions.put_document(game.pk, slot, None, {}, by=game.login.as_actor())
    assert missing(draft) == [slot]


@pytest.mark.requirement("REL-5")
def test_a_sandbox_account_asked_for_keeps_it_back_until_it_can_be_used(draft, game: Account, time) -> None:
    by = game.login.as_actor()
    Submission.objects.filter(pk=draft.pk).update(sandbox_asked=True)
    assert missing(draft) == ["sandbox"]
    until = (game.world.now() + timedelta(days=2)).date().isoformat()
    typed = {"account": "tester", "password": "lantern", "valid_until": until}
    actions.save_sandbox(draft.pk, typed | {"password": ""}, by=by)
    assert missing(draft) == ["sandbox"]
    actions.save_sandbox(draft.pk, typed, by=by)
    assert missing(draft) == []
    time.passes(days=2)
    assert missing(draft) == ["sandbox"], "its last day is over before a reviewer can try it"
