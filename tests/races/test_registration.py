"""Who gets an e-mail, a link, a place under a limit, when many ask at once (R18, R19, REG-11)."""

from __future__ import annotations

import time
from functools import partial

import pytest

from accounts import actions as accounts
from accounts.models import Account, ActivationLink, Administrator, Login, Notice
from portal.kernel.actors import VISITOR
from portal.kernel.models import AuditEvent, Deadline
from portal.kernel.terms import AccountType
from portal.kernel.text import email_key
from portal.outside.models import Letter, Sms
from portal.simulator import walks
from tests.races.rig import CHECK_TO_WRITE, race, without_constraint, words
from verification import actions as verification
from verification.models import SmsCode

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

SPELLINGS = ("ada@kite.example", "ADA@KITE.EXAMPLE", "Ada@Kite.Example", "ａｄａ@kite.example")


def registering(world, email):
    return partial(
        accounts.register,
        world.pk,
        account_type=AccountType.MINI_PROGRAM,
        email=email,
        password="rehearse-2019",
        language="en",
        by=VISITOR,
    )


# R18 -- one e-mail, however it is spelt, belongs to one living account of a world.


def holders(world):
    return Account.objects.living().filter(world=world, email_key=email_key(SPELLINGS[0])).count()


@pytest.mark.requirement("REG-3")
def test_one_email_makes_one_account_however_it_is_spelt(world):
    outcomes = race([registering(world, spelling) for spelling in SPELLINGS * 10])
    assert words(outcomes) == {"done": 1, "email_taken": 39}
    assert holders(world) == 1
    assert Login.objects.filter(world=world, is_staff=False).count() == 1
    assert Letter.objects.filter(world=world).count() == 1
    assert Deadline.objects.filter(world=world).count() == 1


def test_control_a_check_of_the_form_alone_lets_several_in(world):
    def naive(spelling):
        if not Account.objects.filter(world=world, email_key=email_key(spelling)).exists():
            time.sleep(CHECK_TO_WRITE)
            login = Login.objects.create(world=world, email=spelling, username=f"{spelling}{id(object())}")
            Account.objects.create(
                world=world,
                account_type=AccountType.MINI_PROGRAM,
                login=login,
                email=spelling,
                email_key=email_key(spelling),
                registered_at=world.now(),
            )

    with without_constraint(Account, "one_living_account_per_email"):
        race([partial(naive, spelling) for spelling in SPELLINGS])
        assert holders(world) > 1


@pytest.mark.requirement("REG-4")
def test_an_email_changed_to_and_registered_at_once_has_one_holder(world):
    others = [walks.register(world, f"{nth}@kite.example") for nth in range(10)]
    calls = [registering(world, spelling) for spelling in SPELLINGS * 3]
    calls += [
        partial(accounts.change_email, account.pk, email=SPELLINGS[0], by=account.login.as_actor())
        for account in others
    ]
    assert words(race(calls)) == {"done": 1, "email_taken": 21}
    assert holders(world) == 1


# R19 -- a link works once.


def activations(account):
    return (
        AuditEvent.objects.filter(subject_id=account.pk, name="activate").count(),
        Notice.objects.filter(account=account).count(),
    )


@pytest.mark.requirement("REG-4")
def test_forty_clicks_on_a_link_activate_once(world):
    account = walks.register(world, "ada@kite.example")
    token = walks.activation_token(account)
    outcomes = race([partial(accounts.activate, token, by=VISITOR)] * 40)
    assert words(outcomes) == {"done": 1, "link_used": 39}
    assert activations(account) == (1, 1)


def test_control_a_link_marked_after_its_use_works_several_times(world):
    account = walks.register(world, "ada@kite.example")
    link = ActivationLink.objects.get()

    def naive():
        if ActivationLink.objects.filter(pk=link.pk, used_at__isnull=True).exists():
            time.sleep(CHECK_TO_WRITE)
            found = Account.objects.get(pk=account.pk)
            AuditEvent.objects.create(
                world_id=world.pk,
                subject_type="accounts.Account",
                subject_id=found.pk,
                name="activate",
                by_kind="platform",
                by_name="visitor",
                at=world.now(),
            )
            Notice.objects.create(world=world, account=found, kind="accounts.activated", at=world.now())
            ActivationLink.objects.filter(pk=link.pk).update(used_at=world.now())

    race([naive] * 4)
    assert activations(account) > (1, 1)


