"""The worlds' page: this world, who is in it, and the ways into another (SIM-1)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.models import Account, Login
from accounts.principals import GUEST, PERSON
from portal.kernel import worlds as kernel
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.simulator import rooms, walks
from portal.simulator.prepared import PREPARED
from portal.simulator.world_forms import read_length, read_moment
from tests.conftest import BEGINNING

pytestmark = pytest.mark.django_db

WORLDS = "/worlds/"


def told(response):
    """Return what the last action answered."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def page(client, url=WORLDS):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


# --- looking ------------------------------------------------------------------------------------


def test_the_page_shows_this_world_and_its_unguessable_link(world, visitor):
    html = page(visitor)

    assert "Class 07" in html
    assert f"http://testserver/w/{world.token}/" in html
    assert "Sat 9 Mar 2019, 10:00" in html
    assert "frozen" in html


def test_the_page_costs_a_bounded_number_of_queries(
    world, signed_in, settings, django_assert_max_num_queries
):
    settings.OPEN_WORLDS = True
    client = signed_in(walks.account_at(world, "verified"))
    for number in range(5):
        walks.account_at(world, "registered", email=f"n{number}@kite.example")
        rooms.open_for_visitor(origin="http://testserver")

    with django_assert_max_num_queries(8):
        page(client)


def test_worlds_are_not_listed_unless_they_are_open(make_world, visitor, settings):
    other = make_world("Another class")
    settings.OPEN_WORLDS = False

    assert "Another class" not in page(visitor)
    assert other.token not in page(visitor)
    assert visitor.get("/worlds/all/").status_code == 404


def test_an_open_server_lists_its_worlds_but_not_those_kept_private(make_world, world, visitor, settings):
    settings.OPEN_WORLDS = True
    listed, private = make_world("Another class"), make_world("Private class", listed=False)

    for html in (page(visitor), page(visitor, "/worlds/all/")):
        assert reverse("simulator:enter", args=[listed.token]) in html
        assert private.token not in html
        assert reverse("simulator:enter", args=[world.token]) not in html.replace("testserver/w/", "")


def test_platform_staff_see_every_world_and_a_reviewer_only_theirs(make_world, client, settings):
    settings.OPEN_WORLDS = False
    world, private = make_world("Class"), make_world("Private class", listed=False)
    client.cookies["world"] = world.token
    client.force_login(Login.objects.create_superuser("root", "open-sesame-1"))
    staff = page(client)
    client.force_login(Login.objects.get(world=world, is_staff=True))
    reviewer = page(client)

    assert private.token in staff
    assert private.token not in reviewer


def test_a_long_list_of_worlds_is_turned_by_key(make_world, visitor, settings):
    settings.OPEN_WORLDS = True
    for number in range(25):
        make_world(f"Class {number:02}!")
    first = visitor.get("/worlds/all/").context["page"]
    second = visitor.get(first.older_url).context["page"]

    assert [row.name for row in first.rows] == [f"Class {number:02}!" for number in range(24, 4, -1)]
    assert [row.name for row in second.rows] == [f"Class {number:02}!" for number in range(4, -1, -1)]


def test_the_cast_is_turned_by_key(world, visitor):
    emails = [
        walks.account_at(world, "registered", email=f"n{number:02}@kite.example").email
        for number in range(14)
    ]
    first = visitor.get(WORLDS).context["page"]
    second = visitor.get(first.older_url).context["page"]

    assert [account.email for account in first.rows + second.rows] == emails[::-1]


# --- entering -----------------------------------------------------------------------------------


@pytest.mark.requirement("SIM-1")
def test_the_link_lets_a_first_time_visitor_in_and_makes_no_world_of_their_own(world, client):
    """SIM-1: entering a world needs its unguessable link."""
    response = client.get(f"/w/{world.token}/")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.cookies["world"].value == world.token
    assert World.objects.count() == 1
    assert client.get("/").wsgi_request.world == world


def test_an_unknown_link_is_nowhere(db, client):
    assert client.get("/w/not-a-world/").status_code == 404
    assert (World.objects.count(), "world" in client.cookies) == (0, False)


