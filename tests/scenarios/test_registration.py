"""From the public home page to the activated e-mail, as a person walks it with nothing but the pages."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode

from accounts.models import Account
from portal.outside.models import DirectoryEntry

REGISTER = "/register/"
FORM = "/register/mini-program/"
ACTIVATION = "/register/activation/"
ENTITY = "/register/entity/"


def html_of(response: Any) -> str:
    """Return the page as a person's browser reads it, on one line."""
    return unescape(" ".join(response.content.decode().split()))


def fill_with_sample(page: str, label: str) -> dict[str, str]:
    """Press a *Fill with a sample* button: return the fields of the form as they stand then."""
    button = re.search(rf'data-fill="([^>]*)">{label}</button>', page)
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert button, label
    assert key
    return {"key": key.group(1), **json.loads(button.group(1))}


def register(visitor: Client, **changes: str) -> str:
    """Fill the form with its valid sample, register, and return the e-mail."""
    typed = fill_with_sample(html_of(visitor.get(FORM)), "Valid") | changes
    page = visitor.post(FORM, typed, follow=True)
    assert page.redirect_chain == [(ACTIVATION, 302)]
    return typed["email"]


def newest_letter(visitor: Client, email: str) -> str:
    """Go to the mailbox and open the newest letter to this e-mail; return the page."""
    mailbox = html_of(visitor.get(f"/mailbox/?{urlencode({'to': email})}"))
    opened = re.search(r'href="(/mailbox/\d+/[^"]*)"', mailbox)
    assert opened
    return html_of(visitor.get(opened.group(1)))


def link_in(letter: str) -> str:
    """Return the path of the activation link in a letter."""
    found = re.search(r'href="https?://[^/"]+(/register/activate/[^"]+)"', letter)
    assert found
    return found.group(1)


def errors(response: Any) -> dict[str, list[str]]:
    return {field: list(sentences) for field, sentences in response.context["form"].errors.items()}


@pytest.mark.requirement("REG-1")
def test_register_now_stands_upper_right_and_one_logs_in_from_the_same_page(visitor):
    home = html_of(visitor.get("/"))
    header, rest = home.split("</header>", 1)

    assert f'href="{REGISTER}">Register Now</a>' in header
    assert 'action="/log-in/"' in rest
    email = register(visitor)
    visitor.post("/log-out/")
    back = visitor.post("/log-in/", {"email": email, "password": "rehearse-2019"}, follow=True)
    assert back.redirect_chain == [(ACTIVATION, 302)]


@pytest.mark.requirement("REG-2")
def test_the_types_are_compared_side_by_side_and_mini_program_is_chosen(visitor):
    chooser = html_of(visitor.get(REGISTER))
    table = html_of(visitor.get("/register/types/"))

    assert "View Type Differences" in chooser
    assert 'href="/register/types/"' in chooser
    for kind in ("Subscription Account", "Service Account", "Mini Program", "WeCom"):
        assert f"<b>{kind}" in chooser
        assert f'<th scope="col">{kind}</th>' in table
    assert "The type cannot be changed after registration." in chooser
    assert visitor.post(REGISTER, {"account_type": "mini_program"}).headers["Location"] == FORM
    assert list(errors(visitor.post(REGISTER, {"account_type": "wecom"}))) == ["account_type"]


@pytest.mark.requirement("REG-3")
def test_an_email_of_any_account_is_refused_until_the_directory_lets_it_go(world, visitor):
    """Official Account Platform, Open Platform, enterprise accounts, personal accounts; and this platform."""
    used = list(DirectoryEntry.objects.filter(world=world).order_by("id"))
    assert len({entry.where for entry in used}) == 4
    for entry in used:
        typed = fill_with_sample(html_of(visitor.get(FORM)), "Valid") | {"email": entry.email}
        refused = visitor.post(FORM, typed)
        assert list(errors(refused)) == ["email"]
        assert entry.get_where_display() in errors(refused)["email"][0]

    registered = register(visitor)
    typed = fill_with_sample(html_of(visitor.get(FORM)), "Valid") | {"email": registered.upper()}
    assert list(errors(visitor.post(FORM, typed))) == ["email"]

    visitor.post(f"/directory/{used[0].pk}/remove/")
    assert register(visitor, email=used[0].email) == used[0].email


@pytest.mark.requirement("REG-3")
@pytest.mark.parametrize("sample", ["Malformed e-mail", "E-mail in use", "Weak password", "Passwords differ"])
def test_a_broken_sample_is_refused_and_mending_it_is_enough(visitor, sample):
    broken = fill_with_sample(html_of(visitor.get(FORM)), sample)

    refused = visitor.post(FORM, broken)
    assert len(errors(refused)) == 1
    assert not Account.objects.exists()

    visitor.post(FORM, fill_with_sample(html_of(refused), "Valid"))
    assert Account.objects.count() == 1


@pytest.mark.requirement("REG-4")
def test_the_letter_arrives_and_its_link_works_once(visitor):
    email = register(visitor)
    letter = newest_letter(visitor, email)

    assert "until 11 Mar 2019, 10:00" in letter
    opened = visitor.get(link_in(letter))
    assert (opened.status_code, opened.headers["Location"]) == (302, ENTITY)
    again = visitor.get(link_in(letter))
    assert again.status_code == 410
    assert "This activation link was already used" in html_of(again)


@pytest.mark.requirement("REG-4")
def test_an_expired_link_says_so_and_offers_a_new_start_with_the_same_email(visitor, time):
    email = register(visitor)
    letter = newest_letter(visitor, email)
    time.passes(hours=48)

    page = visitor.get(link_in(letter))
    assert page.status_code == 410
    assert "This activation link is over" in html_of(page)
    assert f'href="{REGISTER}">Register again</a>' in html_of(page)
    assert register(visitor, email=email) == email
    assert visitor.get(link_in(newest_letter(visitor, email))).headers["Location"] == ENTITY


@pytest.mark.requirement("REG-4")
def test_a_letter_can_be_sent_again_and_to_another_email(visitor):
    email = register(visitor)
    first = link_in(newest_letter(visitor, email))
    visitor.post("/register/activation/resend/")
    second = link_in(newest_letter(visitor, email))
    visitor.post("/register/activation/email/", {"email": "spelt.right@lanternbay.example"})
    third = link_in(newest_letter(visitor, "spelt.right@lanternbay.example"))

    assert [visitor.get(link).status_code for link in (first, second)] == [410, 410]
    assert "A newer activation letter was sent" in html_of(visitor.get(second))
    assert visitor.get(third).headers["Location"] == ENTITY
    assert Account.objects.get().email == "spelt.right@lanternbay.example"


@pytest.mark.requirement("REG-10")
def test_logging_in_returns_an_unfinished_registration_to_its_step(visitor):
    email = register(visitor)
    credentials = {"email": email, "password": "rehearse-2019"}
    link = link_in(newest_letter(visitor, email))
    visitor.post("/log-out/")
    assert visitor.post("/log-in/", credentials).headers["Location"] == ACTIVATION
    visitor.get(link)
    visitor.post("/log-out/")
    assert visitor.post("/log-in/", credentials).headers["Location"] == ENTITY
