"""What a program sees before a reviewer does: automatic checks of a submission under review (REL-7).

They decide nothing. What they find is told as the reviewer reads it; an empty list is a check passed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts import categories as tree
from releases import details, qualifications, sandbox_accounts, scripts
from releases.models import Submission, Version
from releases.packages import Finding
from releases.scripts import Scripts

GROWN: Final = 1.5  # times its last approved size: worth a look
LEFT_OUT: Final = frozenset({"kind_left_out", "unnamed_kind_left_out", "hidden_left_out"})
TYPED: Final = frozenset({"pages", "categories", "documents", "sandbox"})  # wrong, not merely worth a look


@dataclass(frozen=True)
class Check:
    """One check: its stable name, what it looks at, and the sentences about what it found."""

    name: str
    label: str
    found: tuple[str, ...] = ()

    @property
    def tone(self) -> str:
        """Return how its pill is coloured: "done", "fail", or "act" for what only a person can tell."""
        if not self.found:
            return "done"
        return "fail" if self.name in TYPED else "act"


def run(
    submission: Submission, *, approved: Version | None, in_use: Collection[str], twin: str | None
) -> list[Check]:
    """Return all checks of a submission with its account and version at hand. No query.

    `approved` is the last approved version, `in_use` the categories of the account now, `twin` the name
    of another account in the world that has the very same package.
    """
    version = submission.version
    try:
        said = scripts.found_in(version)
    except (FileNotFoundError, ValueError):
        return [Check("package", _("Package"), (_("Its archive is damaged or gone: it cannot be opened."),))]
    return [
        Check("pages", _("Feature pages are in the package"), tuple(_pages(submission))),
        Check("categories", _("Categories are in use"), tuple(_categories(submission, in_use))),
        Check("documents", _("Documents and their numbers"), tuple(_documents(submission))),
        Check("sandbox", _("Sandbox account"), tuple(_sandbox(submission))),
        Check("size", _("Size of the package"), tuple(_size(version, approved))),
        Check("kinds", _("Kinds of files"), tuple(_kinds(version.contents["findings"]))),
        Check("hosts", _("Servers named in scripts"), tuple(_hosts(said, _domains(submission)))),
        Check("purchases", _("Purchases in scripts"), tuple(_purchases(said))),
        Check("sharing", _("Sharing in scripts"), tuple(_sharing(said))),
        Check("twin", _("The same package elsewhere"), tuple(_twin(twin))),
    ]


def _pages(submission: Submission) -> list[str]:
    files = details.files_of(submission.version)
    pages = submission.details.get("pages", [])
    found = [] if pages else [_("No feature page was named.")]
    for page in pages:
        try:
            details.read_path(page.get("path", ""), files)
        except ValueError as refusal:
            found.append(f"{page.get('title', '')}: {refusal}")
    return found


def _categories(submission: Submission, in_use: Collection[str]) -> list[str]:
    pages = submission.details.get("pages", [])
    chosen = [submission.details.get("category", ""), *(page.get("category", "") for page in pages)]
    first = submission.account.first_category
    return [
        _("%(category)s is not in use any more, or never was.")
        % {"category": tree.label(first, code) if tree.class_of(first, code) else code or "–"}
        for code in dict.fromkeys(chosen)
        if code not in in_use
    ]


def _documents(submission: Submission) -> list[str]:
    handed_in = {each["slot"]: each for each in submission.submitted.get("documents", [])}
    found = []
    for slot in qualifications.slots(submission.account.entity_type):
        if slot.name not in handed_in:
            found.append(_("Missing: %(document)s.") % {"document": slot.label})
            continue
        typed = handed_in[slot.name]["fields"]
        found += [
            f"{field.label}: {field.hint}"
            for field in slot.fields
            if not field.is_right(typed.get(field.name, ""))
        ]
    return found


def _sandbox(submission: Submission) -> list[str]:
    if not submission.sandbox_asked or submission.state != Submission.State.UNDER_REVIEW:
        return []
    if sandbox_accounts.is_usable(sandbox_accounts.of(submission), submission.account.world.now()):
        return []
    return [_("It was asked for, and cannot be used today: it is incomplete, or no longer valid.")]


def _size(version: Version, approved: Version | None) -> list[str]:
    if approved is None or version.size <= GROWN * approved.size:
        return []
    return [
        _("It was %(before)s when it was last approved, and is %(now)s.")
        % {"before": filesizeformat(approved.size), "now": filesizeformat(version.size)}
    ]


def _kinds(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    return [Finding(**finding).sentence for finding in findings if finding["code"] in LEFT_OUT]


def _domains(submission: Submission) -> frozenset[str]:
    """Return the account's server domains of all kinds, empty before any was set."""
    settings = getattr(submission.account, "development", None)
    kinds = settings.domains.values() if settings else ()
    return frozenset(host for hosts in kinds for host in hosts)


def _hosts(said: Scripts, domains: Collection[str]) -> list[str]:
    found = [
        _("%(host)s in %(path)s is none of the account's server domains.") % {"host": host, "path": path}
        for host, path in said.hosts.items()
        if host not in domains
    ]
    if not said.whole:
        found.append(_("The scripts are too large to be searched to their end."))
    return found


def _purchases(said: Scripts) -> list[str]:
    return [
        _("%(path)s calls wx.%(call)s: nothing may be offered for money on iOS.")
        % {"path": path, "call": call}
        for call, path in said.purchases.items()
    ]


def _sharing(said: Scripts) -> list[str]:
    return [
        _("%(path)s calls wx.%(call)s: nobody may be pressed or rewarded to share.")
        % {"path": path, "call": call}
        for call, path in said.sharing.items()
    ]


def _twin(twin: str | None) -> list[str]:
    return [] if twin is None else [_("%(name)s has uploaded the very same files.") % {"name": twin or "–"}]
