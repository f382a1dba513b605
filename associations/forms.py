"""What is typed about associations: whom to invite, how it is shown, why it ends."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from associations.actions.parting import LONGEST_REASON
from portal.kernel.forms import TextField

LONGEST_TYPED: Final = 100


class SearchForm(forms.Form):
    """Whose AppID it is."""

    q = TextField(
        label=_("AppID"),
        max_length=LONGEST_TYPED,
        help_text=_("It begins with wx and stands in the Mini Program's development settings."),
        error_messages={"required": _("Type the AppID of the Mini Program.")},
    )


class OptionsForm(forms.Form):
    """How followers of the Official Account learn of the Mini Program."""

    show_on_profile = forms.BooleanField(
        label=_("Show it on the profile page of this Official Account"), required=False
    )
    notify_followers = forms.BooleanField(label=_("Tell the followers when it is associated"), required=False)


class ReasonForm(forms.Form):
    """Why an invitation is refused, or an association ends; it may stay empty."""

    reason = TextField(
        label=pgettext_lazy("association", "Reason"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("It stands in the history, which both accounts can read."),
    )
