"""Who decides a kind of review in a world, as the page of the review policy asks it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel.forms import TextField
from portal.kernel.models import ReviewPolicy, Verdict
from portal.kernel.reviews import LONGEST_REASON, Kind

AFTER: Final = {
    "0": (timedelta(), gettext_lazy("at once")),
    "600": (timedelta(minutes=10), gettext_lazy("after 10 minutes")),
    "3600": (timedelta(hours=1), gettext_lazy("after an hour")),
    "86400": (timedelta(days=1), gettext_lazy("after a day")),
    "259200": (timedelta(days=3), gettext_lazy("after 3 days")),
    "604800": (timedelta(days=7), gettext_lazy("after 7 days")),
}


class PolicyForm(forms.Form):
    """One kind's policy. The script is written a verdict a line, with its reason after a colon."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Who decides"), choices=ReviewPolicy.Mode.choices, widget=forms.RadioSelect
    )
    after = forms.ChoiceField(
        label=gettext_lazy("When, in world time"),
        choices=[(seconds, label) for seconds, (_length, label) in AFTER.items()],
        help_text=gettext_lazy("For the two ways that need no reviewer."),
    )
    script = TextField(
        label=gettext_lazy("Script"),
        max_length=20_000,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One verdict a line, taken from the top: approve, or return: the reason, or reject: the reason."
            " When none is left, a reviewer decides."
        ),
    )

    def __init__(self, kind: Kind, saved: ReviewPolicy, data: Mapping[str, Any] | None = None) -> None:
        after = saved.after or timedelta()
        super().__init__(
            data,
            auto_id=f"{kind.name.replace('.', '_')}_%s",
            initial={
                "mode": saved.mode,
                "after": str(int(after.total_seconds())),
                "script": "\n".join(_line(scripted) for scripted in saved.verdicts),
            },
        )
        self.kind = kind
        field = self.fields["after"]
        seconds = self.initial["after"]
        if seconds not in AFTER and isinstance(field, forms.ChoiceField):
            # A length that the control API set stays choosable.
            field.choices = [
                *field.choices,  # type: ignore[misc]
                (seconds, _("after %(seconds)s seconds") % {"seconds": seconds}),
            ]

    def clean_script(self) -> list[dict[str, Any]]:
        """Return the scripted verdicts; an error names the line that is none."""
        verdicts = []
        for number, line in enumerate(self.cleaned_data["script"].splitlines(), 1):
            if not line.strip():
                continue
            verdict, _colon, reason = (part.strip() for part in line.partition(":"))
            verdict = verdict.casefold()
            if verdict not in self.kind.verdicts:
                raise ValidationError(
                    _("Line %(number)d: write approve, return or reject first.") % {"number": number}
                )
            if verdict != Verdict.Kind.APPROVE and not reason:
                raise ValidationError(
                    _("Line %(number)d: give the reason after a colon.") % {"number": number}
                )
            if len(reason) > LONGEST_REASON:
                raise ValidationError(
                    _("Line %(number)d: a reason holds at most %(count)d characters.")
                    % {"number": number, "count": LONGEST_REASON}
                )
            scripted: dict[str, Any] = {"verdict": verdict}
            if verdict != Verdict.Kind.APPROVE:
                scripted["reasons"] = [_reason(self.kind, reason)]
            verdicts.append(scripted)
        return verdicts

    def clean(self) -> dict[str, Any]:
        """Refuse a script without a verdict."""
        data = super().clean() or {}
        if data.get("mode") == ReviewPolicy.Mode.SCRIPTED and data.get("script") == []:
            self.add_error("script", _("Write at least one verdict."))
        return data

    def as_policy(self) -> dict[str, Any]:
        """Return what `reviews.set_policy` takes."""
        data = self.cleaned_data
        return {
            "mode": data["mode"],
            "after": timedelta(seconds=int(data["after"])),
            "verdicts": data["script"],
        }


def _reason(kind: Kind, typed: str) -> dict[str, str]:
    """Return a reason as a script keeps it: by its code where one of the canned ones was named."""
    canned = {each.code for each in kind.canned}
    return {"code": typed} if typed in canned else {"text": typed}


def _line(scripted: Mapping[str, Any]) -> str:
    reasons = " ".join(
        str(reason.get("text") or reason.get("code", "")) for reason in scripted.get("reasons", [])
    )
    return f"{scripted['verdict']}: {reasons}" if reasons else str(scripted["verdict"])
