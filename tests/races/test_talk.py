"""Customer-service messages at once: five answer an act, however many servers send them (R10)."""

from __future__ import annotations

from functools import partial

import pytest

from associations import actions
from associations.breaches import breaches
from associations.models import CustomerMessage, Follower
from portal.simulator import walks
from tests.races.rig import race
from tests.races.rig import words as said
from tests.races.test_associations import administrator, patiently

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.requirement("ASC-4")]

TEXT = {"content": "We open at nine."}


def test_five_messages_answer_an_act_however_many_send_at_once(world):
    account = walks.account_at(world, "authenticated", account_type="service", wechat_id="meiran")
    walks.rename(account, "Paper Kite News")
    person = walks.administrator(world, "chenxi")
    walks.follow(person, account)
    send = partial(patiently, actions.answer, account.pk, person.pk, "text", TEXT, by=administrator(account))

    outcomes = race([send] * 12)

    assert said(outcomes) == {"done": 5, "45047": 7}
    assert (CustomerMessage.objects.count(), Follower.objects.get().answers) == (5, 5)
    assert breaches() == []
