"""A commit submitted for verification by the server API, and followed (API-2; wechat-api 2.3, 2.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Account, Category, Login
from portal.kernel import limits, reviews, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Deadline, Review, Verdict, World
from portal.kernel.reviews import Reason
from portal.simulator import walks
from releases import actions, words
from releases.models import (
    Attachment,
    CodeDraft,
    CodeTemplate,
    DevelopmentProgram,
    Preview,
    Submission,
    Version,
)
from tests.kernel.reviewing import QUEUE, session
from tests.platform import ForAccount, PlatformServer
from tests.releases.conftest import decide
from tests.releases.providers import (
    FILES,
    ITEM,
    allow_games,
    commit,
    development_program,
    hand_in_documents,
    later,
    ready,
    renew,
    submit,
    template_of,
    upload,
)
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def server(world: World) -> PlatformServer:
    """Return a third-party platform's server in a world where games may be submitted so."""
    allow_games(world)
    return PlatformServer(world)


@pytest.fixture
def program(world: World, server: PlatformServer) -> Account:
    """Return the platform's development Mini Program."""
    return development_program(world, server.platform)


@pytest.fixture
def caller(server: PlatformServer, game: Account) -> ForAccount:
    """Return the platform as it calls for the game, whose documents are handed in."""
    hand_in_documents(game)
    return server.as_account(game)


@pytest.fixture
def template(server: PlatformServer, program: Account) -> int:
    """Return the id of a template."""
    return template_of(server, upload(program))


def newest(game: Account) -> Submission:
    """Return the game's newest submission."""
    return Submission.objects.filter(account=game).latest("pk")


def review_of(game: Account) -> Review:
    """Return the review of the newest submission."""
    return Review.objects.filter(kind=words.REVIEW, subject_id=newest(game).pk).latest("pk")


def media_id(caller: ForAccount, content: bytes = b"", name: str = "picture.png") -> str:
    """Upload material for a submission; a picture unless `content` is another."""
    told = caller.upload("/wxa/uploadmedia", content or walks.made_picture("shot").content, name)
    assert told["errcode"] == 0, told
    return str(told["mediaid"])


VIDEO = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 200


def test_a_commit_is_submitted_with_what_the_account_has(
    caller: ForAccount, game: Account, template: int, world: World
) -> None:
    ready(caller, template)
    told = submit(caller)
    submission = newest(game)
    assert told == {**OK, "auditid": submission.pk}
    assert (submission.state, submission.submitted_by, submission.platform) == (
        "under_review", "Lantern Works", caller.authorization.platform,
    )  # fmt: skip
    typed = {name: submission.details[name] for name in ("pages", "category", "notes", "remark", "feedback")}
    assert typed == {
        "pages": [{"title": "Home", "tags": "lantern run", "path": "game", "category": "casual"}],
        "category": "casual", "notes": "Festival", "remark": "", "feedback": "",
    }  # fmt: skip
    assert [each["slot"] for each in submission.submitted["documents"]] == [
        "edition_number", "culture_record", "software_copyright", "self_review",
    ]  # fmt: skip
    assert review_of(game).state == "open"
    assert caller.get("/wxa/get_latest_auditstatus") == {
        **OK, "auditid": submission.pk, "status": 2, "user_version": "V1.0", "user_desc": "First",
        "submit_audit_time": int(World.objects.get(pk=world.pk).now().timestamp()),
    }  # fmt: skip


def test_what_an_item_leaves_out_is_taken_from_the_account(
    caller: ForAccount, game: Account, template: int
) -> None:
    ready(caller, template)
    bare = {name: ITEM[name] for name in ("first_class", "second_class")}
    told = submit(caller, item_list=[{**bare, "first_id": "100", "second_id": "101"}], version_desc="")
    assert told["errcode"] == 0
    details = newest(game).details
    assert details["pages"] == [{"title": game.name, "tags": "Casual", "path": "", "category": "casual"}]
    assert details["notes"] == "First"


