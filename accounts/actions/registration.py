"""Registering an account and proving its e-mail (REG-2 to REG-4)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import CharField, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices
from accounts.models import Account, ActivationLink, Login
from accounts.models.login import username_for
from portal.kernel import deadlines, idempotency, limits, policy
from portal.kernel.action import action
from portal.kernel.actors import TIMER, Actor
from portal.kernel.errors import Refused
from portal.kernel.fsm import can_proceed
from portal.kernel.models import Deadline, IdempotencyKey, World
from portal.kernel.terms import AccountState
from portal.kernel.text import email_key
from portal.outside import letters
from portal.outside.models import DirectoryEntry

ACTIVATION = "accounts.activation"
REGISTRATION = "accounts.registration"

ACTIVATED = notices.register(
    "accounts.activated",
    gettext_lazy("The e-mail is activated. Register the entity and the administrator next."),
    url_name="verification:entity",
)


def register(
    world_id: int,
    *,
    account_type: str,
    email: str,
    password: str,
    language: str,
    by: Actor,
    form_key: str = "",
) -> Account:
    """Open a registration and send its activation letter.

    Refused when the e-mail belongs to any account already, here or elsewhere in the platform
    family (REG-3). The password is hashed before the transaction: hashing is slow on purpose.
    `form_key` is kept, so that `registered_by` finds what this very form has made.
    """
    return _register(
        world_id,
        account_type=account_type,
        email=email,
        password=make_password(password),
        language=language,
        by=by,
        form_key=form_key,
    )


def registered_by(world_id: int, *, form_key: str, email: str) -> Account | None:
    """Return the account that this form has registered with this e-mail already, or None.

    Whoever asks still has to know the password.
    """
    if not form_key or not email:
        return None
    kept = IdempotencyKey.objects.filter(
        world_id=world_id, scope=REGISTRATION, key=_hash(f"{form_key}/{email_key(email)}")
    ).first()
    if kept is None or kept.result_id is None:
        return None
    return Account.objects.select_related("login", "world").filter(pk=kept.result_id).first()


@action
def _register(
    world_id: int,
    *,
    account_type: str,
    email: str,
    password: str,
    language: str,
    by: Actor,
    form_key: str,
) -> Account:
    world = World.objects.share(world_id)
    if account_type not in policy.EVERY_TYPE:
        raise Refused(
            _("This type cannot be registered here. Choose another one."),
            code="account_type",
            field="account_type",
        )
    require_free_email(world, email)
    try:
        with transaction.atomic():
            login = Login.objects.create(
                world=world, email=email, username=username_for(world, email), password=password
            )
            account = Account.objects.create(
                world=world,
                account_type=account_type,
                login=login,
                email=email,
                email_key=email_key(email),
                language=language,
                registered_at=world.now(),
            )
    except IntegrityError:
        raise _email_taken() from None
    if form_key:
        kept = idempotency.claim(world, REGISTRATION, _hash(f"{form_key}/{email_key(email)}"), {})
        kept.result_id = account.pk
        kept.save(update_fields=["result_id"])
    _send_link(account)
    return account


@action
def resend_activation(account_id: int, *, by: Actor) -> ActivationLink:
    """Send a new link, good for 48 hours from now; the earlier one stops working."""
    account = Account.objects.lock(account_id)
    _require_unactivated(account)
    return _send_link(account)


@action
def change_email(account_id: int, *, email: str, by: Actor) -> Account:
    """Register under another e-mail instead, before activation; the old one is free again."""
    account = Account.objects.lock(account_id)
    _require_unactivated(account)
    if email_key(email) != account.email_key:
        require_free_email(account.world, email)
    account.email, account.email_key = email, email_key(email)
    try:
        with transaction.atomic():
            # The log-in first, as in registering: two who want one e-mail wait, and never deadlock.
            Login.objects.filter(pk=account.login_id).update(
                email=email, username=username_for(account.world, email)
            )
            account.save(update_fields=["email", "email_key"])
    except IntegrityError:
        raise _email_taken() from None
    _send_link(account)
    return account


def link_for(token: str) -> ActivationLink | None:
    """Return the link that a letter's token opens, with its account and world, or None."""
    links = ActivationLink.objects.select_related("world", "account__login", "account__world")
    return links.filter(token_hash=_hash(token)).first()


