"""The other language: one click away on every page, which stays, and then leaves no English."""

import re
from collections.abc import Mapping

import pytest

from portal.outside import cast
from tests.browser import story
from tests.browser.visitor import Heading, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHINESE = "简体中文"
PUBLIC = {
    "/": story.HOME,
    "/register/": "Register an account",
    "/register/types/": "Account types side by side",
    "/register/agreements/": "Agreements",
    "/register/mini-program/": "Account information",
    "/log-in/": "Log in to the console",
}
OUTSIDE = {
    "/worlds/": "Worlds",
    "/worlds/ready-account/": "A ready account",
    "/worlds/faults/": "Faults",
    "/docs/api/": "Server API",
    "/platforms/": "Third-party platforms",
    "/clock/": "Clock and agenda",
    "/mailbox/": "Mailbox",
    "/phone/": "Phone",
    "/bank/": "Bank",
    "/bank/accounts/": "Bank",
    "/bank/accounts/open/": "Bank",
    "/bank/movements/": "Bank",
    "/people/": "People",
    "/people/add/": "Add a person",
    "/directory/": "E-mails in use elsewhere",
}
REGISTERED = {
    "/register/activation/": "Activate your e-mail",
    "/register/activation/email/": "Change e-mail",
}
VERIFIED: dict[str, Heading] = {
    "/console/": story.A_COMPANY,
    "/verification/wire-transfer/": "The entity is verified",
    "/register/done/": "The information is submitted",
    "/console/state/": "Where this stands",
    "/console/settings/": "Basic Settings",
    "/console/notices/": "Notification centre",
    "/console/gate/open_wechat_pay/": "WeChat Pay",
}
GAME: dict[str, Heading] = {
    "/console/information/": "Mini Program information",
    "/console/information/name/": "Mini Program name",
    "/console/information/photo/": "Photo",
    "/console/information/introduction/": "Introduction",
    "/console/information/categories/": "Service categories",
    "/console/information/categories/add/": "Add a category",
    "/console/members/": "User Identity",
    "/console/members/add/": "Add a member",
    "/console/administrator/": "Change administrator",
    "/console/security/": "Security centre",
    "/console/security/password/": "Change password",
    "/console/development-settings/": "Development Settings",
    "/console/development-settings/secret/": "Generate the AppSecret",
    "/console/development-settings/upload-key/": "Generate the code upload key",
    "/console/development-settings/allowlist/": "API IP allowlist",
    "/console/development-settings/upload-allowlist/": "Upload allowlist",
    "/console/development-settings/domains/": "Server domains",
    "/console/development-settings/push/": "Message push",
    "/console/development-settings/pushes/": "Message pushes",
    "/console/development-settings/refused-calls/": "Refused calls",
    "/console/authorized-platforms/": "Authorized Platforms",
    "/console/closing/": "Close the account",
    "/console/log/": "Operation log",
}
RELEASED: dict[str, Heading] = {
    "/console/development/": "Development Management",
    "/console/development/upload/": "Upload a version",
    "/console/development/release/": "Release",
    "/console/development/releases/": "History of releases",
    "/console/development/roll-back/": "Roll back",
    "/console/development/suspend/": "Suspend the service",
    "/console/development/submissions/": "Submissions",
    "/worlds/internal-test/": "Internal tests",
}
STEPS = {
    "/console/development/submit/details/": "Feature pages and notes",
    "/console/development/submit/documents/": "Qualification documents",
    "/console/development/submit/sandbox/": "Sandbox account",
    "/console/development/submit/check/": "Check and submit",
}
CAST = "|".join([*(name for name, *_more in cast.PEOPLE), cast.MINOR[0]])
# What is read in either language as it is: names, e-mails, and what developers call things.
NAMES = re.compile(
    r"English|AppID|AppSecret|EncodingAESKey|Token|URL|JSON|XML|request|socket|uploadFile|downloadFile|localhost"
    r"|rid|errcode|GET|POST|(GET |POST )?/(cgi-bin|wxa|wxaapi|sns|xpay)/[\w/]+"
    r"|.*@.*|.*Ltd.*|Class 07|Run, puzzle and play.*"
    rf"|([A-Z]{{2}} )?({CAST})( [a-z]+| \([a-z]+\))?"
)
LATIN_ALONE = """() => [...document.querySelectorAll("a, button, summary, label, h1, h2, h3, th, dt, p")]
  .filter((element) => element.checkVisibility())
  .map((element) => element.innerText.trim().split(/\\s+/).join(" "))
  .filter((text) => /[A-Za-z]{2}/.test(text) && !/\\p{Script=Han}/u.test(text))"""


def switch_on_each(visitor: Visitor, pages: Mapping[str, Heading]) -> None:
    """Look at every page in Chinese, coming from English or leaving for it, turn by turn."""
    for path, heading in pages.items():
        visitor.goes_to(path, to=heading)
        if visitor.language == "en":
            visitor.reads_in("zh-hans", button=CHINESE, to=heading)
            leaves_no_english(visitor)
        else:
            leaves_no_english(visitor)
            visitor.reads_in("en", button="English", to=heading)


def leaves_no_english(visitor: Visitor) -> None:
    texts = visitor.page.evaluate(LATIN_ALONE)
    assert [text for text in texts if not NAMES.fullmatch(text)] == [], visitor.page.url


def test_what_a_game_is_run_by_leaves_no_english(visitor):
    visitor.goes_to("/", to=story.HOME)
    visitor.reads_in("zh-hans", button=CHINESE, to=story.HOME)
    visitor.presses("A Mini Game with its team", to=re.compile("."))
    for path, heading in GAME.items():
        visitor.goes_to(path, to=heading)
        leaves_no_english(visitor)


def test_what_brings_a_version_to_players_leaves_no_english(visitor):
    visitor.goes_to("/", to=story.HOME)
    visitor.reads_in("zh-hans", button=CHINESE, to=story.HOME)
    visitor.presses("A released game", to=re.compile("."))
    for path, heading in RELEASED.items():
        visitor.goes_to(path, to=heading)
        leaves_no_english(visitor)
    visitor.goes_to("/", to=story.HOME)
    visitor.presses("Rejected for a sandbox account", to=re.compile("."))
    visitor.goes_to("/console/development/", to="Development Management")
    visitor.follows("Submit again", to="Review rules")
    leaves_no_english(visitor)
    visitor.page.get_by_role("checkbox").check()
    visitor.presses("Accept and continue", to="Feature pages and notes")
    for path, heading in STEPS.items():
        visitor.goes_to(path, to=heading)
        leaves_no_english(visitor)


def test_the_language_is_switched_on_every_page_and_leaves_no_english(visitor):
    """English and Simplified Chinese, complete, switchable on every page, which stays the same one."""
    story.make_world(visitor, "Class 07")
    switch_on_each(visitor, PUBLIC)
    switch_on_each(visitor, OUTSIDE)
    visitor.goes_to("/", to=story.HOME)
    visitor.presses("Activation letter waiting", to="Mailbox")
    switch_on_each(visitor, REGISTERED)
    visitor.goes_to("/register/activation/", to="Activate your e-mail")
    story.open_letter(visitor)
    switch_on_each(visitor, {"/register/entity/": "Information registration"})
    visitor.goes_to("/worlds/", to="Worlds")
    visitor.presses("Enter %(name)s", name=visitor.say("Verified yesterday"), to=story.A_COMPANY)
    switch_on_each(visitor, VERIFIED)
