"""The plain HTTP call that uploads a version: signature, clock, nonce, address, developer, body (REL-1)."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import allowlists
from accounts.models import Account, DevelopmentSettings, Member
from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.kernel.models import Throttle
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks
from releases import archives, sample_packages, signatures, upload_calls
from releases.models import Version
from releases.sample_packages import SAMPLES
from releases.upload_calls import HEADERS, NONCES
from releases.views.upload_call import STATUSES
from tests.releases.conftest import make_game
from tests.releases.signed import (
    call_of,
    headers_of,
    key_pair,
    other_key_pair,
    post,
    query_of,
    with_key,
)

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-1")]

BODY = sample_packages.build("paper-lantern-dash")
QUERY = query_of(description="Night festival, 花灯")


@pytest.fixture
def account(game) -> Account:
    return with_key(game)


def send(
    account, *, body=BODY, query=QUERY, private=None, headers=None, sent=None, address="127.0.0.1", **changed
):
    signed = headers_of(call_of(account, body, query=query, **changed), private)
    return post(body, query=query, headers={**signed, **(headers or {})}, sent=sent, address=address)


def refused(answer, code):
    told = answer.json()
    assert (told["code"], answer.status_code) == (code, STATUSES.get(code, 409)), told
    assert told["message"].endswith(".")
    assert set(told) == {"code", "message", "field"}
    assert not Version.objects.exists()
    return told


def developer(account, role=Role.DEVELOPER, wechat_id="chenxi", **fields):
    person = Person.objects.get(world=account.world, wechat_id=wechat_id)
    Member.objects.create(
        world=account.world, account=account, person=person, role=role, added_at=account.world.now(), **fields
    )
    return person


# --- taken --------------------------------------------------------------------------------


def test_a_signed_package_becomes_the_administrators_developed_version(account):
    answer = send(account)
    version = Version.objects.get()
    assert answer.json() == {
        "message": "Version 1.0.0 is uploaded.",
        "version": "1.0.0",
        "description": "Night festival, 花灯",
        "developer": account.administrator.person.wechat_id,
        "uploaded_at": version.uploaded_at.isoformat(),
        "was_there": False,
        "sha256": version.sha256,
        "size": version.size,
        "main_size": version.main_size,
        "files": len(version.contents["files"]),
        "subpackages": [],
        "findings": [],
    }
    assert (answer.status_code, version.way) == (200, "command_line")
    assert archives.is_whole(version)


def test_findings_and_subpackages_are_told(account):
    night = send(account, body=sample_packages.build("paper-lantern-dash-night")).json()
    assert [part["root"] for part in night["subpackages"]] == ["festival/"]
    odd = send(account, body=sample_packages.build("odd")).json()
    assert len(odd["findings"]) == 5
    assert all(finding.endswith(".") for finding in odd["findings"])


def test_the_same_upload_again_is_the_version_that_is_there(account):
    first = send(account).json()
    again = send(account).json()
    assert again["was_there"] is True
    assert again["message"] == "Nothing changed: version 1.0.0 with these very files is there already."
    assert again["uploaded_at"] == first["uploaded_at"]
    assert Version.objects.count() == 1


def test_a_developer_uploads_under_the_own_name(account):
    person = developer(account)
    told = send(account, query=query_of(developer="chenxi")).json()
    version = Version.objects.get()
    assert (told["developer"], version.developer, version.role) == ("chenxi", person, Role.DEVELOPER)


def test_the_administrator_may_be_named(account):
    wechat_id = account.administrator.person.wechat_id
    assert send(account, query=query_of(developer=wechat_id)).status_code == 200


@pytest.mark.parametrize("allowlist", [("127.0.0.0/8",), ("203.0.113.9", "::ffff:127.0.0.1")])
def test_a_network_lets_its_addresses_in(game, allowlist):
    kept = tuple(allowlists.read("\n".join(allowlist)))
    assert send(with_key(game, allowlist=kept)).status_code == 200


def test_with_the_list_off_every_address_is_let_in(game):
    assert send(with_key(game, allowlist=(), on=False), address="203.0.113.9").status_code == 200


# --- the signature ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["method", "path", "query", "appid", "timestamp", "nonce", "sha256"])
def test_whatever_is_signed_cannot_be_changed_on_the_way(account, name):
    call = call_of(account, BODY, query=QUERY)
    changed = {
        "method": "PUT",
        "path": "/releases/upload",
        "query": QUERY.replace("1.0.0", "1.0.1"),
        "appid": "wx0000000000000000",
        "timestamp": str(int(call.timestamp) - 1),
        "nonce": "0" * 32,
        "sha256": "0" * 64,
    }
    other = call_of(account, BODY, **{"query": QUERY, "timestamp": call.timestamp, name: changed[name]})
    headers = headers_of(call) | {signatures.SIGNATURE: headers_of(other)[signatures.SIGNATURE]}
    refused(post(BODY, query=QUERY, headers=headers), "signature")


def test_another_key_a_reset_key_no_key_and_no_account_answer_alike(account):
    told = [refused(send(account, private=other_key_pair().private), "signature")]
    told.append(refused(send(account, appid="wxffffffffffffffff"), "signature"))
    for key in (other_key_pair().public, "", "no key"):
        DevelopmentSettings.objects.update(upload_key=key)
        told.append(refused(send(account), "signature"))
    DevelopmentSettings.objects.all().delete()
    told.append(refused(send(account), "signature"))
    assert told == [told[0]] * 6


@pytest.mark.parametrize("signature", ["AAAA", "A", "=" * 8, "A" * 1024])
def test_what_is_no_signature_is_refused(account, signature):
    refused(send(account, headers={signatures.SIGNATURE: signature}), "signature")


def test_a_signature_of_the_string_by_the_wrong_digest_is_refused(account):
    call = call_of(account, BODY, query=QUERY)
    key = load_pem_private_key(key_pair().private.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    forged = base64.b64encode(key.sign(call.text(), PKCS1v15(), SHA512())).decode()
    refused(post(BODY, query=QUERY, headers=headers_of(call) | {signatures.SIGNATURE: forged}), "signature")


# --- headers ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("value", ["", " ", "-1", "ä" * 70, "x" * 2000], ids=range(5))
def test_a_header_that_is_none_is_named(account, name, value):
    told = refused(send(account, headers={name: value}), "header")
    assert (told["field"], name in told["message"]) == (name, True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(list(HEADERS)), st.text(max_size=80), min_size=1))
def test_no_header_ever_breaks_it(account, headers):
    answer = send(account, headers=headers)
    assert answer.status_code in {200, 400, 401, 429}
    assert answer.json()["message"]


# --- clock and nonce ----------------------------------------------------------------------


@pytest.fixture
def noon(monkeypatch):
    """Hold the real clock, so that the second on the edge is one second."""
    now = clock.real_now().replace(microsecond=0)
    monkeypatch.setattr(clock, "real_now", lambda: now)
    return now


@pytest.mark.parametrize("apart", [-300, 300])
def test_clocks_may_be_five_minutes_apart(account, noon, apart):
    moment = noon + timedelta(seconds=apart)
    assert send(account, timestamp=str(int(moment.timestamp()))).status_code == 200


@pytest.mark.parametrize("apart", [-301, 301, -(10**9)])
def test_farther_apart_they_refuse(account, noon, apart):
    moment = noon + timedelta(seconds=apart)
    told = refused(send(account, timestamp=str(int(moment.timestamp()))), "timestamp")
    assert "Set the clock" in told["message"]


def test_the_worlds_clock_has_no_say(account, time):
    time.passes(days=400)
    assert send(account).status_code == 200


def test_a_nonce_serves_once_and_a_replay_changes_nothing(account):
    call = call_of(account, BODY, query=QUERY)
    assert post(BODY, query=QUERY, headers=headers_of(call)).status_code == 200
    again = post(BODY, query=QUERY, headers=headers_of(call))
    assert (again.status_code, again.json()["code"]) == (401, "nonce")
    assert Version.objects.count() == 1


def test_a_nonce_of_another_account_is_free(account, make_world):
    other = with_key(make_game(walks.account_at(make_world("Class 08", seed=8), "verified")))
    nonce = "1" * 32
    assert send(account, nonce=nonce).status_code == 200
    assert send(other, nonce=nonce).status_code == 200


def test_nonces_are_forgotten_once_no_timestamp_could_pass(account):
    send(account, nonce="1" * 32)
    Throttle.objects.filter(scope=NONCES).update(window_start=clock.real_now() - timedelta(seconds=601))
    send(account, nonce="2" * 32)
    assert Throttle.objects.filter(scope=NONCES).count() == 1


def test_a_refused_address_uses_up_no_nonce(game):
    account = with_key(game, allowlist=())
    refused(send(account, nonce="1" * 32), "address")
    DevelopmentSettings.objects.update(upload_allowlist_on=False)
    assert send(account, nonce="1" * 32).status_code == 200


# --- address, developer, parameters -------------------------------------------------------


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::7", "", "unix:"])
def test_an_address_off_the_list_is_refused_with_the_platforms_number(account, address):
    told = refused(send(account, address=address), "address")
    assert "(-10008)" in told["message"]


def test_a_new_allowlist_lets_nobody_in(game):
    refused(send(with_key(game, allowlist=())), "address")


@pytest.mark.parametrize("who", ["nobody", "guoan", "chenxi\x1f", "x" * 500])
def test_who_is_no_member_uploads_nothing(account, who):
    assert refused(send(account, query=query_of(developer=who)), "developer")["field"] == "developer"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DATA_ANALYST, Role.EXPERIENCE_MEMBER])
def test_a_member_without_the_permission_uploads_nothing(account, role):
    developer(account, role)
    refused(send(account, query=query_of(developer="chenxi")), "developer")


def test_a_member_who_was_removed_uploads_nothing(account):
    developer(account)
    member = Member.objects.get()
    member.remove(at=account.world.now(), reason="left", by=account.login.as_actor())
    member.save()
    refused(send(account, query=query_of(developer="chenxi")), "developer")


@pytest.mark.parametrize(
    "query",
    ["", "description=x", "version=1&version=2", "version=1&developr=chenxi", "&".join(["version=1"] * 2000)],
)
def test_a_misspelt_doubled_or_missing_parameter_is_refused(account, query):
    refused(send(account, query=query), "parameter")


@pytest.mark.parametrize("version", ["", "1.0 beta", "%E4%B8%80", "v" * 33, "%FF"])
def test_a_number_that_is_none_is_refused(account, version):
    assert refused(send(account, query=f"version={version}"), "version_number")["field"] == "number"


@pytest.mark.parametrize("description", ["x" * 201, "%E2%80%AE", "%FF%FE"])
def test_a_description_that_no_page_can_hold_is_refused(account, description):
    refused(send(account, query=f"version=1.0.0&description={description}"), "description")


# --- the body -----------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [b"", BODY[:-1], BODY + b"x", sample_packages.build("odd")])
def test_a_body_that_is_not_the_signed_one_is_refused(account, sent):
    refused(send(account, sent=sent), "body")


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.code])
def test_a_broken_package_is_refused_by_its_rule(account, name):
    refused(send(account, body=sample_packages.build(name)), SAMPLES[name].code)


def test_a_package_over_twenty_megabytes_is_refused(account):
    refused(send(account, body=bytes(20 * 1024 * 1024 + 1)), "package_upload_too_large")


def test_no_more_than_the_ceiling_is_read(account, monkeypatch):
    monkeypatch.setattr(upload_calls, "MOST_PER_REQUEST", 100_000)
    read = []

    class Endless:
        def read(self, size):
            read.append(size)
            return bytes(size)

    call = call_of(account, BODY, query=QUERY)
    with upload_calls.body_of(Endless(), call):
        assert sum(read) < 300_000


def test_an_upload_that_breaks_off_is_told(account):
    class Broken:
        def read(self, size):
            raise OSError("request data read error")

    with pytest.raises(Refused) as refusal:
        upload_calls.body_of(Broken(), call_of(account, BODY, query=QUERY))
    assert refusal.value.code == "body"


# --- the rest -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post_is_answered(account, client, method):
    assert getattr(client, method)("/releases/upload/").status_code == 405


def test_calls_of_one_address_are_throttled(account, monkeypatch):
    monkeypatch.setattr(upload_calls, "CALLS_PER_HOUR", 2)
    for _nth in range(2):
        send(account, private=other_key_pair().private)
    refused(send(account), "throttled")


def test_uploads_to_one_account_are_throttled(account, monkeypatch):
    monkeypatch.setattr(upload_calls, "UPLOADS_PER_HOUR", 1)
    send(account)
    assert send(account).json()["code"] == "throttled"


def test_an_account_that_is_being_closed_takes_nothing(account):
    Account.objects.filter(pk=account.pk).update(closes_at=account.world.now())
    assert "closed" in refused(send(account), "upload_version")["message"]


def test_sentences_come_in_the_language_that_is_asked_for(account):
    told = send(account, headers={"Accept-Language": "zh-hans"}, private=other_key_pair().private).json()
    assert told["code"] == "signature"
