import pytest
from django.urls import reverse

from accounts import steps
from accounts.models import Account
from portal.kernel.terms import AccountState


@pytest.mark.parametrize(
    ("state", "url", "unfinished"),
    [
        (AccountState.REGISTERED, "/register/activation/", True),
        (AccountState.ACTIVATED, "/register/entity/", True),
        (AccountState.AWAITING_TRANSFER, "/verification/wire-transfer/", True),
        (AccountState.VERIFIED, "/console/", False),
        (AccountState.AUTHENTICATED, "/console/", False),
        (AccountState.LAPSED, "/console/", False),
        (AccountState.EXPIRED, "/register/", False),
    ],
)
def test_every_state_has_a_page_to_go_on_with(state, url, unfinished):
    """REG-10: log-in returns an unfinished registration to its step."""
    account = Account(state=state)

    assert (steps.url_for(account), steps.is_unfinished(account)) == (url, unfinished)


def test_method_two_goes_on_with_the_application():
    account = Account(state=AccountState.AWAITING_AUTHENTICATION)

    assert steps.is_unfinished(account)
    assert steps.url_for(account) == reverse("verification:authentication")


def test_the_steps_before_are_done_and_those_after_are_ahead():
    assert [(str(step["label"]), step["state"]) for step in steps.progress(2)] == [
        ("Account information", "done"),
        ("E-mail activation", "now"),
        ("Information registration", ""),
    ]
