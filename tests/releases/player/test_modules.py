"""Scripts of a package become modules, found as in Node, whatever they hold."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.releases.player.theatre import Seat

pytestmark = pytest.mark.browser

Plays = Callable[..., Seat]


def test_modules_are_found_as_in_node_and_run_once(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              const { name } = require("js/deep/a");
              GameGlobal.found = [name, require("./js/deep").name, require("/lib.js"), require("lib")];""",
            "js/deep/a.js": "exports.name = require('../b').name + require('b').name + require('lib').n;",
            "js/deep/index.js": 'module.exports = { name: "index" };',
            "js/deep/b.js": 'exports.name = "deep b";',
            "js/b.js": 'exports.name = "b";',
            "lib.js": "GameGlobal.runs = (GameGlobal.runs || 0) + 1; exports.n = runs;",
        }
    )
    assert seat.frame.evaluate("found") == ["bdeep b1", "index", {"n": 1}, {"n": 1}]
    assert seat.complaints == []


def test_modules_that_need_each_other_see_what_there_is_so_far(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": "GameGlobal.seen = require('./a').seen;",
            "a.js": "exports.early = 1; exports.seen = require('./b').seen; exports.late = 2;",
            "b.js": "const a = require('./a'); exports.seen = { ...a };",
        }
    )
    assert seat.frame.evaluate("seen") == {"early": 1}


def test_a_module_that_failed_is_tried_again(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              try { require("./a"); } catch (error) { GameGlobal.first = error.message; }
              GameGlobal.ready = true;
              GameGlobal.second = require("./a").done;""",
            "a.js": "if (!GameGlobal.ready) throw new Error('not yet'); exports.done = true;",
        }
    )
    assert seat.frame.evaluate("[first, second]") == ["not yet", True]


ODD = {
    "bom.js": b"\xef\xbb\xbf'use strict'; exports.strict = (function () { return this === undefined; })();",
    "hashbang.js": b"#!/usr/bin/env node\nexports.line = new Error().stack.match(/hashbang.js:(\\d+)/)[1];",
    "comment.js": b"exports.last = true; // }",
    "sloppy.js": b"exports.sloppy = (function () { return this === GameGlobal; })();",
    "own.js": b"const wx = 1, GameGlobal = 2, window = 3; exports.own = wx + GameGlobal + window;",
    "empty.js": b"",
    "html.js": b"exports.html = '</script><!-- ';",
    'a "b"\\ %41#?\xe7\x81\xaf.js'.encode("latin-1").decode(): b"exports.odd = module.id;",
}


def test_a_source_stays_as_it_is_whatever_it_holds(plays: Plays) -> None:
    names = json.dumps(list(ODD))
    game = f"GameGlobal.seen = Object.assign({{}}, ...{names}.map((name) => require('./' + name)));"
    seat = plays({"game.js": game, **ODD})
    assert seat.frame.evaluate("seen") == {
        "strict": True,
        "line": "2",
        "last": True,
        "sloppy": True,
        "own": 6,
        "html": "</script><!-- ",
        "odd": 'a "b"\\ %41#?灯.js',
    }
    assert seat.complaints == []
