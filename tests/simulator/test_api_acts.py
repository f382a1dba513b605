"""What the control API does, noun by noun: the same actions as the pages (API-5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from accounts.models import Account, Entity, Login
from portal.kernel.models import AuditEvent, Review, ReviewPolicy, World
from portal.outside.models import BankTransfer, Letter
from portal.simulator import walks
from verification import actions as verification

pytestmark = pytest.mark.requirement("API-5")

AUTHENTICATION = "verification.authentication"


@pytest.fixture
def here(world):
    """Return the address of the world."""
    return f"/worlds/{world.pk}"


# --- worlds and clock ---------------------------------------------------------------------


def test_a_world_is_made_as_asked_with_its_reviewer_and_a_link_that_opens_it(api):
    made = api.post("/worlds", {"name": "期末考试", "seed": 7, "now": "2019-03-09T02:00:00Z", "frozen": True})
    world = World.objects.get(pk=made["world"])
    reviewer = Login.objects.get(username=made["reviewer"]["username"])

    assert {name: made[name] for name in ("name", "seed", "now", "frozen")} == {
        "name": "期末考试", "seed": 7, "now": "2019-03-09T10:00:00+08:00", "frozen": True,
    }  # fmt: skip
    assert api.get(f"/worlds/{world.pk}") == {name: made[name] for name in made if name != "reviewer"}
    assert (reviewer.world, reviewer.is_staff) == (world, True)
    assert check_password(made["reviewer"]["password"], reviewer.password)
    browser = Client()
    browser.get(made["link"].removeprefix("http://testserver"))
    assert browser.cookies["world"].value == world.token


def test_what_is_left_out_of_a_world_is_chosen(api):
    made = api.post("/worlds")
    assert made["name"].startswith("Tests of ")
    assert made["frozen"] is False
    assert api.refused("POST", "/worlds", {"now": "1999-12-31T00:00:00Z"})[1]["code"] == "clock_horizon"


def test_a_world_is_reset_and_deleted(api, world, here):
    walks.account_at(world, "registered")

    again = api.post(f"{here}/reset")
    left = (Account.objects.count(), Letter.objects.count(), again["world"])
    assert left == (0, 0, world.pk)
    assert api.call("DELETE", here).status_code == 204
    assert not World.objects.exists()


def test_the_clock_freezes_runs_and_tells_what_fired(api, world, here):
    account = walks.account_at(world, "awaiting_transfer")
    planned = api.get(f"{here}/agenda")["items"]

    before = api.post(f"{here}/clock/advance", {"to": account.wiretransfer.due_at.isoformat()})
    assert [each["kind"] for each in planned] == ["verification.wire_reminder"] * 3 + [
        "verification.wire_transfer"
    ]
    assert [
        {name: each[name] for name in ("due_at", "kind", "subject", "title")} for each in before["fired"]
    ] == [{name: each[name] for name in ("due_at", "kind", "subject", "title")} for each in planned]
    assert (before["now"], before["frozen"]) == ("2019-03-19T10:00:00+08:00", True)
    assert api.get(f"{here}/accounts/{account.pk}")["state"] == "expired"
    assert api.post(f"{here}/clock/run")["frozen"] is False
    assert api.post(f"{here}/clock/freeze")["frozen"] is True
    assert api.get(f"{here}/clock")["frozen"] is True
    assert api.refused("POST", f"{here}/clock/next") == (
        409,
        {
            "code": "nothing_planned",
            "message": "Nothing is planned in this world. The clock stays where it is.",
        },
    )


def test_the_clock_moves_by_a_length_and_to_the_next_event(api, world, here):
    walks.account_at(world, "registered")

    assert api.post(f"{here}/clock/advance", {"by": "P1DT1S"})["now"] == "2019-03-10T10:00:01+08:00"
    following = api.post(f"{here}/clock/next")
    assert following["now"] == "2019-03-11T10:00:00+08:00"
    assert [each["kind"] for each in following["fired"]] == ["accounts.activation"]
    assert api.refused("POST", f"{here}/clock/advance", {"to": "2019-03-09T00:00:00Z"})[1] == {
        "code": "clock_backwards",
        "field": "to",
        "message": "The clock was not moved: time only goes forward. Choose a moment after now.",
    }


def test_the_agenda_is_turned_by_its_cursor(api, world, here):
    walks.account_at(world, "awaiting_transfer")
    whole = api.get(f"{here}/agenda")
    second = whole["items"][1]
    cursor = f"{second['due_at'].replace('+', '%2B')}_{0}"

    assert api.get(f"{here}/agenda?after={whole['cursor'].replace('+', '%2B')}")["items"] == []
    assert api.get(f"{here}/agenda?after={cursor[:-1]}1")["items"][-1] == whole["items"][-1]


# --- mail, people, phones -----------------------------------------------------------------


def test_a_letter_is_read_with_its_links(api, world, here):
    walks.account_at(world, "registered", email="hello@lanternbay.example")

    [letter] = api.get(f"{here}/mail?to=hello@lanternbay.example")["items"]
    assert set(letter) == {"id", "to", "subject", "text", "html", "links", "at"}
    assert "/register/activate/" in letter["links"][0]
    assert letter["at"] == "2019-03-09T10:00:00+08:00"
    assert letter["html"].lower().startswith("<!doctype html>")
    assert api.get(f"{here}/mail?to=nobody@lanternbay.example")["items"] == []


def test_a_text_message_tells_its_code(api, world, here):
    account = walks.account_at(world, "awaiting_transfer")

    [sms] = api.get(f"{here}/sms?to={account.administrator.phone}")["items"]
    assert set(sms) == {"id", "to", "text", "code", "at"}
    assert len(sms["code"]) == 6


def test_waiting_ends_when_the_time_is_over(api, here):
    started = datetime.now(UTC)  # noqa: TID251 -- measures the real wait
    page = api.get(f"{here}/mail?after=5&wait=0.4")

    assert (page["items"], page["cursor"]) == ([], "5")
    assert timedelta(seconds=0.4) <= datetime.now(UTC) - started < timedelta(seconds=5)  # noqa: TID251


def test_somebody_is_added_as_asked_or_invented(api, world, here):
    made = api.post(f"{here}/people", {"name": "Bai Lu", "wechat_id": "BaiLu", "real_name_certified": False})
    invented = api.post(f"{here}/people")

    assert (made["name"], made["wechat_id"], made["bank_card"]) == ("Bai Lu", "bailu", "")
    assert invented["real_name_certified"] is True
    assert invented["bank_card"]
    assert [row["person"] for row in api.get(f"{here}/people")["items"][-2:]] == [
        made["person"],
        invented["person"],
    ]
    status, told = api.refused("POST", f"{here}/people", {"wechat_id": "bailu"})
    assert (status, told["field"]) == (409, "wechat_id")
    for wrong in ({"id_number": "123"}, {"phone": "12"}, {"wechat_id": "9"}, {"name": "x" * 41}):
        status, told = api.refused("POST", f"{here}/people", wrong)
        assert (status, told["field"]) == (400, next(iter(wrong)))


@pytest.fixture
def asked(world):
    """Return the confirmation that a registrant's page shows."""
    account = walks.account_at(world, "activated")
    typed = walks.draft(world, "enterprise")
    by = account.login.as_actor()
    verification.save_draft(account.pk, vars(typed), complete=True, by=by)
    return verification.show_scan(account.pk, by=by)


