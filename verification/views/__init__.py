"""The pages of this stage, each for the account that is signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse

from accounts import steps
from accounts.models import Account
from accounts.principals import account_of, actor_of
from accounts.views.doors import go_to, login_page
from portal.kernel.http import WorldRequest
from portal.kernel.terms import AccountState

__all__ = ["account_of", "actor_of", "for_account", "go_to", "login_page"]

AccountView = Callable[[WorldRequest, Account], HttpResponse]
View = Callable[[WorldRequest], HttpResponse]


def for_account(*states: AccountState) -> Callable[[AccountView], View]:
    """Give the view the account signed in, when it stands in one of `states`; else show it its step.

    So a second tab, a double click and the back button end where the account stands (REG-9, REG-10).
    """

    def decorate(view: AccountView) -> View:
        @wraps(view)
        def run(request: WorldRequest) -> HttpResponse:
            account = account_of(request)
            if account is None:
                return go_to(request, login_page(request))
            if account.state not in states:
                return go_to(request, steps.url_for(account))
            return view(request, account)

        return run

    return decorate
