"""The console's home: where the account stands and what comes next."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import Account, Member
from portal.kernel import confirmations, tallies
from portal.kernel.limits import Limit
from portal.kernel.models import World
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks

HOME = reverse("console:home")


def words(client: Client, url: str = HOME) -> str:
    """Return the page's text, tags and runs of blanks taken out."""
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def member(account: Account, role: str) -> Person:
    """Return somebody of the cast who is a member of the account now."""
    persons = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)
    person = persons.exclude(memberships__account=account).order_by("pk")[0]
    Member.objects.create(
        world=account.world, account=account, person=person, role=role, added_at=account.world.now()
    )
    return person


def complete(account: Account) -> None:
    """Give an account all its information, whatever way it comes there."""
    Account.objects.filter(pk=account.pk).update(
        name="Paper Kites",
        name_key="paper kites",
        photo="a" * 64,
        introduction="Kites.",
        first_category="game",
    )


def path_of(client: Client) -> list[tuple[str, str, bool]]:
    """Return the release path: title, state, and whether the step has the green button."""
    path = client.get(HOME).context["path"]
    return [(step["title"], step["state"], step.get("primary", False)) for step in path]


def green(client: Client) -> list[str]:
    """Return what the green buttons of the page say."""
    content = client.get(HOME).content.decode()
    found = re.findall(r"<(?:a|button)[^>]*btn-primary[^>]*>(.*?)</(?:a|button)>", content, re.DOTALL)
    return [re.sub(r"<[^>]+>|:.*", "", label).strip() for label in found]


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
    assert "0 of 5 done. One thing needs you." in text
    wire = waiting.wiretransfer
    assert f"The company pays ¥0.{wire.amount_fen:02} by wire transfer until 19 Mar 10:00." in text
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
            ("Submission for verification", "submit_for_verification", NOT_VERIFIED),
            ("WeChat authentication", "apply_for_authentication", NOT_VERIFIED),
            ("WeChat Pay", "open_wechat_pay", NOT_AUTHENTICATED),
            ("Virtual Payment", "open_virtual_payment", NOT_AUTHENTICATED),
        )
    ]


NOT_VERIFIED = "The entity is not verified yet. It opens when the wire transfer is validated."
NOT_AUTHENTICATED = "It needs WeChat authentication, which this account does not have."
NOT_OPEN = NOT_VERIFIED


