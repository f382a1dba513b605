"""A new version reaches players in phases, comes back, stops and goes on, in the console (REL-8, REL-9)."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from accounts.models import Account
from portal.kernel import confirmations
from portal.kernel.models import AuditEvent, Confirmation
from portal.outside.models import Letter
from portal.simulator import walks
from releases import cohorts, words
from releases.models import Release

PAGE = "/console/development/release/"
PEOPLE = list(range(1, 501))


@pytest.fixture
def game(world) -> Account:
    return walks.account_at(world, "released")


@pytest.fixture
def console(game, signed_in):
    return signed_in(game)


def approve(game, number) -> None:
    walks.decide_code(walks.submit(walks.upload(game, number)), "approve")


def scan(game) -> None:
    asked = Confirmation.objects.filter(purpose=words.RELEASE).latest("pk")
    confirmations.confirm(asked.pk, by=game.administrator.person.as_actor())


def who_gets(game, number) -> set[int]:
    draws = zip(PEOPLE, cohorts.draws(Account.objects.get(pk=game.pk), PEOPLE), strict=True)
    return {person for person, draw in draws if draw.version and draw.version.number == number}


def shown(console) -> str:
    return html.unescape(console.get(PAGE).content.decode())


@pytest.mark.django_db
@pytest.mark.requirement("REL-8", "REL-9")
def test_five_percent_then_more_then_everybody_then_back(game, console, time) -> None:
    assert who_gets(game, "1.0.0") == set(PEOPLE)
    approve(game, "1.1.0")
    switch = reverse("simulator:internal_test")
    console.post(switch, {"do": "begin"})
    assert 'aria-disabled="true"' in shown(console)
    assert "The platform is running an internal test" in shown(console)
    console.post(switch, {"do": "end"})
    console.post(PAGE, {"to": "share", "percent": "5"})
    assert who_gets(game, "1.1.0") == set()  # nothing before the scan
    scan(game)
    few = who_gets(game, "1.1.0")
    assert 0 < len(few) < 60
    assert who_gets(game, "1.0.0") == set(PEOPLE) - few
    time.passes(days=3)
    phased = Release.objects.get(state="phased")
    console.post(reverse("releases:release_grow", args=[phased.pk]), {"percent": "40"})
    more = who_gets(game, "1.1.0")
    assert few < more
    time.passes(days=12)
    assert who_gets(game, "1.1.0") == set(PEOPLE)
    assert "1.0.0" in html.unescape(console.get(reverse("releases:roll_back")).content.decode())
    first = Release.objects.get(submission__version__number="1.0.0")
    console.post(reverse("releases:roll_back"), {"to": first.pk})
    assert who_gets(game, "1.0.0") == set(PEOPLE)
    assert "came back by a rollback" in shown(console)
    console.post(reverse("releases:suspend"), {"reason": "The server moves house."})
    assert who_gets(game, "1.0.0") == set()
    console.post(reverse("releases:resume"))
    assert who_gets(game, "1.0.0") == set(PEOPLE)


@pytest.mark.django_db
@pytest.mark.requirement("REL-9")
def test_a_bad_version_is_taken_from_its_few_players(game, console) -> None:
    approve(game, "1.1.0")
    console.post(PAGE, {"to": "share", "percent": "10"})
    scan(game)
    phased = Release.objects.get(state="phased")
    console.post(reverse("releases:release_cancel", args=[phased.pk]))
    assert who_gets(game, "1.0.0") == set(PEOPLE)
    approve(game, "1.1.1")
    console.post(PAGE, {"to": "all"})
    scan(game)
    assert who_gets(game, "1.1.1") == set(PEOPLE)
    assert "was cancelled (87012)" in shown(console)


@pytest.mark.django_db
@pytest.mark.requirement("REL-8", "DEV-4")
def test_the_log_and_the_mailbox_tell_of_each_step(game, console) -> None:
    approve(game, "1.1.0")
    console.post(PAGE, {"to": "share", "percent": "10"})
    scan(game)
    phased = Release.objects.get(state="phased")
    console.post(reverse("releases:release_grow", args=[phased.pk]), {"percent": "100"})
    log = html.unescape(console.get(reverse("console:log"), {"about": "releases"}).content.decode())
    for line in ("Reaches all players", "Submits the version for verification", "Approves the version"):
        assert line in log
    letters = Letter.objects.filter(to=game.email).order_by("-pk")[:2]
    assert [letter.subject.partition(" of ")[0] for letter in letters] == ["Version 1.1.0"] * 2
    assert AuditEvent.objects.filter(subject_type="releases.Release", name="complete").count() == 2
