"""Accounts on the way to a name, for the tests of naming."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.db import transaction
from django.db.models import Model

from accounts.models import Account, Login
from information import actions as information
from information.actions import naming
from information.models import Naming
from portal.kernel import confirmations, reviews
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Review, World
from portal.kernel.reviews import Reason
from portal.simulator import walks
from tests.races.rig import ADMINISTRATORS

M = TypeVar("M", bound=Model)

MILLISECOND = timedelta(milliseconds=1)
PROTECTED = "Moonquill Library"


def company(world: World, nth: int = 0, **kwargs: Any) -> Account:
    """Return the nth verified account, each of another entity unless `kwargs` say otherwise."""
    facts = {
        "email": f"kite{nth}@kite.example",
        "name": f"Paper Kite {nth}",
        "wechat_id": ADMINISTRATORS[nth // 5],
    }
    return walks.account_at(world, "verified", **(facts | kwargs))


def administrator(account: Account) -> Actor:
    return account.administrator.person.as_actor()


def sister(account: Account, nth: int) -> Account:
    """Return another verified account of the same entity."""
    entity = account.entity
    assert entity is not None
    return company(account.world, nth, name=entity.name, number=entity.number)


def again(row: M) -> M:
    return type(row)._default_manager.get(pk=row.pk)


def refusal(act: Any, *args: Any, **kwargs: Any) -> Refused:
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(*args, **kwargs)
    return refused.value


def draft(account: Account, name: str, **kwargs: Any) -> Naming:
    return naming.draft(account.pk, name, by=administrator(account), **kwargs)


def prove(account: Account, picture: str = "trademark") -> None:
    naming.add_proof(account.pk, walks.made_picture(picture), by=administrator(account))


def ask(account: Account) -> Confirmation:
    return naming.ask(account.pk, by=administrator(account))


def scan(account: Account) -> Confirmation:
    """Ask for the scan of the draft and confirm it; return what became of the code."""
    return confirmations.confirm(ask(account).pk, by=administrator(account))


def call(account: Account, name: str) -> Account:
    """Bring a name that needs no proof into use."""
    draft(account, name)
    assert scan(account).state == "confirmed"
    return again(account)


def submit(account: Account, name: str = PROTECTED, *, note: str = "") -> Naming:
    """Bring a protected name to the desk."""
    found = draft(account, name, note=note)
    prove(account)
    assert scan(account).state == "confirmed"
    return again(found)


def waiting_review(asked: Naming) -> Review:
    return Review.objects.open().get(kind=naming.REVIEW, subject_id=asked.pk)


def decide(asked: Naming, verdict: str, *reasons: Reason) -> Naming:
    reviewer = Login.objects.get(world=asked.world, is_staff=True)
    reviews.decide(waiting_review(asked).pk, verdict, by=reviewer.as_actor(), reasons=reasons)
    return again(asked)


def released(account: Account) -> Account:
    """Complete what the named account lacks, and bring its first version to the players."""
    by = account.login.as_actor()
    information.change_photo(account.pk, walks.made_photo(account), by=by)
    information.change_introduction(account.pk, "Fold a paper kite and let it fly.", by=by)
    walks.choose(account, "game", "casual")
    walks.publish(again(account), "1.0.0")
    return again(account)


def official_account(
    world: World, nth: int, name: str, *, kind: str = "subscription", **kwargs: Any
) -> Account:
    """Return an account that bears a name and is an Official Account, as the associations will make it."""
    account = call(company(world, nth, **kwargs), name)
    Account.objects.filter(pk=account.pk).update(account_type=kind)
    return again(account)
