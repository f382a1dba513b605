import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from portal.health import TICK_IS_STALE_AFTER
from portal.kernel import clock
from portal.kernel.models import Pulse
from portal.kernel.tick import tick

NOBODY = "127.0.0.1:1"


@pytest.fixture(autouse=True)
def own_broker(settings, tmp_path):
    settings.BROKER_DIR = tmp_path / "broker"


def ask(client):
    response = client.get("/healthz")
    assert "no-store" in response.headers["Cache-Control"]
    return response.status_code, response.json()


@pytest.mark.django_db
def test_all_is_well_after_a_tick(client):
    tick()

    status, facts = ask(client)

    assert status == 200
    assert facts.pop("last_tick_at") is not None
    assert facts == {"web": True, "database": True, "broker": True, "outbox_lag_seconds": 0.0}


@pytest.mark.django_db
def test_before_the_first_tick_it_is_not_well(client):
    status, facts = ask(client)

    assert (status, facts["last_tick_at"]) == (503, None)


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "status"), [(-2, 200), (2, 503)])
def test_a_tick_goes_stale(client, age, status):
    Pulse.objects.create(pk=1, ticked_at=clock.real_now() - TICK_IS_STALE_AFTER - timedelta(seconds=age))

    assert ask(client)[0] == status


@pytest.mark.django_db
@pytest.mark.parametrize("url", [f"redis://{NOBODY}/0", ""])
def test_a_broker_that_is_away_makes_it_503(client, settings, url):
    tick()
    settings.REDIS_URL = url
    settings.BROKER_DIR.write_text("in the way")

    status, facts = ask(client)

    assert (status, facts["broker"], facts["database"]) == (503, False, True)


@pytest.mark.django_db
@pytest.mark.skipif(not django_settings.REDIS_URL, reason="needs REDIS_URL")
def test_redis_is_asked_when_it_is_the_broker(client, settings):
    tick()
    settings.BROKER_DIR.write_text("in the way, and nobody minds")

    assert ask(client)[0] == 200


@pytest.mark.django_db
def test_it_needs_no_world_and_makes_none(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        response = client.get("/healthz")

    assert response.cookies == {}


def test_a_database_that_is_away_is_a_fact_and_no_exception(tmp_path):
    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup()\n"
            "from django.test import Client\n"
            "response = Client(headers={'host': 'localhost'}).get('/healthz')\n"
            "print(response.status_code, response.text)",
        ],
        env=os.environ
        | {"DATABASE_URL": f"postgres://nobody@{NOBODY}/none", "PORTAL_DATA_DIR": str(tmp_path)},
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    status, _, body = asked.stdout.partition(" ")
    assert (status, json.loads(body)["database"]) == ("503", False)