def test_a_mini_game_is_refused_where_its_world_does_not_allow_it(game: Account, world: World) -> None:
    caller = PlatformServer(world).as_account(game)
    refused = submit(caller)
    assert refused == {"errcode": 87006, "errmsg": "this is game miniprogram, submit audit is forbidden"}


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"item_list": None}, 85010),
        ({"item_list": "x"}, 85010),
        ({"item_list": []}, 85023),
        ({"item_list": [ITEM] * 6}, 85023),
        ({"item_list": [7]}, 85010),
        ({"item_list": [{}]}, 85010),
        ({"item_list": [{**ITEM, "first_class": ""}]}, 85010),
        ({"item_list": [{**ITEM, "first_id": None}]}, 85010),
        ({"item_list": [{**ITEM, "second_id": True}]}, 85010),
        ({"item_list": [{**ITEM, "second_id": 199}]}, 85077),
        ({"item_list": [{**ITEM, "second_id": 105}]}, 85008),
        ({"item_list": [{**ITEM, "first_id": 200, "second_id": 201}]}, 85008),
        ({"item_list": [{**ITEM, "tag": "a " * 11}]}, 85006),
        ({"item_list": [{**ITEM, "tag": "x" * 21}]}, 85006),
        ({"item_list": [{**ITEM, "tag": ["a"]}]}, 85006),
        ({"item_list": [{**ITEM, "title": "x" * 33}]}, 85011),
        ({"item_list": [{**ITEM, "title": 7}]}, 85011),
        ({"item_list": [{**ITEM, "address": "pages/nowhere"}]}, 85007),
        ({"item_list": [{**ITEM, "address": "../game"}]}, 85007),
        ({"version_desc": "x" * 201}, 85051),
        ({"version_desc": "\u202e"}, 40097),
        ({"feedback_info": 7.5}, 40097),
        ({"preview_info": []}, 85092),
        ({"preview_info": {"pic_id_list": "x"}}, 85092),
        ({"preview_info": {"pic_id_list": ["no such"]}}, 85092),
        ({"preview_info": {"pic_id_list": ["x"] * 11}}, 85093),
        ({"preview_info": {"video_id_list": ["x"] * 4}}, 85093),
        ({"ugc_declare": []}, 40097),
        ({"ugc_declare": {}}, 85094),
        ({"ugc_declare": {"scene": [0, 1], "method": [1]}}, 85094),
        ({"ugc_declare": {"scene": [1]}}, 85094),
        ({"ugc_declare": {"scene": [9], "method": [1]}}, 40097),
        ({"ugc_declare": {"scene": 1, "method": [1]}}, 40097),
        ({"ugc_declare": {"scene": [1], "method": [1], "has_audit_team": 2}}, 40097),
        ({"ugc_declare": {"scene": [1], "method": [1], "audit_desc": 7}}, 40097),
        ({"ugc_declare": {"scene": [1], "method": [1], "audit_desc": "x" * 257}}, 85051),
        ({"privacy_api_not_use": "perhaps"}, 40097),
        ({"order_path": "x" * 200}, 85051),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(
    caller: ForAccount, game: Account, template: int, change: dict[str, Any], errcode: int
) -> None:
    ready(caller, template)
    assert submit(caller, **change)["errcode"] == errcode
    assert not Submission.objects.filter(account=game).exists()
    assert caller.get("/wxa/queryquota")["rest"] == 20


def test_before_a_commit_and_before_its_scan(caller: ForAccount, template: int) -> None:
    assert submit(caller) == {"errcode": 85086, "errmsg": "must commit before submit audit"}
    commit(caller, template)
    assert submit(caller)["errcode"] == 61039


def test_one_at_a_time(caller: ForAccount, template: int) -> None:
    ready(caller, template)
    assert submit(caller)["errcode"] == 0
    assert submit(caller)["errcode"] == 85009


def test_information_comes_first(caller: ForAccount, game: Account, template: int) -> None:
    ready(caller, template)
    Account.objects.filter(pk=game.pk).update(introduction="")
    assert submit(caller)["errcode"] == 86002


def test_documents_are_handed_in_in_the_console(server: PlatformServer, game: Account, template: int) -> None:
    caller = server.as_account(game)
    ready(caller, template)
    assert submit(caller)["errcode"] == 86007
    hand_in_documents(game)
    assert submit(caller)["errcode"] == 0


def test_calls_into_privacy_are_declared_unused_or_refused(
    caller: ForAccount, server: PlatformServer, program: Account, game: Account
) -> None:
    files = {**FILES, "game.js": "wx.getLocation({})"}
    ready(caller, template_of(server, upload(program, files)))
    assert submit(caller)["errcode"] == 61040
    assert submit(caller, privacy_api_not_use="true")["errcode"] == 0
    assert newest(game).details["server"] == {"uses_no_private_api": True}


