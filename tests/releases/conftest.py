"""A Mini Game whose information is complete, and versions of it brought as far as a test wants."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from accounts.models import Account, Category
from portal.kernel import confirmations, pictures, reviews
from portal.kernel.models import Review, World
from portal.kernel.reviews import Reason
from portal.simulator import walks
from releases import actions, packages, qualifications, sample_packages, words
from releases.models import Submission, Version


@pytest.fixture
def game(world: World) -> Account:
    """Return a verified enterprise's Mini Game, its information complete."""
    return make_game(walks.account_at(world, "verified"))


def make_game(account: Account) -> Account:
    """Give an account what information perfection would, by hand."""
    category = Category.objects.create(
        world=account.world, account=account, first="game", second="casual", chosen_at=account.world.now()
    )
    category.adopt(at=account.world.now(), by=account.login.as_actor())
    category.save()
    photo = walks.made_picture("photo")
    pictures.store(account.world_id, photo)
    Account.objects.filter(pk=account.pk).update(
        name="Paper Lantern Dash", name_key=f"paperlanterndash{account.pk}", photo=photo.sha256,
        introduction="Run through the lantern festival.", first_category="game",
    )  # fmt: skip
    return Account.objects.get(pk=account.pk)


@pytest.fixture
def upload(game: Account) -> Callable[..., Version]:
    """Return a function that uploads a sample package as the administrator."""

    def up(number: str = "1.0.0", sample: str = "", account: Account = game) -> Version:
        return upload_to(account, number, sample)

    return up


def upload_to(account: Account, number: str = "1.0.0", sample: str = "") -> Version:
    """Upload a sample package, a game that plays unless named, as the administrator."""
    name = sample or next(n for n in sample_packages.names() if sample_packages.SAMPLES[n].is_valid)
    package = packages.read(io.BytesIO(sample_packages.build(name)))
    return actions.upload(
        account.pk, package, number=number, description="A version", way="console",
        developer_id=account.administrator.person_id, by=account.login.as_actor(),
    )  # fmt: skip


def fill_in(submission: Submission) -> Submission:
    """Fill a draft in with everything that the pre-flight wants."""
    account = submission.account
    by = account.login.as_actor()
    actions.accept_rules(submission.pk, by=by)
    page = {"title": "Home", "tags": "lantern run", "path": "", "category": "casual"}
    typed = {"pages": [page], "notes": "Night festival level", "category": "casual"}
    actions.save_details(submission.pk, typed, by=by)
    for slot in qualifications.slots(account.entity_type):
        fields = {field.name: field.example for field in slot.fields}
        actions.put_document(account.pk, slot.name, walks.made_picture(slot.name), fields, by=by)
    return Submission.objects.select_related("account", "version").get(pk=submission.pk)


def submitted(version: Version) -> Submission:
    """Bring a version to the desk."""
    by = version.account.login.as_actor()
    draft = fill_in(actions.open_submission(version.pk, by=by))
    if draft.sandbox_asked:
        actions.save_sandbox(draft.pk, {"account": "tester", "password": "lantern"}, by=by)
    return actions.submit(draft.pk, by=by)


def decide(submission: Submission, verdict: str, *codes: str) -> None:
    """Let the desk decide."""
    review = Review.objects.open().get(kind=words.REVIEW, subject_id=submission.pk)
    reasons = [Reason(code=code) if code == words.SANDBOX else Reason(code) for code in codes]
    from portal.kernel.actors import POLICY  # noqa: PLC0415 -- a reviewer of the platform's

    reviews.decide(review.pk, verdict, by=POLICY, reasons=reasons)


def released(submission: Submission, percent: int = 100) -> None:
    """Release an approved submission by click and scan."""
    account = submission.account
    asked = actions.ask_to_release(submission.pk, percent=percent, by=account.login.as_actor())
    confirmations.confirm(asked.pk, by=account.administrator.person.as_actor())
