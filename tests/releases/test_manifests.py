"""game.json and project.config.json: what is read, what is odd, what is refused."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from portal.kernel.errors import Refused
from releases import packages
from releases.packages import Finding, Package, Subpackage
from tests.releases.archives import Part, project


def read(game_json: bytes | dict[str, Any], *parts: Part) -> Package:
    if isinstance(game_json, dict):
        game_json = json.dumps(game_json).encode()
    return packages.read(io.BytesIO(project(*parts, game_json=game_json)))


def refusal(game_json: bytes | dict[str, Any], *parts: Part) -> Refused:
    with pytest.raises(Refused) as refused:
        read(game_json, *parts)
    return refused.value


# --- JSON ---------------------------------------------------------------------------------

DEEP_LIST = b'{"a":' + b"[" * 30 + b"]" * 30 + b"}"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON at line 1, column 1"),
        (b"{\n  'a': 1}", "not JSON at line 2, column 3"),
        (b'{"a": 1,}', "not JSON at line 1"),
        (b"{} {}", "not JSON at line 1, column 4"),
        (b"// a comment\n{}", "not JSON at line 1"),
        (b'{"a": "b\nc"}', "not JSON at line 1"),
        (b"[]", "not a JSON object"),
        (b'"portrait"', "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'\xef\xbb\xbf{"a": 1}', "byte order mark"),
        ('{"a": 1}'.encode("utf-16"), "UTF-16"),
        ('{"a": 1}'.encode("utf-16-le"), "UTF-16"),
        ('{"a": 1}'.encode("utf-32-be"), "UTF-16"),
        ('{"a": "灯"}'.encode("gbk"), "not in UTF-8 (byte 8)"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "the key “c” twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "more than 15 digits"),
        (b'{"a": -' + b"9" * 16 + b"}", "more than 15 digits"),
        (DEEP_LIST, "nested too deep"),
        (b'{"a":' * 10_000, "nested too deep"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"\\u0000": 1}', "a zero"),
        (b'{"a": "' + b"x" * 65_536 + b'"}', "larger than 64 KB"),
    ],
)
def test_what_is_not_one_json_object_is_refused(content: bytes, says: str) -> None:
    refused = refusal(content)
    assert refused.code == "package_json"
    assert refused.message.startswith("game.json ")
    assert says in refused.message


def test_the_other_manifest_is_read_as_strictly() -> None:
    refused = refusal({}, Part("project.config.json", b"{"))
    assert (refused.code, refused.message[:19]) == ("package_json", "project.config.json")


def test_many_keys_take_no_time_that_grows_with_their_square() -> None:
    keys = ",".join(f'"{number}":0' for number in range(6_000))
    assert refusal(f'{{{keys},"5999":1}}'.encode()).code == "package_json"


# --- game.json ----------------------------------------------------------------------------


def test_what_is_left_out_takes_the_platforms_default() -> None:
    package = read({})
    assert package.game.orientation == "portrait"
    assert package.game.status_bar is False
    assert set(package.game.timeouts.values()) == {60_000}
    assert package.subpackages == ()
    assert package.project is None
    assert package.findings == ()
    assert package.main_size == package.size


def test_what_is_said_is_read() -> None:
    said = {
        "deviceOrientation": "landscapeLeft",
        "showStatusBar": True,
        "networkTimeout": {"request": 5000},
        "workers": "workers/",
        "openDataContext": "open",
    }
    package = read(said, Part("workers/a.js", b"x"), Part("open/index.js", b"x"))
    game = package.game
    assert (game.orientation, game.status_bar, game.workers) == ("landscapeLeft", True, "workers")
    assert game.open_data_context == "open"
    assert (game.timeouts["request"], game.timeouts["uploadFile"]) == (5000, 60_000)
    assert package.findings == ()


@pytest.mark.parametrize(
    ("said", "finding"),
    [
        ({"deviceOrientation": "upside\u202edown"}, Finding("orientation", "upside<U+202E>down")),
        ({"deviceOrientation": ["portrait"]}, Finding("orientation", "['portrait']")),
        ({"showStatusBar": "true"}, Finding("status_bar")),
        ({"networkTimeout": 5000}, Finding("network_timeout", "5000")),
        ({"networkTimeout": {"request": -1}}, Finding("network_timeout", "request")),
        ({"networkTimeout": {"request": True}}, Finding("network_timeout", "request")),
        ({"workers": "threads"}, Finding("workers", "threads")),
        ({"openDataContext": "../open"}, Finding("open_data_context", "../open")),
        ({"subpackages": [{"name": "two", "root": "stage2/"}]}, Finding("subpackage_empty", "two")),
        ({"subpackages": [{"name": "one", "root": "stage1"}]}, Finding("subpackage_entry", "one")),
    ],
)
def test_what_is_odd_is_found_and_the_package_kept(said: dict[str, Any], finding: Finding) -> None:
    package = read(said, Part("stage1/main.js", b"x"))
    assert package.findings == (finding,)
    assert finding.sentence.endswith(".")
    assert package.game.orientation == "portrait"


# --- subpackages --------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["subpackages", "subPackages"])
def test_each_package_has_its_own_size(spelling: str) -> None:
    said = {spelling: [{"name": "stage1", "root": "stage1/"}, {"name": "s2", "root": "/stage2.js"}]}
    package = read(
        said,
        Part("stage1/game.js", b"x" * 10),
        Part("stage1/img/a.png", b"x" * 20),
        Part("stage10/a.js", b"x" * 3),
        Part("stage2.js", b"x" * 40),
    )
    assert package.subpackages == (Subpackage("stage1", "stage1/", 30), Subpackage("s2", "stage2.js", 40))
    assert package.main_size == package.size - 70
    assert package.findings == ()


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ({}, "not a list"),
        ("stage1", "not a list"),
        ([1], "subpackage 1 has no root"),
        ([{"name": "a"}], "subpackage 1 has no root"),
        ([{"root": ""}], "subpackage 1 has no root"),
        ([{"root": "./"}], "subpackage 1 has no root"),
        ([{"root": ".."}], "subpackage 1 has no root"),
        ([{"root": "../a"}], "no path inside the package"),
        ([{"root": "a\\b"}], "no path inside the package"),
        ([{"root": "a" * 300}], "no path inside the package"),
        ([{"root": "a", "name": " "}], "subpackage 1 has no name"),
        ([{"root": "a", "name": 1}], "subpackage 1 has no name"),
        ([{"root": "a"}, {"root": "./a/", "name": "b"}], "subpackage 2 has the name or the root"),
        ([{"root": "a", "name": "x"}, {"root": "b", "name": "x"}], "subpackage 2 has the name or the root"),
        ([{"root": "a/b"}, {"root": "a"}], "a/b/ lies inside another one"),
        ([{"root": "a/b/c.js"}, {"root": "a"}], "a/b/c.js lies inside another one"),
    ],
)
def test_subpackages_that_cannot_be_told_apart_are_refused(declared: object, says: str) -> None:
    refused = refusal({"subpackages": declared})
    assert refused.code == "package_subpackages"
    assert says in refused.message


def test_both_spellings_at_once_are_refused() -> None:
    assert refusal({"subpackages": [], "subPackages": []}).code == "package_subpackages"


# --- project.config.json ------------------------------------------------------------------


def test_the_project_tells_its_appid() -> None:
    said = {"appid": "wx0123", "projectname": "灯笼\u202e", "compileType": "game", "libVersion": "2.4.0"}
    package = read({}, Part("project.config.json", json.dumps(said).encode()))
    assert package.project is not None
    assert package.project.appid == "wx0123"
    assert package.project.name == "灯笼<U+202E>"
    assert (package.project.compile_type, package.project.base_library) == ("game", "2.4.0")
    assert package.findings == ()


def test_a_project_of_another_type_is_found() -> None:
    package = read({}, Part("project.config.json", b'{"compileType": "miniprogram", "appid": 7}'))
    assert package.findings == (Finding("compile_type", "miniprogram"),)
    assert package.project is not None
    assert package.project.appid == "7"