def test_going_into_another_world_leaves_the_log_in_behind(make_world, client):
    one, other = make_world("One"), make_world("Other")
    client.cookies["world"] = one.token
    client.force_login(walks.account_at(one, "verified").login)
    client.get(f"/w/{other.token}/")
    response = client.get("/")

    assert response.wsgi_request.world == other
    assert not response.wsgi_request.user.is_authenticated


def test_the_link_of_the_same_world_keeps_the_log_in(world, signed_in):
    client = signed_in(walks.account_at(world, "verified"))
    client.get(f"/w/{world.token}/")

    assert get_user(client).is_authenticated


# --- making -------------------------------------------------------------------------------------


def create(client, **typed):
    return client.post("/worlds/create/", typed)


def test_a_world_is_made_as_it_was_asked_for_and_entered(visitor, world):
    response = create(visitor, name="Spring class", starts_at="2019-03-11T09:30", seed="42", frozen="on")
    made = World.objects.exclude(pk=world.pk).get()

    assert response["Location"] == WORLDS
    assert (made.name, made.seed, made.running) == ("Spring class", 42, False)
    assert made.now() == datetime(2019, 3, 11, 1, 30, tzinfo=UTC)
    assert made.origin == "http://testserver"
    assert visitor.get(WORLDS).wsgi_request.world == made


def test_everything_about_a_new_world_may_be_left_to_chance(visitor, world):
    create(visitor)
    made = World.objects.exclude(pk=world.pk).get()

    assert made.name.startswith("Rehearsal of ")
    assert (made.running, made.offset) == (True, timedelta())


def test_a_signed_in_person_makes_a_world_and_is_nobody_in_it_yet(world, signed_in):
    client = signed_in(walks.account_at(world, "verified"))
    create(client, name="Spring class")
    response = client.get(WORLDS)

    assert response.wsgi_request.world.name == "Spring class"
    assert not response.wsgi_request.user.is_authenticated


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"starts_at": "yesterday"}, "This is not a date and time. Write it like 2019-03-09 10:00."),
        ({"starts_at": "9999-12-31T23:59"}, "it starts between the year 2000 and 50 years from now."),
        ({"starts_at": "0001-01-01T00:00"}, "Write it like 2019-03-09 10:00."),
        ({"starts_at": "1999-12-31T23:59"}, "it starts between the year 2000 and 50 years from now."),
        ({"seed": "-1"}, "A seed is a whole number from 0 on. Write digits only."),
        ({"seed": "9" * 19}, "A seed is a whole number from 0 on. Write digits only."),
        ({"seed": "１２"}, "A seed is a whole number from 0 on. Write digits only."),
        ({"name": "a\u202eb"}, "which turns the reading direction. Remove it."),
        ({"name": "x" * 61}, "Keep it to 60 characters; this has 61."),
        ({"name": "\x00"}, "a control character, which text cannot hold. Remove it."),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_what_cannot_be_is_said_at_its_field_and_kept(visitor, world, typed, sentence):
    response = create(visitor, **{"name": "Kept name", **typed})

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert ("name" in typed) or ("Kept name" in response.content.decode())
    assert World.objects.count() == 1


def test_the_form_has_an_address_that_the_bar_can_come_back_to(visitor, world):
    assert "A new world" in page(visitor, "/worlds/create/")


def test_nobody_makes_worlds_without_end(visitor, world):
    for _ in range(rooms.NEW_WORLDS_PER_HOUR):
        rooms.throttle_opening("127.0.0.1")
    response = create(visitor, name="One more")

    assert "Too many tries." in told(response)[0]
    assert World.objects.count() == 1


# --- renaming, resetting, deleting --------------------------------------------------------------


def test_a_world_is_renamed_here(visitor, world):
    response = visitor.post("/worlds/rename/", {"name": "  Spring   class "})

    assert told(response) == ["This world is called Spring class now."]
    assert World.objects.get().name == "Spring class"


def test_a_name_that_no_text_can_hold_is_refused(visitor, world):
    response = visitor.post(
        "/worlds/rename/", {"name": ""}, headers={"referer": f"http://testserver{WORLDS}"}
    )

    assert (response["Location"], told(response)) == (WORLDS, ["The name stays: This field is required."])
    assert World.objects.get().name == "Class 07"


