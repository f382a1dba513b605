"""WeChat authentication in a real browser: returned once, approved at the desk, and a year later over."""

import io
import re
from collections.abc import Sequence

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.browser import story
from tests.browser.visitor import Name, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AUTHENTICATION = "WeChat authentication"
DETAILS = "/settings/authentication/"
PAY = "/console/gate/open_wechat_pay/"
GUO_AN = Name("Guo An")
SEAL = "The seal on the application letter is missing or unreadable. Seal and upload it again."


def made_picture(text: str) -> bytes:
    """Return a small PNG with `text` written on it."""
    drawn = Image.new("RGB", (480, 320), "white")
    ImageDraw.Draw(drawn).text((24, 24), text, fill="black")
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return file.getvalue()


def file_name(text: str) -> str:
    """Return what the made picture that shows `text` is called."""
    return text.lower().replace(" ", "-") + ".png"


def upload(visitor: Visitor, slot: str, text: str) -> None:
    """Choose a made picture for a slot; the page sends it by itself, and shows what was kept."""
    name = file_name(text)
    visitor.field(slot).set_input_files({"name": name, "mimeType": "image/png", "buffer": made_picture(text)})
    kept = visitor.page.get_by_role("img", name=visitor.say("Picture %(name)s", name=name))
    expect(kept).to_have_js_property("naturalWidth", 480)


def fill_in(visitor: Visitor, slots: Sequence[str]) -> None:
    """Apply, agree, and fill every step: the sample's fields, a picture in each slot, the free choices."""
    visitor.presses("Apply", to="Authentication agreement")
    visitor.page.get_by_role("checkbox").check()
    visitor.presses("Accept and continue", to="Materials")
    visitor.presses("The administrator as contact", to="Materials")
    for slot in slots:
        upload(visitor, slot, slot)
    visitor.presses("Check and continue", to="Confirm the name")
    visitor.page.get_by_role("radio").first.check()
    visitor.presses("Check and continue", to="Invoice")
    visitor.page.get_by_role("radio").first.check()
    visitor.presses("Check and continue", to="Submit")


def stands(visitor: Visitor, state: str) -> None:
    """See this very state beside the heading of the authentication's page."""
    head = visitor.page.locator(".page-head")
    expect(head.get_by_text(visitor.say(state), exact=True)).to_be_visible()


@pytest.mark.requirement("VER-4", "VER-5", "VER-7", "SIM-7")
def test_an_office_is_returned_once_approved_and_a_year_later_lapses(visitor):
    """Free of charge; the reviewer returns it with a reason, then approves; WeChat Pay is open for a year."""
    story.make_world(visitor, "A year")
    story.register(visitor)
    story.open_letter(visitor)
    visitor.presses("Government", to="Information registration")
    story.prove_number(visitor, GUO_AN)
    story.scan(visitor, GUO_AN)
    visitor.presses("Check and continue", to="Confirm the entity")
    visitor.presses("Confirm", to="The information is submitted")
    visitor.follows("Go to WeChat authentication", to=AUTHENTICATION)
    visitor.sees("Free of charge for government")
    slots = ["Unified social credit code certificate", "Application letter"]
    fill_in(visitor, slots)
    visitor.sees("It goes straight to the reviewer, free of charge.")
    visitor.presses("Submit", to=AUTHENTICATION)
    visitor.sees("A reviewer has it")

    desk = visitor.opens_tab()
    desk.goes_to(DETAILS, to=AUTHENTICATION)
    desk.presses("Desk", to="Reviews", within=desk.part("Outside world"))
    office = Name(desk.page.locator("#result_list").get_by_role("link").inner_text())
    review = re.compile(rf"^{re.escape(office)}")
    desk.presses("Claim %(title)s", to=review, title=office)
    desk.sees("Claimed by you")
    for slot in slots:
        picture = desk.page.get_by_role("img", name=f"{slot}: {file_name(slot)}")
        picture.scroll_into_view_if_needed()  # it loads when it comes in sight
        expect(picture).to_have_js_property("naturalWidth", 480)
    expect(desk.button("Approve")).to_be_disabled()
    desk.page.get_by_role("checkbox", name=desk.say(SEAL)).check()
    desk.presses("Return for correction", to="Reviews")
    desk.sees("Nothing waits here. What is submitted in this world appears in this list.")

    visitor.goes_to(DETAILS, to=AUTHENTICATION)
    visitor.sees("To be corrected")
    visitor.sees(SEAL)
    visitor.follows("Correct it", to="Materials")
    visitor.sees("The reviewer: %(reason)s", reason=SEAL)
    upload(visitor, "Application letter", "Sealed")
    for step in ("Confirm the name", "Invoice", "Submit"):
        visitor.presses("Check and continue", to=step)
    visitor.presses("Submit the correction", to=AUTHENTICATION)
    visitor.sees("A reviewer has it")

    desk.goes_to("/admin/kernel/review/", to="Reviews")
    desk.sees("round %(number)s", number=2)
    desk.presses("Claim %(title)s", to=review, title=office)
    desk.sees(SEAL, within=desk.page.locator(".said"))
    desk.sees("new in this round")
    for point in desk.page.get_by_role("radio", name=desk.say("Pass"), exact=True).all():
        expect(desk.button("Approve")).to_be_disabled()
        point.check()
    desk.page.locator(".facts").get_by_role("radio").first.check()
    desk.presses("Approve", to="Reviews")

    visitor.goes_to(DETAILS, to=AUTHENTICATION)
    stands(visitor, "Authenticated")
    visitor.sees(Name("Until 9 Mar 2020, 10:00"))
    visitor.goes_to(PAY, to="Where this stands")  # open: no gate stands there

    story.open_clock(visitor)
    visitor.field("To a moment, in Shanghai").fill("2020-03-09T10:00")
    visitor.presses("Go there", to="Clock and agenda")
    visitor.goes_to(DETAILS, to=AUTHENTICATION)
    stands(visitor, "Lapsed")
    visitor.sees(Name("WeChat authentication ran out on 9 Mar 2020, 10:00."))
    visitor.goes_to(PAY, to="WeChat Pay")
    visitor.sees("WeChat authentication lapsed. It opens again with a new one.")


@pytest.mark.requirement("VER-4", "SIM-4")
def test_an_enterprise_pays_the_fee_on_its_phone_before_the_desk_sees_it(visitor):
    """Nothing waits at the desk until the administrator has paid the 300 yuan; then the page moves on."""
    visitor.goes_to("/", to=story.HOME)
    visitor.presses("Verified yesterday", to=story.A_COMPANY)
    visitor.goes_to(DETAILS, to=AUTHENTICATION)
    fill_in(visitor, ["Business licence", "Application letter"])
    visitor.presses("Submit and pay", to=AUTHENTICATION)
    visitor.sees("Pay %(amount)s", amount="¥300.00")
    expect(visitor.button("Desk").locator(".sim-count")).to_have_count(0)

    path = visitor.link("Pay on %(name)s's phone", name=story.LIN_YUE).get_attribute("href")
    phone = visitor.opens_tab()
    phone.goes_to(path, to="Phone")
    phone.presses("Confirm", to="Phone")
    visitor.sees("A reviewer has it")
    visitor.arrives(AUTHENTICATION)
    expect(visitor.button("Desk").locator(".sim-count")).to_contain_text("1")
