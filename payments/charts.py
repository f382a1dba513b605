"""Amounts as columns: inline SVG, styled by class alone, the same for the same amounts.

The table beside a chart is its text: the drawing is hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEIGHT: Final = 200  # px, of the whole picture
TOP, LEFT, FOOT, RIGHT = 12, 64, 26, 14  # px around the columns
WIDTH: Final = 782  # px that the columns of a full page share; more columns make the picture wider
SLOT, ROOMY = 26, 96  # px that a group of columns takes, at least and at most
WIDEST: Final = 26  # px of one column
LABEL: Final = 58  # px from one label to the next at least
STEPS: Final = 4  # lines above the ground, at most


@dataclass(frozen=True)
class Group:
    """What stands at one place of the ground: its label, and an amount of each series (fen, from 0)."""

    label: str
    fen: tuple[int, ...]


def columns(groups: Sequence[Group]) -> SafeString:
    """Return the groups drawn side by side, in yuan; nothing drawn needs a sum above nothing."""
    slot = max(SLOT, min(ROOMY, WIDTH / max(1, len(groups))))
    width = round(LEFT + RIGHT + slot * len(groups))
    ground, tall = HEIGHT - FOOT, HEIGHT - FOOT - TOP
    step, steps = _scale(max((fen for group in groups for fen in group.fen), default=0))
    every = -(-LABEL // max(1, int(slot)))  # labels that would touch are left out
    lines = (
        (LEFT, width - RIGHT, round(ground - tall * nth / steps, 1), f"{step * nth // 100:,}")
        for nth in range(steps + 1)
    )
    return format_html(
        '<svg class="columns" width="{w}" height="{h}" viewBox="0 0 {w} {h}" aria-hidden="true"'
        ' focusable="false">{lines}{bars}{labels}</svg>',
        w=width,
        h=HEIGHT,
        lines=format_html_join(
            "",
            '<line class="rule" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="scale" x="{}" y="{}">{}</text>',
            ((x1, x2, y, y, LEFT - 8, y + 4, text) for x1, x2, y, text in lines),
        ),
        bars=format_html_join(
            "",
            '<rect class="s{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
            (
                _bar(nth, series, len(group.fen), slot, fen * tall / (step * steps), ground)
                for nth, group in enumerate(groups)
                for series, fen in enumerate(group.fen)
                if fen
            ),
        ),
        labels=format_html_join(
            "",
            '<text class="label" x="{}" y="{}">{}</text>',
            (
                (round(LEFT + slot * (nth + 0.5), 1), HEIGHT - 8, group.label)
                for nth, group in enumerate(groups)
                if nth % every == 0
            ),
        ),
    )


def _bar(
    nth: int, series: int, of: int, slot: float, height: float, ground: float
) -> tuple[int, float, float, float, float]:
    """Return series, x, y, width and height of one column; the smallest amount is a stroke."""
    wide = min(WIDEST, slot * 0.72 / of)
    x = LEFT + slot * (nth + 0.5) + wide * (series - of / 2)
    tall = max(1.5, height)
    return series + 1, round(x, 1), round(ground - tall, 1), round(max(1, wide - 1), 1), round(tall, 1)


def _scale(most_fen: int) -> tuple[int, int]:
    """Return the amount from line to line, 1, 2 or 5 and zeros of whole yuan, and how many lines it takes."""
    step = 100
    while step * STEPS < most_fen:
        first = int(str(step)[0])
        step = step * 5 // 2 if first == 2 else step * 2
    return step, max(1, -(-most_fen // step))
