"""The platform's share: the relief, whole fen, and parts that add up to the whole (PAY-7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import shares
from payments.shares import Charged
from portal.kernel.limits import RELIEF_FEN

FEN = st.integers(0, 10**13)


@pytest.mark.parametrize(
    ("base_fen", "share_fen"),
    [
        (0, 0),
        (RELIEF_FEN - 1, 0),
        (RELIEF_FEN, 0),
        (RELIEF_FEN + 1, 0),  # 0.4 fen
        (RELIEF_FEN + 2, 0),  # 0.8 fen
        (RELIEF_FEN + 3, 1),  # 1.2 fen
        (RELIEF_FEN + 5, 2),
        (100_000_000, 20_000_000),  # a million yuan leaves 800,000 (console-rules 8.2 F)
    ],
)
def test_the_first_half_million_yuan_are_free_and_the_rest_is_charged_forty_percent(base_fen, share_fen):
    assert shares.of_month(base_fen) == share_fen


@given(FEN)
def test_share_and_rest_make_the_whole_and_the_share_is_never_rounded_up(base_fen):
    share = shares.of_month(base_fen)
    assert 0 <= share <= base_fen
    assert share * 100 <= max(0, base_fen - RELIEF_FEN) * 40 < (share + 1) * 100


@given(st.lists(st.integers(1, 10**9), max_size=30))
def test_what_the_rows_of_a_month_are_charged_adds_up_to_its_share(amounts):
    base = charged = 0
    for fen in amounts:
        charged += shares.of_month(base + fen) - shares.of_month(base)
        base += fen
    assert charged == shares.of_month(base)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30), st.data())
def test_refunds_of_a_whole_month_give_its_whole_share_back_in_whatever_pieces(amounts, data):
    base = sum(amounts)
    month = Charged(base, shares.of_month(base + RELIEF_FEN))  # all of it charged
    before = back = 0
    for fen in data.draw(st.permutations(amounts)):
        piece = month.given_back(before, fen)
        assert 0 <= piece <= fen
        before, back = before + fen, back + piece
    assert back == month.share_fen


def test_a_month_of_nothing_gives_nothing_back():
    assert Charged(0, 0).given_back(0, 0) == 0
