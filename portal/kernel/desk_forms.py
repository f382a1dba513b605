"""What a reviewer fills in: the verdict with its checklist, facts and reasons, and a message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel import pictures
from portal.kernel.calendar import SHANGHAI
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField
from portal.kernel.models import Verdict
from portal.kernel.pictures import Picture
from portal.kernel.reviews import LONGEST_MESSAGE, LONGEST_REASON, MOST_SCREENSHOTS, Fact, Kind, Reason

OWN_REASONS: Final = 4
PASSED: Final = "pass"
FAILED: Final = "fail"


@dataclass(frozen=True)
class Offered:
    """A canned reason as the desk offers it; `told` is what the applicant reads, where that differs."""

    code: str
    text: str
    told: str
    field: str
    chosen: bool


class DecisionForm(forms.Form):
    """A verdict on one review. An approval needs every point of the checklist passed.

    `screenshots` are those that were sent along, once the form is valid.
    """

    verdict = forms.ChoiceField(choices=Verdict.Kind.choices, error_messages={"required": ""})
    canned = forms.MultipleChoiceField(required=False)
    until = TextField(max_length=40, required=False, label=gettext_lazy("Delay until"))
    note = TextField(max_length=500, required=False, multiline=True, label=gettext_lazy("Note"))

    language = "en"  # the applicant's, set by the page that offers reasons

    def __init__(
        self,
        kind: Kind,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
    ) -> None:
        super().__init__(data)
        self.kind = kind
        self.sent = files.getlist("screenshots") if files and kind.screenshots else []
        self.screenshots: list[Picture] = []
        self._choices("canned", [(each.code, each.text) for each in kind.canned])
        for code, label in kind.checklist:
            self._radio(f"check_{code}", str(label), [(PASSED, _("Pass")), (FAILED, _("Fail"))])
        for fact in kind.facts:
            self._radio(f"fact_{fact.name}", str(fact.label), fact.choices)
        for number in range(OWN_REASONS):
            self.fields[f"own_field_{number}"] = forms.ChoiceField(
                choices=[("", _("The whole application")), *kind.fields], required=False
            )
            self.fields[f"own_text_{number}"] = TextField(
                max_length=LONGEST_REASON, required=False, multiline=True, label=_("Reason")
            )

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def _radio(self, name: str, label: str, choices: Any) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    # --- for the page ---

    def checks(self) -> Iterator[tuple[str, str, str]]:
        """Return the points to go through: the control's name, its sentence, what was ticked."""
        for code, label in self.kind.checklist:
            name = f"check_{code}"
            yield name, str(label), str(self[name].value() or "")

    def facts(self) -> Iterator[tuple[str, Fact, str]]:
        """Return what an approval says beside itself: the control's name, the fact, what was chosen."""
        for fact in self.kind.facts:
            name = f"fact_{fact.name}"
            yield name, fact, str(self[name].value() or "")

    def offered(self) -> list[Offered]:
        """Return the canned reasons in the reader's language and, where it differs, the applicant's."""
        with translation.override(self.language):
            told = {each.code: str(each.text) for each in self.kind.canned}
        labels = dict(self.kind.fields)
        chosen = self["canned"].value() or []
        return [
            Offered(
                each.code,
                str(each.text),
                told[each.code] if told[each.code] != str(each.text) else "",
                str(labels.get(each.field, "")),
                each.code in chosen,
            )
            for each in self.kind.canned
        ]

    def own(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the rows for reasons of one's own: the field it is tied to, and the words."""
        return [(self[f"own_field_{number}"], self[f"own_text_{number}"]) for number in range(OWN_REASONS)]

    # --- for the action ---

    def clean_until(self) -> datetime | None:
        """Return the moment in UTC, read in Shanghai, or None."""
        typed = self.cleaned_data["until"]
        if not typed:
            return None
        try:
            found = datetime.fromisoformat(typed)
            return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise forms.ValidationError(
                _("This is not a date and time. Write it like 2019-03-09 10:00.")
            ) from None

    def clean(self) -> dict[str, Any]:
        """Refuse an approval that is not judged through, and reasons that are missing."""
        data = super().clean() or {}
        verdict = data.get("verdict")
        failing = [code for code, _label in self.kind.checklist if data.get(f"check_{code}") != PASSED]
        if verdict == Verdict.Kind.APPROVE and failing:
            self.add_error(
                None,
                _("Not approved: %(count)d of %(all)d points did not pass. Every point has to.")
                % {"count": len(failing), "all": len(self.kind.checklist)},
            )
        for fact in self.kind.facts:
            value = data.get(f"fact_{fact.name}")
            if verdict == Verdict.Kind.APPROVE and not value:
                self.add_error(None, _("Not approved: judge this too: %(fact)s.") % {"fact": fact.label})
            if verdict == Verdict.Kind.APPROVE and value in fact.needs_reason and not self.reasons():
                self.add_error(
                    None, _("Not approved: give the reason why this failed: %(fact)s.") % {"fact": fact.label}
                )
        if verdict in {Verdict.Kind.REJECT, Verdict.Kind.RETURN} and not self.reasons():
            self.add_error(None, _("Not decided: give at least one reason."))
        if verdict == Verdict.Kind.DELAY and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Not delayed: choose a moment after now."))
        self._read_screenshots()
        return data

    def _read_screenshots(self) -> None:
        """Draw the screenshots anew, or refuse each that is no picture by its name."""
        if len(self.sent) > MOST_SCREENSHOTS:
            self.add_error(
                None,
                _("Not decided: a verdict takes at most %(count)d screenshots.")
                % {"count": MOST_SCREENSHOTS},
            )
            return
        for sent in self.sent:
            try:
                self.screenshots.append(pictures.read(sent))
            except Refused as refusal:
                self.add_error(None, f"{sent.name}: {refusal.message}")

    def reasons(self) -> list[Reason]:
        """Return the reasons given: the canned ones by code, then the reviewer's own."""
        data = self.cleaned_data
        own = [
            Reason(data[f"own_text_{number}"], "", data.get(f"own_field_{number}") or "")
            for number in range(OWN_REASONS)
            if data.get(f"own_text_{number}")
        ]
        return [Reason(code=code) for code in data.get("canned") or []] + own

    def judged(self) -> dict[str, Any]:
        """Return the facts that the verdict keeps: the checklist as ticked, and each fact chosen."""
        data = self.cleaned_data
        checklist = {
            code: data[f"check_{code}"] for code, _label in self.kind.checklist if data.get(f"check_{code}")
        }
        facts = {
            fact.name: data[f"fact_{fact.name}"] for fact in self.kind.facts if data.get(f"fact_{fact.name}")
        }
        return facts | ({"checklist": checklist} if checklist else {})


class MessageForm(forms.Form):
    """A message to the applicant."""

    message = TextField(max_length=LONGEST_MESSAGE, multiline=True, label=gettext_lazy("Message"))
