"""How values look on a page: money, moments, masks, countdowns, quotas, form controls.

Pure functions of their arguments and of the active language. Moments are shown in Asia/Shanghai,
whatever zone they come in (look reference, section 8); money comes in as integer fen.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django import forms, template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.kernel import wording

register = template.Library()

TONES = ("done", "doing", "act", "fail", "idle", "not")

# More day marks than this would be thinner than the gaps between them.
_MOST_SLOTS = 31
# Up to this many uses are drawn one by one; more become a bar.
_MOST_DOTS = 10


for _written in (
    wording.yuan_plain,
    wording.yuan,
    wording.yuan_signed,
    wording.figure,
    wording.day,
    wording.short_day,
    wording.clock_time,
    wording.moment,
    wording.short_moment,
    wording.weekday_moment,
    wording.near_moment,
    wording.iso,
    wording.clock_parts,
    wording.span,
    wording.joined,
):
    register.filter(_written.__name__, _written)


@dataclass(frozen=True)
class Remaining:
    """What is left of a window [start, due_at) at a moment."""

    over: bool
    days: int
    hours: int
    minutes: int
    seconds: int
    near: bool  # less than 24 h
    slots: tuple[str, ...]  # one a day of the window: "past", "now q1" .. "now q3", ""

    @property
    def total_minutes(self) -> int:
        """Return the whole of it in minutes, for a short wait shown as m:ss."""
        return (self.days * 24 + self.hours) * 60 + self.minutes

    @property
    def words(self) -> str:
        """Return the same in words: "7 days 6 hours 15 minutes"."""
        return _("%(days)d days %(hours)d hours %(minutes)d minutes") % {
            "days": self.days,
            "hours": self.hours,
            "minutes": self.minutes,
        }


@register.simple_tag
def remaining(due_at: datetime, now: datetime, since: datetime | None = None) -> Remaining:
    """Return what is left until `due_at` at `now`, days of 24 hours as the platform counts them.

    With `since`, the start of the window, also one slot for each day of it, at most 31 (a longer
    window has none). At `due_at` itself the window is over.
    """
    left = max(timedelta(), due_at - now)
    minutes, seconds = divmod(int(left.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return Remaining(
        over=now >= due_at,
        days=days,
        hours=hours,
        minutes=minutes,
        seconds=seconds,
        near=timedelta() < left < timedelta(days=1),
        slots=_slots(since, due_at, now) if since else (),
    )


def _slots(since: datetime, due_at: datetime, now: datetime) -> tuple[str, ...]:
    one = timedelta(days=1)
    whole, gone = (due_at - since) / one, (now - since) / one
    count = math.ceil(whole)
    if not 0 < count <= _MOST_SLOTS:
        return ()
    slots = []
    for index in range(count):
        # A day that has begun is drawn in quarters: no style attribute can carry its exact share.
        quarter = min(3, max(1, round((gone - index) * 4)))
        slots.append("past" if gone >= min(index + 1, whole) else f"now q{quarter}" if gone >= index else "")
    return tuple(slots)


# --- masks: console rules, section 15.6 ---------------------------------------------------


def _masked(value: str, head: int, tail: int) -> str:
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]


@register.filter
def mask_id(number: str) -> str:
    """Return an ID number with its middle hidden: "9901**********1234"."""
    return _masked(number, 4, 4)


@register.filter
def mask_phone(number: str) -> str:
    """Return a mobile number with its middle hidden: "100****0042"."""
    return _masked(number, 3, 4)


@register.filter
def mask_account(number: str) -> str:
    """Return a bank account with its middle hidden, in groups of four: "8800 41** **** 0096"."""
    hidden = _masked(number.replace(" ", ""), 6, 4)
    return " ".join(hidden[start : start + 4] for start in range(0, len(hidden), 4))


# --- marks --------------------------------------------------------------------------------


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Return the icon `name` of Bootstrap Icons, hidden from screen readers: it only decorates."""
    return format_html('<i class="bi bi-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def pill(label: str, tone: str = "idle") -> SafeString:
    """Return a state pill. Tones: done, doing, act, fail, idle, and not (has not begun)."""
    if tone not in TONES:
        raise ValueError(f"A pill has no tone {tone!r}.")
    return format_html('<span class="pill {}">{}</span>', tone, label)


@dataclass(frozen=True)
class Quota:
    """How much of a limit is used, ready to be drawn."""

    used: int
    total: int
    dots: tuple[bool, ...]  # empty for a limit that is drawn as a bar
    tone: str  # "", "near" or "out"


@register.simple_tag
def quota(used: int, total: int) -> Quota:
    """Return the drawing of a limit: dots up to ten, a bar above.

    It is near from half of a small limit and from 80 % of a large one, out when nothing is left.
    """
    small = total <= _MOST_DOTS
    near = used * 2 >= total if small else used * 5 >= total * 4
    return Quota(
        used=used,
        total=total,
        dots=tuple(index < used for index in range(total)) if small else (),
        tone="out" if used >= total else "near" if near and used else "",
    )


@register.filter
def as_json(value: Mapping[str, str]) -> str:
    """Return `value` as JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


# --- forms --------------------------------------------------------------------------------


@register.filter
def control_kind(field: BoundField) -> str:
    """Return how a field is laid out: "hidden", "tick", "options" or "control"."""
    kind = field.field.widget
    if kind.is_hidden:
        return "hidden"
    if isinstance(kind, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "options"
    return "tick" if isinstance(kind, forms.CheckboxInput) else "control"


@register.simple_tag
def control(field: BoundField, width: str = "", mono: bool = False, small: bool = False) -> SafeString:
    """Return the control of `field` in the look's classes.

    `width` is "w-s" (240 px), "w-m" (380 px) or empty; `mono` is for codes and numbers. Django adds
    `aria-describedby` for the help and error elements that `_partials/field.html` writes.
    """
    kind = control_kind(field)
    classes = [field.field.widget.attrs.get("class", "")]
    if kind in {"tick", "options"}:
        classes.append("form-check-input")
    else:
        base = "form-select" if isinstance(field.field.widget, forms.Select) else "form-control"
        classes += [base, f"{base}-sm" if small else "", width, "mono" if mono else ""]
    if field.errors:
        classes.append("is-invalid")
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


@register.filter
def error_count(form: forms.BaseForm) -> int:
    """Return how many things a form that was not accepted asks to correct."""
    return sum(len(errors) for errors in form.errors.values())


@register.simple_block_tag(end_name="endfieldrow")
def fieldrow(
    content: str, field: BoundField, width: str = "", mono: bool = False, **options: object
) -> SafeString:
    """Return `_partials/field.html` with `content` beside the control: a button, a unit, a hint.

    `options` are the other parameters of that partial.
    """
    row = {"field": field, "width": width, "mono": mono, "after": content}
    return render_to_string("_partials/field.html", options | row)
