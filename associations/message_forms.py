"""Message templates and template messages, as they are typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from accounts.samples import Sample
from associations import actions
from associations.models import Follower, MessageTemplate

APPS: Final = "message-apps"  # the id of the list of associated AppIDs
NOBODYS: Final = "wx00000000000000ff"


class TemplateForm(forms.Form):
    """A new template. `actions.add_template` reads it: no field here refuses anything."""

    title = forms.Field(label=_("Title"), help_text=_("At most 40 characters."))
    content = forms.Field(
        label=pgettext_lazy("message template", "Content"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("With at least one place to fill, written like {{first.DATA}}."),
    )
    use_required_attribute = False


class MessageForm(forms.Form):
    """One message; its template's places are fields called `data-first`. `actions.send` reads it."""

    template = forms.Field(label=_("Template"), widget=forms.Select)
    person = forms.Field(label=_("Follower"), widget=forms.Select)
    url = forms.Field(
        label=_("Page address"),
        required=False,
        help_text=_("What the message opens when it opens no Mini Program."),
    )
    appid = forms.Field(
        label=_("AppID"),
        required=False,
        widget=forms.TextInput(attrs={"list": APPS, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Of an associated Mini Program: choose one, or type it. It may stay empty."),
    )
    pagepath = forms.Field(
        label=_("Page path"),
        required=False,
        help_text=_("It opens as it does by itself when this is empty; a Mini Game takes a query alone."),
    )
    use_required_attribute = False

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        templates: Iterable[MessageTemplate],
        followers: Iterable[Follower],
        chosen: MessageTemplate | None,
    ) -> None:
        super().__init__(data)
        self.keys = actions.places(chosen.content) if chosen else []
        self.fields["template"].widget.choices = [(each.template_id, each.title) for each in templates]
        self.fields["person"].widget.choices = [(each.person_id, each.person.name) for each in followers]
        places = {f"data-{key}": forms.Field(label=f"{{{{{key}.DATA}}}}") for key in self.keys}
        head = {name: self.fields.pop(name) for name in ("template", "person")}
        self.fields = {**head, **places, **self.fields}
        # Only the reading of what is sent says what is wrong.
        self.full_clean()
        self.errors.clear()

    def values(self) -> dict[str, object]:
        """Return what was typed for each place."""
        return {key: self.data.get(f"data-{key}", "") for key in self.keys}


def template_samples() -> list[Sample]:
    """Return templates to begin with, and one without a place."""
    result = str(_("{{first.DATA}}\nGame: {{game.DATA}}\nScore: {{score.DATA}}"))
    title = str(_("Result"))
    return [
        {
            "label": _("A result"),
            "fields": {"title": title, "content": result},
            "valid": True,
        },
        {
            "label": _("One without a place"),
            "fields": {"title": title, "content": str(_("Well played."))},
            "valid": False,
        },
    ]


def message_samples(allowed: Mapping[str, Account], keys: Iterable[str]) -> list[Sample]:
    """Return messages to fill the places with; the broken one opens what is not associated."""
    places = {f"data-{key}": str(_("Lantern Fair")) for key in keys}
    appid = next(iter(allowed), "")
    opens = {
        "appid": appid,
        "pagepath": "?from=message" if appid else "",
        "url": "https://news.example/score",
    }
    return [
        {"label": _("A message"), "fields": places | opens, "valid": True},
        {
            "label": _("One with an AppID that is not associated"),
            "fields": places | {"appid": NOBODYS, "pagepath": "", "url": ""},
            "valid": False,
        },
    ]
