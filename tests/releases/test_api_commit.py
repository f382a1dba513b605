"""A template committed to an account by the server API (API-2; wechat-api 2.2)."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image

from accounts.models import Account
from portal.kernel.models import World
from releases import archives
from releases.code_pictures import Look, drawn
from releases.models import LaunchCode, Service, Version
from tests.platform import ForAccount, PlatformServer
from tests.releases.providers import FILES, GAME, commit, development_program, later, template_of, upload

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def server(world: World) -> PlatformServer:
    """Return a third-party platform's server."""
    return PlatformServer(world)


@pytest.fixture
def caller(server: PlatformServer, game: Account) -> ForAccount:
    """Return the platform as it calls for the game."""
    return server.as_account(game)


@pytest.fixture
def program(world: World, server: PlatformServer) -> Account:
    """Return the platform's development Mini Program."""
    return development_program(world, server.platform)


@pytest.fixture
def template(server: PlatformServer, program: Account) -> int:
    """Return the id of a template."""
    return template_of(server, upload(program))


def committed(game: Account) -> Version:
    """Return what was committed last."""
    return Version.objects.filter(account=game, way="server").latest("pk")


def manifest(version: Version, path: str = "game.json") -> Any:
    """Return the JSON in a file of a version."""
    return json.loads(archives.file_of(version, path))


def test_a_commit_is_a_developed_version_and_the_trial_version(
    caller: ForAccount, game: Account, template: int
) -> None:
    assert commit(caller, template) == OK
    version = committed(game)
    assert (version.number, version.description, version.state) == ("V1.0", "First", "developed")
    assert (version.uploader.name, version.developer, version.role) == ("Lantern Works", None, "")
    assert Service.objects.get(account=game).trial == version
    assert [path for path, *_rest in version.contents["files"]] == sorted(FILES)
    assert manifest(version) == GAME
    assert manifest(version, "project.config.json") == {"appid": game.appid, "compileType": "game"}


def test_a_later_commit_takes_the_place_of_the_one_before(
    caller: ForAccount, game: Account, template: int
) -> None:
    commit(caller, template)
    assert commit(caller, template, user_version="第二版 " + "x" * 50) == OK
    states = Version.objects.filter(account=game).order_by("pk").values_list("number", "state")
    assert list(states) == [("V1.0", "replaced"), ("第二版 " + "x" * 50, "developed")]


def test_the_same_commit_again_is_the_version_that_is_there(
    caller: ForAccount, game: Account, template: int
) -> None:
    assert [commit(caller, str(template)), commit(caller, template)] == [OK, OK]
    assert Version.objects.filter(account=game).count() == 1


def test_ext_json_takes_the_templates_place(caller: ForAccount, game: Account, template: int) -> None:
    said = {
        "extAppid": game.appid,
        "ext": {"shop": 7},
        "pages": ["pages/shop", "game"],
        "window": {"title": "Mid-Autumn"},
        "networkTimeout": {"request": 5000},
        "tabBar": {"list": [{"pagePath": "pages/shop", "text": "Shop"}]},
        "extPages": {"pages/shop": {"title": "Market"}},
        "subPackages": [{"root": "stages"}],
        "navigateToMiniProgramAppIdList": ["wx0123456789abcdef"],
    }
    assert commit(caller, template, said) == OK
    version = committed(game)
    assert manifest(version) == {
        "deviceOrientation": "portrait",
        "window": {"title": "Mid-Autumn", "theme": "dark"},
        "networkTimeout": {"request": 5000},
        "tabBar": said["tabBar"],
        "pages": ["pages/shop", "game"],
        "navigateToMiniProgramAppIdList": ["wx0123456789abcdef"],
        "subpackages": [{"name": "stages", "root": "stages"}],
        "extAppid": game.appid,
    }
    assert manifest(version, "ext.json") == {"extEnable": True, "extAppid": game.appid, "ext": {"shop": 7}}
    assert manifest(version, "pages/shop.json") == {"title": "Market", "colour": "red"}
    assert "bonus/game.js" not in [path for path, *_rest in version.contents["files"]]
    assert caller.get("/wxa/get_page") == {**OK, "page_list": ["pages/shop", "game"]}


@pytest.mark.parametrize(
    ("said", "errcode"),
    [
        ("no JSON", 85048),
        ("[]", 85048),
        ('{"ext": NaN}', 85048),
        ({"pages": "game"}, 85013),
        ({"pages": [1]}, 85013),
        ({"pages": ["../game"]}, 85013),
        ({"ext": []}, 85013),
        ({"extAppid": 7}, 85013),
        ({"extPages": {"/game": {}}}, 85013),
        ({"extPages": {"game": 1}}, 85013),
        ({"window": "dark"}, 85013),
        ({"navigateToMiniProgramAppIdList": ["wx1"]}, 85013),
        ({"navigateToMiniProgramAppIdList": ["wx0123456789abcdef"] * 11}, 85013),
        ({"subPackages": [{"name": "stages"}]}, 85013),
        ({"pages": []}, 85047),
        ({"pages": ["pages/nowhere"]}, 85045),
        ({"extPages": {"pages/nowhere": {}}}, 85045),
        ({"subPackages": [{"root": "pages"}]}, 85045),
        ({"tabBar": {"list": [{"pagePath": "pages/shop"}]}}, 85046),
        ({"tabBar": {"list": [7]}}, 85046),
        ({"tabBar": {"list": 7}}, 85046),
        ({"plugins": {"market": {"version": "newest", "provider": "wx0123456789abcdef"}}}, 80066),
        ({"plugins": {"market": {"version": "1.0.0", "provider": "wx0123456789abcdef"}}}, 80082),
        ({"requiredPrivateInfos": ["getEverything"]}, 85310),
        ({"requiredPrivateInfos": ["getFuzzyLocation", "getLocation"]}, 85311),
        ({"requiredPrivateInfos": ["getLocation"]}, 85312),
    ],
)
def test_ext_json_that_is_wrong(
    caller: ForAccount, game: Account, template: int, said: Any, errcode: int
) -> None:
    assert commit(caller, template, said)["errcode"] == errcode
    assert not Version.objects.filter(account=game).exists()


