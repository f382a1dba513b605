"""A forgotten password: letter, scan, new password; and who may not misuse it (console-rules 11.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.test import Client

from accounts import actions
from accounts.actions.passwords import RECOVER
from accounts.models import Account, RecoveryLink
from accounts.views import log_in, recovery
from portal.kernel import confirmations
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.models import Throttle
from portal.outside.models import Letter, Person
from portal.simulator import walks
from tests.accounts import pages

EMAIL, NEW = "ops@lanternbay.example", "second-lantern-2"
ASK, SENT, SCAN, CHOOSE = "/recover/", "/recover/sent/", "/recover/scan/", "/recover/password/"
EXPIRED, NEIGHBOUR = "expired@lanternbay.example", "neighbour@lanternbay.example"
TYPED = {"password": NEW, "password_again": NEW}


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified", email=EMAIL)


@pytest.fixture
def administrator(account: Account) -> Person:
    return account.administrator.person


@pytest.fixture
def opened(account: Account, visitor: Client) -> Client:
    """A browser that has opened the link of the letter."""
    visitor.post(ASK, {"email": EMAIL})
    visitor.get(pages.newest_link(account.world))
    return visitor


def letters() -> int:
    return Letter.objects.filter(subject__contains="new password").count()


def scanned(account: Account, browser: Client) -> None:
    browser.post(f"{SCAN}show/")
    shown = confirmations.latest(RECOVER, account.pk)
    assert shown
    confirmations.confirm(shown.pk, by=account.administrator.person.as_actor())


def has_password(account: Account, password: str) -> bool:
    account.login.refresh_from_db()
    return account.login.check_password(password)


def grow_older(**span: float) -> None:
    RecoveryLink.objects.update(recorded_at=F("recorded_at") - timedelta(**span))


def test_letter_scan_and_a_new_password(account, opened):
    page = opened.get(SCAN)
    assert account.administrator.name in page.content.decode()
    assert opened.get(CHOOSE).headers["Location"] == SCAN
    scanned(account, opened)
    assert opened.get(f"{SCAN}status/?state=shown").headers["HX-Refresh"] == "true"
    assert opened.get(SCAN).headers["Location"] == CHOOSE

    page = opened.post(CHOOSE, TYPED, follow=True)

    assert page.redirect_chain == [(pages.LOG_IN, 302)]
    assert f"Log in to {EMAIL} with it." in page.content.decode()
    assert has_password(account, NEW)
    assert pages.logs_in(opened, EMAIL, NEW).headers["Location"] == pages.SCAN


def test_the_original_id_finds_the_e_mail(account, visitor):
    visitor.post(ASK, {"email": account.original_id.upper()})
    assert Letter.objects.latest("pk").to == EMAIL


def test_the_answer_is_the_same_whether_there_is_an_account_or_not(
    world, account, make_world, visitor, monkeypatch, time
):
    """In words and in work: the slow hash is made once either way."""
    walks.register(world, EXPIRED)
    time.passes(days=2)
    walks.account_at(make_world("Class 08"), "verified", email=NEIGHBOUR)
    works: list[int] = []

    def counted(password: str) -> str:
        works.append(1)
        return make_password(password)

    monkeypatch.setattr("accounts.actions.passwords.make_password", counted)
    before = Letter.objects.count()

    answers = set()
    for name in (
        EMAIL,
        "nobody@x.example",
        EXPIRED,
        NEIGHBOUR,
        "gh_0",
    ):
        response = visitor.post(ASK, {"email": name}, follow=True)
        page = response.content.decode().replace(str(response.context["csrf_token"]), "")
        answers.add((tuple(response.redirect_chain), len(page)))
        works.append(0)

    assert len({chain for chain, _length in answers}) == 1
    assert works == [1, 0] * 5
    assert Letter.objects.count() == before + 1
    assert EMAIL not in visitor.get(SENT).content.decode()


@pytest.mark.parametrize(
    "typed", ["", "ops", "ops@", "\x00@x.example", "a" * 3000 + "@x.example", "gh_" * 200]
)
def test_no_input_breaks_the_form(account, visitor, typed):
    response = visitor.post(ASK, {"email": typed})
    assert response.status_code == 200
    assert pages.errors(response)
    assert letters() == 0


def test_the_link_works_in_another_browser_and_takes_it_into_the_world(account, visitor, world):
    visitor.post(ASK, {"email": EMAIL})
    elsewhere = Client()

    opened = elsewhere.get(pages.newest_link(world))

    assert opened.headers["Location"] == SCAN
    assert elsewhere.cookies["world"].value == world.token
    assert elsewhere.get(SCAN).status_code == 200


def test_the_link_tells_no_other_page_where_it_was(account, visitor, world):
    visitor.post(ASK, {"email": EMAIL})
    link = pages.newest_link(world)

    for response in (visitor.get(link), visitor.head(link), visitor.get("/recover/link/nowhere/")):
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
    assert link.split("/")[-2] not in visitor.get(SCAN).content.decode()


def test_a_mere_look_opens_nothing(account, visitor, world):
    visitor.post(ASK, {"email": EMAIL})
    visitor.head(pages.newest_link(world))
    assert visitor.get(SCAN).headers["Location"] == ASK


def test_tokens_are_kept_as_hashes(account, visitor, world):
    visitor.post(ASK, {"email": EMAIL})
    token = pages.newest_link(world).split("/")[-2]
    kept = RecoveryLink.objects.get()
    assert len(token) >= 43
    assert token not in kept.token_hash
    assert actions.recovery_for(kept.token_hash) is None


@pytest.mark.parametrize("token", ["x", "%00", "A" * 2000, "%F0%9F%90%9F"])
def test_an_unknown_link_is_told_so(visitor, token):
    assert visitor.get(f"/recover/link/{token}/").status_code in {400, 404}


def test_the_link_is_good_for_one_hour_of_real_time(account, opened, world, time):
    link = pages.newest_link(world)
    time.passes(days=1)
    grow_older(minutes=59, seconds=50)
    assert opened.get(link).headers["Location"] == SCAN

    grow_older(seconds=10)

    assert opened.get(link).status_code == 410
    for url in (SCAN, CHOOSE, f"{SCAN}status/", f"{SCAN}code.svg"):
        assert opened.get(url).status_code == 410
    with pytest.raises(Refused) as refusal:
        actions.recover(RecoveryLink.objects.get().pk, password=NEW, by=VISITOR)
    assert refusal.value.code == "link_over"


def test_the_link_works_once_and_takes_the_others_with_it(account, opened, world):
    opened.post(ASK, {"email": EMAIL})
    second = pages.newest_link(world)
    scanned(account, opened)
    opened.post(CHOOSE, TYPED)

    assert opened.get(second).status_code == 410
    assert not RecoveryLink.objects.filter(used_at__isnull=True).exists()


def test_a_newer_letter_does_not_void_an_earlier_one(account, opened):
    """Else whoever knows the e-mail could keep the owner's links from ever working."""
    for _turn in range(recovery.LETTERS_PER_NAME):
        actions.send_recovery(account.world.pk, name=EMAIL, by=VISITOR)
    scanned(account, opened)
    opened.post(CHOOSE, TYPED)
    assert has_password(account, NEW)


