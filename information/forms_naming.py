"""What is typed for a name and for a short name; the ladder and the account's state are the actions'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from information import names
from information.actions.naming import LONGEST_NOTE
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField
from portal.kernel.limits import NAME_LENGTH, SHORT_NAME_LENGTH


def told(refusal: Refused) -> str:
    """Return a refusal's sentence, with the platform's code where it has one."""
    if not refusal.code.isdigit():
        return refusal.message
    return _("%(sentence)s (%(code)s)") % {"sentence": refusal.message, "code": refusal.code}


class NameField(TextField):
    """A name as `names.read` takes it; its refusal is the field's error."""

    def __init__(self) -> None:
        super().__init__(
            max_length=NAME_LENGTH[1],
            label=gettext_lazy("Name"),
            help_text=gettext_lazy(
                "4 to 30 characters, a Chinese one counts two: Chinese, English letters, digits, spaces"
                " and some signs."
            ),
            error_messages={"required": gettext_lazy("Type the name.")},
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )

    def read(self, typed: str) -> str:
        """Return the name in plain signs; ValueError with the sentence of what it cannot be."""
        try:
            return names.read(typed)
        except Refused as refusal:
            raise ValueError(told(refusal)) from None


class NameForm(forms.Form):
    """The name, and what the reviewer should know where there is one."""

    name = NameField()
    note = TextField(
        max_length=LONGEST_NOTE,
        required=False,
        label=gettext_lazy("Note to the reviewer"),
        help_text=gettext_lazy("What the proof shows and why it covers the name."),
    )


class ShortNameForm(forms.Form):
    """The short name; whether it comes from the name is the action's to say."""

    short_name = TextField(
        max_length=names.LONGEST_TYPED,
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy(
            "%(shortest)d to %(longest)d characters, a Chinese one counts two, taken in order from the name."
        ),
        error_messages={"required": gettext_lazy("Type the short name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        shortest, longest = SHORT_NAME_LENGTH
        field = self.fields["short_name"]
        field.help_text = str(field.help_text) % {"shortest": shortest, "longest": longest}
