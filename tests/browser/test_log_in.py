"""Log-in in a real browser: a guest let in and sent out again, and a password forgotten."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import console_story, story
from tests.browser.conftest import NARROW, WIDE
from tests.browser.console_story import (
    ANYTHING,
    DEVELOPMENT,
    INFORMATION,
    LOG_IN,
    MEI_RAN,
    MEMBERS,
    SCAN_TO_LOG_IN,
    SECURITY,
)
from tests.browser.visitor import Name

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LETTER = "Choose a new password for the Minigame Console"
NEW_PASSWORD = "lantern-2020"  # an invented account's


@pytest.mark.requirement("DEV-3", "SIM-4")
def test_a_stranger_is_let_in_as_a_guest_and_sent_out_on_the_security_page(opens):
    """Who scans and may not log in waits for the administrator, then sees and may do nothing."""
    administrator, guest = opens(), opens(**NARROW)
    account = console_story.begin(administrator)
    console_story.comes_in(guest, account)
    story.answer(guest, console_story.log_in(guest, account), MEI_RAN)
    guest.sees("%(name)s has scanned, and may not log in to this account.", name=MEI_RAN)
    guest.arrives(SCAN_TO_LOG_IN)

    phone = console_story.reads_phone(administrator, story.LIN_YUE)
    asked = phone.say("Somebody else wants to log in to the Minigame Console")
    phone.clicks(phone.page.get_by_role("link", name=asked), to="Phone")
    phone.sees(Name(f"{MEI_RAN} (meiran)"))
    phone.presses("Confirm", to="Phone")
    guest.sees("Release path")
    guest.arrives(ANYTHING)

    for page, heading in {
        "/console/members/": MEMBERS,
        "/console/information/": INFORMATION,
        "/console/development-settings/": DEVELOPMENT,
        "/console/log/": "Operation log",
        "/console/security/": SECURITY,
    }.items():
        guest.goes_to(page, to=heading)
        main = guest.page.get_by_role("main")
        expect(main.locator(".btn-primary")).to_have_count(0)
        expect(main.get_by_text(re.compile("You are: Guest")).first).to_be_visible()

    administrator.goes_to("/console/security/", to=SECURITY)
    administrator.clicks(administrator.button("End").filter(has_text=MEI_RAN), to=SECURITY)
    administrator.sees("The session of %(name)s was ended.", name=MEI_RAN)
    guest.page.reload()
    guest.arrives(LOG_IN)
    guest.sees(Name("You are signed out. Lin Yue ended the session on the security page."))


@pytest.mark.requirement("DEV-3", "SIM-4")
@pytest.mark.parametrize(
    ("screen", "language"),
    [(WIDE, "en"), (NARROW, "en"), (WIDE, "zh-hans")],
    ids=["wide", "narrow", "chinese"],
)
def test_a_forgotten_password_comes_back_by_letter_and_scan(opens, screen, language):
    """The letter proves the e-mail, the scan the administrator; then the new password alone lets in."""
    visitor = opens(**screen)
    account = console_story.begin(visitor, language=language)
    story.log_out(visitor)
    visitor.follows("Password forgotten", to="Password forgotten")
    visitor.field("E-mail or original ID").fill(account.email)
    visitor.presses("Send the letter", to="Look into the mailbox")
    visitor.follows("Go to mailbox", to="Mailbox")
    visitor.clicks(story.letter(visitor, LETTER).first, to="Mailbox")
    visitor.follows("Open the link", to="The administrator permits it first")
    visitor.presses("Show the code", to="The administrator permits it first")
    console_story.confirm(visitor, "Every session of the account ends.", to="Choose a new password")

    visitor.field("New password").fill(NEW_PASSWORD)
    visitor.field("Confirm password").fill("lantern-2021")
    visitor.presses("Change the password", to="Choose a new password")
    visitor.sees("The two entries differ. Type the same password twice.")
    visitor.field("Confirm password").fill(NEW_PASSWORD)
    visitor.presses("Change the password", to=LOG_IN)
    story.log_in(visitor, account.email, to=LOG_IN)
    visitor.sees("Not logged in: no account of this world has this e-mail and this password. Check both.")
    story.answer(visitor, console_story.log_in(visitor, account, password=NEW_PASSWORD), story.LIN_YUE)
    visitor.sees("Release path")
    visitor.arrives(Name(account.entity))
