"""Logging in: the password first, then somebody's scan, then a session that can be ended (DEV-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, SignIn
from portal.kernel import audit, clock, confirmations
from portal.kernel.action import action
from portal.kernel.actors import TIMER, Actor
from portal.kernel.confirmations import Purpose
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Confirmation
from portal.kernel.terms import Permission, Role
from portal.outside.models import Person

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LOG_IN: Final = "accounts.log_in"
LET_IN: Final = "accounts.let_in"
FORGOTTEN: Final = 50  # sessions that ran out, ended at one log-in at most


@action
def begin_sign_in(account_id: int, *, browser: str, by: Actor) -> SignIn:
    """Remember a browser that gave the right password, and show it the code to scan."""
    account = Account.objects.lock(account_id)
    sign_in = SignIn.objects.create(
        world=account.world,
        account=account,
        browser=browser[:120],
        address=audit.address.get(),
        asked_at=account.world.now(),
    )
    confirmations.ask(LOG_IN, subject=sign_in, by=by)
    return sign_in


@action
def show_log_in(sign_in_id: int, *, by: Actor) -> Confirmation:
    """Show a new code to a browser that still waits for its scan, or ask the administrator again.

    What the administrator has refused is over.
    """
    sign_in = _lock(sign_in_id)
    if sign_in.state == SignIn.State.AWAITING_SCAN:
        return confirmations.ask(LOG_IN, subject=sign_in, by=by)
    asked = confirmations.latest(LET_IN, sign_in.pk)
    if sign_in.state != SignIn.State.AWAITING_ADMINISTRATOR or (
        asked and asked.state == Confirmation.State.REFUSED
    ):
        raise _over()
    return _ask_administrator(sign_in, by=by)


@action
def enter(sign_in_id: int, *, session_key: str, by: Actor) -> SignIn:
    """Let the browser that waited go in, under the session with this key."""
    sign_in = _lock(sign_in_id)
    if sign_in.state != SignIn.State.ALLOWED or not sign_in.account.login.is_active:
        raise _over()
    _end_forgotten(sign_in.account, by=TIMER)
    sign_in.enter(at=sign_in.world.now(), session_key=session_key, by=by)
    sign_in.save()
    return sign_in


@action
def sign_in_as(account_id: int, *, person_id: int, session_key: str, browser: str, by: Actor) -> SignIn:
    """Open the console as one of an account's people, without password and scan (the simulator's short cut).

    Raises Refused when the person may not log in to it.
    """
    account = Account.objects.lock(account_id)
    person = Person.objects.get(pk=person_id, world=account.world)
    role, held = account.role_of(person.as_actor())
    if role == Role.GUEST or Permission.LOG_IN not in held:
        raise Refused(
            _("Nobody was signed in: %(name)s may not log in to this account. Role: %(role)s.")
            % {"name": person.name, "role": role.label},
            code="log_in",
        )
    _end_forgotten(account, by=TIMER)
    now = account.world.now()
    sign_in = SignIn.objects.create(
        world=account.world,
        account=account,
        browser=browser[:120],
        address=audit.address.get(),
        asked_at=now,
    )
    sign_in.allow(person=person, role=role, by=by)
    sign_in.enter(at=now, session_key=session_key, by=by)
    sign_in.save()
    return sign_in


@action
def end_sign_in(sign_in_id: int, *, reason: str, by: Actor) -> SignIn:
    """End a session or a log-in that waits; the browser's next request is signed out."""
    sign_in = _lock(sign_in_id)
    if sign_in.state != SignIn.State.ENDED:
        _end(sign_in, reason=reason, by=by)
    return sign_in


@action
def log_out(sign_in_id: int, *, by: Actor) -> None:
    """End what a browser is signed in as, or waits for; nothing when that is over already."""
    if SignIn.objects.filter(pk=sign_in_id).exists():
        end_sign_in(sign_in_id, reason=_("Logged out."), by=by)


@action
def renew_session(sign_in_id: int, *, session_key: str, by: Actor) -> SignIn:
    """Follow a session that got another key. Raises Refused when it was ended meanwhile."""
    sign_in = _lock(sign_in_id)
    if sign_in.state != SignIn.State.ACTIVE:
        raise _over()
    sign_in.session_key = session_key
    sign_in.save()
    return sign_in


def reason_of_end(sign_in: SignIn) -> str:
    """Return why a sign-in was ended, as whoever ended it said, or ''."""
    ends = AuditEvent.objects.filter(subject_type=SignIn._meta.label, subject_id=sign_in.pk, name="end")
    return ends.order_by("-id").values_list("reason", flat=True).first() or ""


@action
def end_session(account_id: int, sign_in_id: int, *, by: Actor) -> SignIn:
    """End one session of an account from its security page: the administrator any, a member their own.

    Raises Refused, code `not_yours` or `session_over`.
    """
    account = Account.objects.lock(account_id)
    found = SignIn.objects.filter(account=account, pk=sign_in_id).first()
    if found is None or found.state != SignIn.State.ACTIVE:
        raise Refused(_("Nothing was ended: this session is over already."), code="session_over")
    if found.person_id != by.id and account.role_of(by)[0] != Role.ADMINISTRATOR:
        raise Refused(
            _("Nothing was ended: only the administrator may end somebody else's session."), code="not_yours"
        )
    ended = end_sign_in(sign_in_id, reason=_ended_by(by), by=by)
    ended.person = found.person
    return ended