@pytest.mark.requirement("REG-4")
def test_a_click_and_a_new_letter_at_once_leave_one_good_link_or_none(world):
    account = walks.register(world, "ada@kite.example")
    token, by = walks.activation_token(account), account.login.as_actor()
    clicked, resent = race(
        [
            lambda: accounts.activate(token, by=VISITOR),
            lambda: accounts.resend_activation(account.pk, by=by),
        ]
    )
    account.refresh_from_db()
    assert (clicked.word, resent.word, account.state) in {
        ("done", "not_waiting", "activated"),
        ("link_replaced", "done", "registered"),
    }
    still_good = ActivationLink.objects.filter(account=account, used_at__isnull=True, replaced=False)
    assert still_good.count() == (account.state == "registered")
    assert Deadline.objects.open().filter(account_id=account.pk).count() == (account.state == "registered")


@pytest.mark.requirement("REG-4", "VER-2")
def test_a_click_and_the_end_of_the_link_at_once_agree(world, time):
    account = walks.register(world, "ada@kite.example")
    token = walks.activation_token(account)
    clicked, _passed = race([lambda: accounts.activate(token, by=VISITOR), lambda: time.passes(hours=48)])
    account.refresh_from_db()
    assert (clicked.word, account.state) in {("done", "activated"), ("link_expired", "expired")}
    named = AuditEvent.objects.filter(subject_type="accounts.Account", subject_id=account.pk)
    assert list(named.values_list("target", flat=True)) == [account.state]


# REG-11 -- as many as the limit says, whoever comes at once.


def ready(world, number):
    """Return accounts filled in up to the last button, all with one administrator."""
    found = []
    for nth in range(number):
        account = walks.account_at(world, "activated", email=f"{nth}@kite.example")
        walks.fill_in(account, walks.draft(world, "enterprise", name=f"Paper Kite {nth}"))
        found.append(account)
        SmsCode.objects.all().delete()  # the codes of a day are another limit
    return found


@pytest.mark.requirement("REG-11")
def test_of_eight_confirmations_at_once_five_find_room_under_the_administrator(world):
    accounts_ = ready(world, 8)
    outcomes = race([partial(walks.confirm, account) for account in accounts_])
    assert words(outcomes) == {"done": 5, "accounts_per_id_number": 3}
    assert Administrator.objects.filter(world=world).count() == 5
    assert Account.objects.filter(world=world, state="awaiting_transfer").count() == 5
    amounts_and_remarks = {
        (account.wiretransfer.amount_fen, account.wiretransfer.remark)
        for account in Account.objects.filter(world=world, state="awaiting_transfer")
    }
    assert len(amounts_and_remarks) == 5  # nobody drew the same lot


def test_control_counting_without_a_lock_lets_more_in(world):
    accounts_ = ready(world, 8)
    person = walks.administrator(world, "linyue")

    def naive(account):
        if Administrator.objects.filter(world=world, id_number=person.id_number).count() < 5:
            time.sleep(CHECK_TO_WRITE)
            Administrator.objects.create(
                world=world,
                account=account,
                person=person,
                name=person.name,
                id_number=person.id_number,
                phone=person.phone,
            )

    race([partial(naive, account) for account in accounts_])
    assert Administrator.objects.filter(world=world).count() > 5


@pytest.mark.requirement("REG-8", "REG-11")
def test_two_accounts_share_the_five_codes_a_day_of_a_number(world):
    phone = walks.administrator(world, "linyue").phone
    pair = [walks.account_at(world, "activated", email=f"{nth}@kite.example") for nth in range(2)]
    calls = [
        partial(verification.send_code, account.pk, phone=phone, by=account.login.as_actor())
        for account in pair * 5
    ]
    assert words(race(calls)) == {"done": 5, "sms_per_day": 5}
    assert Sms.objects.filter(world=world, to=phone).count() == 5


def test_control_codes_counted_without_a_lock_exceed_the_day(world):
    account = walks.account_at(world, "activated", email="ada@kite.example")

    def naive():
        if SmsCode.objects.filter(world=world, phone="10000000000").count() < 5:
            time.sleep(CHECK_TO_WRITE)
            SmsCode.objects.create(
                world=world,
                account=account,
                phone="10000000000",
                code="000000",
                sent_at=world.now(),
                expires_at=world.now(),
            )

    race([naive] * 10)
    assert SmsCode.objects.filter(phone="10000000000").count() > 5


@pytest.mark.requirement("REG-9")
def test_a_double_click_on_confirm_confirms_once(world):
    (account,) = ready(world, 1)
    outcomes = race([lambda: walks.confirm(account)] * 10)
    assert words(outcomes) == {"done": 1, "confirm_entity": 9}
    assert Administrator.objects.filter(account=account).count() == 1
    assert AuditEvent.objects.filter(subject_id=account.pk, name="await_transfer").count() == 1
