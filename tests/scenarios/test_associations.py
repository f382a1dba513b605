"""Official Accounts and Mini Programs: invited, answered, used, parted (ASC-1 to ASC-4)."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts import notices
from accounts.models import Account, Notice
from associations import actions, candidates, links, words
from associations.models import Association, TemplateMessage
from portal.kernel import breaches, confirmations
from portal.kernel.calendar import SHANGHAI
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Confirmation
from portal.outside.models import ChatMessage, Letter
from portal.simulator import walks
from tests.associations import crowd
from tests.conftest import seat

MINI_PROGRAMS: Final = "/console/mini-programs/"
OFFICIAL_ACCOUNTS: Final = "/console/official-accounts/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def game(world) -> Account:
    """Return a released Mini Game; Lin Yue is its administrator."""
    return walks.account_at(world, "released")


@pytest.fixture
def news(world) -> Account:
    """Return another company's service account; Mei Ran is its administrator."""
    account = walks.account_at(
        world, "authenticated", account_type="service", name="Paper Kite News Ltd", wechat_id="meiran"
    )
    return walks.rename(account, "Paper Kite News")


def by(account):
    return account.administrator.person.as_actor()


def code_of(function, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        function(*args, **kwargs)
    return refused.value.code


def newest(account):
    """Return what the platform told an account last."""
    return notices.text(Notice.objects.filter(account=account).latest("pk"))


@pytest.mark.requirement("ASC-3", "ASC-4")
def test_an_official_account_and_a_game_come_together_and_part(news, game, world, time):
    # Mei Ran finds the game by its AppID, asks, and scans; the invitation lies on Lin Yue's phone.
    found = candidates.preview(news, game.appid, by=by(news))
    assert (found.mini_program, found.is_same_entity) == (game, False)
    asked = actions.ask_to_invite(
        news.pk, appid=game.appid, show_on_profile=True, notify_followers=True, by=by(news)
    )
    confirmations.confirm(asked.pk, by=by(news))
    waiting = Confirmation.objects.get(purpose=words.ANSWER)
    assert waiting.person_id == game.administrator.person_id
    told = ChatMessage.objects.filter(person=game.administrator.person).latest("pk").text
    assert told == (
        f"{game.name}: The Official Account Paper Kite News asks to be associated."
        " The administrator can answer until 10 Mar 2019, 10:00."
    )

    # Three hours later she agrees; the followers hear of it.
    reader = walks.administrator(world, "guoan")
    walks.follow(reader, news)
    time.passes(hours=3)
    confirmations.confirm(waiting.pk, by=by(game))
    association = Association.objects.get()
    assert (association.state, association.associated_at) == ("associated", time.now)
    assert ChatMessage.objects.filter(person=reader).latest("pk").sender == "Paper Kite News"
    subjects = {letter.to: letter.subject for letter in Letter.objects.order_by("pk")}
    assert subjects[news.email] == subjects[game.email] == f"Paper Kite News and {game.name} are associated"

    # Now the game opens from the menu, from an article and from a template message.
    walks.publish_menu(news, [], game)
    walks.publish_article(news, game)
    template = walks.add_template(news)
    data = {"first": "A new stage", "score": "0"}
    message = actions.send(
        news.pk,
        template_id=template.template_id,
        person_id=reader.pk,
        data=data,
        appid=game.appid,
        pagepath="?from=message",
        by=by(news),
    )
    assert (message.state, links.linked(news.pk, game.appid)) == ("sent", game)

    # Lin Yue ends it: nothing opens the game any more, and nothing new may.
    walks.part(association, game, reason="The festival is over")
    assert links.linked(news.pk, game.appid) is None
    assert code_of(actions.publish_menu, news.pk, by=by(news)) == "45064"
    assert code_of(walks.publish_article, news, game) == "85005"
    assert newest(news) == f"{game.name} is not associated any more: menus and articles do not open it."
    assert TemplateMessage.objects.count() == 1
    log = AuditEvent.objects.filter(subject_type="associations.Association").order_by("pk")
    assert [(row.name, row.by_name, row.reason) for row in log] == [
        ("invite", "Mei Ran", game.name),
        ("accept", "Lin Yue", game.name),
        ("disassociate", "Lin Yue", "The festival is over"),
    ]
    assert breaches.found() == []


@pytest.mark.requirement("ASC-3")
def test_an_invitation_is_refused_withdrawn_or_runs_out_and_costs_nothing(news, game, time):
    first = walks.invite(news, game)
    confirmations.refuse(Confirmation.objects.filter(purpose=words.ANSWER).latest("pk").pk, by=by(game))
    assert newest(news) == f"{game.name} refused to be associated. Its place and its addition are free again."
    second = walks.invite(news, game)
    actions.withdraw(second.pk, by=by(news))
    assert newest(game) == "The Official Account Paper Kite News took its invitation back."
    third = walks.invite(news, game)
    time.passes(hours=24)
    assert newest(game) == "The invitation of the Official Account Paper Kite News ran out unanswered."
    states = [Association.objects.get(pk=each.pk).state for each in (first, second, third)]
    assert states == ["refused", "withdrawn", "expired"]
    assert (crowd.used(news), crowd.used(game)) == (0, 0)
    assert breaches.found() == []


@pytest.mark.requirement("ASC-2")
@pytest.mark.parametrize("account_type", ["subscription", "service"])
def test_every_official_account_may_associate_ten_of_its_own_and_three_of_others(world, account_type):
    here = crowd.accounts(world, 1, account_type)[0]
    own, others = crowd.accounts(world, 11), crowd.accounts(world, 4, company=crowd.THEIRS)
    for there in (*own[:10], *others[:3]):
        walks.associate(here, there)
    assert code_of(walks.invite, here, own[10]) == "89016"
    assert code_of(walks.invite, here, others[3]) == "89017"
    # The thirteen of the month are used, too: a place that is free again waits for April.
    walks.part(Association.objects.filter(official_account=here).latest("pk"), here)
    assert code_of(walks.invite, here, others[3]) == "89030"


@pytest.mark.requirement("ASC-2")
def test_the_thirteen_of_a_month_are_new_on_the_first_in_shanghai(world, time):
    here, there = crowd.official_accounts(world, 1)[0], crowd.accounts(world, 1)[0]
    for _turn in range(13):
        walks.part(walks.associate(here, there), there)
    time.reaches(datetime(2019, 3, 31, 23, 59, 59, tzinfo=SHANGHAI))
    assert code_of(walks.invite, here, there) == "89030"
    time.passes(seconds=1)
    assert walks.associate(here, there).state == "associated"
    assert crowd.breached() == []


# --- the same, through the pages ----------------------------------------------------------


def seated(account):
    """Return a browser in which the account's administrator is signed in."""
    browser = Client()
    browser.cookies["world"] = account.world.token
    seat(browser, account)
    return browser


def read(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200, answer.headers.get("Location")
    return " ".join(html.unescape(answer.content.decode()).split())


def press(browser, page, label):
    """Press the simulator's button with this label on the page, as the form there is."""
    shown = browser.get(page)
    scan = shown.context["scan"]
    buttons = [*(scan.buttons if scan else []), *(b for a in shown.context["actors"] for b in a["buttons"])]
    [button] = [button for button in buttons if button["label"] == label]
    answer = browser.post(button["url"], button["fields"])
    assert answer.status_code == 302
    return answer.headers["Location"]


@pytest.mark.requirement("ASC-1", "ASC-2", "ASC-3")
def test_a_game_is_added_in_the_console_accepted_on_the_phone_and_parted(news, game, world):
    here, there = seated(news), seated(game)
    # The menu of an Official Account leads to Mini Program - Mini Program Management - Add.
    home = read(here, "/console/")
    assert "Mini Program Management" in home
    assert "Associated Official Accounts" not in home
    assert "Associated Official Accounts" in read(there, "/console/")
    assert "No Mini Program is associated yet" in read(here, MINI_PROGRAMS)
    found = read(here, f"{MINI_PROGRAMS}add/?q={game.appid}")
    assert f"<b>{game.name}</b>" in found
    assert "Different entity" in found

    # Mei Ran sends the invitation and confirms it with her phone.
    page = here.post(
        f"{MINI_PROGRAMS}add/", {"appid": game.appid, "show_on_profile": "on", "notify_followers": "on"}
    ).headers["Location"]
    assert "Scan with the WeChat of the administrator, Mei Ran." in read(here, page)
    assert press(here, page, "Confirm on Mei Ran's phone")
    assert "The invitation is sent" in read(here, page)
    places = {row["label"]: row["used"] for row in here.get(MINI_PROGRAMS).context["quotas"]}
    assert places == {
        "Mini Programs of the same entity": 0,
        "Mini Programs of other entities": 1,
        "Added this month": 1,
    }

    # Lin Yue reads of it on her phone and in the console, and accepts on the phone.
    phone = reverse("simulator:phone_home", args=[game.administrator.person_id])
    asked = Confirmation.objects.get(purpose=words.ANSWER)
    listed = read(there, phone)
    assert "An Official Account asks to be associated" in listed
    assert f"{game.name}: The Official Account Paper Kite News asks to be associated." in listed
    question = read(there, reverse("simulator:phone_question", args=[asked.person_id, asked.pk]))
    assert f"Paper Kite News ({news.appid})" in question
    assert "Paper Kite News Ltd" in question
    assert "10 Mar 2019, 10:00" in question
    invitations = there.get(OFFICIAL_ACCOUNTS)
    [invitation] = invitations.context["waiting"]
    answer = f"{OFFICIAL_ACCOUNTS}{invitation['association'].pk}/"
    assert press(there, answer, "Confirm on Lin Yue's phone")
    for browser, url in ((here, MINI_PROGRAMS), (there, OFFICIAL_ACCOUNTS)):
        shown = browser.get(url)
        assert [row["state"]["label"] for row in shown.context["rows"]] == ["Associated"]
        assert shown.context["waiting"] == []

    # Either may end it; this time the Official Account does.
    here.post(page, {"reason": "The festival is over"})
    press(here, page, "Confirm on Mei Ran's phone")
    for browser, url in ((here, page), (there, answer)):
        told = browser.get(url).context["history"][0]
        assert (told["title"], told["detail"]) == (
            "Disassociated",
            "by the Official Account: The festival is over",
        )
    assert links.linked(news.pk, game.appid) is None
    assert breaches.found() == []


@pytest.mark.requirement("ASC-3")
def test_an_invitation_is_refused_on_the_phone_withdrawn_in_the_console_and_runs_out(news, game, world):
    here, there = seated(news), seated(game)
    first = f"{MINI_PROGRAMS}{walks.invite(news, game).pk}/"
    press(here, first, "Refuse")
    assert "It is not associated. It can be invited again." in read(here, first)
    second = walks.invite(news, game)
    here.post(f"{MINI_PROGRAMS}{second.pk}/withdraw/")
    third = walks.invite(news, game)
    press(here, f"{MINI_PROGRAMS}{third.pk}/", "Let it run out")
    for browser, url in ((here, MINI_PROGRAMS), (there, OFFICIAL_ACCOUNTS)):
        ended = browser.get(url, {"ended": "1"}).context["rows"]
        assert [row["state"]["label"] for row in ended] == ["Ran out", "Withdrawn", "Refused"]
    assert (crowd.used(news), crowd.used(game)) == (0, 0)
    assert breaches.found() == []
