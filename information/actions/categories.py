"""Choosing service categories and giving them up (INF-1, INF-3; console-rules 4.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import categories, notices
from accounts.categories import Class
from accounts.models import Account, Category
from information.models import Proof
from portal.kernel import audit, calendar, limits, pictures, reviews, tallies, text
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import AuditEvent, Review, Verdict
from portal.kernel.pictures import Picture
from portal.kernel.reviews import Decision
from portal.kernel.terms import Capability
from portal.kernel.wording import joined
from portal.outside import letters
from pushes import actions as pushes

State: Final = Category.State
STANDING: Final = (State.UNDER_REVIEW, State.IN_USE)

REVIEW: Final = "information.category"
PAGE: Final = "information:categories"
MOST_PROOFS: Final = 5
LONGEST_NOTE: Final = 120
AUDITED: Final = "wxa_category_audit"
NOTE_AFTER: Final = re.compile("; |；")  # in the audit's line, in either language

CHOSEN: Final = audit.register("information.category_chosen", gettext_lazy("chooses the category"))
PASSED: Final = notices.register(
    "information.category_passed", gettext_lazy("%(category)s passed and is in use."), url_name=PAGE
)
REFUSED: Final = notices.register(
    "information.category_refused", gettext_lazy("%(category)s did not pass: %(reasons)s"), url_name=PAGE
)


# --- the proof of a special one ------------------------------------------------------------


def proofs_at_hand(account: Account) -> list[Proof]:
    """Return the pictures that are uploaded for the category chosen next, oldest first."""
    unbound = Proof.objects.filter(
        account=account, category__isnull=True, naming__isnull=True, removed_at__isnull=True
    )
    return list(unbound.order_by("pk"))


@action
def add_proof(account_id: int, picture: Picture, *, by: Actor) -> Proof:
    """Keep a read picture for the category chosen next. Refused when five are there."""
    account = Account.objects.lock(account_id)
    account.require(Capability.CHOOSE_CATEGORIES, by=by)
    if len(proofs_at_hand(account)) >= MOST_PROOFS:
        raise Refused(
            _("Not added: %(most)d of %(most)d pictures are here. Remove one first.") % {"most": MOST_PROOFS},
            code="proofs",
            field="proof",
        )
    return _keep(account, picture)


@action
def remove_proof(account_id: int, proof_id: int, *, by: Actor) -> None:
    """Take a picture away that went to no reviewer yet; one that is gone already stays gone."""
    account = Account.objects.lock(account_id)
    account.require(Capability.CHOOSE_CATEGORIES, by=by)
    for proof in proofs_at_hand(account):
        if proof.pk == proof_id:
            proof.removed_at = account.world.now()
            proof.save(update_fields=["removed_at"])


def _keep(account: Account, picture: Picture) -> Proof:
    """Keep a read picture of a locked account as a proof for no category yet."""
    pictures.store(account.world_id, picture)
    return Proof.objects.create(
        world=account.world,
        account=account,
        name=picture.name,
        content_type=picture.content_type,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        sha256=picture.sha256,
        uploaded_at=account.world.now(),
    )


# --- choosing and giving up ----------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """A category as a server asks for it: with the pictures that prove it, and what they are."""

    first: str
    second: str
    pictures: tuple[Picture, ...] = ()
    note: str = ""


def listed(account: Account) -> list[Category]:
    """Return an account's categories, oldest first: no removed one, no refused one that was chosen again."""
    found = list(Category.objects.filter(account=account).exclude(state=State.REMOVED).order_by("pk"))
    newest = {category.second: category.pk for category in found}
    return [
        category for category in found if category.state in STANDING or newest[category.second] == category.pk
    ]


@action
def choose_category(account_id: int, first: str, second: str, *, note: str = "", by: Actor) -> Category:
    """Choose a category: in use at once, or for a special one at the desk, with the proofs at hand.

    The first level is locked with the first that comes into use, and choosing it again goes by what
    stands. `note` is told to the reviewer; a magic value in it decides at once (SIM-5). Refused for
    what the tree does not have or not for this entity type, for a second first level, for one that is
    there already, for a sixth, without a proof, and when three of three changes are used this month.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.CHOOSE_CATEGORIES, by=by)
    return _choose(account, first, second, note, proofs_at_hand(account), by=by)


@action
def choose_categories(account_id: int, wanted: Sequence[Wanted], *, by: Actor) -> list[Category]:
    """Choose categories for a server, all of them or none, each with its own pictures as its proofs.

    Each is one of the month's changes. Refused as `choose_category` is.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.CHOOSE_CATEGORIES, by=by)
    return [_choose_wanted(account, each, by=by) for each in wanted]


