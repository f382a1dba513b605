"""Development settings as their actions have them: who may, what is kept, what is written down (DEV-2)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings as portal_settings
from django.db import transaction

from accounts import development, message_push
from accounts.actions import development as actions
from accounts.message_push import PushSettings
from accounts.models import Account, DevelopmentSettings, Member, Notice
from portal.kernel import breaches, confirmations, tallies
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.models import AuditEvent, Confirmation, World
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
PUSH = PushSettings("https://push.lantern.example/wechat", "lantern2019", KEY, "safe", "json")
HOSTS = {"request": ["api.lantern.example"], "socket": [], "upload": [], "download": []}


@pytest.fixture(autouse=True)
def _nothing_contradicts_itself(db: None) -> Iterator[None]:
    yield
    assert breaches.found() == []


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "verified")


def administrator(account: Account) -> Actor:
    return account.administrator.person.as_actor()


def member(account: Account, role: Role) -> Actor:
    person = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)[0]
    Member.objects.create(
        world=account.world, account=account, person=person, role=role, added_at=account.world.now()
    )
    return person.as_actor()


def kept(account: Account) -> DevelopmentSettings:
    return DevelopmentSettings.objects.get(account=account)


def seen(account: Account, fields: tuple[str, ...]) -> str:
    return actions.version(development.settings_of(account), fields)


def refusal(act: Any, *args: Any, **kwargs: Any) -> Refused:
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(*args, **kwargs)
    return refused.value


def scanned(shown: Confirmation | None, *, by: Actor) -> Confirmation:
    assert shown is not None
    return confirmations.confirm(shown.pk, by=by)


def acts(account: Account) -> list[tuple[str, str, str]]:
    """Return (act, who, detail) of every act that is no transition, oldest first."""
    rows = AuditEvent.objects.filter(account_id=account.pk, name__in=actions_of_this_stage()).order_by("id")
    return [(row.name.removeprefix("accounts."), row.by_name, row.reason) for row in rows]


def actions_of_this_stage() -> list[str]:
    return [
        actions.SECRET_SET,
        actions.KEY_SET,
        actions.API_ALLOWLIST,
        actions.UPLOAD_ALLOWLIST,
        actions.DOMAINS,
        actions.PUSH,
        actions.PUSH_STOPPED,
    ]


def everything_written(account: Account) -> str:
    """Return every row that a secret could have been written to, as one text."""
    rows: list[Any] = [
        *AuditEvent.objects.filter(account_id=account.pk).values(),
        *Confirmation.objects.filter(world=account.world).values(),
        *Notice.objects.filter(account=account).values(),
        *DevelopmentSettings.objects.filter(account=account).values(),
    ]
    return json.dumps(rows, default=str)


# --- AppSecret -------------------------------------------------------------------------------


def new_secret(account: Account) -> str:
    by = administrator(account)
    scanned(actions.ask_secret(account.pk, by=by), by=by)
    return actions.reset_secret(account.pk, by=by)


def test_a_new_appsecret_is_permitted_by_the_scan_and_kept_as_a_fingerprint(account: Account) -> None:
    secret = new_secret(account)
    assert re.fullmatch(r"[0-9a-f]{32}", secret)
    assert development.secret_is(account, secret)
    assert not development.secret_is(account, secret.upper())
    assert not development.secret_is(account, "")
    assert secret not in everything_written(account)
    assert kept(account).secret_set_at == account.world.now()
    assert acts(account) == [("secret_set", "Lin Yue", "")]
    assert Notice.objects.filter(account=account, kind=actions.SECRET_TOLD).count() == 1


def test_before_the_first_there_is_no_appsecret(account: Account) -> None:
    assert not development.secret_is(account, "")
    assert not development.secret_is(account, "0" * 32)


def test_a_reset_makes_the_one_before_void_at_once(account: Account) -> None:
    first, second = new_secret(account), new_secret(account)
    assert first != second
    assert development.secret_is(account, second)
    assert not development.secret_is(account, first)


def test_one_scan_permits_one_secret(account: Account) -> None:
    secret = new_secret(account)
    assert refusal(actions.reset_secret, account.pk, by=administrator(account)).code == "not_confirmed"
    assert development.secret_is(account, secret)


def test_without_a_scan_nothing_is_made(account: Account) -> None:
    by = administrator(account)
    assert refusal(actions.reset_secret, account.pk, by=by).code == "not_confirmed"
    shown = actions.ask_secret(account.pk, by=by)
    assert refusal(actions.reset_secret, account.pk, by=by).code == "not_confirmed"
    confirmations.refuse(shown.pk, by=by)
    assert refusal(actions.reset_secret, account.pk, by=by).code == "not_confirmed"
    assert not DevelopmentSettings.objects.exists()


def test_the_permission_ends_after_ten_minutes(account: Account, time: Any) -> None:
    by = administrator(account)
    scanned(actions.ask_secret(account.pk, by=by), by=by)
    time.passes(minutes=10)
    assert refusal(actions.reset_secret, account.pk, by=by).code == "not_confirmed"


def test_a_scan_for_the_upload_key_permits_no_secret(account: Account) -> None:
    by = administrator(account)
    scanned(actions.ask_upload_key(account.pk, by=by), by=by)
    assert refusal(actions.reset_secret, account.pk, by=by).code == "not_confirmed"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DEVELOPER, Role.DATA_ANALYST, Role.EXPERIENCE_MEMBER])
def test_secrets_and_domains_are_the_administrators_alone(account: Account, role: Role) -> None:
    by = member(account, role)
    for refused, code in (
        (refusal(actions.ask_secret, account.pk, by=by), "manage_secrets"),
        (refusal(actions.reset_secret, account.pk, by=by), "manage_secrets"),
        (refusal(actions.ask_upload_key, account.pk, by=by), "manage_upload_key"),
        (refusal(actions.reset_upload_key, account.pk, by=by), "manage_upload_key"),
        (
            refusal(actions.ask_domains, account.pk, domains=HOSTS, seen="", by=by),
            "manage_server_domains",
        ),
    ):
        assert refused.code == code
        assert refused.message.startswith("Only the administrator may do this.")
    assert not DevelopmentSettings.objects.exists()
    assert not Confirmation.objects.filter(purpose=actions.RESET_SECRET).exists()


def test_an_account_whose_entity_is_not_confirmed_has_no_secrets(world: World) -> None:
    account = walks.account_at(world, "activated")
    by = account.login.as_actor()
    assert refusal(actions.ask_secret, account.pk, by=by).code == "manage_secrets"


# --- upload key ------------------------------------------------------------------------------


def signed(private: RSAPrivateKey, message: bytes) -> bytes:
    """Return `message` under the private key as the platform's tool does it: type-1 padding, no digest."""
    numbers = private.private_numbers()
    size = private.key_size // 8
    padded = b"\x00\x01" + b"\xff" * (size - 3 - len(message)) + b"\x00" + message
    return pow(int.from_bytes(padded), numbers.d, numbers.public_numbers.n).to_bytes(size)