@action
def end_other_sessions(account_id: int, *, kept: int | None, by: Actor) -> int:
    """End all sessions but `kept` that `by` may end; return how many that was."""
    account = Account.objects.lock(account_id)
    person_id = None if account.role_of(by)[0] == Role.ADMINISTRATOR else by.id
    return end_sign_ins_of(account, reason=_ended_by(by), by=by, person_id=person_id, kept=kept)


def _ended_by(by: Actor) -> str:
    return _("%(name)s ended the session on the security page.") % {"name": by.name}


def end_sign_ins_of(
    account: Account, *, reason: str, by: Actor, person_id: int | None = None, kept: int | None = None
) -> int:
    """End every session of an account, or one person's, but not `kept`; inside an action that locked it.

    Return how many that was.
    """
    waiting = SignIn.objects.filter(account=account).exclude(state=SignIn.State.ENDED).exclude(pk=kept or 0)
    if person_id is not None:
        waiting = waiting.filter(person_id=person_id)
    rows = SignIn.objects.lock_all(waiting.values_list("pk", flat=True))
    for row in rows.values():
        row.world = account.world
        _end(row, reason=reason, by=by)
    return len(rows)


def online(account: Account) -> QuerySet[SignIn]:
    """Return who is signed in now, each with the person: sessions that ran out are left out."""
    active = SignIn.objects.filter(account=account, state=SignIn.State.ACTIVE)
    return active.filter(Exists(_sessions())).select_related("person")


def _end_forgotten(account: Account, *, by: Actor) -> None:
    """End some of the sign-ins whose session ran out, so that the list of those who are in stays short."""
    active = SignIn.objects.filter(account=account, state=SignIn.State.ACTIVE)
    forgotten = active.filter(~Exists(_sessions())).order_by("pk").values_list("pk", flat=True)
    for row in SignIn.objects.lock_all(list(forgotten[:FORGOTTEN])).values():
        row.world = account.world
        _end(row, reason=_("The session ran out."), by=by)


def _sessions() -> QuerySet[Session]:
    return Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.real_now())


def _end(sign_in: SignIn, *, reason: str, by: Actor) -> None:
    sign_in.end(at=sign_in.world.now(), reason=reason, by=by)
    sign_in.save()
    if sign_in.session_key:
        Session.objects.filter(session_key=sign_in.session_key).delete()


def _lock(sign_in_id: int) -> SignIn:
    """Return a sign-in locked after its account, as every change of both does."""
    account_id = SignIn.objects.values_list("account_id", flat=True).get(pk=sign_in_id)
    account = Account.objects.lock(account_id)
    sign_in = SignIn.objects.lock(sign_in_id)
    sign_in.account, sign_in.world = account, account.world
    return sign_in


def _over() -> Refused:
    return Refused(
        _("Nobody was signed in: this log-in is over. Enter e-mail and password again."),
        code="log_in_over",
        way_out="accounts:log_in",
    )


# --- the scans ----------------------------------------------------------------------------


def _scanned(confirmation: Confirmation, by: Actor) -> None:
    """Let a member in, or ask the administrator about a stranger."""
    sign_in = _lock(confirmation.subject_id)
    if sign_in.state != SignIn.State.AWAITING_SCAN:
        raise _over()
    person = Person.objects.get(pk=by.id or 0)
    role, held = sign_in.account.role_of(by)
    if role != Role.GUEST and Permission.LOG_IN in held:
        sign_in.allow(person=person, role=role, by=by)
        sign_in.save()
        return
    sign_in.ask_administrator(person=person, by=by)
    sign_in.save()
    _ask_administrator(sign_in, by=by)


def _ask_administrator(sign_in: SignIn, *, by: Actor) -> Confirmation:
    administrator = sign_in.account.administrator.person_id
    return confirmations.ask(LET_IN, subject=sign_in, by=by, person_id=administrator)


def _let_in(confirmation: Confirmation, by: Actor) -> None:
    sign_in = _lock(confirmation.subject_id)
    if sign_in.state != SignIn.State.AWAITING_ADMINISTRATOR:
        raise _over()
    sign_in.let_in(by=by)
    sign_in.save()


def _only_the_administrator(confirmation: Confirmation, by: Actor) -> str:
    account = SignIn.objects.select_related("account__administrator").get(pk=confirmation.subject_id).account
    if account.administrator.person_id == by.id:
        return ""
    return _("Only the administrator may let somebody in: %(name)s.") % {"name": account.administrator.name}


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    sign_in = SignIn.objects.select_related("account__entity", "person").get(pk=confirmation.subject_id)
    facts: list[tuple[StrOrPromise, str]] = [
        (_("Account"), sign_in.account.name or str(sign_in.account.entity))
    ]
    if sign_in.person and confirmation.purpose == LET_IN:
        guest = {"name": sign_in.person.name, "wechat_id": sign_in.person.wechat_id}
        facts.append((_("Who asks"), _("%(name)s (%(wechat_id)s)") % guest))
    return [*facts, (_("Browser"), sign_in.browser), (_("Address"), sign_in.address)]


confirmations.register(
    Purpose(
        name=LOG_IN,
        title=lambda _confirmation: gettext_lazy("Log in to the Minigame Console"),
        lock=_lock,
        objection=lambda _confirmation, _by: "",
        carry_out=_scanned,
        facts=_facts,
        waits_at="accounts:log_in_scan",
    )
)
confirmations.register(
    Purpose(
        name=LET_IN,
        title=lambda _confirmation: gettext_lazy("Somebody else wants to log in to the Minigame Console"),
        lock=_lock,
        objection=_only_the_administrator,
        carry_out=_let_in,
        facts=_facts,
        waits_at="accounts:log_in_scan",
    )
)
