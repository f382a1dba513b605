"""What `manage.py audit` says of platforms (OPS-3)."""

from __future__ import annotations

import pytest

from platforms import actions
from platforms.breaches import breaches
from platforms.models import Authorization, AuthorizationCode, Platform
from platforms.settings import Settings
from portal.kernel import deadlines
from portal.kernel.actors import SIMULATOR
from portal.simulator.walks.platforms import make_platform

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("OPS-3")]


@pytest.fixture
def platform(server):
    wanted = Settings(event_url="http://127.0.0.1:9/events", token="lantern2019", key="k" * 43)
    actions.save_settings(server.platform.pk, wanted, by=SIMULATOR)
    return actions.start_pushing(server.platform.pk, by=SIMULATOR)


def test_all_is_well_on_the_way(server, platform, account):
    server.as_account(account)
    authorization = account.authorizations.get()
    actions.cancel(account.pk, authorization.pk, by=account.administrator.person.as_actor())

    assert breaches() == []


def test_each_contradiction_is_named(server, platform, account, world):
    server.as_account(account)
    authorization = account.authorizations.get()
    deadlines.cancel("platforms.ticket", subject_id=platform.pk)
    Platform.objects.filter(pk=platform.pk).update(event_url="")
    Authorization.objects.filter(pk=authorization.pk).update(cancelled_at=world.now())
    code = AuthorizationCode.objects.get()
    other = make_platform(world, "Harbour Tools").platform
    actions.preauthorize(other.pk, by=other.actor)
    AuthorizationCode.objects.update(pre_authorization=other.pre_authorizations.get())

    assert breaches() == [
        f"platform {platform.pk}: pushes tickets, and nothing will push the next",
        f"platform {platform.pk}: pushes tickets to nowhere",
        f"authorization {authorization.pk}: goes on, and has an end",
        f"authorization code {code.pk}: was asked for by another platform",
    ]