def new_key(account: Account) -> tuple[str, RSAPrivateKey]:
    by = administrator(account)
    scanned(actions.ask_upload_key(account.pk, by=by), by=by)
    text = actions.reset_upload_key(account.pk, by=by)
    private = load_pem_private_key(text.encode(), password=None)
    assert isinstance(private, RSAPrivateKey)
    return text, private


def test_the_private_half_is_handed_out_once_and_verifies_with_the_public_one(account: Account) -> None:
    text, private = new_key(account)
    assert text.startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert private.key_size == 2048
    secret_lines = [line for line in text.splitlines() if "-----" not in line]
    written = everything_written(account)
    assert not [line for line in secret_lines if line in written]
    message = json.dumps({"appid": account.appid, "rand_str": "abc"}).encode()
    signature = signed(private, message)
    assert development.signed_message(kept(account), signature) == message
    assert development.verify_upload_signature(kept(account), message, signature)
    assert not development.verify_upload_signature(kept(account), message + b" ", signature)
    assert acts(account) == [("upload_key_set", "Lin Yue", "")]
    assert refusal(actions.reset_upload_key, account.pk, by=administrator(account)).code == "not_confirmed"


def test_a_signature_of_another_key_or_none_is_refused(account: Account) -> None:
    _text, old = new_key(account)
    new_key(account)
    message = b"{}"
    for signature in (signed(old, message), b"", b"nonsense", b"\x00" * 256, b"\xff" * 256, b"1" * 10_000):
        assert development.signed_message(kept(account), signature) is None
        assert not development.verify_upload_signature(kept(account), message, signature)


