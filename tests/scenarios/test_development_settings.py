"""Stage 1: a developer's and the administrator's day at Development Settings (DEV-2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.test import Client
from django.urls import reverse

from accounts import allowlists, development, message_push
from accounts.models import Account, Member
from portal.kernel.models import AuditEvent, World
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks

PAGE = "/console/development-settings/"


class Console:
    """A browser at the console, and the administrator's phone beside it."""

    def __init__(self, account: Account, client: Client) -> None:
        self.account = account
        self.client = client
        self.phone = Client()
        self.phone.cookies["world"] = account.world.token

    def reads(self, path: str = "") -> str:
        """Return what a page of the settings says."""
        return str(self.client.get(PAGE + path).content.decode())

    def presses(self, path: str, **fields: str) -> Any:
        """Press a button or send a form of the settings."""
        return self.client.post(PAGE + path, fields)

    def fills_in(self, path: str, **fields: str) -> Any:
        """Send the form at `path` as it stands, with `fields` typed."""
        seen = self.client.get(PAGE + path).context["form"]["seen"].value()
        return self.presses(path, seen=seen, **fields)

    def scans(self, path: str) -> str:
        """Confirm on the administrator's phone what a page waits for; return what the phone asked."""
        shown = self.client.get(PAGE + path).context["scan"].confirmation
        place = [self.account.administrator.person_id, shown.pk]
        asked = self.phone.get(reverse("simulator:phone_question", args=place)).content.decode()
        assert self.phone.post(reverse("simulator:confirm", args=place)).status_code == 302
        return str(asked)


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def developer(account: Account) -> Person:
    person = Person.objects.get(world=account.world, wechat_id="chenxi")
    Member.objects.create(
        world=account.world,
        account=account,
        person=person,
        role=Role.DEVELOPER,
        added_at=account.world.now(),
    )
    return person


@pytest.mark.requirement("DEV-2")
def test_secret_key_domains_by_the_administrators_scan_the_rest_by_a_developer(
    account: Account, developer: Person, signed_in: Callable[..., Client]
) -> None:
    console = Console(account, signed_in(account, developer))
    assert str(account.appid) in console.reads()
    assert "Only the administrator may do this." in console.reads()
    assert console.fills_in("allowlist/", entries="203.0.113.7").status_code == 302
    assert console.fills_in("upload-allowlist/", entries="203.0.113.0/24", on="on").status_code == 302
    made = console.presses("push/", do="make_key", url="https://push.lantern.example/", token="abc")
    key = made.context["form"]["key"].value()
    kept = console.fills_in(
        "push/", url="https://push.lantern.example/", token="abc", key=key, mode="safe", format="json"
    )
    assert kept.status_code == 302

    console = Console(account, signed_in(account))
    console.presses("secret/ask/")
    assert "Generate the AppSecret" in console.scans("secret/")
    [secret] = set(re.findall(r"\b[0-9a-f]{32}\b", console.presses("secret/show/").content.decode()))
    console.presses("upload-key/ask/")
    assert "Generate the code upload key" in console.scans("upload-key/")
    file = console.presses("upload-key/download/").content
    assert console.fills_in("domains/", request="https://api.lantern.example").status_code == 302
    asked = console.scans("domains/scan/")
    assert "Change the server domains" in asked
    assert "request domains, added" in asked
    assert "api.lantern.example" in asked

    settings = development.settings_of(account)
    assert development.secret_is(account, secret)
    public = load_pem_private_key(file, password=None).public_key()
    assert public == load_pem_public_key(settings.upload_key.encode())
    assert settings.domains["request"] == ["api.lantern.example"]
    assert allowlists.allowed(settings, "203.0.113.7")
    assert not allowlists.allowed(settings, "203.0.113.8")
    assert allowlists.upload_allowed(settings, "203.0.113.8")
    push = message_push.push_settings(account)
    assert push is not None
    assert (push.token, push.key) == ("abc", key)
    page = console.reads()
    assert secret not in page
    assert key not in page
    who = {
        name.removeprefix("accounts."): by_name
        for name, by_name in AuditEvent.objects.filter(
            account_id=account.pk, subject_type="accounts.Account"
        ).values_list("name", "by_name")
        if name.startswith("accounts.")
    }
    assert who == {
        "api_allowlist_changed": developer.name,
        "upload_allowlist_changed": developer.name,
        "push_changed": developer.name,
        "secret_set": account.administrator.name,
        "upload_key_set": account.administrator.name,
        "domains_changed": account.administrator.name,
    }


@pytest.mark.requirement("DEV-2")
def test_a_member_removed_while_the_form_is_open_saves_nothing(
    account: Account, developer: Person, signed_in: Callable[..., Client]
) -> None:
    console = Console(account, signed_in(account, developer))
    seen = console.client.get(f"{PAGE}allowlist/").context["form"]["seen"].value()
    member = Member.objects.get(account=account, person=developer)
    member.remove(at=account.world.now(), reason=developer.name, by=account.administrator.person.as_actor())
    member.save()
    response = console.presses("allowlist/", seen=seen, entries="203.0.113.7")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/log-in/")
    assert development.settings_of(account).pk is None
