"""The pages of a submission: the wizard, the history, one submission, withdrawing (REL-2 to REL-6)."""

from __future__ import annotations

import html
import io
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Account
from portal.kernel import pictures, reviews
from portal.kernel.actors import POLICY
from portal.kernel.models import Review
from portal.kernel.reviews import Reason
from portal.simulator import walks
from releases import actions, words
from releases.models import Preview, Qualification, Submission
from tests.accounts.bound import bind
from tests.releases.conftest import decide, fill_in, make_game, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-3")]

BUDGET = 8
STEPS = ["rules", "details", "documents", "check"]
PAGE = {
    "page0-title": "Lantern run",
    "page0-tags": "lantern run",
    "page0-path": "",
    "page0-category": "casual",
}
REST = {"category": "casual", "notes": "Night festival level", "remark": "", "rows": "1"}


@pytest.fixture
def console(game: Account, signed_in) -> Any:
    return signed_in(game)


@pytest.fixture
def draft(game: Account, upload) -> Submission:
    return actions.open_submission(upload("1.0.0").pk, by=game.login.as_actor())


def address(step: str) -> str:
    return reverse(f"releases:submit_{step}")


def post(client: Client, step: str, draft: Submission, **typed: Any) -> Any:
    return client.post(address(step), {"submission": draft.pk, **typed})


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def kept(draft: Submission) -> Any:
    return Submission.objects.get(pk=draft.pk).details


