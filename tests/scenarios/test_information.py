"""A verified company fills in what its players see, and becomes a Mini Game (INF-1 to INF-4)."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account, Category, Login
from portal.kernel import breaches
from portal.kernel.models import World
from portal.outside.models import Letter
from portal.simulator import walks
from tests.information.chosen import picture, review_of
from tests.kernel.reviewing import address, session

PAGE = "/console/information/"
ADD = "/console/information/categories/add/"
LIST = "/console/information/categories/"


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


def missing(browser: Client) -> list[str]:
    return [str(row["label"]) for row in browser.get(PAGE).context["missing"] if row["state"] != "ok"]


@pytest.mark.requirement("INF-1", "INF-2", "INF-3", "INF-4")
def test_a_company_fills_in_its_information_once_the_wire_is_validated(world: World, signed_in, time):
    """Shut while the transfer is awaited; then photo, introduction and Game, each with its quota."""
    account = walks.account_at(world, "awaiting_transfer")
    browser: Client = signed_in(account)
    assert "It opens when the wire transfer is validated." in text(browser.get(PAGE))
    walks.pay(account)
    assert missing(browser) == ["Name", "Photo", "Introduction", "Service category"]

    taken = browser.post(f"{PAGE}photo/", {"picture": SimpleUploadedFile("kite.gif", picture(kind="GIF"))})
    assert taken.headers["Location"] == PAGE
    refused = browser.post(f"{PAGE}introduction/", {"introduction": "Call 100 1234 5678"})
    assert "looks like a phone number" in text(refused)
    browser.post(f"{PAGE}introduction/", {"introduction": "Fold a paper kite and let it fly."})
    assert missing(browser) == ["Name", "Service category"]

    before = text(browser.get(f"{ADD}?first=game"))
    assert "Once it is in use this cannot be undone." in before
    assert "It needs WeChat authentication, which this account does not have." in before
    browser.post(ADD, {"first": "game", "second": "puzzle", "note": ""})
    page = text(browser.get(PAGE))
    assert missing(browser) == ["Name"]
    assert "Mini Game" in page
    assert "Game: Puzzle In use" in page
    assert "4 of 5 changes left this month" in page
    assert "2 of 3 changes left this month" in page
    assert "The first level is Game for good." in text(browser.get(LIST))

    # The month turns: what was used is free again.
    time.passes(days=23)
    page = text(browser.get(PAGE))
    assert "4 of 5 changes left" not in page
    assert breaches.found() == []


@pytest.mark.requirement("INF-3", "SIM-7")
def test_a_special_class_is_refused_once_and_then_approved_at_the_desk(world: World, signed_in):
    account = walks.account_at(world, "verified")
    browser: Client = signed_in(account)
    typed = {"first": "game", "second": "card_board", "note": "Both pages of the certificate"}
    browser.post(ADD, typed | {"do": "specimen"})
    assert browser.post(ADD, typed | {"do": "add"}).headers["Location"] == LIST
    assert Account.objects.get(pk=account.pk).first_category == ""

    desk = session(Login.objects.get(world=world, is_staff=True))
    review = review_of(Category.objects.get())
    shown = text(desk.get(address("change", review.pk)))
    assert "Game: Card & board" in shown
    assert "Both pages of the certificate" in shown
    proof = Category.objects.get().proofs.get()
    assert desk.get(address("document", review.pk, proof.pk)).headers["Content-Type"] == "image/png"
    assert desk.get(address("document", review.pk, proof.pk + 1)).status_code == 404
    desk.post(address("message", review.pk), {"message": "Which game is it for?"})
    desk.post(address("decide", review.pk), {"verdict": "reject", "canned": ["unreadable"]})
    assert "The proof cannot be read." in text(browser.get(LIST))
    subjects = [letter.subject for letter in Letter.objects.filter(to=account.email).order_by("-id")[:2]]
    assert subjects == [
        "The category Game: Card & board did not pass",
        "A reviewer writes about the category Game: Card & board",
    ]

    browser.post(ADD, typed | {"do": "specimen"})
    browser.post(ADD, typed | {"do": "add"})
    again = review_of(Category.objects.get(state="under_review"))
    passed = {f"check_{code}": "pass" for code in ("holder", "scope", "valid")}
    desk.post(address("decide", again.pk), passed | {"verdict": "approve"})
    assert "Game: Card & board In use since" in text(browser.get(LIST))
    assert Account.objects.get(pk=account.pk).is_game
    assert "Game: Card & board passed and is in use." in text(browser.get("/console/notices/"))
    assert breaches.found() == []
