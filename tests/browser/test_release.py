"""A version's way to its players in a real browser: uploaded, reviewed, released, rolled back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Account
from portal.outside.models import Person
from portal.simulator import walks
from releases import cohorts
from tests.browser import console_story, story
from tests.browser.conftest import NARROW, WIDE
from tests.browser.visitor import Name, Visitor
from tests.releases.players import DASH, NIGHT, anew, people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS: dict[str, dict[str, Any]] = {"wide": WIDE, "narrow": NARROW}
DEVELOPMENT = "Development Management"
PAGE = "/console/development/"
RELEASE = "/console/development/release/"
SANDBOX = "A sandbox account is required: the game cannot be tried without logging in."
DOCUMENTS = "Qualification documents"


def uploads(visitor: Visitor, sample: str, number: str) -> None:
    """Upload a sample package in the console under this number."""
    visitor.goes_to("/console/development/upload/", to="Upload a version")
    visitor.field("Version number").fill(number)
    button = visitor.page.locator(f"button[name=sample][value={sample}]")
    visitor.clicks(button, to="Version %(number)s", number=number)


def begins(visitor: Visitor, button: str) -> None:
    """Begin the submission on Development Management, and accept the rules."""
    visitor.goes_to(PAGE, to=DEVELOPMENT)
    visitor.follows(button, to="Review rules")
    visitor.page.get_by_role("checkbox").check()
    visitor.presses("Accept and continue", to="Feature pages and notes")


def fills_in(visitor: Visitor) -> None:
    """Fill the details and each document with its sample."""
    visitor.presses("Valid details")
    visitor.presses("Check and continue", to=DOCUMENTS)
    slots = visitor.page.locator("section.slot").count()
    for nth in range(slots):
        slot = visitor.page.locator("section.slot").nth(nth)
        visitor.presses("Specimen with its fields", to=DOCUMENTS, within=slot)


def submits(visitor: Visitor) -> None:
    """Press the button of the last step; a reviewer has it then."""
    visitor.presses("Submit for Verification", to=console_story.ANYTHING)
    visitor.sees("A reviewer has it")


def at_the_desk(visitor: Visitor) -> Visitor:
    """Return a tab with the version's review open before the reviewer."""
    desk = visitor.opens_tab()
    desk.goes_to(PAGE, to=DEVELOPMENT)
    desk.presses("Open it at the desk", to=console_story.ANYTHING)
    return desk


def approves(visitor: Visitor) -> None:
    """Pass every point of the checklist at the desk, and approve."""
    for point in visitor.page.get_by_role("radio", name=visitor.say("Pass"), exact=True).all():
        point.check()
    visitor.presses("Approve", to="Reviews")


def released_by_scan(visitor: Visitor, number: str) -> None:
    """Press Release, and confirm it on the administrator's phone."""
    visitor.presses("Release", to="Release")
    owner = story.LIN_YUE
    seen = "Version %(number)s is released, confirmed on the phone of %(name)s."
    console_story.confirm(visitor, Name(seen % {"number": number, "name": owner}), to="Release")


def plays(visitor: Visitor, player: Person, account: Account) -> str:
    """Open the game on the player's phone; return which of the two packages runs there."""
    phone = visitor.opens_tab()
    phone.goes_to(f"/phone/{player.pk}/games/", to="Phone")
    phone.clicks(phone.page.get_by_role("link", name=account.name), to="Phone")
    expect(phone.page.frame_locator("iframe").locator("#splash")).to_have_count(0)
    is_night = phone.page.frames[-1].evaluate("typeof festivalFireworks === 'function'")
    phone.page.close()
    return NIGHT if is_night else DASH


