import pytest
from django.db.models import F
from django.test import Client

from accounts.models import Account, Login
from accounts.views import registration
from portal.kernel.models import Throttle
from portal.kernel.terms import AccountState
from portal.outside.models import DirectoryEntry, Letter
from portal.simulator import prepared, walks
from tests.accounts.pages import ACTIVATION, FORM, errors, filled_in, registers, session_key

IN_USE = "This e-mail already belongs to an account. Use another e-mail, or log in with this one."
NUL, RTL, ZERO_WIDTH = "\x00", "\u202e", "\u200b"
MEGABYTE = "a1" * 524_288


# --- account type -------------------------------------------------------------------------


def test_only_a_mini_program_can_be_chosen(visitor):
    page = visitor.get("/register/")

    cards = {card.title: bool(card.shut_reason) for card in page.context["types"]}
    assert cards == {
        "Subscription Account": False,
        "Service Account": False,
        "Mini Program": False,
        "WeCom": True,
    }
    html = page.content.decode()
    assert html.count('type="radio"') == 4
    assert html.count("disabled>") == 1
    assert "The type cannot be changed after registration." in html


@pytest.mark.parametrize(
    ("chosen", "form"),
    [
        ("mini_program", FORM),
        ("subscription", "/register/subscription/"),
        ("service", "/register/service/"),
    ],
)
def test_choosing_one_leads_to_its_form(visitor, chosen, form):
    response = visitor.post("/register/", {"account_type": chosen})

    assert (response.status_code, response.headers["Location"]) == (302, form)
    page = visitor.get(form)
    assert str(page.context["type"].value) == chosen
    assert f'action="{form}"' in page.content.decode()


@pytest.mark.parametrize("address", ["wecom", "mini_program", "nothing"])
def test_a_type_that_cannot_be_registered_has_no_form(visitor, address):
    assert visitor.get(f"/register/{address}/").status_code == 404


@pytest.mark.parametrize("forged", ["wecom", "", NUL, MEGABYTE])
def test_another_type_is_refused_in_a_sentence(visitor, forged):
    response = visitor.post("/register/", {"account_type": forged})

    assert response.status_code == 200
    assert errors(response) == {
        "account_type": [
            "This type cannot be registered here. Choose another one."
            if forged
            else "Choose an account type."
        ]
    }


def test_the_types_stand_side_by_side(visitor):
    """console-rules 1.2, the difference table."""
    page = visitor.get("/register/types/")

    assert [kind.title for kind in page.context["types"]] == [
        "Subscription Account",
        "Service Account",
        "Mini Program",
        "WeCom",
    ]
    rows = {str(row.label): [str(cell) for cell in row.cells] for row in page.context["differences"]}
    assert rows["Individuals may open it"] == ["Yes", "No", "Yes", "No, organizations only"]
    assert rows["Broadcasts"][:2] == ["1 a day", "4 a month"]
    html = page.content.decode()
    assert all(f"<td>{cell}</td>" in html.replace("&#x27;", "'") for cells in rows.values() for cell in cells)


# --- the form -----------------------------------------------------------------------------


def test_registering_opens_a_registration_and_sends_the_letter(world, visitor):
    visitor.cookies["language"] = "zh-hans"
    email = registers(visitor)

    account = Account.objects.get()
    assert (account.world, account.email, account.state, account.account_type, account.language) == (
        world,
        email,
        AccountState.REGISTERED,
        "mini_program",
        "zh-hans",
    )
    assert account.login.check_password("rehearse-2019")
    assert Letter.objects.get().to == email


def test_the_registrant_is_signed_in_under_a_new_session_key(visitor):
    """A session planted before is worth nothing afterwards."""
    visitor.get(FORM)
    planted = session_key(visitor)

    email = registers(visitor)

    assert planted
    assert session_key(visitor) != planted
    assert visitor.get(ACTIVATION).context["user"].email == email
    stranger = Client()
    stranger.cookies["console"] = planted
    assert not stranger.get("/").context["user"].is_authenticated