@action
def activate(token: str, *, by: Actor) -> Account:
    """Open the link of an activation letter: the account goes on to its entity (REG-4).

    Works once. Raises Refused with code `link_unknown`, `link_used`, `link_replaced` or
    `link_expired`.
    """
    found = ActivationLink.objects.filter(token_hash=_hash(token)).first()
    if found is None:
        raise Refused(
            _("This activation link is not known. Copy the whole address from the letter."),
            code="link_unknown",
        )
    account = Account.objects.lock(found.account_id)
    link = ActivationLink.objects.get(pk=found.pk)
    now = account.world.now()
    if account.state == AccountState.EXPIRED:
        raise _link_over()
    if account.state != AccountState.REGISTERED:
        raise Refused(_("This activation link was already used. Log in to go on."), code="link_used")
    if link.replaced:
        raise Refused(
            _("A newer activation letter was sent. Open the link in the newest one."),
            code="link_replaced",
        )
    if link.is_expired(now):
        raise _link_over()
    link.used_at = now
    link.save(update_fields=["used_at"])
    account.activate(at=now, by=by)
    account.save()
    deadlines.cancel(ACTIVATION, subject_id=account.pk)
    notices.tell(account, ACTIVATED)
    return account


@deadlines.on(ACTIVATION, title=lambda _row: gettext_lazy("Activation link runs out"))
def expire_unactivated(deadline: Deadline) -> str:
    """End a registration whose link was not opened within 48 hours."""
    account = Account.objects.lock(deadline.subject_id)
    if account.state != AccountState.REGISTERED:
        return "kept"
    account.expire(at=deadline.due_at, by=TIMER)
    end_registrations([account], expired_at=deadline.due_at)
    return "expired"


def end_registrations(accounts: Sequence[Account], *, expired_at: datetime | Combinable) -> None:
    """Write accounts already moved to expired, and free what they held.

    The e-mail is free because only living accounts claim it; the log-in gives up its name and lets
    nobody in; entity and administrator quotas count living accounts alone (VER-2).
    """
    Account.objects.save_states(accounts, state=AccountState.EXPIRED, expired_at=expired_at)
    free_log_ins(accounts, word="expired")


def free_log_ins(accounts: Sequence[Account], *, word: str) -> None:
    """Let the log-ins of ended accounts give up their names, for `word/<id>/<e-mail>`, and let nobody in."""
    Login.objects.filter(pk__in=[account.login_id for account in accounts]).update(
        is_active=False,
        username=Concat(Value(f"{word}/"), Cast("pk", CharField()), Value("/"), F("email")),
    )


def require_free_email(world: World, email: str) -> None:
    """Raise Refused when the e-mail belongs to any account, here or in the directory (REG-3)."""
    key = email_key(email)
    if Account.objects.living().filter(world=world, email_key=key).exists():
        raise _email_taken()
    elsewhere = DirectoryEntry.objects.filter(world=world, email_key=key).first()
    if elsewhere:
        raise Refused(
            _(
                "This e-mail already belongs to an account elsewhere: %(where)s. "
                "Use an e-mail that no account of the platform family uses."
            )
            % {"where": elsewhere.get_where_display()},
            code="email_taken",
            field="email",
        )


def _email_taken() -> Refused:
    return Refused(
        _("This e-mail already belongs to an account. Use another e-mail, or log in with this one."),
        code="email_taken",
        field="email",
    )


def _link_over() -> Refused:
    return Refused(
        _("This activation link ran out after 48 hours. The e-mail is free: register again."),
        code="link_expired",
        way_out="accounts:register",
    )


def _require_unactivated(account: Account) -> None:
    if not can_proceed(account.activate):
        raise Refused(
            _("Nothing was sent: this registration no longer waits for its activation link."),
            code="not_waiting",
        )


def _send_link(account: Account) -> ActivationLink:
    """Write a letter with a new link, void the earlier ones, and set the 48 hours anew."""
    world = account.world
    token = secrets.token_urlsafe(32)
    now = world.now()
    ActivationLink.objects.filter(account=account, used_at__isnull=True).update(replaced=True)
    link = ActivationLink.objects.create(
        world=world,
        account=account,
        token_hash=_hash(token),
        sent_at=now,
        expires_at=now + limits.ACTIVATION_LINK,
    )
    deadlines.cancel(ACTIVATION, subject_id=account.pk)
    deadlines.schedule(ACTIVATION, subject=account, account_id=account.pk, due_at=link.expires_at)
    letters.write(
        world,
        to=account.email,
        name="activation",
        context={
            "type": account.type,
            "link": world.origin + reverse("accounts:activate", args=[token]),
            "expires_at": link.expires_at,
        },
        language=account.language,
    )
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
