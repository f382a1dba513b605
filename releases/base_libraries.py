"""The base libraries that players' phones have, and the oldest that a game opens with (wechat-api 2.5).

A library of 2019; how many phones have which is the simulation's own, the same for a game for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Version -> how many of a hundred phones have it, newest first.
IN_USE: Final[Mapping[str, int]] = {
    "2.9.3": 38, "2.9.2": 21, "2.8.3": 16, "2.7.7": 11, "2.6.6": 7, "2.4.4": 4, "2.2.5": 2, "1.9.98": 1,
}  # fmt: skip
OLDEST: Final = "1.0.0"
