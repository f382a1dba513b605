"""What is typed into a submission: pages, notes, documents' fields, the sandbox account (REL-3 to REL-5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import categories as tree
from accounts.models import Account
from portal.kernel import text
from portal.kernel.forms import TextField
from releases import details, sandbox_accounts
from releases.models import Submission
from releases.qualifications import Field, Slot

PICTURES: Final = "image/jpeg,image/png,image/gif,image/bmp"


class ReadField(TextField):
    """Text that one of the rules of `details` reads."""

    def __init__(self, read: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(max_length=details.LONGEST_TYPED, **kwargs)
        self.rule = read

    def read(self, typed: str) -> str:
        """Return what the rule reads in it; ValueError with its sentence."""
        return self.rule(typed)


class KeptForm(forms.Form):
    """A form whose every value is kept, right or wrong. Unbound it shows what is kept."""

    def typed(self) -> dict[str, str]:
        """Return each value as it was read, else as it was typed, showable."""
        read = getattr(self, "cleaned_data", {})
        return {
            name: str(read[name])
            if name in read
            else text.showable(str(self.data.get(self.add_prefix(name), ""))[: details.LONGEST_TYPED])
            for name in self.fields
        }


class PageForm(KeptForm):
    """One feature page. `choices` are the categories in use: code and label."""

    title = ReadField(
        details.read_title,
        label=gettext_lazy("Title"),
        error_messages={"required": gettext_lazy("Enter a title for this page (85011).")},
    )
    tags = ReadField(
        details.read_tags,
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("At most 10 with a space between them, each at most 20 characters."),
        error_messages={"required": gettext_lazy("Enter at least one tag (85006).")},
    )
    path = ReadField(
        str,
        required=False,
        label=gettext_lazy("Page path"),
        help_text=gettext_lazy("A file of the package. Empty is the start of the game."),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        error_messages={
            "required": gettext_lazy("Choose a category (85008)."),
            "invalid_choice": gettext_lazy("This category is not in use (85008). Choose one of the list."),
        },
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        files: Collection[str],
        choices: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        path: Any = self.fields["path"]
        path.rule = lambda typed: details.read_path(typed, files)
        category: Any = self.fields["category"]
        category.choices = [("", _("Choose")), *choices]


class DetailsForm(KeptForm):
    """What goes with the pages: the game's category, notes, remark, and after a rejection feedback."""

    category = forms.ChoiceField(
        label=gettext_lazy("Game category"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The one that the game is judged by; it has to be what the game is."),
        error_messages={
            "required": gettext_lazy("Confirm the category of the game."),
            "invalid_choice": gettext_lazy("This category is not in use (85008). Choose one of the list."),
        },
    )
    notes = ReadField(
        details.read_notes,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=gettext_lazy("Version notes"),
        help_text=gettext_lazy("What is new in this version, at most 200 characters."),
        error_messages={"required": gettext_lazy("Write what is new in this version.")},
    )
    feedback = TextField(
        max_length=details.LONGEST_FEEDBACK,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=gettext_lazy("Feedback on the last rejection"),
        help_text=gettext_lazy("Tell the reviewer what changed, at most 200 characters."),
    )
    remark = TextField(
        max_length=details.LONGEST_REMARK,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label=pgettext_lazy("submission", "Remark"),
        help_text=gettext_lazy("For the reviewer alone, at most 200 characters."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        choices: Sequence[tuple[str, str]],
        rejected: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        category: Any = self.fields["category"]
        category.choices = choices
        if not rejected:
            del self.fields["feedback"]


class DocumentForm(KeptForm):
    """The typed fields beside one document, as the table says; its picture has a slot of its own."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, slot: Slot, **kwargs: Any) -> None:
        super().__init__(data, prefix=slot.name, **kwargs)
        for field in slot.fields:
            self.fields[field.name] = ReadField(
                _checked(field),
                label=field.label,
                help_text=field.hint,
                error_messages={"required": field.hint},
            )


class SandboxForm(KeptForm):
    """The sandbox account. Who typed it may leave its secrets empty: they stay as they are."""

    type = forms.ChoiceField(
        label=gettext_lazy("Account type"),
        choices=[
            ("sandbox", gettext_lazy("Sandbox account, on a test server")),
            ("formal", gettext_lazy("Account on the server that players use")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose where the account is.")},
    )
    account = TextField(
        max_length=sandbox_accounts.FIELDS["account"],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        label=gettext_lazy("Account"),
        error_messages={"required": gettext_lazy("Enter the account.")},
    )
    password = TextField(
        max_length=sandbox_accounts.FIELDS["password"],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label=gettext_lazy("Password"),
        error_messages={"required": gettext_lazy("Enter the password of the account.")},
    )
    server = TextField(
        max_length=sandbox_accounts.FIELDS["server"],
        required=False,
        label=gettext_lazy("Server or zone"),
        help_text=gettext_lazy("Where to log in, if there are several."),
    )
    tester = TextField(
        max_length=sandbox_accounts.FIELDS["tester"],
        required=False,
        label=gettext_lazy("WeChat ID of the tester"),
        help_text=gettext_lazy("Whom the reviewer may ask."),
    )
    notes = TextField(
        max_length=sandbox_accounts.FIELDS["notes"],
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label=gettext_lazy("Notes"),
        help_text=gettext_lazy("How to reach what needs the account, at most 200 characters."),
    )
    valid_until = TextField(
        max_length=sandbox_accounts.FIELDS["valid_until"],
        widget=forms.DateInput(attrs={"type": "date"}),
        label=gettext_lazy("Valid until"),
        error_messages={"required": gettext_lazy("Enter the day until which the account can be used.")},
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, now: datetime, mine: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.now = now
        self.mine = mine
        for name in sandbox_accounts.SECRET:
            self.fields[name].required = not mine.get(name)
            self.fields[name].help_text = (
                _("%(masked)s is kept. Leave it empty to keep it.")
                % {"masked": sandbox_accounts.masked(mine[name]) if name == "account" else "*" * 6}
                if mine.get(name)
                else ""
            )

    def clean_valid_until(self) -> str:
        """Return the day, after today in the world."""
        day: str = self.cleaned_data["valid_until"]
        if not sandbox_accounts.is_ahead(day, self.now):
            raise forms.ValidationError(
                _("The account has to be valid beyond today, by the world's clock. Choose a later day.")
            )
        return day

    def typed(self) -> dict[str, str]:
        """Return what is kept next: a secret that was left empty stays."""
        found = super().typed()
        for name in sandbox_accounts.SECRET:
            found[name] = found[name] or self.mine.get(name, "")
        return found


def category_choices(account: Account, in_use: Collection[str]) -> list[tuple[str, str]]:
    """Return the categories in use as a list to choose from: code and label, in the tree's order."""
    level = tree.LEVELS.get(account.first_category)
    if level is None:
        return []
    return [
        (found.code, tree.label(level.code, found.code)) for found in level.classes if found.code in in_use
    ]


def pages_of(submission: Submission) -> list[dict[str, str]]:
    """Return the feature pages that are kept, one empty page at least."""
    return submission.details.get("pages") or [{}]


def _checked(field: Field) -> Callable[[str], str]:
    def read(typed: str) -> str:
        value = text.clean(typed, max_length=details.LONGEST_TYPED)
        if not field.is_right(value):
            raise ValueError(str(field.hint))
        return value

    return read
