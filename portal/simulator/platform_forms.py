"""Forms of a world's third-party platforms: a new one, and what its owner sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import allowlists, message_push
from accounts.development_forms import LinesField
from platforms import redirects, settings
from platforms.actions.making import LONGEST_NAME
from platforms.settings import Settings
from portal.kernel.forms import TextField

_AS_TYPED: Final = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class PlatformForm(forms.Form):
    """A new platform: its name is all there is to choose."""

    name = TextField(
        max_length=LONGEST_NAME,
        label=gettext_lazy("Name"),
        error_messages={"required": gettext_lazy("Enter a name.")},
    )


class ReadField(TextField):
    """A text that a rule of its own reads; empty it is not set."""

    def __init__(self, *, rule: Callable[[str], str], **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "mono", **_AS_TYPED}))
        super().__init__(max_length=message_push.LONGEST_URL, required=False, **kwargs)
        self.rule = rule

    def read(self, typed: str) -> str:
        """Return the value; ValueError with a sentence."""
        return self.rule(typed)


class SettingsForm(forms.Form):
    """Where a platform is pushed to, where its authorizations lead back, who may call for it."""

    event_url = ReadField(
        label=gettext_lazy("Authorization events go to"),
        rule=message_push.read_url,
        help_text=gettext_lazy("Your server's own address, http or https. Empty: nothing is pushed."),
    )
    message_url = ReadField(
        label=gettext_lazy("Messages and events go to"),
        rule=settings.read_message_url,
        help_text=gettext_lazy("$APPID$ in it is each account's AppID. Empty: to the address above."),
    )
    token = ReadField(
        label="Token",
        rule=message_push.read_token,
        help_text=gettext_lazy("3 to 32 English letters and digits: it signs every push."),
    )
    key = ReadField(
        label="EncodingAESKey",
        rule=message_push.read_key,
        help_text=gettext_lazy(
            "43 English letters and digits: it locks every push, XML in safe mode. Empty: one is made."
        ),
    )
    redirect_domain = ReadField(
        label=gettext_lazy("Redirect domain"),
        rule=redirects.read_domain,
        help_text=gettext_lazy("The host that redirect_uri may lead to: platform.example.com, or localhost."),
    )
    addresses = LinesField(
        label=gettext_lazy("Addresses that may call"),
        read=allowlists.read,
        require_few=allowlists.require_few,
        rows=3,
        help_text=gettext_lazy("IPv4 or IPv6, one a line. Empty: calls from every address are answered."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a Token where something is pushed, and make a key that nobody chose."""
        typed = super().clean() or self.cleaned_data
        if typed.get("event_url"):
            if not typed.get("token") and "token" not in self.errors:
                self.add_error("token", ValidationError(_("Enter a Token.")))
            if not typed.get("key") and "key" not in self.errors:
                typed["key"] = message_push.make_key()
        return typed

    def settings(self) -> Settings:
        """Return the settings of a valid form."""
        typed = self.cleaned_data
        return Settings(
            redirect_domain=typed["redirect_domain"],
            addresses=tuple(typed["addresses"]),
            event_url=typed["event_url"],
            message_url=typed["message_url"],
            token=typed["token"],
            key=typed["key"],
        )