def sign(name: str = "proof.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, walks.made_picture("proof").content)


# --- who, and how much it costs -----------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_steps_cost_few_queries(step, draft, console, django_assert_max_num_queries) -> None:
    fill_in(draft)
    actions.add_preview(draft.account_id, walks.made_picture("preview"), by=draft.account.login.as_actor())
    console.get(address(step))
    with django_assert_max_num_queries(BUDGET):
        assert console.get(address(step)).status_code == 200


@pytest.mark.parametrize("state", ["waiting", "rejected", "list"])
def test_what_was_submitted_costs_few_queries(state, upload, console, django_assert_max_num_queries) -> None:
    found = submitted(upload("1.0.0"))
    if state == "rejected":
        decide(found, "reject", "The seal cannot be read.", "The notes say too little.")
    page = reverse(
        "releases:submissions" if state == "list" else "releases:submission",
        args=[found.pk][: state != "list"],
    )
    console.get(page)
    with django_assert_max_num_queries(BUDGET):
        assert console.get(page).status_code == 200


def test_a_developer_is_told_why_and_what_was_typed_is_shown(game: Account, draft, signed_in) -> None:
    console = signed_in(game, bind(game, "chenxi", "developer").person)
    answer = post(console, "details", draft, **PAGE, **REST)
    text = text_of(answer)
    assert "Not open to you here" in text
    assert "Night festival level" in text
    assert "pages" not in kept(draft)


def test_without_a_draft_one_is_led_to_the_versions(console) -> None:
    for step in STEPS:
        answer = console.get(address(step))
        assert (answer.status_code, answer["Location"]) == (302, reverse("releases:development"))


# --- beginning, and the rules -------------------------------------------------------------


@pytest.mark.requirement("REL-2")
def test_submitting_a_version_begins_at_the_rules_and_goes_on_where_something_is_missing(
    upload, console
) -> None:
    version = upload("1.0.0")
    begin = reverse("releases:submit", args=[version.pk])
    assert console.post(begin)["Location"] == address("rules")
    draft = Submission.objects.get()
    assert text_of(post(console, "rules", draft)).count("read the rules to their end") == 1
    assert post(console, "rules", draft, agree="on")["Location"] == address("details")
    assert console.post(begin)["Location"] == address("details")
    fill_in(draft)
    assert console.post(begin)["Location"] == address("check")


@pytest.mark.requirement("REL-2")
def test_looking_at_the_rules_opens_nothing_and_the_tick_begins(
    upload, console, django_assert_max_num_queries
) -> None:
    begin = reverse("releases:submit", args=[upload("1.0.0").pk])
    console.get(begin)
    with django_assert_max_num_queries(BUDGET):
        assert "Accept and continue" in text_of(console.get(begin))
    assert "read the rules to their end" in text_of(console.post(begin, {"rules": "on"}))
    assert Submission.objects.count() == 0
    assert console.post(begin, {"rules": "on", "agree": "on"})["Location"] == address("details")
    assert Submission.objects.get().details["rules_at"]
    assert console.get(begin)["Location"] == address("details")


def test_a_second_version_says_whose_place_it_takes(draft, upload, console) -> None:
    begin = reverse("releases:submit", args=[upload("1.1.0").pk])
    assert "Version 1.0.0 is being filled in." in text_of(console.get(begin))
    assert console.get(reverse("releases:submit", args=[draft.version_id])).status_code == 409


def test_another_accounts_version_is_not_there(world, upload, signed_in) -> None:
    version = upload("1.0.0")
    other = walks.account_at(
        world, "verified", email="other@kite.example", name="Paper Kite", wechat_id="meiran"
    )
    console = signed_in(make_game(other))
    begin = reverse("releases:submit", args=[version.pk])
    assert [console.get(begin).status_code, console.post(begin).status_code] == [404, 404]


# --- the details --------------------------------------------------------------------------


def test_what_is_right_is_kept_and_leads_on(draft, console) -> None:
    answer = post(console, "details", draft, **PAGE, **REST)
    assert answer["Location"] == address("documents")
    page = {"title": "Lantern run", "tags": "lantern run", "path": "", "category": "casual"}
    assert kept(draft)["pages"] == [page]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"page0-title": "x" * 33}, "(85011)"),
        ({"page0-title": ""}, "Enter a title for this page (85011)."),
        ({"page0-tags": "tag " * 11}, "this has 11 (85006)"),
        ({"page0-tags": "x" * 21}, "has 21 (85006)"),
        ({"page0-tags": "tag " * 200}, "this has 200 (85006)"),
        ({"page0-tags": "tag " * 20_000}, "Keep it to 1000 characters"),
        ({"page0-path": "../../etc/passwd"}, "without .. (85007)"),
        ({"page0-path": "/game.js"}, "without a leading slash"),
        ({"page0-path": "..\\game.js"}, "(85007)"),
        ({"page0-path": "nowhere.js"}, "The package has no nowhere.js (85007)"),
        ({"page0-category": "puzzle"}, "not in use (85008)"),
        ({"category": "puzzle"}, "not in use (85008)"),
        ({"category": ""}, "Confirm the category of the game."),
        ({"notes": ""}, "Write what is new in this version."),
        ({"notes": "x" * 201}, "Keep it to 200 characters; this has 201."),
        ({"notes": "a\u202eb"}, "turns the reading direction"),
        ({"remark": "x" * 201}, "Keep it to 200 characters"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field_and_kept(typed, sentence, draft, console) -> None:
    text = text_of(post(console, "details", draft, **{**PAGE, **REST, **typed}))
    assert sentence in text
    assert "1 thing to correct." in text
    ((name, value),) = typed.items()
    found = kept(draft)
    at = found["pages"][0][name.removeprefix("page0-")] if name.startswith("page0-") else found[name]
    assert at == value[:1000]
    if len(value) <= 1000:
        assert sentence in text_of(console.get(address("details") + "?check="))


def test_ten_megabytes_of_notes_are_turned_away_and_nothing_is_kept(draft, console) -> None:
    assert post(console, "details", draft, **PAGE, **(REST | {"notes": "x" * 10_000_000})).status_code == 400
    assert "notes" not in kept(draft)


def test_pages_are_added_and_removed_and_never_more_than_five(draft, console) -> None:
    typed: dict[str, str] = {**PAGE, **REST}
    for rows in range(1, 7):
        typed["rows"] = str(min(rows, 5))
        post(console, "details", draft, do="add", **typed)
    assert len(kept(draft)["pages"]) == 5
    post(console, "details", draft, do="remove:0", **(typed | {"rows": "2", "page1-title": "Second"}))
    assert [page["title"] for page in kept(draft)["pages"]] == ["Second"]
    post(console, "details", draft, do="remove:0", **typed | {"rows": "1"})
    assert len(kept(draft)["pages"]) == 1


@pytest.mark.parametrize("rows", ["0", "-1", "99999999999", "1e9", "", "²"])
def test_an_absurd_number_of_pages_is_none(rows, draft, console) -> None:
    text_of(post(console, "details", draft, **PAGE, **(REST | {"rows": rows, "notes": ""})))
    assert 1 <= len(kept(draft)["pages"]) <= 5


def test_leaving_keeps_what_is_wrong(draft, console) -> None:
    answer = post(console, "details", draft, do="save", **{**PAGE, **REST, "notes": "x" * 300})
    assert answer["Location"] == reverse("releases:development")
    assert kept(draft)["notes"] == "x" * 300
    assert "x" * 300 in text_of(console.get(address("details")))


def test_feedback_is_asked_for_after_a_rejection_only(upload, console, game: Account) -> None:
    first = submitted(upload("1.0.0"))
    draft = actions.open_submission(first.version_id, by=game.login.as_actor())
    assert "Feedback on the last rejection" not in text_of(console.get(address("details")))
    decide(first, "reject", "The seal cannot be read.")
    assert "Feedback on the last rejection" in text_of(console.get(address("details")))
    post(console, "details", draft, **PAGE, **REST, feedback="The seal is new.")
    assert kept(draft)["feedback"] == "The seal is new."


def test_previews_are_added_ten_times_and_what_is_no_picture_is_refused(draft, console) -> None:
    for _turn in range(11):
        answer = post(console, "details", draft, do="specimen", **PAGE, **REST)
    assert "10 of 10 previews are here (85093)" in text_of(answer)
    assert Preview.objects.filter(removed_at__isnull=True).count() == 10
    newest = Preview.objects.latest("pk")
    post(console, "details", draft, do=f"remove_preview:{newest.pk}", **PAGE, **REST)
    page = SimpleUploadedFile("page.png", b"<!doctype html>")
    answer = post(console, "details", draft, do="upload", preview=page, **PAGE, **REST)
    assert "page.png: This is a web page" in text_of(answer)
    assert Preview.objects.filter(removed_at__isnull=True).count() == 9


# --- a second window, and what became of the draft ----------------------------------------


def test_a_second_window_with_another_version_saves_nothing_and_loses_nothing(
    draft, upload, console, game: Account
) -> None:
    by = game.login.as_actor()
    other = actions.open_submission(upload("1.1.0").pk, by=by)
    answer = post(console, "details", draft, **PAGE, **REST)
    text = text_of(answer, 409)
    assert "version 1.1.0 is being submitted instead of 1.0.0" in text
    assert "Night festival level" in text
    assert "pages" not in kept(other)


def test_a_deleted_version_ends_its_draft_and_loses_nothing(draft, console, game: Account) -> None:
    actions.delete(draft.version_id, by=game.login.as_actor())
    text = text_of(post(console, "details", draft, **PAGE, **REST), 409)
    assert "version 1.0.0 was deleted" in text
    assert "Night festival level" in text


def test_a_submitted_draft_is_not_changed_from_a_window_that_stayed_open(upload, console) -> None:
    found = submitted(upload("1.0.0"))
    text = text_of(post(console, "details", found, **PAGE, **(REST | {"notes": "Other notes"})), 409)
    assert "was submitted meanwhile" in text
    assert "Other notes" in text
    assert kept(found)["notes"] == "Night festival level"


@pytest.mark.parametrize("number", ["", "0", "-1", "9" * 30, "abc", "²"])
def test_a_form_of_no_submission_is_refused(number, draft, console) -> None:
    answer = console.post(address("details"), {"submission": number, **PAGE, **REST})
    assert "of no submission" in text_of(answer, 409)


def test_a_replaced_version_is_named_by_the_check_and_hands_over(draft, upload, console) -> None:
    fill_in(draft)
    newer = upload("1.1.0")
    text = text_of(console.get(address("check")))
    assert "a later upload took its place" in text
    assert "10 of 11 ready" in text
    console.post(reverse("releases:submit", args=[newer.pk]))
    assert "11 of 11 ready" in text_of(console.get(address("check")))


# --- documents ----------------------------------------------------------------------------


@pytest.mark.requirement("REL-4")
def test_specimens_fill_every_slot_and_lead_on(draft, console) -> None:
    for slot in ["edition_number", "culture_record", "software_copyright", "self_review"]:
        answer = post(console, "documents", draft, do=f"specimen:{slot}")
        assert answer["Location"].endswith(f"#slot-{slot}")
    assert post(console, "documents", draft, **_typed())["Location"] == address("check")


def _typed() -> dict[str, str]:
    found = Qualification.objects.filter(removed_at__isnull=True)
    return {f"{row.slot}-{name}": value for row in found for name, value in row.fields.items()}


@pytest.mark.requirement("REL-4")
def test_a_wrong_number_stands_at_its_field_and_is_kept(draft, console) -> None:
    answer = post(console, "documents", draft, do="wrong:software_copyright")
    assert "Write it like 2019SR1234567" in text_of(console.get(answer["Location"]))
    assert Qualification.objects.get().fields == {"registration_number": "1999SR12"}


@pytest.mark.requirement("REL-4")
def test_fields_typed_before_the_picture_are_kept_until_it_comes(draft, console) -> None:
    post(console, "documents", draft, do="save", **{"culture_record-record_number": "MoC-SIM-1"})
    assert 'value="MoC-SIM-1"' in text_of(console.get(address("documents")))
    post(
        console, "documents", draft, do="upload:culture_record",
        **{"culture_record-record_number": "MoC-SIM-1", "culture_record-file": sign()},
    )  # fmt: skip
    assert Qualification.objects.get().fields == {"record_number": "MoC-SIM-1"}
    assert "culture_record" not in kept(draft)["documents"]


@pytest.mark.requirement("REL-4")
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7", "This is a PDF"),
        (b"", "The file is empty"),
        (walks.made_picture("half").content[:200], "damaged or cut off"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_picture_is_refused_at_its_slot_and_the_fields_are_kept(
    content, sentence, draft, console
) -> None:
    typed = {"software_copyright-registration_number": "2019SR9901234"}
    file = SimpleUploadedFile("document.png", content)
    answer = post(
        console, "documents", draft, do="upload:software_copyright", **typed,
        **{"software_copyright-file": file},
    )  # fmt: skip
    assert sentence in text_of(answer)
    assert Qualification.objects.count() == 0
    assert kept(draft)["documents"]["software_copyright"] == {"registration_number": "2019SR9901234"}


@pytest.mark.requirement("REL-4")
def test_a_document_of_four_megabytes_is_taken(draft, console) -> None:
    noise = Image.frombytes("RGB", (1150, 1150), Random(7).randbytes(1150 * 1150 * 3))
    saved = io.BytesIO()
    noise.save(saved, "png")
    assert 3.5e6 < len(saved.getvalue()) < 5e6
    file = SimpleUploadedFile("document.png", saved.getvalue())
    answer = post(console, "documents", draft, do="upload:self_review", **{"self_review-file": file})
    assert answer.status_code == 302
    assert Qualification.objects.get().size > pictures.MOST_BYTES


@pytest.mark.requirement("REL-4")
def test_pictures_are_their_accounts_alone(draft, console, world, signed_in) -> None:
    fill_in(draft)
    actions.add_preview(draft.account_id, walks.made_picture("p"), by=draft.account.login.as_actor())
    pages = [
        reverse("releases:qualification", args=[Qualification.objects.latest("pk").pk]),
        reverse("releases:preview", args=[Preview.objects.get().pk]),
    ]
    for page in pages:
        answer = console.get(page)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Security-Policy"].startswith("sandbox")
    other = walks.account_at(
        world, "verified", email="other@kite.example", name="Paper Kite", wechat_id="meiran"
    )
    stranger = signed_in(make_game(other))
    assert [stranger.get(page).status_code for page in pages] == [404, 404]
    assert stranger.get(reverse("releases:qualification", args=[10**18])).status_code == 404


def test_a_specimen_can_be_downloaded(draft, console) -> None:
    answer = console.get(reverse("releases:qualification_specimen", args=["self_review"]))
    assert answer["Content-Disposition"] == 'attachment; filename="self_review-specimen.png"'
    assert console.get(reverse("releases:qualification_specimen", args=["nothing"])).status_code == 404


# --- check, submit, withdraw --------------------------------------------------------------


def test_the_check_names_everything_that_is_missing_with_its_link(draft, console) -> None:
    text = text_of(console.get(address("check")))
    assert "3 of 11 ready" in text
    assert f"{address('details')}?check=" in text
    assert f"{address('documents')}?check=" in text
    assert 'aria-describedby="submit-why" disabled' in " ".join(text.split())


@pytest.mark.requirement("REL-2")
def test_the_green_button_submits_once(draft, console) -> None:
    fill_in(draft)
    assert "11 of 11 ready" in text_of(console.get(address("check")))
    page = reverse("releases:submission", args=[draft.pk])
    assert console.post(reverse("releases:submit_now"), {"submission": draft.pk})["Location"] == page
    console.post(reverse("releases:submit_now"), {"submission": draft.pk})
    assert Review.objects.filter(kind=words.REVIEW).count() == 1
    assert "A reviewer has it" in text_of(console.get(page))


def test_an_incomplete_draft_is_not_submitted_whatever_the_button_says(draft, console) -> None:
    answer = console.post(reverse("releases:submit_now"), {"submission": draft.pk})
    assert answer["Location"] == address("check")
    assert Submission.objects.get().state == "draft"


def test_a_dropped_draft_is_there_for_the_next_submission(draft, console) -> None:
    fill_in(draft)
    console.post(reverse("releases:submit_drop"))
    console.post(reverse("releases:submit", args=[draft.version_id]))
    again = Submission.objects.latest("pk")
    assert again.pk != draft.pk
    assert again.details["notes"] == "Night festival level"
    assert "rules_at" not in again.details


@pytest.mark.requirement("REL-6")
def test_withdrawing_asks_once_more_and_shows_both_quotas(upload, console) -> None:
    found = submitted(upload("1.0.0"))
    page = reverse("releases:submission", args=[found.pk])
    text = text_of(console.get(page))
    assert "Withdraw this version from review" in text
    assert "0 of 1 withdrawals today" in text
    assert "0 of 10 this month" in text
    assert console.post(reverse("releases:withdraw", args=[found.pk]))["Location"] == page
    assert "Withdrawn before the verdict" in text_of(console.get(page))
    again = submitted(found.version)
    text = text_of(console.get(reverse("releases:submission", args=[again.pk])))
    assert "The withdrawals are used up. The next is possible on 10 Mar 2019." in text
    assert "Withdraw this version from review" not in text


@pytest.mark.requirement("REL-7")
def test_a_verdict_shows_its_reasons_numbered_and_its_screenshots(upload, console, world, signed_in) -> None:
    found = submitted(upload("1.0.0"))
    picture = walks.made_picture("screenshot")
    reviews.decide(
        Review.objects.get(subject_id=found.pk).pk, "reject", by=POLICY, screenshots=[picture],
        reasons=[Reason("The seal cannot be read."), Reason(code=words.SANDBOX)],
    )  # fmt: skip
    text = " ".join(text_of(console.get(reverse("releases:submission", args=[found.pk]))).split())
    assert "Rejected for 2 reasons" in text
    assert "<li>The seal cannot be read.</li>" in text
    address_of = reverse("releases:screenshot", args=[found.pk, picture.sha256])
    assert address_of in text
    assert console.get(address_of).content == picture.content
    assert console.get(reverse("releases:screenshot", args=[found.pk, "0" * 64])).status_code == 404
    other = walks.account_at(
        world, "verified", email="other@kite.example", name="Paper Kite", wechat_id="meiran"
    )
    assert signed_in(make_game(other)).get(address_of).status_code == 404


def test_the_history_lists_what_was_submitted_and_no_draft(draft, console) -> None:
    assert "Nothing was submitted yet" in text_of(console.get(reverse("releases:submissions")))
    fill_in(draft)
    actions.submit(draft.pk, by=POLICY)
    text = text_of(console.get(reverse("releases:submissions")))
    assert reverse("releases:submission", args=[draft.pk]) in text


def test_a_long_history_is_turned_by_key(game: Account, upload, console) -> None:
    version, now = upload("1.0.0"), game.world.now()
    Submission.objects.bulk_create(
        Submission(
            world=game.world, account=game, version=version, state="withdrawn", opened_at=now,
            submitted_at=now, submitted_by="Lin Yue",
        )
        for _nth in range(25)
    )  # fmt: skip
    first = console.get(reverse("releases:submissions"))
    assert len(first.context["rows"]) == 20
    older = console.get(first.context["older_url"])
    assert len(older.context["rows"]) == 5
    assert older.context["older_url"] == ""


@pytest.mark.requirement("REL-7")
def test_a_delay_shows_until_when_and_why(game: Account, upload, console) -> None:
    found = submitted(upload("1.0.0"))
    until = game.world.now() + timedelta(days=20)
    review = Review.objects.get(subject_id=found.pk)
    reviews.decide(review.pk, "delay", by=POLICY, until=until, reasons=[Reason("The festival is long.")])
    text = text_of(console.get(reverse("releases:submission", args=[found.pk])))
    assert "The reviewer put it off until 29 Mar 2019, 10:00." in text
    assert "The festival is long." in text
    assert "Withdraw this version from review" in text


@pytest.mark.requirement("REL-4")
def test_files_far_too_large_are_cut_off_and_nothing_that_was_kept_is_lost(draft, console) -> None:
    fill_in(draft)
    huge = SimpleUploadedFile("huge.png", b"x" * (22 * 1024 * 1024))
    answer = post(console, "documents", draft, do="upload:self_review", **{"self_review-file": huge})
    assert "larger than 21 MB together" in text_of(answer)
    assert Qualification.objects.filter(removed_at__isnull=True).count() == 4
    assert (
        Qualification.objects.get(slot="software_copyright").fields["registration_number"] == "2019SR9901234"
    )
