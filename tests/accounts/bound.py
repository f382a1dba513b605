"""Members bound to an account by the actions, for tests that begin with them."""

from __future__ import annotations

from accounts import actions
from accounts.models import Account, Member
from portal.kernel import confirmations
from portal.kernel.actors import SIMULATOR, Actor
from portal.kernel.models import Confirmation
from portal.outside import people
from portal.outside.models import Person


def administrator(account: Account) -> Actor:
    """Return the administrator as whoever acts."""
    return Account.objects.get(pk=account.pk).administrator.person.as_actor()


def scanned(asked: Confirmation, account: Account) -> Confirmation:
    """Confirm a code on the administrator's phone."""
    return confirmations.confirm(asked.pk, by=administrator(account))


def bind(account: Account, wechat_id: str, role: str = "operator", *granted: str) -> Member:
    """Return somebody made a member: by the scan, or an experience member by the button."""
    by = administrator(account)
    if role == "experience_member":
        return actions.add_experience_member(account.pk, wechat_id=wechat_id, by=by)
    asked = actions.ask_to_add(account.pk, wechat_id=wechat_id, role=role, granted=granted, by=by)
    scanned(asked, account)
    return Member.objects.get(account=account, person__wechat_id=wechat_id, state="active")


def strangers(account: Account, number: int) -> list[Person]:
    """Return so many new people of the account's world."""
    made = [
        people.add(account.world_id, wechat_id=f"player{nth}", key=f"player{nth}", by=SIMULATOR)
        for nth in range(number)
    ]
    return made


def crowd(account: Account, role: str, number: int) -> list[Member]:
    """Return so many members written at once, where the way they came does not matter."""
    return Member.objects.bulk_create(
        Member(
            world=account.world,
            account=account,
            person=person,
            role=role,
            added_at=account.world.now(),
        )
        for person in strangers(account, number)
    )
