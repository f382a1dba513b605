"""Development settings: AppSecret, upload key, allowlists, server domains, message push (DEV-2).

console-rules 6 is the source. Secrets and domains need the administrator's scan each time;
allowlists and message push are a developer's too. A form carries the version of what it showed, so
that nobody saves unseen over what somebody else saved meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import allowlists, development, message_push, notices, scans
from accounts import domains as rules
from accounts.development import settings_of
from accounts.message_push import PushSettings
from accounts.models import Account, DevelopmentSettings
from portal.kernel import audit, confirmations, sealed, tallies
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability, EntityType
from portal.kernel.wording import joined

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE: Final = "accounts:development"

SECRET_SET: Final = audit.register("accounts.secret_set", gettext_lazy("sets the AppSecret anew"))
KEY_SET: Final = audit.register("accounts.upload_key_set", gettext_lazy("sets the code upload key anew"))
API_ALLOWLIST: Final = audit.register(
    "accounts.api_allowlist_changed", gettext_lazy("changes the API IP allowlist")
)
UPLOAD_ALLOWLIST: Final = audit.register(
    "accounts.upload_allowlist_changed", gettext_lazy("changes the upload IP allowlist")
)
DOMAINS: Final = audit.register("accounts.domains_changed", gettext_lazy("changes the server domains"))
BUSINESS_DOMAINS: Final = audit.register(
    "accounts.business_domains_changed", gettext_lazy("changes the business domains")
)
PUSH: Final = audit.register("accounts.push_changed", gettext_lazy("changes the message push"))
PUSH_STOPPED: Final = audit.register("accounts.push_stopped", gettext_lazy("switches the message push off"))

SECRET_TOLD: Final = notices.register(
    "accounts.secret_set",
    gettext_lazy("%(name)s has generated an AppSecret. Any earlier one is void."),
    url_name=PAGE,
)
KEY_TOLD: Final = notices.register(
    "accounts.upload_key_set",
    gettext_lazy("%(name)s has generated a code upload key. Any earlier one is void."),
    url_name=PAGE,
)
DOMAINS_TOLD: Final = notices.register(
    "accounts.domains_changed",
    gettext_lazy("The server domains were changed, by a scan of %(name)s."),
    url_name=PAGE,
)

ADD: Final = "add"
DELETE: Final = "delete"
CHANGES: Final = (ADD, DELETE, "set")  # of a list of domains, by a server
BUSINESS: Final = "webviewdomain"  # what servers call business domains

# What each form shows; the version it carries is made of these fields.
OF_API_ALLOWLIST: Final = ("api_allowlist",)
OF_UPLOAD_ALLOWLIST: Final = ("upload_allowlist", "upload_allowlist_on")
OF_DOMAINS: Final = ("domains",)
OF_PUSH: Final = ("push_url", "push_token", "push_key", "push_mode", "push_format")


def version(settings: DevelopmentSettings, fields: Iterable[str]) -> str:
    """Return a name for the present values of these fields, which tells nothing of them."""
    values = [getattr(settings, name) for name in fields]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


# --- AppSecret and upload key: the scan permits, the asking page does it ---------------------


@action
def ask_secret(account_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone to permit a new AppSecret."""
    account, settings = _lock(account_id)
    account.require(Capability.MANAGE_SECRETS, by=by)
    return scans.ask(RESET_SECRET, account, by=by, facts={"first": settings.secret_set_at is None})


@action
def reset_secret(account_id: int, *, by: Actor) -> str:
    """Return a new AppSecret, to be shown this once; the one before is void from now on.

    Raises Refused, code `not_confirmed`, without the scan.
    """
    account, settings = _lock(account_id)
    account.require(Capability.MANAGE_SECRETS, by=by)
    confirmations.use(RESET_SECRET, account, by=by)
    secret = development.new_secret()
    settings.secret_hash = sealed.fingerprint(secret, purpose=development.SECRET)
    settings.secret_set_at = account.world.now()
    settings.save()
    audit.act(account, SECRET_SET, by=by)
    notices.tell(account, SECRET_TOLD, name=by.name)
    return secret


