"""Information perfection in a real browser: a company's way to a Mini Game, and a name at the desk."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from tests.browser import console_story, story
from tests.browser.conftest import NARROW, WIDE
from tests.browser.console_story import INFORMATION
from tests.browser.visitor import Name, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME_PAGE = "Mini Program name"
KITE = Name("Paper Kite Harbour")
LIBRARY = Name("Moonquill Library")


def landscape() -> FilePayload:
    """Return a picture wider than high, of which a square is to be taken."""
    drawn = Image.new("RGB", (640, 400), "#33658a")
    drawn.paste("#f4c95d", (200, 80, 440, 320))
    saved = io.BytesIO()
    drawn.save(saved, "PNG")
    return {"name": "kite.png", "mimeType": "image/png", "buffer": saved.getvalue()}


def path_step(visitor: Visitor, title: str) -> Locator:
    """Return a step of the release path at home."""
    path = visitor.page.get_by_role("list", name=visitor.say("Release path"))
    return path.get_by_role("listitem").filter(
        has=visitor.page.get_by_role("heading", name=visitor.say(title))
    )


def fills_in(visitor: Visitor, part: str, *, to: str) -> None:
    """Open the form of a part of the information from its card."""
    visitor.follows("Fill in", to=to, within=visitor.part(part))


@pytest.mark.requirement("INF-1", "INF-2", "INF-3", "INF-4", "SIM-4")
@pytest.mark.parametrize(
    ("screen", "language"),
    [(WIDE, "en"), (WIDE, "zh-hans"), (NARROW, "en")],
    ids=["wide", "chinese", "narrow"],
)
def test_a_company_fills_in_what_makes_it_a_mini_game(opens, screen, language):
    """Name by Check and scan, photo by the crop, introduction, category: the release path moves on."""
    visitor = opens(**screen)
    account = console_story.begin(visitor, language=language)
    company = Name(account.entity)
    information = path_step(visitor, "Information")
    expect(information).to_have_attribute("aria-current", "step")
    visitor.clicks(information.get_by_role("link"), to=INFORMATION)
    visitor.sees("What is still missing")

    fills_in(visitor, "Name", to=NAME_PAGE)
    visitor.field("Name").fill("We Chat Harbour")
    visitor.presses("Check", to=NAME_PAGE)
    visitor.sees("Not accepted: a name does not hold %(word)s. Leave it out.", word="wechat")
    assert visitor.field("Name").input_value() == "We Chat Harbour"
    visitor.presses("A free name")
    visitor.presses("Check", to=NAME_PAGE)
    visitor.sees("%(name)s is free.", name=KITE)
    visitor.presses("Show the code", to=NAME_PAGE)
    console_story.confirm(visitor, "Names so far", to=NAME_PAGE)
    visitor.sees(Name(f"{KITE}"), within=visitor.part("Names so far"))

    visitor.follows(INFORMATION, to=INFORMATION, within=visitor.page.locator(".page-head"))
    fills_in(visitor, "Photo", to="Photo")
    visitor.page.set_input_files("#id_picture", landscape())
    picture = visitor.page.get_by_role("application", name=visitor.say("Square"))
    expect(picture).to_be_visible()
    picture.focus()
    visitor.page.keyboard.press("-")
    visitor.presses("Use this photo", to=INFORMATION)
    for shown in visitor.part("Photo").locator("img").all():
        expect(shown).to_have_js_property("complete", value=True)
        assert shown.evaluate("picture => picture.naturalWidth") > 0

    fills_in(visitor, "Introduction", to="Introduction")
    visitor.presses("Too short")
    visitor.presses("Save", to="Introduction")
    visitor.presses("Valid, in Chinese")
    visitor.presses("Save", to=INFORMATION)
    visitor.sees("The introduction is saved.")

    fills_in(visitor, "Service categories", to="Add a category")
    visitor.field("First level").select_option("game")
    opened = visitor.part("Game makes this a Mini Game")
    expect(opened.get_by_role("listitem")).not_to_have_count(0)
    visitor.field("Second level").select_option("casual")
    visitor.presses("Add it", to="Service categories")
    visitor.sees("Mini Game")

    visitor.goes_to("/console/", to=KITE)
    expect(path_step(visitor, "Information").locator(".node i")).to_have_count(1)
    expect(path_step(visitor, "Development")).to_have_attribute("aria-current", "step")
    visitor.follows("Add a developer", to="User Identity")
    visitor.goes_to("/console/settings/", to="Basic Settings")
    visitor.sees(company)


@pytest.mark.requirement("INF-2", "INF-4", "SIM-7", "SIM-9")
def test_a_protected_name_is_proved_at_the_desk_and_told_by_notice_and_letter(visitor):
    """A trademark in the name wants a proof; the reviewer looks at it, approves, and both sides read it."""
    account = console_story.begin(visitor)
    visitor.goes_to("/console/information/name/", to=NAME_PAGE)
    visitor.presses("With a protected word")
    visitor.presses("Check", to=NAME_PAGE)
    visitor.sees(Name(f"{LIBRARY} is free, with a proof: moonquill is protected. A reviewer looks at it."))
    visitor.presses("Use the specimen", to=NAME_PAGE)
    proof = visitor.page.locator(".shot img")
    expect(proof).to_have_js_property("naturalWidth", 700)
    visitor.presses("Show the code", to=NAME_PAGE)
    console_story.confirm(visitor, "A reviewer has it", to=NAME_PAGE)

    desk = visitor.opens_tab()
    desk.goes_to("/console/information/name/", to=NAME_PAGE)
    desk.presses("Desk", to="Reviews", within=desk.part("Outside world"))
    desk.presses("Claim %(title)s", to=re.compile(LIBRARY), title=LIBRARY)
    desk.sees(Name("moonquill"))
    expect(desk.button("Approve")).to_be_disabled()
    for point in desk.page.get_by_role("radio", name=desk.say("Pass"), exact=True).all():
        point.check()
    desk.presses("Approve", to="Reviews")

    visitor.goes_to("/console/", to=LIBRARY)
    told = visitor.part("Notices").get_by_text(LIBRARY).first
    expect(told).to_be_visible()
    story.open_outside(visitor, "Mailbox")
    visitor.clicks(
        story.letter(visitor, Name(f"The Mini Program is called {LIBRARY} now")).first, to="Mailbox"
    )
    visitor.sees(Name(f"The name of the Mini Program {account.appid} was changed"))