def test_letters_are_throttled_by_the_real_clock(account, visitor, time):
    for _turn in range(recovery.LETTERS_PER_NAME):
        assert visitor.post(ASK, {"email": EMAIL}).headers["Location"] == SENT
    time.passes(days=1)

    refused = visitor.post(ASK, {"email": EMAIL.upper()})

    assert pages.errors(refused) == {"__all__": ["Too many tries. Try again in 60 minutes."]}
    assert letters() == recovery.LETTERS_PER_NAME
    Throttle.objects.update(window_start=F("window_start") - recovery.HOUR)
    assert visitor.post(ASK, {"email": EMAIL}).headers["Location"] == SENT


def test_one_address_asks_for_so_many_letters(account, visitor):
    for number in range(recovery.LETTERS_PER_ADDRESS):
        assert visitor.post(ASK, {"email": f"{number}@x.example"}).headers["Location"] == SENT
    assert "__all__" in pages.errors(visitor.post(ASK, {"email": EMAIL}))


def test_somebody_elses_scan_permits_nothing(account, opened):
    opened.post(f"{SCAN}show/")
    shown = confirmations.latest(RECOVER, account.pk)
    assert shown
    other = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)[0]
    with pytest.raises(Refused):
        confirmations.confirm(shown.pk, by=other.as_actor())
    assert opened.get(CHOOSE).headers["Location"] == SCAN
    with pytest.raises(Refused) as refusal:
        actions.recover(RecoveryLink.objects.get().pk, password=NEW, by=account.login.as_actor())
    assert refusal.value.code == "not_confirmed"