def test_a_standard_template_takes_three_keys(
    caller: ForAccount, server: PlatformServer, program: Account
) -> None:
    standard = template_of(server, upload(program), kind=1)
    assert commit(caller, standard, {"pages": ["game"]})["errcode"] == 9402203
    assert commit(caller, standard, {"extAppid": "", "ext": {}, "window": {"title": "Own"}}) == OK


@pytest.mark.parametrize(
    ("field", "value", "errcode"),
    [
        ("template_id", None, 85014), ("template_id", "x", 85014), ("template_id", 10**9, 85014),
        ("ext_json", None, 85013), ("ext_json", {}, 85013),
        ("user_version", "", 40097), ("user_version", "x" * 65, 40097), ("user_version", "a\x00b", 47001),
        ("user_version", "\u202e1", 40097),
        ("user_desc", None, 40097), ("user_desc", "x" * 201, 40097),
    ],
)  # fmt: skip
def test_fields_that_are_wrong(
    caller: ForAccount, game: Account, template: int, field: str, value: Any, errcode: int
) -> None:
    sent = {"template_id": template, "ext_json": "{}", "user_version": "1", "user_desc": "d", field: value}
    assert caller.post("/wxa/commit", sent)["errcode"] == errcode


def test_a_package_that_grows_too_large(caller: ForAccount, server: PlatformServer, program: Account) -> None:
    large: dict[str, str | bytes] = {
        "game.js": b"//" + bytes(range(256)) * 8192,
        "more.js": b"//" + bytes(range(256)) * 8100,
        "game.json": json.dumps({"subpackages": [{"root": "more.js"}]}),
    }
    template = template_of(server, upload(program, large))
    ext = {"subPackages": [], "ext": {"text": "x" * 60_000}}
    assert commit(caller, template, ext) == OK  # without its script it is smaller
    grown: dict[str, str | bytes] = {"game.js": b"//" + bytes(range(256)) * 16_200, "game.json": "{}"}
    near = template_of(server, upload(program, grown))
    refused = commit(caller, near, {"ext": {"text": "x" * 60_000}})
    assert refused["errcode"] == 85044


def test_an_archive_that_is_gone(caller: ForAccount, program: Account, template: int, media: Any) -> None:
    for path in (media / str(program.world_id)).iterdir():
        path.unlink()
    assert commit(caller, template)["errcode"] == 85043


def test_before_a_commit(caller: ForAccount) -> None:
    assert caller.get("/wxa/get_page")["errcode"] == 86001
    assert caller.get("/wxa/get_qrcode")["errcode"] == 86001
    assert caller.get("/wxa/security/get_code_privacy_info")["errcode"] == 85086


def test_the_trial_code_is_a_jpeg_that_a_phone_opens(
    caller: ForAccount, game: Account, template: int
) -> None:
    commit(caller, template)
    response = caller.client.get("/wxa/get_qrcode", caller.query)
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Content-Disposition"] == 'attachment; filename="QRCode.jpg"'
    trial = Service.objects.get(account=game).trial_code
    assert response.content == drawn(f"http://testserver/s/{trial}/", Look(dots=False))
    assert Image.open(io.BytesIO(response.content)).format == "JPEG"


def test_the_trial_code_with_a_path_opens_there(caller: ForAccount, game: Account, template: int) -> None:
    commit(caller, template)
    response = caller.client.get("/wxa/get_qrcode", {**caller.query, "path": "game?level=3"})
    made = LaunchCode.objects.get(account=game)
    assert (made.version, made.path) == ("trial", "game?level=3")
    assert response.content == drawn(f"http://testserver/s/{made.code}/", Look(dots=False))


def test_pages_of_a_game_that_names_none(caller: ForAccount, template: int) -> None:
    commit(caller, template)
    assert caller.post("/wxa/get_page") == {**OK, "page_list": ["game", "stages/game", "bonus/game"]}


def test_the_scan_for_privacy_takes_a_minute(
    caller: ForAccount, server: PlatformServer, program: Account, world: World
) -> None:
    files = {**FILES, "game.js": "wx.getLocation({}); wx.chooseAddress(); wx.login()"}
    commit(caller, template_of(server, upload(program, files)))
    waiting = caller.get("/wxa/security/get_code_privacy_info")
    assert waiting["errcode"] == 61039
    later(world, seconds=59)
    assert caller.get("/wxa/security/get_code_privacy_info")["errcode"] == 61039
    later(world, seconds=1)
    assert caller.get("/wxa/security/get_code_privacy_info") == {
        **OK,
        "without_auth_list": ["chooseAddress", "getLocation"],
        "without_conf_list": ["chooseAddress", "getLocation"],
    }