@pytest.mark.requirement("REL-1", "REL-2", "REL-4", "REL-5", "REL-6", "REL-7", "REL-8", "REL-10")
@pytest.mark.parametrize("screen", SCREENS, ids=SCREENS)
def test_a_first_version_is_rejected_for_a_sandbox_account_then_approved_released_and_played(opens, screen):
    """The reviewer sees the account that was asked for; an internal test holds the release back."""
    visitor = opens(**SCREENS[screen])
    account = walks.perfect(console_story.begin(visitor))
    uploads(visitor, DASH, "1.0.0")
    begins(visitor, "Submit for Verification")
    fills_in(visitor)
    visitor.presses("Check and continue", to="Check and submit")
    submits(visitor)

    desk = at_the_desk(visitor)
    expect(desk.button("Approve")).to_be_disabled()
    desk.page.get_by_role("checkbox", name=desk.say(SANDBOX)).check()
    desk.presses("Reject", to="Reviews")
    desk.page.close()

    visitor.goes_to(PAGE, to=DEVELOPMENT)
    visitor.sees(SANDBOX)
    begins(visitor, "Submit again")
    visitor.presses("Check and continue", to=DOCUMENTS)
    visitor.presses("Check and continue", to="Sandbox account")
    visitor.presses("Valid account")
    visitor.presses("Check and continue", to="Check and submit")
    submits(visitor)

    desk = at_the_desk(visitor)
    desk.page.get_by_text(desk.say("Show"), exact=True).first.click()
    desk.sees(Name("lantern-tester"))
    approves(desk)
    desk.page.close()

    visitor.goes_to(RELEASE, to="Release")
    visitor.presses("Begin an internal test of this game", to="Release")
    visitor.sees("The platform is running an internal test. It has no end yet: the platform ends it.")
    expect(visitor.button("Release").first).to_have_attribute("aria-disabled", "true")
    visitor.goes_to(PAGE, to=DEVELOPMENT)
    visitor.sees("Not clickable: the platform is running an internal test.")
    visitor.goes_to(RELEASE, to="Release")
    visitor.presses("End the internal test", to="Release")
    released_by_scan(visitor, "1.0.0")

    player = Person.objects.get(world=account.world, wechat_id="wutong")
    assert plays(visitor, player, account) == DASH


@pytest.mark.requirement("REL-8", "REL-9", "REL-10")
@pytest.mark.parametrize("screen", SCREENS, ids=SCREENS)
def test_a_second_version_reaches_some_then_everybody_and_is_rolled_back(opens, screen):
    """At 5 percent one player has it and another has not; then all have it; then all have the first again."""
    visitor = opens(**SCREENS[screen])
    account = walks.perfect(console_story.begin(visitor))
    walks.publish(account, "1.0.0")
    submission = walks.submit(walks.upload(account, "1.1.0", sample=NIGHT))
    walks.decide_code(submission, "approve")
    visitor.goes_to(RELEASE, to="Release")
    visitor.page.get_by_role("radio", name=visitor.say("A share first, in a phased release")).check()
    visitor.field("Share in percent").fill("5")
    released_by_scan(visitor, "1.1.0")
    visitor.sees("%(percent)s percent of the players", percent=5)

    crowd = people(account.world, 200)
    draws = dict(zip(crowd, cohorts.draws(anew(account), [one.pk for one in crowd]), strict=True))
    inside = next(one for one, draw in draws.items() if draw.is_in)
    outside = next(one for one, draw in draws.items() if not draw.is_in)
    assert [plays(visitor, inside, account), plays(visitor, outside, account)] == [NIGHT, DASH]

    visitor.field("New share in percent").fill("50")
    visitor.presses("Let it grow", to="Release")
    visitor.sees("Version %(number)s reaches %(percent)d percent of the players.", number="1.1.0", percent=50)
    visitor.field("New share in percent").fill("100")
    visitor.presses("Let it grow", to="Release")
    visitor.sees("Version %(number)s reaches all players.", number="1.1.0")
    assert plays(visitor, outside, account) == NIGHT

    visitor.follows("Roll back", to="Roll back")
    visitor.presses("Roll back", to="Release")
    visitor.sees("Version %(number)s is online again.", number="1.0.0")
    assert [plays(visitor, inside, account), plays(visitor, outside, account)] == [DASH, DASH]