@pytest.mark.requirement("VER-6")
def test_what_is_open_since_when(verified: Account, signed_in) -> None:
    rows = signed_in(verified).get(HOME).context["capabilities"]
    assert [(str(row["label"]), row.get("value")) for row in rows if row["state"] == "ok"] == [
        ("Mini Program information", "since 9 Mar"),
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
        ("Submission for verification", "/console/gate/submit_for_verification/"),
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


def test_log_ins_do_not_hide_what_happened(verified: Account, signed_in) -> None:
    by = verified.administrator.person.as_actor()
    for nth in range(8):
        actions.sign_in_as(verified.pk, person_id=by.id or 0, session_key=f"{nth:032}", browser="", by=by)
    entries = signed_in(verified).get(HOME).context["history"]
    assert "The transfer matches" in [entry["title"] for entry in entries]


def test_when_the_money_is_back_nothing_is_planned(verified: Account, signed_in, time) -> None:
    time.passes(days=14)
    response = signed_in(verified).get(HOME)
    assert response.context["actors"] == []
    assert response.context["history"][0]["title"] == "Ten working days pass"


@pytest.mark.requirement("INF-4")
def test_before_verification_development_is_open_and_information_waits(waiting: Account, signed_in) -> None:
    client = signed_in(waiting)
    assert path_of(client) == [
        ("Entity", "now", True),
        ("Information", "", False),
        ("Development", "", False),
        ("Verification", "", False),
        ("Release", "", False),
    ]
    text = words(client)
    assert "Opens when the entity is verified." in text
    assert "1 project member. No version is uploaded yet." in text


@pytest.mark.requirement("INF-4")
@pytest.mark.parametrize(
    ("role", "at_first", "when_verified", "when_complete"),
    [
        ("administrator", "See the transfer details", "Fill in", "Upload a version"),
        ("operator", None, "Fill in", None),
        ("developer", "Upload a version", "Upload a version", "Upload a version"),
        ("data_analyst", None, None, None),
    ],
)
def test_one_green_button_for_what_this_person_can_do(
    waiting: Account,
    signed_in,
    role: str,
    at_first: str | None,
    when_verified: str | None,
    when_complete: str | None,
) -> None:
    person = member(waiting, "developer" if role == "administrator" else role)
    client = signed_in(waiting, None if role == "administrator" else person)
    assert green(client) == [label for label in [at_first] if label]
    walks.pay(waiting)
    assert green(client) == [label for label in [when_verified] if label]
    complete(waiting)
    assert green(client) == [label for label in [when_complete] if label]
    assert path_of(client)[:3] == [
        ("Entity", "done", False),
        ("Information", "done", False),
        ("Development", "now", when_complete is not None),
    ]


@pytest.mark.requirement("INF-4")
def test_who_may_not_act_reads_who_must(verified: Account, signed_in) -> None:
    text = words(signed_in(verified, member(verified, "data_analyst")))
    missing = "Missing: name, photo, introduction and category. The administrator or an operator fills it in."
    assert missing in text
    assert "One thing needs you" not in text


def test_a_guest_sees_the_path_and_no_green_button(waiting: Account, signed_in) -> None:
    person = Person.objects.filter(world=waiting.world).exclude(pk=waiting.administrator.person_id)[0]
    client = signed_in(waiting, person)
    session = client.session
    session["guest"] = person.name
    session.save()
    assert green(client) == []
    assert f"{person.name}, Guest" in words(client)


def test_a_review_that_waits_leads_to_the_desk(world: World, signed_in) -> None:
    office = walks.account_at(world, "awaiting_authentication", entity_type="government")
    client = signed_in(office)
    assert green(client) == ["Go to WeChat authentication"]
    walks.apply(office)
    assert "A reviewer looks at the application." in words(client)
    assert green(client) == ["Add a developer"]
    (reviewer,) = client.get(HOME).context["actors"]
    desk = reviewer["buttons"][0]
    assert (reviewer["text"], desk["label"], desk["fields"]) == (
        "Has at the desk: WeChat authentication.",
        "Open the desk",
        {"world": world.token},
    )
    assert client.post(desk["url"], desk["fields"]).headers["Location"] == "/admin/kernel/review/"


def test_a_scan_that_waits_leads_to_the_phone(verified: Account, signed_in, time) -> None:
    client = signed_in(verified)
    actions.ask_to_close(verified.pk, by=verified.administrator.person.as_actor())
    phone = client.get(HOME).context["actors"][0]
    assert (phone["name"], phone["text"]) == (
        verified.administrator.name,
        "Is asked on the phone: Close this account",
    )
    assert client.get(phone["buttons"][0]["url"]).status_code == 200
    time.passes(minutes=6)
    assert "phone" not in [actor["icon"] for actor in client.get(HOME).context["actors"]]


def test_an_account_that_is_being_closed_says_until_when_it_can_be_kept(verified: Account, signed_in) -> None:
    by = verified.administrator.person.as_actor()
    confirmations.confirm(actions.ask_to_close(verified.pk, by=by).pk, by=by)
    client = signed_in(verified)
    assert "The administrator can keep it until 16 Mar 2019, 10:00." in words(client)
    assert green(client) == []
    response = client.get(HOME)
    assert (
        response.context["history"][0]["title"]
        == "¥0." + f"{verified.wiretransfer.amount_fen:02} is returned"
    )
    assert response.context["history"][1]["title"] == "The account is closed"
    button = response.context["actors"][0]["buttons"][0]
    assert button["label"] == "To the end of the freeze period"


def test_quotas_count_what_is_used(verified: Account, signed_in) -> None:
    member(verified, "operator")
    member(verified, "experience_member")
    tallies.spend(Limit.PHOTO_CHANGES, verified)
    quotas = signed_in(verified).get(HOME).context["quotas"]
    assert [(row["label"], row["used"], row["total"]) for row in quotas] == [
        ("Name changes before the release", 0, 2),
        ("Photo changes", 1, 5),
        ("Introduction changes", 0, 5),
        ("Category changes", 0, 3),
        ("Server domain changes", 0, 5),
        ("Project members", 2, 30),
    ]


@pytest.mark.parametrize("role", ["administrator", "developer"])
@pytest.mark.parametrize("page", ["home", "notices", "settings", "state", "log"])
def test_pages_are_cheap(
    verified: Account, signed_in, django_assert_max_num_queries, page: str, role: str
) -> None:
    client = signed_in(verified, None if role == "administrator" else member(verified, role))
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
            [
                ("Home", ""),
                ("Wire transfer", ""),
                ("Mini Program information", ""),
                ("Development Management", ""),
                ("User Identity", ""),
            ],
        ),
        (
            "Payment",
            [
                ("WeChat Pay", NOT_AUTHENTICATED),
                ("Virtual Payment", ""),
                ("Game coin", NOT_AUTHENTICATED),
                ("Payment orders", NOT_OPEN),
                ("Settlement", NOT_OPEN),
            ],
        ),
        (
            "Settings",
            [
                ("Basic Settings", ""),
                ("Development Settings", ""),
                ("Authorized Platforms", ""),
                ("Associated Official Accounts", ""),
                ("WeChat authentication", ""),
                ("Security", ""),
                ("Operation log", ""),
            ],
        ),
        ("Account", [("Where this stands", ""), ("Notification centre", "")]),
    ]
    assert [item["current"] for item in menu[0]["items"]] == [True, False, False, False, False]


