"""The template library by the server API: drafts, templates, their limits (API-2; wechat-api 2.1)."""

from __future__ import annotations

import pytest

from accounts.models import Account
from portal.kernel import limits
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.simulator import walks
from releases import actions
from releases.models import CodeDraft, CodeTemplate
from tests.platform import PlatformServer
from tests.releases.providers import development_program, template_of, upload

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def server(world: World) -> PlatformServer:
    """Return a third-party platform's server."""
    return PlatformServer(world)


@pytest.fixture
def program(world: World, server: PlatformServer) -> Account:
    """Return the platform's development Mini Program."""
    return development_program(world, server.platform)


def told(account: Account, world: World) -> dict[str, object]:
    """Return what every draft and template of the sample version says."""
    return {
        "create_time": int(world.now().timestamp()),
        "user_version": "0.9.0",
        "user_desc": "Festival template",
        "source_miniprogram_appid": account.appid,
        "source_miniprogram": account.name,
        "developer": account.administrator.person.name,
    }


def test_each_upload_is_a_draft_and_each_draft_may_be_a_template(
    server: PlatformServer, program: Account, world: World
) -> None:
    first, second = upload(program), upload(program, number="0.9.1")
    drafts = server.get("/wxa/gettemplatedraftlist")["draft_list"]
    assert [draft["user_version"] for draft in drafts] == ["0.9.0", "0.9.1"]
    assert drafts[0] == {**told(program, world), "draft_id": first.draft.pk}
    assert server.post("/wxa/addtotemplate", {"draft_id": str(first.draft.pk)}) == OK
    assert server.post("/wxa/addtotemplate", {"draft_id": second.draft.pk, "template_type": 1}) == OK
    normal, standard = CodeTemplate.objects.order_by("pk")
    listed = server.get("/wxa/gettemplatelist")
    assert listed == {
        **OK,
        "template_list": [
            {
                **told(program, world), "template_id": normal.pk, "draft_id": first.draft.pk,
                "template_type": 0, "category_list": [],
            },
            {
                **told(program, world), "template_id": standard.pk, "draft_id": second.draft.pk,
                "template_type": 1, "category_list": [], "user_version": "0.9.1",
            },
        ],
    }  # fmt: skip
    only = server.get("/wxa/gettemplatelist", template_type="1")["template_list"]
    assert [each["template_id"] for each in only] == [standard.pk]


def test_a_template_is_deleted_once(server: PlatformServer, program: Account) -> None:
    template = template_of(server, upload(program))
    assert server.post("/wxa/deletetemplate", {"template_id": template}) == OK
    assert server.get("/wxa/gettemplatelist")["template_list"] == []
    again = server.post("/wxa/deletetemplate", {"template_id": template})
    assert again == {"errcode": 85064, "errmsg": "template not found"}


@pytest.mark.parametrize("draft", [None, "", "x", 0, 10**12, True])
def test_what_is_no_draft_is_85064(server: PlatformServer, program: Account, draft: object) -> None:
    upload(program)
    assert server.post("/wxa/addtotemplate", {"draft_id": draft})["errcode"] == 85064


def test_a_kind_that_there_is_not(server: PlatformServer, program: Account) -> None:
    draft = upload(program).draft.pk
    refused = server.post("/wxa/addtotemplate", {"draft_id": draft, "template_type": 2})
    assert refused["errcode"] == 40097
    assert server.get("/wxa/gettemplatelist", template_type="x")["errcode"] == 40097


def test_the_library_holds_200(
    server: PlatformServer, program: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = limits.LIMITS[limits.Limit.CODE_TEMPLATES]
    assert row.at_most == 200
    monkeypatch.setitem(
        limits.LIMITS, limits.Limit.CODE_TEMPLATES, limits.Ceiling(1, row.refusal, row.window, row.code)
    )
    draft = upload(program).draft.pk
    assert server.post("/wxa/addtotemplate", {"draft_id": draft}) == OK
    full = server.post("/wxa/addtotemplate", {"draft_id": draft})
    assert full == {"errcode": 85065, "errmsg": "template list is full"}


def test_another_platform_sees_and_takes_nothing(
    server: PlatformServer, program: Account, world: World
) -> None:
    draft = upload(program).draft.pk
    other = PlatformServer(world, "Paper Works")
    assert other.get("/wxa/gettemplatedraftlist")["draft_list"] == []
    assert other.post("/wxa/addtotemplate", {"draft_id": draft})["errcode"] == 85064
    with pytest.raises(Refused, match="another third-party platform develops"):
        actions.bind_program(other.platform.pk, program.pk, by=SIMULATOR)


def test_the_same_upload_again_is_no_second_draft(server: PlatformServer, program: Account) -> None:
    upload(program)
    assert upload(program).was_there
    assert len(server.get("/wxa/gettemplatedraftlist")["draft_list"]) == 1


def test_no_drafts_of_what_is_not_bound(server: PlatformServer, program: Account, world: World) -> None:
    assert actions.bind_program(server.platform.pk, program.pk, by=SIMULATOR).account_id == program.pk
    assert actions.unbind_program(server.platform.pk, program.pk, by=SIMULATOR) is True
    assert actions.unbind_program(server.platform.pk, program.pk, by=SIMULATOR) is False
    upload(program)
    assert not CodeDraft.objects.exists()
    official = walks.account_at(world, "verified", account_type="subscription", email="oa@lantern.example")
    with pytest.raises(Refused, match="develops in a Mini Program"):
        actions.bind_program(server.platform.pk, official.pk, by=SIMULATOR)


def test_an_accounts_token_is_not_the_platforms(server: PlatformServer, program: Account) -> None:
    caller = server.as_account(program)
    assert caller.get("/wxa/gettemplatelist")["errcode"] == 61014
