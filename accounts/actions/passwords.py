"""A new password: the administrator's scan permits it, then it is typed twice (DEV-3; console-rules 11.4)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices, scans
from accounts.actions.sign_ins import end_sign_ins_of
from accounts.models import Account, Login, RecoveryLink
from portal.kernel import audit, confirmations, sealed
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.confirmations import Purpose
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, World
from portal.kernel.terms import Capability
from portal.kernel.text import email_key
from portal.outside import letters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RECOVER: Final = "accounts.recover"

PASSWORD_CHANGED: Final = notices.register(
    "accounts.password_changed",
    gettext_lazy("The password was changed. Every other session was ended."),
    url_name="accounts:security",
)
CHANGED: Final = audit.register("accounts.password_changed", gettext_lazy("changes the password"))


@action
def ask_change_password(account_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone to permit a new password."""
    account = Account.objects.lock(account_id)
    account.require(Capability.CHANGE_PASSWORD, by=by)
    return scans.ask(CHANGE_PASSWORD, account, by=by)


def change_password(account_id: int, *, password: str, by: Actor, kept: int | None = None) -> Account:
    """Set the password that a scan has permitted; every session ends but the sign-in `kept`.

    Raises Refused, code `not_confirmed`, without the scan. The password is hashed before the
    transaction: hashing is slow on purpose.
    """
    return _change_password(account_id, hashed=make_password(password), by=by, kept=kept)


@action
def _change_password(account_id: int, *, hashed: str, by: Actor, kept: int | None) -> Account:
    account = Account.objects.lock(account_id)
    account.require(Capability.CHANGE_PASSWORD, by=by)
    confirmations.use(CHANGE_PASSWORD, account, by=by)
    set_password(account, hashed, by=by, kept=kept)
    return account


def set_password(account: Account, hashed: str, *, by: Actor, kept: int | None = None) -> None:
    """Write a hashed password, end what the old one had opened, and tell; inside an action that locked."""
    Login.objects.filter(pk=account.login_id).update(password=hashed)
    end_sign_ins_of(account, reason=_("The password was changed."), by=by, kept=kept)
    audit.act(account, CHANGED, by=by)
    notices.tell(account, PASSWORD_CHANGED)


CHANGE_PASSWORD: Final = scans.register(
    "accounts.change_password",
    capability=Capability.CHANGE_PASSWORD,
    title=lambda _confirmation: gettext_lazy("Permit a new password for the console"),
    waits_at="accounts:password",
)


# --- forgotten ----------------------------------------------------------------------------


def send_recovery(world_id: int, *, name: str, by: Actor) -> None:
    """Send a link to the e-mail of the account that `name` means, its e-mail or original ID, if there is one.

    A slow hash is made either way and takes most of the time, so that the answer's time does not
    tell whether there is such an account. Earlier links stay good: nobody can void them by asking.
    """
    token = secrets.token_urlsafe(32)
    make_password(token)
    _send_recovery(world_id, name=name, token=token, by=by)


@action
def _send_recovery(world_id: int, *, name: str, token: str, by: Actor) -> None:
    world = World.objects.share(world_id)
    which = {"email_key": email_key(name)} if "@" in name else {"original_id": name}
    account = Account.objects.living().filter(world=world, login__is_active=True, **which).first()
    if account is None:
        return
    RecoveryLink.objects.create(
        world=world, account=account, token_hash=_fingerprint(token), sent_at=world.now()
    )
    letters.write(
        world,
        to=account.email,
        name="recovery",
        context={"link": world.origin + reverse("accounts:recover_link", args=[token])},
        language=account.language,
    )


def recovery_for(token: str) -> RecoveryLink | None:
    """Return the link that a letter's token opens, with its account and world, or None."""
    links = RecoveryLink.objects.select_related("world", "account__login")
    return links.filter(token_hash=_fingerprint(token)).first()


@action
def ask_recovery(link_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone, for whoever opened this link, to permit a new password."""
    account, link = _opened(link_id)
    if account.confirmed_at is None:
        raise Refused(_("No scan is needed before the entity is confirmed. Choose the new password."))
    return scans.ask(RECOVER, account, by=by, facts={"link": link.pk})


def recovery_scan(link: RecoveryLink) -> Confirmation | None:
    """Return the newest code shown to whoever opened this link, if no other browser asked since."""
    found = confirmations.latest(RECOVER, link.account_id)
    return found if found and found.facts.get("link") == link.pk else None


def recover(link_id: int, *, password: str, by: Actor) -> Account:
    """Set a new password by a link, once, with the administrator's scan; every session ends.

    Before the entity is confirmed there is no administrator: the link alone is enough.
    """
    return _recover(link_id, hashed=make_password(password), by=by)


@action
def _recover(link_id: int, *, hashed: str, by: Actor) -> Account:
    account, link = _opened(link_id)
    if account.confirmed_at is not None:
        if recovery_scan(link) is None:
            raise Refused(
                _("Nothing was changed: the administrator's scan is missing. Show the code and scan it."),
                code="not_confirmed",
            )
        confirmations.use(RECOVER, account, by=by)
    set_password(account, hashed, by=by)
    RecoveryLink.objects.filter(account=account, used_at__isnull=True).update(used_at=account.world.now())
    return account


def _opened(link_id: int) -> tuple[Account, RecoveryLink]:
    """Return the account locked, and its link, if that is still good. Raises Refused, code `link_over`."""
    account_id = RecoveryLink.objects.values_list("account_id", flat=True).get(pk=link_id)
    account = Account.objects.lock(account_id)
    link = RecoveryLink.objects.get(pk=link_id)
    if not (link.is_good() and Login.objects.filter(pk=account.login_id, is_active=True).exists()):
        raise Refused(
            _("Nothing was changed: this link was used, or is older than an hour. Ask for a new letter."),
            code="link_over",
            way_out="accounts:recover",
        )
    return account, link


def _fingerprint(token: str) -> str:
    return sealed.fingerprint(token, purpose="accounts.recovery")


def _only_the_administrator(confirmation: Confirmation, by: Actor) -> str:
    account = Account.objects.select_related("administrator").get(pk=confirmation.subject_id)
    if account.administrator.person_id == by.id:
        return ""
    return _("Only the administrator may confirm this: scan with the WeChat of %(name)s.") % {
        "name": account.administrator.name
    }


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    account = Account.objects.select_related("entity").get(pk=confirmation.subject_id)
    return [(_("Account"), account.name or str(account.entity)), (_("Letter to"), account.email)]


# Not one of `scans`: nobody is signed in, and it works also while the account is being closed.
confirmations.register(
    Purpose(
        name=RECOVER,
        title=lambda _confirmation: gettext_lazy("Somebody forgot the password: permit a new one"),
        lock=Account.objects.lock,
        objection=_only_the_administrator,
        carry_out=lambda _confirmation, _by: None,
        facts=_facts,
        waits_at="accounts:recover_scan",
    )
)
