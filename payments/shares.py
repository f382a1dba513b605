"""What the platform keeps of a month: whole fen, and no fen lost between two rounded parts (PAY-7).

The first 500,000 yuan of a game's month are free of it, of the rest the platform keeps 40 percent
(console-rules 8.2 F). A refund within its month makes the month smaller, as if the purchase had
never been. A later refund cannot: the month is settled. It gives back what the purchase was charged,
an even part of its month's share, in the month of the refund. Every part is the difference of two
rounded sums, so that the parts of a whole add up to the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.kernel import limits

PERCENT = 100


def of_month(base_fen: int) -> int:
    """Return the share of a month in which `base_fen` was taken and not refunded, rounded down."""
    charged = max(0, base_fen - limits.RELIEF_FEN)
    return charged * limits.PLATFORM_SHARE_PERCENT // PERCENT


@dataclass(frozen=True)
class Charged:
    """A settled month: what its share was taken of, and the share."""

    base_fen: int
    share_fen: int

    def given_back(self, before_fen: int, amount_fen: int) -> int:
        """Return the share that a later refund of `amount_fen` gives back, after others of `before_fen`.

        All refunds together, of the whole base, give back the whole share.
        """
        return self._part(before_fen + amount_fen) - self._part(before_fen)

    def _part(self, refunded_fen: int) -> int:
        return self.share_fen * refunded_fen // self.base_fen if self.base_fen else 0