def test_jumps_are_declared(caller: ForAccount, server: PlatformServer, program: Account) -> None:
    files = {**FILES, "game.js": "wx.navigateToMiniProgram({})"}
    template = template_of(server, upload(program, files))
    ready(caller, template)
    assert submit(caller)["errcode"] == 85087
    ready(caller, template, {"navigateToMiniProgramAppIdList": ["wx0123456789abcdef"]})
    assert submit(caller)["errcode"] == 0


def test_previews_declarations_and_videos_reach_the_reviewer(
    caller: ForAccount, game: Account, template: int, world: World
) -> None:
    actions.add_preview(game.pk, walks.made_picture("old"), by=game.login.as_actor())
    ready(caller, template)
    shown = {"pic_id_list": [media_id(caller)], "video_id_list": [media_id(caller, VIDEO, "run.mp4")]}
    declared = {"scene": [1, "4"], "method": [1], "has_audit_team": "1", "audit_desc": "We look at it."}
    told = submit(caller, preview_info=shown, ugc_declare=declared, order_path="game?orders=1")
    assert told["errcode"] == 0
    submission = newest(game)
    assert submission.details["server"] == {
        "declaration": {
            "scene": [1, 4], "method": [1], "has_audit_team": 1, "other_scene_desc": "",
            "audit_desc": "We look at it.",
        },
        "order_path": "game?orders=1",
    }  # fmt: skip
    standing = Preview.objects.get(account=game, removed_at__isnull=True)
    assert submission.submitted["previews"] == [standing.pk]
    attached = Attachment.objects.get(submission=submission)
    assert (attached.kind, attached.content_type, attached.size) == ("video", "video/mp4", len(VIDEO))
    reviewer = session(Login.objects.get(world=world, is_staff=True))
    page = reviewer.get(f"{QUEUE}{review_of(game).pk}/change/").content.decode()
    for said in (
        "in profiles, as texts",
        "a team of its own",
        "We look at it.",
        "game?orders=1",
        "video.mp4",
    ):
        assert said in page
    video = reviewer.get(f"{QUEUE}{review_of(game).pk}/parts/{attached.part}")
    assert (video.content, video.headers["Content-Type"]) == (VIDEO, "video/mp4")
    assert reviewer.get(f"{QUEUE}{review_of(game).pk}/parts/attachment/0").status_code == 404


def test_material_of_another_kind(caller: ForAccount, template: int) -> None:
    ready(caller, template)
    video = media_id(caller, VIDEO, "run.mp4")
    assert submit(caller, preview_info={"pic_id_list": [video]})["errcode"] == 85092
    later(caller.account.world, days=3)
    renew(caller)
    assert submit(caller, preview_info={"video_id_list": [video]})["errcode"] == 85092


@pytest.mark.parametrize(
    ("content", "errcode"),
    [(b"", 41005), (b"no picture", 40005), (b"\x89PNG" + b"x" * (2 * 1024 * 1024), 40006),
     (VIDEO + b"x" * (10 * 1024 * 1024), 40006)],
)  # fmt: skip
def test_material_that_is_not_taken(caller: ForAccount, content: bytes, errcode: int) -> None:
    assert caller.upload("/wxa/uploadmedia", content)["errcode"] == errcode


