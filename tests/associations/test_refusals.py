"""One table of refusals: every code has a sentence, and every sentence has its facts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import associations
from associations import refusals
from associations.refusals import REFUSALS, refused

FACTS: dict[str, Any] = {"appid": "wx0123456789abcdef", "name": "Paper Kite", "limit": 4, "key": "first"}
CODES = {name: value for name, value in vars(refusals).items() if name.isupper() and isinstance(value, str)}


def test_every_code_has_one_sentence():
    assert sorted(CODES.values()) == sorted(REFUSALS)


@pytest.mark.parametrize("code", REFUSALS)
def test_a_sentence_is_whole_and_names_the_platforms_number(code):
    said = refused(code, field="here", **FACTS)
    assert (said.code, said.field) == (code, "here")
    assert re.fullmatch(r"[A-Z%w].*\.", said.message), said.message
    assert "%(" not in said.message
    assert (f"({code})" in said.message) == code.isdigit()


def test_every_code_is_used():
    root = Path(associations.__file__).parent
    sources = "\n".join(path.read_text() for path in root.rglob("*.py") if path.name != "refusals.py")
    unused = [name for name in CODES if f"refusals.{name}" not in sources]
    assert unused == []
