from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db.models import F
from django.test import Client

from accounts.models import Login, SignIn
from accounts.views import log_in
from portal.kernel import throttle
from portal.kernel.models import Throttle
from portal.simulator import walks
from tests.accounts.pages import ACTIVATION, LOG_IN, SCAN, errors, logs_in, session_key

EMAIL, PASSWORD = "ops@lanternbay.example", walks.PASSWORD
WRONG = {
    "__all__": ["Not logged in: no account of this world has this e-mail and this password. Check both."]
}
TOO_MANY = {"__all__": ["Too many tries. Try again in 15 minutes."]}


def refusal(response: Any) -> dict[str, list[str]]:
    return errors(response, "log_in_form")


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password was worked on."""

    algorithm = "counting"
    works = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).works += 1
        return super().encode(password, salt)


@pytest.mark.parametrize(
    ("stage", "url"),
    [
        ("registered", ACTIVATION),
        ("activated", "/register/entity/"),
    ],
)
def test_logging_in_goes_on_where_the_registration_stands(world, visitor, stage, url):
    """REG-10: log-in returns a registration to its step; before the entity there is nobody to scan."""
    walks.account_at(world, stage, email=EMAIL)

    response = logs_in(visitor, EMAIL.upper(), PASSWORD)

    assert (response.status_code, response.headers["Location"]) == (302, url)
    assert visitor.get(LOG_IN).headers["Location"] == url


@pytest.mark.parametrize("stage", ["awaiting_transfer", "verified"])
def test_a_confirmed_account_goes_on_to_the_scan(world, visitor, stage):
    account = walks.account_at(world, stage, email=EMAIL)

    response = logs_in(visitor, EMAIL.upper(), PASSWORD)

    assert response.headers["Location"] == SCAN
    assert account.sign_ins.get().state == SignIn.State.AWAITING_SCAN
    assert not visitor.get(SCAN).context["user"].is_authenticated
    assert visitor.get("/console/").headers["Location"] == f"{LOG_IN}?next=/console/"


@pytest.mark.parametrize("change", [str, str.upper, "  {}\u3000".format])
def test_the_original_id_is_a_name_too(world, visitor, change):
    original_id = str(walks.account_at(world, "verified", email=EMAIL).original_id)

    assert logs_in(visitor, change(original_id), PASSWORD).headers["Location"] == SCAN
    assert refusal(logs_in(visitor, original_id, "lantern-2018")) == WRONG
    assert refusal(logs_in(visitor, "gh_000000000000", PASSWORD)) == WRONG


def test_another_worlds_original_id_lets_nobody_in(make_world, visitor):
    stranger = walks.account_at(make_world("Class 08"), "verified", email=EMAIL)

    assert refusal(logs_in(visitor, str(stranger.original_id), PASSWORD)) == WRONG


def test_logging_in_changes_the_session_key(world, visitor):
    walks.register(world, EMAIL)
    visitor.get("/register/mini-program/")
    planted = session_key(visitor)

    logs_in(visitor, EMAIL, PASSWORD)

    assert planted
    assert session_key(visitor) != planted


def test_logging_in_to_another_account_leaves_the_first(world, visitor):
    walks.register(world, EMAIL)
    walks.register(world, "second@lanternbay.example")
    logs_in(visitor, EMAIL, PASSWORD)

    logs_in(visitor, "second@lanternbay.example", PASSWORD)

    assert visitor.get(ACTIVATION).context["account"].email == "second@lanternbay.example"


def test_who_exists_is_not_told(world, make_world, visitor, time, settings):
    """Unknown, wrong, expired, of another world, the desk's own: one answer, and the same work for it."""
    settings.PASSWORD_HASHERS = [
        "tests.accounts.test_views_log_in.CountingHasher",
        "accounts.hashers.MachineMadeHasher",
    ]
    walks.register(world, "expired@lanternbay.example")
    time.passes(days=2)
    walks.register(world, EMAIL)
    walks.register(make_world("Class 08"), "neighbour@lanternbay.example")
    reviewer = Login.objects.get(world=world, is_staff=True)
    reviewer.set_password(PASSWORD)
    reviewer.save()
    tries = {
        "wrong": (EMAIL, "lantern-2018"),
        "unknown": ("nobody@lanternbay.example", PASSWORD),
        "expired": ("expired@lanternbay.example", PASSWORD),
        "of another world": ("neighbour@lanternbay.example", PASSWORD),
        "the desk's": (reviewer.email, PASSWORD),
    }

    answers = {}
    for case, (email, password) in tries.items():
        before = CountingHasher.works
        response = logs_in(visitor, email, password)
        page = response.content.decode().replace(email, "").replace(session_key(visitor), "")
        token = response.context["csrf_token"]
        answers[case] = (
            response.status_code,
            refusal(response),
            CountingHasher.works - before,
            len(page.replace(str(token), "")),
        )

    assert answers == dict.fromkeys(tries, answers["wrong"])
    assert answers["wrong"][:3] == (200, WRONG, 1)
    assert not visitor.get("/").context["user"].is_authenticated


