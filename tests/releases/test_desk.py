"""A version at the reviewers' desk: one page for all of it, and its sandbox account (REL-5, REL-7)."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Account, Login, Notice
from portal.kernel import clock, kept_files, pictures, reviews
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Review, ReviewMessage, Screenshot, Verdict, World
from portal.kernel.reviews import Reason
from portal.outside.models import Letter, Person
from portal.simulator import walks
from releases import actions, desk, playing, words
from releases.models import Preview, Qualification, Service, Submission, Version
from tests.kernel.reviewing import QUEUE, address, session
from tests.releases.conftest import decide, released, submitted
from tests.releases.packed import PNG, upload_files

PASSED = {f"check_{code}": "pass" for code, _label in desk.KIND.checklist}
APPROVE = {**PASSED, "verdict": "approve"}
SECRET = {"account": "lantern_review", "password": "Osmanthus-88", "server": "Riverside"}


@pytest.fixture
def at_desk(world: World) -> Client:
    return session(Login.objects.get(world=world, is_staff=True))


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def review_of(submission: Submission) -> Review:
    return Review.objects.get(kind=words.REVIEW, subject_id=submission.pk)


def part(submission: Submission, name: str) -> str:
    return f"{QUEUE}{review_of(submission).pk}/parts/{name}"


def screenshot(name: str = "shop.png", colour: str = "red") -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(drawn, "png")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/png")


def with_sandbox(game: Account) -> Submission:
    """Return a submission at the desk with a sandbox account, after the rejection that asked for it."""
    first = submitted(upload_files(game))
    decide(first, "reject", "sandbox_account")
    by = game.login.as_actor()
    draft = actions.open_submission(first.version_id, by=by)
    actions.accept_rules(draft.pk, by=by)
    actions.save_sandbox(draft.pk, SECRET, by=by)
    return actions.submit(draft.pk, by=by)


# --- the page -----------------------------------------------------------------------------


@pytest.mark.requirement("REL-7")
def test_everything_is_on_one_page(at_desk: Client, game: Account, django_assert_max_num_queries) -> None:
    by = game.login.as_actor()
    actions.add_preview(game.pk, walks.made_picture("preview"), by=by)
    submission = submitted(upload_files(game, "1.0.0", notes_docx=b"x", images__lamp_png=PNG))
    review = review_of(submission)
    with django_assert_max_num_queries(8):
        response = at_desk.get(address("change", review.pk))
    text = text_of(response)
    assert game.entity is not None
    assert game.appid is not None
    for shown in (
        game.name, game.introduction, game.entity.name, game.entity.number, game.appid,
        "Night festival level",
        "Home", "lantern run", "Game: Casual", "ISBN 978-7-7979-9901-9", "looks right", "images/lamp.png",
        "deviceOrientation", submission.version.sha256, "Left out, ending in .docx: 1.",
        "No version was approved before this one.", "No verdict yet.", "Automatic checks",
        "Nothing in it is unfinished or for testing", "Virtual goods are sold on iOS.",
    ):  # fmt: skip
        assert shown in text, shown
    for document in Qualification.objects.filter(account=game):
        assert part(submission, f"document/{document.pk}") in text
    assert part(submission, f"preview/{Preview.objects.get().pk}") in text
    assert "Sandbox account</h2>" not in text


@pytest.mark.requirement("REL-7")
def test_a_later_round_shows_what_changed_and_what_was_said(
    at_desk: Client, game: Account, django_assert_max_num_queries
) -> None:
    first = submitted(upload_files(game, "1.0.0", js__main=b"let speed = 1;\n"))
    decide(first, "approve")
    released(first)
    second = submitted(upload_files(game, "1.1.0", js__main=b"let speed = 2;\n", js__old=b"1\n"))
    decide(second, "reject", "The second level does not end.")
    by = game.login.as_actor()
    version = upload_files(game, "1.1.1", js__main=b"let speed = 3;\n")
    draft = actions.open_submission(version.pk, by=by)
    actions.accept_rules(draft.pk, by=by)
    actions.save_details(draft.pk, {"notes": "The level ends", "feedback": "Mended."}, by=by)
    actions.put_document(game.pk, "software_copyright", None, {"registration_number": "2019SR7777777"}, by=by)
    third = actions.submit(draft.pk, by=by)

    review = review_of(third)
    with django_assert_max_num_queries(8):
        response = at_desk.get(address("change", review.pk))
    text = text_of(response)
    assert "round 2" in text
    assert "version 1.1.0, Rejected" in text
    assert "changed, it was Night festival level" in text
    assert "changed, it was 2019SR9901234" in text
    assert "Mended." in text
    assert "The second level does not end." in text
    assert "Since version 1.0.0, the last one approved" in text
    assert "<code>let speed = 1;</code>" in text
    assert "<code>let speed = 3;</code>" in text
    assert "let speed = 2;" not in text
    assert 'Removed: </span> <span class="mono">js/old.js</span>' in text
    assert "Removed:" not in text_of(at_desk.get(address("change", review_of(first).pk)))


@pytest.mark.requirement("REL-7")
def test_rounds_begin_anew_after_an_approval(game: Account) -> None:
    first = submitted(upload_files(game, "1.0.0"))
    decide(first, "reject", "No.")
    second = submitted(upload_files(game, "1.0.1"))
    decide(second, "approve")
    third = submitted(upload_files(game, "1.0.2"))
    assert [review_of(each).round for each in (first, second, third)] == [1, 2, 1]


def test_a_document_of_the_round_stays_what_it_was(at_desk: Client, game: Account) -> None:
    """What was submitted is what the desk judges, whatever is handed in meanwhile."""
    submission = submitted(upload_files(game))
    before = Qualification.objects.get(account=game, slot="self_review")
    actions.put_document(game.pk, "self_review", walks.made_picture("another"), {}, by=game.login.as_actor())
    after = Qualification.objects.get(account=game, slot="self_review", removed_at__isnull=True)
    text = text_of(at_desk.get(address("change", review_of(submission).pk)))
    assert part(submission, f"document/{before.pk}") in text
    assert part(submission, f"document/{after.pk}") not in text
    assert at_desk.get(part(submission, f"document/{before.pk}")).status_code == 200
    assert at_desk.get(part(submission, f"document/{after.pk}")).status_code == 404


def test_a_damaged_archive_is_told_and_the_page_stands(at_desk: Client, game: Account) -> None:
    decide(submitted(upload_files(game, js__a=b"1\n")), "approve")
    submission = submitted(upload_files(game, "1.0.1", js__a=b"2 // this one only\n"))
    pictures.path_of(game.world_id, submission.version.sha256).write_bytes(b"PK\x03\x04 cut off")
    response = at_desk.get(address("change", review_of(submission).pk))
    assert response.status_code == 200
    assert "Its archive is damaged or gone: it cannot be opened." in text_of(response)
    assert at_desk.get(part(submission, "file/js/a.js")).status_code == 404


# --- parts --------------------------------------------------------------------------------


def test_a_text_of_the_package_is_shown_and_never_run(at_desk: Client, game: Account) -> None:
    hostile = '</code><script>alert(1)</script>\n\tlet a = "\u202egnp.exe";\n'.encode()
    submission = submitted(upload_files(game, js__main=hostile))
    response = at_desk.get(part(submission, "file/js/main.js"))
    text = response.content.decode()
    assert "<script>alert" not in text
    assert "&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;U+202E&gt;gnp.exe" in text


def test_a_text_is_shown_so_far_and_no_further(at_desk: Client, game: Account) -> None:
    submission = submitted(
        upload_files(game, js__long=b"a\n" * 5000, js__wide=b"b" * 100_000, js__broken=b"\xff\xfe\x00ok")
    )
    text = text_of(at_desk.get(part(submission, "file/js/long.js")))
    assert text.count("<code>a</code>") == 2000
    assert "There is more of it" in text
    wide = at_desk.get(part(submission, "file/js/wide.js")).content
    assert wide.count(b"b" * 399) == 1
    assert b"b" * 401 not in wide
    assert "ok" in text_of(at_desk.get(part(submission, "file/js/broken.js")))


def test_a_picture_of_the_package_is_shown_as_one(at_desk: Client, game: Account) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    submission = submitted(upload_files(game, images__lamp_png=PNG, images__lamp_svg=drawing))
    page = text_of(at_desk.get(part(submission, "file/images/lamp.png")))
    assert f'src="{part(submission, "picture/images/lamp.png")}"' in page
    response = at_desk.get(part(submission, "picture/images/lamp.png"))
    assert (response.content, response["Content-Type"]) == (PNG, "image/png")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "onload" in text_of(at_desk.get(part(submission, "file/images/lamp.svg")))
    assert at_desk.get(part(submission, "picture/images/lamp.svg")).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["file", "file/", "file/none.js", "file/../../secret-key", "picture/game.js", "difference/game.js",
     "document/x", "document/0", "document/99999999999999999999", "preview/1", "photo/x", "sandbox"],
)  # fmt: skip
def test_a_part_that_there_is_not(at_desk: Client, game: Account, name: str) -> None:
    submission = submitted(upload_files(game))
    assert at_desk.get(part(submission, name)).status_code == 404


def test_the_difference_of_one_text(at_desk: Client, game: Account) -> None:
    first = submitted(upload_files(game, "1.0.0", js__a=b"one\ntwo\n", images__lamp_png=PNG))
    decide(first, "approve")
    later = submitted(upload_files(game, "1.0.1", js__a=b"one\nthree\n", images__lamp_png=PNG, js__b=b"new"))
    text = text_of(at_desk.get(part(later, "difference/js/a.js")))
    assert "js/a.js since version 1.0.0" in text
    assert "<code>two</code>" in text
    assert "<code>three</code>" in text
    assert "It cannot be shown line by line" in text_of(at_desk.get(part(later, "difference/js/b.js")))
    assert "It cannot be shown" in text_of(at_desk.get(part(later, "difference/images/lamp.png")))
    assert "Nothing changed in it." in text_of(at_desk.get(part(later, "difference/game.js")))


@pytest.mark.requirement("SIM-1")
def test_another_worlds_version_is_not_there(game: Account, make_world) -> None:
    submission = submitted(upload_files(game))
    other = make_world("Another class", seed=8)
    foreign = session(Login.objects.get(world=other, is_staff=True))
    for name in ("file/game.js", "photo", "document/1"):
        assert foreign.get(part(submission, name)).status_code == 404
    assert Client().get(part(submission, "file/game.js")).status_code == 302


@pytest.mark.requirement("REL-7")
def test_a_reviewer_tries_the_version_until_its_verdict(at_desk: Client, game: Account) -> None:
    """Even when a later upload took its place among the developed versions."""
    submission = submitted(upload_files(game))
    upload_files(game, "1.0.1")
    assert Version.objects.get(pk=submission.version_id).state == "replaced"
    person = game.administrator.person
    address_of_it = reverse("simulator:play_developed", args=[person.pk, game.pk, submission.version_id])
    assert address_of_it not in text_of(at_desk.get(address("change", review_of(submission).pk)))
    at_desk.cookies["world"] = game.world.token
    assert address_of_it in text_of(at_desk.get(address("change", review_of(submission).pk)))
    opened = playing.open_for(game, person, playing.Environment.DEVELOP, submission.version_id)
    assert opened.version == submission.version
    decide(submission, "approve")
    assert address_of_it not in text_of(at_desk.get(address("change", review_of(submission).pk)))
    shut = playing.open_for(game, person, playing.Environment.DEVELOP, submission.version_id)
    assert shut.shut == playing.Shut.GONE


# --- deciding -----------------------------------------------------------------------------


@pytest.mark.requirement("REL-7")
def test_approved_with_every_point_passed_and_with_none_missing(at_desk: Client, game: Account) -> None:
    submission = submitted(upload_files(game))
    review = review_of(submission)
    refused = at_desk.post(address("decide", review.pk), APPROVE | {"check_payment": "fail"})
    assert refused.status_code == 400
    assert "Not approved: 1 of 7 points did not pass." in text_of(refused)
    at_desk.post(address("decide", review.pk), APPROVE)
    submission.refresh_from_db()
    assert submission.state == "approved"
    assert Verdict.objects.get().facts == {"checklist": dict.fromkeys(dict(desk.KIND.checklist), "pass")}


@pytest.mark.requirement("REL-7")
def test_several_reasons_and_screenshots_at_once(at_desk: Client, game: Account) -> None:
    submission = submitted(upload_files(game))
    review = review_of(submission)
    at_desk.post(
        address("decide", review.pk),
        {
            "verdict": "reject",
            "canned": ["name", "category", "ios_payment"],
            "own_field_0": "pages",
            "own_text_0": "The first page shows another game.",
            "screenshots": [screenshot(), screenshot("door.png", "blue")],
        },
    )
    verdict = Verdict.objects.get()
    assert [(reason["code"], reason["field"]) for reason in verdict.reasons] == [
        ("name", "name"), ("category", "category"), ("ios_payment", "package"), ("", "pages"),
    ]  # fmt: skip
    shots = verdict.facts["screenshots"]
    assert [(shot["name"], shot["content_type"]) for shot in shots] == [
        ("shop.png", "image/png"), ("door.png", "image/png"),
    ]  # fmt: skip
    response = at_desk.get(address("screenshot", review.pk, shots[0]["sha256"]))
    assert response.content == pictures.load(game.world_id, shots[0]["sha256"])
    assert response["Content-Security-Policy"].startswith("sandbox")
    page = text_of(at_desk.get(address("change", review.pk)))
    assert address("screenshot", review.pk, shots[1]["sha256"]) in page
    other = submitted(upload_files(game, "1.0.1"))
    assert at_desk.get(address("screenshot", review_of(other).pk, shots[0]["sha256"])).status_code == 404
    assert at_desk.get(address("screenshot", review.pk, "0" * 64)).status_code == 404


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([SimpleUploadedFile("a.pdf", b"%PDF-1.7")], "a.pdf: This is a PDF."),
        ([screenshot()] * 6, "Not decided: a verdict takes at most 5 screenshots."),
        ([SimpleUploadedFile("big.png", b"\x89PNG" * 600_000)], "big.png: The file is larger than 2 MB."),
    ],
)
def test_a_screenshot_that_is_none_decides_nothing(
    at_desk: Client, game: Account, files, sentence: str
) -> None:
    review = review_of(submitted(upload_files(game)))
    typed = {"verdict": "reject", "own_text_0": "It stops.", "screenshots": files}
    response = at_desk.post(address("decide", review.pk), typed)
    assert response.status_code == 400
    text = text_of(response)
    assert sentence in text
    assert "It stops." in text
    assert "choose the screenshots again" in text
    assert not Verdict.objects.exists()


def test_the_sweep_keeps_screenshots_as_long_as_their_verdict(at_desk: Client, game: Account) -> None:
    review = review_of(submitted(upload_files(game)))
    at_desk.post(
        address("decide", review.pk),
        {"verdict": "reject", "own_text_0": "It stops.", "screenshots": [screenshot()]},
    )
    sha256 = Screenshot.objects.get().sha256
    assert kept_files.in_use(game.world_id, [sha256, "0" * 64]) == {sha256}


def test_a_kind_without_screenshots_takes_none(at_desk: Client, world: World) -> None:
    account = walks.account_at(world, "awaiting_authentication", entity_type="government")
    review = walks.waiting_review(walks.apply(account))
    assert 'name="screenshots"' not in text_of(at_desk.get(address("change", review.pk)))
    with pytest.raises(Refused, match="at most 0 screenshots"):
        reviews.decide(
            review.pk,
            "reject",
            reasons=[Reason("No.")],
            screenshots=[pictures.read(screenshot())],
            by=Login.objects.get(world=world, is_staff=True).as_actor(),
        )


def test_delayed_and_then_decided(at_desk: Client, game: Account) -> None:
    submission = submitted(upload_files(game))
    review = review_of(submission)
    at_desk.post(address("decide", review.pk), {"verdict": "delay", "until": "2019-03-12T10:00"})
    submission.refresh_from_db()
    assert submission.state == "under_review"
    assert Notice.objects.filter(account=game).latest("id").kind == words.DELAYED
    at_desk.post(address("decide", review.pk), APPROVE)
    submission.refresh_from_db()
    assert submission.state == "approved"


# --- the thread ---------------------------------------------------------------------------


@pytest.mark.requirement("REL-7")
def test_reviewer_and_developer_write_to_each_other(at_desk: Client, game: Account) -> None:
    submission = submitted(upload_files(game))
    review = review_of(submission)
    at_desk.post(address("message", review.pk), {"message": "Where is level two?"})
    letter = Letter.objects.filter(to=game.email).latest("id")
    assert letter.subject == "A reviewer writes about version 1.0.0 of Paper Lantern Dash"
    assert "Where is level two?" in letter.text
    assert Notice.objects.filter(account=game).latest("id").kind == desk.MESSAGE
    reviews.answer(review.pk, " Behind the bridge. ", by=game.administrator.person.as_actor())
    text = text_of(at_desk.get(address("change", review.pk)))
    assert "Behind the bridge." in text
    assert f"{game.administrator.person.name}, for the applicant," in text
    assert list(ReviewMessage.objects.order_by("id").values_list("text", "from_applicant")) == [
        ("Where is level two?", False),
        ("Behind the bridge.", True),
    ]


def test_who_may_not_submit_does_not_answer(game: Account) -> None:
    review = review_of(submitted(upload_files(game)))
    stranger = Person.objects.filter(world=game.world).exclude(pk=game.administrator.person_id)[0]
    with pytest.raises(Refused):
        reviews.answer(review.pk, "Let it pass.", by=stranger.as_actor())
    for text in ("", "  ", "x" * 1001):
        with pytest.raises(Refused, match="between 1 and 1000"):
            reviews.answer(review.pk, text, by=game.login.as_actor())
    decide(Submission.objects.get(), "approve")
    with pytest.raises(Refused, match="the review has ended"):
        reviews.answer(review.pk, "Thank you.", by=game.login.as_actor())
    assert not ReviewMessage.objects.exists()


def test_a_kind_without_answers_takes_none(world: World) -> None:
    account = walks.account_at(world, "awaiting_authentication", entity_type="government")
    review = walks.waiting_review(walks.apply(account))
    with pytest.raises(Refused, match="takes no answers"):
        reviews.answer(review.pk, "Here it is.", by=account.login.as_actor())


# --- the sandbox account ------------------------------------------------------------------


@pytest.mark.requirement("REL-5")
def test_the_reviewer_sees_the_sandbox_account_and_nobody_else(
    at_desk: Client, world: World, game: Account, caplog
) -> None:
    submission = with_sandbox(game)
    review = review_of(submission)
    page = address("change", review.pk)
    text = text_of(at_desk.get(page))
    for value in SECRET.values():
        assert value in text

    looker = Login.objects.create_login(world=None, email="looker@desk.example", password="x", is_staff=True)
    looker.user_permissions.add(
        Permission.objects.get(codename="view_review"), Permission.objects.get(codename="view_submission")
    )
    looking = session(looker)
    seen = [
        text_of(looking.get(page)),
        text_of(looking.get(f"/admin/releases/submission/{submission.pk}/change/")),
        text_of(at_desk.get(f"/admin/releases/submission/{submission.pk}/change/")),
    ]
    assert "Whoever may decide this review now sees it." in seen[0]

    # While a colleague is at it, not even another reviewer of the world does.
    second = Login.objects.create_login(world=world, email="second@desk.example", password="x", is_staff=True)
    reviews.claim(review.pk, by=second.as_actor())
    seen.append(text_of(at_desk.get(page)))
    reviews.release(review.pk, by=second.as_actor())

    seen += [str(row) for row in AuditEvent.objects.values()]
    seen += [str(row) for row in Notice.objects.values()] + [letter.text for letter in Letter.objects.all()]
    seen += [str(row) for row in Review.objects.values()] + [str(row) for row in Submission.objects.values()]
    seen.append(caplog.text)
    for value in ("lantern_review", "Osmanthus-88"):
        assert not [each for each in seen if value in each]


@pytest.mark.requirement("REL-5")
@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_every_verdict_erases_it_and_the_portal_stays(at_desk: Client, game: Account, verdict: str) -> None:
    submission = with_sandbox(game)
    review = review_of(submission)
    typed = APPROVE if verdict == "approve" else {"verdict": "reject", "own_text_0": "It stops."}
    at_desk.post(address("decide", review.pk), typed)
    submission.refresh_from_db()
    assert (submission.sandbox, actions.sandbox_of(submission)) == ("", {})
    assert "Osmanthus-88" not in text_of(at_desk.get(address("change", review.pk)))
    later = actions.open_submission(upload_files(game, "2.0.0").pk, by=game.login.as_actor())
    assert later.sandbox_asked


@pytest.mark.requirement("REL-5")
def test_a_delay_is_no_verdict_yet_and_keeps_it(at_desk: Client, game: Account) -> None:
    submission = with_sandbox(game)
    review = review_of(submission)
    at_desk.post(address("decide", review.pk), {"verdict": "delay", "until": "2019-03-12T10:00"})
    assert "Osmanthus-88" in text_of(at_desk.get(address("change", review.pk)))


@pytest.mark.requirement("REL-5")
def test_it_is_asked_for_by_its_reason_alone_and_once(at_desk: Client, game: Account) -> None:
    first = submitted(upload_files(game))
    assert not first.sandbox_asked
    decide(first, "reject", "The game stops.")
    assert Service.objects.get(account=game).sandbox_asked_at is None
    second = submitted(upload_files(game, "1.0.1"))
    assert not second.sandbox_asked
    at_desk.post(
        address("decide", review_of(second).pk), {"verdict": "reject", "canned": ["sandbox_account", "name"]}
    )
    asked_at = Service.objects.get(account=game).sandbox_asked_at
    assert asked_at == game.world.now()
    assert Notice.objects.filter(account=game).latest("id").kind == words.ASKED_FOR_SANDBOX
    third = submitted(Version.objects.get(pk=second.version_id))
    assert third.sandbox_asked
    decide(third, "reject", "sandbox_account")
    assert Service.objects.get(account=game).sandbox_asked_at == asked_at
    assert not Submission.objects.get(pk=second.pk).sandbox_asked


# --- who was first ------------------------------------------------------------------------


@pytest.mark.requirement("REL-7")
def test_two_reviewers_at_one_version(at_desk: Client, world: World, game: Account) -> None:
    """R6: the second reads who was first and what it became, and loses nothing that was written."""
    review = review_of(submitted(upload_files(game)))
    second = session(
        Login.objects.create_login(world=world, email="second@desk.example", password="x", is_staff=True)
    )
    for client in (at_desk, second):
        assert 'value="approve"' in text_of(client.get(address("change", review.pk)))
    at_desk.post(address("decide", review.pk), APPROVE)
    response = second.post(address("decide", review.pk), {"verdict": "reject", "own_text_0": "It stops."})
    assert response.status_code == 409
    assert "reviewer@desk.example was first" in text_of(response)
    assert "It stops." in text_of(response)
    assert Submission.objects.get().state == "approved"
    assert clock.real_now() > Verdict.objects.get().recorded_at
