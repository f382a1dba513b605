"""Secrets and server domains in a real browser: permitted or carried out by the administrator's scan."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import DevelopmentSettings
from tests.browser import console_story
from tests.browser.conftest import NARROW, WIDE
from tests.browser.console_story import DEVELOPMENT
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/console/development-settings/"
SECRET = re.compile(r"^[0-9a-f]{32}$")
VOID = "Permit a new AppSecret. The present one is void at once."
DOMAIN = "https://api.lantern.example"


def makes_secret(visitor: Visitor, *, heading: str, asked: str) -> str:
    """Have a new AppSecret permitted by the scan, and read it on the one page that shows it."""
    visitor.presses("Show the code", to=heading)
    visitor.sees(asked, within=visitor.page.locator(".scan"))
    console_story.confirm(visitor, "Show the new AppSecret", to=heading)
    visitor.presses("Show the new AppSecret", to="The new AppSecret")
    return visitor.page.get_by_text(SECRET).inner_text()


@pytest.mark.requirement("DEV-2", "DEV-4", "SIM-4")
@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_appsecret_is_shown_once_and_the_upload_key_downloaded_once(opens, screen):
    """A secret is on one answer only: neither the way back nor the next page shows it again."""
    visitor = opens(**screen)
    account = console_story.begin(visitor)
    visitor.goes_to(PAGE, to=DEVELOPMENT)
    visitor.follows("Generate", to="Generate the AppSecret", within=visitor.part("Developer ID"))
    first = makes_secret(visitor, heading="Generate the AppSecret", asked="Generate the AppSecret")
    visitor.follows("I have saved it", to=DEVELOPMENT)
    visitor.follows("Reset", to="Reset the AppSecret", within=visitor.part("Developer ID"))
    second = makes_secret(visitor, heading="Reset the AppSecret", asked=VOID)
    assert first != second
    visitor.goes_to(PAGE + "secret/", to="Reset the AppSecret")
    for secret in (first, second):
        expect(visitor.page.get_by_text(secret)).to_have_count(0)
    visitor.sees("The present AppSecret is void as soon as the new one is shown.")

    visitor.goes_to(PAGE, to=DEVELOPMENT)
    visitor.follows("Generate", to="Generate the code upload key", within=visitor.part("Code upload"))
    visitor.presses("Show the code", to="Generate the code upload key")
    console_story.confirm(visitor, "Download the key", to="Generate the code upload key")
    with visitor.page.expect_download() as downloading:
        visitor.presses("Download the key")
    download = downloading.value
    assert download.suggested_filename == f"private.{account.appid}.key"
    key = Path(download.path()).read_text()
    assert key.startswith("-----BEGIN ")
    visitor.goes_to(PAGE + "upload-key/", to="Reset the code upload key")
    expect(visitor.button("Download the key")).to_have_count(0)


@pytest.mark.requirement("DEV-2", "DEV-4", "SIM-4")
@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_server_domains_change_by_the_scan_and_not_before(opens, screen):
    """A domain that is an address is refused at its field; good ones wait for the phone."""
    visitor = opens(**screen)
    console_story.begin(visitor)
    visitor.goes_to(PAGE, to=DEVELOPMENT)
    visitor.follows("Change", to="Server domains", within=visitor.part("Server domains"))
    visitor.presses("IP address")
    visitor.presses("Save by a scan", to="Server domains")
    typed = visitor.page.locator("textarea").first
    expect(typed).to_have_attribute("aria-invalid", "true")
    expect(typed).to_have_value(re.compile("203.0.113.7"))
    visitor.presses("Valid")
    visitor.presses("Save by a scan", to="Change the server domains")
    assert DOMAIN not in str(DevelopmentSettings.objects.values())
    console_story.confirm(visitor, "Go to Development Settings", to="Change the server domains")
    visitor.follows("Go to Development Settings", to=DEVELOPMENT)
    expect(visitor.part("Server domains").get_by_text(DOMAIN, exact=True)).to_be_visible()
