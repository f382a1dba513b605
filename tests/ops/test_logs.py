import json
import logging
import sys

import pytest
from django.test import RequestFactory

from portal.kernel import audit
from portal.logs import JsonFormatter

WORD = "opensesame7"


def line(message, *args, exc_info=None, **extra):
    """Return what one record looks like in the log."""
    record = logging.getLogger("portal.test").makeRecord(
        "portal.test", logging.WARNING, __file__, 1, message, args, exc_info, extra=extra
    )
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_a_record_is_one_line_of_json_with_its_extras():
    written = line("first\nsecond %s", "third", world=7, kinds={"letter"}, ratio=0.5, absent=None)

    at = written.pop("at")
    assert at.endswith("+00:00")
    assert written == {
        "level": "WARNING",
        "logger": "portal.test",
        "message": "first\nsecond third",
        "world": 7,
        "kinds": ["letter"],
        "ratio": 0.5,
        "absent": None,
    }


def test_the_request_s_id_stands_in_the_line():
    token = audit.request_id.set("ab12")
    try:
        assert line("hello")["request_id"] == "ab12"
    finally:
        audit.request_id.reset(token)
    assert "request_id" not in line("hello")


@pytest.mark.parametrize(
    "name",
    [
        *("password", "new_password1", "passwd", "token", "access_token", "component_access_token"),
        *("secret", "AppSecret", "code", "js_code", "sms_code", "cookie", "Set-Cookie"),
        *("Authorization", "HTTP_AUTHORIZATION", "session_key", "sessionid", "control_key", "key"),
        *("sign", "paySign", "pay_sig", "signature"),
    ],
)
def test_secrets_are_not_written(name):
    written = [
        line("hello", **{name: WORD}),
        line("hello", data={"deep": [{name: WORD}]}),
        line(f"GET /cgi-bin/token?grant=1&{name}={WORD}&more=2"),
        line("sent %s", {name: WORD}),
        line(f'{{"{name}": "{WORD} and more"}}'),
    ]

    assert [WORD in json.dumps(each) for each in written] == [False] * 5
    assert written[0][name] == "[redacted]"
    assert written[2]["message"] == f"GET /cgi-bin/token?grant=1&{name}=[redacted]&more=2"
    assert written[4]["message"] == f'{{"{name}": "[redacted]"}}'


@pytest.mark.parametrize("name", ["status_code", "errcode", "kind", "codec", "keyboard", "design"])
def test_other_names_are(name):
    assert line("hello", **{name: WORD})[name] == WORD
    assert line(f"/page?{name}={WORD}")["message"] == f"/page?{name}={WORD}"


def test_credentials_and_links_that_are_secrets_are_not_written():
    assert line(f"sent Authorization: Bearer {WORD}")["message"].count(WORD) == 0
    assert line(f"Not Found: /worlds/enter/{WORD}{WORD}-_{WORD}/")["message"] == (
        "Not Found: /worlds/enter/[redacted]/"
    )
    assert line("Not Found: /static/vendor/bootstrap.1f2e3d4c5b6a79880123456789.css")["message"] == (
        "Not Found: /static/vendor/bootstrap.1f2e3d4c5b6a79880123456789.css"
    )


def test_an_exception_is_in_the_same_line_without_its_secrets():
    try:
        raise ValueError(f"refused token={WORD}")
    except ValueError:
        written = line("it failed", exc_info=sys.exc_info())

    assert written["exception"].splitlines()[0] == "Traceback (most recent call last):"
    assert written["exception"].splitlines()[-1] == "ValueError: refused token=[redacted]"


def test_a_request_is_written_as_its_method_and_path():
    request = RequestFactory().post(f"/login/?next=/&code={WORD}", {"password": WORD})

    assert line("Forbidden", request=request)["request"] == "POST /login/"


def test_what_is_no_text_is_written_all_the_same():
    written = line("odd", thing=object, text="\ud800\u2028", name_with={1: b"\xff"})

    assert written["thing"] == "<class 'object'>"
    assert written["text"] == "\ud800\u2028"
    assert written["name_with"] == {"1": "b'\\xff'"}
