"""Submitting, withdrawing and dropping: what the actions do and what they refuse (REL-2, REL-6)."""

from __future__ import annotations

import pytest

from accounts import actions as accounts
from accounts.models import Account, Notice
from portal.kernel import confirmations, reviews
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline, Review
from portal.outside.models import Letter
from portal.simulator import walks
from releases import actions, words
from releases.models import Preview, Qualification, Submission
from tests.accounts.bound import bind
from tests.releases.conftest import decide, fill_in, released, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-2")]


@pytest.fixture
def draft(game: Account, upload) -> Submission:
    return fill_in(actions.open_submission(upload("1.0.0").pk, by=game.login.as_actor()))


def of(submission: Submission) -> Submission:
    return Submission.objects.get(pk=submission.pk)


def test_opening_a_version_again_goes_on_with_its_draft(draft, game: Account) -> None:
    again = actions.open_submission(draft.version_id, by=game.login.as_actor())
    assert (again.pk, Submission.objects.count()) == (draft.pk, 1)


def test_another_version_takes_the_drafts_place_with_all_that_it_holds(draft, upload, game: Account) -> None:
    newer = actions.open_submission(upload("1.1.0").pk, by=game.login.as_actor())
    assert of(draft).state == "dropped"
    assert newer.details == draft.details


def test_after_a_verdict_what_was_typed_is_there_again_but_for_rules_and_feedback(
    draft, upload, game: Account
) -> None:
    by = game.login.as_actor()
    actions.save_details(draft.pk, {"feedback": "The seal is new."}, by=by)
    actions.submit(draft.pk, by=by)
    decide(draft, "reject", "The game ends too soon.")
    again = actions.open_submission(draft.version_id, by=by)
    kept = {name: value for name, value in draft.details.items() if name != "rules_at"}
    assert again.details == kept


@pytest.mark.parametrize(
    ("state", "match"), [("deleted", "no longer among"), ("replaced", "no longer among")]
)
def test_a_version_that_is_gone_is_not_submitted(state, match, upload, game: Account) -> None:
    version = upload("1.0.0")
    if state == "deleted":
        actions.delete(version.pk, by=game.login.as_actor())
    else:
        upload("1.1.0")
    with pytest.raises(Refused, match=match):
        actions.open_submission(version.pk, by=game.login.as_actor())


def test_an_account_whose_information_is_missing_submits_nothing(game: Account, upload) -> None:
    version = upload("1.0.0")
    Account.objects.filter(pk=game.pk).update(introduction="")
    with pytest.raises(Refused, match="not complete yet"):
        actions.open_submission(version.pk, by=game.login.as_actor())


def test_who_may_not_is_refused_everywhere_and_whom_the_policy_grants_it_may(draft, game: Account) -> None:
    developer = bind(game, "chenxi", "developer").person.as_actor()
    calls = [
        lambda: actions.open_submission(draft.version_id, by=developer),
        lambda: actions.accept_rules(draft.pk, by=developer),
        lambda: actions.save_details(draft.pk, {"notes": "x"}, by=developer),
        lambda: actions.put_document(game.pk, "self_review", walks.made_picture("d"), {}, by=developer),
        lambda: actions.add_preview(game.pk, walks.made_picture("p"), by=developer),
        lambda: actions.submit(draft.pk, by=developer),
        lambda: actions.drop(draft.pk, by=developer),
    ]
    for call in calls:
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.code == "submit_for_verification"
    granted = bind(game, "meiran", "operator", "development_management").person.as_actor()
    assert actions.submit(draft.pk, by=granted).state == "under_review"


def test_a_member_removed_while_filling_in_saves_nothing_more(draft, game: Account) -> None:
    member = bind(game, "meiran", "operator", "development_management")
    person = member.person.as_actor()
    actions.save_details(draft.pk, {"notes": "Mine"}, by=person)
    administrator = game.administrator.person.as_actor()
    asked = accounts.ask_to_remove(game.pk, member.pk, by=administrator)
    confirmations.confirm(asked.pk, by=administrator)
    with pytest.raises(Refused):
        actions.save_details(draft.pk, {"notes": "Mine too"}, by=person)
    assert of(draft).details["notes"] == "Mine"


def test_submitting_puts_everything_before_the_desk_as_it_is_now(draft, game: Account) -> None:
    by = game.login.as_actor()
    preview = actions.add_preview(game.pk, walks.made_picture("preview"), by=by)
    found = actions.submit(draft.pk, by=by)
    document = Qualification.objects.get(slot="software_copyright")
    assert found.submitted["previews"] == [preview.pk]
    assert found.submitted["documents"][2] == {
        "id": document.pk,
        "slot": "software_copyright",
        "name": document.name,
        "fields": {"registration_number": "2019SR9901234"},
    }
    review = Review.objects.get(kind=words.REVIEW)
    assert (review.subject_id, review.state, review.title) == (found.pk, "open", "Paper Lantern Dash 1.0.0")
    assert Notice.objects.filter(kind=words.SUBMITTED, facts__number="1.0.0").count() == 1
    actions.put_document(game.pk, "software_copyright", None, {"registration_number": "2020SR1"}, by=by)
    actions.remove_preview(preview.pk, by=by)
    assert of(found).submitted == found.submitted, "what was submitted does not change any more"


