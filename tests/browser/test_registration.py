"""Registration in a real browser: an enterprise, an individual, a wrong phone."""

import pytest
from playwright.sync_api import expect

from tests.browser import story
from tests.browser.conftest import NARROW, WIDE
from tests.browser.visitor import Name

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.requirement(
    "REG-1", "REG-2", "REG-3", "REG-4", "REG-5", "REG-6", "REG-7", "REG-8", "REG-9", "REG-10",
    "VER-1", "VER-3", "SIM-4",
)  # fmt: skip
@pytest.mark.parametrize(
    ("screen", "language"),
    [(WIDE, "en"), (WIDE, "zh-hans"), (NARROW, "en")],
    ids=["wide", "chinese", "narrow"],
)
def test_an_enterprise_registers_pays_at_the_bank_and_is_verified(opens, screen, language):
    """Home page, letter, entity, SMS, scan, wire transfer by hand: verified, and logged in again."""
    visitor = opens(**screen)
    visitor.goes_to("/", to=story.HOME)
    if language != "en":
        visitor.reads_in(language, button="简体中文", to=story.HOME)
    email = story.await_transfer(visitor)

    details = "".join(visitor.part("Transfer details").inner_text().split())
    visitor.follows("Open the bank", to="Bank")
    company = Name(visitor.field("From").locator("option:checked").inner_text().rsplit(", ", 2)[0])
    assert company.replace(" ", "") in details
    for label in ("To account", "Amount, yuan", "Remark"):
        assert visitor.field(label).input_value() in details
    visitor.presses("Transfer", to="Bank")
    visitor.sees("Amount, payer and time match what the payee asked for.")

    visitor.follows("See what the console says", to="The entity is verified")
    visitor.follows("Go to the console", to=company)
    visitor.sees("Verified")
    story.log_out(visitor)
    story.log_in_by_scan(visitor, email, to=company)


@pytest.mark.requirement("REG-5", "REG-7", "REG-8", "REG-10", "SIM-9")
def test_an_individual_is_verified_by_the_scan_of_the_right_phone(visitor):
    """A scan with somebody else's WeChat is refused with its rule; the person's own verifies at once."""
    mei_ran = Name("Mei Ran")
    story.register(visitor)
    visitor.follows("Go to mailbox", to="Mailbox")
    visitor.clicks(story.letter(visitor, story.ACTIVATION), to="Mailbox")
    visitor.follows(Name("HTML"), to="Mailbox")
    link = visitor.page.frame_locator("iframe").get_by_role("link").first
    visitor.clicks(link, to="Information registration")
    visitor.presses("Individual", to="Information registration")
    story.prove_number(visitor, mei_ran)
    mismatch = visitor.say(
        "The real name of the scanning WeChat account is not %(name)s. Scan with the "
        "administrator's own WeChat, or correct the name.",
        name=mei_ran,
    )
    story.answer(visitor, story.show_code(visitor), story.LIN_YUE, outcome=Name(mismatch))
    visitor.sees("Refused on the phone: nothing was changed")
    visitor.sees(Name(mismatch))

    story.answer(visitor, story.show_code(visitor, button="Show a new code"), mei_ran)
    story.sees_confirmed(visitor, mei_ran)
    visitor.presses("Check and continue", to="Confirm the entity")
    visitor.presses("Confirm", to="The information is submitted")
    visitor.sees("Individuals need no further verification.")
    visitor.follows("Go to the console", to=mei_ran)
    visitor.sees("Verified")
    expect(visitor.part("Console").get_by_role("link", name="Wire transfer")).to_have_count(0)