@action
def choose_again(account_id: int, wanted: Wanted, *, by: Actor) -> Category:
    """Choose a category that did not pass once more, for a server, with other proofs. Refused: 53307."""
    account = Account.objects.lock(account_id)
    account.require(Capability.CHOOSE_CATEGORIES, by=by)
    refused = (each for each in listed(account) if each.state == State.REFUSED)
    if not any(each.second == wanted.second for each in refused):
        raise Refused(
            _("Not changed: only a category that did not pass can be changed. Add or delete it."),
            code="53307",
            field="second",
        )
    return _choose_wanted(account, wanted, by=by)


def _choose_wanted(account: Account, wanted: Wanted, *, by: Actor) -> Category:
    if len(wanted.pictures) > MOST_PROOFS:
        raise Refused(
            _("Not added: a category has at most %(most)d pictures of proofs.") % {"most": MOST_PROOFS},
            code="proofs",
            field="certicates",
        )
    chosen = categories.class_of(wanted.first, wanted.second)
    special = chosen is not None and chosen.is_special
    proofs = [_keep(account, picture) for picture in wanted.pictures] if special else []
    return _choose(account, wanted.first, wanted.second, wanted.note, proofs, by=by)


def _choose(
    account: Account, first: str, second: str, note: str, at_hand: list[Proof], *, by: Actor
) -> Category:
    """Choose a category for a locked account, a special one with these proofs."""
    note = _read_note(note)
    chosen = _require_choosable(account, first, second)
    standing = list(Category.objects.filter(account=account, state__in=STANDING))
    _require_room(account, standing, first, second)
    proofs = at_hand if chosen.is_special else []
    if chosen.is_special and not proofs:
        raise Refused(
            _("Not added: this category needs a proof. Add at least one picture of it."),
            code="proof",
            field="proof",
        )
    tallies.spend(Limit.CATEGORY_CHANGES, account, field="second")
    now = account.world.now()
    category = Category.objects.create(
        world=account.world, account=account, first=first, second=second, chosen_at=now
    )
    audit.act(category, CHOSEN, by=by, detail=_told(category, note))
    if chosen.is_special:
        Proof.objects.filter(pk__in=[proof.pk for proof in proofs]).update(category=category)
        _to_the_desk(category, note)
    else:
        _come_into_use(category, at=now, by=by)
    return category


def _read_note(note: str) -> str:
    try:
        return text.clean(note, max_length=LONGEST_NOTE)
    except ValueError as refusal:
        raise Refused(str(refusal), code="note", field="note") from None


def note_of(category: Category) -> str:
    """Return what the applicant told the reviewer; it stands in the audit's line about the choice."""
    told = AuditEvent.objects.filter(
        subject_type=category._meta.label, subject_id=category.pk, name=CHOSEN
    ).values_list("reason", flat=True)
    return "".join(NOTE_AFTER.split(told.first() or "", maxsplit=1)[1:])


def reasons_of(category: Category) -> str:
    """Return why a reviewer refused a category, '' for one that was not refused."""
    told = AuditEvent.objects.filter(
        subject_type=category._meta.label, subject_id=category.pk, target=State.REFUSED
    ).values_list("reason", flat=True)
    return told.first() or ""


def _told(category: Category, note: str) -> str:
    with translation.override(category.account.language):
        return joined(filter(None, [called(category), note]), by="; ")


def _require_choosable(account: Account, first: str, second: str) -> Class:
    chosen = categories.class_of(first, second)
    if chosen is None:
        raise Refused(
            _("Not added: there is no such category. Choose one of the list."),
            code="category",
            field="second",
        )
    if account.entity_type not in categories.LEVELS[first].entities:
        raise Refused(
            _("Not added: %(first)s is not open to this entity type. Choose another.")
            % {"first": categories.first_label(first)},
            code="entity_type",
            field="first",
        )
    return chosen