def test_a_world_is_reset_and_its_visitor_stays_in_it(world, signed_in):
    client = signed_in(walks.account_at(world, "verified"))
    kernel.advance(world.pk, to=BEGINNING + timedelta(days=3), by=SIMULATOR)
    response = client.post("/worlds/reset/")
    after = client.get(WORLDS)

    assert response["Location"] == WORLDS
    assert told(after) == ["This world begins again. Its clock stands at 9 Mar 2019, 10:00."]
    assert after.wsgi_request.world == world
    assert (Account.objects.count(), World.objects.get().now()) == (0, BEGINNING)


def test_a_world_is_deleted_when_its_name_is_typed(world, signed_in):
    client = signed_in(walks.account_at(world, "verified"))
    client.post("/worlds/delete/", {"world": world.token, "name": "Class 07"})
    after = client.get(WORLDS)

    assert not World.objects.filter(pk=world.pk).exists()
    assert after.wsgi_request.world.name.startswith("Rehearsal of ")
    assert told(after)[0].startswith("Class 07 is deleted, with ")


@pytest.mark.parametrize("name", ["", "class 07", "Class 7", "x" * 100])
def test_without_its_name_a_world_is_not_deleted(world, visitor, name):
    response = visitor.post("/worlds/delete/", {"world": world.token, "name": name})

    assert told(response)[0].startswith("Not deleted: ")
    assert World.objects.get() == world


def test_a_world_of_others_is_deleted_only_where_worlds_are_open(make_world, visitor, world, settings):
    other = make_world("Another class")
    typed = {"world": other.token, "name": "Another class"}
    settings.OPEN_WORLDS = False
    refused = visitor.post("/worlds/delete/", typed)
    settings.OPEN_WORLDS = True
    done = visitor.post("/worlds/delete/", typed)

    assert (refused.status_code, done["Location"]) == (404, WORLDS)
    assert list(World.objects.all()) == [world]
    assert visitor.get(WORLDS).wsgi_request.world == world


# --- acting as ----------------------------------------------------------------------------------


def test_acting_as_somebody_signs_in_with_a_new_session(world, signed_in):
    first, second = (walks.account_at(world, stage) for stage in ("verified", "awaiting_transfer"))
    client = signed_in(first)
    before = client.session.session_key
    response = client.post("/worlds/act-as/", {"account": second.pk})

    assert response["Location"] == reverse("verification:wire_transfer")
    assert get_user(client) == second.login
    assert client.session.session_key != before
    assert client.session.get("_auth_user_id") == str(second.login_id)


@pytest.mark.parametrize(
    ("stage", "url_name"),
    [
        ("activated", "verification:entity"),
        ("verified", "console:home"),
        ("registered", "accounts:activation"),
    ],
)
def test_acting_as_somebody_goes_on_where_they_stand(world, visitor, stage, url_name):
    account = walks.account_at(world, stage)
    response = visitor.post("/worlds/act-as/", {"account": account.pk})

    assert response["Location"] == reverse(url_name)
    assert visitor.get(response["Location"]).status_code == 200


@pytest.mark.requirement("DEV-3")
def test_one_click_acts_as_a_member(world, visitor):
    account = walks.account_at(world, "verified")
    member = walks.bind(account, "meiran", "developer")
    assert "Mei Ran, Developer" in visitor.get(WORLDS).content.decode()
    visitor.post("/worlds/act-as/", {"account": account.pk, "person": member.person_id})

    page = visitor.get(reverse("console:home"))
    assert (page.context["console"]["person_name"], str(page.context["console"]["role"])) == (
        "Mei Ran",
        "Developer",
    )


