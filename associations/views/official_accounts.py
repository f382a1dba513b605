"""Associated Official Accounts of a Mini Program: invitations first, then the list (ASC-3)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from associations.models import Association
from associations.views import stories
from associations.views.door import for_associations


@require_safe
@never_cache
@for_associations
def official_accounts(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List the Official Accounts: invitations, then the associated; on request those it is over with."""
    account = principal.account
    context = stories.lists(request, account, (Association.State.INVITED,))
    context |= {"account": account, "quotas": stories.quotas_there(account)}
    return render(request, "associations/official_accounts.html", context)
