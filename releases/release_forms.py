"""To whom a version is released, how far a phased release grows, what comes back, why the service stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel.forms import TextField
from releases.models import Release
from releases.obstacles import ALL

EVERYBODY: Final = "all"
SHARE: Final = "share"


class PercentField(forms.IntegerField):
    """A share of the players in whole percent."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        numbers = {"inputmode": "numeric", "min": least, "max": ALL, "step": 1}
        super().__init__(
            widget=forms.NumberInput(attrs=numbers),
            validators=[
                MinValueValidator(least, gettext_lazy("Choose a share from %(limit_value)d to 100 percent.")),
                MaxValueValidator(ALL, gettext_lazy("Choose a share up to 100 percent.")),
            ],
            error_messages={"invalid": gettext_lazy("Write a whole number of percent, such as 5.")},
            **kwargs,
        )


class ReleaseForm(forms.Form):
    """Whom an approved version is released to."""

    to = forms.ChoiceField(
        label=gettext_lazy("Players"),
        choices=[
            (EVERYBODY, gettext_lazy("All players at once")),
            (SHARE, gettext_lazy("A share first, in a phased release")),
        ],
        initial=EVERYBODY,
        widget=forms.RadioSelect,
    )
    percent = PercentField(
        label=gettext_lazy("Share in percent"),
        required=False,
        help_text=gettext_lazy(
            "For a phased release. The share only grows; after 15 days all players have the version."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, is_first: bool) -> None:
        super().__init__(data)
        if is_first:
            self.fields["to"].help_text = _("The first version goes to all players (85079).")
            del self.fields["percent"]
            field = self.fields["to"]
            if isinstance(field, forms.ChoiceField):
                field.choices = list(field.choices)[:1]  # type: ignore[arg-type]

    def clean(self) -> dict[str, Any]:
        """Refuse a phased release without a share."""
        data = super().clean() or {}
        if data.get("to") == SHARE and data.get("percent") is None and "percent" not in self.errors:
            self.add_error("percent", _("Write the share: a whole number of percent, such as 5."))
        return data

    @property
    def share(self) -> int:
        """Return the share that was chosen, in percent."""
        data = self.cleaned_data
        return int(data["percent"]) if data["to"] == SHARE else ALL


class GrowForm(forms.Form):
    """How many players a phased release reaches next."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, release: Release) -> None:
        super().__init__(data)
        self.fields["percent"] = PercentField(
            label=_("New share in percent"),
            least=release.percent + 1,
            help_text=_("Who has the version keeps it while the share grows. It never shrinks (85082)."),
        )


class RollBackForm(forms.Form):
    """Which of the earlier versions comes back."""

    to = forms.TypedChoiceField(
        label=gettext_lazy("Version"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a version."),
            "invalid_choice": gettext_lazy("Choose one of the versions in the list."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, choices: Sequence[Release]) -> None:
        super().__init__(data)
        field = self.fields["to"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(choice.pk, choice.submission.version.number) for choice in choices]
        if choices:
            field.initial = choices[0].pk


class SuspendForm(forms.Form):
    """Why the service is suspended."""

    reason = TextField(
        label=gettext_lazy("Reason"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write why. The log keeps it.")},
        help_text=gettext_lazy("For the operation log; players do not see it. At most 200 characters."),
    )
