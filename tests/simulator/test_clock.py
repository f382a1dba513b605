"""The clock's page: let time pass, stop it, see what happened and what comes (SIM-2, SIM-3)."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from portal.kernel import clock as real
from portal.kernel import deadlines, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import AuditEvent, Deadline, World
from portal.kernel.tick import tick
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.views import clock
from tests.conftest import BEGINNING

pytestmark = pytest.mark.django_db

CLOCK = "/clock/"
DAY = timedelta(days=1)


@pytest.fixture
def note():
    """Return a function that promises something that only tests promise; `failing` details fail."""
    before = dict(deadlines.KINDS)
    failing: set[str] = set()

    @deadlines.on("tests.note", title=lambda row: f"Note {row.detail}")
    def write(row):
        if row.detail in failing:
            raise RuntimeError("the stage is dark")
        return "noted"

    def promise(world, detail, due_at, *, fails=False):
        if fails:
            failing.add(detail)
        subject = Person.objects.filter(world=world).select_related("world").order_by("id")[0]
        return deadlines.schedule("tests.note", subject=subject, detail=detail, due_at=due_at)

    yield promise
    deadlines.KINDS.clear()
    deadlines.KINDS.update(before)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def now(world):
    return World.objects.get(pk=world.pk).now()


def lines(client, url=CLOCK):
    """Return the titles of the agenda's lines: what was, what comes."""
    context = client.get(url).context
    return [line.title for line in context["past"]], [line.title for line in context["coming"]]


# --- letting time pass --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "words", "length"),
    [
        ("PT10M", "10 minutes", timedelta(minutes=10)),
        ("PT1H", "1 hour", timedelta(hours=1)),
        ("P1D", "1 day", DAY),
        ("P7D", "7 days", 7 * DAY),
        ("P1DT12H", "1 d 12 h", 1.5 * DAY),
    ],
)
def test_time_passes_by_a_length(world, visitor, by, words, length):
    response = visitor.post("/clock/advance/", {"by": by})

    assert (response["Location"], told(response)) == (CLOCK, [f"Advanced by {words}: nothing was due."])
    assert now(world) == BEGINNING + length


def test_what_happened_is_named_when_it_was_one_and_counted_when_it_was_more(world, visitor, note):
    for day in (1, 2, 3):
        note(world, str(day), BEGINNING + day * DAY)

    assert told(visitor.post("/clock/advance/", {"by": "P1D"})) == ["Advanced by 1 day: Note 1."]
    assert (
        told(visitor.post("/clock/advance/", {"by": "P7D"}))[-1] == "Advanced by 7 days: 2 things happened."
    )


def test_the_clock_goes_to_a_moment(world, visitor, note):
    note(world, "a", BEGINNING + DAY)
    response = visitor.post("/clock/advance/", {"to": "2019-03-12T14:32"})

    assert told(response) == ["Advanced to 12 Mar 2019, 14:32: Note a."]
    assert now(world) == BEGINNING + timedelta(days=3, hours=4, minutes=32)


def test_a_moment_told_to_the_second_reaches_what_is_due_in_it(world, visitor, note):
    """Pages write moments to the second; what is due half a second later must still have happened."""
    promised = note(world, "a", BEGINNING + DAY + timedelta(microseconds=531_207))
    response = visitor.post("/clock/advance/", {"to": "2019-03-10T10:00:00+08:00"})

    assert told(response) == ["Advanced to 10 Mar 2019, 10:00: Note a."]
    assert now(world) == promised.due_at


@pytest.mark.requirement("SIM-3")
def test_the_next_event_is_one_click_away(world, visitor, note):
    """SIM-3: jump to next."""
    note(world, "b", BEGINNING + 2 * DAY)
    note(world, "a", BEGINNING + DAY)
    response = visitor.post("/clock/next/")

    assert told(response) == ["Advanced to 10 Mar 2019, 10:00: Note a."]
    assert now(world) == BEGINNING + DAY


def test_who_moved_the_clock_is_in_the_history(world, signed_in):
    account = walks.account_at(world, "verified")
    signed_in(account).post("/clock/advance/", {"by": "PT1H"})
    event = AuditEvent.objects.filter(world_id=world.pk, name="advance").latest("pk")

    assert event.by == account.login.as_actor()


def test_the_clock_is_frozen_and_runs_on(world, visitor):
    frozen = told(visitor.post("/clock/freeze/"))
    running = told(visitor.post("/clock/run/"))

    assert frozen == ["The clock is frozen at 9 Mar 2019, 10:00."]
    assert running[-1] == "The clock runs on from 9 Mar 2019, 10:00."
    assert World.objects.get(pk=world.pk).running


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"to": "2019-03-09T09:59"}, "The clock was not moved: time only goes forward."),
        ({"to": "2099-01-01"}, "The clock was not moved: worlds end 50 years from now."),
        ({"to": "9999-12-31T23:59"}, "The clock was not moved: worlds end 50 years from now."),
        ({"to": "0001-01-01"}, "The clock was not moved: This is not a date and time."),
        ({"to": "soon"}, "The clock was not moved: This is not a date and time."),
        ({"to": "a\x00b"}, "The clock was not moved: This is not a date and time."),
        ({}, "The clock was not moved: This is not a date and time."),
        ({"by": "P1M"}, "The clock was not moved: This is not a length of time."),
        ({"by": "-P1D"}, "The clock was not moved: This is not a length of time."),
        ({"by": "P999999D"}, "The clock was not moved: worlds end 50 years from now."),
    ],
)
def test_a_clock_that_cannot_go_there_stays(world, visitor, typed, sentence):
    response = visitor.post("/clock/advance/", typed)

    assert told(response)[0].startswith(sentence)
    assert now(world) == BEGINNING


