"""The pages of this stage, each for the account that is signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseRedirect

from accounts import steps
from accounts.models import Account
from portal.kernel.http import WorldRequest, is_htmx
from portal.kernel.terms import AccountState

AccountView = Callable[[WorldRequest, Account], HttpResponse]
View = Callable[[WorldRequest], HttpResponse]


def account_of(request: WorldRequest) -> Account | None:
    """Return the account that is signed in, if any: staff have none."""
    account = getattr(request.user, "account", None)
    return account if isinstance(account, Account) else None


def login_page(request: WorldRequest) -> str:
    """Return the address of the log-in that leads back to this page."""
    return redirect_to_login(request.path).url


def go_to(request: WorldRequest, url: str) -> HttpResponse:
    """Send the browser to `url`, also when htmx asked for a part of a page."""
    return HttpResponse(headers={"HX-Redirect": url}) if is_htmx(request) else HttpResponseRedirect(url)


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
