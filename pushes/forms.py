"""The span of time whose pushes are sent again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from portal.kernel.calendar import SHANGHAI
from portal.kernel.errors import Refused

FORMAT = "%Y-%m-%dT%H:%M"


class SpanForm(forms.Form):
    """From when to when, in the world's time, in Shanghai; the last minute counts whole."""

    since = forms.DateTimeField(
        label=pgettext_lazy("span of time", "From"),
        input_formats=[FORMAT],
        widget=forms.DateTimeInput(format=FORMAT, attrs={"type": "datetime-local"}),
    )
    until = forms.DateTimeField(
        label=pgettext_lazy("span of time", "To"),
        input_formats=[FORMAT],
        widget=forms.DateTimeInput(format=FORMAT, attrs={"type": "datetime-local"}),
    )

    @classmethod
    def around(cls, now: datetime) -> SpanForm:
        """Return an empty form that begins with the day of `now`."""
        today = now.astimezone(SHANGHAI)
        return cls(initial={"since": today.replace(hour=0, minute=0), "until": today})

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal at its field."""
        self.add_error(refusal.field or None, refusal.message)

    def clean_until(self) -> Any:
        """Take the last minute whole."""
        return self.cleaned_data["until"].replace(second=59, microsecond=999_999)
