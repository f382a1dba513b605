"""Forms of worlds and their clocks, and how a typed moment or length of time is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel.calendar import SHANGHAI
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField
from portal.kernel.worlds import require_in_reach

LARGEST_SEED: Final = 2**63 - 1
# Days to seconds, as the bar's buttons and the control API have them: P1D, PT10M, P1DT12H.
LENGTH: Final = re.compile(r"P(\d{1,6}D)?(T(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?", re.ASCII)


def read_moment(typed: str) -> datetime:
    """Return the moment in `typed`, in UTC: a date, or date and time, in Shanghai unless it says otherwise.

    ValueError with a sentence when it is none.
    """
    try:
        found = datetime.fromisoformat(typed)
        return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_("This is not a date and time. Write it like 2019-03-09 10:00.")) from None


def read_length(typed: str) -> timedelta:
    """Return the length of time in `typed`, as ISO 8601 writes it in days to seconds ("P1DT12H").

    ValueError with a sentence when it is none, or nothing.
    """
    found = parse_duration(typed) if LENGTH.fullmatch(typed) else None
    if not found:
        raise ValueError(_("This is not a length of time. Write it like PT1H or P7D."))
    return found


class MomentField(TextField):
    """A moment in Shanghai, typed or chosen; `clean_...` turns it into a datetime."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=40,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
            **kwargs,
        )

    def read(self, typed: str) -> str:
        """Return the moment in ISO 8601."""
        return read_moment(super().read(typed)).isoformat()


class MomentForm(forms.Form):
    """Where the clock goes."""

    to = MomentField(label=gettext_lazy("To a moment, in Shanghai"))


class WorldForm(forms.Form):
    """A new world; everything may be left to chance."""

    name = TextField(max_length=60, label=gettext_lazy("Name"), required=False)
    starts_at = MomentField(
        label=gettext_lazy("Starts at"),
        required=False,
        help_text=gettext_lazy("In Shanghai. Empty: now. Any day from 2000 on, so that it can be 2019."),
    )
    seed = TextField(
        max_length=19,
        label=gettext_lazy("Seed"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("The same number makes the same people and amounts. Empty: any."),
    )
    frozen = forms.BooleanField(label=gettext_lazy("Clock frozen at first"), required=False)

    def clean_starts_at(self) -> datetime | None:
        """Return when its clock starts, or None for now."""
        typed = self.cleaned_data["starts_at"]
        if not typed:
            return None
        start = read_moment(typed)
        try:
            require_in_reach(start)
        except Refused as refusal:
            raise ValidationError(refusal.message) from None
        return start

    def clean_seed(self) -> int | None:
        """Return the seed, or None for any."""
        typed = self.cleaned_data["seed"]
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and int(typed) <= LARGEST_SEED):
            raise ValidationError(_("A seed is a whole number from 0 on. Write digits only."))
        return int(typed)


class RenameForm(forms.Form):
    """Another name for this world."""

    name = TextField(max_length=60, label=gettext_lazy("Name"))


class DeleteForm(forms.Form):
    """Which world goes, and its name typed once more."""

    world = TextField(max_length=32, widget=forms.HiddenInput)
    name = TextField(max_length=60, required=False)
