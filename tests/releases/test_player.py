"""The wrapper leaves a source as it is; the policy names every address by its origin."""

from __future__ import annotations

import pytest

from releases import player


@pytest.mark.parametrize(
    ("source", "body"),
    [
        (b"a()", b"a()"),
        (b"\xef\xbb\xbfa()", b"a()"),
        (b"#!node\na()", b"//#!node\na()"),
        (b"a() //", b"a() //"),
        (b"\xff\xfe\x00", b"\xff\xfe\x00"),
        (b"", b""),
    ],
)
def test_the_wrapper_adds_no_line_before_the_source(source: bytes, body: bytes) -> None:
    before, _body, after = player.wrapped('js/"\u2028.js', source).partition(body + b"\n});\n")
    assert before == b'wxDefine("js/\\"\\u2028.js",function(require,module,exports){'
    assert after == b""


def test_the_policy_trusts_no_origin_of_the_frames_own() -> None:
    policy = player.policy(
        static="https://a.example/s/", base="https://b.example/g/", host="https://a.example"
    )
    assert policy == (
        "default-src 'none'; sandbox allow-scripts; script-src https://a.example/s/ https://b.example/g/;"
        " style-src https://a.example/s/; img-src https://a.example/s/ https://b.example/g/ data: blob:;"
        " media-src https://b.example/g/ data: blob:; font-src https://b.example/g/ data:;"
        " connect-src https://b.example/g/; base-uri 'none'; form-action 'none';"
        " frame-ancestors https://a.example"
    )
