"""A third-party platform's template library, as its own console would show it (API-2; wechat-api 2.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from platforms.models import Platform
from portal.kernel import ids
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.policy import MINI_PROGRAMS
from releases import actions
from releases.actions import templates
from releases.models import CodeTemplate

SHOWN: Final = 50  # drafts, the newest


class ProgramForm(forms.Form):
    """Which Mini Program of the world the platform develops in besides."""

    account = forms.ModelChoiceField(
        queryset=Account.objects.none(),
        label=gettext_lazy("Mini Program"),
        empty_label=gettext_lazy("Choose"),
        error_messages={
            "required": gettext_lazy("Choose a Mini Program."),
            "invalid_choice": gettext_lazy("Choose a Mini Program of the list."),
        },
    )

    def __init__(self, *args: Any, platform: Platform, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = Account.objects.living().filter(
            world=platform.world,
            account_type__in=MINI_PROGRAMS,
            appid__isnull=False,
            development_program__isnull=True,
        )
        field: Any = self.fields["account"]
        field.queryset = free.order_by("name", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def code_library(request: WorldRequest, platform_id: int) -> HttpResponse:
    """Show where the platform develops, its drafts and its templates; bind, unbind, add, delete."""
    platform = get_object_or_404(Platform, world=request.world, pk=platform_id)
    form = ProgramForm(request.POST if request.POST.get("do") == "bind" else None, platform=platform)
    if request.method == "POST":
        try:
            told = _did(request, platform, form)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("simulator:platform_library", platform.pk)
        if told:
            messages.success(request, told)
            return redirect("simulator:platform_library", platform.pk)
    context = {
        "platform": platform,
        "form": form,
        "programs": platform.programs.select_related("account").order_by("pk"),
        "drafts": templates.drafts_of(platform).order_by("-pk")[:SHOWN],
        "templates": templates.standing(platform),
    }
    return render(request, "simulator/platform_library.html", context)


def _did(request: HttpRequest, platform: Platform, form: ProgramForm) -> str:
    """Do what a button asks, and return what is told of it; '' when the form says what is wrong."""
    what = request.POST.get("do", "")
    if what == "bind":
        return _bound(platform, form) if form.is_valid() else ""
    doings: dict[str, Callable[[int], object]] = {
        "unbind": lambda pk: actions.unbind_program(platform.pk, pk, by=VISITOR),
        "add": lambda pk: actions.add_template(platform.pk, pk, kind=_kind(request), by=VISITOR),
        "delete": lambda pk: actions.delete_template(platform.pk, pk, by=VISITOR),
    }
    told = {
        "unbind": _("The platform develops in it no more; its drafts and templates stay."),
        "add": _("The draft is in the template library."),
        "delete": _("The template is deleted; what was committed of it stays."),
    }
    pk = request.POST.get("pk", "")
    if what not in doings or not pk.isascii() or not pk.isdecimal() or int(pk) > ids.LARGEST_ID:
        raise Refused(_("Nothing was done: use one of the buttons."), code="do")
    if what == "unbind":
        get_object_or_404(Account, world=platform.world_id, pk=int(pk))
    doings[what](int(pk))
    return told[what]


def _bound(platform: Platform, form: ProgramForm) -> str:
    account: Account = form.cleaned_data["account"]
    actions.bind_program(platform.pk, account.pk, by=VISITOR)
    return _("Each version that is uploaded to %(name)s becomes a draft from now on.") % {
        "name": account.name or account.appid
    }


def _kind(request: HttpRequest) -> int:
    standard = CodeTemplate.Kind.STANDARD
    return standard if request.POST.get("kind") == str(standard.value) else CodeTemplate.Kind.NORMAL