def _require_room(account: Account, standing: list[Category], first: str, second: str) -> None:
    locked = locked_first(account, standing)
    if locked and first != locked:
        raise Refused(
            _("Not added: the first level is %(first)s and does not change any more. Choose a class of it.")
            % {"first": categories.first_label(locked)},
            code="first_category",
            field="first",
        )
    if any(category.second == second for category in standing):
        raise Refused(
            _("Not added: %(category)s is already among the categories. Choose another.")
            % {"category": categories.label(first, second)},
            code="chosen",
            field="second",
        )
    Usage(Limit.CATEGORIES, len(standing)).require(field="second")


def locked_first(account: Account, standing: list[Category]) -> str:
    """Return the first level that the next category must have, or '' while any may be chosen.

    One under review holds its first level too, or a second one could pass beside it.
    """
    return account.first_category or next((category.first for category in standing), "")


@action
def remove_category(category_id: int, *, by: Actor) -> Category:
    """Give a category up, which is a change of the month's three, or take it back from the desk.

    Refused for the last one in use: an account has one to five.
    """
    category = locked(category_id)
    account = category.account
    account.require(Capability.CHOOSE_CATEGORIES, by=by)
    if category.state == State.IN_USE:
        others = Category.objects.filter(account=account, state=State.IN_USE).exclude(pk=category.pk)
        if not others.exists():
            raise Refused(
                _("Not removed: it is the last category in use, and there has to be one. Add another first."),
                code="last_category",
            )
        tallies.spend(Limit.CATEGORY_CHANGES, account)
    else:
        reviews.withdraw(REVIEW, subject_id=category.pk, by=by)
    category.remove(at=account.world.now(), by=by)
    category.save()
    return category


# --- the desk -----------------------------------------------------------------------------


def lock(category_id: int) -> Account:
    """Lock the account that a category belongs to."""
    account_id = Category.objects.values_list("account_id", flat=True).get(pk=category_id)
    return Account.objects.lock(account_id)


def locked(category_id: int) -> Category:
    """Return a category locked after its account, both with one and the same world."""
    account = lock(category_id)
    category = Category.objects.lock(category_id)
    category.account = account
    category.world = account.world
    return category


def carry_out(review: Review, decision: Decision) -> None:
    """Let a special category come into use, or refuse it, as the reviewer decided; tell the account."""
    if decision.verdict not in {Verdict.Kind.APPROVE, Verdict.Kind.REJECT}:
        return
    category = locked(review.subject_id)
    account = category.account
    reasons = " ".join(reason.text for reason in decision.reasons)
    if decision.verdict == Verdict.Kind.APPROVE:
        _come_into_use(category, at=decision.at, by=decision.by)
        notices.tell(account, PASSED, category=called(category))
        _push(category, 3)
        write(account, "passed", category=called(category))
    else:
        category.refuse(at=decision.at, reason=reasons, by=decision.by)
        category.save()
        notices.tell(account, REFUSED, category=called(category), reasons=reasons)
        _push(category, 2, reasons)
        write(account, "refused", category=called(category), reasons=decision.reasons)


def _push(category: Category, ret: int, reason: str = "") -> None:
    """Tell the account's server of a verdict (wechat-api 8.4); the tree may have lost the category since."""
    try:
        first, second = categories.number(category.first), categories.number(category.first, category.second)
    except LookupError:
        first = second = 0
    fields = {"ret": ret, "first": first, "second": second, "reason": reason}
    pushes.put(category.account, AUDITED, fields)


def _to_the_desk(category: Category, note: str) -> None:
    reviews.submit(
        REVIEW,
        subject=category,
        account_id=category.account_id,
        title=str(category.account.entity),
        due_at=calendar.working_days_after(category.chosen_at, limits.CATEGORY_REVIEW_WORKING_DAYS),
        magic=reviews.magic_in(note),
    )


def _come_into_use(category: Category, *, at: datetime, by: Actor) -> None:
    """Adopt a category of a locked account; the first one locks the first level for good (INF-3)."""
    category.adopt(at=at, by=by)
    category.save()
    if not category.account.first_category:
        category.account.first_category = category.first
        category.account.save()


def called(category: Category) -> str:
    """Return what a category is called in the language that its account reads."""
    with translation.override(category.account.language):
        return categories.label(category.first, category.second)


def write(account: Account, name: str, **context: object) -> None:
    """Write a letter about a category to the account; belongs inside an action."""
    letters.write(
        account.world,
        to=account.email,
        name=f"category_{name}",
        context={"account": account, **context},
        language=account.language,
    )
