"""The log-in's own actions: what they refuse, and what they leave behind (DEV-3)."""

from __future__ import annotations

import pytest

from accounts import actions
from accounts.models import Account, Login, SignIn
from portal.kernel import confirmations
from portal.kernel.actors import SIMULATOR, VISITOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts import bound


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def waiting(account: Account) -> SignIn:
    return actions.begin_sign_in(account.pk, browser="Chrome, Windows", by=account.login.as_actor())


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def test_nobody_enters_before_the_scan_or_twice(account, waiting):
    with pytest.raises(Refused) as early:
        actions.enter(waiting.pk, session_key="a", by=VISITOR)
    shown = confirmations.latest("accounts.log_in", waiting.pk)
    assert shown
    confirmations.confirm(shown.pk, by=bound.administrator(account))
    actions.enter(waiting.pk, session_key="a", by=VISITOR)
    with pytest.raises(Refused) as late:
        actions.enter(waiting.pk, session_key="b", by=VISITOR)

    assert (code_of(early), code_of(late)) == ("log_in_over", "log_in_over")
    assert SignIn.objects.get().session_key == "a"


def test_nobody_enters_an_account_that_ended_meanwhile(account, waiting):
    shown = confirmations.latest("accounts.log_in", waiting.pk)
    assert shown
    confirmations.confirm(shown.pk, by=bound.administrator(account))
    Login.objects.filter(pk=account.login_id).update(is_active=False)

    with pytest.raises(Refused) as refusal:
        actions.enter(waiting.pk, session_key="a", by=VISITOR)

    assert code_of(refusal) == "log_in_over"


def test_a_log_in_that_is_over_shows_no_code_and_takes_no_scan(account, waiting):
    shown = confirmations.latest("accounts.log_in", waiting.pk)
    assert shown
    actions.end_sign_in(waiting.pk, reason="Over.", by=VISITOR)

    with pytest.raises(Refused) as refusal:
        actions.show_log_in(waiting.pk, by=VISITOR)
    assert code_of(refusal) == "log_in_over"
    with pytest.raises(Refused) as refusal:
        confirmations.confirm(shown.pk, by=bound.administrator(account))
    assert code_of(refusal) == "log_in_over"
    assert SignIn.objects.get().state == SignIn.State.ENDED


def test_a_newer_code_voids_the_earlier(account, waiting):
    earlier = confirmations.latest("accounts.log_in", waiting.pk)
    assert earlier
    actions.show_log_in(waiting.pk, by=VISITOR)

    with pytest.raises(Refused) as refusal:
        confirmations.confirm(earlier.pk, by=bound.administrator(account))
    assert code_of(refusal) == "code_over"


def test_the_simulators_short_cut_lets_in_only_who_may_log_in(account, world):
    member = bound.bind(account, "chenxi", "experience_member")
    stranger = Person.objects.filter(world=world).exclude(
        pk__in=[member.person_id, account.administrator.person_id]
    )[0]
    for person_id in (member.person_id, stranger.pk):
        with pytest.raises(Refused) as refusal:
            actions.sign_in_as(account.pk, person_id=person_id, session_key="a", browser="", by=SIMULATOR)
        assert code_of(refusal) == "log_in"
    assert not SignIn.objects.exists()


def test_ending_twice_is_told_once(waiting):
    actions.end_sign_in(waiting.pk, reason="First.", by=VISITOR)
    actions.end_sign_in(waiting.pk, reason="Second.", by=VISITOR)
    actions.log_out(waiting.pk, by=VISITOR)

    assert actions.reason_of_end(waiting) == "First."
    assert AuditEvent.objects.filter(name="end", subject_id=waiting.pk).count() == 1


def test_logging_out_of_what_is_gone_is_no_error(db):
    actions.log_out(999_999, by=VISITOR)


def test_an_ended_session_gets_no_new_key(account):
    person_id = account.administrator.person_id
    inside = actions.sign_in_as(account.pk, person_id=person_id, session_key="a", browser="", by=SIMULATOR)
    actions.renew_session(inside.pk, session_key="b", by=SIMULATOR)
    actions.end_sign_in(inside.pk, reason="", by=SIMULATOR)

    with pytest.raises(Refused) as refusal:
        actions.renew_session(inside.pk, session_key="c", by=SIMULATOR)

    assert code_of(refusal) == "log_in_over"
    assert SignIn.objects.get().session_key == "b"
