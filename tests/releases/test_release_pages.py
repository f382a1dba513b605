"""The pages of releasing, rolling back and suspending, by role and state (REL-8, REL-9)."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from portal.kernel import confirmations, policy
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability, Role
from portal.simulator import walks
from releases import actions
from releases.models import InternalTest, Release, Service, Submission
from tests.releases.conftest import decide, released, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-8", "REL-9")]

BUDGET = 8
PAGE = "/console/development/release/"


@pytest.fixture
def console(game, signed_in):
    return signed_in(game)


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


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def says(answer, *sentences: str) -> None:
    shown = text_of(answer)
    for sentence in sentences:
        assert sentence in shown, sentence


def is_lit(answer) -> bool:
    """Return whether the button Release can be pressed."""
    return '<button class="btn btn-primary" type="submit">Release</button>' in text_of(answer)


def states(game) -> list[str]:
    return list(Release.objects.filter(account=game).order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("stage", ["nothing", "approved", "asked", "phased", "suspended", "tested"])
def test_the_page_costs_few_queries(
    stage, game, console, approved, online, django_assert_max_num_queries
) -> None:
    by = game.administrator.person.as_actor()
    if stage != "nothing":
        for minor in range(3):
            online(f"1.{minor}.0")
    if stage == "phased":
        online("1.3.0", percent=5)
    if stage in {"approved", "asked", "tested"}:
        waiting = approved("1.4.0")
        if stage == "asked":
            actions.ask_to_release(waiting.pk, percent=20, by=by)
        if stage == "tested":
            actions.begin_internal_test(game.world_id, by=by)
    if stage == "suspended":
        actions.suspend(game.pk, reason="Moving house", by=by)
    for name in ("release", "releases", "roll_back", "suspend"):
        address = reverse(f"releases:{name}")
        console.get(address)
        with django_assert_max_num_queries(BUDGET):
            assert console.get(address).status_code == 200


def test_release_to_all_by_click_and_scan(game, console, approved) -> None:
    assert not is_lit(console.get(PAGE))
    approved("1.0.0")
    page = console.get(PAGE)
    assert is_lit(page)
    says(page, "The first version goes to all players (85079).")
    assert console.post(PAGE, {"to": "all"}).url == PAGE
    page = console.get(PAGE)
    assert not is_lit(page)
    says(page, "Scan with the WeChat of the administrator")
    assert states(game) == []
    confirmations.confirm(Confirmation.objects.latest("pk").pk, by=game.administrator.person.as_actor())
    assert states(game) == ["full"]
    page = console.get(PAGE)
    says(page, "Version 1.0.0 is released, confirmed on the phone of Lin Yue.")
    assert not is_lit(page)


def test_release_to_a_share(game, console, online, approved) -> None:
    online("1.0.0")
    approved("1.1.0")
    console.post(PAGE, {"to": "share", "percent": "5"})
    asked = Confirmation.objects.latest("pk")
    confirmations.confirm(asked.pk, by=game.administrator.person.as_actor())
    phased = Release.objects.get(state="phased")
    says(console.get(PAGE), "5 percent of the players", "Until it reaches all players", "Let it grow")
    grow = reverse("releases:release_grow", args=[phased.pk])
    assert console.post(grow, {"percent": "30"}).url == PAGE
    says(console.get(PAGE), "Version 1.1.0 reaches 30 percent of the players.")
    console.post(grow, {"percent": "100"})
    assert states(game) == ["replaced", "full"]


@pytest.mark.parametrize("typed", ["", "0", "-3", "101", "5.5", "five", "9" * 400, "\x00"])
def test_a_share_that_is_none_is_refused_at_its_field(typed, game, console, online, approved) -> None:
    online("1.0.0")
    approved("1.1.0")
    answer = console.post(PAGE, {"to": "share", "percent": typed})
    says(answer, "1 thing to correct.", 'id="id_percent_error"')
    assert not Confirmation.objects.filter(purpose="releases.release", state="shown").exists()
    phased = online("1.2.0", percent=40)
    answer = console.post(reverse("releases:release_grow", args=[phased.pk]), {"percent": typed})
    says(answer, "1 thing to correct.", 'id="id_percent_error"')
    assert Release.objects.get(pk=phased.pk).percent == 40


def test_what_was_chosen_is_kept_when_it_is_refused(console, online, approved) -> None:
    online("1.0.0")
    approved("1.1.0")
    answer = text_of(console.post(PAGE, {"to": "share", "percent": "101"}))
    assert 'value="101"' in answer
    assert re.search(r'value="share"\s+id="id_to_1"\s+checked', answer)


def test_a_first_release_to_a_share_is_refused_whatever_is_posted(game, console, approved) -> None:
    approved("1.0.0")
    says(console.post(PAGE, {"to": "share", "percent": "5"}), "1 thing to correct.")
    assert states(game) == []


def test_every_reason_is_named(game, console, approved, online, signed_in) -> None:
    online("1.0.0")
    online("1.1.0", percent=5)
    approved("1.2.0")
    by = game.administrator.person.as_actor()
    actions.begin_internal_test(game.world_id, account_id=game.pk, by=by)
    developer = walks.bind(game, "chenxi", Role.DEVELOPER)
    page = signed_in(game, developer.person).get(PAGE)
    assert not is_lit(page)
    says(
        page,
        "Why it cannot be released now",
        "The platform is running an internal test. It has no end yet",
        "A phased release runs.",
        policy.decide_for(Capability.RELEASE, role=Role.DEVELOPER, held=developer.held).reason,
    )
    assert 'aria-disabled="true"' in text_of(page)


def test_during_an_internal_test_release_is_not_clickable_and_says_until_when(
    game, console, approved, time
) -> None:
    approved("1.0.0")
    switch = reverse("simulator:internal_test")
    console.post(switch, {"do": "begin", "account": game.pk, "after": "86400", "next": PAGE})
    page = console.get(PAGE)
    assert not is_lit(page)
    says(page, "It ends on 10 Mar 2019, 10:00.", "End the internal test")
    refused = console.post(PAGE, {"to": "all"}, follow=True)
    says(refused, "Not released. The platform is running an internal test.")
    assert not Confirmation.objects.filter(purpose="releases.release").exists()
    time.passes(days=1)
    assert is_lit(console.get(PAGE))
    assert InternalTest.objects.get().ended_at is not None


def test_a_new_code_is_for_the_same_share(game, console, online, approved) -> None:
    online("1.0.0")
    approved("1.1.0")
    console.post(PAGE, {"to": "share", "percent": "7"})
    first = Confirmation.objects.latest("pk")
    confirmations.refuse(first.pk, by=game.administrator.person.as_actor())
    page = console.get(PAGE)
    says(page, "Show a new code")
    assert is_lit(page)
    console.post(PAGE, {})
    again = Confirmation.objects.latest("pk")
    assert (again.pk != first.pk, again.state, again.facts["percent"]) == (True, "shown", 7)


def test_roll_back_to_one_of_the_list(game, console, online) -> None:
    says(console.get(reverse("releases:roll_back")), "No version is online (87012).")
    first = online("1.0.0")
    online("1.1.0")
    online("1.2.0")
    address = reverse("releases:roll_back")
    says(
        console.get(address),
        "Which version comes back instead of 1.2.0",
        "1.0.0",
        "1.1.0",
        "9 Mar 2019, 10:00",
    )
    says(console.post(address, {"to": "77777"}), "Choose one of the versions in the list.")
    says(console.post(address, {}), "Choose a version.")
    assert console.post(address, {"to": first.pk}).url == PAGE
    assert states(game) == ["replaced", "replaced", "replaced", "full"]
    says(console.get(address), "came back by a rollback")
    says(console.post(address, {"to": first.pk}, follow=True), "Not rolled back.")
    assert Release.objects.filter(account=game).count() == 4


def test_cancel_and_what_it_closes(game, console, online) -> None:
    online("1.0.0")
    phased = online("1.1.0", percent=5)
    says(console.get(PAGE), "A phased release runs (87011).")
    console.post(reverse("releases:release_cancel", args=[phased.pk]))
    assert states(game) == ["full", "cancelled"]
    says(console.get(PAGE), "was cancelled (87012)")
    answer = console.post(reverse("releases:release_cancel", args=[phased.pk]), follow=True)
    says(answer, "not a phased one any more")


def test_suspend_with_a_reason_and_resume(game, console, online) -> None:
    online("1.0.0")
    address = reverse("releases:suspend")
    says(console.get(address), "players see that the service is suspended")
    says(console.post(address, {"reason": "  "}), "Write why. The log keeps it.")
    says(console.post(address, {"reason": "x" * 201}), "1 thing to correct.", "x" * 201)
    console.post(address, {"reason": "Moving house"})
    assert Service.objects.get(account=game).state == "suspended"
    says(console.get(PAGE), "Service suspended", "Resume the service")
    says(console.get(address), "suspended already")
    console.post(reverse("releases:resume"))
    assert Service.objects.get(account=game).state == "running"
    says(console.post(reverse("releases:resume"), follow=True), "the service is not suspended")


@pytest.mark.parametrize(("role", "suspends"), [(Role.OPERATOR, True), (Role.DEVELOPER, False)])
def test_members_may_what_the_policy_grants(role, suspends, game, online, signed_in) -> None:
    online("1.0.0")
    phased = online("1.1.0", percent=5)
    console = signed_in(game, walks.bind(game, "chenxi", role).person)
    console.post(reverse("releases:release_grow", args=[phased.pk]), {"percent": "50"})
    console.post(reverse("releases:release_cancel", args=[phased.pk]))
    console.post(reverse("releases:roll_back"), {"to": "1"})
    assert (states(game), Release.objects.get(pk=phased.pk).percent) == (["full", "phased"], 5)
    console.post(reverse("releases:suspend"), {"reason": "Because"})
    assert (Service.objects.get(account=game).state == "suspended") == suspends
    console.post(reverse("releases:resume"))
    assert Service.objects.get(account=game).state == "running"


@pytest.mark.parametrize("name", ["release_grow", "release_cancel"])
def test_a_foreign_release_is_not_found(name, game, online, make_world, signed_in) -> None:
    online("1.0.0")
    phased = online("1.1.0", percent=5)
    stranger = signed_in(walks.account_at(make_world("Class 08"), "verified"))
    for release_id in (phased.pk, 10**18, 10**30):
        answer = stranger.post(reverse(f"releases:{name}", args=[release_id]), {"percent": "50"})
        assert answer.status_code == 404
    assert states(game) == ["full", "phased"]


def test_history_is_turned_by_key(console, online) -> None:
    for minor in range(12):
        online(f"1.{minor}.0")
    page = text_of(console.get(PAGE))
    assert "<b>1.11.0</b>" in page
    assert "<b>1.1.0</b>" not in page
    assert "All releases" in page
    history = reverse("releases:releases")
    assert "<b>1.0.0</b>" in text_of(console.get(history))
    oldest = text_of(console.get(f"{history}?before={Release.objects.order_by('pk')[2].pk}"))
    assert "<b>1.0.0</b>" in oldest
    assert "<b>1.2.0</b>" not in oldest
