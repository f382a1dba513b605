"""A game brought along its way, step by step: what the forms of `acts.py` meet at each stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from accounts.models import Account
from associations.models import Association
from portal.kernel.models import Verdict
from portal.simulator import walks
from releases import actions
from releases.models import Preview, Qualification, Release, Submission, Version
from tests.architecture import paying

BASE: Final = ""  # an account without a game


def bring(account: Account, stage: str) -> dict[str, int | str]:
    """Bring an account from the stage before to this one; return its objects, as addresses name them."""
    account = Account.objects.select_related("world", "entity", "administrator__person").get(pk=account.pk)
    if stage == BASE:
        return {}
    if stage in paying.WAYS:
        paying.WAYS[stage](account)
        return paying.objects(account)
    _WAYS[stage](account)
    phased = Release.objects.filter(account=account, state=Release.State.PHASED).first()
    replaced = Release.objects.filter(account=account, state=Release.State.REPLACED).earliest("pk")
    association = Association.objects.filter(mini_program=account).order_by("-pk").first()
    found: dict[str, int | str] = {
        "version_id": Version.objects.filter(account=account).latest("pk").pk,
        "submission_id": Submission.objects.filter(account=account).latest("pk").pk,
        "release_id": (phased or replaced).pk,
        "document_id": Qualification.objects.filter(account=account).latest("pk").pk,
        "preview_id": Preview.objects.filter(account=account).latest("pk").pk,
    }
    return found | ({"association_id": association.pk} if association else {})


def _release_twice(account: Account) -> None:
    """A reviewer has asked for a sandbox account, two versions were released, a third is uploaded."""
    account = walks.perfect(account, category="action")
    actions.add_preview(account.pk, walks.made_picture("preview"), by=account.login.as_actor())
    walks.decide_code(walks.submit(walks.upload(account)), Verdict.Kind.REJECT, "sandbox_account")
    walks.publish(account, walks.FIRST)
    walks.publish(account, "1.1.0")
    walks.upload(account, "1.2.0")


def _be_invited(account: Account) -> None:
    news = walks.account_at(
        account.world, "authenticated", account_type="service", name=f"News of {account.pk} Ltd"
    )
    walks.invite(walks.rename(news, f"News of {account.pk}"), account)


def _be_associated(account: Account) -> None:
    walks.accept(Association.objects.get(mini_program=account))


def _open_a_draft(account: Account) -> None:
    version = Version.objects.filter(account=account).latest("pk")
    actions.open_submission(version.pk, by=account.login.as_actor())


def _complete_it(account: Account) -> None:
    draft, by = _newest(account), account.login.as_actor()
    actions.accept_rules(draft.pk, by=by)
    actions.save_sandbox(draft.pk, {"account": "tester", "password": "lantern-2019"}, by=by)


def _submit(account: Account) -> None:
    actions.submit(_newest(account).pk, by=account.login.as_actor())


def _approve(account: Account) -> None:
    walks.decide_code(_newest(account), Verdict.Kind.APPROVE)


def _release_to_some(account: Account) -> None:
    walks.release(_newest(account), 5)


def _suspend(account: Account) -> None:
    actions.suspend(account.pk, reason="A server moves.", by=account.login.as_actor())


def _newest(account: Account) -> Submission:
    return Submission.objects.filter(account=account).latest("pk")


_WAYS: Final[Mapping[str, Callable[[Account], None]]] = {
    "released": _release_twice,
    "invited": _be_invited,
    "associated": _be_associated,
    "draft": _open_a_draft,
    "complete": _complete_it,
    "under_review": _submit,
    "approved": _approve,
    "phased": _release_to_some,
    "suspended": _suspend,
}
STAGES: Final = (BASE, *_WAYS, *paying.WAYS)
