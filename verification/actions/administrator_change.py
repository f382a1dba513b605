"""Handing an account over: the administrator agrees, the new one proves who they are (console-rules 5.6).

Organizations only. One change of an account is open at a time; it is void after 24 hours.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import notices, scans
from accounts.actions import end_sign_ins_of
from accounts.actions.members import end_membership, membership
from accounts.models import Account, Administrator
from portal.kernel import confirmations, deadlines, limits
from portal.kernel.action import action
from portal.kernel.actors import TIMER, Actor
from portal.kernel.confirmations import Purpose
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import Confirmation, Deadline
from portal.kernel.terms import Capability
from portal.kernel.text import same_name
from portal.outside import letters
from portal.outside.models import Person
from verification.actions import mobile
from verification.actions.entity import usages
from verification.actions.mobile import Verdict
from verification.models import AdministratorChange, Registration, SmsCode

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = AdministratorChange.State

AGREE: Final = "verification.hand_over"
TAKE_OVER: Final = "verification.take_over"
VOID: Final = "verification.administrator_change"
PAGE: Final = "verification:administrator_change"

# What a change keeps of what is typed for the new administrator, in characters: as its columns hold.
LONGEST: Final = {"name": 80, "id_number": 64, "phone": 64}

CHANGED: Final = notices.register(
    "verification.administrator_changed",
    gettext_lazy("%(name)s is the administrator now; it was %(before)s."),
    url_name="accounts:members",
)
MEMBER_NO_MORE: Final = notices.register(
    "verification.administrator_was_member",
    gettext_lazy("%(name)s was a member of this account and is its administrator now."),
    url_name="accounts:members",
)


def current(account: Account) -> AdministratorChange | None:
    """Return the change that is open, if one is, its person at hand."""
    found = AdministratorChange.objects.filter(account=account, state__in=[State.ASKED, State.AGREED])
    return found.select_related("scanned_by").first()


# --- the present administrator ------------------------------------------------------------


@action
def begin(account_id: int, *, id_number: str, by: Actor) -> AdministratorChange:
    """Open a change for whoever knows the administrator's ID number, and ask that administrator's phone.

    A change that was open before is dropped: the last one counts.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.CHANGE_ADMINISTRATOR, by=by)
    known = account.administrator.id_number
    if not hmac.compare_digest(known.encode(), id_number.encode(errors="replace")):
        raise Refused(
            _("Nothing was begun: this is not the administrator's ID number. Check it with the ID card."),
            code="id_number",
            field="id_number",
        )
    if earlier := current(account):
        _drop(_lock(account, earlier.pk), by=by)
    now = account.world.now()
    change = AdministratorChange.objects.create(world=account.world, account=account, asked_at=now)
    deadlines.schedule(VOID, subject=change, account_id=account.pk, due_at=now + limits.ADMINISTRATOR_CHANGE)
    scans.ask(AGREE, account, by=by, facts={"change": change.pk})
    return change


@action
def show_agreement(account_id: int, *, by: Actor) -> Confirmation:
    """Show the present administrator a new code, after one that ran out or was refused."""
    change = _open(account_id, State.ASKED, by=by)
    return scans.ask(AGREE, change.account, by=by, facts={"change": change.pk})


@action
def drop(account_id: int, *, by: Actor) -> Account:
    """Drop the change that is open, if one is: everything stays as it was."""
    account = Account.objects.lock(account_id)
    account.require_permission(Capability.CHANGE_ADMINISTRATOR, by=by)
    if change := current(account):
        _drop(_lock(account, change.pk), by=by)
    return account


@deadlines.on(VOID, title=lambda _row: gettext_lazy("A change of administrator that is not done is void"))
def end(row: Deadline) -> str:
    """Drop a change that nobody finished within 24 hours."""
    ids = AdministratorChange.objects.values_list("account_id", flat=True)
    account = Account.objects.lock(ids.get(pk=row.subject_id))
    change = _lock(account, row.subject_id)
    if change.state not in {State.ASKED, State.AGREED}:
        return "settled"
    change.drop(at=row.due_at, by=TIMER)
    change.save()
    _void_codes(account, by=TIMER)
    return "void"


# --- the new administrator ----------------------------------------------------------------


@action
def save_successor(account_id: int, fields: Mapping[str, str], *, by: Actor) -> AdministratorChange:
    """Keep what was typed of the new administrator, right or wrong: `name`, `id_number`, `phone`.

    A code that waits for somebody else's scan is void then.
    """
    change = _open(account_id, State.AGREED, by=by)
    typed = {name: fields.get(name, "")[:longest] for name, longest in LONGEST.items()}
    if all(getattr(change, name) == value for name, value in typed.items()):
        return change
    for name, value in typed.items():
        setattr(change, name, value)
    change.save(update_fields=list(typed))
    _void_codes(change.account, by=by)
    return change


