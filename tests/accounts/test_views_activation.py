from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from accounts.models import Account, ActivationLink
from accounts.views import activation
from portal.kernel import worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Throttle
from portal.kernel.terms import AccountState
from portal.outside.models import Letter
from portal.simulator import walks
from tests.accounts.pages import ACTIVATION, FORM, LOG_IN, errors, newest_link, registers, session_key

ENTITY = "/register/entity/"
RESEND = "/register/activation/resend/"
CHANGE = "/register/activation/email/"


def state_of(email: str) -> str:
    return str(Account.objects.get(email=email).state)


# --- the page -----------------------------------------------------------------------------


def test_the_page_tells_where_the_letter_went_and_until_when_its_link_works(visitor):
    email = registers(visitor)

    html = visitor.get(ACTIVATION).content.decode()

    assert f'The activation letter was sent to <b class="wrap-anywhere">{email}</b>.' in " ".join(
        html.split()
    )
    assert "Mon 11 Mar 2019, 10:00" in html
    assert 'data-due="2019-03-11T10:00:00+08:00"' in html


def test_everybody_else_is_sent_on_their_way(world, visitor, signed_in):
    for path in (ACTIVATION, CHANGE):
        assert visitor.get(path).headers["Location"] == LOG_IN
    assert visitor.post(RESEND).headers["Location"] == LOG_IN

    client = signed_in(walks.account_at(world, "activated"))
    for path in (ACTIVATION, CHANGE):
        assert client.get(path).headers["Location"] == ENTITY
    assert client.post(RESEND).headers["Location"] == ENTITY
    assert Letter.objects.count() == 1


def test_a_letter_is_sent_by_posting_only(visitor):
    registers(visitor)

    assert visitor.get(RESEND).status_code == 405
    assert Letter.objects.count() == 1


# --- another letter -----------------------------------------------------------------------


def test_a_newer_letter_voids_the_earlier_link_and_starts_the_48_hours_anew(world, visitor, time):
    email = registers(visitor)
    earlier = newest_link(world)
    time.passes(hours=47)

    response = visitor.post(RESEND, follow=True)

    assert [str(each) for each in response.context["messages"]] == [
        f"A new activation letter was sent to {email}. The earlier link no longer works."
    ]
    assert "Wed 13 Mar 2019, 09:00" in response.content.decode()
    time.passes(hours=47)
    refused = visitor.get(earlier)
    assert refused.status_code == 410
    assert "A newer activation letter was sent" in refused.content.decode()
    assert state_of(email) == AccountState.REGISTERED
    assert visitor.get(newest_link(world)).headers["Location"] == ENTITY


def test_letters_are_sent_twenty_times_an_hour(visitor, time):
    registers(visitor)
    for _turn in range(activation.LETTERS_PER_HOUR):
        visitor.post(RESEND)
    time.passes(hours=2)

    refused = visitor.post(RESEND, follow=True, headers={"Referer": f"http://testserver{ACTIVATION}"})

    assert [str(each) for each in refused.context["messages"]][-1:] == [
        "Too many tries. Try again in 60 minutes."
    ]
    assert Letter.objects.count() == 1 + activation.LETTERS_PER_HOUR
    Throttle.objects.update(window_start=F("window_start") - activation.HOUR)
    visitor.post(RESEND)
    assert Letter.objects.count() == 2 + activation.LETTERS_PER_HOUR


# --- another e-mail -----------------------------------------------------------------------


def test_changing_the_email_moves_letter_and_log_in_there_and_frees_the_old_one(world, visitor):
    email = registers(visitor)
    earlier = newest_link(world)

    response = visitor.post(CHANGE, {"email": "new@lanternbay.example"}, follow=True)

    account = Account.objects.get()
    assert account.email == account.login.email == "new@lanternbay.example"
    assert response.redirect_chain == [(ACTIVATION, 302)]
    assert Letter.objects.order_by("-id")[0].to == "new@lanternbay.example"
    assert visitor.get(earlier).status_code == 410
    stranger = Client()
    stranger.cookies["world"] = world.token
    assert registers(stranger, email=email) == email


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the e-mail that shall be the log-in instead."),
        ("ops@lanternbay", "This is not an e-mail address. Write it like name@company.example."),
        (
            "news@harbourweekly.example",
            "This e-mail already belongs to an account elsewhere: Official Account Platform. "
            "Use an e-mail that no account of the platform family uses.",
        ),
        (
            "other@lanternbay.example",
            "This e-mail already belongs to an account. Use another e-mail, or log in with this one.",
        ),
        (
            "a\x00b@lanternbay.example",
            "Character 2 is U+0000, a control character, which text cannot hold. Remove it.",
        ),
        ("a1" * 524_288, "Keep it to 254 characters; this has 1048576."),
    ],
    ids=["nothing", "malformed", "in use elsewhere", "in use here", "NUL", "a megabyte"],
)
def test_an_email_it_cannot_be_changed_to_is_refused_at_the_field(world, visitor, typed, sentence):
    walks.register(world, "other@lanternbay.example")
    email = registers(visitor)

    response = visitor.post(CHANGE, {"email": typed})

    assert errors(response) == {"email": [sentence]}
    assert Account.objects.filter(email=email).exists()
    assert Letter.objects.count() == 2


