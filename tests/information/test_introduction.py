"""The introduction: what it may say, five changes a month (INF-1, INF-2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from information import actions, samples
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Tally
from portal.simulator import walks
from tests.information.chosen import administrator

PAGE = "/console/information/introduction/"
KITE = "Fold a paper kite and let it fly."


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def browser(account: Account, signed_in: Callable[[Account], Client]) -> Client:
    return signed_in(account)


def post(browser: Client, text: str) -> Any:
    return browser.post(PAGE, {"introduction": text})


def sentences(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return list(answer.context["form"].errors["introduction"])


def introduction(account: Account) -> str:
    return Account.objects.get(pk=account.pk).introduction


@pytest.mark.requirement("INF-1")
@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        (KITE, KITE),
        ("  Fold a\r\n paper   kite \t", "Fold a paper kite"),
        ("折纸风筝", "折纸风筝"),
        ("x" * 120, "x" * 120),
        ("Chapter 2019: 1,000,000 kites, 24.5 m high.", "Chapter 2019: 1,000,000 kites, 24.5 m high."),
        ("Flights of 2018-2019, from 2019.04.05 on.", "Flights of 2018-2019, from 2019.04.05 on."),
        ("Wait for the wind.Then play.", "Wait for the wind.Then play."),
    ],
)
def test_it_is_saved_as_it_is_cleaned(browser, account, typed, saved):
    assert post(browser, typed).headers["Location"] == "/console/information/"
    assert introduction(account) == saved


@pytest.mark.requirement("INF-2")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Write what this account does."),
        (" \n ", "Write what this account does."),
        ("Fly", "Not saved: an introduction has 4 to 120 characters, this has 3."),
        ("x" * 121, "Keep it to 120 characters; this has 121."),
        ("x" * 1_000_000, "Keep it to 120 characters; this has 1000000."),
        (
            "Kites\x00 fly",
            "Character 6 is U+0000, a control character, which text cannot hold. Remove it.",
        ),
        (
            "Kites\u202e fly",
            "Character 6 is U+202E RIGHT-TO-LEFT OVERRIDE, which turns the reading direction. Remove it.",
        ),
    ],
    ids=["nothing", "blank", "short", "long", "megabyte", "control", "direction"],
)
def test_what_is_no_introduction_is_refused_at_its_field(browser, account, typed, sentence):
    answer = post(browser, typed)
    assert sentences(answer) == [sentence]
    assert introduction(account) == ""
    assert not Tally.objects.exists()


@pytest.mark.requirement("INF-2")
@pytest.mark.parametrize(
    ("typed", "found", "what"),
    [
        ("Call 100 1234 5678 now", "100 1234 5678", "a phone number"),
        ("Call (0592) 123-4567 now", "0592) 123-4567", "a phone number"),
        ("Call １００１２３４５６７８ now", "10012345678", "a phone number"),
        ("电话一零零一二三四五六七八", "一零零一二三四五六七八", "a phone number"),
        ("More at https://kite.example/a", "https://kite.example/a", "a web address"),
        ("More at WWW.KITE.EXAMPLE", "www.kite.example", "a web address"),
        ("看ｋｉｔｅ.ｃｏｍ吧", "kite.com", "a web address"),
        ("Write to ops@kite.example", "ops@kite.example", "an e-mail address"),
        ("加微信号 paperkite", "加微信号", "a WeChat or QQ number"),
        ("我的VX：paperkite", "vx", "a WeChat or QQ number"),
        ("wechat id paperkite", "wechat id", "a WeChat or QQ number"),
        ("Ask QQ 12345", "qq", "a WeChat or QQ number"),
    ],
)
def test_contact_data_is_named_and_refused(browser, account, typed, found, what):
    answer = post(browser, typed)
    assert sentences(answer) == [
        f"Not saved: “{found}” looks like {what}, and an introduction has no contact data."
    ]
    assert typed in answer.content.decode()
    assert introduction(account) == ""


@pytest.mark.parametrize("word", ["Casino", "赌博", "ＧＡＭＢＬＩＮＧ"])
def test_a_blocked_word_is_refused_in_any_dress(account, word):
    with pytest.raises(Refused) as refusal:
        actions.change_introduction(account.pk, f"The best {word} of all", by=administrator(account))
    assert (refusal.value.code, refusal.value.field) == ("53201", "introduction")


@pytest.mark.parametrize("sample", samples.INTRODUCTIONS, ids=lambda sample: str(sample["label"]))
def test_each_sample_is_what_its_button_says(browser, sample):
    answer = post(browser, sample["fields"]["introduction"])
    assert (answer.status_code == 302) is sample["valid"]


@pytest.mark.requirement("INF-2")
def test_five_changes_a_month_and_what_was_typed_stays(browser, account, time):
    for turn in range(5):
        assert post(browser, f"{KITE} {turn}").status_code == 302
    answer = post(browser, "A sixth kite")
    assert sentences(answer) == [
        "Not saved: 5 of 5 changes of the introduction used this month. Try again on 1 Apr 2019."
    ]
    assert "A sixth kite" in answer.content.decode()
    assert introduction(account) == f"{KITE} 4"
    page = browser.get(PAGE).content.decode()
    assert "5 of 5 changes used this month. The next on 1 Apr 2019." in page
    time.passes(days=23)
    assert post(browser, "A sixth kite").status_code == 302


def test_the_text_it_has_already_spends_nothing(browser, account):
    for text in (KITE, KITE, f"  {KITE} "):
        assert post(browser, text).status_code == 302
    assert [tally.used for tally in Tally.objects.all()] == [1]
    acts = AuditEvent.objects.filter(account_id=account.pk, name="information.introduction_changed")
    assert [(act.reason, act.by_role) for act in acts] == [(KITE, "administrator")]


def test_a_page_cut_in_two_tabs_is_shown_once_escaped(browser):
    post(browser, "Kites & <b>wind</b>")
    page = browser.get("/console/information/").content.decode()
    assert "Kites &amp; &lt;b&gt;wind&lt;/b&gt;" in page
    assert "<b>wind</b>" not in page


@pytest.mark.requirement("INF-4")
def test_before_verification_it_says_what_opens_it(world, signed_in):
    account = walks.account_at(world, "awaiting_authentication", entity_type="media")
    browser = signed_in(account)
    page = browser.get(PAGE).content.decode()
    assert "It opens with WeChat authentication." in page
    assert "/settings/authentication/" in page
    assert sentences(post(browser, KITE)) == [
        "The entity is not verified yet. It opens with WeChat authentication."
    ]
