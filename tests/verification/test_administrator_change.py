"""Changing the administrator: every proof, every refusal, and one administrator at every moment (5.6)."""

from __future__ import annotations

import pytest

from accounts import actions
from accounts.models import Account, Administrator, SignIn
from portal.kernel import breaches, confirmations, deadlines
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline
from portal.outside import people
from portal.outside.models import Person, Sms
from portal.simulator import walks
from tests.accounts.bound import administrator, bind
from tests.verification import registered
from verification.actions import administrator_change as change_of
from verification.actions.administrator_change import AGREE, TAKE_OVER
from verification.actions.mobile import Verdict
from verification.models import AdministratorChange, SmsCode

CHANGE = "/console/administrator/"


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


def person(account: Account, wechat_id: str) -> Person:
    return Person.objects.get(world=account.world, wechat_id=wechat_id)


def refusal(call, *args, **kwargs) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.code, caught.value.field


def begun(account: Account) -> Confirmation:
    """Open a change; return the code that the present administrator's phone waits with."""
    known = Administrator.objects.get(account=account).id_number
    change_of.begin(account.pk, id_number=known, by=administrator(account))
    return newest(account, AGREE)


def newest(account: Account, purpose: str) -> Confirmation:
    shown = confirmations.latest(purpose, account.pk)
    assert shown is not None
    return shown


def ready(account: Account, new: Person, **typed: str) -> Confirmation:
    """Bring a change to the new administrator's scan; return its code."""
    by = administrator(account)
    confirmations.confirm(begun(account).pk, by=by)
    fields = {"name": new.name, "id_number": new.id_number, "phone": new.phone} | typed
    change_of.save_successor(account.pk, fields, by=by)
    sent = change_of.send_code(account.pk, phone=fields["phone"], by=by)
    change_of.check_code(account.pk, phone=sent.phone, code=sent.code, by=by)
    return change_of.show_take_over(account.pk, by=by)


def is_as_before(account: Account) -> bool:
    return Administrator.objects.get(account=account).name == "Lin Yue" and breaches.found() == []


# --- the present administrator ------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "997192198102132085", "x" * 1_000_000, "\ud800"])
def test_another_id_number_begins_nothing(account, typed):
    by = administrator(account)
    assert refusal(change_of.begin, account.pk, id_number=typed, by=by) == ("id_number", "id_number")
    assert not AdministratorChange.objects.exists()


def test_only_the_administrator_begins(account):
    member = bind(account, "chenxi", "operator")
    known = account.administrator.id_number
    for actor in (member.person.as_actor(), person(account, "guoan").as_actor()):
        found = refusal(change_of.begin, account.pk, id_number=known, by=actor)
        assert found == ("change_administrator", "")


def test_nobody_else_agrees(account):
    asked = begun(account)
    other = person(account, "meiran").as_actor()
    assert refusal(confirmations.confirm, asked.pk, by=other)[0] == "code_taken"
    assert AdministratorChange.objects.get().state == "asked"


def test_a_new_attempt_drops_the_one_before(account):
    first = begun(account)
    second = begun(account)
    assert list(AdministratorChange.objects.order_by("pk").values_list("state", flat=True)) == [
        "dropped",
        "asked",
    ]
    assert refusal(confirmations.confirm, first.pk, by=administrator(account))[0] == "code_over"
    confirmations.confirm(second.pk, by=administrator(account))
    assert AdministratorChange.objects.latest("id").state == "agreed"
    open_ones = Deadline.objects.open().filter(kind="verification.administrator_change")
    assert open_ones.get().subject_id == AdministratorChange.objects.latest("id").pk


def test_nothing_is_typed_before_the_scan(account):
    begun(account)
    by = administrator(account)
    assert refusal(change_of.save_successor, account.pk, {}, by=by)[0] == "change_over"
    assert refusal(change_of.send_code, account.pk, phone="10012345678", by=by)[0] == "change_over"
    assert refusal(change_of.show_take_over, account.pk, by=by)[0] == "change_over"


def test_a_dropped_change_leaves_everything_as_it_was(account):
    asked = ready(account, person(account, "meiran"))
    change_of.drop(account.pk, by=administrator(account))
    found = refusal(confirmations.confirm, asked.pk, by=person(account, "meiran").as_actor())
    assert found[0] == "code_over"
    assert AdministratorChange.objects.get().state == "dropped"
    assert not Deadline.objects.open().filter(kind="verification.administrator_change").exists()
    assert is_as_before(account)
    change_of.drop(account.pk, by=administrator(account))  # a second click


