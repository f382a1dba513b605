"""Somebody at a browser: clicks what is seen by its name, and minds the manners of each page."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import ConsoleMessage, Locator, Page, Response, expect

SIGNATURE = " - Simulation"
# Bootstrap marks its controls with `data:` images. Ours replace them, but until our sheet has come the
# policy may have turned one away.
HARMLESS = re.compile(r"Loading the image 'data:image/svg\+xml,.*\"img-src 'self'\"", re.DOTALL)
MANNERS = """() => ({
  headings: document.querySelectorAll("h1").length,
  title: document.title,
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""


# What the one h1 of a page says, or a pattern of it.
Heading = str | re.Pattern[str]


class Name(str):
    """A text that is the same in every language: what somebody or something is called."""

    __slots__ = ()


class Visitor:
    """One tab of a browser, in the language its user reads.

    Texts are given in English and looked for as they are translated. Every page must be arrived at
    by its heading, and is then looked at: `left_alone` names those that were not.
    """

    def __init__(self, page: Page, address: str, *, language: str = "en") -> None:
        self.page = page
        self.address = address
        self.language = language
        self.left_alone: set[str] = set()
        self.complaints: list[str] = []
        self.status = 0
        self.tabs: list[Visitor] = []
        page.on("response", self._answered)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    # --- what the browser tells ---------------------------------------------------------------

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            if response.headers.get("content-disposition", "").startswith("attachment"):
                return  # a download: the page stays
            self.status = response.status
            if not 300 <= response.status < 400:
                self.left_alone.add(urlsplit(response.url).path)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not HARMLESS.search(message.text):
            self.complaints.append(f"{message.text} [{message.location['url']}]")

    # --- words --------------------------------------------------------------------------------

    def say(self, text: str, **names: Any) -> str:
        """Return the text as this visitor reads it; LookupError when nobody translated it."""
        if isinstance(text, Name):
            return text
        with translation.override(self.language):
            said = gettext(text)
            # Many texts name the kind of account by a placeholder.
            if said == text and (of_any := text.replace("Mini Program", "%(kind)s")) != text:
                said = gettext(of_any).replace("%(kind)s", gettext("Mini Program"))
        if self.language != "en" and said == text:
            raise LookupError(f"not translated: {text}")
        return said % names if names else said

    # --- finding ------------------------------------------------------------------------------

    def button(self, text: str, *, within: Locator | None = None, **names: Any) -> Locator:
        """Return the button of this name, which may go on after a comma, a colon or with a number."""
        return self._find("button", text, within, names)

    def link(self, text: str, *, within: Locator | None = None, **names: Any) -> Locator:
        """Return the link of this name, which may go on after a comma, a colon or with a number."""
        return self._find("link", text, within, names)

    def field(self, label: str) -> Locator:
        """Return the control with this label."""
        return self.page.get_by_label(self.say(label), exact=True)

    def part(self, text: str) -> Locator:
        """Return the landmark of this name: the bar, a section, a menu."""
        named = [
            self.page.get_by_role(role, name=self.say(text), exact=True) for role in ("region", "navigation")
        ]
        return named[0].or_(named[1])

    def _find(self, role: Any, text: str, within: Locator | None, names: dict[str, Any]) -> Locator:
        name = re.compile(rf"^{re.escape(self.say(text, **names))}(\s?[,:，：].*|\s\d.*)?$")
        return (within or self.page).get_by_role(role, name=name)

    # --- doing --------------------------------------------------------------------------------

    def goes_to(self, path: str, *, to: Heading, status: int = 200, **names: Any) -> None:
        """Type an address, and arrive at the page with the heading `to`."""
        self.page.goto(self.address + path)
        self.arrives(to, status=status, **names)

    def presses(self, text: str, *, to: Heading = "", within: Locator | None = None, **names: Any) -> None:
        """Press a button; with `to`, arrive at another page."""
        self.clicks(self.button(text, within=within, **names), to=to, **names)

    def follows(self, text: str, *, to: Heading, within: Locator | None = None, **names: Any) -> None:
        """Follow a link to another page."""
        self.clicks(self.link(text, within=within, **names), to=to, **names)

    def clicks(self, target: Locator, *, to: Heading = "", status: int = 200, **names: Any) -> None:
        """Click; with `to`, arrive at the page that has this heading."""
        if not to:
            target.click()
            return
        with self.page.expect_navigation():
            target.click()
        self.arrives(to, status=status, **names)

    def goes_back(self, *, to: Heading) -> None:
        """Use the browser's own way back."""
        self.page.go_back()
        self.arrives(to)

    def opens_tab(self) -> Visitor:
        """Return another tab of the same browser."""
        tab = Visitor(self.page.context.new_page(), self.address, language=self.language)
        self.tabs.append(tab)
        return tab

    def reads_in(self, language: str, *, button: str, to: Heading) -> None:
        """Switch the language by its button, and stay on the page with the heading `to`."""
        here = self.page.url
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).filter(visible=True).click()
        self.language = language
        assert self.page.url == here
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        self.arrives(to)

    # --- seeing -------------------------------------------------------------------------------

    def sees(self, text: str, *, within: Locator | None = None, **names: Any) -> None:
        """Wait until this text is seen."""
        place = within or self.page
        expect(place.get_by_text(self.say(text, **names)).filter(visible=True).first).to_be_visible()

    def arrives(self, heading: Heading, *, status: int = 200, **names: Any) -> None:
        """Wait for the page with this heading, and look whether it minds its manners."""
        found = self.page.get_by_role("heading", level=1)
        expect(found).to_have_text(heading if isinstance(heading, re.Pattern) else self.say(heading, **names))
        self._mind_manners(status)

    def _mind_manners(self, status: int) -> None:
        self.page.wait_for_load_state("load")
        where = urlsplit(self.page.url).path
        self.left_alone.discard(where)
        if status >= 400:  # a document that says so on purpose
            self.complaints = [line for line in self.complaints if f"status of {status}" not in line]
        found = self.page.evaluate(MANNERS)
        faults = list(self.complaints)
        if self.status != status:
            faults.append(f"answered {self.status}")
        if found["headings"] != 1:
            faults.append(f"{found['headings']} h1")
        if found["sideways"]:
            faults.append(f"scrolls sideways by {found['sideways']} px")
        if not found["title"].endswith(SIGNATURE):
            faults.append(f"called {found['title']}")
        assert not faults, f"{where}: {'; '.join(faults)}"
