"""Ten days in a minute: the clock is the trainee's own (SIM-2, SIM-3)."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import Account
from portal.outside.models import Letter
from portal.simulator import walks

pytestmark = pytest.mark.django_db


def told(response):
    """Return the last answer on the page that followed."""
    return [str(message) for message in get_messages(response.wsgi_request)][-1]


@pytest.mark.requirement("SIM-2", "SIM-3")
def test_ten_days_are_walked_from_event_to_event(world, signed_in):
    """SIM-3: everything that will happen is on the agenda, and each is one jump away."""
    account = walks.account_at(world, "awaiting_transfer")
    client = signed_in(account)
    planned = [(line.title, line.due_at) for line in client.get("/clock/").context["coming"]]

    answers = []
    for _title, due_at in planned:
        answers.append(told(client.post("/clock/next/", {"next": "/clock/"})))
        assert client.get("/clock/").context["now"] == due_at

    assert [title for title, _due_at in planned] == [
        "Reminder: 7 days left to pay",
        "Reminder: 3 days left to pay",
        "Reminder: 1 day left to pay",
        "Registration expires: no wire transfer",
    ]
    assert answers == [
        "Advanced to 12 Mar 2019, 10:00: Reminder: 7 days left to pay.",
        "Advanced to 16 Mar 2019, 10:00: Reminder: 3 days left to pay.",
        "Advanced to 18 Mar 2019, 10:00: Reminder: 1 day left to pay.",
        "Advanced to 19 Mar 2019, 10:00: Registration expires: no wire transfer.",
    ]
    assert Account.objects.get(pk=account.pk).state == "expired"
    letters = Letter.objects.filter(world=world, to=account.email).order_by("-id")[:4]
    assert [letter.at for letter in letters] == [due_at for _title, due_at in reversed(planned)]


@pytest.mark.requirement("SIM-2")
def test_one_long_step_does_what_many_short_ones_do(make_world):
    """SIM-2: advancing fires everything due, in order, at its own time."""
    stories = []
    for steps in ([24 * 11], [1] * (24 * 2) + [24 * 9]):
        world = make_world(f"{len(steps)} steps")
        account = walks.account_at(world, "awaiting_transfer")
        client = Client()
        client.cookies["world"] = world.token
        for hours in steps:
            client.post("/clock/advance/", {"by": f"PT{hours}H"})
        letters = Letter.objects.filter(world=world).order_by("id")
        stories.append((Account.objects.get(pk=account.pk).state, list(letters.values_list("subject", "at"))))

    assert stories[0] == stories[1]
    assert stories[0][0] == "expired"


@pytest.mark.requirement("SIM-2")
def test_the_bars_buttons_come_back_to_the_page_they_stand_on(world, signed_in):
    client = signed_in(walks.account_at(world, "awaiting_transfer"))
    here = "/verification/wire-transfer/"

    response = client.post("/clock/advance/", {"by": "P1D", "next": here}, follow=True)

    assert response.redirect_chain == [(here, 302)]
    assert "Advanced by 1 day: nothing was due." in response.content.decode()
