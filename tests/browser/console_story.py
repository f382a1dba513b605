"""What stories of the console share: an account to begin with, people at further browsers, scans."""

from __future__ import annotations

import re

from accounts.models import Account
from tests.browser import story
from tests.browser.visitor import Heading, Name, Visitor

ANYTHING = re.compile(".")
CHEN_XI = Name("Chen Xi")
MEI_RAN = Name("Mei Ran")

INFORMATION = "Mini Program information"
MEMBERS = "User Identity"
DEVELOPMENT = "Development Settings"
SECURITY = "Security centre"
LOG_IN = "Log in to the console"
SCAN_TO_LOG_IN = "Scan to log in"


def begin(visitor: Visitor, prepared: str = "Verified yesterday", *, language: str = "en") -> Account:
    """Enter a prepared world from the home page, and arrive at its account, whose administrator one is."""
    visitor.goes_to("/", to=story.HOME)
    if language != "en":
        visitor.reads_in(language, button="简体中文", to=story.HOME)
    visitor.presses(prepared, to=ANYTHING)
    return Account.objects.select_related("world", "entity").get()


def comes_in(visitor: Visitor, account: Account) -> None:
    """Open the link of the account's world, as somebody to whom it was sent."""
    visitor.goes_to(f"/w/{account.world.token}/", to=story.HOME)


def log_in(visitor: Visitor, account: Account, *, password: str = story.PASSWORD) -> str:
    """Type e-mail and password at the home page; return the path of the code that is shown then."""
    visitor.field("E-mail or original ID").fill(account.email)
    visitor.field("Password").fill(password)
    visitor.presses("Log in", to=SCAN_TO_LOG_IN)
    return story.code_shown(visitor)


def confirm(visitor: Visitor, seen: str, *, to: Heading, owner: str = story.LIN_YUE) -> None:
    """Confirm on its owner's phone what the page asks; the page goes on by itself, until `seen` is seen."""
    asked = visitor.link("Open %(name)s's phone", name=owner).get_attribute("href") or ""
    phone = visitor.opens_tab()
    phone.goes_to(asked, to="Phone")
    phone.presses("Confirm", to="Phone")
    phone.sees("Confirmed")
    phone.page.close()
    visitor.sees(seen)
    visitor.arrives(to)


def reads_phone(visitor: Visitor, owner: str) -> Visitor:
    """Return a tab with somebody's phone in it."""
    phone = visitor.opens_tab()
    phone.goes_to("/phone/", to="Phone")
    phone.clicks(phone.page.locator(".people").get_by_role("link", name=owner), to="Phone")
    return phone
