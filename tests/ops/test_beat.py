import json

import pytest
from celery import Celery

from portal import broker
from portal.beat import MOST_WAITING, Doorbell
from portal.celery import app as portal_app


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "broker"


@pytest.fixture
def bell(folder):
    """A beat whose entries are due each time it looks, on a broker of its own."""
    app = Celery("bell", broker=f"{broker.ALIAS}://localhost", set_as_current=False)
    app.conf.update(
        broker_transport_options={"folder": str(folder)},
        task_default_queue="bell",
        beat_schedule={"tick": {"task": "portal.tasks.tick", "schedule": 0, "options": {"expires": 5}}},
    )
    scheduler = Doorbell(app)
    yield scheduler
    scheduler.close()


def waiting(folder):
    return sorted((folder / "bell").glob("*.msg"))


def test_beat_publishes_messages_that_say_look_and_expire(bell, folder):
    bell.tick()

    [message] = [json.loads(path.read_text()) for path in waiting(folder)]
    headers = message["headers"]
    assert (headers["task"], headers["argsrepr"], headers["eta"]) == ("portal.tasks.tick", "()", None)
    assert headers["expires"]


def test_beat_falls_silent_while_nobody_listens_and_rings_again(bell, folder):
    for _ in range(MOST_WAITING + 10):
        bell.tick()
    assert len(waiting(folder)) == MOST_WAITING

    waiting(folder)[0].unlink()
    for _ in range(10):
        bell.tick()
    assert len(waiting(folder)) == MOST_WAITING


def test_a_broker_that_goes_away_is_told_once_and_found_again(bell, folder, caplog):
    folder.write_text("in the way")
    for _ in range(5):
        bell.tick()
    folder.unlink()
    for _ in range(5):
        bell.tick()

    assert [record.getMessage() for record in caplog.records if record.name == "portal.beat"] == [
        "The broker is not reachable; beat goes on trying.",
        "The broker is reachable again.",
    ]
    assert len(waiting(folder)) == 5


def test_the_portal_s_own_schedule_rings_both_bells_and_keeps_no_file():
    conf = portal_app.conf
    assert {name: (entry["task"], entry["schedule"]) for name, entry in conf.beat_schedule.items()} == {
        "tick": ("portal.tasks.tick", 1.0),
        "relay": ("portal.tasks.relay", 1.0),
    }
    assert conf.beat_scheduler == "portal.beat:Doorbell"
    assert all(entry["options"] == {"expires": 5} for entry in conf.beat_schedule.values())


def test_only_json_is_read_and_results_are_not_kept():
    conf = portal_app.conf
    assert (conf.accept_content, conf.task_ignore_result) == (["json"], True)
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
