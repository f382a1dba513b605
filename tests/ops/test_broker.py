import multiprocessing
import stat
from pathlib import Path
from queue import Empty
from threading import Thread

import pytest
from kombu.connection import Connection
from kombu.transport import filesystem

from portal import broker

MESSAGES = 12
# Large enough that writing one takes longer than the reader needs to look again.
BODY = "x" * 2_000_000


def connect(transport, folder):
    return Connection(
        transport=transport,
        transport_options={
            "folder": str(folder),
            # What the shipped transport calls the same.
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(folder / "control"),
            "processed_folder": str(folder / "processed"),
            "store_processed": True,
        },
    )


def publish(transport, folder, who):
    with connect(transport, folder) as connection:
        queue = connection.SimpleQueue("bell")
        for number in range(MESSAGES):
            queue.put({"who": who, "number": number, "body": BODY})


def carry(transport, folder):
    """Return which messages of two publishing processes arrive at a reader that never rests."""
    (folder / "processed").mkdir(parents=True)
    spawn = multiprocessing.get_context("spawn")
    publishers = [spawn.Process(target=publish, args=[transport, folder, who]) for who in "ab"]
    arrived = []
    with connect(transport, folder) as connection:
        queue = connection.SimpleQueue("bell")
        for publisher in publishers:
            publisher.start()
        while True:
            published = not any(publisher.is_alive() for publisher in publishers)
            try:
                message = queue.get_nowait()
            except Empty:
                if published:
                    break
            except ValueError:
                pass  # read half-written, and gone
            else:
                arrived.append((message.payload["who"], message.payload["number"]))
                message.ack()
    assert [publisher.exitcode for publisher in publishers] == [0, 0]
    return arrived


def test_nothing_is_lost_between_two_publishers_and_a_hungry_reader(tmp_path):
    arrived = carry(broker.Transport, tmp_path)

    assert sorted(arrived) == [(who, number) for who in "ab" for number in range(MESSAGES)]
    assert [number for who, number in arrived if who == "a"] == list(range(MESSAGES))
    assert list((tmp_path / "bell").iterdir()) == []


def test_the_shipped_transport_loses_messages_in_the_same_test(tmp_path):
    arrived = carry(filesystem.Transport, tmp_path)

    assert len(arrived) < 2 * MESSAGES


def test_a_message_belongs_to_one_of_many_readers(tmp_path):
    with connect(broker.Transport, tmp_path) as connection:
        queue = connection.SimpleQueue("bell")
        for number in range(MESSAGES):
            queue.put(number)
    taken = []

    def read():
        with connect(broker.Transport, tmp_path) as connection:
            queue = connection.SimpleQueue("bell")
            while True:
                try:
                    message = queue.get_nowait()
                except Empty:
                    return
                taken.append(message.payload)
                message.ack()

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert sorted(taken) == list(range(MESSAGES))


def test_a_message_torn_by_a_power_cut_is_dropped_and_the_next_is_read(tmp_path, caplog):
    with connect(broker.Transport, tmp_path) as connection:
        queue = connection.SimpleQueue("bell")
        (tmp_path / "bell" / "0-torn.msg").write_bytes(b"")
        queue.put("whole")

        assert queue.qsize() == 2
        assert queue.get_nowait().payload == "whole"

    assert caplog.messages == ["A message torn by a power cut was dropped: 0-torn.msg"]


def test_the_folders_are_for_their_owner_alone(tmp_path):
    folder = tmp_path / "broker"
    with connect(broker.Transport, folder) as connection:
        connection.SimpleQueue("bell").put("hello")

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "bell")]
    assert modes == [0o700, 0o700]


def test_purging_says_how_many_waited(tmp_path):
    with connect(broker.Transport, tmp_path) as connection:
        queue = connection.SimpleQueue("bell")
        for number in range(3):
            queue.put(number)

        assert queue.clear() == 3
        with pytest.raises(Empty):
            queue.get_nowait()


def test_nobody_else_publishes():
    """The request path cannot wait for a broker that it cannot reach (reliability F8)."""
    portal = Path(broker.__file__).parent
    root = portal.parent
    sources = [
        path
        for app in (
            "portal",
            "accounts",
            "pushes",
            "platforms",
            "verification",
            "information",
            "releases",
            "payments",
            "associations",
        )
        for path in (root / app).rglob("*.py")
    ]
    importing = {
        path.relative_to(root).as_posix()
        for path in sources
        if any(
            line.startswith(("from celery", "import celery", "from kombu", "import kombu"))
            or "portal.celery import" in line
            or "portal.tasks import" in line
            for line in path.read_text().splitlines()
        )
    }

    assert importing == {
        "portal/beat.py",
        "portal/broker.py",
        "portal/celery.py",
        "portal/tasks.py",
    }