# --- the new administrator ----------------------------------------------------------------


def test_the_new_administrators_number_is_proved(account):
    by = administrator(account)
    confirmations.confirm(begun(account).pk, by=by)
    meiran = person(account, "meiran")
    fields = {"name": meiran.name, "id_number": meiran.id_number, "phone": meiran.phone}
    change_of.save_successor(account.pk, fields, by=by)
    assert refusal(change_of.show_take_over, account.pk, by=by) == ("phone", "sms_code")

    sent = change_of.send_code(account.pk, phone=meiran.phone, by=by)
    assert "to become an administrator" in Sms.objects.latest("id").text
    wrong = "000000" if sent.code != "000000" else "111111"
    assert change_of.check_code(account.pk, phone=meiran.phone, code=wrong, by=by) == Verdict.WRONG
    assert refusal(change_of.show_take_over, account.pk, by=by)[0] == "phone"
    assert change_of.check_code(account.pk, phone=meiran.phone, code=sent.code, by=by) == Verdict.RIGHT
    assert change_of.show_take_over(account.pk, by=by).purpose == TAKE_OVER


def test_another_number_has_to_be_proved_anew(account):
    asked = ready(account, person(account, "meiran"))
    by = administrator(account)
    meiran = person(account, "meiran")
    fields = {"name": meiran.name, "id_number": meiran.id_number, "phone": "10012345678"}
    change_of.save_successor(account.pk, fields, by=by)
    assert refusal(confirmations.confirm, asked.pk, by=meiran.as_actor())[0] == "code_over"
    assert refusal(change_of.show_take_over, account.pk, by=by)[0] == "phone"


@pytest.mark.parametrize(
    ("scanner", "told"),
    [
        ("chenxi", "The real name of the scanning WeChat account is not Mei Ran."),
        ("wutong", "The scanning WeChat account has no real name"),
        ("linyue", "This WeChat is the present administrator's."),
    ],
)
def test_the_wrong_wechat_is_refused_on_the_phone(account, scanner, told):
    asked = ready(account, person(account, "meiran"))
    confirmations.confirm(asked.pk, by=person(account, scanner).as_actor())
    asked.refresh_from_db()
    assert asked.state == "refused"
    assert asked.refusal.startswith(told)
    assert is_as_before(account)


def test_a_namesake_of_the_administrator_may_take_over(account):
    """What counts is the WeChat, not the name: a second Lin Yue is somebody else."""
    namesake = people.add(account.world_id, name="Lin Yue", wechat_id="linyue2", key="n", by=SIMULATOR)
    asked = ready(account, namesake)
    confirmations.confirm(asked.pk, by=namesake.as_actor())
    assert Administrator.objects.get(account=account).person == namesake


def test_an_expired_code_hands_nothing_over(account, time):
    asked = ready(account, person(account, "meiran"))
    time.passes(minutes=5)
    found = refusal(confirmations.confirm, asked.pk, by=person(account, "meiran").as_actor())
    assert found[0] == "code_over"
    assert is_as_before(account)


@pytest.mark.parametrize(
    ("same", "code", "field"),
    [
        ("admin_id_number", "accounts_per_id_number", "admin_id_number"),
        ("admin_phone", "accounts_per_mobile", "admin_phone"),
    ],
)
def test_a_number_with_five_accounts_takes_no_sixth(account, world, same, code, field):
    meiran = person(account, "meiran")
    fields = vars(walks.draft(world, "enterprise", name="Paper Kite", wechat_id="meiran"))
    registered.confirm_many(world, fields, 5, same=same)
    SmsCode.objects.all().delete()  # the codes of a day are another limit
    assert refusal(ready, account, meiran) == (code, field)


def test_a_limit_reached_meanwhile_is_told_on_the_phone(account, world):
    meiran = person(account, "meiran")
    asked = ready(account, meiran)
    fields = vars(walks.draft(world, "enterprise", name="Paper Kite", wechat_id="meiran"))
    SmsCode.objects.all().delete()
    registered.confirm_many(world, fields, 5, same="admin_id_number")
    found = refusal(confirmations.confirm, asked.pk, by=meiran.as_actor())
    assert found[0] == "accounts_per_id_number"
    assert is_as_before(account)


