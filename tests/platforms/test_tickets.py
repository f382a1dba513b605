"""component_verify_ticket on the world's clock: every ten minutes, while its push is on (SIM-5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platforms import actions
from platforms.models import VerifyTicket
from platforms.settings import Settings
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import Deadline
from portal.simulator.walks.platforms import make_platform

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1", "SIM-5")]


@pytest.fixture
def platform(world):
    wanted = Settings(event_url="http://127.0.0.1:9/events", token="lantern2019", key="k" * 43)
    return actions.save_settings(make_platform(world).platform.pk, wanted, by=SIMULATOR)


def given(platform):
    """Return the minutes, from the first on, at which tickets were given."""
    moments = list(
        VerifyTicket.objects.filter(platform=platform).order_by("id").values_list("given_at", flat=True)
    )
    return [(moment - moments[0]) // timedelta(minutes=1) for moment in moments]


def test_one_now_and_one_every_ten_minutes(platform, time):
    actions.start_pushing(platform.pk, by=SIMULATOR)
    for _nth in range(3):
        time.passes(minutes=10)
    assert given(platform) == [0, 10, 20, 30]
    newest = VerifyTicket.objects.latest("id")
    assert newest.expires_at - newest.given_at == timedelta(hours=12)

    actions.stop_pushing(platform.pk, by=SIMULATOR)
    time.passes(hours=1)
    assert given(platform) == [0, 10, 20, 30]
    assert not Deadline.objects.open().filter(kind="platforms.ticket").exists()


def test_started_again_it_begins_anew_and_stays_one(platform, time):
    actions.start_pushing(platform.pk, by=SIMULATOR)
    time.passes(minutes=4)
    actions.start_pushing(platform.pk, by=SIMULATOR)
    time.passes(minutes=10)

    assert given(platform) == [0, 4, 14]
    assert Deadline.objects.open().filter(kind="platforms.ticket").count() == 1


def test_a_long_advance_leaves_out_what_would_be_old_on_arrival(platform, time):
    actions.start_pushing(platform.pk, by=SIMULATOR)
    time.passes(days=30, minutes=5)

    newest = VerifyTicket.objects.latest("id")
    assert time.now - newest.given_at == timedelta(minutes=5)
    assert VerifyTicket.objects.filter(platform=platform).count() <= 3
    assert Deadline.objects.open().get(kind="platforms.ticket").due_at == time.now + timedelta(minutes=5)


def test_without_a_receiver_none_is_pushed_and_the_button_gives_one(world, time):
    platform = make_platform(world).platform
    with pytest.raises(Refused, match="no address for authorization events"):
        actions.start_pushing(platform.pk, by=SIMULATOR)

    ticket = actions.give_ticket(platform.pk, by=SIMULATOR)
    token = actions.give_token(platform.pk, ticket=ticket, by=platform.actor)
    assert token.expires_in == 7200


def test_settings_without_a_receiver_stop_the_push(platform, time):
    actions.start_pushing(platform.pk, by=SIMULATOR)
    kept = actions.save_settings(platform.pk, Settings(), by=SIMULATOR)

    kept.refresh_from_db()
    assert not kept.pushes_tickets
    time.passes(hours=1)
    assert given(platform) == [0]