def test_with_nothing_planned_there_is_no_next_event(world, visitor):
    response = visitor.post("/clock/next/")

    assert told(response) == ["Nothing is planned in this world. The clock stays where it is."]


def test_a_failed_event_is_told_and_shown_with_its_error(world, visitor, note):
    note(world, "a", BEGINNING + DAY, fails=True)
    note(world, "b", BEGINNING + 2 * DAY)
    response = visitor.post("/clock/advance/", {"by": "P7D"})
    html = visitor.get(CLOCK).content.decode()

    assert told(response) == [
        "Advanced by 7 days: Note b.",
        "1 event failed. The agenda says why; it is tried again by itself.",
    ]
    assert '<li class="late">' in html
    assert "RuntimeError: the stage is dark" in html
    assert "Failed 1 time, tried again by itself." in html


@pytest.mark.parametrize(
    ("following", "goes_to"),
    [
        ("/console/?a=1", "/console/?a=1"),
        ("https://elsewhere.example/", CLOCK),
        ("//elsewhere.example/", CLOCK),
        ("javascript:alert(1)", CLOCK),
        ("", CLOCK),
    ],
)
@pytest.mark.parametrize("name", ["advance", "freeze", "run"])
def test_a_button_comes_back_to_its_own_page_and_nowhere_else(world, visitor, name, following, goes_to):
    response = visitor.post(reverse(f"simulator:{name}"), {"by": "PT1H", "next": following})

    assert (response.status_code, response["Location"]) == (302, goes_to)


@pytest.mark.parametrize("name", ["advance", "next", "freeze", "run", "continue"])
def test_what_moves_the_clock_refuses_to_be_looked_at(world, visitor, name):
    assert visitor.get(reverse(f"simulator:{name}")).status_code == 405


# --- long ways ----------------------------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch):
    """Give a request no time at all, so that each fires one event."""
    monkeypatch.setattr(clock, "BUDGET", timedelta(0))


def test_a_long_advance_shows_its_progress_and_goes_on(world, visitor, note, hurried):
    for day in (1, 2, 3):
        note(world, str(day), BEGINNING + day * DAY)

    first = visitor.post("/clock/advance/", {"to": "2019-03-13T10:00", "next": "/console/"})
    moving = visitor.get(first["Location"])
    polled = [
        visitor.post("/clock/continue/", {"next": "/console/"}, headers={"HX-Request": "true"})
        for _ in range(3)
    ]

    assert first["Location"] == "/clock/?next=%2Fconsole%2F"
    assert (moving.context["percent"], moving.context["happened"], moving.context["next"]) == (
        25,
        1,
        "/console/",
    )
    assert 'hx-post="/clock/continue/"' in moving.content.decode()
    assert [response.context["percent"] for response in polled[:2]] == [50, 75]
    assert "<html" not in polled[0].content.decode()
    assert polled[2]["HX-Redirect"] == "/console/"
    assert told(polled[2])[-1] == "Advanced to 13 Mar 2019, 10:00: 3 things happened."
    assert now(world) == BEGINNING + 4 * DAY


def test_without_a_script_a_long_advance_goes_on_by_its_button(world, visitor, note, hurried):
    for day in (1, 2):
        note(world, str(day), BEGINNING + day * DAY)
    visitor.post("/clock/advance/", {"by": "P7D"})
    second = visitor.post("/clock/continue/")
    third = visitor.post("/clock/continue/")

    assert (second["Location"], third["Location"]) == (CLOCK, CLOCK)
    assert told(third) == ["Advanced to 16 Mar 2019, 10:00: 2 things happened."]


def test_what_the_tick_finished_meanwhile_is_told_all_the_same(world, visitor, note, hurried):
    for day in (1, 2):
        note(world, str(day), BEGINNING + day * DAY)
    visitor.post("/clock/advance/", {"by": "P7D"})
    tick()

    response = visitor.post("/clock/continue/")

    assert told(response) == ["Advanced to 16 Mar 2019, 10:00: 2 things happened."]
    assert (now(world), Deadline.objects.open().count()) == (BEGINNING + 7 * DAY, 0)


def test_going_on_where_nothing_moves_changes_nothing(world, visitor):
    response = visitor.post("/clock/continue/")

    assert (response["Location"], told(response), now(world)) == (CLOCK, [], BEGINNING)


