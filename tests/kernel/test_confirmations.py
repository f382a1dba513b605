"""Confirmations: one code at a time, answered once, by the person it waits for, within five minutes."""

from __future__ import annotations

import pytest

from portal.kernel import confirmations
from portal.kernel.actors import VISITOR
from portal.kernel.confirmations import PURPOSES, Purpose
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation
from portal.outside.models import Person
from portal.simulator import walks

GREET = "tests.greet"


@pytest.fixture
def lin_yue(world) -> Person:
    return walks.administrator(world, "linyue")


@pytest.fixture
def mei_ran(world) -> Person:
    return walks.administrator(world, "meiran")


@pytest.fixture
def carried_out(monkeypatch) -> list[str]:
    """Register a purpose; return whom it was carried out for. It objects to Mei Ran."""
    found: list[str] = []
    purpose = Purpose(
        name=GREET,
        title=lambda _confirmation: "Greet",
        lock=lambda subject_id: found.append("locked"),
        objection=lambda _confirmation, by: "Not you." if by.name == "Mei Ran" else "",
        carry_out=lambda _confirmation, by: found.append(by.name),
        turn_down=lambda _confirmation, by: found.append(f"not {by.name}"),
    )
    monkeypatch.setitem(PURPOSES, GREET, purpose)
    return found


def ask(subject, **kwargs):
    return confirmations.ask(GREET, subject=subject, by=VISITOR, **kwargs)


def test_a_purpose_nobody_registered_cannot_be_asked_for(lin_yue):
    with pytest.raises(LookupError, match=r"unknown purpose tests\.unknown"):
        confirmations.ask("tests.unknown", subject=lin_yue, by=VISITOR)


def test_the_phone_asks_what_the_purpose_is_called(carried_out, lin_yue):
    assert confirmations.title(ask(lin_yue)) == "Greet"


def test_scanned_confirmed_and_carried_out_once(carried_out, lin_yue):
    shown = ask(lin_yue)
    assert confirmations.scan(shown.pk, by=lin_yue.as_actor()).state == "scanned"
    confirmed = confirmations.confirm(shown.pk, by=lin_yue.as_actor())
    assert (confirmed.state, confirmed.person_id) == ("confirmed", lin_yue.pk)
    assert carried_out == ["locked", "locked", "Lin Yue"]  # the subject is locked before each answer
    with pytest.raises(Refused) as refused:
        confirmations.confirm(shown.pk, by=lin_yue.as_actor())
    assert refused.value.code == "code_over"
    assert carried_out.count("Lin Yue") == 1


def test_a_newer_code_voids_the_earlier_one(carried_out, lin_yue):
    earlier, newer = ask(lin_yue), ask(lin_yue)
    earlier.refresh_from_db()
    assert (earlier.state, earlier.refusal) == ("refused", "A newer code was shown.")
    assert confirmations.latest(GREET, lin_yue.pk) == newer
    with pytest.raises(Refused):
        confirmations.confirm(earlier.pk, by=lin_yue.as_actor())
    assert confirmations.confirm(newer.pk, by=lin_yue.as_actor()).state == "confirmed"


def test_the_wrong_person_is_told_and_the_waiting_page_too(carried_out, lin_yue, mei_ran):
    shown = ask(lin_yue)
    answered = confirmations.confirm(shown.pk, by=mei_ran.as_actor())
    assert (answered.state, answered.refusal) == ("refused", "Not you.")
    assert Confirmation.objects.get(pk=shown.pk).state == "refused"
    assert "Mei Ran" not in carried_out


def test_a_code_that_waits_on_one_phone_opens_on_no_other(carried_out, lin_yue, mei_ran):
    shown = ask(lin_yue, person_id=lin_yue.pk)
    for act in (confirmations.scan, confirmations.confirm, confirmations.refuse):
        with pytest.raises(Refused) as refused:
            act(shown.pk, by=mei_ran.as_actor())
        assert refused.value.code == "code_taken"
    assert confirmations.confirm(shown.pk, by=lin_yue.as_actor()).state == "confirmed"


def test_whoever_scanned_first_answers(carried_out, lin_yue, mei_ran):
    shown = ask(lin_yue)
    confirmations.scan(shown.pk, by=lin_yue.as_actor())
    with pytest.raises(Refused) as refused:
        confirmations.confirm(shown.pk, by=mei_ran.as_actor())
    assert refused.value.code == "code_taken"


def test_five_minutes_are_over_at_their_end(carried_out, lin_yue, time):
    shown = ask(lin_yue)
    time.passes(minutes=4, seconds=59)
    confirmations.scan(shown.pk, by=lin_yue.as_actor())
    time.passes(seconds=1)
    with pytest.raises(Refused) as refused:
        confirmations.confirm(shown.pk, by=lin_yue.as_actor())
    assert refused.value.code == "code_over"
    shown.refresh_from_db()
    assert shown.is_expired(time.now)
    assert not shown.is_waiting(time.now)


def test_refused_on_the_phone_carries_nothing_out(carried_out, lin_yue):
    shown = ask(lin_yue)
    answered = confirmations.refuse(shown.pk, by=lin_yue.as_actor())
    assert (answered.state, answered.refusal) == ("refused", "Refused on the phone.")
    assert carried_out == ["locked", "not Lin Yue"]


def test_what_cannot_be_carried_out_leaves_the_code_waiting(carried_out, lin_yue, monkeypatch):
    def fail(_confirmation, _by):
        raise ValueError

    broken = Purpose(GREET, lambda _c: "Greet", lambda _pk: None, lambda _c, _by: "", fail)
    monkeypatch.setitem(PURPOSES, GREET, broken)
    shown = ask(lin_yue)
    with pytest.raises(ValueError):  # noqa: PT011 -- it has no words
        confirmations.confirm(shown.pk, by=lin_yue.as_actor())
    shown.refresh_from_db()
    assert shown.state == "shown"
