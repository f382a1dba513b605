from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db.models import F
from django.test import Client

from accounts.models import Login
from accounts.views import log_in
from portal.kernel import throttle
from portal.kernel.models import Throttle
from portal.simulator import walks
from tests.accounts.pages import ACTIVATION, LOG_IN, errors, logs_in, session_key

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
        ("awaiting_transfer", "/verification/wire-transfer/"),
        ("verified", "/console/"),
    ],
)
def test_logging_in_goes_on_where_the_registration_stands(world, visitor, stage, url):
    """REG-10: log-in returns an unfinished registration to its step."""
    walks.account_at(world, stage, email=EMAIL)

    response = logs_in(visitor, EMAIL.upper(), PASSWORD)

    assert (response.status_code, response.headers["Location"]) == (302, url)
    assert visitor.get(LOG_IN).headers["Location"] == url


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


def test_waiting_tries_do_not_prolong_the_wait(world, visitor):
    walks.register(world, EMAIL)
    for _turn in range(log_in.WRONG_PASSWORDS + 20):
        logs_in(visitor, EMAIL, "lantern-2018")
    Throttle.objects.update(window_start=F("window_start") - log_in.WRONG_PASSWORDS_WITHIN)

    assert logs_in(visitor, EMAIL, PASSWORD).status_code == 302


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
