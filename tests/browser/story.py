"""What most stories share: the way from the home page to an account, clicked as a person clicks it."""

from __future__ import annotations

import io
import re

import segno
from PIL import Image, ImageOps
from playwright.sync_api import Locator, expect

from tests.browser.visitor import Heading, Name, Visitor

HOME = "Rehearse how a mini game account begins."
PASSWORD = "rehearse-2019"
SIX_DIGITS = re.compile(r"^\d{6}$")
A_COMPANY = re.compile(r"Co\., Ltd\.$")
LIN_YUE = Name("Lin Yue")
ACTIVATION = "Activate your e-mail for the Mini Program registration"


def choose_mini_program(visitor: Visitor) -> None:
    """Walk from the home page to the form for e-mail and password (REG-1, REG-2)."""
    visitor.goes_to("/", to=HOME)
    register_now = visitor.link("Register Now").filter(visible=True).first
    visitor.clicks(register_now, to="Register an account")
    visitor.page.get_by_role("radio", name=re.compile(f"^{visitor.say('Mini Program')}")).check()
    visitor.presses("Register this type", to="Account information")


def register(visitor: Visitor, email: str = "") -> str:
    """Fill the form with its sample and register; return the e-mail (REG-3)."""
    choose_mini_program(visitor)
    visitor.presses("Valid")
    visitor.field("Captcha").fill("")
    visitor.presses("Fill in")
    if email:
        visitor.field("E-mail").fill(email)
    email = visitor.field("E-mail").input_value()
    visitor.presses("Register", to="Activate your e-mail")
    return email


def open_letter(visitor: Visitor) -> None:
    """Follow the link in the activation letter (REG-4)."""
    visitor.follows("Go to mailbox", to="Mailbox")
    visitor.clicks(letter(visitor, ACTIVATION).first, to="Mailbox")
    visitor.follows("Open the link", to="Information registration")


def letter(visitor: Visitor, subject: str) -> Locator:
    """Return the letters of this subject in the mailbox's list."""
    return visitor.page.get_by_role("link", name=visitor.say(subject))


def prove_number(visitor: Visitor, owner: str = LIN_YUE) -> None:
    """Get a code, read it on the owner's phone, and type it (REG-8)."""
    visitor.presses("Get code", to="Information registration")
    visitor.sees("%(name)s's phone has the code", name=owner)
    visitor.follows("Read the SMS", to="Phone")
    code = visitor.page.get_by_text(SIX_DIGITS).first.inner_text()
    visitor.goes_back(to="Information registration")
    visitor.field("SMS code").fill(code)


def show_code(visitor: Visitor, *, button: str = "Show the code") -> str:
    """Let the page show a QR code; return the path of its link, which the picture holds."""
    visitor.presses(button, to="Information registration")
    return code_shown(visitor)


def code_shown(visitor: Visitor) -> str:
    """Return the path of the link of the code that the page shows, which the picture holds."""
    path = visitor.link("Somebody else's phone").get_attribute("href") or ""
    picture = visitor.page.get_by_role("img", name=visitor.say("QR code for the phone"))
    assert says(picture.screenshot(), visitor.address + path)
    return path


def says(png: bytes, text: str) -> bool:
    """Return whether a picture shows the QR code of `text`, as a camera sees it."""
    code = segno.make(text, error="m", micro=False).matrix
    dark = ImageOps.invert(Image.open(io.BytesIO(png)).convert("L")).point(lambda light: light > 127 and 255)
    left, top, right, bottom = dark.getbbox() or (0, 0, 0, 0)
    width, height = (right - left) / len(code), (bottom - top) / len(code)
    return all(
        bool(dark.getpixel((int(left + (x + 0.5) * width), int(top + (y + 0.5) * height)))) == bool(square)
        for y, row in enumerate(code)
        for x, square in enumerate(row)
    )


def answer(visitor: Visitor, path: str, owner: str, *, outcome: str = "Confirmed") -> None:
    """Open a code's link on a phone, in another tab, and confirm there (REG-8)."""
    phone = visitor.opens_tab()
    phone.goes_to(path, to="Phone")
    phone.clicks(phone.page.get_by_role("button", name=owner), to="Phone")
    phone.presses("Confirm", to="Phone")
    phone.sees(outcome)
    phone.page.close()


def scan(visitor: Visitor, owner: str = LIN_YUE) -> None:
    """Show the code and confirm it on the phone; the page that waits moves on by itself (REG-8)."""
    answer(visitor, show_code(visitor), owner)
    sees_confirmed(visitor, owner)


def sees_confirmed(visitor: Visitor, owner: str) -> None:
    """Wait until the page with the code says who has confirmed, and waits no more."""
    steps = visitor.page.get_by_role("status").filter(has_text=visitor.say("Code shown"))
    expect(steps).to_contain_text(visitor.say("Scanned by %(who)s", who=owner))
    expect(steps).to_contain_text(visitor.say("Confirmed on the phone"))
    for waiting in ("Waiting for the scan", "Waiting for the answer on the phone"):
        expect(steps).not_to_contain_text(visitor.say(waiting))


def confirm_enterprise(visitor: Visitor) -> None:
    """Fill in the enterprise of the sample and confirm it; what to pay is shown afterwards."""
    visitor.presses("Enterprise", to="Information registration")
    prove_number(visitor)
    scan(visitor)
    visitor.presses("Check and continue", to="Confirm the entity")
    visitor.presses("Confirm", to="The information is submitted")
    visitor.follows("See the transfer details", to="Pay from the corporate account")


def await_transfer(visitor: Visitor) -> str:
    """Walk from the home page to the wire transfer's page; return the e-mail."""
    email = register(visitor)
    open_letter(visitor)
    confirm_enterprise(visitor)
    return email


def make_world(visitor: Visitor, name: str) -> None:
    """Make a world that stands still on Saturday, 9 March 2019, 10:00, and go into it (SIM-1)."""
    visitor.goes_to("/worlds/", to="Worlds")
    form = visitor.part("A new world")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Starts at").fill("2019-03-09T10:00")
    form.get_by_label("Seed").fill("7")
    form.get_by_label("Clock frozen at first").check()
    visitor.presses("Make this world", to="Worlds")
    visitor.sees(Name(f"{name} is made, and you are in it."))


def open_clock(visitor: Visitor) -> None:
    """Open the clock from the simulator's bar."""
    clock = visitor.page.get_by_role("link", name=re.compile("^World clock, (running|frozen):"))
    visitor.clicks(clock, to="Clock and agenda")


def open_outside(visitor: Visitor, text: str) -> None:
    """Open the mailbox, the phone, the bank or the people from the simulator's bar."""
    visitor.follows(text, to=text, within=visitor.part("Outside world"))


def told(visitor: Visitor) -> str:
    """Return what the last action answered."""
    return visitor.page.locator(".toasts").inner_text().strip()


def log_out(visitor: Visitor) -> None:
    """Log out by the menu of the console."""
    visitor.page.get_by_role("banner").get_by_role("button").last.click()
    visitor.presses("Log out", to=HOME)


def log_in(visitor: Visitor, email: str, *, to: str) -> None:
    """Log in on the page that shows the form."""
    visitor.field("E-mail or original ID").fill(email)
    visitor.field("Password").fill(PASSWORD)
    visitor.presses("Log in", to=to)


def log_in_by_scan(visitor: Visitor, email: str, *, to: Heading) -> None:
    """Log in to a confirmed account: the password, then the administrator's phone."""
    log_in(visitor, email, to="Scan to log in")
    visitor.clicks(visitor.page.locator(".backstage-strip .lamp"), to=to)
