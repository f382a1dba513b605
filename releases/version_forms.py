"""What is typed and chosen to upload a version, and for its trial (REL-1, REL-9)."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel.errors import Refused
from portal.kernel.forms import TextField
from releases import archives
from releases.actions.versions import LONGEST_DESCRIPTION
from releases.packages import PLATFORM, Package

LONGEST_NUMBER: Final = 32
LONGEST_PATH: Final = 128
FIRST_NUMBER: Final = "1.0.0"
_ENDS_IN_DIGITS: Final = re.compile(r"(.*?)([0-9]{1,9})")


class UploadForm(forms.Form):
    """A package, its version number and what is new in it. Once valid, `opened` is the package, read.

    `cut_off`: a file was chosen, but is so large that it was not read.
    """

    opened: Package

    package = forms.FileField(
        label=gettext_lazy("Package"),
        allow_empty_file=True,  # its own sentence comes with reading it
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip", "data-most": PLATFORM.archive}),
        help_text=gettext_lazy(
            "The project as a ZIP archive, at most 20 MB: game.js and game.json in its root or in one folder."
        ),
        error_messages={"required": gettext_lazy("Choose the package, a ZIP archive.")},
    )
    number = TextField(
        max_length=LONGEST_NUMBER,
        label=gettext_lazy("Version number"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=gettext_lazy("Letters, digits, dots and dashes, such as 1.2.0."),
        error_messages={"required": gettext_lazy("Type a version number, such as 1.0.0.")},
    )
    description = TextField(
        max_length=LONGEST_DESCRIPTION,
        required=False,
        label=gettext_lazy("Description"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What is new in it, at most 200 characters. Members and reviewers read it."),
    )

    def __init__(self, *args: Any, cut_off: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if cut_off:
            self.fields["package"].error_messages["required"] = _(
                "The file is far too large and was not read. A package has at most 20 MB."
            )

    def clean_package(self) -> Package:
        """Open the package; a refusal stands at the field."""
        try:
            self.opened = archives.read(self.cleaned_data["package"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None
        return self.opened

    def add_refusal(self, refusal: Refused) -> None:
        """Show what the action refused at the field it is about, else above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


class TrialForm(forms.Form):
    """Where the trial version opens."""

    path = TextField(
        max_length=LONGEST_PATH,
        required=False,
        label=gettext_lazy("Path"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=gettext_lazy("What the game is opened with, such as ?level=3. Empty: its start."),
    )


def following(number: str) -> str:
    """Return the number that may come after `number`, its last digits counted on, or ''."""
    found = _ENDS_IN_DIGITS.fullmatch(number)
    if found is None:
        return ""
    head, tail = found.groups()
    counted = f"{head}{int(tail) + 1:0{len(tail)}}"
    return counted if len(counted) <= LONGEST_NUMBER else ""
