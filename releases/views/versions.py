"""One developed version: what is in it, its trial, its deletion (REL-1, REL-2, REL-9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.principals import Principal
from accounts.views.doors import for_principal
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability
from portal.kernel.wording import joined
from releases import actions, file_tree, words
from releases.models import Service, Submission, Version
from releases.packages import PLATFORM
from releases.packages.findings import Finding
from releases.version_forms import TrialForm

MOST_EARLIER: Final = 5
TONES: Final = {
    Version.State.DEVELOPED: "doing",
    Version.State.REPLACED: "idle",
    Version.State.DELETED: "idle",
}
ORIENTATIONS: Final = {
    "portrait": gettext_lazy("Upright"),
    "landscape": gettext_lazy("Across, either way round"),
    "landscapeLeft": gettext_lazy("Across, turned to the left"),
    "landscapeRight": gettext_lazy("Across, turned to the right"),
}


@require_safe
@for_principal
def version(request: HttpRequest, principal: Principal, version_id: int) -> HttpResponse:
    """Show one version of the account; another account's is not there."""
    found = _version(principal, version_id)
    contents = found.contents
    stands = found.state == Version.State.DEVELOPED
    return render(
        request,
        "releases/version.html",
        {
            "version": found,
            "tone": TONES[Version.State(found.state)],
            "stands": stands,
            "is_trial": Service.objects.filter(account=principal.account, trial=found).exists(),
            "submission": Submission.objects.filter(version=found).exclude(state="dropped").last(),
            "earlier": actions.same_files(found)[:MOST_EARLIER],
            "findings": [Finding(**finding).sentence for finding in contents["findings"]],
            "facts": _facts(contents),
            "sizes": _sizes(found),
            "tree": file_tree.tree_of(contents),
            "largest": file_tree.largest(contents),
            "count": len(contents["files"]),
            "may_submit": principal.can(Capability.SUBMIT_FOR_VERIFICATION),
            "may_delete": principal.can(Capability.DELETE_VERSION),
            "may_try": principal.can(Capability.SET_TRIAL_VERSION),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def trial(request: HttpRequest, principal: Principal, version_id: int) -> HttpResponse:
    """Show the code that opens the trial version, or choose this version for it, with its path."""
    found = _version(principal, version_id)
    service = Service.objects.filter(account=principal.account).first()
    is_trial = service is not None and service.trial_id == found.pk
    path = service.trial_path if service and is_trial else ""
    form = TrialForm(request.POST or None, initial={"path": path})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_trial(found.pk, path=form.cleaned_data["path"], by=principal.actor)
        except Refused as refusal:
            form.add_error("path" if refusal.field else None, refusal.message)
        else:
            told = _("Experience members open version %(number)s.")
            messages.success(request, told % {"number": found.number})
            return redirect("releases:version_trial", found.pk)
    return render(
        request,
        "releases/version_trial.html",
        {
            "version": found,
            "service": service if is_trial else None,
            "stands": found.state == Version.State.DEVELOPED,
            "decision": principal.can(Capability.SET_TRIAL_VERSION),
            "form": form,
        },
    )


@require_POST
@for_principal
def delete(request: HttpRequest, principal: Principal, version_id: int) -> HttpResponse:
    """Delete a developed version."""
    found = _version(principal, version_id)
    actions.delete(found.pk, by=principal.actor)
    messages.success(request, _("Version %(number)s is deleted.") % {"number": found.number})
    return redirect(words.PAGE)


def _version(principal: Principal, version_id: int) -> Version:
    return get_object_or_404(
        Version.objects.select_related("developer", "platform"),
        pk=version_id,
        account=principal.account,
    )


def _sizes(found: Version) -> list[dict[str, Any]]:
    """Return the main package, each subpackage and all together, each with its ceiling, in bytes."""
    parts = [(part["name"], part["size"]) for part in found.contents["subpackages"]]
    rows = [(_("Main package"), found.main_size), *parts]
    return [
        *({"label": label, "size": size, "most": PLATFORM.package} for label, size in rows),
        {"label": _("All together"), "size": found.size, "most": PLATFORM.code},
    ]


def _facts(contents: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what game.json and project.config.json say, as label and value."""
    game, project = contents["game"], contents["project"]
    facts = [
        (_("Orientation"), str(ORIENTATIONS[game["orientation"]])),
        (_("Status bar"), _("shown") if game["status_bar"] else _("hidden")),
        (
            _("Network timeouts"),
            joined(f"{name} {milliseconds / 1000:g} s" for name, milliseconds in game["timeouts"].items()),
        ),
        (_("Workers"), game["workers"] or _("none")),
        (_("Open data context"), game["open_data_context"] or _("none")),
    ]
    if project is None:
        return [*facts, ("project.config.json", _("not in the package"))]
    return [
        *facts,
        (_("Project name"), project["name"] or _("not named")),
        (_("Base library"), project["base_library"] or _("any")),
        ("AppID", project["appid"] or _("none: any account may upload it")),
    ]
