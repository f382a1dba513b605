"""WeChat authentication as its applicant lives it: from the agreement to the year after (VER-4 to VER-6)."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, Login, Notice
from portal.kernel import reviews
from portal.kernel.models import AuditEvent, Review, Verdict, World
from portal.kernel.reviews import Reason
from portal.outside.models import BankAccount, Letter
from portal.simulator import walks

SignedIn = Callable[[Account], Client]

DETAILS = "/settings/authentication/"
FEE = 30_000


def shown(browser: Client, path: str = DETAILS) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def presses(browser: Client, path: str, sent: dict[str, Any] | None = None) -> str:
    """Send a form of the page; return where it leads."""
    answer = browser.post(path, sent or {})
    assert answer.status_code == 302, html.unescape(answer.content.decode())
    return str(answer.headers["Location"])


def fills_in(browser: Client, *, contact_email: str = "") -> None:
    """Walk every step with the page's own samples, up to the sum of it all."""
    assert presses(browser, DETAILS + "open/") == DETAILS + "agreement/"
    assert presses(browser, DETAILS + "agreement/", {"agree": "on"}) == DETAILS + "materials/"
    presses(browser, DETAILS + "materials/", {"sample": "administrator"})
    page = browser.get(DETAILS + "materials/")
    typed = {name: value for name, value in page.context["form"].initial.items() if value}
    if contact_email:
        typed["contact_email"] = contact_email
    for place in page.context["places"]:
        if place.slot.required:
            presses(browser, DETAILS + "materials/", {**typed, "do": f"specimen:{place.slot.name}"})
    assert presses(browser, DETAILS + "materials/", {**typed, "do": "continue"}) == DETAILS + "name/"
    assert presses(browser, DETAILS + "name/", {"name_source": "free_words"}) == DETAILS + "invoice/"
    assert presses(browser, DETAILS + "invoice/", {"kind": "none"}) == DETAILS + "submit/"
    assert browser.get(DETAILS + "submit/").context["complete"]


def pays(browser: Client) -> None:
    """Open the code on the administrator's phone, and pay there."""
    phone = browser.get(DETAILS).context["actors"][0]["buttons"][0]
    assert phone["label"] == "Pay on Lin Yue's phone"
    page = shown(browser, phone["url"])
    assert "Pay the fee of WeChat authentication" in page
    assert "¥300.00" in page
    presses(browser, phone["url"] + "confirm/")


def order_number(page: Any) -> str:
    return str(page.context["order"].number)


def decides(world: World, verdict: str, *reasons: Reason, **facts: str) -> None:
    reviewer = Login.objects.get(world=world, is_staff=True)
    waiting = Review.objects.open().get(world=world)
    reviews.decide(waiting.pk, verdict, by=reviewer.as_actor(), reasons=reasons, facts=facts)


@pytest.mark.requirement("VER-4", "VER-6")
def test_a_company_applies_pays_corrects_passes_and_lapses(world: World, signed_in: SignedIn, time):
    """Agreement, materials, 300 yuan paid on the phone, review, correction, a year, its end."""
    account = walks.account_at(world, "verified")
    browser = signed_in(account)
    assert "Pay the wire transfer" not in shown(browser, "/console/gate/open_wechat_pay/")

    fills_in(browser)
    assert presses(browser, DETAILS + "submit/") == DETAILS
    assert browser.get(DETAILS).context["stage"] == "awaiting_payment"
    card = BankAccount.objects.get(number=account.administrator.person.bank_card)
    pays(browser)
    assert card.balance_fen - BankAccount.objects.get(pk=card.pk).balance_fen == FEE
    page = browser.get(DETAILS)
    assert page.context["stage"] == "under_review"
    assert page.context["review"].due_at.isoformat() == "2019-03-15T02:00:00+00:00"

    desk = page.context["actors"][0]["buttons"][0]
    at_the_desk = Client().post(desk["url"], desk["fields"], follow=True)
    assert order_number(page) in html.unescape(at_the_desk.content.decode())

    decides(world, Verdict.Kind.RETURN, Reason("The seal cannot be read.", field="letter"))
    assert "Correction 1 of 3" in shown(browser)
    assert "The reviewer: The seal cannot be read." in shown(browser, DETAILS + "materials/")
    kept = browser.get(DETAILS + "materials/").context["form"].initial
    typed = {name: value for name, value in kept.items() if name.startswith(("legal", "bank", "contact"))}
    presses(browser, DETAILS + "materials/", {**typed, "do": "specimen:letter"})
    assert presses(browser, DETAILS + "submit/") == DETAILS
    assert BankAccount.objects.get(pk=card.pk).balance_fen == card.balance_fen - FEE

    decides(world, Verdict.Kind.APPROVE, name="passed")
    account.refresh_from_db()
    assert account.state == "authenticated"
    assert "Passed" in shown(browser)
    assert browser.get("/console/gate/open_wechat_pay/").status_code == 302

    until = account.authenticated_until
    assert until is not None
    time.reaches(until)
    assert browser.get(DETAILS).context["stage"] == "apply"
    assert "WeChat authentication ran out on 9 Mar 2020, 10:00." in shown(browser)
    account.refresh_from_db()
    assert account.state == "verified"
    assert browser.get("/console/gate/open_wechat_pay/").status_code == 200