def test_a_phone_confirms_what_waits_for_it(api, world, here, asked):
    lin = walks.administrator(world, "linyue").pk
    [waiting] = api.get(f"{here}/confirmations?person={lin}")["items"]

    answered = api.post(f"{here}/confirmations/{waiting['id']}/confirm", {"person": lin})
    assert (waiting["id"], waiting["state"], waiting["person"]) == (asked.pk, "shown", None)
    assert (answered["state"], answered["person"]) == ("confirmed", lin)
    assert api.get(f"{here}/confirmations")["items"] == []
    status, told = api.refused("POST", f"{here}/confirmations/{waiting['id']}/confirm", {"person": lin})
    assert (status, told["code"]) == (409, "code_over")


def test_the_wrong_phone_is_told_why_and_a_phone_may_refuse(api, world, here, asked):
    wrong = walks.administrator(world, "chenxi").pk

    answered = api.post(f"{here}/confirmations/{asked.pk}/confirm", {"person": wrong})
    assert answered["state"] == "refused"
    assert answered["reason"]
    again = verification.show_scan(asked.subject_id, by=Account.objects.get().login.as_actor())
    refused = api.post(f"{here}/confirmations/{again.pk}/refuse", {"person": wrong})
    assert (refused["state"], refused["reason"]) == ("refused", "Refused on the phone.")
    assert api.refused("POST", f"{here}/confirmations/{again.pk}/confirm", {"person": 999_999})[0] == 404


