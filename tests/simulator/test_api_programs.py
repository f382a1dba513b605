"""Where a platform develops, by the control API (API-2, API-5)."""

from __future__ import annotations

import pytest

from portal.simulator import walks
from portal.simulator.walks.platforms import make_platform
from releases.models import CodeDraft
from tests.releases.conftest import make_game
from tests.releases.providers import upload

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2", "API-5")]


def test_a_program_is_bound_and_unbound(api, world):
    platform = make_platform(world).platform
    account = make_game(walks.account_at(world, "verified"))
    here = f"/worlds/{world.pk}/platforms/{platform.pk}/programs"
    bound = api.post(here, {"account": account.pk})
    assert bound == {"account": account.pk, "appid": account.appid}
    upload(account)
    assert CodeDraft.objects.get().platform == platform
    other = make_platform(world, "Paper Works").platform
    status, told = api.refused(
        "POST", f"/worlds/{world.pk}/platforms/{other.pk}/programs", {"account": account.pk}
    )
    assert (status, told["code"]) == (409, "program")
    assert api.call("DELETE", f"{here}/{account.pk}").status_code == 204
    assert api.call("DELETE", f"{here}/{account.pk}").status_code == 404
    assert api.call("DELETE", f"{here}/99999").status_code == 404