@action
def send_code(account_id: int, *, phone: str, by: Actor) -> SmsCode:
    """Send six digits to the new administrator's mobile number (checked digits)."""
    mobile.lock_to_count(account_id)
    change = _open(account_id, State.AGREED, by=by)
    with override(change.account.language):
        text = _("%(code)s is your code to become an administrator, good for 5 minutes.")
    return mobile.send(change.account, phone, text=text)


@action
def check_code(account_id: int, *, phone: str, code: str, by: Actor) -> Verdict:
    """Compare a typed code with the newest one sent to `phone`; right, the number is proved.

    Answers instead of refusing, so that a wrong try is counted.
    """
    change = _open(account_id, State.AGREED, by=by)
    verdict = mobile.judge_code(change.account, phone, code)
    if verdict == Verdict.RIGHT:
        change.verified_phone = phone
        change.save(update_fields=["verified_phone"])
    return verdict


@action
def show_take_over(account_id: int, *, by: Actor) -> Confirmation:
    """Show a code for the new administrator's own WeChat; everything else has to be there already."""
    mobile.lock_to_count(account_id)
    change = _open(account_id, State.AGREED, by=by)
    _require_ready(change)
    facts = {"change": change.pk}
    return confirmations.ask(TAKE_OVER, subject=change.account, by=by, facts=facts)


def limits_of(change: AdministratorChange) -> list[tuple[Usage, str]]:
    """Return how far the limits of the ID number and of the mobile number are used, each with its field.

    The account itself is given back: whoever takes it over with the number it has takes no new place.
    """
    account = change.account
    draft = Registration(admin_id_number=change.id_number, admin_phone=change.phone)
    administrator = account.administrator
    given_back = {
        Limit.ACCOUNTS_PER_ID_NUMBER: administrator.id_number == change.id_number,
        Limit.ACCOUNTS_PER_MOBILE: administrator.phone == change.phone,
    }
    return [
        (replace(usage, used=usage.used - given_back[usage.limit]), field)
        for usage, field in usages(account.world, draft)
    ]


def _require_ready(change: AdministratorChange) -> None:
    """Raise Refused unless the new administrator's number is proved and has a place left."""
    if not (change.name and change.id_number and change.phone):
        raise Refused(
            _("No code is shown yet. Enter name, ID number and mobile number of the new administrator."),
            code="incomplete",
            field="admin_name",
        )
    if change.verified_phone != change.phone:
        raise Refused(
            _("No code is shown yet. Prove the mobile number by the six digits sent to it."),
            code="phone",
            field="sms_code",
        )
    for usage, field in limits_of(change):
        usage.require(field=field)


# --- rows ---------------------------------------------------------------------------------


def _open(account_id: int, state: str, *, by: Actor) -> AdministratorChange:
    """Return the change in `state`, locked after its account, if `by` may go on with it."""
    account = Account.objects.lock(account_id)
    account.require(Capability.CHANGE_ADMINISTRATOR, by=by)
    found = current(account)
    if found is None or found.state != state:
        raise _over()
    return _lock(account, found.pk)


def _lock(account: Account, change_id: int) -> AdministratorChange:
    change = AdministratorChange.objects.lock(change_id)
    change.account, change.world = account, account.world
    return change


def _drop(change: AdministratorChange, *, by: Actor) -> None:
    change.drop(at=change.world.now(), by=by)
    change.save()
    deadlines.cancel(VOID, subject_id=change.pk)
    _void_codes(change.account, by=by)


def _void_codes(account: Account, *, by: Actor) -> None:
    for purpose in (AGREE, TAKE_OVER):
        shown = confirmations.latest(purpose, account.pk)
        if shown and shown.is_waiting(account.world.now()):
            shown.refuse(reason=_("This change of administrator was dropped or corrected."), by=by)
            shown.save()


def _void_scans_of_before(account: Account, *, by: Actor) -> None:
    """Take every code off the old administrator's phone: the new one's would have to answer it now."""
    waiting = Confirmation.objects.filter(
        purpose__in=scans.NAMES,
        subject_id=account.pk,
        world=account.world,
        state__in=[Confirmation.State.SHOWN, Confirmation.State.SCANNED],
    )
    for shown in waiting:
        shown.refuse(reason=_("The administrator has changed. Ask again."), by=by)
        shown.save()


def _over() -> Refused:
    return Refused(
        _("Nothing was changed: this change of administrator is over, or not as far yet. Look at its page."),
        code="change_over",
        way_out=PAGE,
    )


