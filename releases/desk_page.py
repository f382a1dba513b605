"""What the reviewers' desk shows of a submission, beside the last round and the last approved one (REL-7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts import categories as tree
from accounts.models import Account
from portal.kernel.models import Review
from portal.kernel.wording import joined
from releases import archives, checks, preflight, qualifications, sandbox_accounts
from releases.models import Attachment, Preview, Qualification, Submission, Version
from releases.packages import Difference, Finding, Line, PackageFile, compare, text_difference
from releases.packages.limits import TEXTS, ending
from releases.submission_forms import SandboxForm

State = Submission.State

# What a declaration of players' own content says, by the platform's numbers.
SCENES: Final = {
    0: gettext_lazy("shown nowhere"),
    1: gettext_lazy("in profiles"),
    2: gettext_lazy("as pictures"),
    3: gettext_lazy("as videos"),
    4: gettext_lazy("as texts"),
    5: gettext_lazy("as sound, or otherwise"),
}
METHODS: Final = {
    1: gettext_lazy("the platform's content check"),
    2: gettext_lazy("another product"),
    3: gettext_lazy("by people"),
    4: gettext_lazy("not at all"),
}

MOST_FILES: Final = 500  # listed on the page; every one has a page of its own
MOST_CHANGES: Final = 100
MOST_TEXTS: Final = 3  # whose difference stands on the page itself
# An approved submission that nobody released may have given way to the next one.
APPROVED: Final = Q(
    decided_at__isnull=False, state__in=(State.APPROVED.value, State.RELEASED.value, State.WITHDRAWN.value)
)


# --- rows ---------------------------------------------------------------------------------


def rounds(submission_id: int) -> QuerySet[Submission, Any]:
    """Return the ids of a submission and of those before it, back to the last approved one. No query yet."""
    account = Submission.objects.filter(pk=submission_id).values("account_id")
    earlier = Submission.objects.filter(account_id=Subquery(account), pk__lte=submission_id)
    approved = earlier.filter(APPROVED, pk__lt=submission_id).order_by("-pk").values("pk")[:1]
    return earlier.filter(pk__gt=Coalesce(Subquery(approved), Value(0))).values_list("pk", flat=True)


@dataclass(frozen=True)
class Story:
    """A submission, the one submitted before it, and the last approved one before it.

    `twin` is the name of another account of its world that has the very same package, or None.
    """

    this: Submission
    last: Submission | None
    approved: Submission | None
    twin: str | None


def story(submission_id: int, account_id: int) -> Story:
    """Return the story of a submission, with accounts and versions at hand. One query."""
    earlier = Submission.objects.filter(
        account_id=account_id, pk__lt=submission_id, submitted_at__isnull=False
    ).order_by("-pk")
    wanted = (
        Q(pk=submission_id)
        | Q(pk=Subquery(earlier.values("pk")[:1]))
        | Q(pk=Subquery(earlier.filter(APPROVED).values("pk")[:1]))
    )
    others = Version.objects.filter(
        world_id=OuterRef("world_id"), sha256=OuterRef("version__sha256")
    ).exclude(account_id=OuterRef("account_id"))
    found = list(
        Submission.objects.filter(wanted)
        .select_related(
            "account__entity",
            "account__world",
            "account__administrator__person",
            "account__development",
            "version__developer",
            "version__platform",
        )
        .annotate(twin=Subquery(others.order_by("pk").values("account__name")[:1]))
        .order_by("-pk")
    )
    this, *before = found
    approved = next((each for each in before if each.decided_at and each.state != State.REJECTED), None)
    return Story(this, before[0] if before else None, approved, this.twin)


@dataclass(frozen=True)
class Picture:
    """A document or a preview of this round; `new` when the last round did not have it."""

    document: Qualification | Preview | Attachment
    label: str
    new: bool
    part: str
    fields: Sequence[Typed] = ()


@dataclass(frozen=True)
class Typed:
    """What was typed beside a document: `hint` when it looks wrong, `before` when it was otherwise."""

    label: str
    typed: str
    hint: str
    before: str | None = None


@dataclass(frozen=True)
class Told:
    """One thing that the submission says; `before` is what the last round said, None where it is the same."""

    label: str
    now: str
    before: str | None = None


@dataclass(frozen=True)
class Listed:
    """One file of the package as the page lists it: `state` is added, changed, removed or ''."""

    path: str
    size: int
    state: str = ""
    growth: int = 0
    is_text: bool = False


@dataclass(frozen=True)
class Compared:
    """What changed against an earlier package, bounded; `texts` are the first changed texts, in full."""

    version: Version
    changes: Sequence[Listed]
    left_out: int
    texts: Sequence[tuple[str, tuple[Line, ...]]] = field(default=())


@dataclass(frozen=True)
class Sandbox:
    """The sandbox account of a submission, opened only when the page asks for it."""

    submission: Submission

    @property
    def rows(self) -> list[tuple[str, str, bool]]:
        """Return label, value and whether it is a secret, of everything that was typed."""
        typed = sandbox_accounts.of(self.submission)
        found = []
        for name, asked in SandboxForm.base_fields.items():
            words = dict(getattr(asked, "choices", ()))  # what the values of a choice are called
            if typed.get(name):
                label, value = str(asked.label), str(words.get(typed[name], typed[name]))
                found.append((label, value, name == "password"))
        return found


# --- the page -----------------------------------------------------------------------------


def present(review: Review) -> dict[str, Any]:
    """Return everything that was submitted in this round, and what was otherwise before. Three queries.

    One more, for what it sent besides, when a server submitted it.
    """
    told = story(review.subject_id, review.account_id)
    this, last, approved = told.this, told.last, told.approved
    account, version = this.account, this.version
    earlier = last.submitted if last else {}
    attached = list(this.attachments.order_by("pk")) if this.platform_id else []
    return {
        "submission": this,
        "account": account,
        "language": account.language,
        "checks": checks.run(
            this,
            approved=approved.version if approved else None,
            in_use=preflight.categories_of(account),
            twin=told.twin,
        ),
        "told": _told(this, last),
        "pages": _pages(this, last),
        "game": version.contents["game"],
        "subpackages": version.contents["subpackages"],
        "findings": [Finding(**each).sentence for each in version.contents["findings"]],
        "approved": compared(approved.version, version, texts=MOST_TEXTS) if approved else None,
        "last": _since(last, approved, version),
        "files": [Listed(path, size, is_text=is_text(path)) for path, size, _sha in _files(version)][
            :MOST_FILES
        ],
        "files_left_out": max(0, len(_files(version)) - MOST_FILES),
        "sandbox": Sandbox(this),
        "pictures": [*_pictures(this, earlier), *_feedback_pictures(attached)],
        "videos": [each for each in attached if each.kind == Attachment.Kind.VIDEO],
    }


def compared(before: Version, after: Version, *, texts: int = 0) -> Compared:
    """Return what `after` has otherwise than `before`, and the lines of `texts` texts, scripts first."""
    difference = compare(_package_files(before), _package_files(after))
    changes = _listed(difference)
    shown: list[tuple[str, tuple[Line, ...]]] = []
    for change in sorted(difference.changed, key=lambda change: ending(change.path) != "js"):
        if len(shown) == texts:
            break
        lines = text_change(before, after, change.path) if is_text(change.path) else None
        if lines is not None:
            shown.append((change.path, lines))
    return Compared(before, changes[:MOST_CHANGES], max(0, len(changes) - MOST_CHANGES), shown)


def text_change(before: Version, after: Version, path: str) -> tuple[Line, ...] | None:
    """Return the difference of one text, or None where it cannot be shown."""
    try:
        return text_difference(path, archives.file_of(before, path), archives.file_of(after, path))
    except (FileNotFoundError, ValueError):
        return None


def is_text(path: str) -> bool:
    """Return whether a file of a package can be read as text, by its ending."""
    return ending(path) in TEXTS


def _since(last: Submission | None, approved: Submission | None, version: Version) -> dict[str, Any] | None:
    """Return the last round and its package compared, unless it was the approved one, or there was none."""
    if last is None or (approved is not None and last.pk == approved.pk):
        return None
    same = last.version.sha256 == version.sha256
    return {"submission": last, "package": None if same else compared(last.version, version)}


def _listed(difference: Difference) -> list[Listed]:
    added = [Listed(file.path, file.size, "added", is_text=is_text(file.path)) for file in difference.added]
    changed = [
        Listed(change.path, change.after.size, "changed", change.growth, is_text(change.path))
        for change in difference.changed
    ]
    removed = [Listed(file.path, file.size, "removed") for file in difference.removed]
    return [*changed, *added, *removed]


def _files(version: Version) -> list[list[Any]]:
    found: list[list[Any]] = version.contents["files"]
    return found


def _package_files(version: Version) -> list[PackageFile]:
    return [PackageFile(*each) for each in _files(version)]


def _told(this: Submission, last: Submission | None) -> list[Told]:
    """Return what the submission says, each beside what the last round said where that was otherwise."""
    lines = []
    earlier = dict(_said(last)) if last else {}
    for label, now in _said(this):
        before = earlier.get(label, now)
        lines.append(Told(label, now, None if before == now else before))
    return lines


def _said(submission: Submission) -> list[tuple[str, str]]:
    typed, submitted = submission.details, submission.submitted
    return [
        (_("Name"), submitted.get("name", "")),
        (_("Introduction"), submitted.get("introduction", "")),
        (_("Game category"), category(submission.account, typed.get("category", ""))),
        (_("Version notes"), typed.get("notes", "")),
        (pgettext("submission", "Remark"), typed.get("remark", "")),
        (_("Feedback on the last rejection"), typed.get("feedback", "")),
        *_said_by_server(typed.get("server", {})),
    ]


def _said_by_server(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what only the server API has fields for, as far as it was sent."""
    found = []
    if declared := said.get("declaration"):
        where = [str(SCENES[scene]) for scene in declared["scene"]]
        how = [str(METHODS[method]) for method in declared["method"]]
        if declared["has_audit_team"]:
            how.append(_("a team of its own"))
        found.append((_("Players' own content"), joined(where)))
        found.append((_("How it is looked at"), joined(how)))
        texts = [declared[name] for name in ("other_scene_desc", "audit_desc") if declared[name]]
        found.append((_("More about it"), "\n".join(texts)))
    if said.get("order_path"):
        found.append((_("Page of orders"), said["order_path"]))
    if said.get("uses_no_private_api"):
        found.append((_("Calls into privacy"), _("Declared as never called")))
    return found