def test_every_sample_is_refused_at_its_own_field_and_the_valid_one_is_not(world, visitor):
    refused = {}
    for label, broken in [
        (str(sample["label"]), sample["fields"])
        for sample in visitor.get(FORM).context["samples"]
        if not sample["valid"]
    ]:
        page = visitor.get(FORM)
        captcha = broken["captcha"] if label == "Wrong captcha" else page.context["answer"]
        refused[label] = errors(visitor.post(FORM, broken | {"captcha": captcha}))

    assert {label: list(fields) for label, fields in refused.items()} == {
        "Malformed e-mail": ["email"],
        "E-mail in use": ["email"],
        "Weak password": ["password"],
        "Passwords differ": ["password_again"],
        "Wrong captcha": ["captcha"],
    }
    assert not Account.objects.exists()
    registers(visitor)


@pytest.mark.parametrize("where", DirectoryEntry.Where.values)
def test_an_email_in_use_elsewhere_is_refused_wherever_that_is(world, visitor, where):
    """Not registered for any Official Account, Open Platform, enterprise or personal account (seed)."""
    entry = DirectoryEntry.objects.get(world=world, where=where)

    response = visitor.post(FORM, filled_in(visitor, email=entry.email.upper()))

    assert errors(response) == {
        "email": [
            f"This e-mail already belongs to an account elsewhere: {entry.get_where_display()}. "
            "Use an e-mail that no account of the platform family uses."
        ]
    }
    assert not Account.objects.exists()


def test_an_email_in_use_here_is_refused_in_any_case_and_width(world, visitor):
    walks.register(world, "ops@lanternbay.example")

    for email in ("ops@lanternbay.example", "OPS@LanternBay.Example", "ｏｐｓ@lanternbay.example"):
        assert errors(visitor.post(FORM, filled_in(visitor, email=email))) == {"email": [IN_USE]}
    assert Account.objects.count() == 1


def test_an_email_in_use_in_another_world_is_free_here(make_world, visitor):
    walks.register(make_world("Class 08"), "ops@lanternbay.example")

    assert registers(visitor, email="ops@lanternbay.example") == "ops@lanternbay.example"


def test_nothing_typed_is_lost_by_a_mistake(visitor):
    sent = filled_in(visitor, email="ops@lanternbay")

    page = visitor.post(FORM, sent)

    assert {name: page.context["form"][name].value() for name in sent} == sent | {"agreed": True}
    assert page.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.parametrize("field", ["key", "email", "password", "password_again", "captcha", "agreed"])
@pytest.mark.parametrize(
    "typed",
    [NUL, f"ops{NUL}", f"ops{RTL}@lanternbay.example", f"o{ZERO_WIDTH}ps", MEGABYTE, "\ufffd", "<script>"],
    ids=["NUL", "text with NUL", "RTL", "zero width", "a megabyte", "a lost character", "markup"],
)
def test_no_input_breaks_the_page(visitor, field, typed):
    response = visitor.post(FORM, filled_in(visitor, **{field: typed}))

    assert response.status_code in {200, 302}
    assert len(response.content) < 100_000
    assert NUL not in response.content.decode()
    assert "<script>" not in response.content.decode()