def test_a_rejection_says_why_and_the_next_submission_answers(
    caller: ForAccount, game: Account, template: int, world: World
) -> None:
    ready(caller, template)
    auditid = submit(caller, feedback_info="Nothing was rejected yet")["auditid"]
    assert newest(game).details["feedback"] == ""
    picture = walks.made_picture("glitch")
    reviews.decide(
        review_of(game).pk, Verdict.Kind.REJECT, by=SIMULATOR,
        reasons=[Reason("The shop is empty."), Reason("The end is missing.")], screenshots=[picture],
    )  # fmt: skip
    rejected = caller.post("/wxa/get_auditstatus", {"auditid": str(auditid)})
    assert rejected == {
        **OK, "status": 1, "reason": "1:The shop is empty.<br>2:The end is missing.<br>",
        "screenshot": picture.sha256, "ScreenShot": picture.sha256,
    }  # fmt: skip
    assert caller.get("/cgi-bin/media/get", media_id=picture.sha256) == picture.content
    stuff = "|".join([media_id(caller), media_id(caller)])
    assert submit(caller, feedback_info="It is full now.", feedback_stuff=stuff)["errcode"] == 0
    again = newest(game)
    assert again.details["feedback"] == "It is full now."
    attached = Attachment.objects.filter(submission=again)
    assert [each.kind for each in attached] == ["feedback", "feedback"]
    reviewer = session(Login.objects.get(world=world, is_staff=True))
    page = reviewer.get(f"{QUEUE}{review_of(game).pk}/change/").content.decode()
    assert "It is full now." in page
    assert all(each.part in page for each in attached)
    shown = reviewer.get(f"{QUEUE}{review_of(game).pk}/parts/{attached[0].part}")
    assert shown.headers["Content-Type"] == "image/png"


def test_feedback_that_is_wrong(caller: ForAccount, game: Account, template: int) -> None:
    ready(caller, template)
    submit(caller)
    decide(newest(game), Verdict.Kind.REJECT, "No.")
    assert submit(caller, feedback_stuff="no such")["errcode"] == 40007
    assert submit(caller, feedback_stuff="|".join("abcdef"))["errcode"] == 40097
    assert submit(caller, feedback_info="x" * 201)["errcode"] == 85051
    assert submit(caller, feedback_stuff=media_id(caller, VIDEO, "a.mp4"))["errcode"] == 40007


def test_a_sandbox_account_that_was_asked_for_comes_from_the_console(
    caller: ForAccount, game: Account, template: int
) -> None:
    ready(caller, template)
    submit(caller)
    decide(newest(game), Verdict.Kind.REJECT, words.SANDBOX)
    assert submit(caller)["errcode"] == 86007
    by = game.login.as_actor()
    version = Version.objects.get(account=game, state="developed")
    draft = actions.open_submission(version.pk, by=by)
    actions.save_sandbox(draft.pk, {"account": "tester", "password": "lantern"}, by=by)
    assert submit(caller)["auditid"] == draft.pk


def test_delayed_approved_and_withdrawn(
    caller: ForAccount, game: Account, template: int, world: World
) -> None:
    ready(caller, template)
    auditid = submit(caller)["auditid"]
    until = World.objects.get(pk=world.pk).now() + timedelta(days=2)
    reviews.decide(
        review_of(game).pk, Verdict.Kind.DELAY, by=SIMULATOR, reasons=[Reason("Many wait.")], until=until
    )
    asked = {"auditid": auditid}
    assert caller.post("/wxa/get_auditstatus", asked) == {**OK, "status": 4, "reason": "1:Many wait.<br>"}
    assert caller.get("/wxa/undocodeaudit") == OK
    assert caller.post("/wxa/get_auditstatus", asked) == {**OK, "status": 3}
    assert caller.get("/wxa/undocodeaudit") == {
        "errcode": 87012, "errmsg": "forbid revert this version release",
    }  # fmt: skip
    second = submit(caller)["auditid"]
    decide(newest(game), Verdict.Kind.APPROVE)
    assert caller.post("/wxa/get_auditstatus", {"auditid": second}) == {**OK, "status": 0}
    third = submit(caller)["auditid"]  # an approved one that nobody released gives way
    assert caller.post("/wxa/get_auditstatus", {"auditid": second}) == {**OK, "status": 0}
    assert caller.get("/wxa/get_latest_auditstatus")["auditid"] == third


@pytest.mark.parametrize("auditid", [None, "x", 0, 10**9, True])
def test_what_is_no_auditid(caller: ForAccount, auditid: Any) -> None:
    assert caller.post("/wxa/get_auditstatus", {"auditid": auditid})["errcode"] == 85012
    assert caller.post("/wxa/speedupaudit", {"auditid": auditid})["errcode"] == 85012
    assert caller.get("/wxa/get_latest_auditstatus")["errcode"] == 85058


