"""The form that sets a fault of the server API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.kernel.models import WireFault
from portal.kernel.wire import faults
from portal.kernel.wire.endpoints import ENDPOINTS

EVERY = ("", _("Every endpoint"))


class FaultForm(forms.Form):
    """Which calls fail, how, and how many of them."""

    kind = forms.ChoiceField(label=pgettext_lazy("fault", "What happens"), choices=WireFault.Kind.choices)
    path = forms.ChoiceField(label=_("Endpoint"), required=False)
    percent = forms.IntegerField(
        label=_("Of a hundred calls"), min_value=1, max_value=100, initial=100, help_text=_("1 to 100")
    )
    left = forms.IntegerField(
        label=_("The next so many calls alone"),
        required=False,
        min_value=1,
        max_value=faults.MOST_LEFT,
        help_text=_("Empty: until it is lifted"),
    )
    delay_ms = forms.IntegerField(
        label=_("Late by, in milliseconds"),
        required=False,
        min_value=1,
        max_value=faults.LONGEST_DELAY_MS,
        help_text=_("For late replies alone"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["path"].choices = [EVERY, *((path, path) for path in sorted(ENDPOINTS))]  # type: ignore[attr-defined]