# --- bank ---------------------------------------------------------------------------------


def test_money_is_matched_or_parked(api, here):
    made = api.post(f"{here}/accounts", {"stage": "awaiting_transfer"})
    pay = {name: value for name, value in made["wire"].items() if name != "due_at"}

    parked = api.post(f"{here}/bank/transfers", pay | {"amount_fen": pay["amount_fen"] + 1})
    assert (parked["state"], parked["reason"]) == ("parked", "wrong_amount")
    assert parked["message"] == "The amount differs from what was asked for."
    assert api.post(f"{here}/bank/transfers", pay)["state"] == "matched"
    assert api.get(f"{here}/accounts/{made['account']}")["state"] == "verified"
    assert [row["state"] for row in api.get(f"{here}/bank/transfers")["items"]] == ["parked", "matched"]


def test_an_account_is_opened_and_never_overdrawn(api, here):
    body = {"holder": "Suzhou Teapot Lane Software", "kind": "corporate", "balance_fen": 100}
    one, two = (api.post(f"{here}/bank/accounts", body) for _ in range(2))
    pay = {"from_account": one["account"], "to_account": two["account"], "amount_fen": 101, "remark": ""}

    assert {**body, "account": one["account"]} == one
    assert api.get(f"{here}/bank/accounts")["items"][-1] == two
    wrongs: list[tuple[dict[str, object], int]] = [
        ({}, 409), ({"amount_fen": 0}, 409), ({"amount_fen": -1}, 400), ({"amount_fen": 2**63}, 400),
        ({"amount_fen": 1.0}, 400), ({"amount_fen": "1"}, 400), ({"to_account": "1"}, 409),
        ({"to_account": one["account"], "amount_fen": 1}, 409), ({"remark": "x" * 61}, 400),
    ]  # fmt: skip
    for wrong, status in wrongs:
        assert api.refused("POST", f"{here}/bank/transfers", pay | wrong)[0] == status, wrong
    for unfit in ({"kind": "platform"}, {"holder": " "}, {"balance_fen": "1"}):
        assert api.refused("POST", f"{here}/bank/accounts", body | unfit)[0] == 400, unfit
    assert not BankTransfer.objects.exists()


# --- accounts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "entity_type"),
    [
        ("registered", "enterprise"),
        ("activated", "individual"),
        ("awaiting_transfer", "individual_business"),
        ("verified", "enterprise"),
        ("verified", "individual"),
        ("awaiting_authentication", "government"),
        ("authenticated", "media"),
        ("authenticated", "enterprise"),
    ],
)
def test_an_account_is_brought_to_a_stage(api, world, here, stage, entity_type):
    made = api.post(f"{here}/accounts", {"stage": stage, "entity_type": entity_type})
    account = Account.objects.get(pk=made["account"])

    assert (made["state"], made["email"], made["appid"]) == (stage, account.email, account.appid)
    assert check_password(made["password"], account.login.password)
    assert (made["wire"] is not None) == (stage == "awaiting_transfer")
    if account.entity:
        assert made["entity"] == {
            "id": account.entity.pk,
            "type": entity_type,
            "name": account.entity.name,
            "number": account.entity.number,
        }
        assert made["administrator"]["person"] == account.administrator.person_id
        pay = made["capabilities"]["open_wechat_pay"]
        assert (pay["allowed"], pay["reason"] == "") == ((stage == "authenticated"),) * 2
        assert made["limits"]["accounts_per_id_number"] == {"used": 1, "left": 4}
    shown = {name: made[name] for name in made if name not in {"password", "wire"}}
    assert api.get(f"{here}/accounts/{account.pk}") == shown
    assert api.get(f"{here}/accounts")["items"] == [shown]


