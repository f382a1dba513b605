"""The platform's switch: an internal test of a world, or of one game, keeps versions back (REL-8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.views.administrator_scans import ours
from portal.kernel.actors import SIMULATOR
from portal.kernel.http import WorldRequest
from portal.kernel.ids import LARGEST_ID
from portal.kernel.models import World
from portal.kernel.wording import moment
from releases import actions
from releases.models import InternalTest

AFTER: Final = {
    "": (None, gettext_lazy("when it is ended by hand")),
    "3600": (timedelta(hours=1), gettext_lazy("after an hour")),
    "86400": (timedelta(days=1), gettext_lazy("after a day")),
    "259200": (timedelta(days=3), gettext_lazy("after 3 days")),
    "604800": (timedelta(days=7), gettext_lazy("after 7 days")),
    "1296000": (timedelta(days=15), gettext_lazy("after 15 days")),
}


class GameField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A game of the world, by its name."""

    def label_from_instance(self, obj: Any) -> str:
        """Return what the game is called."""
        return _called(obj)


class BeginForm(forms.Form):
    """Whose versions are kept back, and until when; all games when none is chosen."""

    account = GameField(
        label=gettext_lazy("Whose versions"),
        queryset=Account.objects.none(),
        required=False,
        empty_label=gettext_lazy("All games of this world"),
        error_messages={"invalid_choice": gettext_lazy("Choose a game of this world.")},
    )
    after = forms.ChoiceField(
        label=gettext_lazy("Ends, in world time"),
        required=False,
        choices=[(seconds, label) for seconds, (_length, label) in AFTER.items()],
        widget=forms.RadioSelect,
    )

    def __init__(self, world: World, data: Any = None) -> None:
        super().__init__(data, initial={"after": ""})
        field = self.fields["account"]
        if isinstance(field, GameField):
            field.queryset = games(world)


@require_http_methods(["GET", "HEAD", "POST"])
def internal_test(request: WorldRequest) -> HttpResponse:
    """Show the tests that run in this world; begin one (`do=begin`) or end one (`do=end`)."""
    posted = request.POST if request.method == "POST" else None
    if posted and posted.get("do") == "end":
        return _end(request, posted)
    form = BeginForm(request.world, posted)
    if posted is not None and form.is_valid():
        account, length = form.cleaned_data["account"], AFTER[form.cleaned_data["after"]][0]
        test = actions.begin_internal_test(
            request.world.pk,
            account_id=account.pk if account else None,
            ends_at=request.world.now() + length if length else None,
            by=SIMULATOR,
        )
        messages.success(request, _begun(test))
        return _back(request, posted)
    tests = InternalTest.objects.filter(world=request.world, ended_at__isnull=True)
    return render(
        request,
        "simulator/internal_test.html",
        {
            "form": form,
            "tests": [
                {"test": test, "of": _called(test.account) if test.account else _("All games of this world")}
                for test in tests.select_related("account__entity").order_by("account_id", "pk")
            ],
        },
    )


def games(world: World) -> Any:
    """Return the accounts of a world that may have versions, newest first."""
    confirmed = Account.objects.living().filter(world=world, confirmed_at__isnull=False)
    return confirmed.select_related("entity").order_by("-pk")


def _end(request: WorldRequest, posted: Any) -> HttpResponse:
    account_id = posted.get("account", "")
    if account_id and not (account_id.isascii() and account_id.isdigit() and len(account_id) < 20):
        raise Http404
    found = None
    if account_id:
        mine = Account.objects.filter(world=request.world)
        found = mine.filter(pk=min(int(account_id), LARGEST_ID)).first()
        if found is None:
            raise Http404
    ended = actions.end_internal_test(request.world.pk, account_id=found.pk if found else None, by=SIMULATOR)
    if ended:
        messages.success(request, _("The internal test is over: approved versions can be released."))
    return _back(request, posted)


def _begun(test: InternalTest) -> str:
    if test.ends_at is None:
        return _("The internal test runs until it is ended: no version can be released.")
    return _("The internal test runs until %(at)s: no version can be released.") % {
        "at": moment(test.ends_at)
    }


def _back(request: WorldRequest, posted: Any) -> HttpResponse:
    return redirect(ours(request, posted.get("next", "")) or "simulator:internal_test")


def _called(account: Account) -> str:
    return account.name or str(account.entity or account.email)