def test_after_five_wrong_passwords_the_right_one_has_to_wait_too(world, visitor, time):
    """And moving the world's clock does not lift it: the throttle runs on the real one."""
    walks.register(world, EMAIL)
    for _turn in range(log_in.WRONG_PASSWORDS):
        assert refusal(logs_in(visitor, EMAIL, "lantern-2018")) == WRONG

    assert refusal(logs_in(visitor, EMAIL, PASSWORD)) == TOO_MANY
    time.passes(hours=1)
    assert refusal(logs_in(visitor, EMAIL, PASSWORD)) == TOO_MANY

    Throttle.objects.update(window_start=F("window_start") - log_in.WRONG_PASSWORDS_WITHIN)
    assert logs_in(visitor, EMAIL, PASSWORD).status_code == 302


def wrong_from_many(world, times: int, name: str = EMAIL) -> None:
    """Let strangers at many addresses try wrong passwords, the captcha of each read right."""
    for number in range(times):
        stranger = Client(REMOTE_ADDR=f"198.51.100.{number}")
        stranger.cookies["world"] = world.token
        sent = {"email": name, "password": "lantern-2018", "captcha": read(stranger)}
        assert refusal(stranger.post(LOG_IN, sent)) == WRONG


def read(client: Client) -> str:
    """Return what the client's picture says, once it was drawn."""
    client.get("/register/captcha.png")
    return str(client.session["captcha"])


def test_a_hundred_wrong_passwords_from_elsewhere_do_not_shut_the_owner_out(world, visitor):
    """The account asks for the captcha then, and the right password still opens it."""
    walks.account_at(world, "verified", email=EMAIL)
    wrong_from_many(world, 100)

    asked = logs_in(visitor, EMAIL, PASSWORD)
    assert refusal(asked) == {
        "captcha": [
            "Too many wrong passwords were tried for this account. Enter the password and the picture."
        ]
    }
    assert 'name="captcha"' in asked.content.decode()
    owner = {"email": EMAIL, "password": PASSWORD}
    assert visitor.post(LOG_IN, owner | {"captcha": read(visitor)}).headers["Location"] == SCAN


def test_the_captcha_is_asked_after_the_fifth_wrong_password_and_not_before(world, visitor):
    walks.register(world, EMAIL)
    wrong_from_many(world, log_in.WITHOUT_CAPTCHA - 1)
    assert 'name="captcha"' not in visitor.get(LOG_IN).content.decode()

    fifth = logs_in(visitor, EMAIL, "lantern-2018")

    assert refusal(fifth) == WRONG
    assert 'name="captcha"' in fifth.content.decode()
    assert "captcha" in refusal(logs_in(visitor, EMAIL, PASSWORD))


def test_a_wrong_captcha_is_refused_whatever_the_password_and_costs_the_picture(world, visitor):
    walks.register(world, EMAIL)
    wrong_from_many(world, log_in.WITHOUT_CAPTCHA)
    picture = read(visitor)
    sent = {"email": EMAIL, "password": PASSWORD}

    for typed in ("0000", "0000"):
        refused = visitor.post(LOG_IN, sent | {"captcha": typed})
        assert refusal(refused)["captcha"][0].startswith("These are not the characters")
    assert read(visitor) != picture
    stale = visitor.post(LOG_IN, sent | {"captcha": picture})
    assert "captcha" in refusal(stale)
    for _turn in range(log_in.WRONG_PASSWORDS):  # a picture misread is no wrong password
        visitor.post(LOG_IN, sent | {"captcha": "0000"})
    assert visitor.post(LOG_IN, sent | {"captcha": read(visitor)}).status_code == 302


def test_another_picture_is_drawn_on_demand_and_nothing_is_tried(world, visitor):
    walks.register(world, EMAIL)
    wrong_from_many(world, log_in.WITHOUT_CAPTCHA)
    picture = read(visitor)
    sent = {"email": EMAIL, "password": PASSWORD, "captcha": picture, "change_picture": "1"}

    page = visitor.post(LOG_IN, sent)

    assert page.context["log_in_form"]["email"].value() == EMAIL
    assert 'name="captcha"' in page.content.decode()
    assert read(visitor) != picture
    assert PASSWORD not in page.content.decode()


