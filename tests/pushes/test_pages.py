"""The pages of message push: what was sent, both sides of each try, sending again (API-3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.message_push import push_settings
from portal.kernel.calendar import SHANGHAI
from portal.simulator import walks
from pushes import actions
from pushes.families import Family
from pushes.models import Push
from tests.pushes.conftest import KEY, TOKEN, relay

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-3")]

LIST = "/console/development-settings/pushes/"


def page(response):
    assert response.status_code == 200
    return response.content.decode()


def put(account, event="weapp_audit_success"):
    return actions.put(account, event, {"SuccTime": 1552096800})


def test_a_push_and_its_tries_are_shown_with_both_sides(pushed, receiver, signed_in):
    account = pushed()
    browser = signed_in(account)
    assert "Nothing was pushed yet" in page(browser.get(LIST))
    receiver.behave = lambda taken: (200, b'{"ErrCode":7,"ErrMsg":"<b>no"}')
    push = put(account)
    relay()

    listed = page(browser.get(LIST))
    shown = page(browser.get(f"{LIST}{push.pk}/"))

    assert "weapp_audit_success" in listed
    assert "Not delivered" in listed
    for told in ("ErrCode 7", "&lt;b&gt;no", receiver.url, "Refused by the receiver", "SuccTime"):
        assert told in shown


def test_a_push_that_waits_says_when_it_is_tried_again(pushed, receiver, signed_in, time):
    account = pushed()
    receiver.behave = lambda taken: (500, b"")
    push = actions.put(account, "minigame_coin_deliver_completed", {}, family=Family.PAYMENT)
    assert push is not None
    relay()
    url, browser = f"{LIST}{push.pk}/", signed_in(account)

    waits = browser.get(url)
    time.passes(days=1)
    over = browser.get(url)

    made = push.made_at.astimezone(SHANGHAI)
    assert (waits.context["next_at"], waits.context["next_try"]) == (made + timedelta(seconds=15), 2)
    assert f"Try 2 of 14 is made on 9 Mar 2019, {made + timedelta(seconds=15):%H:%M:%S}." in page(waits)
    assert over.context["next_at"] is None
    assert "is made on" not in page(over)


def test_a_push_is_sent_again_by_its_button(pushed, receiver, signed_in):
    account = pushed()
    push = put(account)
    relay()
    browser = signed_in(account)

    assert browser.post(f"{LIST}{push.pk}/resend/").headers["Location"] == f"{LIST}{push.pk}/"
    relay()

    assert len(receiver.taken) == 2
    here = {"HTTP_REFERER": f"http://testserver{LIST}{push.pk}/", "follow": True}
    assert "It is on its way again." in page(browser.post(f"{LIST}{push.pk}/resend/", **here))
    assert "it is on its way already" in page(browser.post(f"{LIST}{push.pk}/resend/", **here))


def test_a_page_says_that_it_shows_not_all_tries(pushed, receiver, signed_in):
    receiver.behave = lambda taken: (500, b"")
    account = pushed()
    push = put(account)
    relay()
    browser, url = signed_in(account), f"{LIST}{push.pk}/"
    whole = page(browser.get(url))
    for _nth in range(6):
        browser.post(f"{url}resend/")
        relay()
    cut = browser.get(url)

    assert "Only the newest" not in whole
    assert len(cut.context["attempts"]) == 20
    assert "Only the newest 20 tries are shown." in page(cut)


def test_a_span_is_sent_again_by_its_form(pushed, receiver, signed_in):
    account = pushed()
    put(account)
    relay()
    browser = signed_in(account)

    sent = {"since": "2019-03-09T00:00", "until": "2019-03-09T23:59"}
    assert browser.post(f"{LIST}replay/", sent).status_code == 302
    relay()
    assert len(receiver.taken) == 2
    wrong = browser.post(f"{LIST}replay/", {"since": "2019-03-09T00:00", "until": "2019-03-08T00:00"})
    assert list(wrong.context["form"].errors) == ["until"]
    nonsense = browser.post(f"{LIST}replay/", {"since": "soon", "until": ""})
    assert sorted(nonsense.context["form"].errors) == ["since", "until"]


def test_the_address_is_checked_by_its_button(pushed, receiver, signed_in):
    browser = signed_in(pushed())
    receiver.behave = lambda taken: (200, taken.query["echostr"].encode())
    assert "answered as the platform asks" in page(browser.post(f"{LIST}check/", follow=True))
    receiver.behave = lambda taken: (200, b"success")
    assert "something else than echostr" in page(browser.post(f"{LIST}check/", follow=True))


def test_another_accounts_push_is_not_there(pushed, world, signed_in):
    push = put(pushed())
    other = walks.account_at(world, "verified", entity_type="individual", wechat_id="guoan")
    browser = signed_in(other)

    assert browser.get(f"{LIST}{push.pk}/").status_code == 404
    assert browser.post(f"{LIST}{push.pk}/resend/").status_code == 404
    assert "weapp_audit_success" not in page(browser.get(LIST))


def test_who_may_not_see_development_settings_is_led_away(pushed, signed_in):
    account = pushed()
    analyst = walks.bind(account, "chenxi", "data_analyst").person

    assert signed_in(account, analyst).get(LIST).status_code == 302


def test_a_long_list_costs_no_more(pushed, signed_in, django_assert_max_num_queries):
    account = pushed()
    for _nth in range(45):
        put(account)
    browser = signed_in(account)

    with django_assert_max_num_queries(24):
        first = browser.get(LIST)
    assert len(first.context["rows"]) == 20
    assert len(browser.get(first.context["older_url"]).context["rows"]) == 20
    assert Push.objects.count() == 45


# --- verified when it is saved ---------------------------------------------------------------


PUSH = reverse("accounts:development_push")


def set_address(account):
    settings = push_settings(account)
    return settings and settings.url


def save(browser, receiver, **changes):
    """Send the form with what is typed."""
    seen = browser.get(PUSH).context["form"]["seen"].value()
    typed = {"url": receiver.url, "token": TOKEN, "key": KEY, "mode": "safe", "format": "json"}
    return browser.post(PUSH, typed | {"seen": seen} | changes, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_an_address_is_verified_before_it_is_saved(account, receiver, signed_in):
    receiver.behave = lambda taken: (200, taken.query["echostr"].encode())

    saved = save(signed_in(account), receiver, do="verify")

    assert said(saved) == ["Saved.", "The address answered as the platform asks."]
    assert set_address(account) == receiver.url
    assert [taken.method for taken in receiver.taken] == ["GET"]


def test_an_address_that_is_not_verified_is_not_saved_and_stays_typed(account, receiver, signed_in):
    refused = save(signed_in(account), receiver, do="verify")

    form = refused.context["form"]
    assert "something else than echostr" in form.errors["url"][0]
    assert (form["url"].value(), form["token"].value(), form["key"].value()) == (receiver.url, TOKEN, KEY)
    assert set_address(account) is None


def test_an_address_is_saved_unverified_by_a_button_of_its_own(account, receiver, signed_in):
    saved = save(signed_in(account), receiver, do="save")

    assert said(saved) == ["Saved."]
    assert set_address(account) == receiver.url
    assert receiver.taken == []


def test_a_token_that_is_none_is_refused_before_anything_is_asked(account, receiver, signed_in):
    refused = save(signed_in(account), receiver, token="a!", do="verify")

    assert list(refused.context["form"].errors) == ["token"]
    assert receiver.taken == []
