"""How each version tells the same refusals: its numbers, and what it calls the parameters (wechat-api 5, 6).

The stage's actions refuse with the numbers and names of version 2; the other two are translations of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _

from payments import refusals
from payments.ledger import Moved
from portal.kernel.errors import Refused
from portal.kernel.wire import Wrong, codes

T = TypeVar("T")

MISSING: Final = 40101  # of version 1
_NAMING: Final = (90018, 268490002)  # "invalid parameter": errmsg says which


@dataclass(frozen=True)
class Dialect:
    """One version.

    `key` and `user` are the numbers for a wrong signature, `session` for a session that is over, `nobody`
    for an openid of no player. `codes` and `names` translate, where the version differs from version 2.
    """

    key: int
    user: int
    session: int
    bad: int
    nobody: int
    codes: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def of(self, refusal: Refused, **names: str) -> Wrong:
        """Return what a refused action is told as; `names` are those of one call alone."""
        code = self.codes.get(refusal.code)
        name = (dict(self.names) | names).get(refusal.field, refusal.field)
        if code is None and refusal.code.isdigit() and int(refusal.code) in codes.MESSAGES:
            code = int(refusal.code)
        if code == self.bad and refusal.field == "openid":
            code = self.nobody
        if code is None or code == self.bad:
            return self.wrong(name, refusal.message, rule=refusal.code)
        return Wrong(code, refusal.message, field=name, explained={"rule": refusal.code})

    def wrong(self, name: str, sentence: str, *, rule: str = "") -> Wrong:
        """Return the refusal of one parameter, which the answer names."""
        code = self.nobody if name == "openid" else self.bad
        return Wrong(
            code,
            sentence,
            field=name,
            errmsg=words(code, name),
            explained={"rule": rule} if rule else None,
        )

    def asked(self, act: Callable[[], T], **names: str) -> T:
        """Return what an action returns; its refusal is told in this version's numbers and names."""
        try:
            return act()
        except Refused as refusal:
            raise self.of(refusal, **names) from None

    def moved(
        self, act: Callable[[], Moved], told: Callable[[Moved], Mapping[str, Any]], **names: str
    ) -> Mapping[str, Any]:
        """Return the answer to a movement; one that was made before answers so, with what it did."""
        moved = self.asked(act, **names)
        if not moved.repeated:
            return told(moved)
        raise Wrong(
            self.codes.get(str(refusals.BILL_USED), refusals.BILL_USED),
            _("Nothing was moved: this call was made before, and this is what it was answered."),
            told=told(moved),
        )


def words(code: int, name: str) -> str:
    """Return the errmsg that names a parameter, '' where the number has words of its own."""
    if code == MISSING:
        return f"{name} missing"
    return refusals.words(refusals.BAD_PARAMETER, name) if name and code in _NAMING else ""


V2: Final = Dialect(key=90011, user=90010, session=90016, bad=90018, nobody=90018)
V1: Final = Dialect(
    key=90011,
    user=90009,
    session=90010,
    bad=90018,
    nobody=90018,
    names={"payitem": "pay_item", "remark": "app_remark", "amount": "amt"},
)
XPAY: Final = Dialect(
    key=268490003,
    user=268490003,
    session=268490009,
    bad=268490002,
    nobody=268490001,
    codes={
        str(refusals.NO_SUCH_PAYMENT): 268490002,
        str(refusals.BILL_USED): 268490004,
        str(refusals.TOO_FEW_COINS): 268490006,
        str(refusals.NOT_ALLOWED): 268490008,
        str(refusals.BAD_PARAMETER): 268490002,
        "left_differs": 268490016,
        "not_available": 268490006,
        "no_money": 268490006,
        "no_deposit_account": 268490021,
    },
    names={"bill_no": "order_id", "pay_bill_no": "pay_order_id"},
)
