"""The console's home: where the account stands and what comes next."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from portal.kernel.models import World
from portal.simulator import walks

HOME = reverse("console:home")


def words(client: Client, url: str = HOME) -> str:
    """Return the page's text, tags and runs of blanks taken out."""
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def waiting(world: World) -> Account:
    return walks.account_at(world, "awaiting_transfer", name="Paper Lantern Ltd")


@pytest.fixture
def verified(world: World) -> Account:
    return walks.account_at(world, "verified", name="Quiet Harbour Ltd")


@pytest.mark.requirement("REG-10")
@pytest.mark.parametrize(
    ("stage", "step"), [("registered", "accounts:activation"), ("activated", "verification:entity")]
)
def test_an_unconfirmed_registration_goes_to_its_step(world: World, signed_in, stage: str, step: str) -> None:
    response = signed_in(walks.account_at(world, stage)).get(HOME)
    assert (response.status_code, response.headers["Location"]) == (302, reverse(step))


def test_a_visitor_goes_to_the_log_in_and_comes_back(visitor: Client) -> None:
    assert visitor.get(HOME).headers["Location"] == f"{reverse('accounts:log_in')}?next={HOME}"


def test_an_expired_registration_has_no_console(waiting: Account, signed_in, time) -> None:
    client = signed_in(waiting)
    time.passes(days=10)
    assert client.get(HOME).headers["Location"] == f"{reverse('accounts:log_in')}?next={HOME}"


def test_a_waiting_company_sees_what_to_do(waiting: Account, signed_in) -> None:
    client = signed_in(waiting)
    text = words(client)
    assert "Paper Lantern Ltd Awaiting transfer" in text
    assert str(waiting.appid) in text
    assert "3 of 4 done. One thing needs you." in text
    wire = waiting.wiretransfer
    assert f"Transfer ¥0.{wire.amount_fen:02} until 19 Mar 10:00" in text
    actors = client.get(HOME).context["actors"]
    assert [actor["name"] for actor in actors] == ["Paper Lantern Ltd", "The clock"]
    pay = actors[0]["buttons"][0]
    assert (pay["url"], pay["fields"]["wire"], pay["fields"]["how"]) == (
        reverse("simulator:pay_wire"),
        wire.pk,
        "exact",
    )


@pytest.mark.requirement("VER-3")
def test_the_lamp_button_pays_and_the_account_is_verified(waiting: Account, signed_in) -> None:
    client = signed_in(waiting)
    pay = client.get(HOME).context["actors"][0]["buttons"][0]
    client.post(pay["url"], pay["fields"])
    assert "Paper Lantern Ltd Verified Not authenticated" in words(client)


@pytest.mark.requirement("VER-2")
def test_the_clocks_button_lets_the_registration_expire(waiting: Account, signed_in) -> None:
    client = signed_in(waiting)
    (button,) = client.get(HOME).context["actors"][1]["buttons"]
    client.post(button["url"], button["fields"])
    waiting.refresh_from_db()
    assert (waiting.state, waiting.expired_at) == ("expired", waiting.wiretransfer.due_at)


@pytest.mark.requirement("VER-6")
def test_what_is_open_names_the_reason_and_what_opens_it(waiting: Account, signed_in) -> None:
    rows = signed_in(waiting).get(HOME).context["capabilities"]
    assert [(str(row["label"]), row["state"], row.get("hint"), row.get("url")) for row in rows] == [
        (label, "", reason, reverse("console:gate", args=[name]))
        for label, name, reason in (
            ("Mini Program information", "edit_information", NOT_VERIFIED),
            ("Submission and release", "submit_for_verification", NOT_VERIFIED),
            ("WeChat authentication", "apply_for_authentication", NOT_VERIFIED),
            ("WeChat Pay", "open_wechat_pay", NOT_AUTHENTICATED),
            ("Virtual Payment", "open_virtual_payment", NOT_AUTHENTICATED),
        )
    ]


