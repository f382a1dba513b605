"""Service categories: choosing, the desk, giving up, and what Game means (INF-1, INF-3)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from accounts import categories as tree
from accounts.models import Account, Category
from accounts.models.account import GAME
from information import actions
from information.breaches import breaches
from information.models import Proof
from portal.kernel import breaches as everything
from portal.kernel import limits, pictures, reviews
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Tally
from portal.kernel.terms import Capability, EntityType
from portal.outside.models import Letter
from portal.simulator import walks
from tests.information.chosen import administrator, choose, decide, prove, review_of


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


def again(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def used() -> int:
    return sum(Tally.objects.filter(limit="category_changes").values_list("used", flat=True))


def refusal(call, *args, **kwargs) -> tuple[str, str, str]:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code, refused.value.field, refused.value.message


# --- the tree -----------------------------------------------------------------------------


def test_every_code_fits_its_column_and_stands_once():
    firsts = [level.code for level in tree.TREE]
    seconds = [each.code for level in tree.TREE for each in level.classes]
    assert len(set(firsts)) == len(firsts)
    assert len(set(seconds)) == len(seconds)
    assert max(map(len, firsts)) <= (Category._meta.get_field("first").max_length or 0)
    assert max(map(len, seconds)) <= (Category._meta.get_field("second").max_length or 0)


@pytest.mark.requirement("INF-3")
def test_game_has_its_ten_classes_and_is_open_to_everybody():
    game = tree.LEVELS[GAME]
    assert [str(each.label) for each in game.classes] == [
        "Casual", "Puzzle", "Card & board", "Role-playing", "Action", "Strategy", "Sports", "Simulation",
        "Music", "Shooting",
    ]  # fmt: skip
    assert game.entities == frozenset(EntityType)
    assert [each.code for each in game.classes if each.is_special] == ["card_board", "music"]


def test_a_code_that_the_tree_has_no_more_is_shown_as_it_is():
    assert tree.label("game", "puzzle") == "Game: Puzzle"
    assert tree.label("gone", "away") == "gone: away"
    assert tree.class_of("gone", "puzzle") is None


# --- choosing -----------------------------------------------------------------------------


@pytest.mark.requirement("INF-3")
def test_the_first_category_is_in_use_at_once_and_locks_the_first_level(account):
    category = choose(account, "puzzle")
    assert (category.state, category.settled_at) == ("in_use", account.world.now())
    assert again(account).first_category == "game"
    assert again(account).is_game
    assert refusal(choose, account, "notes", first="tools") == (
        "first_category",
        "first",
        "Not added: the first level is Game and does not change any more. Choose a class of it.",
    )
    assert used() == 1
    told = AuditEvent.objects.filter(subject_type="accounts.Category", subject_id=category.pk)
    assert [(str(each.label), each.reason) for each in told.order_by("id")] == [
        ("chooses the category", "Game: Puzzle"),
        ("comes into use", ""),
    ]
    assert everything.found() == []


@pytest.mark.requirement("INF-3")
def test_the_first_level_is_guarded_in_the_database(account):
    choose(account, "puzzle")
    with pytest.raises(DatabaseError, match="guarded"), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(first_category="tools")


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("game", "notes", "category"),
        ("", "", "category"),
        ("game", "x" * 1_000_000, "category"),
        ("game\x00", "puzzle", "category"),
    ],
    ids=["of another", "nothing", "megabyte", "control"],
)
def test_what_the_tree_does_not_have_is_refused(account, first, second, code):
    assert refusal(choose, account, second, first=first)[0] == code
    assert not Category.objects.exists()


def test_what_is_not_open_to_the_entity_type_is_refused(world):
    person = walks.account_at(world, "verified", entity_type="individual")
    assert refusal(choose, person, "fitness", first="medicine") == (
        "entity_type",
        "first",
        "Not added: Medicine and health is not open to this entity type. Choose another.",
    )
    assert choose(person, "puzzle").state == "in_use"


def test_the_same_one_twice_is_refused(account):
    choose(account, "puzzle")
    assert refusal(choose, account, "puzzle") == (
        "chosen",
        "second",
        "Not added: Game: Puzzle is already among the categories. Choose another.",
    )


@pytest.mark.requirement("INF-1")
def test_three_changes_a_month_and_five_at_most(account, time):
    for second in ("puzzle", "casual", "action"):
        choose(account, second)
    assert refusal(choose, account, "sports") == (
        "category_changes",
        "second",
        "Not saved: 3 of 3 changes of categories used this month. Try again on 1 Apr 2019.",
    )
    time.passes(days=30)
    choose(account, "sports")
    choose(account, "strategy")
    assert refusal(choose, account, "shooting") == (
        "categories",
        "second",
        "Not added: this account has 5 of 5 categories. Remove one first.",
    )
    assert used() == 5


# --- special ones -------------------------------------------------------------------------


def test_a_special_one_needs_a_proof(account):
    assert refusal(choose, account, "card_board") == (
        "proof",
        "proof",
        "Not added: this category needs a proof. Add at least one picture of it.",
    )
    assert used() == 0


@pytest.mark.requirement("INF-3", "SIM-7")
def test_a_special_one_passes_the_desk_before_it_is_in_use(account):
    prove(account)
    category = choose(account, "card_board", note="The certificate is on the second page.")
    review = review_of(category)
    assert (category.state, review.title, review.kind) == (
        "under_review", str(account.entity), "information.category"
    )  # fmt: skip
    assert again(account).first_category == ""
    assert list(Proof.objects.values_list("category", flat=True)) == [category.pk]
    shown = reviews.KINDS[review.kind].present(review)
    assert (shown["category"], shown["note"]) == (
        "Game: Card & board",
        "The certificate is on the second page.",
    )
    assert [picture.label for picture in shown["pictures"]] == ["Proof 1"]

    assert decide(category, "approve").state == "in_use"
    assert again(account).first_category == "game"
    letter = Letter.objects.filter(to=account.email).latest("id")
    assert letter.subject == "The category Game: Card & board passed"
    assert everything.found() == []


@pytest.mark.requirement("INF-3")
def test_the_verdict_is_due_in_seven_working_days(account):
    prove(account)
    review = review_of(choose(account, "card_board"))
    assert review.due_at.isoformat() == "2019-03-19T02:00:00+00:00"  # Sat 9 Mar: Mon 11 is the first
    assert limits.CATEGORY_REVIEW_WORKING_DAYS == 7


def test_a_refused_one_says_why_and_may_come_again(account):
    prove(account)
    category = decide(choose(account, "card_board"), "reject", "The stamp is missing.")
    assert (category.state, again(account).first_category) == ("refused", "")
    letter = Letter.objects.filter(to=account.email).latest("id")
    assert letter.subject == "The category Game: Card & board did not pass"
    assert "The stamp is missing." in letter.text
    prove(account, "blue")
    assert choose(account, "card_board").state == "under_review"
    assert breaches() == []


def test_letters_and_notices_speak_the_language_of_the_account(world):
    account = walks.account_at(world, "verified", language="zh-hans")
    prove(account)
    category = decide(choose(account, "card_board"), "reject", "缺少公章。")
    assert category.state == "refused"
    assert "缺少公章。" in Letter.objects.filter(to=account.email).latest("id").text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_note_is_found_again_whatever_stands_in_it(account, language):
    Account.objects.filter(pk=account.pk).update(language=language)
    prove(account)
    note = "Page 2: the seal; 第 3 页；公章。"
    assert actions.categories.note_of(choose(again(account), "card_board", note=note)) == note


@pytest.mark.requirement("SIM-5")
@pytest.mark.parametrize(
    ("note", "state"), [("approve@magic.example", "in_use"), ("reject@magic.example", "refused")]
)
def test_a_magic_value_in_the_note_decides_at_once(account, time, note, state):
    prove(account)
    category = choose(account, "card_board", note=note)
    time.passes(seconds=1)
    category.refresh_from_db()
    assert category.state == state


@pytest.mark.parametrize("note", ["x" * 121, "over\x00here", "\u202eturned"])
def test_a_note_that_no_text_holds_is_refused(account, note):
    prove(account)
    assert refusal(choose, account, "card_board", note=note)[:2] == ("note", "note")


def test_while_one_is_under_review_no_other_first_level_is_chosen(account):
    prove(account)
    category = choose(account, "card_board")
    assert refusal(choose, account, "notes", first="tools")[0] == "first_category"
    actions.remove_category(category.pk, by=administrator(account))
    assert choose(account, "notes", first="tools").state == "in_use"
    assert again(account).first_category == "tools"


# --- proofs -------------------------------------------------------------------------------


def test_five_proofs_at_most_and_one_taken_away_makes_room(account):
    for colour in ("red", "lime", "blue", "white", "black"):
        prove(account, colour)
    assert refusal(prove, account, "grey")[:2] == ("proofs", "proof")
    first = actions.proofs_at_hand(account)[0]
    for _turn in range(2):
        actions.remove_proof(account.pk, first.pk, by=administrator(account))
    prove(account, "grey")
    assert len(actions.proofs_at_hand(account)) == 5


def test_what_went_to_the_reviewer_is_not_taken_away_any_more(account):
    prove(account)
    category = choose(account, "card_board")
    (proof,) = category.proofs.all()
    actions.remove_proof(account.pk, proof.pk, by=administrator(account))
    proof.refresh_from_db()
    assert proof.removed_at is None
    assert pictures.path_of(account.world_id, proof.sha256).exists()


# --- giving up ----------------------------------------------------------------------------


def test_one_of_two_may_go_and_costs_a_change(account):
    puzzle, _casual = choose(account, "puzzle"), choose(account, "casual")
    removed = actions.remove_category(puzzle.pk, by=administrator(account))
    assert (removed.state, used()) == ("removed", 3)
    assert refusal(choose, account, "action")[0] == "category_changes"


@pytest.mark.requirement("INF-1")
def test_the_last_one_in_use_stays(account):
    puzzle = choose(account, "puzzle")
    prove(account)
    choose(account, "card_board")
    assert refusal(actions.remove_category, puzzle.pk, by=administrator(account)) == (
        "last_category",
        "",
        "Not removed: it is the last category in use, and there has to be one. Add another first.",
    )


def test_what_waits_is_taken_back_from_the_desk(account):
    prove(account)
    category = choose(account, "card_board")
    actions.remove_category(category.pk, by=administrator(account))
    category.refresh_from_db()
    assert (category.state, review_of(category).state, used()) == ("removed", "withdrawn", 1)
    assert everything.found() == []


def test_a_stranger_chooses_and_removes_nothing(world, account):
    stranger = walks.administrator(world, "meiran").as_actor()
    puzzle = choose(account, "puzzle")
    for call in (
        lambda: actions.choose_category(account.pk, "game", "casual", by=stranger),
        lambda: actions.remove_category(puzzle.pk, by=stranger),
        lambda: actions.remove_proof(account.pk, 1, by=stranger),
    ):
        assert refusal(call)[0] == Capability.CHOOSE_CATEGORIES


# --- the audit ----------------------------------------------------------------------------


def test_the_audit_finds_a_first_level_without_its_category(account):
    Account.objects.filter(pk=account.pk).update(first_category="game")
    assert breaches() == [f"account {account.pk}: has a first category, but none in use"]


def test_the_audit_finds_categories_that_contradict_account_and_desk(account):
    choose(account, "puzzle")
    prove(account)
    waiting = choose(account, "card_board")
    stray = Category.objects.create(
        world=account.world, account=account, first="tools", second="notes", chosen_at=account.world.now()
    )
    assert breaches() == [f"category {stray.pk}: is under review, but not at the desk"]
    stray.adopt(at=account.world.now(), by=administrator(account))
    stray.save()
    assert breaches() == [f"category {stray.pk}: is of another first level than its account"]
    waiting.adopt(at=account.world.now(), by=administrator(account))
    waiting.save()
    assert f"review {review_of(waiting).pk}: waits, but its category does not" in breaches()
