"""A name as an account lives it: checked, refused, proved, reviewed at the desk, changed (INF-1, INF-2)."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Login, Notice, ReleasedName
from information.actions import naming
from information.models import Naming
from portal.kernel.models import AuditEvent, Review, Verdict, World
from portal.outside.models import Letter, Person
from portal.simulator import walks
from tests.conftest import seat
from tests.kernel.reviewing import address, session

SignedIn = Callable[[Account], Client]

PAGE = "/console/information/name/"
CHECKS = {f"check_{code}": "pass" for code in ("readable", "right", "entity", "confusion")}


def shown(browser: Client, path: str = PAGE) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def presses(browser: Client, do: str, name: str, note: str = "") -> Any:
    return browser.post(PAGE, {"do": do, "name": name, "note": note})


def confirms(browser: Client, person: Person) -> None:
    """Answer the question on the administrator's phone, as the button beside the code does."""
    question = browser.get(PAGE).context["scan"].confirmation
    phone = reverse("simulator:phone_question", args=[person.pk, question.pk])
    assert "Change the name of the account" in shown(browser, phone)
    browser.post(reverse("simulator:confirm", args=[person.pk, question.pk]))


def person(account: Account) -> Person:
    return account.administrator.person


@pytest.mark.requirement("INF-1", "INF-2")
def test_the_first_name_is_checked_scanned_and_in_use(world: World, signed_in: SignedIn) -> None:
    account = walks.account_at(world, "verified")
    browser = signed_in(account)
    assert "Not filled in" in shown(browser, "/console/information/")
    refused = presses(browser, "check", "linyue")
    assert "is somebody's WeChat ID. Choose another name. (53018)" in html.unescape(refused.content.decode())
    assert "Paper Kite is free." in html.unescape(presses(browser, "check", "Paper Kite").content.decode())
    assert presses(browser, "ask", "Paper Kite").status_code == 302
    confirms(browser, person(account))
    text = shown(browser, "/console/information/")
    assert "Paper Kite" in text
    assert "2 of 2 changes left before the first release" in text
    events = AuditEvent.objects.filter(subject_type="information.Naming").values_list("name", "by_name")
    assert list(events) == [("adopt", person(account).name)]


@pytest.mark.requirement("INF-2", "SIM-7")
def test_a_protected_name_is_proved_and_judged_at_the_desk(world: World, signed_in: SignedIn) -> None:
    account = walks.account_at(world, "verified")
    browser = signed_in(account)
    assert "(91009)" in html.unescape(presses(browser, "ask", "Moonquill Press").content.decode())
    presses(browser, "specimen", "Moonquill Press", "The trademark is ours.")
    presses(browser, "ask", "Moonquill Press", "The trademark is ours.")
    confirms(browser, person(account))
    assert "A reviewer has it" in shown(browser)

    review = Review.objects.get(kind=naming.REVIEW)
    desk = session(Login.objects.get(world=world, is_staff=True))
    page = html.unescape(desk.get(address("change", review.pk)).content.decode())
    for said in ("Moonquill Press", "moonquill", "The trademark is ours.", "Nobody in this world.", "Proof"):
        assert said in page
    picture = Naming.objects.get().proofs.get()
    assert desk.get(address("document", review.pk, picture.pk))["Content-Type"] == "image/png"

    desk.post(address("message", review.pk), {"message": "Which class is the trademark in?"})
    assert "Which class is the trademark in?" in Letter.objects.filter(to=account.email).latest("id").text

    desk.post(
        address("decide", review.pk),
        {
            "verdict": "reject",
            "canned": ["no_right"],
            "own_text_0": "Class 9 is missing.",
            "own_field_0": "proofs",
        },
    )
    text = shown(browser)
    assert "Moonquill Press did not pass." in text
    assert "The proof gives no right to the protected word." in text
    assert "Class 9 is missing." in text

    presses(browser, "specimen", "Moonquill Press")
    presses(browser, "ask", "Moonquill Press")
    confirms(browser, person(account))
    second = Review.objects.open().get(kind=naming.REVIEW)
    desk.post(address("decide", second.pk), {**CHECKS, "verdict": "approve"})
    assert Account.objects.get(pk=account.pk).name == "Moonquill Press"
    assert Verdict.objects.filter(review=second).get().kind == "approve"
    kinds = Notice.objects.filter(account=account, kind__startswith="information.name").order_by("id")
    assert [kind.removeprefix("information.name_") for kind in kinds.values_list("kind", flat=True)] == [
        "in_review",
        "message",
        "refused",
        "in_review",
        "adopted",
    ]


@pytest.mark.requirement("INF-2")
def test_two_companies_want_one_name_and_its_old_one_comes_free(
    world: World, client: Client, time: Any
) -> None:
    first = walks.account_at(world, "verified", email="one@kite.example", name="Paper Kite One")
    second = walks.account_at(
        world, "verified", email="two@kite.example", name="Paper Kite Two", wechat_id="meiran"
    )
    browsers = [Client(), Client()]
    for browser, account in zip(browsers, (first, second), strict=True):
        browser.cookies["world"] = world.token
        seat(browser, account)
        presses(browser, "ask", "Harbour Lights")
    confirms(browsers[0], person(first))
    confirms(browsers[1], person(second))
    assert "another Mini Program is called Harbour Lights" in shown(browsers[1])
    assert Account.objects.get(pk=second.pk).name == ""

    presses(browsers[0], "ask", "Harbour Lamps")
    confirms(browsers[0], person(first))
    told = html.unescape(presses(browsers[1], "check", "Harbour Lights").content.decode())
    assert "is kept for its former entity until 24 Mar 2019, 10:00. (91005)" in told
    time.reaches(ReleasedName.objects.get().kept_until)
    presses(browsers[1], "ask", "HARBOUR LIGHTS")
    confirms(browsers[1], person(second))
    assert Account.objects.get(pk=second.pk).name == "HARBOUR LIGHTS"
