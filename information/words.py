"""Words that a name may not hold, or only with a proof: invented for the simulation, in both languages.

The platform keeps lists of its own and shows them to nobody; these stand for them, so that every
step of the check can be rehearsed (INF-2; console-rules 4.1).
"""

from __future__ import annotations

from typing import Final

# Words for what is being named: a name that says so says nothing (console-rules 4, row *Name*).
OF_THE_KIND: Final = ("mini program", "小程序")

# The platform's own names, and what it never carries (53012).
FORBIDDEN: Final = (
    "wechat",
    "weixin",
    "微信",
    "greenroom",
    "排演间",
    "casino",
    "赌场",
    "gambling",
    "赌博",
    "counterfeit",
    "假货",
)

# Callings that need a licence, and trademarks of companies that do not exist (91009).
PROTECTED: Final = (
    "bank",
    "银行",
    "insurance",
    "保险",
    "hospital",
    "医院",
    "university",
    "大学",
    "government",
    "政府",
    "police",
    "公安",
    "official",
    "官方",
    "moonquill",
    "月笔",
    "tin sparrow",
    "铁皮雀",
)
