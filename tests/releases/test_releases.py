"""Releasing: its conditions, phases, rollback, suspension, what hangs on the first release (REL-8, REL-9)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import places
from accounts.actions import closing
from accounts.models import Account, Notice
from information import ladder
from portal.kernel import confirmations, limits
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline, World
from portal.kernel.terms import Role
from portal.outside.models import Letter
from releases import actions, cohorts, words
from releases.models import Release, Service, Submission
from tests.releases.conftest import decide, released, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-8", "REL-9")]

PEOPLE = range(1, 1001)


@pytest.fixture
def by(game: Account):
    return game.administrator.person.as_actor()


@pytest.fixture
def approved(upload):
    """Return a maker of approved submissions."""

    def make(number: str) -> Submission:
        submission = submitted(upload(number))
        decide(submission, "approve")
        return Submission.objects.select_related("account").get(pk=submission.pk)

    return make


@pytest.fixture
def online(approved):
    """Return a maker of released versions."""

    def make(number: str, percent: int = 100) -> Release:
        released(approved(number), percent=percent)
        return Release.objects.latest("pk")

    return make


def numbers(releases) -> list[str]:
    return [release.submission.version.number for release in releases]


def states(game) -> list[str]:
    return list(Release.objects.filter(account=game).order_by("pk").values_list("state", flat=True))


def latest_letter() -> str:
    return Letter.objects.latest("pk").subject


# --- what a release needs ---


@pytest.mark.parametrize(
    ("state", "number"), [("under_review", "85020"), ("rejected", "85019"), ("released", "85052")]
)
def test_only_what_is_approved_and_waits_is_released(state, number, game, upload, by) -> None:
    submission = submitted(upload("1.0.0"))
    if state == "rejected":
        decide(submission, "reject", "The seal cannot be read.")
    if state == "released":
        decide(submission, "approve")
        released(submission)
    with pytest.raises(Refused, match=number) as refusal:
        actions.ask_to_release(submission.pk, percent=100, by=by)
    assert refusal.value.code == "not_approved"


@pytest.mark.parametrize("percent", [-1, 0, 101, 2**40])
def test_a_share_is_one_to_a_hundred_percent(percent, approved, by) -> None:
    with pytest.raises(Refused, match="85081") as refusal:
        actions.ask_to_release(approved("1.0.0").pk, percent=percent, by=by)
    assert (refusal.value.code, refusal.value.field) == ("percent", "percent")


def test_the_first_version_goes_to_all(approved, by) -> None:
    with pytest.raises(Refused, match="85079"):
        actions.ask_to_release(approved("1.0.0").pk, percent=99, by=by)


def test_nothing_is_released_beside_a_phased_release(online, approved, by) -> None:
    online("1.0.0")
    online("1.1.0", percent=5)
    with pytest.raises(Refused, match="A phased release runs"):
        actions.ask_to_release(approved("1.2.0").pk, percent=100, by=by)


def test_only_the_administrators_phone_releases(approved, game, by) -> None:
    asked = actions.ask_to_release(approved("1.0.0").pk, percent=100, by=by)
    other = game.world.person_set.exclude(pk=by.id).first().as_actor()
    with pytest.raises(Refused):
        confirmations.confirm(asked.pk, by=other)
    assert not Release.objects.exists()
    confirmations.confirm(asked.pk, by=by)
    assert states(game) == ["full"]


def test_a_new_code_makes_the_old_one_void(approved, by, game) -> None:
    submission = approved("1.0.0")
    first = actions.ask_to_release(submission.pk, percent=100, by=by)
    second = actions.ask_to_release(submission.pk, percent=100, by=by)
    with pytest.raises(Refused):
        confirmations.confirm(first.pk, by=by)
    confirmations.confirm(second.pk, by=by)
    assert states(game) == ["full"]


def test_the_phone_shows_what_it_releases(approved, by) -> None:
    asked = actions.ask_to_release(approved("1.0.0").pk, percent=100, by=by)
    facts = {str(label): value for label, value in confirmations.PURPOSES[words.RELEASE].facts(asked)}
    assert facts["Version"] == "1.0.0"
    assert facts["Players"] == "all"
    assert facts["Asked by"] == by.name
    assert facts["Description"] == "A version"


def test_what_changed_before_the_scan_refuses_it_and_says_so(approved, game, by) -> None:
    asked = actions.ask_to_release(approved("1.0.0").pk, percent=100, by=by)
    actions.begin_internal_test(game.world_id, by=by)
    answered = confirmations.confirm(asked.pk, by=by)
    assert answered.state == "refused"
    assert "internal test" in answered.refusal
    assert not Release.objects.exists()


def test_each_event_is_told_by_notice_and_letter(online, game, by) -> None:
    seen = []

    def told(kind: str) -> None:
        notice = Notice.objects.filter(account=game).latest("pk")
        assert notice.kind == kind
        seen.append(latest_letter())

    first = online("1.0.0")
    told(words.RELEASED)
    second = online("1.1.0", percent=5)
    told(words.PHASED)
    actions.cancel(second.pk, by=by)
    told(words.CANCELLED)
    online("1.2.0")
    online("1.3.0")
    actions.roll_back(game.pk, to=first.pk, by=by)
    told(words.ROLLED_BACK)
    actions.suspend(game.pk, reason="The server moves house.", by=by)
    told(words.SUSPENDED)
    actions.resume(game.pk, by=by)
    told(words.RESUMED)
    assert seen == [
        "Version 1.0.0 of Paper Lantern Dash is released",
        "Version 1.1.0 of Paper Lantern Dash is released to 5 percent of the players",
        "The phased release of version 1.1.0 of Paper Lantern Dash is cancelled",
        "Paper Lantern Dash is back at version 1.0.0",
        "The service of Paper Lantern Dash is suspended",
        "The service of Paper Lantern Dash is resumed",
    ]


# --- phases -------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [0, 4, 5, 101, -1])
def test_a_share_only_grows(percent, online, by) -> None:
    online("1.0.0")
    phased = online("1.1.0", percent=5)
    with pytest.raises(Refused, match="85082") as refusal:
        actions.grow(phased.pk, percent=percent, by=by)
    assert refusal.value.field == "percent"
    assert Release.objects.get(pk=phased.pk).percent == 5


def test_who_is_in_a_share_stays_in_while_it_grows(online, game, by) -> None:
    old = online("1.0.0").submission.version
    phased = online("1.1.0", percent=1)
    new = phased.submission.version
    inside: set[int] = set()
    for percent in (1, 2, 30, 99):
        if percent > 1:
            actions.grow(phased.pk, percent=percent, by=by)
        served = dict(zip(PEOPLE, (draw.version for draw in cohorts.draws(game, list(PEOPLE))), strict=True))
        assert set(served.values()) <= {old, new}
        reached = {person for person, version in served.items() if version == new}
        assert inside <= reached
        assert len(reached) == pytest.approx(10 * percent, abs=50)
        inside = reached
    actions.grow(phased.pk, percent=100, by=by)
    assert states(game) == ["replaced", "full"]
    assert {draw.version for draw in cohorts.draws(game, list(PEOPLE))} == {new}


def test_fifteen_days_later_everybody_has_it(online, game, time) -> None:
    online("1.0.0")
    phased = online("1.1.0", percent=5)
    assert phased.full_by == time.now + timedelta(days=15)
    time.passes(days=15, milliseconds=-1)
    assert states(game) == ["full", "phased"]
    time.passes(milliseconds=1)
    assert states(game) == ["replaced", "full"]
    phased.refresh_from_db()
    assert (phased.percent, phased.full_at) == (100, phased.full_by)


@pytest.mark.parametrize("end", ["complete", "cancel"])
def test_what_ended_by_hand_has_no_deadline_left(end, online, game, by, time) -> None:
    online("1.0.0")
    phased = online("1.1.0", percent=5)
    if end == "complete":
        actions.grow(phased.pk, percent=100, by=by)
    else:
        actions.cancel(phased.pk, by=by)
    assert not Deadline.objects.open().filter(kind=words.FULL).exists()
    before = states(game)
    time.passes(days=16)
    assert states(game) == before
    for again in (
        lambda: actions.cancel(phased.pk, by=by),
        lambda: actions.grow(phased.pk, percent=50, by=by),
    ):
        with pytest.raises(Refused, match="not a phased one any more"):
            again()


def test_a_cancelled_phase_gives_its_players_the_version_before(online, game, by) -> None:
    old = online("1.0.0").submission.version
    actions.cancel(online("1.1.0", percent=60).pk, by=by)
    assert {draw.version for draw in cohorts.draws(game, list(PEOPLE))} == {old}
    assert states(game) == ["full", "cancelled"]


# --- rollback -----------------------------------------------------------------------------


def test_one_of_the_five_before_comes_back_for_everybody(online, game, by) -> None:
    for minor in range(7):
        online(f"1.{minor}.0")
    choices = actions.rollback_choices(game)
    assert numbers(choices) == ["1.5.0", "1.4.0", "1.3.0", "1.2.0", "1.1.0"]
    back = actions.roll_back(game.pk, to=choices[3].pk, by=by)
    assert (back.state, back.rollback_of, back.submission) == ("full", choices[3], choices[3].submission)
    assert {draw.version.number for draw in cohorts.draws(game, [1, 2, 3]) if draw.version} == {"1.2.0"}
    assert Release.objects.filter(account=game, state="full").count() == 1


def test_what_is_not_in_the_list_does_not_come_back(online, game, by) -> None:
    oldest = online("0.9.0")
    for minor in range(6):
        online(f"1.{minor}.0")
    for other in (oldest.pk, Release.objects.latest("pk").pk, 2**62):
        with pytest.raises(Refused, match="choose one of the versions") as refusal:
            actions.roll_back(game.pk, to=other, by=by)
        assert refusal.value.field == "to"


def test_why_nothing_is_rolled_back(online, game, by) -> None:
    def refusal(to: int) -> str:
        assert actions.rollback_choices(game) == []
        with pytest.raises(Refused) as refused:
            actions.roll_back(game.pk, to=to, by=by)
        return refused.value.message

    assert "No version is online (87012)" in refusal(1)
    first = online("1.0.0")
    assert "No earlier version was online (87012)" in refusal(first.pk)
    phased = online("1.1.0", percent=5)
    assert "A phased release runs (87011)" in refusal(first.pk)
    actions.cancel(phased.pk, by=by)
    assert "was cancelled (87012)" in refusal(first.pk)
    online("1.2.0")
    assert "was cancelled (87012)" in refusal(first.pk)
    third = online("1.3.0")
    assert numbers(actions.rollback_choices(game)) == ["1.2.0", "1.0.0"]
    actions.roll_back(game.pk, to=first.pk, by=by)
    assert "came back by a rollback" in refusal(third.pk)
    online("1.4.0")
    assert numbers(actions.rollback_choices(game)) == ["1.3.0", "1.2.0", "1.0.0"]


# --- suspension ---------------------------------------------------------------------------


def test_a_suspended_service_serves_nobody_and_comes_back(online, game, by) -> None:
    version = online("1.0.0").submission.version
    actions.suspend(game.pk, reason="  The server moves house. ", by=by)
    assert cohorts.served(game, 1) is None
    event = AuditEvent.objects.get(name="suspend")
    assert (event.reason, event.account_id) == ("The server moves house.", game.pk)
    with pytest.raises(Refused, match="suspended already"):
        actions.suspend(game.pk, reason="Again", by=by)
    actions.resume(game.pk, by=by)
    assert cohorts.served(game, 1) == version
    with pytest.raises(Refused, match="not suspended"):
        actions.resume(game.pk, by=by)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\x00b", "a\u202eb"])
def test_a_suspension_has_a_readable_reason(reason, online, game, by) -> None:
    online("1.0.0")
    with pytest.raises(Refused) as refusal:
        actions.suspend(game.pk, reason=reason, by=by)
    assert refusal.value.field == "reason"
    assert Service.objects.get(account=game).state == "running"


def test_nothing_is_suspended_before_it_is_released(game, upload, by) -> None:
    upload("1.0.0")
    with pytest.raises(Refused, match="No version is released yet"):
        actions.suspend(game.pk, reason="Why", by=by)


# --- what hangs on the first release ------------------------------------------------------


def test_the_first_release_sets_the_fact_once(online, game, time) -> None:
    assert game.released_at is None
    online("1.0.0")
    first = time.now
    time.passes(days=1)
    online("1.1.0")
    assert Account.objects.get(pk=game.pk).released_at == first


def test_a_released_game_has_more_members_a_longer_closing_and_a_harder_name(online, game) -> None:
    ladder.require_open(game)
    members = places.of_account(game, Role.DEVELOPER).at_most
    assert closing.freeze_period(game) == limits.CLOSING
    online("1.0.0")
    game = Account.objects.get(pk=game.pk)
    assert places.of_account(game, Role.DEVELOPER).at_most == 2 * members
    assert closing.freeze_period(game) == limits.CLOSING_RELEASED_GAME
    with pytest.raises(Refused) as refusal:
        ladder.require_open(game)
    assert refusal.value.code == "91002"


def test_another_world_has_nothing_of_it(online, game, make_world) -> None:
    online("1.0.0")
    other: World = make_world("Class 08")
    assert not Release.objects.filter(world=other).exists()