# --- the link -----------------------------------------------------------------------------


def test_the_link_activates_and_goes_straight_on_to_the_entity(world, visitor):
    email = registers(visitor)

    response = visitor.get(newest_link(world))

    assert (response.status_code, response.headers["Location"]) == (302, ENTITY)
    assert state_of(email) == AccountState.ACTIVATED


def test_the_link_works_in_another_browser_and_brings_it_into_the_world(world, visitor):
    """console-rules 1.5: if the link cannot be clicked, copy it into another browser."""
    registers(visitor)
    elsewhere = Client()

    response = elsewhere.get(newest_link(world))

    assert response.headers["Location"] == ENTITY
    assert elsewhere.cookies["world"].value == world.token
    assert elsewhere.get("/").context["step_url"] == ENTITY


def test_the_link_brings_a_visitor_of_another_world_into_its_own(make_world, world, visitor):
    registers(visitor)
    elsewhere = Client()
    elsewhere.cookies["world"] = make_world("Class 08").token

    elsewhere.get(newest_link(world))

    assert elsewhere.cookies["world"].value == world.token


def test_a_session_planted_before_the_link_is_worth_nothing_after_it(world, visitor):
    registers(visitor)
    victim = Client()
    victim.get(FORM)
    planted = session_key(victim)

    victim.get(newest_link(world))

    assert planted
    assert session_key(victim) != planted
    attacker = Client()
    attacker.cookies["console"] = planted
    assert not attacker.get("/").context["user"].is_authenticated


def test_a_mere_look_at_the_link_does_nothing(world, visitor):
    email = registers(visitor)
    link = newest_link(world)
    scanner = Client()

    response = scanner.head(link)

    assert (response.status_code, session_key(scanner)) == (200, "")
    assert state_of(email) == AccountState.REGISTERED
    assert ActivationLink.objects.get().used_at is None
    assert scanner.post(link).status_code == 405
    assert visitor.get(link).headers["Location"] == ENTITY


def test_a_used_link_leads_its_owner_on_and_lets_nobody_else_in(world, visitor):
    registers(visitor)
    link = newest_link(world)
    visitor.get(link)

    owner, stranger = visitor.get(link), Client().get(link)

    assert (owner.status_code, stranger.status_code) == (410, 410)
    for page in (owner, stranger):
        assert "This activation link was already used" in page.content.decode()
    assert owner.context["go_on_url"] == ENTITY
    assert stranger.context["go_on_url"] == LOG_IN
    assert not stranger.context["user"].is_authenticated


def test_a_used_link_stays_used_when_its_48_hours_are_over(world, visitor, time):
    registers(visitor)
    link = newest_link(world)
    visitor.get(link)
    time.passes(days=3)

    assert "This activation link was already used" in visitor.get(link).content.decode()


def test_the_link_works_until_the_last_moment_of_its_48_hours(world, visitor, time):
    email = registers(visitor)
    time.passes(hours=48, microseconds=-1)

    assert visitor.get(newest_link(world)).headers["Location"] == ENTITY
    assert state_of(email) == AccountState.ACTIVATED


def test_after_48_hours_the_link_says_so_and_offers_a_new_start(world, visitor, time):
    email = registers(visitor)
    link = newest_link(world)
    time.passes(hours=48)

    page = visitor.get(link)

    assert page.status_code == 410
    html = " ".join(page.content.decode().split())
    assert "This activation link is over" in html
    assert f'the registration of <b class="wrap-anywhere">{email}</b> has ended.' in html
    assert '<a class="btn btn-primary" href="/register/">Register again</a>' in html
    assert state_of(email) == AccountState.EXPIRED
    assert registers(visitor, email=email) == email


def test_a_link_is_over_at_its_time_even_before_the_clock_has_ended_the_registration(world, visitor):
    """A window is [start, due_at): the worker that fires it may come a moment later."""
    email = registers(visitor)
    world.frozen_at = world.now() + timedelta(hours=48)
    world.save()

    page = visitor.get(newest_link(world))

    assert page.status_code == 410
    assert "This activation link is over" in page.content.decode()
    assert state_of(email) == AccountState.REGISTERED


def test_whoever_waits_on_the_page_while_the_48_hours_pass_reads_what_happened(visitor, time):
    email = registers(visitor)
    time.passes(hours=48)

    page = visitor.get(ACTIVATION)

    assert page.status_code == 200
    assert "This activation link is over" in page.content.decode()
    assert email in page.content.decode()


@pytest.mark.parametrize(
    "token",
    ["unknown", "%00", "%ED%A0%80", "%E2%80%AE", "a" * 5000],
    ids=["word", "NUL", "half", "RTL", "long"],
)
def test_an_unknown_link_says_so(visitor, token):
    response = visitor.get(f"/register/activate/{token}/")

    if token == "%00":
        assert response.status_code == 400  # no address holds it
    else:
        assert response.status_code == 404
        assert "This activation link is not known" in response.content.decode()


def test_a_link_of_a_deleted_world_is_unknown(make_world, visitor):

    gone = make_world("Class 08")
    walks.register(gone, "ops@lanternbay.example")
    link = newest_link(gone)
    worlds.delete(gone.pk, by=SIMULATOR)

    assert visitor.get(link).status_code == 404
