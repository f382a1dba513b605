"""Changing the introduction (INF-1): what it may say, and five times a month."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from portal.kernel import audit, tallies, text
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import INTRODUCTION_LENGTH, Limit
from portal.kernel.terms import Capability

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIELD: Final = "introduction"
BLOCKED: Final = "53201"
CHANGED: Final = audit.register("information.introduction_changed", gettext_lazy("changes the introduction"))

# What an introduction may not hold (console-rules 4, 53201), looked for after NFKC and case folding:
# full-width letters and digits are no way around. A phone number has eight digits or more, however
# they are parted; a domain ends in one of these, so that "play.again" stays a typing error.
CONTACT: Final[tuple[tuple[re.Pattern[str], StrOrPromise], ...]] = (
    (re.compile(r"\S+@\S+"), gettext_lazy("an e-mail address")),
    (
        re.compile(
            r"https?:\S*|www\.\S*|\b[a-z0-9.-]+\.(?:com|cn|net|org|io|cc|top|vip|xyz|app|example)\b", re.ASCII
        ),
        gettext_lazy("a web address"),
    ),
    (
        re.compile(
            r"(?:加\s*)?微\s*信\s*号|[威薇]\s*信|微\s*信\s*[:=]|加\s*(?:微|v(?![a-z]))|扣扣"
            r"|\b(?:vx|qq)(?![a-z])|\bwx\s*[:=]|\bwechat\s*(?:id\b|no\b|[:=])",
            re.ASCII,
        ),
        gettext_lazy("a WeChat or QQ number"),
    ),
    (re.compile(r"(?:\d[ .()/-]{0,2}){7,}\d|[零〇一二三四五六七八九]{7,}"), gettext_lazy("a phone number")),
)
# Digits that are no phone number: days, and from one year to another.
DATES: Final = re.compile(r"(?<!\d)(?:19|20)\d\d ?[-/.] ?(?:(?:19|20)\d\d|\d\d?[-/.]\d\d?)(?!\d)")
WORDS: Final = (
    "赌博",
    "博彩",
    "代开发票",
    "免费领红包",
    "全网第一",
    "官方指定",
    "gambling",
    "casino",
    "free money",
    "officially recommended",
)


@action
def change_introduction(account_id: int, typed: str, *, by: Actor) -> Account:
    """Let the account introduce itself so: 4 to 120 characters, without contact data or blocked words.

    The text it has already spends nothing. Refused without the capability, for what an introduction
    may not be (53201), and when five of five changes are used this month (53200).
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.EDIT_INFORMATION, by=by)
    introduction = read(typed)
    if introduction == account.introduction:
        return account
    tallies.spend(Limit.INTRODUCTION_CHANGES, account, field=FIELD)
    account.introduction = introduction
    account.save()
    audit.act(account, CHANGED, by=by, detail=introduction)
    return account


def read(typed: str) -> str:
    """Return the introduction in `typed`, cleaned. Refused at its field for one that it cannot be."""
    least, most = INTRODUCTION_LENGTH
    try:
        introduction = text.clean(typed, max_length=most)
    except ValueError as refusal:
        raise Refused(str(refusal), code="introduction", field=FIELD) from None
    if len(introduction) < least:
        raise Refused(
            _("Not saved: an introduction has %(least)d to %(most)d characters, this has %(length)d.")
            % {"least": least, "most": most, "length": len(introduction)},
            code="introduction",
            field=FIELD,
        )
    folded = DATES.sub("|", unicodedata.normalize("NFKC", introduction).casefold())
    for pattern, what in CONTACT:
        if found := pattern.search(folded):
            raise Refused(
                _("Not saved: “%(found)s” looks like %(what)s, and an introduction has no contact data.")
                % {"found": found.group().strip(), "what": what},
                code=BLOCKED,
                field=FIELD,
            )
    for word in WORDS:
        if word in folded:
            raise Refused(
                _("Not saved: “%(word)s” may not stand in an introduction. Say it in other words.")
                % {"word": word},
                code=BLOCKED,
                field=FIELD,
            )
    return introduction