def test_a_guest_of_the_account_goes_on_as_a_member(world, visitor):
    account = walks.account_at(world, "verified")
    member = walks.bind(account, "meiran", "developer")
    visitor.post("/worlds/act-as/", {"account": account.pk})
    session = visitor.session
    session.update({PERSON: member.person_id, GUEST: "Wu Tong"})
    session.save()
    assert visitor.get(reverse("console:home")).context["console"]["person_name"] == "Wu Tong"

    visitor.post("/worlds/act-as/", {"account": account.pk, "person": member.person_id})

    shown = visitor.get(reverse("console:home")).context["console"]
    assert (shown["person_name"], str(shown["role"])) == ("Mei Ran", "Developer")


def test_who_may_not_log_in_is_not_acted_as(world, visitor):
    account = walks.account_at(world, "verified")
    member = walks.bind(account, "meiran", "experience_member")
    visitor.post("/worlds/act-as/", {"account": account.pk, "person": member.person_id})

    assert not get_user(visitor).is_authenticated


def test_an_account_of_another_world_cannot_be_acted_as(make_world, world, visitor):
    stranger = walks.account_at(make_world("Other"), "verified")
    response = visitor.post("/worlds/act-as/", {"account": stranger.pk})

    assert response.status_code == 404
    assert not get_user(visitor).is_authenticated


@pytest.mark.parametrize("account", ["", "0", "-1", "x", "９", "9" * 40])
def test_nobody_is_not_acted_as(world, visitor, account):
    assert visitor.post("/worlds/act-as/", {"account": account}).status_code == 404


def test_an_expired_account_lets_nobody_in(world, visitor):
    account = walks.account_at(world, "expired")
    response = visitor.post("/worlds/act-as/", {"account": account.pk})

    assert told(response)[0].startswith(f"Nobody can sign in as {account.email}")
    assert not get_user(visitor).is_authenticated
    assert 'name="account"' not in page(visitor)


# --- prepared worlds ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PREPARED)
def test_a_prepared_world_is_entered_as_the_one_it_tells_of(world, visitor, name):
    story = PREPARED[name]
    response = visitor.post("/worlds/prepared/", {"name": name})
    after = visitor.get(response["Location"])

    assert response["Location"] == reverse(story.page)
    assert after.status_code == 200
    assert (after.wsgi_request.world.name, after.wsgi_request.user.world) == (
        str(story.title),
        after.wsgi_request.world,
    )
    assert told(after)[0].startswith(f"{story.title}: a world of its own")


def test_two_who_enter_the_same_story_are_in_two_worlds(world, client, visitor):
    for _ in range(2):
        visitor.post("/worlds/prepared/", {"name": "letter_waiting"})

    assert World.objects.exclude(pk=world.pk).count() == 2


def test_a_story_that_nobody_prepared_is_nowhere(world, visitor):
    assert visitor.post("/worlds/prepared/", {"name": "happy_end"}).status_code == 404
    assert World.objects.count() == 1


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rename_world", "reset_world", "delete_world", "prepared", "act_as"])
def test_what_changes_something_refuses_to_be_looked_at(world, visitor, name):
    assert visitor.get(reverse(f"simulator:{name}")).status_code == 405


# --- reading what was typed ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "2019-03-09T10:00",
        "2019-03-09 10:00",
        "2019-03-09T10:00:00+08:00",
        "2019-03-09T02:00Z",
        "20190309T1000",
    ],
)
def test_a_moment_is_shanghais_unless_it_says_otherwise(typed):
    assert read_moment(typed) == BEGINNING


@pytest.mark.parametrize("typed", ["", "now", "2019-02-30", "2019-03-09T25:00", "1e9", "0001-01-01"])
def test_what_is_no_moment_is_said(typed):
    with pytest.raises(ValueError, match="Write it like 2019-03-09 10:00"):
        read_moment(typed)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("PT10M", 600), ("PT1H", 3600), ("P1D", 86400), ("P7D", 604800), ("P1DT12H", 129600)],
)
def test_a_length_of_time_is_read_as_iso_8601_has_it(typed, seconds):
    assert read_length(typed) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "typed", ["", "P", "PT", "PT0S", "-P1D", "P1M", "P1Y", "1 day", "P9999999999D", "P１D"]
)
def test_what_is_no_length_of_time_is_said(typed):
    with pytest.raises(ValueError, match="Write it like PT1H or P7D"):
        read_length(typed)
