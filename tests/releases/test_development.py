"""Development Management: three modules, what may be done in each, and why not (REL-1, REL-6, REL-8)."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, Member
from bench.rows import multiply
from portal.kernel.actors import SIMULATOR
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks
from releases import actions
from releases.models import Version
from tests.releases.conftest import decide, fill_in, released, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-1", "REL-6")]

PAGE = "/console/development/"
PHONES = 10_000_000_000
MISSING = "/console/development/missing/"


@pytest.fixture
def console(game, signed_in):
    return signed_in(game)


def page(console, url=PAGE, **keys) -> str:
    answer = console.get(url, keys)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def module(text: str, name: str) -> str:
    """Return the part of the page that shows one module."""
    return text.partition(f'<section aria-labelledby="{name}-title"')[2].partition("</section>")[0]


def pill(text: str) -> str:
    found = re.search(r'<span class="pill [a-z]+">([^<]*)</span>', text)
    return found.group(1) if found else ""


def green(text: str) -> list[str]:
    """Return what the green buttons outside of dialogs say."""
    main = text.partition('<main id="main"')[2]
    buttons = re.findall(r'<a class="btn btn-primary"[^>]*>(.*?)</a>', main)
    return [re.sub(r"<[^>]*>", "", button).strip() for button in buttons]


def member(account, role: Role, wechat_id: str = "chenxi") -> Person:
    person = Person.objects.get(world=account.world, wechat_id=wechat_id)
    Member.objects.create(
        world=account.world, account=account, person=person, role=role, added_at=account.world.now()
    )
    return person


# --- the three modules --------------------------------------------------------------------


def test_with_nothing_there_the_way_on_is_an_upload(console):
    text = page(console)
    assert pill(module(text, "released")) == "Nothing online yet"
    assert pill(module(text, "verifying")) == "Nothing submitted"
    assert "No version is uploaded" in module(text, "developed")
    assert green(text) == ["Upload a version"]


def test_a_developed_version_is_listed_and_the_way_on_is_to_submit_it(console, upload):
    version = upload()
    text = page(console)
    row = module(text, "developed")
    assert all(part in row for part in ("1.0.0", version.developer.name, "A version"))
    assert "Trial" not in row
    assert reverse("releases:submit", args=[version.pk]) in row
    assert reverse("releases:version_delete", args=[version.pk]) in row
    assert green(text) == ["Submit for Verification"]


def test_findings_are_counted_in_the_list(console, upload):
    upload(sample="odd")
    assert "5 findings" in module(page(console), "developed")


def test_a_draft_is_gone_on_with(console, upload, game):
    actions.open_submission(upload().pk, by=game.login.as_actor())
    text = page(console)
    assert pill(module(text, "verifying")) == "Being filled in"
    assert green(text) == ["Go on with the submission"]


def test_under_review_it_can_be_withdrawn_within_its_quotas(console, upload):
    submission = submitted(upload())
    text = page(console)
    part = module(text, "verifying")
    assert pill(part) == "Under review"
    assert reverse("releases:withdraw", args=[submission.pk]) in part
    assert "0 of 1 withdrawals today" in part
    assert "0 of 10 this month" in part
    assert "Release lights up after approval." in part
    assert "due by" in part
    assert green(text) == []


def test_the_quota_counts_and_says_when_it_is_free_again(console, upload, game):
    actions.withdraw(submitted(upload()).pk, by=game.login.as_actor())
    text = page(console)
    assert pill(module(text, "verifying")) == "Withdrawn"
    assert green(text) == ["Submit again"]
    submitted(Version.objects.get())
    part = module(page(console), "verifying")
    assert "1 of 1 withdrawals today, free again on" in part
    assert "1 of 10 this month" in part


def test_a_rejection_shows_its_reasons_and_the_way_back(console, upload):
    decide(submitted(upload()), "reject", "The shop cannot be reached.", "The name of level 3 misleads.")
    text = page(console)
    part = module(text, "verifying")
    assert pill(part) == "Rejected"
    assert "The shop cannot be reached." in part
    assert "The name of level 3 misleads." in part
    assert green(text) == ["Submit again"]


@pytest.mark.requirement("REL-8")
def test_an_approved_version_waits_for_its_release_and_during_a_test_the_button_says_why(
    console, upload, world
):
    decide(submitted(upload()), "approve")
    assert pill(module(page(console), "verifying")) == "Approved"
    assert "Release lights up" not in page(console)
    test = actions.begin_internal_test(world.pk, ends_at=world.now().replace(year=2020), by=SIMULATOR)
    part = module(page(console), "verifying")
    assert "Not clickable: the platform is running an internal test. It ends on" in part
    assert 'aria-disabled="true" aria-describedby="release-why"' in part
    actions.end_internal_test(world.pk, by=SIMULATOR)
    assert test.begun_at == world.now()
    assert "internal test" not in module(page(console), "verifying")


def test_what_is_released_is_shown_and_the_verifying_module_is_empty_again(console, upload):
    submission = submitted(upload())
    decide(submission, "approve")
    released(submission)
    text = page(console)
    assert pill(module(text, "released")) == "Online"
    assert "1.0.0" in module(text, "released")
    assert pill(module(text, "verifying")) == "Nothing submitted"


@pytest.mark.requirement("REL-9")
def test_a_phased_release_stands_beside_the_full_one(console, upload):
    for number, percent in (("1.0.0", 100), ("1.1.0", 5)):
        submission = submitted(upload(number))
        decide(submission, "approve")
        released(submission, percent)
    part = module(page(console), "released")
    assert pill(part) == "Phased release"
    assert "5 percent" in part
    assert "all who are not in the phased release" in part


@pytest.mark.requirement("REL-9")
def test_a_suspended_service_is_told(console, upload, game):
    submission = submitted(upload())
    decide(submission, "approve")
    released(submission)
    actions.suspend(game.pk, reason="repair", by=game.login.as_actor())
    assert pill(module(page(console), "released")) == "Service suspended"


@pytest.mark.requirement("REL-9")
def test_the_trial_version_is_marked_and_told_when_it_left_the_list(console, upload, game):
    actions.set_trial(upload().pk, by=game.login.as_actor())
    assert '<span class="tag green">Trial</span>' in module(page(console), "developed")
    upload("1.0.1")
    part = module(page(console), "developed")
    assert '<span class="tag green">Trial</span>' not in part
    assert "Experience members still open version 1.0.0" in part


# --- what the next submission needs -------------------------------------------------------


def test_what_is_missing_is_counted_and_linked(console, upload, game):
    version = upload()
    text = page(console, MISSING)
    assert "Before 1.0.0 is submitted" in text
    ready, needed = map(int, re.findall(r"(\d+) of (\d+) ready", text)[0])
    assert 0 < ready < needed
    assert reverse("releases:submit", args=[version.pk]) in text
    actions.open_submission(version.pk, by=game.login.as_actor())
    assert reverse("releases:submit_documents") in page(console, MISSING)
    fill_in(actions.open_submission(version.pk, by=game.login.as_actor()))
    text = page(console, MISSING)
    assert f"{needed} of {needed} ready" in text
    assert 'class="no"' not in text


def test_nothing_is_missing_where_nothing_can_be_submitted(console, upload):
    assert "Nothing can be submitted now." in page(console, MISSING)
    submitted(upload())
    assert "Nothing can be submitted now." in page(console, MISSING)


# --- who may ------------------------------------------------------------------------------


@pytest.mark.requirement("REL-2")
def test_a_developer_uploads_and_may_neither_submit_nor_delete(game, upload, signed_in):
    version = upload()
    text = page(signed_in(game, member(game, Role.DEVELOPER)))
    part = module(text, "developed")
    assert "Upload a version" in text
    assert reverse("releases:submit", args=[version.pk]) not in text
    assert reverse("releases:version_delete", args=[version.pk]) not in text
    assert "It needs the permission" in part
    assert green(text) == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DATA_ANALYST])
def test_other_roles_see_the_upload_disabled_with_the_reason(game, signed_in, role):
    text = page(signed_in(game, member(game, role)))
    assert 'aria-disabled="true" aria-describedby="upload-why"' in text
    assert 'id="upload-why">It needs the permission' in text
    assert green(text) == []


@pytest.mark.requirement("INF-4")
def test_before_verification_uploads_are_open_and_submission_says_what_opens_it(world, signed_in):
    console = signed_in(walks.account_at(world, "awaiting_transfer"))
    text = page(console)
    assert green(text) == ["Upload a version"]
    assert "The entity is not verified yet." in module(text, "verifying")


# --- the page's cost ----------------------------------------------------------------------


def queries(console, url=PAGE) -> int:
    console.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert console.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "stage", ["empty", "developed", "draft", "review", "approved", "rejected", "released", "phased"]
)
def test_it_asks_at_most_eight_queries_at_every_stage(console, upload, game, stage):
    by = game.login.as_actor()
    if stage == "developed":
        upload()
    elif stage == "draft":
        actions.open_submission(upload().pk, by=by)
    elif stage != "empty":
        submission = submitted(upload())
        if stage == "rejected":
            decide(submission, "reject", "Not yet.")
        elif stage != "review":
            decide(submission, "approve")
        if stage in {"released", "phased"}:
            released(submission)
        if stage == "phased":
            following = submitted(upload("1.1.0"))
            decide(following, "approve")
            released(following, 5)
            submitted(upload("1.2.0"))
    assert queries(console) <= 8


def test_a_long_list_is_turned_by_key(console, upload, game, world):
    version = upload()
    person = multiply_people(world, 45)
    multiply(version, 45, developer_id=person, number="'2.0.' || n.i")
    first = page(console)
    assert first.count("<tr>") == 21
    older = re.findall(r'rel="next" href="([^"]+)"', first)[0]
    second = page(console, older)
    third = page(console, re.findall(r'rel="next" href="([^"]+)"', second)[0])
    numbers = [
        re.findall(r"<b>([^<]+)</b></a>", module(text, "developed")) for text in (first, second, third)
    ]
    assert [len(found) for found in numbers] == [20, 20, 6]
    assert len({number for found in numbers for number in found}) == 46
    assert queries(console, older) == queries(console)


def multiply_people(world, number: int) -> str:
    """Add people and return SQL for the nth one's id: each member has one developed version."""
    person = Person.objects.create(
        world=world, name="Somebody", wechat_id="somebody", phone=str(PHONES), id_number=""
    )
    multiply(person, number, wechat_id="'somebody' || n.i", phone=f"CAST({PHONES} + n.i AS TEXT)")
    return f"{person.pk + 1000} + n.i"


@pytest.mark.requirement("REL-2", "REL-8")
def test_a_version_that_was_released_is_not_the_next_to_submit(game: Account, signed_in) -> None:
    walks.publish(game, "1.0.0")
    page = signed_in(game).get(reverse("releases:development"))
    assert page.context["submit_next"] is None
    walks.upload(Account.objects.get(pk=game.pk), "1.1.0")
    page = signed_in(game).get(reverse("releases:development"))
    assert page.context["submit_next"]["version"].number == "1.1.0"
