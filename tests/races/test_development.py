"""Development settings in many hands: changes of domains counted right, no save lost unseen (DEV-2)."""

from __future__ import annotations

import time as real
from functools import partial

import pytest

from accounts import development
from accounts import domains as rules
from accounts.actions import development as actions
from accounts.message_push import PushSettings
from accounts.models import Account, DevelopmentSettings
from portal.kernel import confirmations, tallies
from portal.kernel.errors import Refused
from portal.kernel.limits import LIMITS, Limit
from portal.kernel.models import AuditEvent
from portal.simulator import walks
from tests.races.rig import CHECK_TO_WRITE, race, words

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

MOST = LIMITS[Limit.DOMAIN_CHANGES].at_most


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


def seen(account, fields):
    return actions.version(development.settings_of(account), fields)


def used(account):
    return tallies.usage(Limit.DOMAIN_CHANGES, account).used


def until_refused(account, name):
    """Return a call that changes the domains again and again until the month's changes are used up."""
    by = account.administrator.person.as_actor()

    def change():
        carried_out = 0
        for turn in range(40):
            try:
                asked = actions.ask_domains(
                    account.pk,
                    domains={"request": [f"{name}{turn}.lantern.example"]},
                    seen=seen(account, actions.OF_DOMAINS),
                    by=by,
                )
                assert asked is not None
                confirmations.confirm(asked.pk, by=by)
                carried_out += 1
            except Refused as refusal:
                if refusal.code == Limit.DOMAIN_CHANGES:
                    break
                # Somebody's newer code, or newer domains: look again and try anew.
                if refusal.code not in {"code_over", "changed_meanwhile"}:
                    raise
        return carried_out

    return change


@pytest.mark.requirement("DEV-2")
def test_however_many_change_the_domains_at_once_a_month_has_five_changes(account):
    outcomes = race([until_refused(account, f"caller{nth}x") for nth in range(4)])
    assert words(outcomes) == {"done": 4}
    assert sum(outcome.value for outcome in outcomes) == used(account) == MOST
    changes = AuditEvent.objects.filter(account_id=account.pk, name=actions.DOMAINS)
    assert changes.count() == MOST


@pytest.mark.requirement("DEV-2")
def test_one_scan_confirmed_by_many_taps_is_one_change(account):
    by = account.administrator.person.as_actor()
    asked = actions.ask_domains(
        account.pk,
        domains={"request": ["api.lantern.example"]},
        seen=seen(account, actions.OF_DOMAINS),
        by=by,
    )
    assert asked is not None
    outcomes = race([partial(confirmations.confirm, asked.pk, by=by)] * 8)
    assert words(outcomes) == {"done": 1, "code_over": 7}
    assert used(account) == 1


def test_control_changes_read_before_they_are_counted_are_too_many(account):
    def naive(name):
        if used(account) >= 1:
            raise Refused("-", code="domain_changes")
        real.sleep(CHECK_TO_WRITE)
        tallies.spend(Limit.DOMAIN_CHANGES, account)
        return name

    assert words(race([partial(naive, nth) for nth in range(4)]))["done"] > 1


@pytest.mark.requirement("DEV-2")
def test_of_many_who_save_the_list_they_saw_one_does_and_the_others_are_told(account):
    by = account.administrator.person.as_actor()
    opened = seen(account, actions.OF_API_ALLOWLIST)
    saves = [
        partial(actions.save_api_allowlist, account.pk, entries=[f"203.0.113.{nth}"], seen=opened, by=by)
        for nth in range(10)
    ]
    outcomes = race(saves)
    assert words(outcomes) == {"done": 1, "changed_meanwhile": 9}
    winner = next(nth for nth, outcome in enumerate(outcomes) if outcome.value)
    assert DevelopmentSettings.objects.get().api_allowlist == [f"203.0.113.{winner}"]


@pytest.mark.requirement("DEV-2")
def test_lists_and_push_saved_at_once_are_all_kept(account):
    """They are columns of one row: nobody may write back what somebody else just changed."""
    by = account.administrator.person.as_actor()
    calls = [
        partial(
            actions.save_api_allowlist,
            account.pk,
            entries=["203.0.113.1"],
            seen=seen(account, actions.OF_API_ALLOWLIST),
            by=by,
        ),
        partial(
            actions.save_upload_allowlist,
            account.pk,
            entries=["203.0.113.2"],
            on=True,
            seen=seen(account, actions.OF_UPLOAD_ALLOWLIST),
            by=by,
        ),
        partial(
            actions.save_push,
            account.pk,
            PushSettings("https://push.lantern.example", "token", "a" * 43, "safe", "json"),
            seen=seen(account, actions.OF_PUSH),
            by=by,
        ),
    ]
    assert words(race(calls)) == {"done": 3}
    kept = DevelopmentSettings.objects.get()
    assert (kept.api_allowlist, kept.upload_allowlist) == (["203.0.113.1"], ["203.0.113.2"])
    assert kept.push_url == "https://push.lantern.example"


def test_control_a_version_compared_before_the_lock_loses_saves(account):
    DevelopmentSettings.objects.create(
        world=account.world, account=account, domains=rules.complete({}), api_allowlist=[]
    )
    opened = seen(account, actions.OF_API_ALLOWLIST)

    def naive(entry):
        settings = DevelopmentSettings.objects.get(account=account)
        if actions.version(settings, actions.OF_API_ALLOWLIST) != opened:
            raise Refused("-", code="changed_meanwhile")
        real.sleep(CHECK_TO_WRITE)
        DevelopmentSettings.objects.filter(account=account).update(api_allowlist=[entry])

    assert words(race([partial(naive, f"203.0.113.{nth}") for nth in range(4)]))["done"] > 1


@pytest.mark.requirement("DEV-2")
def test_one_scan_permits_one_secret_however_many_ask(account):
    by = account.administrator.person.as_actor()
    confirmations.confirm(actions.ask_secret(account.pk, by=by).pk, by=by)
    outcomes = race([partial(actions.reset_secret, account.pk, by=by)] * 8)
    assert words(outcomes) == {"done": 1, "not_confirmed": 7}
    [secret] = [outcome.value for outcome in outcomes if outcome.value]
    assert development.secret_is(account, secret)