def test_a_scan_for_one_browser_permits_nothing_to_another(account, opened, world):
    """Two links may be open at once; the scan serves the one whose code was scanned."""
    actions.send_recovery(world.pk, name=EMAIL, by=VISITOR)
    thief = Client()
    thief.get(pages.newest_link(world))
    scanned(account, opened)

    assert thief.get(CHOOSE).headers["Location"] == SCAN
    assert thief.post(CHOOSE, TYPED).headers["Location"] == SCAN
    assert not has_password(account, NEW)
    assert opened.get(CHOOSE).status_code == 200


def test_before_the_entity_is_confirmed_the_letter_alone_is_enough(world, visitor):
    account = walks.account_at(world, "activated", email=EMAIL)
    visitor.post(ASK, {"email": EMAIL})
    assert visitor.get(pages.newest_link(world), follow=True).redirect_chain[-1] == (CHOOSE, 302)

    visitor.post(CHOOSE, TYPED)

    assert has_password(account, NEW)


def test_every_session_ends(account, opened, signed_in):
    waiting = Client()
    waiting.cookies["world"] = account.world.token
    pages.logs_in(waiting, EMAIL, walks.PASSWORD)
    scanned(account, opened)

    opened.post(CHOOSE, TYPED)

    assert account.sign_ins.get().state == "ended"
    assert waiting.get(pages.SCAN).headers["Location"] == pages.LOG_IN


def test_a_locked_out_owner_recovers_and_gets_in(account, visitor, world):
    """The lock is of this address; the recovered password opens it again at once."""
    for _turn in range(log_in.WRONG_PASSWORDS + 1):
        pages.logs_in(visitor, EMAIL, "lantern-2018")
    assert "Too many tries" in pages.logs_in(visitor, EMAIL, walks.PASSWORD).content.decode()

    visitor.post(ASK, {"email": EMAIL})
    visitor.get(pages.newest_link(world))
    scanned(account, visitor)
    visitor.post(CHOOSE, TYPED)

    assert pages.logs_in(visitor, EMAIL, NEW).headers["Location"] == pages.SCAN


def test_it_works_while_the_account_is_being_closed(account, opened):
    Account.objects.filter(pk=account.pk).update(closes_at=account.world.now() + timedelta(days=7))
    scanned(account, opened)
    opened.post(CHOOSE, TYPED)
    assert has_password(account, NEW)


def test_a_password_against_the_rules_is_refused_at_its_field_and_costs_no_scan(account, opened):
    scanned(account, opened)
    for typed in ({"password": "short1"}, {"password_again": "other-lantern-3"}, {}):
        refused: Any = opened.post(CHOOSE, TYPED | typed if typed else {"password": ""})
        assert pages.errors(refused)
    assert opened.post(CHOOSE, TYPED).status_code == 302


def test_without_a_link_the_pages_lead_to_the_beginning(account, visitor):
    for url in (SCAN, CHOOSE, f"{SCAN}status/", f"{SCAN}code.svg"):
        assert visitor.get(url).headers["Location"] == ASK
    assert visitor.post(f"{SCAN}show/").headers["Location"] == ASK
    assert visitor.post(CHOOSE, TYPED).headers["Location"] == ASK


def test_the_pages_take_at_most_eight_queries(account, opened, django_assert_max_num_queries):
    scanned(account, opened)
    for url in (ASK, SENT, CHOOSE):
        with django_assert_max_num_queries(8):
            assert opened.get(url).status_code == 200
    opened.post(f"{SCAN}show/")
    for url in (SCAN, f"{SCAN}code.svg"):
        with django_assert_max_num_queries(8):
            assert opened.get(url).status_code == 200