def test_without_a_key_no_signature_is_right(account: Account) -> None:
    assert not development.verify_upload_signature(None, b"", b"")
    assert not development.verify_upload_signature(DevelopmentSettings(), b"", b"")


# --- allowlists ------------------------------------------------------------------------------


def save_api(account: Account, entries: list[str], *, by: Actor, at: str | None = None) -> bool:
    return actions.save_api_allowlist(
        account.pk,
        entries=entries,
        seen=seen(account, actions.OF_API_ALLOWLIST) if at is None else at,
        by=by,
    )


def test_a_developer_keeps_the_api_allowlist(account: Account) -> None:
    by = member(account, Role.DEVELOPER)
    assert save_api(account, ["::ffff:203.0.113.7", "198.51.100.0/24"], by=by)
    assert kept(account).api_allowlist == ["203.0.113.7", "198.51.100.0/24"]
    assert not save_api(account, ["198.51.100.0/24", "203.0.113.7"], by=by)
    assert save_api(account, [], by=by)
    assert acts(account) == [
        ("api_allowlist_changed", by.name, "2 addresses or networks"),
        ("api_allowlist_changed", by.name, "0 addresses or networks"),
    ]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DATA_ANALYST, Role.EXPERIENCE_MEMBER])
def test_who_has_not_the_permission_changes_nothing(account: Account, role: Role) -> None:
    by = member(account, role)
    for refused in (
        refusal(save_api, account, ["203.0.113.7"], by=by),
        refusal(actions.save_upload_allowlist, account.pk, entries=[], on=False, seen="", by=by),
        refusal(actions.save_push, account.pk, PUSH, seen="", by=by),
        refusal(actions.stop_push, account.pk, by=by),
    ):
        assert refused.code == "edit_development_settings"
        assert "Development settings" in refused.message
    assert not DevelopmentSettings.objects.exists()


def test_a_list_is_not_saved_over_one_that_was_never_seen(account: Account) -> None:
    by = administrator(account)
    opened = seen(account, actions.OF_API_ALLOWLIST)
    save_api(account, ["203.0.113.7"], by=by)
    assert refusal(save_api, account, ["203.0.113.8"], by=by, at=opened).code == "changed_meanwhile"
    assert kept(account).api_allowlist == ["203.0.113.7"]
    assert not save_api(account, ["203.0.113.7"], by=by, at=opened), "both wanted the same"
    assert save_api(account, ["203.0.113.8"], by=by)


def test_another_part_that_changed_meanwhile_is_no_matter(account: Account) -> None:
    by = administrator(account)
    opened = seen(account, actions.OF_API_ALLOWLIST)
    actions.save_push(account.pk, PUSH, seen=seen(account, actions.OF_PUSH), by=by)
    assert save_api(account, ["203.0.113.7"], by=by, at=opened)