@pytest.mark.requirement("VER-5")
def test_a_government_office_needs_it_and_pays_nothing(world: World, signed_in: SignedIn):
    """Required for government, media and other organizations; government pays no fee."""
    account = walks.account_at(world, "awaiting_authentication", entity_type="government")
    browser = signed_in(account)
    assert "Time left to pass" in shown(browser)
    fills_in(browser)
    presses(browser, DETAILS + "submit/")
    assert browser.get(DETAILS).context["stage"] == "under_review"
    decides(world, Verdict.Kind.APPROVE, name="passed")
    account.refresh_from_db()
    assert (account.state, account.verified_at) == ("authenticated", None)


@pytest.mark.requirement("VER-4")
def test_unpaid_within_a_day_it_closes_and_can_be_applied_for_again(world: World, signed_in: SignedIn, time):
    browser = signed_in(walks.account_at(world, "verified"))
    fills_in(browser)
    presses(browser, DETAILS + "submit/")
    time.passes(hours=24)
    assert "No fee was paid for it, and nothing is owed." in shown(browser)
    assert browser.get(DETAILS).context["stage"] == "apply"
    assert presses(browser, DETAILS + "open/") == DETAILS + "agreement/"


def left_behind(account: Account) -> dict[str, list[Any]]:
    """Return what a decided application leaves, but for who decided and its own number."""
    events = AuditEvent.objects.filter(account_id=account.pk).order_by("pk")
    return {
        "audit": list(events.values_list("subject_type", "name", "source", "target")),
        "notices": list(Notice.objects.filter(account=account).order_by("pk").values_list("kind", flat=True)),
        "letter": [Letter.objects.filter(to=account.email).latest("pk").subject],
        "verdicts": [
            (verdict.kind, [reason["text"] for reason in verdict.reasons])
            for verdict in Verdict.objects.filter(review__account_id=account.pk)
        ],
        "state": [Account.objects.get(pk=account.pk).state],
    }


@pytest.mark.requirement("SIM-5")
@pytest.mark.parametrize("value", reviews.MAGIC)
def test_a_magic_value_decides_as_a_reviewer_would_but_for_who(
    value: str, world: World, signed_in: SignedIn, time
):
    """The same outcome by hand and by documented magic value leaves the same audit but for the actor."""
    by_magic = walks.account_at(world, "verified")
    browser = signed_in(by_magic)
    fills_in(browser, contact_email=f"{value}@magic.example")
    presses(browser, DETAILS + "submit/")
    pays(browser)
    time.passes(seconds=0)

    by_hand = walks.account_at(world, "verified", name="Other Kiln Co., Ltd.")
    browser = signed_in(by_hand)
    fills_in(browser)
    presses(browser, DETAILS + "submit/")
    pays(browser)
    magic = reviews.MAGIC[value]
    decides(world, magic.verdict, *[Reason(str(magic.reason))] if magic.reason else [])

    assert left_behind(by_magic) == left_behind(by_hand)
    sources = Verdict.objects.order_by("pk").values_list("source", "by_name")
    assert [source for source, _name in sources] == ["magic", "human"]
    assert len({name for _source, name in sources}) == 2
