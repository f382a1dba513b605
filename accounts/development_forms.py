"""What is typed at Development Settings: lists one a line, and where messages are pushed to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import allowlists, domains, lines, message_push
from accounts.domains import DomainKind
from accounts.lines import LinesRefused
from accounts.message_push import PushSettings
from accounts.models import DevelopmentSettings
from portal.kernel import text
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField

LONGEST_LIST: Final = 20_000  # characters of one list, four times what a full one has
_AS_TYPED: Final = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class LinesField(forms.Field):
    """A list, one entry a line: the value is the list, and every refused line has its own sentence.

    `read` makes the list of what was typed (LinesRefused), `require_few` refuses a list that is too
    long (Refused).
    """

    def __init__(
        self,
        *,
        read: Callable[[str], list[str]],
        require_few: Callable[[list[str]], None],
        rows: int,
        **kwargs: Any,
    ) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "class": "mono", "cols": 48, **_AS_TYPED})
        super().__init__(required=False, widget=widget, **kwargs)
        self.read = read
        self.require_few = require_few

    def to_python(self, value: Any) -> list[str]:
        """Return the entries; ValidationError with one sentence for each refused line."""
        typed = str(value or "")
        if len(typed) > LONGEST_LIST:
            raise ValidationError(
                _("A list has at most %(limit)d characters; this has %(length)d.")
                % {"limit": LONGEST_LIST, "length": len(typed)}
            )
        try:
            found = self.read(typed)
            self.require_few(found)
        except LinesRefused as refusal:
            raise ValidationError(refusal.sentences) from None
        except Refused as refusal:
            raise ValidationError(refusal.message) from None
        return found

    def prepare_value(self, value: Any) -> Any:
        """Return what the page shows: a kept list one a line, what was typed as it was typed."""
        return value if isinstance(value, str) or value is None else lines.together(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what the page shows again: everything typed, fit for a page, cut when absurdly long."""
        data = super().bound_data(data, initial)
        return text.showable(data[: 2 * LONGEST_LIST]) if isinstance(data, str) else data


class SeenForm(forms.Form):
    """A form that carries which version of the settings it shows."""

    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def show_again(self, *, seen: str, **values: str) -> None:
        """Keep what was typed but for `values`, and go on from the version kept now."""
        self.data = {**dict(self.data.items()), "seen": seen, **values}

    def typed(self) -> dict[str, Any]:
        """Return what was typed, fit to be shown again, without judging it."""
        return {name: field.bound_data(self[name].data, "") for name, field in self.fields.items()}

    def add_refusal(self, refusal: Refused) -> None:
        """Show a refusal at its field, or on top."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


class ApiAllowlistForm(SeenForm):
    """From where the server API may be called."""

    entries = LinesField(
        label=gettext_lazy("Addresses and networks"),
        read=allowlists.read,
        require_few=allowlists.require_few,
        rows=8,
        help_text=gettext_lazy(
            "IPv4 or IPv6, one a line, networks by their length: 203.0.113.0/24. Empty: calls from every"
            " address are answered."
        ),
    )


class UploadAllowlistForm(SeenForm):
    """From where code may be uploaded, and whether that is looked at."""

    on = forms.BooleanField(
        label=gettext_lazy("Only the addresses below may upload code"),
        required=False,
        help_text=gettext_lazy("Off: whoever has the key uploads from anywhere."),
    )
    entries = LinesField(
        label=gettext_lazy("Addresses and networks"),
        read=allowlists.read,
        require_few=allowlists.require_few,
        rows=8,
        help_text=gettext_lazy(
            "IPv4 or IPv6, one a line, networks by their length: 203.0.113.0/24. On and empty: nobody"
            " uploads."
        ),
    )


def _domains_field(kind: DomainKind) -> LinesField:
    def read(typed: str) -> list[str]:
        return domains.read(kind, typed)

    return LinesField(label=kind.label, read=read, require_few=domains.require_few, rows=5)


class DomainsForm(SeenForm):
    """The servers that the game may reach, by kind."""

    request = _domains_field(DomainKind.REQUEST)
    socket = _domains_field(DomainKind.SOCKET)
    upload = _domains_field(DomainKind.UPLOAD)
    download = _domains_field(DomainKind.DOWNLOAD)

    def domains(self) -> dict[str, Iterable[str]]:
        """Return the lists of a valid form, by kind."""
        return {kind.value: self.cleaned_data[kind.value] for kind in DomainKind}


class _PushField(TextField):
    """A text that one of the rules of message push reads."""

    def __init__(self, *, rule: Callable[[str], str], **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs=_AS_TYPED))
        super().__init__(max_length=message_push.LONGEST_URL, **kwargs)
        self.rule = rule

    def read(self, typed: str) -> str:
        """Return the value; ValueError with a sentence."""
        return self.rule(typed)


class PushForm(SeenForm):
    """Where messages are pushed to, what signs and locks them, and how they travel."""

    url = _PushField(
        label="URL",
        rule=message_push.read_url,
        widget=forms.URLInput(attrs=_AS_TYPED),
        help_text=gettext_lazy(
            "Your server's own address, http or https. Before it is saved it is asked by GET for its echostr,"
            " signed with the Token."
        ),
        error_messages={"required": gettext_lazy("Enter the address that messages are pushed to.")},
    )
    token = _PushField(
        label="Token",
        rule=message_push.read_token,
        help_text=gettext_lazy(
            "3 to 32 English letters and digits, your own choice. It signs every message."
        ),
        error_messages={"required": gettext_lazy("Enter a Token.")},
    )
    key = _PushField(
        label="EncodingAESKey",
        rule=message_push.read_key,
        help_text=gettext_lazy(
            "43 English letters and digits. It locks the messages in the other two modes."
        ),
        error_messages={"required": gettext_lazy("Enter an EncodingAESKey, or have one made.")},
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Encryption"),
        choices=[
            (DevelopmentSettings.Mode.PLAIN.value, gettext_lazy("Plain: messages can be read on the way")),
            (
                DevelopmentSettings.Mode.COMPATIBLE.value,
                gettext_lazy("Compatible: both readable and encrypted, to move from one to the other"),
            ),
            (DevelopmentSettings.Mode.SAFE.value, gettext_lazy("Safe: encrypted only")),
        ],
        widget=forms.RadioSelect,
        initial=DevelopmentSettings.Mode.PLAIN.value,
        error_messages={
            "required": gettext_lazy("Choose how messages travel."),
            "invalid_choice": gettext_lazy("Choose how messages travel."),
        },
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Data format"),
        choices=DevelopmentSettings.Format.choices,
        widget=forms.RadioSelect,
        initial=DevelopmentSettings.Format.JSON.value,
        error_messages={
            "required": gettext_lazy("Choose what messages are written in."),
            "invalid_choice": gettext_lazy("Choose what messages are written in."),
        },
    )

    def push(self) -> PushSettings:
        """Return the settings of a valid form."""
        typed = self.cleaned_data
        return PushSettings(typed["url"], typed["token"], typed["key"], typed["mode"], typed["format"])
