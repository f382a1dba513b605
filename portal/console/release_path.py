"""The path of an account: its steps, what is done, what is next and who must act (INF-4).

A Mini Program's leads to its release. An Official Account's ends with WeChat authentication, where its
entity can have that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.categories import first_label
from accounts.models import Account
from accounts.principals import Principal
from portal.console.glance import Glance
from portal.console.menu import address
from portal.kernel import policy
from portal.kernel.terms import AccountState, Capability, Fact, VerificationMethod
from portal.kernel.wording import day, listed, short_day, short_moment, yuan
from releases.models import Submission
from verification.models import WireTransfer

AUTHENTICATION: Final = "verification:authentication"
INFORMATION: Final = "information:information"
WIRE: Final = "verification:wire_transfer"
VERSIONS: Final = "releases:development"
MEMBERS: Final = "accounts:members"

# A part of the information that lies at the desk, by the kind of its review.
REVIEWED: Final = {"name": "information.name", "first_category": "information.category"}
PARTS: Final = {
    "name": gettext_lazy("name"),
    "photo": gettext_lazy("photo"),
    "introduction": gettext_lazy("introduction"),
    "first_category": gettext_lazy("category"),
}


def steps(principal: Principal, glance: Glance) -> list[dict[str, Any]]:
    """Return the steps as `_partials/path.html` wants them.

    The first one not done has the ring. The first one on which this person can do something has the
    green button: development goes on beside entity and information.
    """
    found = [step(principal, glance) for step in _ways(principal.account)]
    ahead = [step for step in found if step.get("state") not in {"done", "fail"}]
    stuck = any(step.get("state") == "fail" for step in found)
    for step in ahead:
        step["state"] = "now" if step is ahead[0] and not stuck else ""
    mine = [step for step in found if step.pop("mine", False)]
    if mine:
        mine[0]["primary"] = True
    return found


def title(account: Account) -> str:
    """Return what the path is called."""
    return _("Getting ready") if account.type.is_official else _("Release path")


def _ways(account: Account) -> list[Callable[[Principal, Glance], dict[str, Any]]]:
    if not account.type.is_official:
        return [_entity, _information, _development, _verification, _release]
    rule = policy.POLICY[Capability.APPLY_FOR_AUTHENTICATION]
    proved = account.method == VerificationMethod.WECHAT_AUTHENTICATION
    authentication = [_authentication] if account.entity_type in rule.entities and not proved else []
    return [_entity, _information, *authentication]


def summary(path: list[dict[str, Any]]) -> str:
    """Return how far the path has been walked, and whether it waits for the reader."""
    done = sum(step["state"] == "done" for step in path)
    said = _("%(done)d of %(total)d done.") % {"done": done, "total": len(path)}
    if any(step.get("primary") for step in path):
        return _("%(done)s One thing needs you.") % {"done": said}
    return said


def _entity(principal: Principal, glance: Glance) -> dict[str, Any]:
    account, wire = principal.account, glance.wire
    if wire is not None and wire.state == WireTransfer.State.WAITING:
        facts = {"amount": yuan(wire.amount_fen), "due_at": short_moment(wire.due_at)}
        text = _("The company pays %(amount)s by wire transfer until %(due_at)s.") % facts
        return _step(_("Entity"), text, WIRE, _("See the transfer details"), mine=principal.is_administrator)
    if account.state == AccountState.AWAITING_AUTHENTICATION:
        return _applied(principal, glance)
    if account.state == AccountState.LAPSED:
        text = _("WeChat authentication lapsed on %(day)s.") % {"day": short_day(account.authenticated_until)}
        return _applying(principal, text) | {"state": "fail"}
    step = _step(_("Entity"), _proved(account), *_page_of_the_proof(account))
    return step | {"state": "done"}


def _applied(principal: Principal, glance: Glance) -> dict[str, Any]:
    if "verification.authentication" in glance.reviews:
        return _step(_("Entity"), _("A reviewer looks at the application."), AUTHENTICATION, _("View"))
    if principal.can(Capability.APPLY_FOR_AUTHENTICATION):
        return _applying(principal, _("WeChat authentication decides."))
    return _applying(principal, _("WeChat authentication decides. The administrator applies."))


def _applying(principal: Principal, text: str) -> dict[str, Any]:
    if principal.can(Capability.APPLY_FOR_AUTHENTICATION):
        return _step(_("Entity"), text, AUTHENTICATION, _("Go to WeChat authentication"), mine=True)
    return _step(_("Entity"), text, AUTHENTICATION, _("View"))


def _proved(account: Account) -> str:
    day = {"day": short_day(account.verified_at or account.authenticated_at)}
    if account.method == VerificationMethod.WIRE_TRANSFER:
        return _("Verified by wire transfer on %(day)s.") % day
    if account.method == VerificationMethod.REAL_NAME_SCAN:
        return _("Verified by real-name scan on %(day)s.") % day
    return _("WeChat authentication on %(day)s.") % day


def _page_of_the_proof(account: Account) -> tuple[str, str]:
    pages: Mapping[str, str] = {
        VerificationMethod.WIRE_TRANSFER: WIRE,
        VerificationMethod.WECHAT_AUTHENTICATION: AUTHENTICATION,
    }
    page = pages.get(account.method, "console:settings")
    return page, _("View")


def _information(principal: Principal, glance: Glance) -> dict[str, Any]:
    account = principal.account
    missing = [part for part in _parts(account) if not getattr(account, part)]
    if not missing:
        return _step(_("Information"), _described(account), INFORMATION, _("View")) | {"state": "done"}
    decision = account.can(Capability.EDIT_INFORMATION)
    if not decision:
        text = _("Opens when the entity is verified.") if account.closes_at is None else decision.reason
        return _step(_("Information"), text, INFORMATION, _("View"))
    at_the_desk = [part for part in missing if REVIEWED.get(part) in glance.reviews]
    if at_the_desk == missing:
        text = _("A reviewer looks at: %(parts)s.") % {"parts": _named(missing)}
        return _step(_("Information"), text, INFORMATION, _("View"))
    facts = {"parts": _named(part for part in missing if part not in at_the_desk)}
    if principal.can(Capability.EDIT_INFORMATION):
        text = _("Missing: %(parts)s.") % facts
        return _step(_("Information"), text, INFORMATION, _("Fill in"), mine=True)
    text = _("Missing: %(parts)s. The administrator or an operator fills it in.") % facts
    return _step(_("Information"), text, INFORMATION, _("View"))


def _parts(account: Account) -> list[str]:
    """Return the parts of the information; an Official Account has no categories."""
    return [part for part in PARTS if not (account.type.is_official and part == "first_category")]


def _described(account: Account) -> str:
    if account.type.is_official:
        return _("Name, photo and introduction.")
    text = _("Name, photo, introduction and category %(category)s.")
    return text % {"category": first_label(account.first_category)}


def _authentication(principal: Principal, glance: Glance) -> dict[str, Any]:
    """Return the step that a verified Official Account takes besides: a reviewer looks at the materials."""
    title, account = _("WeChat authentication"), principal.account
    if account.state == AccountState.AUTHENTICATED:
        text = _("Valid until %(day)s.") % {"day": day(account.authenticated_until)}
        return _step(title, text, AUTHENTICATION, _("View")) | {"state": "done"}
    if "verification.authentication" in glance.reviews:
        return _step(title, _("A reviewer looks at the application."), AUTHENTICATION, _("View"))
    if account.can(Capability.APPLY_FOR_AUTHENTICATION):
        return _applying(principal, _("A reviewer approves the materials, for a year.")) | {"title": title}
    return _step(title, _("Opens when the entity is verified."), AUTHENTICATION, _("View"))


def _named(parts: Any) -> str:
    return listed([str(PARTS[part]) for part in parts])


def _development(principal: Principal, glance: Glance) -> dict[str, Any]:
    """Return the step that goes on from the confirmation: who builds it, and what is uploaded."""
    title = _("Development")
    if glance.version:
        text = _("Version %(number)s is uploaded.") % {"number": glance.version}
        return _step(title, text, VERSIONS, _("View")) | {"state": "done"}
    text = ngettext(
        "%(count)d project member. No version is uploaded yet.",
        "%(count)d project members. No version is uploaded yet.",
        glance.members,
    ) % {"count": glance.members}
    may = principal.can(Capability.UPLOAD_VERSION)
    if principal.account.closes_at is not None:
        return _step(title, may.reason, MEMBERS, _("Members"))
    if glance.members == 1 and principal.can(Capability.MANAGE_PROJECT_MEMBERS):
        return _step(title, text, MEMBERS, _("Add a developer"), mine=True)
    if may:
        return _step(title, text, VERSIONS, _("Upload a version"), mine=True)
    return _step(title, text, MEMBERS, _("Members"))


def _verification(principal: Principal, glance: Glance) -> dict[str, Any]:
    """Return the step at the reviewers' desk: submitted, under review, decided."""
    title, number = pgettext("release path", "Verification"), {"number": glance.submitted}
    state = glance.submission
    if state in {Submission.State.APPROVED, Submission.State.RELEASED}:
        text = _("Version %(number)s is approved.") % number
        return _step(title, text, VERSIONS, _("View")) | {"state": "done"}
    if state == Submission.State.UNDER_REVIEW:
        return _step(title, _("A reviewer looks at version %(number)s.") % number, VERSIONS, _("View"))
    may = bool(glance.version) and bool(principal.can(Capability.SUBMIT_FOR_VERIFICATION))
    if state == Submission.State.REJECTED:
        text, action = _("Version %(number)s was rejected.") % number, _("Submit again")
        return _step(title, text, VERSIONS, action if may else _("View"), mine=may) | {"state": "fail"}
    if may:
        text = _("Version %(number)s is ready.") % {"number": glance.version}
        return _step(title, text, VERSIONS, _("Submit for Verification"), mine=True)
    if Fact.INFORMATION in principal.account.facts:
        return {"title": title, "text": _("The administrator submits a version.")}
    return {
        "title": title,
        "text": _("The administrator submits a version when the information is complete."),
    }


def _release(principal: Principal, glance: Glance) -> dict[str, Any]:
    """Return the last step: what players get."""
    title = _("Release")
    if glance.online:
        text = _("Version %(number)s is online.") % {"number": glance.online}
        return _step(title, text, VERSIONS, _("View")) | {"state": "done"}
    if glance.submission == Submission.State.APPROVED:
        text = _("Version %(number)s waits for its release.") % {"number": glance.submitted}
        may = bool(principal.can(Capability.RELEASE))
        return _step(title, text, VERSIONS, _("Release") if may else _("View"), mine=may)
    return {"title": title, "text": _("By hand, after approval.")}


def _step(title: str, text: str, page: str, action: str, *, mine: bool = False) -> dict[str, Any]:
    return {"title": title, "text": text, "url": address(page), "action": action, "mine": mine}