# --- the scans ----------------------------------------------------------------------------


def _asked(confirmation: Confirmation, state: str) -> AdministratorChange | None:
    """Return the change that a code was shown for, if it still waits for it."""
    wanted = confirmation.facts["change"]
    changes = AdministratorChange.objects.filter(pk=wanted, state=state)
    return changes.select_related("account__administrator", "account__entity").first()


def _agree(confirmation: Confirmation, by: Actor) -> None:
    change = _asked(confirmation, State.ASKED)
    if change is None:
        raise _over()
    change = _lock(Account.objects.lock(change.account_id), change.pk)
    change.agree(at=change.world.now(), by=by)
    change.save()


def _objection(confirmation: Confirmation, by: Actor) -> str:
    """Return why this WeChat cannot take over (code 61070 among it), or ''."""
    change = _asked(confirmation, State.AGREED)
    if change is None:
        return _over().message
    person = Person.objects.get(pk=by.id or 0)
    if person.pk == change.account.administrator.person_id:
        return _("This WeChat is the present administrator's. Scan with the new administrator's own WeChat.")
    if not person.real_name_certified or not person.bank_card:
        return _(
            "The scanning WeChat account has no real name: bind a bank card there, or scan with "
            "another account."
        )
    if not same_name(person.name, change.name):
        return _(
            "The real name of the scanning WeChat account is not %(name)s. Scan with the "
            "administrator's own WeChat, or correct the name."
        ) % {"name": change.name}
    return change.account.can(Capability.CHANGE_ADMINISTRATOR).reason


def _take_over(confirmation: Confirmation, by: Actor) -> None:
    """Put the new administrator in the old one's place: the row stays, so there is always exactly one."""
    asked = _asked(confirmation, State.AGREED)
    if asked is None:
        raise _over()
    account = Account.objects.lock(asked.account_id)
    change = _lock(account, asked.pk)
    _require_ready(change)
    row = Administrator.objects.select_related("person").get(account=account)
    before = row.person
    new = Person.objects.select_related("world").get(pk=by.id or 0, world=account.world)
    if was_member := membership(account, new.pk):
        end_membership(was_member, notice=MEMBER_NO_MORE, by=by)
    change.scanned_by, change.scanned_name = new, change.name
    reason = _("%(name)s after %(before)s") % {"name": change.name, "before": row.name}
    change.finish(at=account.world.now(), reason=reason, by=by)
    change.save()
    deadlines.cancel(VOID, subject_id=change.pk)
    told = {"name": change.name, "before": row.name}
    row.person, row.name, row.id_number, row.phone = new, change.name, change.id_number, change.phone
    row.save()
    _void_scans_of_before(account, by=by)
    end_sign_ins_of(account, person_id=before.pk, reason=_("No administrator any more."), by=by)
    _tell(account, before, new, told)


def _tell(account: Account, before: Person, new: Person, told: Mapping[str, str]) -> None:
    """Tell the account, its mailbox, and both phones, in the account's language."""
    notices.tell(account, CHANGED, **told)
    letters.write(
        account.world,
        to=account.email,
        name="administrator_changed",
        context={**told, "account": account, "at": account.world.now()},
        language=account.language,
    )
    called = account.name or str(account.entity)
    with override(account.language):
        ended = _("%(name)s is the administrator of %(account)s now, and you no longer are.")
        begun = _("You are the administrator of %(account)s now: every risky action asks your phone.")
    letters.chat_message(before, text=ended % {"account": called, "name": told["name"]})
    letters.chat_message(new, text=begun % {"account": called})


def _facts_of_agreement(_confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    return [(_("What follows"), _("Somebody else becomes the administrator, and your sessions end."))]


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, Any]]:
    """Return what the new administrator's phone shows: the account, its entity, and who is asked."""
    change = AdministratorChange.objects.select_related("account__entity").get(
        pk=confirmation.facts["change"]
    )
    account = change.account
    facts: list[tuple[StrOrPromise, Any]] = [(_("Account"), account.name or account.email)]
    return [*facts, (_("Entity"), str(account.entity)), (_("Administrator"), change.name)]


scans.register(
    AGREE,
    capability=Capability.CHANGE_ADMINISTRATOR,
    title=lambda _confirmation: gettext_lazy("Hand the account over to another administrator"),
    carry_out=_agree,
    facts=_facts_of_agreement,
    waits_at=PAGE,
)
confirmations.register(
    Purpose(
        name=TAKE_OVER,
        title=lambda _confirmation: gettext_lazy("Become the administrator of an account"),
        lock=mobile.lock_to_count,
        objection=_objection,
        carry_out=_take_over,
        facts=_facts,
        waits_at=PAGE,
    )
)
