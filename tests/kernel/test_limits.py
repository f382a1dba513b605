"""Limits: how many are left, and the sentence when none is."""

from __future__ import annotations

from datetime import date

import pytest

from portal.kernel.errors import Refused
from portal.kernel.limits import LIMITS, Limit, Usage, members, per_entity
from portal.kernel.terms import EntityType


def test_every_limit_has_a_row_and_the_numbers_are_the_platforms():
    """console-rules 1.8 and 13."""
    assert {limit.value: LIMITS[limit].at_most for limit in Limit} == {
        "accounts_per_id_number": 5,
        "accounts_per_mobile": 5,
        "accounts_per_entity": 50,
        "accounts_per_small_entity": 5,
        "sms_per_day": 5,
        "name_changes": 2,
        "official_name_changes": 2,
        "short_name_changes": 2,
        "photo_changes": 5,
        "introduction_changes": 5,
        "category_changes": 3,
        "categories": 5,
        "project_members": 30,
        "experience_members": 30,
        "projects_per_person": 50,
        "experiences_per_person": 50,
        "domain_changes": 5,
        "domains_per_kind": 20,
        "business_domains": 20,
        "launch_codes": 100_000,
        "allowed_addresses": 100,
        "withdrawals_per_day": 1,
        "withdrawals_per_month": 10,
        "withdrawals_by_server": 5,
        "submissions_by_server": 20,
        "speed_ups": 2,
        "code_templates": 200,
        "same_entity_mini_programs": 10,
        "other_entity_mini_programs": 3,
        "official_accounts_per_mini_program": 500,
        "additions_by_official_account": 13,
        "additions_of_mini_program": 500,
        "message_templates": 25,
        "subscribe_templates": 25,
        "forced_tokens": 20,
        "cleared_quotas": 10,
    }


@pytest.mark.parametrize(("used", "left"), [(0, 5), (4, 1), (5, 0), (6, 0)])
def test_what_is_left_is_never_negative(used, left):
    assert Usage(Limit.SMS_PER_DAY, used).left == left


@pytest.mark.parametrize("limit", Limit)
def test_the_last_one_passes_and_the_next_is_refused_with_the_number(limit):
    at_most = LIMITS[limit].at_most
    Usage(limit, at_most - 1).require(field="admin_phone")
    with pytest.raises(Refused) as refused:
        Usage(limit, at_most).require(field="admin_phone")
    code = LIMITS[limit].code or limit.value
    assert (refused.value.code, refused.value.field) == (code, "admin_phone")
    assert str(at_most) in refused.value.message
    assert "%" not in refused.value.message


def test_a_ceiling_that_hangs_on_the_subject_and_the_day_it_is_free():
    with pytest.raises(Refused, match="60 of 60"):
        Usage(Limit.PROJECT_MEMBERS, 60, ceiling=60).require()
    with pytest.raises(Refused, match="1 Apr 2019"):
        Usage(Limit.PHOTO_CHANGES, 5, again_on=date(2019, 4, 1)).require()


@pytest.mark.requirement("DEV-1")
@pytest.mark.parametrize(
    ("entity_type", "authenticated", "released", "most"),
    [
        (EntityType.INDIVIDUAL, False, False, 15),
        (EntityType.INDIVIDUAL, False, True, 15),
        (EntityType.ENTERPRISE, False, False, 30),
        (EntityType.ENTERPRISE, True, False, 60),
        (EntityType.MEDIA, False, True, 60),
        (EntityType.GOVERNMENT, True, True, 90),
    ],
)
def test_members_by_account_state(entity_type, authenticated, released, most):
    """console-rules 5.4."""
    assert members(entity_type, authenticated=authenticated, released=released) == most


def test_people_and_individual_businesses_have_the_small_limit():
    small = {kind for kind in EntityType if per_entity(kind) == Limit.ACCOUNTS_PER_SMALL_ENTITY}
    assert small == {EntityType.INDIVIDUAL, EntityType.INDIVIDUAL_BUSINESS}
    assert {per_entity(kind) for kind in EntityType if kind not in small} == {Limit.ACCOUNTS_PER_ENTITY}
