"""How money, lists and moments are written, in the active language: on pages, in letters, in notices.

Moments are shown in Asia/Shanghai, whatever zone they come in (look reference, section 8); money
comes in as integer fen.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

SHANGHAI = ZoneInfo("Asia/Shanghai")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BETWEEN_ZH = {", ": "、", "; ": "；", " ": ""}
_WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def _chinese() -> bool:
    return (get_language() or "en").startswith("zh")


def _local(value: datetime) -> datetime:
    return value.astimezone(SHANGHAI)


# --- money --------------------------------------------------------------------------------


def yuan_plain(fen: int | None) -> str:
    """Return `fen` as yuan without a sign: 123450 is "1,234.50"; None is empty."""
    if fen is None:
        return ""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02}"


def yuan(fen: int | None) -> str:
    """Return `fen` as an amount: 123450 is "¥1,234.50", -73 is "-¥0.73"; None is empty."""
    if fen is None:
        return ""
    return f"{'-' if fen < 0 else ''}¥{yuan_plain(abs(fen))}"


def yuan_signed(fen: int | None) -> str:
    """Return `fen` as a movement on a statement: "+ 0.73", "- 0.73"; None is empty."""
    if fen is None:
        return ""
    return f"{'-' if fen < 0 else '+'} {yuan_plain(abs(fen))}"


def figure(number: int | None) -> str:
    """Return a whole number in groups of three: 12345 is "12,345"; None is empty."""
    return "" if number is None else f"{number:,}"


# --- lists --------------------------------------------------------------------------------


def joined(parts: Iterable[object], by: str = ", ") -> str:
    """Return the parts side by side: "A, B" or, by "; ", "A; B"; in Chinese "A、B" and "A；B".

    Sentences stand side by side by " ", in Chinese by nothing.
    """
    return (_BETWEEN_ZH[by] if _chinese() else by).join(map(str, parts))


def listed(parts: Sequence[str]) -> str:
    """Return the parts as a sentence names them: "A, B and C", in Chinese "A、B和C"; at least one."""
    *others, last = parts
    if not others:
        return last
    return _("%(others)s and %(last)s") % {"others": joined(others), "last": last}


# --- moments ------------------------------------------------------------------------------


def day(value: date | datetime | None) -> str:
    """Return the day: "4 Apr 2019", in Chinese "2019 年 4 月 4 日"; None is empty."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _local(value)
    if _chinese():
        return f"{value.year} 年 {value.month} 月 {value.day} 日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date | datetime | None) -> str:
    """Return the day without its year: "4 Apr", in Chinese "4 月 4 日"; None is empty."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _local(value)
    if _chinese():
        return f"{value.month} 月 {value.day} 日"
    return f"{value.day} {_MONTHS[value.month - 1]}"


def clock_time(value: datetime | None) -> str:
    """Return the time of day, "10:15"; None is empty."""
    return "" if value is None else f"{_local(value):%H:%M}"


def moment(value: datetime | None) -> str:
    """Return day and time: "4 Apr 2019, 10:15", in Chinese "2019 年 4 月 4 日 10:15"."""
    if value is None:
        return ""
    return f"{day(value)}{' ' if _chinese() else ', '}{clock_time(value)}"


def short_moment(value: datetime | None) -> str:
    """Return day and time without the year: "4 Apr 10:15", in Chinese "4 月 4 日 10:15"."""
    return "" if value is None else f"{short_day(value)} {clock_time(value)}"


def weekday_moment(value: datetime | None) -> str:
    """Return "Tue 19 Mar 2019, 20:47", in Chinese "2019 年 3 月 19 日 周二 20:47"."""
    if value is None:
        return ""
    index = _local(value).weekday()
    if _chinese():
        return f"{day(value)} {_WEEKDAYS_ZH[index]} {clock_time(value)}"
    return f"{_WEEKDAYS[index]} {moment(value)}"


def near_moment(value: datetime | None, now: datetime) -> str:
    """Return the moment as short as it can be told at `now`.

    "Today 09:48" on the same day, "3 Apr 17:20" in the same year, else "3 Apr 2018".
    """
    if value is None:
        return ""
    there, here = _local(value), _local(now)
    if there.date() == here.date():
        return _("Today %(time)s") % {"time": clock_time(value)}
    return short_moment(value) if there.year == here.year else day(value)


def iso(value: datetime | None) -> str:
    """Return the moment for a `datetime` attribute: "2019-04-04T10:15:00+08:00"."""
    return "" if value is None else _local(value).isoformat(timespec="seconds")


def clock_parts(value: datetime) -> dict[str, str]:
    """Return the bar's clock in pieces, because a narrow bar drops weekday and year.

    `before`, `date`, `after`, `time`: "Tue ", "12 Mar", " 2019", "14:32"; in Chinese
    "2019 年 ", "3 月 12 日", " 周二", "14:32". The page's script refills the same pieces.
    """
    local = _local(value)
    pieces = {"date": short_day(value), "time": clock_time(value)}
    if _chinese():
        return pieces | {
            "before": f"{local.year} 年 ",
            "after": f" {_WEEKDAYS_ZH[local.weekday()]}",
        }
    return pieces | {"before": f"{_WEEKDAYS[local.weekday()]} ", "after": f" {local.year}"}


def span(length: timedelta | None) -> str:
    """Return a length of time in its two largest units: "7 d 6 h", "6 h 15 min", "4 min 12 s"."""
    if length is None:
        return ""
    seconds = max(0, int(length.total_seconds()))
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    d, h = divmod(hours, 24)
    if d:
        return _("%(days)d d %(hours)d h") % {"days": d, "hours": h}
    if h:
        return _("%(hours)d h %(minutes)d min") % {"hours": h, "minutes": m}
    if m:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": m, "seconds": s}
    return _("%(seconds)d s") % {"seconds": s}