def test_a_second_advance_is_refused_and_shown_the_first(world, visitor, note, hurried):
    """Somebody else moves the clock: the refusal leads to the page that shows how far it has come."""
    note(world, "a", BEGINNING + DAY)
    visitor.post("/clock/advance/", {"by": "P7D"})
    World.objects.filter(pk=world.pk).update(lease_until=real.real_now() + timedelta(seconds=20))

    response = visitor.post("/clock/advance/", {"by": "PT1H", "next": "/console/"})

    assert response["Location"] == CLOCK
    assert told(response) == ["The clock is already moving in this world. Try again when it has arrived."]
    assert "The clock is moving" in visitor.get(CLOCK).content.decode()


# --- the agenda ---------------------------------------------------------------------------------


@pytest.mark.requirement("SIM-3")
def test_the_agenda_shows_what_was_what_comes_and_for_whom(world, visitor):
    """SIM-3: everything that will happen."""
    account = walks.account_at(world, "awaiting_transfer", name="Suzhou Paper Kite Software Co., Ltd.")
    worlds.advance(world.pk, to=BEGINNING + 4 * DAY, by=SIMULATOR)
    response = visitor.get(CLOCK)
    past, coming = response.context["past"], response.context["coming"]

    assert [(line.title, line.look) for line in past] == [("Reminder: 7 days left to pay", "fired")]
    assert [(line.title, line.look, line.left) for line in coming] == [
        ("Reminder: 3 days left to pay", "next", "in 3 d 0 h"),
        ("Reminder: 1 day left to pay", "", "in 5 d 0 h"),
        ("Registration expires: no wire transfer", "", "in 6 d 0 h"),
    ]
    assert {line.whose for line in past + coming} == {
        f"Suzhou Paper Kite Software Co., Ltd., {account.email}"
    }
    assert "To the next event, in 3 d 0 h" in response.content.decode()


def test_each_line_of_the_agenda_can_be_jumped_to(world, visitor, note):
    for number in (1, 2, 3):
        note(world, str(number), BEGINNING + number * DAY + timedelta(microseconds=7))
    line = visitor.get(CLOCK).context["coming"][1]
    visitor.post("/clock/advance/", {"to": line.to})

    assert lines(visitor) == (["Note 1", "Note 2"], ["Note 3"])


def test_what_was_no_longer_needed_says_so(world, visitor):
    account = walks.account_at(world, "awaiting_transfer")
    Deadline.objects.filter(kind="verification.wire_reminder", detail="7").update(
        status="fired", outcome="kept", settled_at=real.real_now()
    )
    worlds.advance(world.pk, to=account.wiretransfer.due_at, by=SIMULATOR)

    assert "No longer needed by then." in visitor.get(CLOCK).content.decode()


def test_the_agenda_is_turned_by_key_both_ways(world, visitor, note):
    """More things than a page holds, several at one moment: each is shown once, in order."""
    for number in range(20):
        note(world, f"{number:02}", BEGINNING + (number // 3) * DAY + timedelta(hours=1))
    titles = [f"Note {number:02}" for number in range(20)]
    first = visitor.get(CLOCK).context
    later = lines(visitor, f"{CLOCK}?after={first['later']}")
    worlds.advance(world.pk, to=BEGINNING + 30 * DAY, by=SIMULATOR)
    newest = visitor.get(CLOCK).context
    middle = visitor.get(f"{CLOCK}?before={newest['earlier']}").context

    assert [line.title for line in first["coming"]] + later[1] == titles
    assert later[0] == []
    assert [line.title for line in middle["past"]] + [line.title for line in newest["past"]] == titles[-12:]
    assert middle["coming"] == []


@pytest.mark.parametrize("key", ["0", "x", "-1", "９", "9" * 40])
@pytest.mark.parametrize("way", ["before", "after"])
def test_a_key_that_is_not_of_this_world_is_nowhere(world, visitor, way, key):
    assert visitor.get(CLOCK, {way: key}).status_code == 404


def test_the_agenda_of_another_world_does_not_show(make_world, world, visitor, note):
    other = note(make_world("Other"), "theirs", BEGINNING + DAY)

    assert lines(visitor) == ([], [])
    assert visitor.get(CLOCK, {"after": other.pk}).status_code == 404


def test_an_empty_agenda_says_what_will_be_there(world, visitor):
    html = visitor.get(CLOCK).content.decode()

    assert "Nothing is planned in this world." in html
    assert 'aria-disabled="true"' in html


def test_the_page_costs_a_bounded_number_of_queries(world, signed_in, note, django_assert_max_num_queries):
    account = walks.account_at(world, "awaiting_transfer")
    note(world, "broken", BEGINNING + DAY, fails=True)
    worlds.advance(world.pk, to=BEGINNING + 4 * DAY, by=SIMULATOR)
    client = signed_in(account)

    with django_assert_max_num_queries(8):
        client.get(CLOCK)


def test_a_row_of_a_kind_that_is_gone_does_not_break_the_page(world, visitor, note):
    promised = note(world, "a", BEGINNING + DAY)
    Deadline.objects.filter(pk=promised.pk).update(kind="tests.gone")

    assert lines(visitor) == ([], ["tests.gone"])