@pytest.mark.parametrize(
    "asked",
    [
        {"stage": "awaiting_transfer", "entity_type": "individual"},
        {"stage": "authenticated", "entity_type": "individual"},
        {"stage": "awaiting_transfer", "entity_type": "government"},
        {"stage": "payment_online"},
        {"stage": "verified", "account_type": "service", "entity_type": "individual"},
        {"stage": "uploaded", "account_type": "service"},
    ],
)
def test_a_stage_out_of_reach_is_409_and_leaves_nothing(api, here, asked):
    before = AuditEvent.objects.count()
    status, told = api.refused("POST", f"{here}/accounts", asked)

    assert (status, told["code"], told["field"]) == (409, "unreachable_stage", "stage")
    assert (Account.objects.count(), Letter.objects.count(), AuditEvent.objects.count()) == (0, 0, before)


@pytest.mark.requirement("INF-3", "API-5")
def test_an_account_is_made_a_complete_mini_game(api, here):
    made = api.post(f"{here}/accounts", {"stage": "perfected", "category": "card_board"})

    assert made["capabilities"]["submit_for_verification"]["allowed"]
    assert made["limits"]["category_changes"] == {"used": 1, "left": 2}
    assert made["limits"]["project_members"] == {"used": 1, "left": 29}


def test_a_category_that_is_none_is_409_and_leaves_nothing(api, here):
    status, told = api.refused("POST", f"{here}/accounts", {"stage": "perfected", "category": "cooking"})

    assert (status, told["code"], told["field"]) == (409, "category", "category")
    assert "puzzle" in told["message"]
    assert Account.objects.count() == 0


@pytest.mark.parametrize("stage", ["", "expired", "nowhere", None, 5])
def test_a_stage_that_is_none_is_400(api, here, stage):
    assert api.refused("POST", f"{here}/accounts", {"stage": stage})[0] == 400


def test_a_taken_or_impossible_email_is_told(api, here):
    taken = {"stage": "registered", "email": "hello@lanternbay.example"}
    api.post(f"{here}/accounts", taken)

    assert api.refused("POST", f"{here}/accounts", taken)[0] == 409
    assert (
        api.refused("POST", f"{here}/accounts", {"stage": "registered", "email": "x"})[1]["field"] == "email"
    )


def test_a_second_account_belongs_to_the_same_entity(api, here):
    named = {"stage": "verified", "name": "Suzhou Teapot Lane Software Co., Ltd."}
    for asked in (named, {"stage": "verified"}, {"stage": "verified", "entity_type": "individual"}):
        first = api.post(f"{here}/accounts", asked)
        second = api.post(f"{here}/accounts", {"stage": "verified", "entity": first["entity"]["id"]})

        assert second["entity"] == first["entity"]
    assert Entity.objects.count() == 3
    assert second["limits"]["accounts_per_small_entity"] == {"used": 2, "left": 3}
    assert api.refused("POST", f"{here}/accounts", {"stage": "verified", "entity": 999_999})[0] == 404


def test_events_tell_who_did_what(api, world, here):
    account = walks.account_at(world, "awaiting_transfer")
    last = api.get(f"{here}/events?account={account.pk}")["items"][-1]

    assert (last["subject"], last["transition"]) == (f"accounts.Account {account.pk}", "await_transfer")
    assert (last["source"], last["target"], last["by"]) == ("activated", "awaiting_transfer", account.email)
    assert last["at"] == "2019-03-09T10:00:00+08:00"
    assert datetime.fromisoformat(last["recorded_at"]) > datetime(2020, 1, 1, tzinfo=UTC)
    api.post(f"{here}/clock/run")
    assert api.get(f"{here}/events")["items"][-1]["by"] == "control"


# --- reviews ------------------------------------------------------------------------------


