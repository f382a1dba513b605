"""The portal where no script runs: all of it works but the waiting of a scan, which is asked again."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import console_story, story
from tests.browser.conftest import NARROW
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


@pytest.mark.requirement("INF-1", "INF-2", "INF-3", "DEV-1", "DEV-2", "SIM-4")
def test_without_javascript_a_game_is_filled_in_a_developer_bound_and_a_secret_shown(opens):
    """Each page that waits for the phone has a link in place of the waiting; choices have a button."""
    visitor = opens(java_script_enabled=False, **NARROW)
    account = console_story.begin(visitor)
    information = "/console/information/"
    visitor.goes_to(information + "name/", to="Mini Program name")
    visitor.field("Name").fill("Paper Kite Harbour")
    visitor.presses("Check", to="Mini Program name")
    visitor.presses("Show the code", to="Mini Program name")
    confirm_and_check(visitor, "Mini Program name", to="Mini Program name")
    visitor.goes_to(information + "photo/", to="Photo")
    visitor.presses("A paper kite", to=console_story.INFORMATION)
    visitor.goes_to(information + "introduction/", to="Introduction")
    visitor.field("Introduction").fill("Fold a paper kite and let it fly over the harbour.")
    visitor.presses("Save", to=console_story.INFORMATION)
    visitor.follows("Fill in", to="Add a category", within=visitor.part("Service categories"))
    visitor.field("First level").select_option("game")
    visitor.presses("Show its classes", to="Add a category")
    visitor.sees("Game makes this a Mini Game")
    visitor.field("Second level").select_option("casual")
    visitor.presses("Add it", to="Service categories")

    visitor.goes_to("/console/members/add/", to="Add a member")
    visitor.field("WeChat ID").fill("chenxi")
    visitor.page.get_by_role("radio", name=re.compile("^Operator")).check()
    visitor.clicks(instead_of_a_script(visitor, "Show permissions"), to="Add a member")
    assert visitor.field("WeChat ID").input_value() == "chenxi"
    visitor.presses("Add a member", to="Add a project member")
    confirm_and_check(visitor, "Add a project member", to=console_story.MEMBERS)
    visitor.sees(console_story.CHEN_XI)

    secret = "Generate the AppSecret"
    visitor.goes_to("/console/development-settings/secret/", to=secret)
    visitor.presses("Show the code", to=secret)
    confirm_and_check(visitor, secret, to=secret)
    visitor.presses("Show the new AppSecret", to="The new AppSecret")
    visitor.goes_to("/console/", to="Paper Kite Harbour")
    account.refresh_from_db()
    assert account.is_game


def confirm_and_check(visitor: Visitor, page: str, *, to: str) -> None:
    """Look whether the phone has answered, confirm on the phone, and look again."""
    visitor.clicks(instead_of_a_script(visitor, "Check again"), to=page)
    visitor.sees("Waiting for the scan")
    asked = visitor.link("Open %(name)s's phone", name=story.LIN_YUE).get_attribute("href") or ""
    phone = visitor.opens_tab()
    phone.goes_to(asked, to="Phone")
    phone.presses("Confirm", to="Phone")
    phone.page.close()
    visitor.clicks(instead_of_a_script(visitor, "Check again"), to=to)
