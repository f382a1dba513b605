"""An amount in yuan is read as whole fen, or refused in a sentence."""

import pytest

from portal.kernel.money import parse_yuan


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0.37", 37),
        ("0.3", 30),
        ("0", 0),
        ("0.00", 0),
        ("7", 700),
        ("1,234.50", 123450),
        ("1234.5", 123450),
        ("1,000,000,000", 100_000_000_000),
        (" 0.37 ", 37),
        ("¥0.37", 37),
        ("￥ 12", 1200),
        ("０．３７", 37),
        ("１，２３４．５", 123450),
    ],
)
def test_reads_what_people_write(text: str, fen: int):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", ".5", "5.", "0.375", "0.37.1", "-1", "+1", "- 0.37", "1e3", "1E3", "NaN", "nan",
        "inf", "Infinity", "0x10", "1_000", "007", "00.37", "12,34", "1,2345", "1,,234", "1 234", "0,37",
        "٣", "²", "½", "①", "१.२५", "0.3\u0663", "¥", "¥¥1", "$1", "1 yuan", "\x00", "1\u200b", "true",
        "9" * 41, "9" * 5000, "0." + "1" * 5000,
    ],
)  # fmt: skip
def test_refuses_everything_else(text: str):
    with pytest.raises(ValueError, match=r"^Enter the amount in yuan as digits, with at most two after"):
        parse_yuan(text)


@pytest.mark.parametrize("text", ["1,000,000,000.01", "9999999999", "1" + "0" * 30])
def test_refuses_more_than_a_billion(text: str):
    with pytest.raises(ValueError, match=r"^Enter at most 1,000,000,000\.00 yuan\.$"):
        parse_yuan(text)
