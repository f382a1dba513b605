"""An Official Account and a Mini Program in a real browser, from invitation to end (ASC-1, ASC-3, ASC-4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from associations.models import Association
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from tests.browser import console_story, story
from tests.browser.console_story import ANYTHING
from tests.browser.playing import begun
from tests.browser.visitor import Name, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MENU = "/console/menu/"
MINI_PROGRAMS = "Mini Program Management"
ADD = "Associate Mini Program"
OFFICIAL_ACCOUNTS = "Associated Official Accounts"
CUSTOM_MENU = "Custom Menu"
MESSAGES = "Template messages"
NEWS = Name("Paper Kite News")
MEI_RAN = Name("Mei Ran")
GUO_AN = Name("Guo An")
PLAY = Name("Play")
READ = Name("Read")
ARTICLE = Name("A lantern in the harbour")
CANNOT = "This Mini Program cannot be opened here"


def signs_in(visitor: Visitor, account: Account, owner: str) -> None:
    """Log in at the home page: e-mail, password, and the administrator's scan on the phone."""
    console_story.comes_in(visitor, account)
    console_story.log_in(visitor, account)
    with visitor.page.expect_navigation(url="**/console/**"):
        story.answer(visitor, story.code_shown(visitor), owner)
    visitor.arrives(ANYTHING)


def item(visitor: Visitor, text: str) -> None:
    """Open a page by the console's own menu."""
    visitor.clicks(visitor.page.locator("nav").get_by_role("link", name=visitor.say(text)).first, to=text)


# --- the two consoles ----------------------------------------------------------------------


def invites(visitor: Visitor, game: Account) -> None:
    """Add - Associate Mini Program: search by AppID, choose both options, and scan (ASC-1)."""
    item(visitor, MINI_PROGRAMS)
    visitor.follows("Add", to=ADD, within=visitor.page.locator(".page-head"))
    visitor.field("AppID").fill(game.appid or "")
    visitor.presses("Search", to=ADD)
    visitor.sees(Name(game.name))
    visitor.field("Show it on the profile page of this Official Account").check()
    visitor.field("Tell the followers when it is associated").check()
    visitor.presses("Send invitation", to=Name(game.name))
    console_story.confirm(visitor, "The invitation is sent", to=Name(game.name), owner=MEI_RAN)


def accepts_on_the_phone(visitor: Visitor) -> None:
    """Open the invitation among the Mini Program's, and confirm its code on the phone (ASC-3)."""
    item(visitor, OFFICIAL_ACCOUNTS)
    visitor.follows(NEWS, to=NEWS)
    visitor.sees("It asks to be associated")
    console_story.confirm(visitor, "Disassociate", to=NEWS)


def disassociates(visitor: Visitor) -> None:
    """End it from the Mini Program's side, with a reason and a scan (ASC-3)."""
    visitor.field("Reason").fill("The festival is over")
    visitor.presses("Ask for the scan", to=NEWS)
    console_story.confirm(visitor, "Disassociated", to=NEWS)
    visitor.sees(Name("The festival is over"))


# --- what the Official Account publishes ---------------------------------------------------


def moves_up(page: Page, place: str) -> None:
    """Move a button of the menu up by the keyboard alone."""
    with page.expect_navigation():
        page.locator(f"#button-{place} button[value='up:{place}']").press("Enter")


def publishes_a_menu(visitor: Visitor, game: Account) -> None:
    """Type a text and a Mini Program, move the latter to the front by the keyboard, and publish."""
    item(visitor, CUSTOM_MENU)
    for place, name in enumerate((READ, PLAY)):
        visitor.presses("Add a button", to=CUSTOM_MENU)
        button = visitor.page.locator(f"#button-{place}")
        button.get_by_label(visitor.say("Name"), exact=True).fill(name)
    first, second = (visitor.page.locator(f"#button-{place}") for place in (0, 1))
    second.get_by_label(visitor.say("Open a Mini Program")).check()
    second.get_by_label(visitor.say("AppID"), exact=True).fill(game.appid or "")
    second.get_by_label(visitor.say("Page path"), exact=True).fill("?from=menu")
    second.get_by_label(visitor.say("Page address"), exact=True).fill("https://kite.example/play")
    if not first.get_by_label(visitor.say("Answer with a text")).is_visible():
        first.locator("summary").click()
    first.get_by_label(visitor.say("Answer with a text")).check()
    first.locator("textarea").fill("The festival begins tonight.")

    moves_up(visitor.page, "1")
    visitor.arrives(CUSTOM_MENU)
    expect(visitor.page.locator(".menu-bar > div > span")).to_have_text([PLAY, READ])
    visitor.presses("Publish", to=CUSTOM_MENU)
    visitor.sees("Published")
    expect(visitor.page.locator(".menu-published > li")).to_have_text([PLAY, READ])


