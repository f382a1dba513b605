"""Members in a real browser: bound by the administrator's scan, let in by their own, and removed."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Account, DevelopmentSettings, Member
from portal.kernel.models import Confirmation
from portal.kernel.terms import Role
from tests.browser import console_story, story
from tests.browser.conftest import NARROW
from tests.browser.console_story import ANYTHING, CHEN_XI, DEVELOPMENT, INFORMATION, LOG_IN, MEMBERS
from tests.browser.visitor import Name, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADD = "Add a member"
ONLY_THE_ADMINISTRATOR = "Only the administrator may do this. You are: %(role)s."
NOT_OPEN = "Not open to your role: %(role)s"
PERMISSION = "It needs the permission %(permission)s, which you do not have. You are: %(role)s."

# Forms that a developer is never shown.
FORBIDDEN = {
    "/console/information/introduction/": {"introduction": "Written by somebody who may not."},
    "/console/information/photo/": {"sample": "kite"},
    "/console/members/add/": {"wechat_id": "meiran", "role": "operator"},
    "/console/development-settings/secret/ask/": {},
    "/console/development-settings/upload-key/ask/": {},
}


def binds_a_developer(visitor: Visitor) -> None:
    """Add Chen Xi by the WeChat ID, with the administrator's scan."""
    visitor.goes_to("/console/", to=ANYTHING)
    visitor.follows("Add a developer", to=MEMBERS)
    visitor.follows(ADD, to=ADD)
    visitor.field("WeChat ID").fill("ChenXi")
    visitor.page.get_by_role("radio", name=re.compile(f"^{visitor.say('Developer')}")).check()
    visitor.presses(ADD, to="Add a project member")
    console_story.confirm(visitor, "Experience members", to=MEMBERS)


def logs_in_by_own_scan(visitor: Visitor, account: Account) -> None:
    """Come into the world at another browser, and log in with the password and Chen Xi's phone."""
    console_story.comes_in(visitor, account)
    code = console_story.log_in(visitor, account)
    story.answer(visitor, code, CHEN_XI)
    visitor.sees("Release path")
    visitor.arrives(ANYTHING)


def menu_says(visitor: Visitor, entry: str) -> str:
    """Return the whole text of an entry of the console's menu, with why it is shut."""
    menu = visitor.page.locator("#console-menu").get_by_role("listitem", include_hidden=True)
    return menu.filter(has_text=visitor.say(entry)).inner_text()


def posts(visitor: Visitor, path: str, **typed: str) -> int:
    """Send a form that no page offers, with this browser's own session; return the status of the answer."""
    token = visitor.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    answer = visitor.page.context.request.post(
        visitor.address + path, form={"csrfmiddlewaretoken": token, **typed}, max_redirects=0
    )
    return answer.status


@pytest.mark.requirement("DEV-1", "DEV-2", "DEV-3", "INF-2", "SIM-4")
def test_a_developer_is_bound_logs_in_and_finds_exactly_what_a_developer_may_do(opens):
    """The phone tells the developer; settings are open to them, everything of the administrator's is shut."""
    administrator = opens()
    account = console_story.begin(administrator)
    binds_a_developer(administrator)
    phone = console_story.reads_phone(administrator, CHEN_XI)
    phone.sees(
        "You are a member of %(account)s now. Role: %(role)s.", account=account.entity, role="Developer"
    )

    developer = opens(**NARROW)
    logs_in_by_own_scan(developer, account)
    role = Role.DEVELOPER.label

    developer.goes_to("/console/development-settings/allowlist/", to="API IP allowlist")
    developer.presses("Valid")
    developer.presses("Save", to=DEVELOPMENT)
    developer.sees("Saved.")
    developer.follows("Set up", to="Message push")
    developer.presses("Valid")
    developer.presses("Save unverified", to=DEVELOPMENT)
    developer.sees("Saved.")
    for shut in ("AppSecret", "Server domains", "Upload key"):
        way = developer.page.get_by_role("button", name=re.compile(f": {shut}$"))
        expect(way).to_have_attribute("aria-disabled", "true")
        expect(way).to_have_accessible_description(developer.say(ONLY_THE_ADMINISTRATOR, role=role))

    developer.goes_to("/console/members/", to=MEMBERS)
    developer.sees(ONLY_THE_ADMINISTRATOR, role=role)
    expect(developer.link("Edit")).to_have_count(0)
    expect(developer.link("Remove")).to_have_count(0)
    developer.goes_to("/console/information/", to=INFORMATION)
    developer.sees(PERMISSION, permission="Photo, introduction, categories", role=role)
    expect(developer.link("Fill in")).to_have_count(0)
    developer.goes_to("/console/log/", to="Operation log")
    developer.sees("The operation log is not shown to you")
    assert developer.say(NOT_OPEN, role=role) in menu_says(developer, "Operation log")

    asked = Confirmation.objects.count()
    before = Account.objects.get()
    developer.goes_to("/console/development-settings/", to=DEVELOPMENT)
    for path, typed in FORBIDDEN.items():
        posts(developer, path, **typed)
    after = Account.objects.get()
    assert (after.introduction, after.photo) == (before.introduction, before.photo) == ("", "")
    assert (Member.objects.count(), Confirmation.objects.count()) == (1, asked)
    posts(developer, "/console/development-settings/push/stop/")  # what is allowed is done by the same means
    assert DevelopmentSettings.objects.get().push_url == ""


@pytest.mark.requirement("DEV-1", "DEV-3")
def test_a_developer_removed_at_work_is_led_to_the_log_in_by_the_next_click(opens):
    """The page that is open stays; the next click leads to the log-in, which says who ended it."""
    administrator, developer = opens(), opens()
    account = console_story.begin(administrator, "A Mini Game with its team")
    logs_in_by_own_scan(developer, account)
    developer.follows(DEVELOPMENT, to=DEVELOPMENT, within=developer.part("Console"))

    administrator.goes_to("/console/members/", to=MEMBERS)
    removal = administrator.link("Remove").filter(has_text=CHEN_XI)
    administrator.clicks(removal, to=Name(f"Remove {CHEN_XI}"))
    administrator.presses("Ask for the scan", to="Remove a project member")
    console_story.confirm(administrator, "Experience members", to=MEMBERS)
    expect(removal).to_have_count(0)

    developer.follows("Set up", to=LOG_IN)
    developer.sees("You are signed out. %(reason)s", reason="No member any more.")
    phone = console_story.reads_phone(administrator, CHEN_XI)
    phone.sees("You are no member of %(account)s any more.", account=Account.objects.get().name)