@pytest.mark.requirement("DEV-3")
@pytest.mark.parametrize(
    ("role", "shut"),
    [
        ("operator", ["Development Settings"]),
        ("developer", ["Associated Official Accounts", "Operation log"]),
        ("data_analyst", ["Development Settings", "Associated Official Accounts", "Operation log"]),
    ],
)
def test_the_menu_keeps_what_a_role_may_not_use_and_says_so(
    verified: Account, signed_in, role: str, shut: list[str]
) -> None:
    client = signed_in(verified, member(verified, role))
    console = client.get(HOME).context["console"]
    settings = console["menu"][2]["items"]
    closed = [item for item in settings if item["shut_reason"]]
    assert [str(item["label"]) for item in closed] == shut
    assert {(item["url"], item["shut_reason"]) for item in closed} == {
        ("", f"Not open to your role: {Role(role).label}")
    }
    assert f"Not open to your role: {Role(role).label}" in words(client)


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("accounts:closing", "Basic Settings"),
        ("verification:administrator_change", "Basic Settings"),
        ("accounts:member_add", "User Identity"),
        ("information:change_photo", "Mini Program information"),
        ("accounts:development_domains", "Development Settings"),
        ("accounts:password", "Security"),
        ("console:log", "Operation log"),
    ],
)
def test_the_menu_marks_where_a_page_belongs(verified: Account, signed_in, page: str, entry: str) -> None:
    menu = signed_in(verified).get(reverse(page)).context["console"]["menu"]
    assert [str(item["label"]) for group in menu for item in group["items"] if item["current"]] == [entry]


@pytest.mark.requirement("DEV-3")
def test_the_header_says_who_is_signed_in_and_as_what(verified: Account, signed_in) -> None:
    person = member(verified, "developer")
    client = signed_in(verified, person)
    assert f"{person.name}, Developer" in words(client)
    assert verified.administrator.name not in words(client)


@pytest.mark.requirement("DEV-3")
def test_who_was_removed_has_no_chrome_at_the_next_request(verified: Account, signed_in) -> None:
    person = member(verified, "operator")
    client = signed_in(verified, person)
    assert client.get(HOME).context["console"]["person_name"] == person.name
    bound = Member.objects.get(person=person)
    bound.remove(at=verified.world.now(), reason="", by=verified.administrator.person.as_actor())
    bound.save()
    assert client.get(HOME).status_code == 302
    page = client.get(reverse("home"))
    assert not page.context["console"]
    assert str(verified.entity) not in words(client, reverse("home"))


@pytest.mark.requirement("DEV-3")
@pytest.mark.parametrize("page", ["home", "notices", "settings", "state", "log"])
def test_an_experience_member_has_no_console(verified: Account, signed_in, page: str) -> None:
    client = signed_in(verified, member(verified, "experience_member"))
    url = reverse(f"console:{page}")
    assert client.get(url).headers["Location"] == f"{reverse('accounts:log_in')}?next={url}"


@pytest.mark.requirement("REL-2", "REL-6", "REL-8")
def test_the_path_follows_a_version_to_its_release(world: World, signed_in) -> None:
    game = walks.account_at(world, "uploaded")
    client = signed_in(game)
    assert path_of(client)[2:] == [
        ("Development", "done", False),
        ("Verification", "now", True),
        ("Release", "", False),
    ]
    version = game.versions.get()
    submission = walks.submit(version)
    assert "A reviewer looks at version 1.0.0." in words(client)
    walks.decide_code(submission, "reject", "Unfinished content.")
    assert path_of(client)[3] == ("Verification", "fail", True)
    assert green(client) == ["Submit again"]
    again = walks.submit(version)
    walks.decide_code(again, "approve")
    assert green(client) == ["Release"]
    walks.release(again)
    assert [state for _title, state, _mine in path_of(client)] == ["done"] * 5
    assert "Version 1.0.0 is online." in words(client)
