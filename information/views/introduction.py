"""The introduction, and changing it (INF-1, INF-2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.principals import Principal
from accounts.views.doors import for_principal
from information import actions, samples
from information.forms import IntroductionForm
from information.views.cards import quota
from portal.kernel import tallies
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.terms import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def change_introduction(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the introduction in a form, or save what was typed; a refusal keeps it."""
    account = principal.account
    form = IntroductionForm(initial={"introduction": account.introduction})
    if request.method == "POST":
        form = IntroductionForm(request.POST)
        if _is_saved(principal, form):
            messages.success(request, _("The introduction is saved."))
            return redirect("information:information")
    decision = principal.can(Capability.EDIT_INFORMATION)
    usage = tallies.usage(Limit.INTRODUCTION_CHANGES, account)
    return render(
        request,
        "information/introduction.html",
        {
            "account": account,
            "form": form,
            "decision": decision,
            "quota": quota(usage),
            "open": bool(decision) and usage.left > 0,
            "samples": samples.INTRODUCTIONS,
        },
    )


def _is_saved(principal: Principal, form: IntroductionForm) -> bool:
    """Return whether the introduction was saved; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        actions.change_introduction(
            principal.account.pk, form.cleaned_data["introduction"], by=principal.actor
        )
    except Refused as refusal:
        form.add_error("introduction", refusal.message)
        return False
    return True