def test_one_is_under_review_at_a_time(draft, game: Account, upload) -> None:
    by = game.login.as_actor()
    actions.submit(draft.pk, by=by)
    second = fill_in(actions.open_submission(upload("1.1.0").pk, by=by))
    with pytest.raises(Refused, match="85009") as refused:
        actions.submit(second.pk, by=by)
    assert refused.value.code == "under_review"


def test_an_incomplete_one_is_refused_by_name(draft, game: Account) -> None:
    by = game.login.as_actor()
    actions.save_details(draft.pk, {"notes": "", "category": "puzzle"}, by=by)
    with pytest.raises(Refused, match="missing: Game category confirmed; Version notes"):
        actions.submit(draft.pk, by=by)
    assert of(draft).state == "draft"


def test_an_approved_version_that_nobody_released_gives_way(draft, game: Account, upload) -> None:
    by = game.login.as_actor()
    actions.submit(draft.pk, by=by)
    decide(draft, "approve")
    submitted(upload("1.1.0"))
    assert of(draft).state == "withdrawn"


def test_a_released_version_does_not(draft, game: Account, upload) -> None:
    actions.submit(draft.pk, by=game.login.as_actor())
    decide(draft, "approve")
    released(of(draft))
    submitted(upload("1.1.0"))
    assert of(draft).state == "released"


@pytest.mark.requirement("REL-6")
def test_withdrawing_ends_the_review_and_its_deadlines(draft, game: Account) -> None:
    by = game.login.as_actor()
    reviews.set_policy(game.world_id, words.REVIEW, mode="auto", by=by)
    actions.submit(draft.pk, by=by)
    actions.withdraw(draft.pk, by=by)
    assert (of(draft).state, Review.objects.get(kind=words.REVIEW).state) == ("withdrawn", "withdrawn")
    assert not Deadline.objects.open().filter(kind=reviews.AUTO).exists()
    with pytest.raises(Refused, match="not under review"):
        actions.withdraw(draft.pk, by=by)


@pytest.mark.requirement("REL-6")
def test_ten_withdrawals_a_month_one_a_day_on_the_worlds_clock(game: Account, upload, time) -> None:
    by = game.login.as_actor()
    version = upload("1.0.0")
    for _day in range(10):
        actions.withdraw(submitted(version).pk, by=by)
        time.passes(days=1)
    waiting = submitted(version)
    with pytest.raises(Refused, match=r"10 of 10 used this month\. Try again on 1 Apr 2019"):
        actions.withdraw(waiting.pk, by=by)
    time.reaches(time.now.replace(month=3, day=31, hour=16, minute=0))  # midnight of 1 April in Shanghai
    assert actions.withdraw(waiting.pk, by=by).state == "withdrawn"


def test_a_second_picture_takes_the_firsts_place(draft, game: Account) -> None:
    by = game.login.as_actor()
    first = Qualification.objects.get(slot="self_review")
    actions.put_document(game.pk, "self_review", walks.made_picture("again"), {}, by=by)
    first.refresh_from_db()
    assert first.removed_at == game.world.now()
    assert Qualification.objects.filter(slot="self_review", removed_at__isnull=True).count() == 1


@pytest.mark.parametrize("slot", ["nothing", "", "name", "../../self_review"])
def test_a_slot_that_is_none_takes_nothing(slot, game: Account) -> None:
    with pytest.raises(Refused, match="choose a picture"):
        actions.put_document(game.pk, slot, walks.made_picture("d"), {}, by=game.login.as_actor())


def test_a_preview_taken_away_twice_is_taken_away_once(game: Account) -> None:
    by = game.login.as_actor()
    preview = actions.add_preview(game.pk, walks.made_picture("p"), by=by)
    removed_at = actions.remove_preview(preview.pk, by=by).removed_at
    assert actions.remove_preview(preview.pk, by=by).removed_at == removed_at
    assert Preview.objects.count() == 1


# --- magic values -------------------------------------------------------------------------


@pytest.mark.requirement("SIM-5")
@pytest.mark.parametrize(
    ("remark", "state", "source"),
    [
        ("approve@magic.example", "approved", "magic"),
        (" Approve@MAGIC.example ", "approved", "magic"),
        ("reject@magic.example", "rejected", "magic"),
        ("return@magic.example", "under_review", None),
        ("write to approve@magic.example", "under_review", None),
    ],
)
def test_a_magic_remark_decides_at_once(remark, state, source, draft, game: Account, time) -> None:
    by = game.login.as_actor()
    actions.save_details(draft.pk, {"remark": remark}, by=by)
    actions.submit(draft.pk, by=by)
    time.passes(minutes=1)
    verdict = Review.objects.get(kind=words.REVIEW).verdicts.first()
    assert (of(draft).state, verdict and verdict.source) == (state, source)


def test_a_rejection_writes_its_reasons_numbered(draft, game: Account) -> None:
    actions.submit(draft.pk, by=game.login.as_actor())
    decide(draft, "reject", "The seal cannot be read.", "The notes say too little.")
    letter = Letter.objects.filter(to=game.email).latest("pk")
    assert letter.subject == "Version 1.0.0 of Paper Lantern Dash was rejected"
    assert "1. The seal cannot be read.\n\n2. The notes say too little." in letter.text
    names = AuditEvent.objects.filter(subject_type="releases.Submission").values_list("name", flat=True)
    assert list(names.order_by("pk")) == ["submit", "reject"]
