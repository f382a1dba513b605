"""The pages of Development Settings: what whom is shown, what is refused where, and what is shown once."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import development, message_push
from accounts.actions import development as actions
from accounts.message_push import PushSettings
from accounts.models import Account, DevelopmentSettings, Member
from accounts.principals import GUEST, PERSON
from portal.kernel import confirmations
from portal.kernel.models import Confirmation, World
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts.pages import errors

PAGE = reverse("accounts:development")
SECRET = reverse("accounts:development_secret")
SHOW_SECRET = reverse("accounts:development_secret_show")
KEY_FILE = reverse("accounts:development_upload_key_download")
ALLOWLIST = reverse("accounts:development_allowlist")
UPLOAD_ALLOWLIST = reverse("accounts:development_upload_allowlist")
DOMAINS = reverse("accounts:development_domains")
DOMAINS_SCAN = reverse("accounts:development_domains_scan")
PUSH = reverse("accounts:development_push")
STOP_PUSH = reverse("accounts:development_push_stop")

SET = PushSettings("https://push.lantern.example/wechat", "lantern2019", "a" * 43, "safe", "json")


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def console(account: Account, signed_in: Callable[..., Client]) -> Client:
    return signed_in(account)


@pytest.fixture
def signed_in_as(account: Account, signed_in: Callable[..., Client]) -> Callable[[Role], Client]:
    def sign_in(role: Role) -> Client:
        person = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)[0]
        Member.objects.create(
            world=account.world, account=account, person=person, role=role, added_at=account.world.now()
        )
        return signed_in(account, person)

    return sign_in


def confirm(account: Account, purpose: str) -> None:
    shown = confirmations.latest(purpose, account.pk)
    assert shown is not None
    confirmations.confirm(shown.pk, by=account.administrator.person.as_actor())


def set_push(account: Account) -> None:
    settings = development.settings_of(account)
    by = account.administrator.person.as_actor()
    actions.save_push(account.pk, SET, seen=actions.version(settings, actions.OF_PUSH), by=by)


def text(response: Any) -> str:
    """Return what the page says, tags left out."""
    page = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(page).split())


def sent(client: Client, url: str, /, **changes: str) -> dict[str, str]:
    """Return what the form at `url` would send, with `changes`."""
    form = client.get(url).context["form"]
    filled = {field.name: field.value() for field in form}
    return {name: "" if value is None else str(value) for name, value in filled.items()} | changes


def sample(client: Client, url: str, nth: int = 0) -> dict[str, str]:
    return dict(client.get(url).context["samples"][nth]["fields"])


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- the page with everything ----------------------------------------------------------------


def test_everything_empty_says_what_that_means(account: Account, console: Client) -> None:
    page = text(console.get(PAGE))
    assert f"AppID {account.appid} Copy" in page
    assert f"Original ID {account.original_id} Copy" in page
    assert "AppSecret Not generated yet Generate" in page
    assert "0 of 5 changes this month" in page
    assert "Empty: calls of the server API from every address are answered." in page
    assert "Empty: nobody can upload. Add addresses, or switch it off." in page
    assert "Off: messages and events are not pushed to a server of yours." in page


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DATA_ANALYST])
def test_who_may_not_edit_sees_what_is_set_and_why_it_is_shut(
    account: Account, signed_in_as: Callable[[Role], Client], role: Role
) -> None:
    set_push(account)
    client = signed_in_as(role)
    response = client.get(PAGE)
    page, html = text(response), response.content.decode()
    assert SET.url in page
    assert SET.token not in html
    assert SET.key not in html
    assert page.count("It needs the permission Development settings, which you do not have.") == 3
    assert page.count("Only the administrator may do this.") == 3
    assert html.count('aria-disabled="true"') == 6
    for url in (ALLOWLIST, UPLOAD_ALLOWLIST, PUSH, SECRET, DOMAINS, DOMAINS_SCAN):
        assert f'href="{url}"' not in html
        led = client.get(url, follow=True)
        assert led.redirect_chain == [(PAGE, 302)]
        assert len(said(led)) == 1
        assert SET.token not in led.content.decode()


def test_a_guest_sees_what_is_set_and_no_more(account: Account, console: Client) -> None:
    set_push(account)
    stranger = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)[0]
    session = console.session
    session.update({PERSON: stranger.pk, GUEST: stranger.name})
    session.save()
    html = console.get(PAGE).content.decode()
    assert SET.url in html
    assert SET.token not in html
    assert html.count('aria-disabled="true"') == 6
    assert console.get(PUSH).headers["Location"] == PAGE
    console.post(STOP_PUSH)
    assert message_push.push_settings(account) == SET


def test_a_developer_edits_lists_and_push_and_no_secret(
    account: Account, signed_in_as: Callable[[Role], Client]
) -> None:
    client = signed_in_as(Role.DEVELOPER)
    html = client.get(PAGE).content.decode()
    for url in (ALLOWLIST, UPLOAD_ALLOWLIST, PUSH):
        assert f'href="{url}"' in html
        assert client.get(url).status_code == 200
    for url in (SECRET, DOMAINS):
        assert f'href="{url}"' not in html
    for name in ("secret_ask", "secret_show", "upload_key_ask", "upload_key_download", "domains"):
        client.post(reverse(f"accounts:development_{name}"), {"request": "api.lantern.example"})
    assert not DevelopmentSettings.objects.exists()
    assert not Confirmation.objects.filter(
        purpose__in=[actions.RESET_SECRET, actions.CHANGE_DOMAINS]
    ).exists()


@pytest.mark.parametrize("url", [PAGE, SECRET, ALLOWLIST, UPLOAD_ALLOWLIST, DOMAINS, PUSH])
def test_a_page_asks_for_no_more_than_eight_queries(
    account: Account, console: Client, url: str, django_assert_max_num_queries: Any
) -> None:
    set_push(account)
    console.get(url)
    with django_assert_max_num_queries(8):
        assert console.get(url).status_code == 200


# --- secrets are shown once -------------------------------------------------------------------


def test_the_appsecret_is_in_one_answer_and_nowhere_else(account: Account, console: Client) -> None:
    assert console.post(reverse("accounts:development_secret_ask")).headers["Location"] == SECRET
    assert "Waiting for the scan" in text(console.get(SECRET))
    confirm(account, actions.RESET_SECRET)
    assert "Show the new AppSecret" in text(console.get(SECRET))
    once = console.post(SHOW_SECRET)
    secret = once.context["secret"]
    assert development.secret_is(account, secret)
    assert "no-store" in once.headers["Cache-Control"]
    assert f'data-copy="{secret}"' in once.content.decode()
    assert secret not in str(dict(console.session))
    again = console.post(SHOW_SECRET, headers={"Referer": f"http://testserver{SECRET}"}, follow=True)
    assert again.redirect_chain == [(SECRET, 302)]
    assert said(again) == [
        "Nothing was done: the administrator's scan is missing or older than ten minutes. Scan again."
    ]
    assert development.secret_is(account, secret)
    for url in (PAGE, SECRET):
        assert secret not in console.get(url).content.decode()
    assert "Set on 9 Mar 2019" in text(console.get(PAGE))


def test_the_answer_with_the_secret_is_asked_for_by_a_button_alone(console: Client) -> None:
    assert console.get(SHOW_SECRET).status_code == 405
    assert console.get(KEY_FILE).status_code == 405


def test_a_refused_scan_is_told_and_a_new_code_is_offered(account: Account, console: Client) -> None:
    console.post(reverse("accounts:development_secret_ask"))
    shown = confirmations.latest(actions.RESET_SECRET, account.pk)
    assert shown is not None
    confirmations.refuse(shown.pk, by=account.administrator.person.as_actor())
    page = text(console.get(SECRET))
    assert "Refused on the phone: nothing was changed" in page
    assert "Show a new code" in page


def test_the_upload_key_is_downloaded_once(account: Account, console: Client) -> None:
    console.post(reverse("accounts:development_upload_key_ask"))
    confirm(account, actions.RESET_UPLOAD_KEY)
    file = console.post(KEY_FILE)
    assert file.headers["Content-Disposition"] == f'attachment; filename="private.{account.appid}.key"'
    assert "no-store" in file.headers["Cache-Control"]
    assert file.content.startswith(b"-----BEGIN RSA PRIVATE KEY-----\n")
    assert console.post(KEY_FILE).status_code == 302
    assert "Set on 9 Mar 2019" in text(console.get(PAGE))


# --- allowlists ------------------------------------------------------------------------------


def test_an_allowlist_is_saved_and_shown(console: Client) -> None:
    saved = console.post(ALLOWLIST, sent(console, ALLOWLIST, **sample(console, ALLOWLIST)), follow=True)
    assert saved.redirect_chain == [(PAGE, 302)]
    assert said(saved) == ["Saved."]
    assert "203.0.113.7 198.51.100.0/24 2001:db8::7" in text(saved)
    same = console.post(ALLOWLIST, sent(console, ALLOWLIST), follow=True)
    assert said(same) == ["Nothing changed: this was set already."]


@pytest.mark.parametrize("url", [ALLOWLIST, UPLOAD_ALLOWLIST])
def test_every_broken_sample_is_refused_with_its_line_and_kept_as_typed(console: Client, url: str) -> None:
    broken = [each for each in console.get(url).context["samples"] if not each["valid"]]
    assert len(broken) == 6
    for each in broken:
        page = console.post(url, sent(console, url, **each["fields"]))
        assert page.status_code == 200
        [sentence] = errors(page)["entries"]
        assert sentence.startswith(f"Line 4, {each['fields']['entries'].splitlines()[3]}: ")
        assert page.context["form"]["entries"].value() == each["fields"]["entries"]
    assert not DevelopmentSettings.objects.exists()


def test_a_save_over_another_is_told_and_goes_through_when_it_is_meant(
    account: Account, console: Client
) -> None:
    mine, other = sent(console, ALLOWLIST, entries="203.0.113.1"), sent(console, ALLOWLIST)
    console.post(ALLOWLIST, other | {"entries": "203.0.113.2"})
    page = console.post(ALLOWLIST, mine)
    assert page.status_code == 200
    assert errors(page)["__all__"] == [
        "Not saved: somebody else changed this since you opened it."
        " Compare with what is kept now, then save again."
    ]
    assert "Kept now 203.0.113.2" in text(page)
    form = page.context["form"]
    assert form["entries"].value() == "203.0.113.1"
    console.post(ALLOWLIST, {"entries": "203.0.113.1", "seen": form["seen"].value()})
    assert DevelopmentSettings.objects.get().api_allowlist == ["203.0.113.1"]


def test_the_upload_allowlist_switched_off_says_so(console: Client) -> None:
    filled = sent(console, UPLOAD_ALLOWLIST, entries="203.0.113.7")
    filled.pop("on")
    page = text(console.post(UPLOAD_ALLOWLIST, filled, follow=True))
    assert "Upload allowlist Off Whoever has the key uploads from anywhere." in page
    assert DevelopmentSettings.objects.get().upload_allowlist == ["203.0.113.7"]


# --- server domains --------------------------------------------------------------------------


def test_domains_wait_for_the_scan_and_are_then_there(account: Account, console: Client) -> None:
    asked = console.post(DOMAINS, sent(console, DOMAINS, **sample(console, DOMAINS)))
    assert asked.headers["Location"] == DOMAINS_SCAN
    waiting = text(console.get(DOMAINS_SCAN))
    assert "request https://api.lantern.example https://login.lantern.example:8443 -" in waiting
    assert "A change waits for the administrator's scan." in text(console.get(PAGE))
    confirm(account, actions.CHANGE_DOMAINS)
    assert "Confirmed on the phone" in text(console.get(DOMAINS_SCAN))
    page = text(console.get(PAGE))
    assert "https://api.lantern.example https://login.lantern.example:8443" in page
    assert "wss://room.lantern.example" in page
    assert "1 of 5 changes this month" in page
    assert "waits for the administrator's scan" not in page
    same = console.post(DOMAINS, sent(console, DOMAINS), follow=True)
    assert said(same) == ["Nothing changed: these domains were set already. No change is used up."]


def test_what_was_refused_on_the_phone_is_in_the_form_again(account: Account, console: Client) -> None:
    console.post(DOMAINS, sent(console, DOMAINS, request="api.lantern.example"))
    shown = confirmations.latest(actions.CHANGE_DOMAINS, account.pk)
    assert shown is not None
    confirmations.refuse(shown.pk, by=account.administrator.person.as_actor())
    assert "What you typed is kept there." in text(console.get(DOMAINS_SCAN))
    page = console.get(DOMAINS)
    assert "This is what you typed last. It is not confirmed." in text(page)
    assert ">\nhttps://api.lantern.example</textarea>" in page.content.decode()


def test_every_broken_sample_of_domains_is_refused_at_its_field(console: Client) -> None:
    broken = [each for each in console.get(DOMAINS).context["samples"] if not each["valid"]]
    assert len(broken) == 9
    for each in broken:
        page = console.post(DOMAINS, sent(console, DOMAINS, **each["fields"]))
        assert page.status_code == 200
        assert [*errors(page)] == ["request"]
        for kind in ("request", "socket", "upload", "download"):
            assert page.context["form"][kind].value() == each["fields"][kind]
    assert not Confirmation.objects.filter(purpose=actions.CHANGE_DOMAINS).exists()


def test_a_refused_form_of_eighty_lines_keeps_every_line(console: Client) -> None:
    typed = {
        kind: "\r\n".join(f"https://{kind}{nth}.{'x' * 60}.lantern.example" for nth in range(20))
        for kind in ("request", "upload", "download")
    }
    typed["socket"] = "\r\n".join(f"https://socket{nth}.lantern.example" for nth in range(20))
    page = console.post(DOMAINS, sent(console, DOMAINS, **typed))
    assert {kind: page.context["form"][kind].value() for kind in typed} == typed
    assert [*errors(page)] == ["socket"]
    assert len(errors(page)["socket"]) == 7  # six lines, and how many more
    html = page.content.decode()
    assert all(f"https://download{nth}.{'x' * 60}.lantern.example" in html for nth in range(20))


def test_a_list_without_an_end_is_refused_and_cut(console: Client) -> None:
    page = console.post(DOMAINS, sent(console, DOMAINS, request="a.example\n" * 100_000))
    assert errors(page)["request"] == ["A list has at most 20000 characters; this has 1000000."]
    assert len(page.content) < 200_000


def test_the_month_is_used_up_and_the_form_says_until_when(account: Account, console: Client) -> None:
    for nth in range(5):
        console.post(DOMAINS, sent(console, DOMAINS, request=f"s{nth}.lantern.example"))
        confirm(account, actions.CHANGE_DOMAINS)
    page = console.post(DOMAINS, sent(console, DOMAINS, request="s5.lantern.example"))
    assert errors(page)["__all__"] == [
        "Not saved: 5 of 5 changes of server domains used this month. Try again on 1 Apr 2019."
    ]
    assert page.context["form"]["request"].value() == "s5.lantern.example"
    assert "5 of 5 changes this month, again on 1 Apr 2019" in text(page)


def test_no_scan_page_without_a_change(console: Client) -> None:
    assert console.get(DOMAINS_SCAN).headers["Location"] == DOMAINS


# --- message push ----------------------------------------------------------------------------


def test_push_is_saved_and_shown_to_whoever_edits_it(account: Account, console: Client) -> None:
    valid = sample(console, PUSH)
    saved = console.post(PUSH, sent(console, PUSH, **valid), follow=True)
    assert said(saved) == ["Saved."]
    page = text(saved)
    assert "URL https://push.lantern.example/wechat Token Set, hidden EncodingAESKey Set, hidden" in page
    assert valid["key"] not in saved.content.decode()
    form = console.get(PUSH)
    assert "no-store" in form.headers["Cache-Control"]
    assert (form.context["form"]["token"].value(), form.context["form"]["key"].value()) == (
        valid["token"],
        valid["key"],
    )
    stopped = console.post(STOP_PUSH, follow=True)
    assert said(stopped) == ["Message push is off. Token and EncodingAESKey are forgotten."]
    assert message_push.push_settings(account) is None


def test_every_broken_sample_of_push_is_refused_at_its_field(console: Client) -> None:
    broken = [each["fields"] for each in console.get(PUSH).context["samples"] if not each["valid"]]
    refused = [[*errors(console.post(PUSH, sent(console, PUSH, **fields)))] for fields in broken]
    assert refused == [["url"], ["url"], ["token"], ["key"]]
    assert not DevelopmentSettings.objects.exists()


def test_a_made_key_saves_nothing_and_keeps_what_was_typed(console: Client) -> None:
    typed = sent(console, PUSH, url="https://push.lantern.example", token="\x00ab", do="make_key")
    page = console.post(PUSH, typed)
    form = page.context["form"]
    assert form["url"].value() == "https://push.lantern.example"
    assert form["token"].value() == "\ufffdab"
    assert len(form["key"].value()) == 43
    assert form.errors == {}
    assert not DevelopmentSettings.objects.exists()
    again = console.post(PUSH, typed).context["form"]["key"].value()
    assert again != form["key"].value()


def test_push_over_another_is_told(account: Account, console: Client) -> None:
    mine = sent(console, PUSH, **sample(console, PUSH))
    set_push(account)
    page = console.post(PUSH, mine)
    assert errors(page)["__all__"][0].startswith("Not saved: somebody else changed this")
    assert page.context["form"]["key"].value() == mine["key"]
    assert f"Kept now URL {SET.url} Token {SET.token}" in text(page)
    assert message_push.push_settings(account) == SET


@pytest.mark.parametrize("url", [ALLOWLIST, UPLOAD_ALLOWLIST, DOMAINS, PUSH])
def test_nonsense_is_answered_with_the_form(console: Client, url: str) -> None:
    names = ("entries", "request", "url", "token", "key", "mode", "format", "seen", "on")
    nonsense = dict.fromkeys(names, "\x00\u202e\ud7ff<script>" * 50)
    page = console.post(url, nonsense)
    assert page.status_code == 200
    assert "<script>\x00" not in page.content.decode()
    assert page.context["form"].errors
