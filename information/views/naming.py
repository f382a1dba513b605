"""The name of a Mini Program: its card, and the page that checks, proves and changes it (INF-1, INF-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.files.base import File
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from accounts.principals import Principal
from accounts.views import administrator_scans
from accounts.views.doors import for_principal
from information import ladder, specimens
from information.actions import naming
from information.forms_naming import NameForm, ShortNameForm, told
from information.ladder import Checked
from information.models import Naming
from portal.kernel import limits, pictures, reviews, tallies, throttle, uploads
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import AuditEvent, Review, Verdict
from portal.kernel.terms import Capability

State: Final = Naming.State

PAGE: Final = "information:name"
UPLOADS_PER_HOUR: Final = 60  # of one account, on the real clock
SHOWN: Final = 20  # names so far
MOST_DIGITS: Final = 18  # of an id: what is longer is no row's

TONES: Final[Mapping[str, str]] = {
    State.DRAFT: "act",
    State.UNDER_REVIEW: "doing",
    State.ADOPTED: "done",
    State.REFUSED: "fail",
    State.DROPPED: "idle",
}

# One name for each step of the ladder, as a sample to fill in: label, name, whether it passes.
SAMPLES: Final[tuple[tuple[Promise, str, bool], ...]] = (
    (gettext_lazy("A free name"), "Paper Kite Harbour", True),
    (gettext_lazy("With a protected word"), "Moonquill Library", True),
    (gettext_lazy("Too short"), "Ki", False),
    (gettext_lazy("A Cyrillic letter"), "Pаper Kite Harbour", False),
    (gettext_lazy("A forbidden word"), "We Chat Harbour", False),
    (gettext_lazy("Somebody's WeChat ID"), "linyue", False),
)


# --- the card -----------------------------------------------------------------------------


def naming_card(principal: Principal, *, short_changes: Usage) -> dict[str, Any]:
    """Return what `information/_name.html` shows: the name, what becomes of another, and what is left.

    `short_changes` is the year's limit of short names, which the page has counted with its others.
    """
    account = principal.account
    standing = Standing.of(account)
    decision = principal.can(Capability.RENAME)
    return {
        "account": account,
        "asked": standing.asked,
        "refused": standing.refused,
        "reasons": standing.reasons,
        "pill": standing.pill,
        "decision": decision,
        "way_out": reverse(decision.way_out) if decision.way_out else "",
        "changes": changes_quota(standing.changes),
        "short_changes": short_changes,
    }


@dataclass(frozen=True)
class Standing:
    """What an account's names have come to: the newest of them, those dropped left out, newest first."""

    account: Account
    rows: list[Naming]

    @classmethod
    def of(cls, account: Account) -> Standing:
        """Read it. One query."""
        rows = Naming.objects.filter(account=account).exclude(state=State.DROPPED).order_by("-id")
        return cls(account, list(rows[:SHOWN]))

    @property
    def asked(self) -> Naming | None:
        """Return the name that is a draft or under review."""
        return self.rows[0] if self.rows and self.rows[0].settled_at is None else None

    @property
    def refused(self) -> Naming | None:
        """Return the name that did not pass, while none was settled or asked for since."""
        newest = self.rows[0] if self.rows else None
        return newest if newest and newest.state == State.REFUSED else None

    @property
    def changes(self) -> Usage:
        """Return how many changes are used; counted in what was read, where that is all there is."""
        adopted = sum(row.state == State.ADOPTED for row in self.rows)
        return ladder.changes(self.account, adopted=adopted if len(self.rows) < SHOWN else None)

    @property
    def reasons(self) -> list[dict[str, str]]:
        """Return why the last name did not pass, or nothing."""
        return reasons_of(self.refused) if self.refused else []

    @property
    def pill(self) -> dict[str, str]:
        """Return the state in a word, for `_partials/state_pill.html`."""
        newest = self.asked or self.refused
        if newest is not None:
            return {"label": str(newest.get_state_display()), "tone": TONES[newest.state]}
        if self.account.name:
            return {"label": str(State.ADOPTED.label), "tone": "done"}
        return {"label": _("Not filled in"), "tone": "not"}


def changes_quota(usage: Usage) -> dict[str, Any]:
    """Return the changes of the name as `_partials/quota.html` shows them: used, total, and the sentence."""
    text = _("%(left)d of %(total)d changes left before the first release")
    if usage.limit == Limit.OFFICIAL_NAME_CHANGES:
        text = _("%(left)d of %(total)d changes left")
    facts = {"left": usage.left, "total": usage.at_most}
    return {"used": usage.used, "total": usage.at_most, "text": text % facts}