def test_the_phone_the_account_has_takes_no_new_place(account, world):
    """The account's own number is given back before it is counted."""
    meiran = person(account, "meiran")
    asked = ready(account, meiran, phone=account.administrator.phone)
    change = AdministratorChange.objects.get()
    used = {field: usage.used for usage, field in change_of.limits_of(change)}
    assert used == {"admin_id_number": 0, "admin_phone": 0}
    confirmations.confirm(asked.pk, by=meiran.as_actor())


def test_all_sessions_of_the_old_one_end_and_nobody_elses(account, world):
    member = bind(account, "chenxi", "operator")
    old = account.administrator.person
    for who, role in ((old, "administrator"), (old, "administrator"), (member.person, "operator")):
        SignIn.objects.create(
            world=world,
            account=account,
            person=who,
            role=role,
            state="active",
            asked_at=world.now(),
            entered_at=world.now(),
        )
    meiran = person(account, "meiran")
    confirmations.confirm(ready(account, meiran).pk, by=meiran.as_actor())
    ended = SignIn.objects.filter(state="ended")
    assert {sign_in.person_id for sign_in in ended} == {old.pk}
    assert ended.count() == 2
    assert SignIn.objects.get(state="active").person == member.person


def test_what_waited_on_the_old_ones_phone_is_void(account):
    by = administrator(account)
    asked = actions.ask_to_add(account.pk, wechat_id="chenxi", role="operator", by=by)
    meiran = person(account, "meiran")
    confirmations.confirm(ready(account, meiran).pk, by=meiran.as_actor())
    asked.refresh_from_db()
    assert (asked.state, asked.refusal) == ("refused", "The administrator has changed. Ask again.")


def test_the_old_one_may_do_nothing_more_and_be_a_member_again(account):
    old = administrator(account)
    meiran = person(account, "meiran")
    confirmations.confirm(ready(account, meiran).pk, by=meiran.as_actor())
    account = Account.objects.get(pk=account.pk)
    assert refusal(change_of.begin, account.pk, id_number="", by=old)[0] == "change_administrator"
    bind(account, "linyue", "operator")


def test_a_change_that_nothing_ends_is_a_breach(account):
    begun(account)
    change = AdministratorChange.objects.get()
    assert breaches.found() == []
    deadlines.cancel(change_of.VOID, subject_id=change.pk)
    assert breaches.found() == [f"administrator change {change.pk}: is open, but nothing ends it"]


# --- pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "997192198102132085", "1" * 1_000_000, "997192198102132080"])
def test_a_wrong_id_number_stands_at_its_field(account, signed_in, typed):
    response = signed_in(account).post(CHANGE, {"id_number": typed})
    assert set(response.context["form"].errors) == {"id_number"}
    assert response.context["form"]["id_number"].value() == typed[:1000]


def test_what_is_typed_wrong_is_kept_and_no_code_is_shown(account, signed_in):
    browser = signed_in(account)
    confirmations.confirm(begun(account).pk, by=administrator(account))
    typed = {"admin_name": "", "admin_id_number": "123", "admin_phone": "x" * 1_000_000, "do": "show_scan"}
    response = browser.post(CHANGE, typed)
    assert set(response.context["form"].errors) == {"admin_name", "admin_id_number", "admin_phone"}
    assert browser.get(CHANGE).context["form"]["admin_id_number"].value() == "123"
    assert confirmations.latest(TAKE_OVER, account.pk) is None


def test_the_waiting_page_is_told_when_something_changes(account, signed_in):
    browser = signed_in(account)
    meiran = person(account, "meiran")
    asked = ready(account, meiran)
    status = "/console/administrator/scan/"
    assert browser.get(status, {"state": "shown"}).status_code == 204
    confirmations.scan(asked.pk, by=meiran.as_actor())
    assert "Scanned by Mei Ran" in browser.get(status, {"state": "shown"}).content.decode()
    assert browser.get("/console/administrator/scan.svg").headers["Content-Type"] == "image/svg+xml"
    confirmations.confirm(asked.pk, by=meiran.as_actor())
    out = browser.get(status, {"state": "scanned"}, headers={"HX-Request": "true"})
    assert out.headers["HX-Redirect"].startswith("/log-in/")


def test_a_member_is_told_who_may(account, signed_in):
    begun(account)
    browser = signed_in(account, bind(account, "chenxi", "operator").person)
    assert "Only the administrator may do this." in browser.get(CHANGE).content.decode()
    browser.post("/console/administrator/drop/")
    assert AdministratorChange.objects.get().state == "asked"