def test_the_upload_allowlist_is_switched_off_and_on(account: Account) -> None:
    by = administrator(account)

    def save(entries: list[str], *, on: bool) -> bool:
        return actions.save_upload_allowlist(
            account.pk, entries=entries, on=on, seen=seen(account, actions.OF_UPLOAD_ALLOWLIST), by=by
        )

    assert save(["203.0.113.7"], on=False)
    assert not save(["203.0.113.7"], on=False)
    assert save(["203.0.113.7"], on=True)
    assert acts(account) == [
        ("upload_allowlist_changed", "Lin Yue", "off: every address may upload"),
        ("upload_allowlist_changed", "Lin Yue", "1 address or network"),
    ]
    refused = refusal(save, ["203.0.113.7/24"], on=True)
    assert (refused.code, refused.field) == ("allowlist", "entries")


# --- server domains --------------------------------------------------------------------------


def ask(account: Account, request: list[str]) -> Confirmation | None:
    return actions.ask_domains(
        account.pk,
        domains={"request": request},
        seen=seen(account, actions.OF_DOMAINS),
        by=administrator(account),
    )


def used(account: Account) -> int:
    return tallies.usage(Limit.DOMAIN_CHANGES, account).used


def test_the_scan_carries_the_domains_out_and_spends_one_change(account: Account) -> None:
    shown = ask(account, ["https://API.lantern.example"])
    assert shown is not None
    assert not DevelopmentSettings.objects.exists()
    assert used(account) == 0
    assert confirmations.PURPOSES[actions.CHANGE_DOMAINS].facts(shown)[1:] == [
        ("request domains, added", "https://api.lantern.example")
    ]
    scanned(shown, by=administrator(account))
    assert kept(account).domains == HOSTS
    assert used(account) == 1
    assert acts(account) == [("domains_changed", "Lin Yue", "1 added, 0 removed")]
    assert Notice.objects.filter(account=account, kind=actions.DOMAINS_TOLD).count() == 1


def test_what_changes_nothing_asks_for_nothing(account: Account) -> None:
    scanned(ask(account, ["a.lantern.example", "b.lantern.example"]), by=administrator(account))
    assert ask(account, ["b.lantern.example", "a.lantern.example", "A.lantern.example"]) is None
    assert used(account) == 1


def test_a_refused_or_expired_scan_changes_nothing(account: Account, time: Any) -> None:
    shown = ask(account, ["api.lantern.example"])
    assert shown is not None
    confirmations.refuse(shown.pk, by=administrator(account))
    again = ask(account, ["api.lantern.example"])
    assert again is not None
    time.passes(minutes=5)
    assert refusal(confirmations.confirm, again.pk, by=administrator(account)).code == "code_over"
    assert used(account) == 0
    assert not DevelopmentSettings.objects.exists()


def test_after_five_changes_of_a_month_the_next_waits_for_the_next_month(account: Account, time: Any) -> None:
    for nth in range(5):
        scanned(ask(account, [f"s{nth}.lantern.example"]), by=administrator(account))
    refused = refusal(ask, account, ["other.lantern.example"])
    assert refused.code == "domain_changes"
    assert refused.message == (
        "Not saved: 5 of 5 changes of server domains used this month. Try again on 1 Apr 2019."
    )
    time.passes(days=23)
    account.refresh_from_db()
    scanned(ask(account, ["other.lantern.example"]), by=administrator(account))
    assert kept(account).domains["request"] == ["other.lantern.example"]


def test_the_last_change_asked_for_twice_is_carried_out_once(account: Account) -> None:
    """A code shown while a change was left finds none when it is scanned: nothing happens."""
    for nth in range(4):
        scanned(ask(account, [f"s{nth}.lantern.example"]), by=administrator(account))
    shown = ask(account, ["last.lantern.example"])
    assert shown is not None
    tallies.spend(Limit.DOMAIN_CHANGES, account)
    assert refusal(confirmations.confirm, shown.pk, by=administrator(account)).code == "domain_changes"
    assert kept(account).domains["request"] == ["s3.lantern.example"]