def test_an_unknown_e_mail_is_locked_and_asks_for_the_captcha_just_so(world, visitor):
    unknown = "nobody@lanternbay.example"
    wrong_from_many(world, log_in.WITHOUT_CAPTCHA, unknown)
    assert "captcha" in refusal(logs_in(visitor, unknown, PASSWORD))

    for _turn in range(log_in.WRONG_PASSWORDS):
        again = {"email": unknown, "password": PASSWORD, "captcha": read(visitor)}
        assert refusal(visitor.post(LOG_IN, again)) == WRONG
    assert refusal(logs_in(visitor, unknown, PASSWORD)) == TOO_MANY


def test_waiting_tries_do_not_prolong_the_wait(world, visitor):
    walks.register(world, EMAIL)
    for _turn in range(log_in.WRONG_PASSWORDS + 20):
        logs_in(visitor, EMAIL, "lantern-2018")
    Throttle.objects.update(window_start=F("window_start") - log_in.WRONG_PASSWORDS_WITHIN)

    assert logs_in(visitor, EMAIL, PASSWORD).status_code == 302


def test_one_address_locked_out_locks_no_other(world, visitor):
    walks.register(world, EMAIL)
    for _turn in range(log_in.WRONG_PASSWORDS):
        logs_in(visitor, EMAIL, "lantern-2018")
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    elsewhere.cookies["world"] = world.token

    entered = elsewhere.post(LOG_IN, {"email": EMAIL, "password": PASSWORD, "captcha": read(elsewhere)})

    assert entered.headers["Location"] == ACTIVATION


def test_one_emails_wrong_passwords_lock_nobody_else(world, make_world, visitor):
    neighbour = make_world("Class 08")
    for place in (world, neighbour):
        walks.register(place, EMAIL)
    walks.register(world, "second@lanternbay.example")
    for _turn in range(log_in.WRONG_PASSWORDS):
        logs_in(visitor, EMAIL, "lantern-2018")
    other = Client()
    other.cookies["world"] = neighbour.token

    assert logs_in(visitor, "second@lanternbay.example", PASSWORD).status_code == 302
    assert logs_in(other, EMAIL, PASSWORD).status_code == 302


def test_a_right_password_clears_the_wrong_ones(world, visitor):
    walks.register(world, EMAIL)
    for _round in range(2):
        for _turn in range(log_in.WRONG_PASSWORDS - 1):
            assert refusal(logs_in(visitor, EMAIL, "lantern-2018")) == WRONG
        assert logs_in(visitor, EMAIL, PASSWORD).status_code == 302


def test_one_address_cannot_try_many_emails(world, visitor):
    walks.register(world, EMAIL)
    for _turn in range(log_in.LOG_INS_PER_ADDRESS):
        throttle.hit(
            "log_in_from",
            "127.0.0.1",
            at_most=log_in.LOG_INS_PER_ADDRESS,
            within=log_in.WRONG_PASSWORDS_WITHIN,
        )

    assert refusal(logs_in(visitor, EMAIL, PASSWORD)) == TOO_MANY
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    elsewhere.cookies["world"] = world.token
    assert logs_in(elsewhere, EMAIL, PASSWORD).status_code == 302


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize(
    "typed",
    ["", "\x00", "\u202eops@lanternbay.example", "o\u200bps", "\ufffd", "a1" * 524_288],
    ids=["nothing", "NUL", "RTL", "zero width", "a lost character", "a megabyte"],
)
def test_no_input_breaks_the_log_in(visitor, field, typed):
    response = visitor.post(LOG_IN, {"email": EMAIL, "password": PASSWORD, field: typed})

    assert response.status_code == 200
    assert refusal(response)
    assert len(response.content) < 50_000
    assert PASSWORD not in response.content.decode()


def test_logging_out_ends_the_session_and_stays_in_the_world(world, visitor):
    walks.register(world, EMAIL)
    logs_in(visitor, EMAIL, PASSWORD)
    former = session_key(visitor)
    assert visitor.get("/log-out/").status_code == 405

    response = visitor.post("/log-out/", follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert not response.context["user"].is_authenticated
    assert response.context["sim"]["world"] == world
    thief = Client()
    thief.cookies["console"] = former
    assert not thief.get("/").context["user"].is_authenticated


def test_a_log_in_from_an_unknown_world_starts_at_the_home_page(db):
    response = logs_in(Client(), EMAIL, PASSWORD)

    assert (response.status_code, response.headers["Location"]) == (302, "/")
