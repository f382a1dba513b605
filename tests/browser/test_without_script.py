"""The portal where no script runs: all of it works but the waiting of a scan, which is asked again."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import story
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FORM = "Information registration"


def instead_of_a_script(visitor: Visitor, text: str) -> Locator:
    """Return what is there for want of a script; Playwright's roles never look into a `noscript`."""
    return visitor.page.locator("noscript").locator("a, button").filter(has_text=text)


@pytest.mark.requirement("REG-3", "REG-4", "REG-6", "REG-8", "REG-9", "VER-1")
def test_without_javascript_an_enterprise_comes_as_far_as_the_wire_transfer(opens):
    """Samples that need a script say so; *Show fields* and *Check again* stand in for the rest."""
    visitor = opens(java_script_enabled=False)
    story.choose_mini_program(visitor)
    expect(visitor.page.locator("noscript p")).to_have_text("This needs JavaScript in the browser.")
    visitor.field("E-mail").fill("ops@lanternbay.example")
    visitor.field("Password").fill(story.PASSWORD)
    visitor.field("Confirm password").fill(story.PASSWORD)
    told = visitor.page.get_by_text(re.compile("The picture says")).inner_text()
    visitor.field("Captcha").fill(told.split()[-1])
    visitor.field("I agree to the Service Agreement and the Mini Program Terms.").check()
    visitor.presses("Register", to="Activate your e-mail")
    story.open_letter(visitor)

    visitor.page.get_by_role("radio", name=re.compile("^Individuals")).check()
    visitor.clicks(instead_of_a_script(visitor, "Show fields"), to=FORM)
    expect(visitor.field("Company name")).to_have_count(0)
    visitor.page.get_by_role("radio", name=re.compile(r"^Enterprises (?!\()")).check()
    visitor.clicks(instead_of_a_script(visitor, "Show fields"), to=FORM)
    expect(visitor.field("Company name")).to_be_visible()

    visitor.presses("Enterprise", to=FORM)
    story.prove_number(visitor)
    path = story.show_code(visitor)
    visitor.clicks(instead_of_a_script(visitor, "Check again"), to=FORM)
    visitor.sees("Waiting for the scan")
    story.answer(visitor, path, story.LIN_YUE)
    visitor.clicks(instead_of_a_script(visitor, "Check again"), to=FORM)
    story.sees_confirmed(visitor, story.LIN_YUE)
    visitor.presses("Check and continue", to="Confirm the entity")
    visitor.presses("Confirm", to="The information is submitted")
    visitor.follows("See the transfer details", to="Pay from the corporate account")
    expect(visitor.part("Transfer details")).to_contain_text("to the fen, neither more nor less")
