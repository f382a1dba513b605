"""The prepared worlds of Official Accounts stand where their titles say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Account
from associations.models import Article, Association, Follower, Menu, MessageTemplate
from portal.kernel import breaches
from portal.kernel.models import World
from portal.simulator import prepared

pytestmark = pytest.mark.django_db


def enter(name: str) -> tuple[World, Account, Association]:
    world, account = prepared.enter(name, origin="http://localhost:8000")
    assert breaches.found() == []
    return World.objects.get(pk=world.pk), account, Association.objects.get()


@pytest.mark.requirement("ASC-3")
def test_invitation_waiting() -> None:
    world, account, invitation = enter("invitation_waiting")
    assert (invitation.state, invitation.mini_program_id) == ("invited", account.pk)
    assert invitation.expires_at is not None
    assert timedelta(hours=21) < invitation.expires_at - world.now() <= timedelta(hours=22)


@pytest.mark.requirement("ASC-4")
def test_menu_and_followers() -> None:
    _world, account, association = enter("menu_and_followers")
    assert (association.state, association.official_account_id) == ("associated", account.pk)
    appid = association.mini_program.appid
    assert [button["appid"] for button in Menu.objects.get(account=account).published] == [appid]
    article = Article.objects.get(account=account)
    assert (article.state, {part.get("appid") for part in article.body}) == ("published", {None, appid})
    assert Follower.objects.filter(account=account).count() == 3
    assert MessageTemplate.objects.filter(account=account).count() == 1
