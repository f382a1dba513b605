"""The portal for a sandbox account: shown once a reviewer has asked for one, its secrets masked (REL-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.principals import Principal
from portal.kernel.errors import Refused
from releases import actions, sandbox_accounts, submission_samples, words
from releases.models import Submission
from releases.submission_forms import SandboxForm
from releases.views.drafts import Draft, following, for_draft, left, step


@for_draft
def sandbox(request: HttpRequest, principal: Principal, found: Draft) -> HttpResponse:
    """Show the portal; keep what is typed, right or wrong.

    Who typed an account sees it again masked; anybody else sees that there is one, and may enter another
    in its place.
    """
    draft = found.row
    if not draft.sandbox_asked:
        raise Refused(
            _("There is no portal here: it is shown after a reviewer has asked for a sandbox account."),
            code="no_sandbox",
            way_out=words.PAGE,
        )
    kept, now = sandbox_accounts.of(draft), draft.world.now()
    mine = kept if _typed_by(principal, draft) else {}
    is_hidden = bool(kept) and not mine and "replace" not in request.GET and "replace" not in request.POST
    form = SandboxForm(initial=_shown(mine), now=now, mine=mine)
    if request.method == "POST":
        if is_hidden:
            return (
                left(request)
                if request.POST.get("do") == "save"
                else redirect(following(words.SANDBOX_PAGE, draft))
            )
        form = SandboxForm(request.POST, now=now, mine=mine)
        form.is_valid()
        _save(draft, form, principal)
        form = SandboxForm(request.POST, now=now, mine=sandbox_accounts.of(draft))  # says what is kept now
        if request.POST.get("do") == "save":
            return left(request)
        if form.is_valid():
            return redirect(following(words.SANDBOX_PAGE, draft))
    elif "check" in request.GET and not is_hidden:
        form = SandboxForm(_shown(mine), now=now, mine=mine)
        form.is_valid()
    context = {
        "form": form,
        "is_hidden": is_hidden,
        "replaces": bool(kept) and not mine,
        "typed_by": draft.details.get("sandbox_by", {}).get("name", ""),
        "typed_at": _typed_at(draft),
        "samples": submission_samples.sandbox(now),
    }
    return step(request, words.SANDBOX_PAGE, found, "releases/submit_sandbox.html", context)


def _save(draft: Submission, form: SandboxForm, principal: Principal) -> None:
    saved = actions.save_sandbox(draft.pk, form.typed(), by=principal.actor)
    draft.sandbox, draft.details = saved.sandbox, saved.details


def _typed_by(principal: Principal, draft: Submission) -> bool:
    typed: dict[str, Any] = draft.details.get("sandbox_by", {})
    return (typed.get("kind"), typed.get("id")) == (principal.actor.kind.value, principal.actor.id)


def _typed_at(draft: Submission) -> datetime | None:
    at = draft.details.get("sandbox_by", {}).get("at")
    return datetime.fromisoformat(at) if at else None


def _shown(mine: dict[str, str]) -> dict[str, str]:
    """Return what the form shows again: everything but the secrets."""
    shown = {name: value for name, value in mine.items() if name not in sandbox_accounts.SECRET}
    return {"type": "sandbox", **shown}
