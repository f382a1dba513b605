"""Worlds in a real browser: side by side, prepared, and their clocks."""

import pytest
from playwright.sync_api import expect

from tests.browser import story
from tests.browser.conftest import NARROW
from tests.browser.visitor import Name

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WAITING = "Pay from the corporate account"


@pytest.mark.requirement("SIM-1", "REG-3")
def test_two_worlds_side_by_side_do_not_see_each_other(opens):
    """Nothing of one world shows in another: letters, log-ins, e-mails; its link alone lets one in."""
    one, other = opens(), opens()
    email = story.register(one)
    one.follows("Go to mailbox", to="Mailbox")
    one.clicks(story.letter(one, story.ACTIVATION), to="Mailbox")
    letter = one.page.url.removeprefix(one.address)

    other.goes_to("/mailbox/", to="Mailbox")
    other.sees("No letters yet")
    other.goes_to(letter, to="There is no page at this address", status=404)
    other.goes_to("/worlds/", to="Worlds")
    other.sees("No account yet. Register one, or enter a prepared world.")
    other.goes_to("/log-in/", to="Log in to the console")
    story.log_in(other, email, to="Log in to the console")
    other.sees("Not logged in: no account of this world has this e-mail and this password. Check both.")
    assert story.register(other, email) == email

    one.goes_to("/worlds/", to="Worlds")
    link = one.page.locator("dd", has_text="/w/").locator(".mono").inner_text()
    other.goes_to(link.removeprefix(other.address), to=story.HOME)
    other.goes_to("/worlds/", to="Worlds")
    other.sees(Name(email), within=other.part("Who is in it"))
    other.goes_to(letter, to="Mailbox")


@pytest.mark.requirement("SIM-1", "SIM-2", "SIM-3", "VER-6")
def test_a_prepared_world_is_entered_and_its_clock_moved_from_the_bar(visitor):
    """A day before the deadline: a day later it is over; freeze and run; back in as the verified one."""
    visitor.goes_to("/", to=story.HOME)
    visitor.presses("A day before the deadline", to=WAITING)
    visitor.sees("Reminders on 12, 16 and 18 Mar")
    visitor.presses("+1 h on the world clock", to=WAITING)
    assert story.told(visitor) == "Advanced by 1 hour: nothing was due."

    story.open_clock(visitor)
    visitor.presses("Freeze", to="Clock and agenda")
    visitor.sees("frozen: it moves only when you move it")
    visitor.presses("Run", to="Clock and agenda")
    visitor.sees("running at real speed")

    visitor.presses("+1 d on the world clock", to="Clock and agenda")
    assert story.told(visitor) == "Advanced by 1 day: Registration expires: no wire transfer."
    expect(visitor.button("Next")).to_have_attribute("aria-disabled", "true")


@pytest.mark.requirement("SIM-1", "VER-6")
def test_one_visitor_acts_as_everybody_in_a_world(visitor):
    """*Act as* is one click, and what is not open yet is visible, locked, and says what opens it."""
    visitor.goes_to("/worlds/", to="Worlds")
    visitor.presses("Enter %(name)s", name="Verified yesterday", to=story.A_COMPANY)
    company = Name(visitor.page.get_by_role("heading", level=1).inner_text())
    visitor.sees("The bank returns", within=visitor.page.get_by_role("complementary"))
    locked = visitor.part("Console").get_by_role("link", name="WeChat Pay")
    visitor.clicks(locked, to="WeChat Pay")
    visitor.sees("What opens it")

    newcomer = story.register(visitor)
    visitor.goes_to("/worlds/", to="Worlds")
    cast = visitor.part("Who is in it")
    visitor.sees(Name("you"), within=cast.get_by_role("listitem").filter(has_text=newcomer))
    visitor.clicks(cast.get_by_role("button", name="Act as"), to=company)
    visitor.goes_to("/worlds/", to="Worlds")
    visitor.clicks(cast.get_by_role("button", name=f"Act as {newcomer}"), to="Activate your e-mail")
    assert story.told(visitor) == f"Signed in as {newcomer}."


@pytest.mark.requirement("SIM-4")
def test_at_phone_size_bar_and_menu_open_on_demand(opens):
    """At 390 px the outside world and the console's menu are behind a button each, and nothing is lost."""
    visitor = opens(**NARROW)
    visitor.goes_to("/", to=story.HOME)
    visitor.presses("Verified yesterday", to=story.A_COMPANY)
    for place, heading in {"Clock": "Clock and agenda", "Worlds": "Worlds", "Bank": "Bank"}.items():
        visitor.presses("Outside")
        visitor.follows(place, to=heading, within=visitor.part("Outside world"))
    visitor.goes_to("/console/", to=story.A_COMPANY)
    for place in ("Where this stands", "Notification centre", "Basic Settings"):
        visitor.presses("Menu")
        visitor.follows(place, to=place, within=visitor.part("Console"))
