"""The one door to the state machines: no state moves but by its transition, and none is lost."""

from __future__ import annotations

import threading

import pytest
from django.apps import apps
from django.db import transaction
from django.db.migrations.state import ProjectState
from django.db.models.signals import class_prepared

from accounts.models import Account
from portal.kernel.actors import TIMER
from portal.kernel.fsm import ConcurrentTransition, StateField, TransitionNotAllowed, transition
from portal.kernel.models import AuditEvent
from portal.simulator import walks
from tests.races.rig import race


@pytest.fixture
def account(world) -> Account:
    return walks.register(world, "ada@kite.example")


def stored(account):
    return Account.objects.values_list("state", flat=True).get(pk=account.pk)


def test_a_state_cannot_be_assigned(account):
    with pytest.raises(AttributeError):
        account.state = "verified"
    with pytest.raises(TypeError, match=r"Account\.state changes by transition only"):
        Account.objects.filter(pk=account.pk).update(state="verified")
    assert stored(account) == "registered"


def test_other_columns_may_be_updated(account):
    Account.objects.filter(pk=account.pk).update(language="zh-hans")
    account.refresh_from_db()
    assert account.language == "zh-hans"


def test_a_transition_moves_in_memory_and_save_writes_it(account, world):
    account.activate(at=world.now(), by=TIMER)
    assert (account.state, stored(account)) == ("activated", "registered")
    account.save()
    assert stored(account) == "activated"


def test_a_transition_from_elsewhere_is_not_allowed_and_not_told(account, world):
    with pytest.raises(TransitionNotAllowed):
        account.confirm_transfer(at=world.now(), by=TIMER)
    about = AuditEvent.objects.filter(subject_type="accounts.Account", subject_id=account.pk)
    assert (account.state, about.count()) == ("registered", 0)


def test_whoever_saves_after_another_moved_the_state_is_refused(account, world):
    """Without a lock: the second one read the state before the first wrote it."""
    late = Account.objects.get(pk=account.pk)
    account.activate(at=world.now(), by=TIMER)
    account.save()
    late.expire(at=world.now(), by=TIMER)
    with pytest.raises(ConcurrentTransition), transaction.atomic():
        late.save()
    assert stored(account) == "activated"


def test_reading_a_row_again_brings_its_state(account, world):
    other = Account.objects.get(pk=account.pk)
    other.activate(at=world.now(), by=TIMER)
    other.save()
    account.refresh_from_db(fields=["email"])
    account.refresh_from_db()
    assert account.state == "activated"
    account.refresh_from_db(fields=["state"])
    with pytest.raises(AttributeError):
        account.state = "expired"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_reading_again_opens_the_state_to_no_other_thread(account):
    """django-fsm-2's own `refresh_from_db` does, on the field object that threads share."""
    over = threading.Event()

    def read():
        try:
            mine = Account.objects.get(pk=account.pk)
            for _time in range(200):
                mine.refresh_from_db()
        finally:
            over.set()

    def assign():
        mine, refused = Account.objects.get(pk=account.pk), 0
        while not over.is_set():
            with pytest.raises(AttributeError):
                mine.state = "verified"
            refused += 1
        return refused

    reader, assigner = race([read, assign])
    assert (reader.word, assigner.word) == ("done", "done"), (reader.error, assigner.error)
    assert assigner.value > 0


def test_a_batch_is_saved_only_in_the_state_each_row_was_moved_to(world, account):
    other = walks.register(world, "bo@kite.example")
    for each in (account, other):
        each.expire(at=world.now(), by=TIMER)
    with pytest.raises(ValueError, match="in the state that each row was moved to"):
        Account.objects.save_states([account, other], state="verified")
    with pytest.raises(ValueError, match="in the state that each row was moved to"):
        Account.objects.save_states([account, other], language="en")
    assert Account.objects.save_states([account, other], state="expired", expired_at=world.now()) == 2
    assert (stored(account), stored(other)) == ("expired", "expired")


def test_locking_gives_the_row_with_its_world_or_says_that_it_is_gone(account, world):
    locked = Account.objects.lock(account.pk)
    assert (locked, locked.world) == (account, world)
    assert list(Account.objects.lock_all([account.pk, account.pk + 1000])) == [account.pk]
    with pytest.raises(Account.DoesNotExist):
        Account.objects.lock(account.pk + 1000)


def test_a_machine_with_wildcards_cannot_be_written():
    with pytest.raises(ValueError, match="cannot be drawn"):
        transition(field=Account._meta.get_field("state"), source="*", target="expired", label="-", who="-")


def test_a_migrations_models_do_not_listen_to_others():
    """Each is rendered hundreds of times: listening, they would take half the time of `migrate`."""
    rendered = set(ProjectState.from_apps(apps).apps.get_models())
    fields = [getattr(ref(), "__self__", None) for _key, ref, *_rest in class_prepared.receivers]
    listening = {field.model for field in fields if isinstance(field, StateField)}
    assert listening
    assert not listening & rendered
