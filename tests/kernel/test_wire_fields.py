"""The parameters of an endpoint: read in every spelling that SDKs use, refused with their own errcode."""

from __future__ import annotations

import pytest

from portal.kernel.wire import Field, Fields, Items, Text, Truth, Whole, Wrong

pytestmark = pytest.mark.requirement("API-1")


@pytest.mark.parametrize(
    ("field", "sent", "read"),
    [
        (Whole("n"), 7, 7),
        (Whole("n"), "7", 7),
        (Whole("n"), 7.0, 7),
        (Whole("n", least=-5), "-5", -5),
        (Text("t"), "seven", "seven"),
        (Text("t"), 7, "7"),
        (Text("t", required=False), "", ""),
        (Truth("b"), True, True),
        (Truth("b"), 1, True),
        (Truth("b"), "1", True),
        (Truth("b"), "true", True),
        (Truth("b"), False, False),
        (Truth("b"), 0, False),
        (Truth("b", required=False), "", False),
        (Items("l"), [1, "2"], [1, "2"]),
        (Fields("o", inner=(Whole("n"), Text("t", required=False))), {"n": "1"}, {"n": 1, "t": None}),
        (Field("any"), {"x": [1]}, {"x": [1]}),
    ],
)
def test_every_spelling_is_read(field, sent, read):
    assert field.taken({field.name: sent}) == read


@pytest.mark.parametrize(
    "field", [Whole("n", required=False), Text("n", required=False), Truth("n", required=False)]
)
def test_what_may_be_left_out_is_none(field):
    assert field.taken({}) is None
    assert field.taken({"n": None}) is None


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        (Whole("n"), True),
        (Whole("n"), "seven"),
        (Whole("n"), "１２"),
        (Whole("n"), "0x10"),
        (Whole("n"), "1_000"),
        (Whole("n"), 1.5),
        (Whole("n"), -1),
        (Whole("n"), 2**63),
        (Whole("n"), [1]),
        (Text("n"), ["text"]),
        (Text("n"), True),
        (Text("n", most=3), "four"),
        (Text("n", choices=("a", "b")), "c"),
        (Truth("n"), "yes"),
        (Truth("n"), 2),
        (Truth("n"), [True]),
        (Items("n"), {"0": 1}),
        (Items("n", most=1), [1, 2]),
        (Fields("n"), [1]),
    ],
)
def test_a_wrong_value_has_the_fields_errcode(field, sent):
    named = type(field)(**{**field.__dict__, "bad": 85012, "missing": 41002})

    with pytest.raises(Wrong) as refused:
        named.taken({"n": sent})

    assert (refused.value.errcode, refused.value.field) == (85012, "n")
    assert refused.value.sentence


@pytest.mark.parametrize("values", [{}, {"n": None}, {"n": ""}])
def test_what_is_missing_has_an_errcode_of_its_own(values):
    with pytest.raises(Wrong) as refused:
        Text("n", missing=41002, bad=40013).taken(values)

    assert (refused.value.errcode, refused.value.sentence) == (41002, "n is missing.")
