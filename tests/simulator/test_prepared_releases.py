"""The prepared worlds of versions and releases stand where their titles say."""

from __future__ import annotations

import pytest

from accounts.models import Account
from portal.kernel import breaches
from portal.kernel.models import Review, World
from portal.simulator import prepared
from releases import actions, words
from releases.models import Release, Submission

pytestmark = pytest.mark.django_db


def enter(name) -> tuple[World, Account]:
    world, account = prepared.enter(name, origin="http://localhost:8000")
    assert breaches.found() == []
    return World.objects.get(pk=world.pk), Account.objects.get(pk=account.pk)


def test_code_at_the_desk() -> None:
    _world, account = enter("code_at_the_desk")
    review = Review.objects.open().get()
    assert (review.kind, review.account_id) == (words.REVIEW, account.pk)


def test_sandbox_wanted() -> None:
    _world, account = enter("sandbox_wanted")
    submission = Submission.objects.get()
    assert submission.state == "rejected"
    by = account.administrator.person.as_actor()
    assert actions.open_submission(submission.version_id, by=by).sandbox_asked


def test_internal_test() -> None:
    world, account = enter("internal_test")
    test = actions.internal_test_of(account)
    assert test is not None
    assert test.ends_at is not None
    assert 2 <= (test.ends_at - world.now()).days <= 3
    assert Submission.objects.get().state == "approved"


def test_phased() -> None:
    enter("phased")
    assert list(Release.objects.order_by("pk").values_list("state", "percent")) == [
        ("full", 100),
        ("phased", 5),
    ]


def test_released() -> None:
    _world, account = enter("released")
    choices = actions.rollback_choices(account)
    assert [choice.submission.version.number for choice in choices] == ["1.1.0", "1.0.0"]