def test_half_a_character_in_the_request_is_read_as_a_lost_one(visitor):
    """Lone surrogates cannot come through UTF-8; the bytes of one are replaced on reading."""
    body = b"email=ops%ED%A0%80@lanternbay.example&password=%ED%A0%80&captcha=%ED%A0%80&agreed=on"

    response = visitor.post(FORM, body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert set(errors(response)) == {"email", "password", "password_again", "captcha"}


# --- the picture --------------------------------------------------------------------------


def test_the_picture_is_drawn_for_this_visitor_alone_and_stored_nowhere(visitor):
    picture = visitor.get("/register/captcha.png")

    assert picture.headers["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert "no-store" in picture.headers["Cache-Control"]


def test_a_picture_is_good_for_one_registration(visitor):
    first = filled_in(visitor)
    assert visitor.post(FORM, first).status_code == 302

    again = filled_in(visitor, captcha=first["captcha"])
    response = visitor.post(FORM, again)

    assert list(errors(response)) == ["captcha"]
    assert Account.objects.count() == 1


def test_a_wrong_answer_brings_a_new_picture(visitor):
    before = filled_in(visitor)["captcha"]

    page = visitor.post(FORM, filled_in(visitor, captcha="0000"))

    assert page.context["answer"] != before
    assert page.context["form"]["captcha"].value() == ""


def test_an_email_can_be_asked_about_once_a_picture(visitor, world):
    walks.register(world, "ops@lanternbay.example")
    sent = filled_in(visitor, email="ops@lanternbay.example")

    first, second = (visitor.post(FORM, sent) for _turn in range(2))

    assert (list(errors(first)), list(errors(second))) == (["email"], ["captcha"])


def test_another_mistake_leaves_picture_and_answer_alone(visitor):
    sent = filled_in(visitor, password_again="rehearse-2018")

    page = visitor.post(FORM, sent)

    assert page.context["answer"] == sent["captcha"]
    assert page.context["form"]["captcha"].value() == sent["captcha"]


def test_changing_the_image_judges_and_loses_nothing(visitor):
    answer = filled_in(visitor)["captcha"]
    sent = filled_in(visitor, email="ops@lanternbay", captcha="HJM")

    page = visitor.post(FORM, sent | {"change_picture": "1"})

    form = page.context["form"]
    assert page.context["answer"] != answer
    assert not form.errors
    assert {name: form[name].value() for name in sent} == sent | {"captcha": None, "agreed": True}
    assert not Account.objects.exists()


# --- twice, in two tabs, and back again ---------------------------------------------------


def test_sent_twice_it_registers_once_and_shows_the_activation_page(visitor):
    sent = filled_in(visitor)

    answers = [visitor.post(FORM, sent) for _turn in range(2)]

    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(302, ACTIVATION)] * 2
    assert Account.objects.count() == 1
    assert Letter.objects.count() == 1


def test_a_double_click_that_still_has_the_old_session_ends_signed_in(world, visitor):
    sent = filled_in(visitor)
    twin = Client()
    twin.cookies["world"], twin.cookies["console"] = world.token, session_key(visitor)

    answers = [client.post(FORM, sent) for client in (visitor, twin)]

    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(302, ACTIVATION)] * 2
    assert Account.objects.count() == 1
    assert twin.get(ACTIVATION).context["account"].email == sent["email"]


def test_sending_the_form_again_opens_nothing_without_the_password(world, visitor):
    sent = filled_in(visitor)
    visitor.post(FORM, sent)
    stranger = Client()
    stranger.cookies["world"] = world.token

    other = sent | {"password": "guessed-2019", "password_again": "guessed-2019"}
    response = stranger.post(FORM, other | {"captcha": filled_in(stranger)["captcha"]})

    assert errors(response) == {"email": [IN_USE]}
    assert not response.context["user"].is_authenticated


def test_back_to_the_form_with_another_email_is_another_registration(visitor):
    """One person may register several accounts; the first stays as it is."""
    sent = filled_in(visitor)
    visitor.post(FORM, sent)

    note = visitor.get(FORM).content.decode()
    again = sent | {"email": "second@lanternbay.example", "captcha": filled_in(visitor)["captcha"]}
    visitor.post(FORM, again)

    assert f"You are signed in as {sent['email']}, whose registration is unfinished." in note
    assert set(Account.objects.values_list("email", "state")) == {
        (sent["email"], "registered"),
        ("second@lanternbay.example", "registered"),
    }
    assert visitor.get(ACTIVATION).context["account"].email == "second@lanternbay.example"