def _feedback_pictures(attached: Sequence[Attachment]) -> list[Picture]:
    shown = [each for each in attached if each.kind == Attachment.Kind.FEEDBACK]
    return [
        Picture(row, _("Feedback %(number)d") % {"number": number}, False, row.part)
        for number, row in enumerate(shown, start=1)
    ]


def category(account: Account, second: str) -> str:
    """Return what a chosen category is called; its code when the tree does not have it."""
    known = tree.class_of(account.first_category, second)
    return tree.label(account.first_category, second) if known else second


def _pages(this: Submission, last: Submission | None) -> list[dict[str, Any]]:
    before = last.details.get("pages", []) if last else None
    return [
        {
            **page,
            "label": category(this.account, page.get("category", "")),
            "new": before is not None and page not in before,
        }
        for page in this.details.get("pages", [])
    ]


def _pictures(this: Submission, earlier: Mapping[str, Any]) -> list[Picture]:
    """Return the documents, then the previews, as they were submitted. One query for both."""
    documents, previews = this.submitted.get("documents", []), this.submitted.get("previews", [])
    rows = _uploads([each["id"] for each in documents], previews)
    slots = {slot.name: slot for slot in qualifications.slots(this.account.entity_type)}
    old = {each["slot"]: each for each in earlier.get("documents", [])}
    found = []
    for each in documents:
        row, slot = rows.get(("document", each["id"])), slots.get(each["slot"])
        if row is None or slot is None:
            continue
        before = old.get(each["slot"])
        new = bool(earlier) and (before is None or before["id"] != each["id"])
        fields = _typed(slot, each["fields"], before["fields"] if before else None)
        found.append(Picture(row, str(slot.label), new, f"document/{row.pk}", fields))
    for number, pk in enumerate(previews, start=1):
        row = rows.get(("preview", pk))
        if row is not None:
            label = _("Preview %(number)d") % {"number": number}
            new = bool(earlier) and pk not in earlier.get("previews", [])
            found.append(Picture(row, label, new, f"preview/{row.pk}"))
    return found


def _typed(
    slot: qualifications.Slot, typed: Mapping[str, str], before: Mapping[str, str] | None
) -> list[Typed]:
    return [
        Typed(
            str(each.label),
            typed.get(each.name, ""),
            "" if each.is_right(typed.get(each.name, "")) else str(each.hint),
            None
            if before is None or before.get(each.name) == typed.get(each.name)
            else before.get(each.name, ""),
        )
        for each in slot.fields
    ]


def _uploads(
    documents: Sequence[int], previews: Sequence[int]
) -> dict[tuple[str, int], Qualification | Preview]:
    """Return documents and previews by kind and id. One query."""
    columns = ("id", "name", "content_type", "size", "width", "height", "sha256", "uploaded_at", "world_id")
    papers = Qualification.objects.filter(pk__in=documents)
    rows = papers.annotate(what=Value("document", CharField())).values("what", *columns)
    looks = Preview.objects.filter(pk__in=previews)
    rows = rows.union(looks.annotate(what=Value("preview", CharField())).values("what", *columns), all=True)
    models: dict[str, type[Qualification | Preview]] = {"document": Qualification, "preview": Preview}
    return {(row["what"], row["id"]): models[row.pop("what")](**row) for row in list(rows)}