def test_withdrawals_are_five_a_day_and_ten_a_month(caller: ForAccount, template: int, world: World) -> None:
    ready(caller, template)
    for _each in range(5):
        assert submit(caller)["errcode"] == 0
        assert caller.get("/wxa/undocodeaudit") == OK
    assert submit(caller)["errcode"] == 0
    assert caller.get("/wxa/undocodeaudit") == {"errcode": 87013, "errmsg": "no quota to undo code"}
    later(world, days=1)
    renew(caller)
    for _each in range(5):
        assert caller.get("/wxa/undocodeaudit") == OK
        assert submit(caller)["errcode"] == 0
    later(world, days=1)
    renew(caller)
    assert caller.get("/wxa/undocodeaudit")["errcode"] == 87013


def test_a_platform_submits_twenty_times_a_month(
    caller: ForAccount, template: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = limits.LIMITS[limits.Limit.SUBMISSIONS_BY_SERVER]
    one = limits.Ceiling(1, row.refusal, row.window, row.code)
    monkeypatch.setitem(limits.LIMITS, limits.Limit.SUBMISSIONS_BY_SERVER, one)
    ready(caller, template)
    quota = {"rest": 1, "limit": 1, "speedup_rest": 2, "speedup_limit": 2}
    assert caller.get("/wxa/queryquota") == {**OK, **quota}
    submit(caller)
    caller.get("/wxa/undocodeaudit")
    assert submit(caller)["errcode"] == 85085
    assert caller.get("/wxa/queryquota")["rest"] == 0


def test_a_review_is_speeded_up_once(caller: ForAccount, game: Account, template: int, world: World) -> None:
    reviews.set_policy(world.pk, words.REVIEW, mode="auto", after=timedelta(days=3), by=SIMULATOR)
    ready(caller, template)
    asked = {"auditid": submit(caller)["auditid"]}
    now = World.objects.get(pk=world.pk).now()
    assert caller.post("/wxa/speedupaudit", asked) == OK
    assert review_of(game).due_at == now + timedelta(hours=12)
    promise = Deadline.objects.open().get(kind=reviews.AUTO)
    assert (promise.due_at, promise.detail) == (now + timedelta(hours=12), "auto")
    assert caller.post("/wxa/speedupaudit", asked)["errcode"] == 89404
    later(world, hours=12)
    renew(caller)
    assert caller.post("/wxa/get_auditstatus", asked) == {**OK, "status": 0}
    assert caller.post("/wxa/speedupaudit", asked)["errcode"] == 89402


def test_speeding_up_has_a_quota_and_is_for_ones_own(
    caller: ForAccount, game: Account, template: int, world: World
) -> None:
    ready(caller, template)
    for _each in range(2):
        auditid = submit(caller)["auditid"]
        assert caller.post("/wxa/speedupaudit", {"auditid": auditid}) == OK
        caller.get("/wxa/undocodeaudit")
    auditid = submit(caller)["auditid"]
    assert caller.post("/wxa/speedupaudit", {"auditid": auditid})["errcode"] == 89405
    other = PlatformServer(world, "Paper Works").as_account(game)
    assert other.post("/wxa/speedupaudit", {"auditid": auditid})["errcode"] == 89403


def test_the_categories_that_a_submission_may_name(caller: ForAccount, game: Account) -> None:
    Category.objects.create(
        world=game.world, account=game, first="game", second="music", chosen_at=game.world.now()
    )  # waits for its reviewer
    assert caller.get("/wxa/get_category") == {
        **OK,
        "category_list": [
            {"first_class": "Game", "second_class": "Casual", "first_id": 100, "second_id": 101}
        ],
    }


def test_the_accounts_own_token_and_other_sets_are_refused(server: PlatformServer, game: Account) -> None:
    own = OwnServer(game)
    assert own.get("/wxa/get_category")["errcode"] == 86000
    assert submit(own)["errcode"] == 86000
    trial = server.as_account(game, {86})
    assert trial.get("/wxa/get_qrcode")["errcode"] == 86001
    assert trial.get("/wxa/get_page")["errcode"] == 61007


def test_a_world_with_all_of_it_is_deleted(
    caller: ForAccount, game: Account, template: int, world: World
) -> None:
    ready(caller, template)
    submit(caller, preview_info={"video_id_list": [media_id(caller, VIDEO, "run.mp4")]})
    assert Attachment.objects.exists()
    worlds.delete(world.pk, by=SIMULATOR)
    left = (Attachment, CodeDraft, CodeTemplate, DevelopmentProgram, Submission, Version)
    assert [model.__name__ for model in left if model.objects.exists()] == []
