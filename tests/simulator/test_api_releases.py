"""Versions by the control API: uploaded, submitted, decided, released and back, as on the pages (API-5)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account
from portal.kernel.models import AuditEvent
from portal.simulator import walks
from releases import sample_packages
from releases.models import Release, Service, Submission, Version
from tests.simulator.api import BASE, KEY

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-5", "SIM-5", "SIM-7")]


@pytest.fixture
def here(world) -> str:
    return f"/worlds/{world.pk}"


@pytest.fixture
def mine(world, here) -> str:
    """Return the address of a Mini Game whose information is complete."""
    return f"{here}/accounts/{walks.account_at(world, 'perfected').pk}"


def approve(api, here, submission) -> None:
    api.post(f"{here}/reviews/{submission['review']}/approve")


def released(api, here, mine, number, percent=100):
    api.post(f"{mine}/versions", {"number": number})
    approve(api, here, api.post(f"{mine}/submissions"))
    return api.post(f"{mine}/releases", {"percent": percent})


@pytest.mark.parametrize("stage", ["uploaded", "submitted", "approved", "released"])
def test_an_account_is_made_at_a_stage(api, here, stage) -> None:
    made = api.post(f"{here}/accounts", {"stage": stage})
    capabilities = api.get(f"{here}/accounts/{made['account']}")["capabilities"]
    assert capabilities["suspend_service"]["allowed"] == (stage == "released")
    assert Version.objects.filter(account=made["account"]).count() == 1


def test_the_whole_way(api, world, here, mine) -> None:
    version = api.post(f"{mine}/versions", {"number": "1.0.0", "description": "First"})
    assert (version["number"], version["description"], version["state"]) == ("1.0.0", "First", "developed")
    submission = api.post(f"{mine}/submissions", {"version": version["version"]})
    assert (submission["state"], submission["number"]) == ("under_review", "1.0.0")
    assert api.refused("POST", f"{mine}/releases")[1]["code"] == "not_approved"
    approve(api, here, submission)
    assert api.get(f"{mine}/submissions")["items"][0]["state"] == "approved"
    assert api.refused("POST", f"{mine}/releases", {"percent": 5})[1]["code"] == "first_release"
    first = api.post(f"{mine}/releases")
    assert (first["state"], first["percent"], first["full_by"]) == ("full", 100, None)
    phased = released(api, here, mine, "1.1.0", percent=5)
    assert phased["full_by"] == "2019-03-24T10:00:00+08:00"
    grow = f"{mine}/releases/{phased['release']}/grow"
    assert api.refused("POST", grow, {"percent": 5})[1]["code"] == "percent"
    assert api.post(grow, {"percent": 40})["percent"] == 40
    assert api.post(grow, {"percent": 100})["state"] == "full"
    back = api.post(f"{mine}/rollback", {"to": first["release"]})
    assert (back["number"], back["rollback_of"], back["state"]) == ("1.0.0", first["release"], "full")
    assert api.refused("POST", f"{mine}/rollback")[1]["code"] == "rollback"
    assert api.post(f"{mine}/suspend", {"reason": "Moving"}) == {"state": "suspended"}
    assert api.refused("POST", f"{mine}/suspend", {"reason": "Again"})[1]["code"] == "suspended"
    assert api.post(f"{mine}/resume") == {"state": "running"}
    states = [release["state"] for release in api.get(f"{mine}/releases")["items"]]
    assert states == ["replaced", "replaced", "full"]
    assert AuditEvent.objects.filter(world_id=world.pk, name="suspend").get().by_name


def test_a_phased_release_is_cancelled(api, here, mine) -> None:
    released(api, here, mine, "1.0.0")
    phased = released(api, here, mine, "1.1.0", percent=5)
    cancelled = api.post(f"{mine}/releases/{phased['release']}/cancel")
    assert (cancelled["state"], cancelled["ended_at"]) == ("cancelled", "2019-03-09T10:00:00+08:00")
    assert api.refused("POST", f"{mine}/releases/{phased['release']}/cancel")[0] == 409


def test_a_rollback_without_a_choice_goes_to_the_newest_before(api, here, mine) -> None:
    for number in ("1.0.0", "1.1.0", "1.2.0"):
        released(api, here, mine, number)
    assert api.post(f"{mine}/rollback")["number"] == "1.1.0"


def test_a_submission_is_withdrawn_and_a_magic_value_decides(api, here, mine) -> None:
    api.post(f"{mine}/versions")
    waiting = api.post(f"{mine}/submissions")
    withdraw = f"{mine}/submissions/{waiting['submission']}/withdraw"
    assert api.post(withdraw)["state"] == "withdrawn"
    assert api.refused("POST", withdraw)[0] == 409
    api.post(f"{mine}/submissions", {"remark": "approve@magic.example"})
    api.post(f"{here}/clock/next")
    assert Submission.objects.latest("pk").state == "approved"


def test_a_release_is_made_once_with_its_key(api, here, mine) -> None:
    api.post(f"{mine}/versions")
    approve(api, here, api.post(f"{mine}/submissions"))
    key = {"Idempotency-Key": "release-1"}
    assert api.post(f"{mine}/releases", None, **key) == api.post(f"{mine}/releases", None, **key)
    assert Release.objects.count() == 1


@pytest.fixture
def send(api, mine):
    """Return a function that sends a form."""

    def post(**form):
        address = f"{BASE}{mine}/versions/package"
        return Client().post(address, form, headers={"Authorization": f"Bearer {KEY}"})

    return post


BROKEN = [name for name in sample_packages.names() if sample_packages.SAMPLES[name].code]


def test_a_package_of_ones_own_comes_in_a_form(send) -> None:
    content = sample_packages.build(walks.SAMPLE)
    for _twice in range(2):
        answer = send(package=SimpleUploadedFile("game.zip", content), number="2.0.0", description="Own")
        assert (answer.status_code, answer.json()["number"]) == (201, "2.0.0")
    assert Version.objects.get().archive_size > 0


@pytest.mark.parametrize(
    "name", [name for name in sample_packages.names() if sample_packages.SAMPLES[name].code]
)
def test_a_broken_package_is_refused_with_its_code(name, send) -> None:
    answer = send(package=SimpleUploadedFile("x.zip", sample_packages.build(name)), number="1.0.0")
    assert (answer.status_code, answer.json()["code"]) == (409, sample_packages.SAMPLES[name].code)
    assert not Version.objects.exists()


def test_a_form_without_a_package_or_number_is_told(send, mine) -> None:
    assert send(number="1.0.0").json()["field"] == "package"
    content = sample_packages.build(walks.SAMPLE)
    answer = send(package=SimpleUploadedFile("game.zip", content))
    assert (answer.status_code, answer.json()["code"]) == (409, "version_number")
    broken = Client().generic(
        "POST",
        f"{BASE}{mine}/versions/package",
        b"--x\r\nnonsense",
        content_type="multipart/form-data; boundary=",
        headers={"Authorization": f"Bearer {KEY}"},
    )
    assert (broken.status_code, broken.json()["field"]) == (400, "package")


def test_a_sample_that_is_none_and_an_account_too_young_are_told(api, world, here, mine) -> None:
    status, told = api.refused("POST", f"{mine}/versions", {"sample": "nothing"})
    assert (status, told["field"]) == (400, "sample")
    young = walks.account_at(world, "activated", email="new@kite.example")
    status, told = api.refused("POST", f"{here}/accounts/{young.pk}/versions")
    assert (status, told["code"]) == (409, "unconfirmed")
    assert api.refused("POST", f"{mine}/submissions")[1]["code"] == "no_version"


def test_nothing_of_another_account_is_within_reach(api, world, here, mine) -> None:
    released(api, here, mine, "1.0.0")
    phased = released(api, here, mine, "1.1.0", percent=5)
    other = walks.account_at(world, "perfected", email="two@kite.example", name="Paper Kite Two")
    for way in ("grow", "cancel"):
        path = f"{here}/accounts/{other.pk}/releases/{phased['release']}/{way}"
        assert api.refused("POST", path, {"percent": 50} if way == "grow" else None)[0] == 404
    assert Release.objects.get(pk=phased["release"]).percent == 5


def test_the_switch_keeps_versions_back_and_is_told(api, world, here, mine) -> None:
    switch = f"{here}/policy/internal_test"
    assert api.get(switch) == []
    tests = api.call("PUT", switch, {"on": True, "after": "P3D"}).json()
    assert tests == [
        {"account": None, "begun_at": "2019-03-09T10:00:00+08:00", "ends_at": "2019-03-12T10:00:00+08:00"}
    ]
    api.post(f"{mine}/versions")
    approve(api, here, api.post(f"{mine}/submissions"))
    status, told = api.refused("POST", f"{mine}/releases")
    assert (status, told["code"]) == (409, "internal_test")
    assert "It ends on 12 Mar 2019, 10:00" in told["message"]
    kinds = {row["kind"] for row in api.get(f"{here}/agenda")["items"]}
    assert "releases.internal_test_end" in kinds
    account = Account.objects.get()
    both = api.call("PUT", switch, {"on": True, "account": account.pk}).json()
    assert [test["account"] for test in both] == [None, account.pk]
    assert api.call("PUT", switch, {"on": False}).json() == both[1:]
    assert api.refused("POST", f"{mine}/releases")[1]["code"] == "internal_test"
    assert api.call("PUT", switch, {"on": False, "account": account.pk}).json() == []
    assert api.post(f"{mine}/releases")["state"] == "full"


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({}, 400, "on"),
        ({"on": "yes"}, 400, "on"),
        ({"on": True, "account": 999_999}, 404, None),
        ({"on": True, "ends_at": "2019-03-09T10:00:00+08:00"}, 409, "ends_at"),
        ({"on": True, "after": "P0D"}, 400, "after"),
        ({"on": True, "after": "P1D", "ends_at": "2019-03-10T10:00:00+08:00"}, 400, "after"),
    ],
)
def test_a_switch_that_means_nothing_is_told(asked, status, field, api, here) -> None:
    answered, told = api.refused("PUT", f"{here}/policy/internal_test", asked)
    assert (answered, told.get("field")) == (status, field)
    assert api.get(f"{here}/policy/internal_test") == []


def test_services_of_unreleased_games_are_not_suspended(api, mine) -> None:
    api.post(f"{mine}/versions")
    assert api.refused("POST", f"{mine}/suspend", {"reason": "x"})[0] == 409
    assert Service.objects.get().state == "running"
