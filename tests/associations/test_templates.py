"""Template messages: to followers alone, with a Mini Program that is associated or with none (ASC-4)."""

from __future__ import annotations

import pytest

from associations import actions
from associations.models import Follower, MessageTemplate, TemplateMessage
from portal.kernel import breaches
from portal.kernel.errors import Refused
from portal.simulator import walks
from tests.associations import crowd

pytestmark = pytest.mark.django_db

DATA = {"first": "You won", "score": "980"}


def by(account):
    return account.administrator.person.as_actor()


@pytest.fixture
def follower(world, official_account):
    person = walks.administrator(world, "guoan")
    walks.follow(person, official_account)
    return person


@pytest.fixture
def template(official_account):
    return walks.add_template(official_account)


def send(account, template, person, data=DATA, **kwargs):
    return actions.send(
        account.pk, template_id=template.template_id, person_id=person.pk, data=data, by=by(account), **kwargs
    )


def refusal(function, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        function(*args, **kwargs)
    refused.value.message.encode()
    return refused.value.code, refused.value.field


@pytest.mark.requirement("ASC-4")
def test_a_message_reaches_a_follower_with_and_without_a_mini_program(pair, follower, template, time):
    here, there = pair
    message = send(here, template, follower)
    assert (message.state, message.code, message.appid) == ("sent", "success", "")
    assert actions.filled(message) == "You won\nScore: 980"
    assert refusal(send, here, template, follower, appid=there.appid) == ("40166", "appid")
    association = walks.associate(here, there)
    message = send(
        here, template, follower, appid=there.appid, pagepath="?from=result", url="https://kite.example"
    )
    assert (message.appid, message.pagepath, message.sent_at) == (there.appid, "?from=result", time.now)
    walks.part(association, here)
    assert refusal(send, here, template, follower, appid=there.appid) == ("40166", "appid")
    assert TemplateMessage.objects.count() == 2
    assert breaches.found() == []


def test_nobody_gets_one_who_does_not_follow(official_account, template, follower, world, make_world):
    stranger = walks.administrator(world, "chenxi")
    assert refusal(send, official_account, template, stranger) == ("43004", "person")
    elsewhere = walks.administrator(make_world("Elsewhere"), "chenxi")
    assert refusal(send, official_account, template, elsewhere) == ("43004", "person")
    actions.unfollow(official_account.pk, by=follower.as_actor())
    assert refusal(send, official_account, template, follower) == ("43004", "person")


def test_who_turned_messages_off_gets_none_and_the_sender_is_told(official_account, template, follower):
    actions.take_messages(official_account.pk, takes=False, by=follower.as_actor())
    message = send(official_account, template, follower)
    assert (message.state, message.code) == ("failed", "failed:user block")
    actions.take_messages(official_account.pk, takes=True, by=follower.as_actor())
    assert send(official_account, template, follower).state == "sent"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "data-first"),
        ({"first": "You won"}, "data-score"),
        ({"first": "", "score": "1"}, "data-first"),
        ({"first": "x" * 201, "score": "1"}, "data-first"),
        ({"first": "\ud800", "score": "1"}, "data-first"),
        ({"first": 7, "score": "1"}, "data-first"),
    ],
)
def test_every_place_has_its_value(official_account, template, follower, data, field):
    assert refusal(send, official_account, template, follower, data) == ("47003", field)


def test_a_key_that_has_no_place_is_passed_over(official_account, template, follower):
    assert send(official_account, template, follower, {**DATA, "remark": "x"}).data == DATA


@pytest.mark.parametrize(
    ("kwargs", "refused"),
    [({"url": "javascript:x"}, ("40020", "url")), ({"appid": "\x00"}, ("40166", "appid"))],
)
def test_where_it_leads_is_looked_at(official_account, template, follower, kwargs, refused):
    assert refusal(send, official_account, template, follower, **kwargs) == refused


def test_a_removed_template_and_one_of_another_account_are_none(official_account, template, follower, world):
    other = crowd.official_accounts(world, 1)[0]
    assert refusal(send, other, template, follower) == ("40037", "template")
    actions.remove_template(official_account.pk, template.template_id, by=by(official_account))
    assert refusal(send, official_account, template, follower) == ("40037", "template")
    unknown = MessageTemplate(template_id="\x00\ud800" + "x" * 100)
    assert refusal(send, official_account, unknown, follower) == ("40037", "template")


@pytest.mark.parametrize(
    ("title", "content", "field"),
    [
        ("", "{{first.DATA}}", "title"),
        ("x" * 41, "{{first.DATA}}", "title"),
        ("Result", "Nothing to fill in", "content"),
        ("Result", "{{first.DATA}}" + "x" * 600, "content"),
        ("Result", "{{1st.DATA}}", "content"),
        ("\x00", "{{first.DATA}}", "title"),
    ],
)
def test_a_template_has_a_title_and_a_text_with_a_place(official_account, title, content, field):
    found = refusal(
        actions.add_template, official_account.pk, title=title, content=content, by=by(official_account)
    )
    assert found == ("template_text", field)


def test_twenty_five_templates_and_no_more(official_account):
    for _nth in range(25):
        template = walks.add_template(official_account)
    assert refusal(walks.add_template, official_account) == ("message_templates", "title")
    actions.remove_template(official_account.pk, template.template_id, by=by(official_account))
    assert walks.add_template(official_account).pk


def test_a_place_is_named_once(official_account):
    assert actions.places("{{first.DATA}} {{a_1.DATA}} {{first.DATA}} {{x}} {{.DATA}}") == ["first", "a_1"]


def test_only_an_authenticated_service_account_sends(world):
    subscription = walks.account_at(
        world, "authenticated", account_type="subscription", email="s@kite.example", wechat_id="meiran"
    )
    assert refusal(walks.add_template, subscription)[0] == "send_template_messages"


# --- followers ----------------------------------------------------------------------------


def test_one_follows_once_and_no_more_after_leaving(official_account, world):
    person = walks.administrator(world, "chenxi")
    assert walks.follow(person, official_account) == walks.follow(person, official_account)
    assert Follower.objects.filter(account=official_account).count() == 1
    actions.unfollow(official_account.pk, by=person.as_actor())
    actions.unfollow(official_account.pk, by=person.as_actor())
    assert not Follower.objects.exists()


def test_nobody_follows_a_mini_program_or_an_account_on_its_way(world, mini_program):
    person = walks.administrator(world, "chenxi")
    assert refusal(walks.follow, person, mini_program) == ("not_followable", "")
    early = walks.account_at(world, "activated", account_type="subscription", email="early@kite.example")
    assert refusal(walks.follow, person, early) == ("not_followable", "")


def test_only_a_person_of_the_same_world_follows(official_account, make_world):
    with pytest.raises(ValueError, match="only a person"):
        actions.follow(official_account.pk, by=official_account.login.as_actor())
    stranger = walks.administrator(make_world("Elsewhere"), "chenxi")
    with pytest.raises(type(stranger).DoesNotExist):
        walks.follow(stranger, official_account)
