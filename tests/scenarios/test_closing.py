"""Closing an account: the scan, the freeze period, keeping it, and what is free then (console-rules 11.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import actions as accounts
from accounts.actions.closing import CLOSE, current
from accounts.models import Account, Closing, Member, ReleasedName, SignIn
from portal.kernel import confirmations
from portal.kernel.breaches import found as breaches
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability
from portal.outside.models import Letter, Person
from portal.simulator import walks
from verification.actions import authentication


@pytest.fixture
def account(world):
    return walks.account_at(world, "verified")


def confirm_closing(account):
    asked = accounts.ask_to_close(account.pk, by=account.login.as_actor())
    return confirmations.confirm(asked.pk, by=account.administrator.person.as_actor())


def test_the_administrators_scan_begins_the_freeze_period_and_everything_is_shut(account, time):
    confirm_closing(account)
    account = Account.objects.get(pk=account.pk)
    assert account.closes_at == account.world.now() + timedelta(days=7)
    for capability in Capability:
        assert not account.can(capability)
    assert Letter.objects.filter(to=account.email).latest("id").subject == "The account is being closed"
    assert breaches() == []


def test_it_can_be_kept_until_the_last_moment_and_has_everything_again(account, time):
    confirm_closing(account)
    time.passes(days=6, hours=23)
    accounts.keep(account.pk, by=account.login.as_actor())
    time.passes(days=30)
    account = Account.objects.get(pk=account.pk)
    assert (account.closes_at, account.closed_at) == (None, None)
    assert account.can(Capability.EDIT_INFORMATION)
    assert Closing.objects.get().state == "undone"


def test_at_its_end_the_account_is_closed_and_what_it_held_is_free(account, time):
    person = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)[0]
    Member.objects.create(
        world=account.world, account=account, person=person, role="developer", added_at=time.now
    )
    Account.objects.filter(pk=account.pk).update(name="Paper Lantern", name_key="paperlantern")
    confirm_closing(account)
    report = time.passes(days=7)
    assert ("accounts.closing", "closed") in [(fired.kind, fired.outcome) for fired in report.fired]
    closed = Account.objects.get(pk=account.pk)
    assert closed.closed_at == closed.closes_at
    assert not closed.login.is_active
    assert Member.objects.get().state == "removed"
    assert ReleasedName.objects.get().kept_until == time.now + timedelta(days=15)
    with pytest.raises(Refused, match="Nothing was undone"):
        accounts.keep(account.pk, by=account.login.as_actor())
    again = walks.account_at(account.world, "verified", email=account.email, name=account.entity.name,
                             number=account.entity.number)  # fmt: skip
    assert again.entity_id == account.entity_id
    assert breaches() == []


def test_a_released_game_has_thirty_days(account, time):
    Account.objects.filter(pk=account.pk).update(first_category="game", released_at=time.now)
    confirm_closing(Account.objects.get(pk=account.pk))
    assert Account.objects.get(pk=account.pk).closes_at == time.now + timedelta(days=30)


def test_an_open_review_comes_first(account):
    walks.apply(account)
    with pytest.raises(Refused, match="a review is open") as refused:
        accounts.ask_to_close(account.pk, by=account.login.as_actor())
    assert refused.value.code == "review_open"


def test_only_the_administrator_may(account):
    stranger = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)[0]
    with pytest.raises(Refused, match="Only the administrator"):
        accounts.ask_to_close(account.pk, by=stranger.as_actor())
    confirm_closing(account)
    with pytest.raises(Refused, match="Only the administrator"):
        accounts.keep(account.pk, by=stranger.as_actor())


def test_what_was_authenticated_runs_out_in_silence_after_the_end(world, time):
    account = walks.account_at(world, "authenticated")
    confirm_closing(account)
    time.passes(days=7)
    letters = Letter.objects.filter(to=account.email).count()
    time.passes(days=366)
    assert Letter.objects.filter(to=account.email).count() == letters
    assert authentication.active_order(account) is None


def test_the_page_goes_from_the_scan_to_the_freeze_period_and_back(account, signed_in):
    client = signed_in(account)
    page = client.get(reverse("accounts:closing"))
    assert b"What closing means" in page.content
    client.post(reverse("accounts:close"))
    asked = confirmations.latest(CLOSE, account.pk)
    assert asked is not None
    confirmations.confirm(asked.pk, by=account.administrator.person.as_actor())
    assert b"Keep the account" in client.get(reverse("accounts:closing")).content
    client.post(reverse("accounts:keep"))
    assert current(account) is None


def test_whoever_moves_the_clock_past_the_end_is_told_at_the_next_page(account, visitor):
    visitor.post(reverse("simulator:act_as"), {"account": account.pk})
    confirm_closing(account)
    moved = visitor.post(reverse("simulator:advance"), {"by": "P7D"})
    assert moved.status_code == 302
    assert Account.objects.get(pk=account.pk).closed_at is not None

    door = visitor.get(reverse("console:home"), follow=True)
    assert "You are signed out. The account is closed." in door.content.decode()


def test_nobody_is_signed_in_after_the_end(account, time):
    accounts.sign_in_as(
        account.pk, person_id=account.administrator.person_id, session_key="k" * 32, browser="a browser",
        by=account.administrator.person.as_actor(),
    )  # fmt: skip
    confirm_closing(account)
    time.passes(days=7)
    assert set(SignIn.objects.values_list("state", flat=True)) == {"ended"}