@pytest.fixture
def review(world):
    """Return what waits at the desk when an enterprise has applied for WeChat authentication."""
    walks.apply(walks.account_at(world, "verified"))
    return Review.objects.get()


@pytest.mark.parametrize(
    ("verdict", "body", "state"),
    [
        ("approve", {}, "approved"),
        ("approve", {"facts": {"name": "passed"}, "note": "All papers are there."}, "approved"),
        ("reject", {"reasons": [{"text": "The licence has run out.", "field": "licence"}]}, "rejected"),
        ("return", {"reasons": [{"text": "The picture cannot be read."}]}, "returned"),
    ],
)
def test_a_review_is_decided_by_the_worlds_reviewer(api, world, here, review, verdict, body, state):
    [waiting] = api.get(f"{here}/reviews?kind={AUTHENTICATION}")["items"]
    decided = api.post(f"{here}/reviews/{waiting['id']}/{verdict}", body)

    assert (decided["id"], decided["state"]) == (review.pk, state)
    given = review.verdicts.get()
    assert (given.by_name, given.source) == ("reviewer@desk.example", "human")
    assert api.get(f"{here}/reviews")["items"] == []
    assert [row["id"] for row in api.get(f"{here}/reviews?state={state}")["items"]] == [review.pk]
    status, told = api.refused("POST", f"{here}/reviews/{review.pk}/approve")
    assert (status, told["code"]) == (409, "decided")


def test_a_review_is_put_off_and_refused_without_a_reason(api, world, here, review):
    later = "2019-03-12T10:00:00+08:00"
    put_off = api.post(f"{here}/reviews/{review.pk}/delay", {"until": later})

    assert (put_off["state"], put_off["delayed_until"]) == ("open", later)
    for verdict in ("reject", "return"):
        status, told = api.refused("POST", f"{here}/reviews/{review.pk}/{verdict}", {})
        assert (status, told["field"]) == (409, "reasons")
    assert api.refused("POST", f"{here}/reviews/{review.pk}/delay", {})[1]["field"] == "until"
    assert api.refused("GET", f"{here}/reviews?state=x")[0] == 400


def test_only_who_is_at_this_worlds_desk_decides(api, world, here, review, make_world):
    other = Login.objects.get(world=make_world("Other", seed=8), is_staff=True)
    staff = Login.objects.create_superuser("staff", "papers-2019")
    path = f"{here}/reviews/{review.pk}/approve"

    for name in (other.username, "nobody", Account.objects.get().login.username):
        assert api.refused("POST", path, {"by": name})[1]["field"] == "by"
    api.post(path, {"by": staff.username})
    assert review.verdicts.get().by_name == "staff"


def test_an_application_comes_to_the_desk_and_opens_what_waits_for_it(api, here):
    account = api.post(f"{here}/accounts", {"stage": "awaiting_authentication", "entity_type": "government"})
    path = f"{here}/accounts/{account['account']}"
    review = api.post(f"{path}/authentication")

    assert (review["kind"], review["state"], review["account"]) == (
        AUTHENTICATION,
        "open",
        account["account"],
    )
    api.post(f"{here}/reviews/{review['id']}/approve", {"facts": {"name": "passed"}})
    assert api.get(path)["state"] == "authenticated"


def test_the_policy_of_a_world_is_set_and_told(api, world, here):
    policy = {
        "mode": "scripted",
        "after": "P1D",
        "verdicts": [{"verdict": "reject", "reasons": [{"text": "No."}]}],
    }
    told = api.call("PUT", f"{here}/policy/review", {AUTHENTICATION: policy}).json()

    assert told[AUTHENTICATION]["mode"] == "scripted"
    assert told == api.get(f"{here}/policy/review")
    assert ReviewPolicy.objects.get().after == timedelta(days=1)
    for wrong, status in [
        ({"nothing": policy}, 409), ({AUTHENTICATION: {"mode": "x"}}, 400), ({AUTHENTICATION: {}}, 400),
        ({AUTHENTICATION: policy | {"after": "P1M"}}, 400), ([], 400),
    ]:  # fmt: skip
        assert api.refused("PUT", f"{here}/policy/review", wrong)[0] == status, wrong
