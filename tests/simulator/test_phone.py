"""The phones: messages, questions answered by a scan, codes that are over or belong elsewhere (SIM-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from portal.kernel import confirmations
from portal.kernel.models import Confirmation, World
from portal.outside import letters
from portal.outside.models import Person, Sms
from portal.simulator import walks
from tests.simulator.reading import source
from verification import actions as verification
from verification.models import Registration


@pytest.fixture
def account(world: World) -> Account:
    """Return an account whose draft names Lin Yue as its administrator."""
    account = walks.account_at(world, "activated", email="ops@lanternbay.example")
    typed = walks.draft(world, "enterprise")
    verification.save_draft(account.pk, vars(typed), complete=True, by=account.login.as_actor())
    return account


@pytest.fixture
def code(account: Account) -> Confirmation:
    """Return the code that the registration page shows."""
    return verification.show_scan(account.pk, by=account.login.as_actor())


@pytest.fixture
def lin(world: World) -> Person:
    """Return the administrator."""
    return walks.administrator(world, "linyue")


def test_lists_everybody_with_what_waits(visitor: Client, code: Confirmation, lin: Person, world: World):
    letters.text_message(world, to=lin.phone, text="123456 is your code.", code="123456")
    confirmations.scan(code.pk, by=lin.as_actor())
    page = visitor.get("/phone/")
    assert [(one.name, one.waiting, one.unread) for one in page.context["people"]] == [
        ("Lin Yue", 1, 1),
        ("Mei Ran", 0, 0),
        ("Chen Xi", 0, 0),
        ("Guo An", 0, 0),
        ("Wu Tong", 0, 0),
        ("Tao Zi", 0, 0),
    ]
    assert "1 question waits" in source(page)
    assert f'href="/phone/{lin.pk}/{code.pk}/"' in source(page)


def test_messages_to_numbers_nobody_owns_can_be_read(visitor: Client, world: World):
    letters.text_message(world, to="10000000009", text="654321 is your code.", code="654321")
    assert 'href="/phone/number/10000000009/"' in source(visitor.get("/phone/"))
    assert "654321 is your code." in source(visitor.get("/phone/number/10000000009/"))


def test_an_owned_number_leads_to_its_phone(visitor: Client, lin: Person):
    answer = visitor.get(f"/phone/number/{lin.phone}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/phone/{lin.pk}/")


def test_shows_codes_and_tells_that_they_were_read(visitor: Client, lin: Person, world: World):
    sms = letters.text_message(world, to=lin.phone, text="123456 is your code.", code="123456")
    visitor.head(f"/phone/{lin.pk}/")
    page = source(visitor.get(f"/phone/{lin.pk}/"))
    assert 'data-copy="123456"' in page
    assert f'hx-post="/phone/number/{lin.phone}/read/" hx-trigger="load"' in page
    sms.refresh_from_db()
    assert sms.read_at is None
    answer = visitor.post(f"/phone/number/{lin.phone}/read/", headers={"HX-Request": "true"})
    assert "delete:.simbar-props" in source(answer)
    sms.refresh_from_db()
    assert sms.read_at == world.now()


def test_a_message_is_text_whatever_it_holds(visitor: Client, lin: Person, world: World):
    letters.text_message(world, to=lin.phone, text="<script>alert(1)</script>")
    assert "<script>alert" not in source(visitor.get(f"/phone/{lin.pk}/"))


@pytest.mark.requirement("SIM-4")
def test_the_codes_address_asks_who_scans_and_then_that_phone_asks(
    visitor: Client, code: Confirmation, lin: Person
):
    address = f"/s/{code.code}/"
    who = source(visitor.get(address))
    assert "Who scans this code?" in who
    assert "ops@lanternbay.example" in who
    assert visitor.head(address).status_code == 200
    code.refresh_from_db()
    assert (code.state, code.person_id) == ("shown", None)

    answer = visitor.post(f"/phone/{lin.pk}/scan/", {"code": code.code})
    question = f"/phone/{lin.pk}/{code.pk}/"
    assert answer.headers["Location"] == question
    page = source(visitor.get(question))
    assert "Become the administrator of an account" in page
    assert "5:00" in page

    assert visitor.post(f"{question}confirm/").headers["Location"] == question
    assert Registration.objects.get().scanned_by == lin
    done = source(visitor.get(question))
    assert "Confirmed" in done
    assert 'href="/register/entity/"' in done


def test_a_second_click_answers_the_same(visitor: Client, code: Confirmation, lin: Person):
    for _click in range(2):
        answer = visitor.post(f"/phone/{lin.pk}/{code.pk}/confirm/", follow=True)
        assert "Confirmed" in source(answer)
        assert "toast-line" not in source(answer)


def test_the_wrong_person_is_refused_with_the_rule(visitor: Client, code: Confirmation, world: World):
    chen = walks.administrator(world, "chenxi")
    visitor.post(f"/phone/{chen.pk}/scan/", {"code": code.code})
    page = source(visitor.post(f"/phone/{chen.pk}/{code.pk}/confirm/", follow=True))
    assert "Refused: nothing was changed" in page
    assert "The real name of the scanning WeChat account is not Lin Yue." in page


def test_the_phone_can_say_no(visitor: Client, code: Confirmation, lin: Person):
    page = source(visitor.post(f"/phone/{lin.pk}/{code.pk}/refuse/", follow=True))
    assert "Refused on the phone." in page
    code.refresh_from_db()
    assert code.state == "refused"


def test_a_code_that_only_one_person_may_answer_goes_straight_to_their_phone(
    visitor: Client, code: Confirmation, lin: Person
):
    confirmations.scan(code.pk, by=lin.as_actor())
    assert visitor.get(f"/s/{code.code}/").headers["Location"] == f"/phone/{lin.pk}/{code.pk}/"


def test_another_phone_says_where_the_question_is(
    visitor: Client, code: Confirmation, lin: Person, world: World
):
    confirmations.scan(code.pk, by=lin.as_actor())
    chen = walks.administrator(world, "chenxi")
    page = source(visitor.post(f"/phone/{chen.pk}/{code.pk}/confirm/", follow=True))
    assert "On another phone" in page
    assert "ops@lanternbay.example" not in page
    code.refresh_from_db()
    assert code.state == "scanned"


def test_an_expired_code_says_when(visitor: Client, code: Confirmation, lin: Person, time):
    time.passes(minutes=5)
    for address in (f"/s/{code.code}/", f"/phone/{lin.pk}/{code.pk}/"):
        page = source(visitor.get(address))
        assert "This code has run out" in page
        assert "It was good until 9 Mar 10:05." in page
    page = source(visitor.post(f"/phone/{lin.pk}/{code.pk}/confirm/", follow=True))
    assert "This code has run out" in page
    code.refresh_from_db()
    assert code.state == "shown"


def test_a_replaced_code_says_so(visitor: Client, code: Confirmation, account: Account):
    verification.show_scan(account.pk, by=account.login.as_actor())
    assert "A newer code was shown." in source(visitor.get(f"/s/{code.code}/"))


def test_a_foreign_or_unknown_code_is_not_known_here(
    visitor: Client, make_world: Callable[..., World], lin: Person
):
    other = walks.account_at(make_world("Elsewhere", seed=8), "activated")
    typed = walks.draft(other.world, "enterprise")
    verification.save_draft(other.pk, vars(typed), complete=True, by=other.login.as_actor())
    foreign = verification.show_scan(other.pk, by=other.login.as_actor())
    for code in (foreign.code, "nothing"):
        answer = visitor.get(f"/s/{code}/")
        assert answer.status_code == 404
        assert "This code is not known here" in source(answer)
        assert other.email not in source(answer)
        refused = visitor.post(f"/phone/{lin.pk}/scan/", {"code": code})
        assert "No code like this is shown in this world." in source(refused)
    assert visitor.get(f"/phone/{lin.pk}/{foreign.pk}/").status_code == 404
    assert visitor.post(f"/phone/{lin.pk}/{foreign.pk}/confirm/").status_code == 404
    stranger = walks.administrator(other.world, "linyue")
    assert visitor.get(f"/phone/{stranger.pk}/").status_code == 404
    assert visitor.post(f"/phone/{stranger.pk}/scan/", {"code": "x"}).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.state, foreign.person_id) == ("shown", None)


@pytest.mark.parametrize(
    "pasted", ["{code}", " {code} ", "http://localhost:8000/s/{code}/", "/s/{code}", "s/{code}/"]
)
def test_a_pasted_link_is_as_good_as_a_camera(visitor: Client, code: Confirmation, lin: Person, pasted: str):
    answer = visitor.post(f"/phone/{lin.pk}/scan/", {"code": pasted.format(code=code.code)})
    assert answer.headers["Location"] == f"/phone/{lin.pk}/{code.pk}/"


@pytest.mark.parametrize("pasted", ["", "   ", "\x00", "a b", "😀", "\u202e", "x" * 5000, "https://", "/s/"])
def test_what_is_no_code_is_a_sentence_and_stays_typed(visitor: Client, lin: Person, pasted: str):
    answer = visitor.post(f"/phone/{lin.pk}/scan/", {"code": pasted})
    assert answer.status_code == 200
    assert 'class="field-error"' in source(answer)


def test_codes_shown_now_can_be_picked(visitor: Client, code: Confirmation, lin: Person):
    assert f'value="{code.code}"' in source(visitor.get(f"/phone/{lin.pk}/scan/"))
    assert f'href="/s/{code.code}/"' in source(visitor.get("/phone/"))


def test_stays_within_nine_queries_however_much_waits(
    world: World,
    signed_in: Callable[[Account], Client],
    code: Confirmation,
    account: Account,
    lin: Person,
    django_assert_max_num_queries: Callable[..., Any],
):
    client = signed_in(account)
    for nth in range(40):
        Sms.objects.create(world=world, to=lin.phone, text=str(nth), at=world.now())
        Sms.objects.create(world=world, to=f"100000000{nth:02}", text=str(nth), at=world.now())
    for address in (
        "/phone/",
        f"/phone/{lin.pk}/",
        f"/phone/{lin.pk}/?before=50",
        f"/phone/{lin.pk}/scan/",
        f"/phone/{lin.pk}/{code.pk}/",
        f"/s/{code.code}/",
        "/phone/number/10000000003/",
    ):
        with django_assert_max_num_queries(9):
            assert client.get(address).status_code == 200


def test_what_the_platform_writes_to_somebodys_wechat_is_on_the_phone(visitor: Client, lin: Person):
    letters.chat_message(lin, text="You are a member of Paper Kite now.")
    (told, *_others) = visitor.get("/phone/").context["people"]
    assert (told.name, told.unread) == ("Lin Yue", 1)
    assert visitor.get("/").context["sim"]["phone_waiting"] == 1

    page = source(visitor.get(f"/phone/{lin.pk}/"))
    assert "You are a member of Paper Kite now." in page
    assert f'hx-post="/phone/number/{lin.phone}/read/"' in page

    visitor.post(f"/phone/number/{lin.phone}/read/")
    assert visitor.get("/").context["sim"]["phone_waiting"] == 0
    assert "hx-post" not in source(visitor.get(f"/phone/{lin.pk}/"))
