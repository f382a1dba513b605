"""A version at the desk: written about, rejected for want of a sandbox account, approved (REL-5, REL-7)."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Account, Login
from portal.kernel import reviews
from portal.kernel.models import Review
from portal.outside.models import Letter
from releases import actions, desk, words
from releases.models import Submission
from tests.kernel.reviewing import QUEUE, address, session
from tests.releases.conftest import game, submitted
from tests.releases.packed import upload_files

__all__ = ["game"]  # a fixture

PASSED = {f"check_{code}": "pass" for code, _label in desk.KIND.checklist}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def screenshot() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(drawn, "png")
    return SimpleUploadedFile("door.png", drawn.getvalue(), "image/png")


@pytest.mark.requirement("REL-5", "REL-7", "SIM-7")
def test_a_version_on_its_way_through_the_desk(game: Account, signed_in) -> None:
    console: Client = signed_in(game)
    reviewer = session(Login.objects.get(world=game.world, is_staff=True))
    version = upload_files(game)
    submitted(version)

    # It stands in the queue, is claimed, and its developer is asked and answers.
    (row,) = reviewer.get(QUEUE, {"kind": words.REVIEW}).context["page"].rows
    assert (row.review.title, row.label) == ("Paper Lantern Dash 1.0.0", "Code of a version")
    first = row.review
    reviewer.post(address("claim", first.pk))
    reviewer.post(address("message", first.pk), {"message": "Who has the key to the guild?"})
    reviews.answer(first.pk, "Every member of the guild.", by=game.administrator.person.as_actor())
    page = text_of(reviewer.get(address("change", first.pk)))
    assert "Every member of the guild." in page
    assert "Sandbox account</h2>" not in page

    # It is rejected, since nobody gets in without an account; the picture of the door goes along.
    reviewer.post(
        address("decide", first.pk),
        {"verdict": "reject", "canned": ["sandbox_account"], "screenshots": [screenshot()]},
    )
    sentence = "A sandbox account is required: the game cannot be tried without logging in."
    assert sentence in Letter.objects.filter(to=game.email).latest("id").text
    rejected = Submission.objects.get(account=game)
    page = text_of(console.get(reverse("releases:submission", args=[rejected.pk])))
    assert sentence in page
    (shot,) = first.verdicts.get().facts["screenshots"]
    picture = reverse("releases:screenshot", args=[rejected.pk, shot["sha256"]])
    assert picture in page
    assert console.get(picture)["Content-Type"] == "image/png"

    # The next submission has the portal; its reviewer gets in, and sees what was said before.
    by = game.login.as_actor()
    draft = actions.open_submission(version.pk, by=by)
    assert draft.sandbox_asked
    actions.accept_rules(draft.pk, by=by)
    account = {"type": "sandbox", "account": "guild", "password": "Osmanthus-88", "valid_until": "2019-04-30"}
    actions.save_sandbox(draft.pk, account, by=by)
    actions.submit(draft.pk, by=by)
    second = Review.objects.open().get(kind=words.REVIEW)
    page = text_of(reviewer.get(address("change", second.pk)))
    assert "round 2" in page
    assert "Osmanthus-88" in page
    assert sentence in page
    assert address("screenshot", first.pk, shot["sha256"]) in page

    # Approved, it waits for its release, and what the reviewer got in with is gone.
    reviewer.post(address("decide", second.pk), PASSED | {"verdict": "approve"})
    approved = Submission.objects.latest("id")
    assert (approved.state, approved.sandbox) == ("approved", "")
    assert "Osmanthus-88" not in text_of(reviewer.get(address("change", second.pk)))
    assert reviewer.get(QUEUE).context["page"].rows == []