@action
def ask_upload_key(account_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone to permit a new code upload key."""
    account, settings = _lock(account_id)
    account.require(Capability.MANAGE_UPLOAD_KEY, by=by)
    return scans.ask(RESET_UPLOAD_KEY, account, by=by, facts={"first": settings.upload_key_set_at is None})


def reset_upload_key(account_id: int, *, by: Actor) -> str:
    """Return the private half of a new upload key, in PEM, to be downloaded this once.

    It is kept nowhere; the key before is void from now on. Raises Refused, code `not_confirmed`,
    without the scan. The pair is made before the transaction: that takes a while.
    """
    pair = development.new_upload_key()
    _keep_upload_key(account_id, public=pair.public, by=by)
    return pair.private


@action
def _keep_upload_key(account_id: int, *, public: str, by: Actor) -> None:
    account, settings = _lock(account_id)
    account.require(Capability.MANAGE_UPLOAD_KEY, by=by)
    confirmations.use(RESET_UPLOAD_KEY, account, by=by)
    settings.upload_key = public
    settings.upload_key_set_at = account.world.now()
    settings.save()
    audit.act(account, KEY_SET, by=by)
    notices.tell(account, KEY_TOLD, name=by.name)


# --- allowlists ------------------------------------------------------------------------------


@action
def save_api_allowlist(account_id: int, *, entries: Iterable[str], seen: str, by: Actor) -> bool:
    """Keep from where the server API may be called; return whether anything changed.

    `seen`: the version of the list that whoever saves has looked at. Refused with code
    `changed_meanwhile` when it is not the one kept now.
    """
    account, settings = _lock(account_id)
    account.require(Capability.EDIT_DEVELOPMENT_SETTINGS, by=by)
    found = allowlists.checked(entries, field="entries")
    if set(found) == set(settings.api_allowlist):
        return False
    _require_seen(settings, OF_API_ALLOWLIST, seen)
    settings.api_allowlist = found
    settings.save()
    audit.act(account, API_ALLOWLIST, by=by, detail=_addresses(found))
    return True


@action
def save_upload_allowlist(account_id: int, *, entries: Iterable[str], on: bool, seen: str, by: Actor) -> bool:
    """Keep from where code may be uploaded, and whether that is looked at; return whether anything changed.

    `seen` as in save_api_allowlist.
    """
    account, settings = _lock(account_id)
    account.require(Capability.EDIT_DEVELOPMENT_SETTINGS, by=by)
    account.require(Capability.UPLOAD_VERSION, by=by)
    found = allowlists.checked(entries, field="entries")
    if set(found) == set(settings.upload_allowlist) and on == settings.upload_allowlist_on:
        return False
    _require_seen(settings, OF_UPLOAD_ALLOWLIST, seen)
    settings.upload_allowlist, settings.upload_allowlist_on = found, on
    settings.save()
    detail = _addresses(found) if on else _("off: every address may upload")
    audit.act(account, UPLOAD_ALLOWLIST, by=by, detail=detail)
    return True


# --- server domains: carried out by the scan --------------------------------------------------


@action
def ask_domains(
    account_id: int, *, domains: Mapping[str, Iterable[str]], seen: str, by: Actor
) -> Confirmation | None:
    """Ask the administrator's phone whether the server domains shall be these; None: they already are.

    `domains`: the hosts by kind (accounts.domains.DomainKind). A change of the month is spent when
    the phone confirms, and it is asked for here too: nobody scans in vain.
    """
    account, settings = _lock(account_id)
    account.require(Capability.MANAGE_SERVER_DOMAINS, by=by)
    wanted, before = rules.checked(domains), rules.complete(settings.domains)
    if rules.is_same(before, wanted):
        return None
    _require_seen(settings, OF_DOMAINS, seen)
    tallies.usage(Limit.DOMAIN_CHANGES, account).require()
    return scans.ask(CHANGE_DOMAINS, account, by=by, facts={"before": before, "domains": wanted})


def _change_domains(confirmation: Confirmation, by: Actor) -> None:
    """Carry out what the phone was shown, if the domains are still those it was compared with."""
    account, settings = _lock(confirmation.subject_id)
    before, wanted = confirmation.facts["before"], confirmation.facts["domains"]
    if rules.complete(settings.domains) != before:
        raise _changed_meanwhile()
    _put_domains(account, settings, wanted, by)


@action
def modify_domains(
    account_id: int, how: str, domains: Mapping[str, Iterable[str]], *, by: Actor
) -> rules.Domains:
    """Add, delete or set server domains without a scan; return the lists of all kinds as they are then.

    For a third-party platform: the administrator's scan authorized it to do so. `domains` as `ask_domains`
    has them; a kind that is not there is left alone. It is one of the month's changes if anything changes.
    Refused, code `no_change`, when nothing of what is added is new.
    """
    account, settings = _lock(account_id)
    account.require(Capability.MANAGE_SERVER_DOMAINS, by=by)
    before, told = rules.complete(settings.domains), rules.checked(domains)
    wanted = rules.checked({kind: _changed(before[kind], how, told[kind]) for kind in domains})
    wanted = before | {kind: wanted[kind] for kind in domains}
    if rules.is_same(before, wanted):
        if how == ADD:
            raise Refused(_("Not saved: all of these domains are listed already."), code="no_change")
        return before
    _put_domains(account, settings, wanted, by)
    return wanted


@action
def modify_business_domains(account_id: int, how: str, typed: Iterable[str], *, by: Actor) -> list[str]:
    """Add, delete or set the domains whose web pages the game may open; return them as they are then.

    Each is a host without a port, with https:// before it or not. Refused for an individual (89231), for
    more than twenty (89029), and when nothing changes (89019).
    """
    account, settings = _lock(account_id)
    account.require(Capability.MANAGE_SERVER_DOMAINS, by=by)
    if account.entity_type == EntityType.INDIVIDUAL:
        raise Refused(_("Not saved: an individual's Mini Program opens no web pages."), code="89231")
    told = [_business_domain(line) for line in typed]
    wanted = _changed(settings.business_domains, how, told)
    if set(wanted) == set(settings.business_domains):
        raise Refused(_("Not saved: the business domains are these already."), code="89019")
    # As many as may be there are no refusal yet, so all but one count as used.
    Usage(Limit.BUSINESS_DOMAINS, max(0, len(wanted) - 1)).require(field=BUSINESS)
    settings.business_domains = wanted
    settings.save()
    audit.act(account, BUSINESS_DOMAINS, by=by, detail=", ".join(wanted))
    return wanted


def _changed(before: list[str], how: str, told: list[str]) -> list[str]:
    """Return a list after a change: `how` is one of CHANGES; each host once, in order."""
    if how == ADD:
        return list(dict.fromkeys([*before, *told]))
    if how == DELETE:
        return [host for host in before if host not in told]
    return list(dict.fromkeys(told))


def _business_domain(line: str) -> str:
    try:
        host = rules.read_one(rules.DomainKind.REQUEST, line.strip())
    except ValueError as refusal:
        raise Refused(str(refusal), code="domain", field=BUSINESS) from None
    if ":" in host:
        raise Refused(_("A business domain has no port."), code="domain", field=BUSINESS)
    return host


def _put_domains(account: Account, settings: DevelopmentSettings, wanted: rules.Domains, by: Actor) -> None:
    """Keep server domains of a locked account, for one of the month's changes, and tell of it."""
    before = rules.complete(settings.domains)
    tallies.spend(Limit.DOMAIN_CHANGES, account)
    settings.domains = wanted
    settings.save()
    changes = rules.difference(before, wanted)
    audit.act(
        account,
        DOMAINS,
        by=by,
        detail=_("%(added)d added, %(removed)d removed")
        % {
            "added": sum(len(change.added) for change in changes),
            "removed": sum(len(change.removed) for change in changes),
        },
    )
    notices.tell(account, DOMAINS_TOLD, name=by.name)


def _shown_on_the_phone(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    """Return every domain that is added and removed, by kind."""
    facts: list[tuple[StrOrPromise, str]] = []
    for change in rules.difference(confirmation.facts["before"], confirmation.facts["domains"]):
        label = {"kind": change.kind.label}
        if change.added:
            facts.append((_("%(kind)s, added") % label, ", ".join(change.added)))
        if change.removed:
            facts.append((_("%(kind)s, removed") % label, ", ".join(change.removed)))
    return facts


# --- message push ------------------------------------------------------------------------------


@action
def save_push(account_id: int, push: PushSettings, *, seen: str, by: Actor) -> bool:
    """Keep where messages are pushed to and how, Token and key sealed; return whether anything changed.

    `seen` as in save_api_allowlist. Nothing is called here.
    """
    account, settings = _lock(account_id)
    account.require(Capability.EDIT_DEVELOPMENT_SETTINGS, by=by)
    push = message_push.checked(push)
    if push == message_push.opened(settings):
        return False
    _require_seen(settings, OF_PUSH, seen)
    settings.push_url = push.url
    settings.push_token = sealed.seal(push.token, purpose=message_push.SEALED)
    settings.push_key = sealed.seal(push.key, purpose=message_push.SEALED)
    settings.push_mode, settings.push_format = push.mode, push.format
    settings.push_set_at = account.world.now()
    settings.save()
    how = joined([settings.get_push_mode_display(), settings.get_push_format_display()])
    audit.act(account, PUSH, by=by, detail=how)
    return True


@action
def stop_push(account_id: int, *, by: Actor) -> bool:
    """Push nothing any more and forget Token and key; return whether anything was set."""
    account, settings = _lock(account_id)
    account.require(Capability.EDIT_DEVELOPMENT_SETTINGS, by=by)
    if not settings.push_url:
        return False
    settings.push_url = settings.push_token = settings.push_key = ""
    settings.push_set_at = None
    settings.save()
    audit.act(account, PUSH_STOPPED, by=by)
    return True


# --- in common ---------------------------------------------------------------------------------


def _lock(account_id: int) -> tuple[Account, DevelopmentSettings]:
    """Return the account locked, and its settings, which the account's lock guards too."""
    account = Account.objects.lock(account_id)
    return account, settings_of(account)


def _require_seen(settings: DevelopmentSettings, fields: Iterable[str], seen: str) -> None:
    if version(settings, fields) != seen:
        raise _changed_meanwhile()


def _changed_meanwhile() -> Refused:
    return Refused(
        _(
            "Not saved: somebody else changed this since you opened it."
            " Compare with what is kept now, then save again."
        ),
        code="changed_meanwhile",
    )


def _addresses(entries: list[str]) -> str:
    count = len(entries)
    return ngettext("%(count)d address or network", "%(count)d addresses or networks", count) % {
        "count": count
    }


RESET_SECRET: Final = scans.register(
    "accounts.reset_secret",
    capability=Capability.MANAGE_SECRETS,
    title=lambda confirmation: (
        gettext_lazy("Generate the AppSecret")
        if confirmation.facts.get("first")
        else gettext_lazy("Permit a new AppSecret. The present one is void at once.")
    ),
    waits_at="accounts:development_secret",
)
RESET_UPLOAD_KEY: Final = scans.register(
    "accounts.reset_upload_key",
    capability=Capability.MANAGE_UPLOAD_KEY,
    title=lambda confirmation: (
        gettext_lazy("Generate the code upload key")
        if confirmation.facts.get("first")
        else gettext_lazy("Permit a new code upload key. The present one is void at once.")
    ),
    waits_at="accounts:development_upload_key",
)
CHANGE_DOMAINS: Final = scans.register(
    "accounts.change_domains",
    capability=Capability.MANAGE_SERVER_DOMAINS,
    title=lambda _confirmation: gettext_lazy("Change the server domains"),
    carry_out=_change_domains,
    facts=_shown_on_the_phone,
    waits_at="accounts:development_domains_scan",
)