def test_a_scan_does_not_carry_out_what_was_compared_with_other_domains(account: Account) -> None:
    shown = ask(account, ["a.lantern.example"])
    assert shown is not None
    DevelopmentSettings.objects.create(
        world=account.world, account=account, domains=HOSTS | {"request": ["b.lantern.example"]}
    )
    assert refusal(confirmations.confirm, shown.pk, by=administrator(account)).code == "changed_meanwhile"
    assert kept(account).domains["request"] == ["b.lantern.example"]
    assert used(account) == 0


def test_nobody_but_the_administrator_confirms_domains(account: Account) -> None:
    shown = ask(account, ["api.lantern.example"])
    assert shown is not None
    assert refusal(confirmations.confirm, shown.pk, by=member(account, Role.DEVELOPER)).code == "code_taken"


def test_bad_domains_are_refused_at_their_kind(account: Account) -> None:
    refused = refusal(ask, account, ["localhost"])
    assert (refused.code, refused.field) == ("domain", "request")
    assert not Confirmation.objects.filter(purpose=actions.CHANGE_DOMAINS).exists()


# --- message push ----------------------------------------------------------------------------


def save_push(account: Account, push: PushSettings = PUSH, *, by: Actor | None = None) -> bool:
    return actions.save_push(
        account.pk, push, seen=seen(account, actions.OF_PUSH), by=by or administrator(account)
    )


def test_message_push_is_kept_sealed_and_read_back(account: Account) -> None:
    assert message_push.push_settings(account) is None
    by = member(account, Role.DEVELOPER)
    assert save_push(account, by=by)
    assert message_push.push_settings(account) == PUSH
    written = everything_written(account)
    assert PUSH.token not in written
    assert PUSH.key not in written
    assert PUSH.token not in repr(message_push.push_settings(account))
    assert PUSH.key not in repr(message_push.push_settings(account))
    assert len(PUSH.key_bytes) == 32
    assert PUSH.key_bytes == base64.b64decode(KEY + "=")
    assert not save_push(account, by=by)
    assert acts(account) == [("push_changed", by.name, "Safe, JSON")]


def test_push_switched_off_is_forgotten(account: Account) -> None:
    save_push(account)
    assert actions.stop_push(account.pk, by=administrator(account))
    assert not actions.stop_push(account.pk, by=administrator(account))
    assert message_push.push_settings(account) is None
    assert (kept(account).push_token, kept(account).push_key) == ("", "")
    assert [act for act, _who, _detail in acts(account)] == ["push_changed", "push_stopped"]


def test_push_is_not_saved_over_what_was_never_seen(account: Account) -> None:
    opened = seen(account, actions.OF_PUSH)
    save_push(account)
    other = PushSettings("https://other.lantern.example/", "other", KEY, "plain", "xml")
    refused = refusal(actions.save_push, account.pk, other, seen=opened, by=administrator(account))
    assert refused.code == "changed_meanwhile"
    assert message_push.push_settings(account) == PUSH


def test_what_was_sealed_under_another_key_counts_as_not_set(account: Account, settings: Any) -> None:
    save_push(account)
    settings.SECRET_KEY = portal_settings.SECRET_KEY + "-another"
    assert message_push.push_settings(account) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "ftp://push.lantern.example"}, "url"),
        ({"token": "ab"}, "token"),
        ({"key": KEY[:-1]}, "key"),
        ({"mode": "none"}, "mode"),
        ({"format": "yaml"}, "format"),
    ],
)
def test_bad_push_settings_are_refused_at_their_field(
    account: Account, change: dict[str, str], field: str
) -> None:
    whole = {"url": PUSH.url, "token": PUSH.token, "key": PUSH.key, "mode": "safe", "format": "json"}
    refused = refusal(save_push, account, PushSettings(**(whole | change)))
    assert (refused.code, refused.field) == ("push", field)
    assert not DevelopmentSettings.objects.exists()
