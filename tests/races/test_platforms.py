"""Third-party platforms in many hands: a code is good once, one token is the latest (API-1)."""

from __future__ import annotations

import time as real
from functools import partial

import pytest

from accounts.models import Account
from platforms import actions, breaches, secrets
from platforms.actions.authorizations import pre_authorization_of
from platforms.models import Authorization, AuthorizationCode, AuthorizerToken, PlatformToken
from portal.kernel import confirmations, sealed
from portal.kernel.actors import SIMULATOR
from portal.simulator import walks
from portal.simulator.walks.platforms import authorize, grant, make_platform
from portal.simulator.walks.scans import administrator_of
from tests.races.rig import CHECK_TO_WRITE, race, words

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.requirement("API-1")]

MANY = 8


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified", entity_type="individual")


@pytest.fixture
def platform(world):
    return make_platform(world).platform


def asked_for(account, platform):
    """Return a scan that waits, by a link of its own."""
    before = pre_authorization_of(actions.preauthorize(platform.pk, by=platform.actor).code)
    assert before is not None
    return actions.ask_to_authorize(account.pk, before.pk, granted=[18], by=SIMULATOR)


def test_an_authorization_code_is_exchanged_once(account, platform):
    code = grant(platform, account)
    outcomes = race([partial(actions.query, platform.pk, code=code, by=platform.actor)] * MANY)

    assert words(outcomes) == {"done": 1, "61009": MANY - 1}
    assert AuthorizerToken.objects.count() == 1


def test_control_an_exchange_that_looks_before_it_writes_gives_many(account, platform):
    code = grant(platform, account)
    fingerprint = sealed.fingerprint(code, purpose=secrets.AUTH_CODE)

    def careless():
        found = AuthorizationCode.objects.get(fingerprint=fingerprint)
        if found.used_at is not None:
            raise LookupError
        real.sleep(CHECK_TO_WRITE)
        AuthorizationCode.objects.filter(pk=found.pk, used_at__isnull=True).update(
            used_at=account.world.now()
        )
        return found

    assert words(race([careless] * MANY))["done"] > 1


def test_one_token_is_the_latest_however_many_renew(account, platform):
    granted = authorize(platform, account)
    renew = partial(
        actions.refresh,
        platform.pk,
        appid=account.appid,
        refresh_token=granted.refresh_token,
        by=platform.actor,
    )
    ticket = actions.give_ticket(platform.pk, by=SIMULATOR)
    own = partial(actions.give_token, platform.pk, ticket=ticket, by=platform.actor)

    assert words(race([renew, own] * MANY)) == {"done": 2 * MANY}
    assert AuthorizerToken.objects.filter(replaced_at__isnull=True).count() == 1
    assert PlatformToken.objects.filter(replaced_at__isnull=True).count() == 1


def test_two_scans_for_one_platform_make_one_authorization(account, platform):
    by = administrator_of(account)
    scans = [asked_for(account, platform), asked_for(account, platform)]
    # The second code makes the first void: whichever is tapped, one authorization goes on.
    race([partial(confirmations.confirm, each.pk, by=by) for each in scans] * 4)

    assert Authorization.objects.filter(state="authorized").count() == 1
    assert AuthorizationCode.objects.count() == 1
    assert breaches.breaches() == []


def test_one_link_leads_one_of_two_accounts(account, platform, world):
    other = walks.account_at(world, "verified", entity_type="individual", name="Su Qiao")
    before = pre_authorization_of(actions.preauthorize(platform.pk, by=platform.actor).code)
    assert before is not None
    scans = [
        actions.ask_to_authorize(each.pk, before.pk, granted=[18], by=SIMULATOR) for each in (account, other)
    ]
    people = [administrator_of(each) for each in (account, other)]
    outcomes = race(
        [partial(confirmations.confirm, scan.pk, by=by) for scan, by in zip(scans, people, strict=True)]
    )

    states = sorted(outcome.value.state if outcome.value else outcome.word for outcome in outcomes)
    assert states in (["confirmed", "refused"], ["code_over", "confirmed"])
    assert Authorization.objects.count() == AuthorizationCode.objects.count() == 1


def test_cancelled_while_it_is_renewed_nothing_works_afterwards(account, platform):
    granted = authorize(platform, account)
    renew = partial(
        actions.refresh,
        platform.pk,
        appid=account.appid,
        refresh_token=granted.refresh_token,
        by=platform.actor,
    )
    end = partial(actions.cancel, account.pk, granted.authorization.pk, by=administrator_of(account))
    outcomes = race([renew, renew, end, end, renew, renew])

    assert {"done", "61003", "cancelled"} >= set(words(outcomes))
    assert words(outcomes)["cancelled"] == 1
    assert Authorization.objects.get().state == "cancelled"
