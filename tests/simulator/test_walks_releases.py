"""A version brought to a stage has walked there (API-5)."""

import pytest

from accounts.models import Account
from portal.kernel.terms import EntityType
from portal.simulator import walks
from releases.models import Release, Submission, Version

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-5")]


@pytest.mark.parametrize(
    ("stage", "submission", "release"),
    [
        ("uploaded", None, None),
        ("submitted", "under_review", None),
        ("approved", "approved", None),
        ("released", "released", "full"),
    ],
)
@pytest.mark.parametrize("entity_type", [EntityType.ENTERPRISE, EntityType.INDIVIDUAL, EntityType.GOVERNMENT])
def test_a_first_version_comes_to_a_stage(world, stage, submission, release, entity_type):
    account = walks.account_at(world, stage, entity_type=entity_type)
    assert isinstance(account, Account)
    assert list(Version.objects.values_list("number", "state")) == [("1.0.0", "developed")]
    assert list(Submission.objects.values_list("state", flat=True)) == [submission] * bool(submission)
    assert list(Release.objects.values_list("state", flat=True)) == [release] * bool(release)
    assert (account.released_at is not None) == bool(release)