def reasons_of(refused: Naming) -> list[dict[str, str]]:
    """Return why a name did not pass: the reviewer's reasons, else the platform's own."""
    verdict = (
        Verdict.objects.filter(review__kind=naming.REVIEW, review__subject_id=refused.pk)
        .exclude(kind=Verdict.Kind.DELAY)
        .order_by("-id")
        .first()
    )
    if verdict is not None and verdict.reasons:
        return [{"text": reason["text"]} for reason in verdict.reasons]
    event = AuditEvent.objects.filter(
        subject_type=refused._meta.label, subject_id=refused.pk, name="refuse"
    ).first()
    return [{"text": event.reason}] if event else []


# --- the page -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One line of `_partials/history.html`."""

    at: datetime
    title: str
    detail: str
    tone: str


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def name(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show the name and the way to another, or do what the pressed button says.

    `do` names the button: check, ask, upload, remove:<proof>, or a sample of `specimens.PROOFS`.
    Every button but *Check* keeps the draft; what is refused stands at its field, with what was typed.
    """
    if request.method != "POST":
        return _page(request, principal)
    form = NameForm(request.POST)
    act, _colon, target = request.POST.get("do", "ask").partition(":")
    if act == "check":
        return _page(request, principal, form=form, checked=_check(principal, form))
    refused: list[str] = []
    if uploads.cut_off(request):
        refused.append(
            _("The files are larger than 16 MB together, or one is far larger than 2 MB. Nothing was kept.")
        )
    elif form.is_valid() and _draft(principal, form):
        _press(request, principal, act, target, refused)
        if act == "ask" and not refused:
            _ask(principal, form, refused)
    if form.errors or refused:
        return _page(request, principal, form=form, refused=refused)
    return redirect(reverse(PAGE) + ("#scan" if act == "ask" else "#proofs"))


def _check(principal: Principal, form: NameForm) -> Checked | None:
    """Return what the check says of the typed name, or None with the refusal at its field."""
    if not form.is_valid():
        return None
    try:
        return naming.check(principal.account, form.cleaned_data["name"], by=principal.actor)
    except Refused as refusal:
        _at_the_name(form, refusal)
    return None


def _draft(principal: Principal, form: NameForm) -> bool:
    """Keep the draft; return whether that was done, else the refusal is at its field."""
    read = form.cleaned_data
    try:
        naming.draft(principal.account.pk, read["name"], note=read["note"], by=principal.actor)
    except Refused as refusal:
        _at_the_name(form, refusal)
        return False
    return True


def _press(request: WorldRequest, principal: Principal, act: str, target: str, refused: list[str]) -> None:
    """Take every file that came, then do what a proof's own button says."""
    account = principal.account
    files: list[File[bytes]] = [*request.FILES.getlist("proofs")]
    if act in specimens.PROOFS:
        files.append(specimens.PROOFS[act].upload(account))
    for file in files:
        try:
            throttle.hit("proofs", str(account.pk), at_most=UPLOADS_PER_HOUR, within=timedelta(hours=1))
            naming.add_proof(account.pk, pictures.read(file), by=principal.actor)
        except Refused as refusal:
            refused.append(refusal.message)
    if act == "remove" and target.isascii() and target.isdigit() and len(target) <= MOST_DIGITS:
        naming.remove_proof(account.pk, int(target), by=principal.actor)


def _ask(principal: Principal, form: NameForm, refused: list[str]) -> None:
    """Ask for the administrator's scan; a proof that is missing is told at the proofs."""
    try:
        naming.ask(principal.account.pk, by=principal.actor)
    except Refused as refusal:
        if refusal.field == "proofs":
            refused.append(told(refusal))
        else:
            _at_the_name(form, refusal)


def _at_the_name(form: NameForm, refusal: Refused) -> None:
    """Put a refusal at the field; what is no field's, or has none any more, goes on to the message on top."""
    if refusal.field != "name" or refusal.code == ladder.PENDING:
        raise refusal
    form.add_error("name", told(refusal))


@require_POST
@for_principal
def show_code(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Show a new code for the draft, after one that was refused or has run out."""
    naming.ask(principal.account.pk, by=principal.actor)
    return redirect(reverse(PAGE) + "#scan")


@require_POST
@for_principal
def drop(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Take back the name that is a draft or under review."""
    dropped = naming.drop(principal.account.pk, by=principal.actor)
    if dropped is not None:
        messages.success(
            request, _("%(name)s was dropped. The name stays as it was.") % {"name": dropped.name}
        )
    return redirect(PAGE)


@require_POST
@never_cache
@for_principal
def short_name(request: WorldRequest, principal: Principal) -> HttpResponse:
    """Change the short name; what is refused stands at its field."""
    form = ShortNameForm(request.POST)
    if form.is_valid():
        try:
            naming.set_short_name(principal.account.pk, form.cleaned_data["short_name"], by=principal.actor)
        except Refused as refusal:
            if refusal.field != "short_name":
                raise
            form.add_error("short_name", told(refusal))
        else:
            messages.success(request, _("The short name is saved."))
            return redirect(reverse(PAGE) + "#short-name")
    return _page(request, principal, short_form=form)


# --- what it shows ------------------------------------------------------------------------


def _page(
    request: WorldRequest,
    principal: Principal,
    *,
    form: NameForm | None = None,
    short_form: ShortNameForm | None = None,
    checked: Checked | None = None,
    refused: list[str] | None = None,
) -> HttpResponse:
    account = principal.account
    standing = Standing.of(account)
    asked, changes = standing.asked, standing.changes
    decision = principal.can(Capability.RENAME)
    context: dict[str, Any] = {
        "account": account,
        "pill": standing.pill,
        "changes": changes_quota(changes),
        "short_changes": tallies.usage(Limit.SHORT_NAME_CHANGES, account),
        "short_form": short_form or ShortNameForm(initial={"short_name": account.short_name}),
        "asked": asked,
        "last_refused": standing.refused,
        "reasons": standing.reasons,
        "history": [_entry(row) for row in standing.rows if row.state != State.DRAFT],
        "may": bool(decision),
        "reason": decision.reason,
        "way_out": reverse(decision.way_out) if decision.way_out else "",
        "working_days": limits.NAME_REVIEW_WORKING_DAYS,
        "kept_days": limits.NAME_KEPT.days,
    }
    if asked is not None and asked.state == State.UNDER_REVIEW:
        context |= _under_review(account, asked)
    elif decision:
        context |= _shut(account, changes) | _to_fill_in(
            request, account, asked, form, checked, refused or []
        )
    return render(request, "information/name.html", context)


def _shut(account: Account, changes: Usage) -> dict[str, Any]:
    """Return why no other name can be taken now, and the way out, or nothing."""
    try:
        ladder.require_open(account, changes)
    except Refused as refusal:
        way_out = reverse(refusal.way_out) if refusal.way_out else ""
        return {"shut": told(refusal), "shut_way_out": way_out}
    return {}


def _to_fill_in(
    request: WorldRequest,
    account: Account,
    asked: Naming | None,
    form: NameForm | None,
    checked: Checked | None,
    refused: list[str],
) -> dict[str, Any]:
    """Return the form with the draft's proofs and the code that is shown for it."""
    typed = {"name": asked.name, "note": asked.note} if asked else {"name": ""}
    scan = administrator_scans.current(request, account, naming.SCAN) if asked else None
    if scan is not None and (asked is None or scan.facts["naming"] != asked.pk or scan.state == "confirmed"):
        scan = None
    return {
        "form": form or NameForm(initial=typed),
        "checked": checked,
        "proofs": naming.proofs_of(asked) if asked and asked.needs_proof else [],
        "most_proofs": naming.PROOFS,
        "refused": refused,
        "scan": scan,
        "samples": [
            {"label": label, "fields": {"name": sample}, "valid": valid} for label, sample, valid in SAMPLES
        ],
        "pictures": specimens.PROOFS,
        "magic": [
            {"value": f"{value}@magic.example", "label": magic.label}
            for value, magic in reviews.MAGIC.items()
            if magic.verdict != Verdict.Kind.RETURN
        ],
    }


def _under_review(account: Account, asked: Naming) -> dict[str, Any]:
    """Return the review that goes on, with its proofs, and the way to the desk that decides it."""
    review = Review.objects.open().filter(kind=naming.REVIEW, subject_id=asked.pk).first()
    fields = {"world": account.world.token}
    if review is not None:
        fields["next"] = reverse("admin:kernel_review_change", args=[review.pk])
    reviewer = {
        "icon": "clipboard-check",
        "name": _("The reviewer"),
        "text": _("Looks at the proofs and decides: approve or refuse."),
        "buttons": [
            {
                "label": _("Open it at the desk"),
                "url": reverse("simulator:desk"),
                "post": True,
                "lamp": True,
                "fields": fields,
            },
            {"label": _("Who decides in this world"), "url": reverse("simulator:policy")},
        ],
    }
    return {"review": review, "proofs": naming.proofs_of(asked), "actors": [reviewer]}


def _entry(row: Naming) -> Entry:
    detail = _("Came into use") if row.state == State.ADOPTED else str(row.get_state_display())
    return Entry(row.settled_at or row.asked_at, row.name, detail, TONES[row.state])
