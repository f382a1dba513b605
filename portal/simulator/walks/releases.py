"""Code on its way to players, walked: uploaded, submitted, decided, released."""

from __future__ import annotations

import io
from typing import Final

from accounts.models import Account
from portal.kernel.actors import Actor
from portal.kernel.models import Review, Verdict
from portal.simulator.walks import desk, scans
from portal.simulator.walks.verification import made_picture
from releases import actions, packages, qualifications, sample_packages, words
from releases.models import Release, Submission, Version

FIRST: Final = "1.0.0"
SAMPLE: Final = next(name for name in sample_packages.names() if sample_packages.SAMPLES[name].is_valid)
SANDBOX: Final = {"account": "tester", "password": "lantern-2019"}


def upload(
    account: Account,
    number: str = FIRST,
    *,
    sample: str = SAMPLE,
    description: str = "",
    by: Actor | None = None,
) -> Version:
    """Upload a sample package as the administrator. KeyError for a sample that there is not."""
    package = packages.read(io.BytesIO(sample_packages.build(sample)))
    return actions.upload(
        account.pk,
        package,
        number=number,
        description=description,
        developer_id=account.administrator.person_id,
        way=Version.Way.CONSOLE,
        by=by or scans.administrator_of(account),
    )


def submit(version: Version, *, remark: str = "", by: Actor | None = None) -> Submission:
    """Fill in everything that a submission asks for, and submit it; a magic value may be its `remark`."""
    account = Account.objects.select_related("world", "entity").get(pk=version.account_id)
    by = by or scans.administrator_of(account)
    draft = actions.open_submission(version.pk, by=by)
    actions.accept_rules(draft.pk, by=by)
    second = account.categories.filter(state="in_use").earliest("pk").second
    page = {"title": "Home", "tags": "lantern run", "path": "", "category": second}
    typed = {"pages": [page], "notes": "What is new in it", "category": second, "remark": remark}
    actions.save_details(draft.pk, typed, by=by)
    for slot in qualifications.slots(account.entity_type):
        fields = {field.name: field.example for field in slot.fields}
        actions.put_document(account.pk, slot.name, made_picture(slot.name), fields, by=by)
    if draft.sandbox_asked:
        actions.save_sandbox(draft.pk, SANDBOX, by=by)
    return actions.submit(draft.pk, by=by)


def waiting_code_review(submission: Submission) -> Review:
    """Return the review that a submission waits for."""
    return desk.waiting(words.REVIEW, submission)


def decide_code(submission: Submission, verdict: str, *told: str) -> Verdict:
    """Let the world's reviewer decide a submission, for these reasons: sentences, or codes of the kind."""
    return desk.decide(waiting_code_review(submission), verdict, told)


def release(submission: Submission, percent: int = 100, *, by: Actor | None = None) -> Release:
    """Release an approved submission: asked in the console, confirmed on the administrator's phone."""
    account = Account.objects.select_related("administrator__person").get(pk=submission.account_id)
    administrator = scans.administrator_of(account)
    asked = actions.ask_to_release(submission.pk, percent=percent, by=by or administrator)
    scans.confirm(asked, by=administrator, code="not_released")
    return Release.objects.select_related("submission__version").get(submission=submission)


def publish(account: Account, number: str, percent: int = 100) -> Release:
    """Bring a new version all the way to the players, or to a share of them."""
    submission = submit(upload(account, number))
    decide_code(submission, Verdict.Kind.APPROVE)
    return release(submission, percent)