def publishes_an_article(visitor: Visitor) -> None:
    """Write one with a card that opens the Mini Program; the cover is chosen among the pictures."""
    item(visitor, "Graphic Messages")
    visitor.follows("New article", to="New article", within=visitor.page.locator(".page-head"))
    visitor.presses("An article", to="New article")
    expect(visitor.page.locator(".cover-choice input:checked ~ img")).to_be_visible()
    visitor.presses("Publish", to=ARTICLE)
    visitor.sees("As it is published")


def sends_a_message(visitor: Visitor) -> None:
    """Add a template, and send one message to the follower, with a jump to the Mini Program."""
    visitor.goes_to("/console/templates/", to="Message templates")
    visitor.presses("A result")
    visitor.presses("Add", to="Message templates")
    visitor.follows("Send a message", to=MESSAGES)
    visitor.presses("A message")
    expect(visitor.field("Page path")).to_have_value("?from=message")
    visitor.presses("Send", to=MESSAGES, within=visitor.page.locator(".panel-foot"))
    expect(visitor.page.locator("tbody tr")).to_contain_text(GUO_AN)


# --- the follower's phone ------------------------------------------------------------------


def follows_it(phone: Visitor, follower: Person) -> None:
    """Find the Official Account on the phone, and follow it."""
    phone.goes_to(f"/phone/{follower.pk}/official-accounts/", to="Phone")
    phone.clicks(phone.page.get_by_role("link", name=NEWS), to="Phone")
    phone.presses("Follow", to="Phone")
    phone.sees("You follow this Official Account. It has no menu.")


def ways(phone: Visitor) -> list[Callable[[], None]]:
    """Return the three ways from the conversation to the Mini Program: menu, article and message."""
    glass = phone.page.locator(".official")

    def by_menu() -> None:
        phone.clicks(phone.part(CUSTOM_MENU).get_by_role("link", name=PLAY), to="Phone")

    def by_article() -> None:
        phone.clicks(glass.get_by_role("link", name=ARTICLE), to="Phone")
        phone.clicks(phone.page.locator("a.article-card"), to="Phone")

    def by_message() -> None:
        phone.clicks(phone.link("Open the Mini Program", within=glass), to="Phone")

    return [by_menu, by_article, by_message]


def opens_the_game(phone: Visitor, talk: str) -> None:
    """Open the Mini Program by each way: the game begins, and knows which way it was."""
    for goes, came_from in zip(ways(phone), ("menu", "article", "message"), strict=True):
        phone.goes_to(talk, to="Phone")
        goes()
        frame = begun(phone)
        assert frame.evaluate("wx.getLaunchOptionsSync().query") == {"from": came_from}


def is_told_that_it_is_over(phone: Visitor, talk: str) -> None:
    """Each way ends at the platform's page that says so; the menu's goes on to its address outside."""
    for goes in ways(phone):
        phone.goes_to(talk, to="Phone")
        goes()
        phone.sees(CANNOT)
        assert phone.page.locator("iframe").count() == 0
    phone.goes_to(talk, to="Phone")
    ways(phone)[0]()
    phone.sees(Name("https://kite.example/play"))


@pytest.mark.requirement("ASC-1", "ASC-3", "ASC-4")
def test_an_official_account_opens_a_mini_program_until_this_one_leaves(
    opens: Callable[..., Visitor], world: World
) -> None:
    """Two administrators and a follower, each at a browser: invited, accepted, published, opened, parted."""
    game = walks.account_at(world, "released")
    news = walks.account_at(
        world, "authenticated", account_type="service", name="Paper Kite News Ltd", wechat_id="meiran"
    )
    news = walks.rename(news, NEWS)
    follower = Person.objects.get(world=world, name=GUO_AN)
    here, there = opens(), opens()
    signs_in(here, news, MEI_RAN)
    signs_in(there, game, story.LIN_YUE)
    console_story.comes_in(phone := opens(), game)
    follows_it(phone, follower)

    invites(here, game)
    accepts_on_the_phone(there)
    item(here, MINI_PROGRAMS)
    expect(here.page.locator("tr", has_text=Name(game.name))).to_contain_text(here.say("Associated"))

    publishes_a_menu(here, game)
    publishes_an_article(here)
    sends_a_message(here)
    talk = f"/phone/{follower.pk}/official-accounts/{news.pk}/"
    opens_the_game(phone, talk)

    disassociates(there)
    assert Association.objects.get().state == Association.State.DISASSOCIATED
    here.goes_to(MENU, to=CUSTOM_MENU)
    expect(here.page.locator("main")).to_contain_text(f"The published menu opens {game.appid}")
    is_told_that_it_is_over(phone, talk)
