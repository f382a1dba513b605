"""The portal without a mouse: every step by Tab, Space, Enter and Escape."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import story
from tests.browser.visitor import Name, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST = 60  # presses of Tab until something that can be reached is reached
# A choice shows its focus around its whole card.
FOCUS_SHOWS = """target => [target, target.closest("label")].some(
  (shown) => shown && getComputedStyle(shown).outlineStyle === "solid")"""


def tab_to(visitor: Visitor, target: Locator) -> None:
    """Press Tab until `target` has the focus, and see that the focus shows."""
    for _press in range(MOST):
        visitor.page.keyboard.press("Tab")
        if target.evaluate("target => target === document.activeElement"):
            assert target.evaluate(FOCUS_SHOWS), target
            return
    raise AssertionError(f"not reached by Tab: {target}")


def types(visitor: Visitor, label: str, text: str) -> None:
    tab_to(visitor, visitor.field(label))
    visitor.page.keyboard.type(text)


def enters(visitor: Visitor, target: Locator, *, to: str) -> None:
    """Reach a link or button by Tab and press Enter."""
    tab_to(visitor, target)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.arrives(to)


@pytest.mark.requirement("REG-1", "REG-2", "REG-3")
def test_one_registers_by_keyboard_alone(visitor):
    """The skip link comes first and leads past the bar; the form is filled and sent without a mouse."""
    visitor.goes_to("/", to=story.HOME)
    visitor.page.keyboard.press("Tab")
    expect(visitor.link("Skip to content")).to_be_focused()
    expect(visitor.link("Skip to content")).to_be_in_viewport()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("main")).to_be_focused()
    enters(
        visitor,
        visitor.page.get_by_role("main").get_by_role("link", name="Register Now").first,
        to="Register an account",
    )
    tab_to(visitor, visitor.page.get_by_role("radio", name=re.compile("^Mini Program")))
    visitor.page.keyboard.press("Space")
    enters(visitor, visitor.button("Register this type"), to="Account information")

    types(visitor, "E-mail", "ops@lanternbay.example")
    types(visitor, "Password", story.PASSWORD)
    types(visitor, "Confirm password", story.PASSWORD)
    tab_to(visitor, visitor.button("Fill in"))
    visitor.page.keyboard.press("Enter")
    tab_to(visitor, visitor.field("I agree to the Service Agreement and the Mini Program Terms."))
    visitor.page.keyboard.press("Space")
    enters(visitor, visitor.button("Register"), to="Activate your e-mail")


@pytest.mark.requirement("SIM-1")
def test_a_dialog_is_opened_left_and_answered_by_keyboard(visitor):
    """Escape closes it and the focus returns to its opener; its buttons are reached by Tab."""
    story.make_world(visitor, "Class 07")
    opener = visitor.button("Reset this world").first
    dialog = visitor.page.get_by_role("dialog", name="Reset this world")
    tab_to(visitor, opener)
    visitor.page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    visitor.page.keyboard.press("Enter")
    enters(visitor, dialog.get_by_role("button", name="Reset this world"), to="Worlds")
    visitor.sees(Name("This world begins again. Its clock stands at 9 Mar 2019, 10:00."))