def test_two_tabs_can_register_one_after_the_other(visitor):
    one, other = filled_in(visitor), filled_in(visitor, email="second@lanternbay.example")
    assert one["captcha"] == other["captcha"]
    visitor.post(FORM, one)

    stale = visitor.post(FORM, other)
    then = visitor.post(FORM, other | {"captcha": stale.context["answer"]})

    assert list(errors(stale)) == ["captcha"]
    assert stale.context["form"]["email"].value() == "second@lanternbay.example"
    assert then.status_code == 302
    assert Account.objects.count() == 2


# --- too often ----------------------------------------------------------------------------


def test_an_address_registers_thirty_times_an_hour_whatever_the_worlds_clock_says(visitor, time):
    for _turn in range(registration.REGISTRATIONS_PER_HOUR):
        registers(visitor)

    time.passes(days=30)
    refused = visitor.post(FORM, filled_in(visitor))
    assert errors(refused) == {"__all__": ["Too many tries. Try again in 60 minutes."]}
    assert Account.objects.count() == registration.REGISTRATIONS_PER_HOUR

    Throttle.objects.update(window_start=F("window_start") - registration.HOUR)
    registers(visitor)


# --- the public home ----------------------------------------------------------------------


def test_the_home_page_offers_to_register_and_to_log_in(visitor):
    page = visitor.get("/")

    html = page.content.decode()
    assert html.count('href="/register/">Register Now</a>') == 3  # upper right, hero, log-in card
    assert 'action="/log-in/"' in html
    for absent in ("Scan with the phone", "Unable to log in"):
        assert absent not in html


def test_every_prepared_world_is_one_click_away(visitor):
    html = visitor.get("/").content.decode()

    assert prepared.PREPARED
    for story in prepared.PREPARED.values():
        assert f'<input type="hidden" name="name" value="{story.name}">' in html
        assert f'<button class="sim-btn" type="submit">{story.title}</button>' in html
    assert html.count('action="/worlds/prepared/"') == len(prepared.PREPARED)


@pytest.mark.parametrize(
    ("stage", "url", "label"),
    [
        ("registered", ACTIVATION, "Go on with the registration"),
        ("activated", "/register/entity/", "Go on with the registration"),
        ("awaiting_transfer", "/verification/wire-transfer/", "Go on with the registration"),
        ("verified", "/console/", "Go to the console"),
    ],
)
def test_signed_in_the_card_leads_on(world, signed_in, stage, url, label):
    page = signed_in(walks.account_at(world, stage)).get("/")

    assert page.context["step_url"] == url
    html = page.content.decode()
    assert f'href="{url}"' in html
    assert label in html
    assert 'action="/log-in/"' not in html
    assert 'action="/log-out/"' in html


def test_a_registration_that_ran_out_meanwhile_says_so_at_the_door(visitor, time):
    email = registers(visitor)
    time.passes(hours=48)

    for path in ("/", "/log-in/"):
        page = visitor.get(path)
        assert not page.context["user"].is_authenticated
        assert (
            f"The registration of {email} expired on 11 Mar 2019, 10:00. Its e-mail is free again."
            in page.content.decode()
        )
    assert Login.objects.get(email=email).is_active is False
    visitor.post("/log-out/")
    assert email not in visitor.get("/").content.decode()


# --- what a page costs --------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/register/", "/register/types/", "/register/agreements/", FORM, "/log-in/"]
)
def test_a_public_page_takes_at_most_eight_queries(visitor, django_assert_max_num_queries, path):
    visitor.get(path)

    with django_assert_max_num_queries(8):
        assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/", FORM, ACTIVATION, "/register/activation/email/"])
def test_a_registrants_page_takes_at_most_eight_queries(
    world, signed_in, django_assert_max_num_queries, path
):
    client = signed_in(walks.account_at(world, "registered"))
    client.get(path)

    with django_assert_max_num_queries(8):
        assert client.get(path).status_code == 200