NOT_VERIFIED = "The entity is not verified yet. It opens when the wire transfer is validated."
NOT_AUTHENTICATED = "It needs WeChat authentication, which this account does not have."


@pytest.mark.requirement("VER-6")
def test_what_is_open_since_when(verified: Account, signed_in) -> None:
    rows = signed_in(verified).get(HOME).context["capabilities"]
    assert [(str(row["label"]), row.get("value")) for row in rows if row["state"] == "ok"] == [
        ("Mini Program information", "since 9 Mar"),
        ("Submission and release", "since 9 Mar"),
        ("WeChat authentication", "since 9 Mar"),
    ]


@pytest.mark.requirement("VER-6")
def test_authentication_has_a_page_before_and_after(verified: Account, signed_in) -> None:
    client = signed_in(verified)

    def row() -> tuple[object, ...]:
        found = client.get(HOME).context["capabilities"]
        return next(
            (row["state"], row["url"]) for row in found if str(row["label"]) == "WeChat authentication"
        )

    assert row() == ("ok", "/settings/authentication/")
    walks.authenticate(verified)
    assert row() == ("ok", "/settings/authentication/")


def test_an_individual_is_done_and_told_what_never_opens(world: World, signed_in) -> None:
    client = signed_in(walks.account_at(world, "verified", entity_type="individual"))
    response = client.get(HOME)
    assert [pill["label"] for pill in response.context["pills"]] == ["Verified"]
    assert response.context["actors"] == []
    shut = [row for row in response.context["capabilities"] if row["state"] != "ok"]
    assert [(str(row["label"]), row.get("url")) for row in shut] == [
        ("WeChat authentication", None),
        ("WeChat Pay", None),
        ("Virtual Payment", None),
    ]


def test_history_tells_who_did_what_with_what_is_planned_on_top(verified: Account, signed_in) -> None:
    entries = signed_in(verified).get(HOME).context["history"]
    amount = f"¥0.{verified.wiretransfer.amount_fen:02}"
    assert [(entry["title"], entry["detail"], entry["tone"]) for entry in entries] == [
        (f"{amount} is returned", "Planned", "doing"),
        ("The transfer matches", "The bank", "done"),
        ("The exact amount arrives", "The bank", "done"),
        ("Confirms the entity, by wire transfer", verified.email, "done"),
        ("Opens the activation link", "A visitor", "done"),
    ]


def test_when_the_money_is_back_nothing_is_planned(verified: Account, signed_in, time) -> None:
    time.passes(days=14)
    response = signed_in(verified).get(HOME)
    assert response.context["actors"] == []
    assert response.context["history"][0]["title"] == "Ten working days pass"


@pytest.mark.parametrize("page", ["home", "notices", "settings", "state"])
def test_pages_are_cheap(verified: Account, signed_in, django_assert_max_num_queries, page: str) -> None:
    client = signed_in(verified)
    with django_assert_max_num_queries(8):
        assert client.get(reverse(f"console:{page}")).status_code == 200


@pytest.mark.requirement("VER-6")
def test_the_menu_shows_payment_shut_with_its_reason(waiting: Account, signed_in) -> None:
    menu = signed_in(waiting).get(HOME).context["console"]["menu"]
    assert [
        (str(group["heading"]), [(str(item["label"]), item["shut_reason"]) for item in group["items"]])
        for group in menu
    ] == [
        (
            "",
            [("Home", ""), ("Wire transfer", ""), ("Where this stands", ""), ("Notification centre", "")],
        ),
        ("Payment", [("WeChat Pay", NOT_AUTHENTICATED), ("Virtual Payment", NOT_AUTHENTICATED)]),
        ("Settings", [("Basic Settings", ""), ("WeChat authentication", "")]),
    ]
    assert [item["current"] for item in menu[0]["items"]] == [True, False, False, False]
