"""Form fields for what people type: nothing reaches a validator or a database unread."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel import text

SHOWN_AGAIN = 1000  # characters of a refused value that a page repeats at least


class TextField(forms.CharField):
    """Human text as `portal.kernel.text.clean` leaves it; its refusal is the field's error.

    The input gets no `maxlength` attribute: browsers cut a pasted text at it without a word,
    and count an emoji as two. The sentence about the length comes from here.
    """

    def __init__(self, *, max_length: int, multiline: bool = False, **kwargs: Any) -> None:
        if multiline:
            kwargs.setdefault("widget", forms.Textarea)
        super().__init__(strip=False, **kwargs)
        self.limit = max_length
        self.multiline = multiline

    def read(self, typed: str) -> str:
        """Return the value that `typed` means; ValueError with a sentence. Subclasses override."""
        return text.clean(typed, max_length=self.limit, multiline=self.multiline)

    def to_python(self, value: Any) -> str | None:
        """Return the read value, or `empty_value` when nothing but white space was typed."""
        if value is None:
            return self.empty_value
        if not isinstance(value, str):
            raise ValidationError(_("This has to be text. Type it in the field."), code="invalid")
        if not value.strip():
            return self.empty_value
        try:
            return self.read(value) or self.empty_value
        except ValueError as refusal:
            raise ValidationError(str(refusal), code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what the page shows again: what was typed, showable, cut when absurdly long."""
        data = super().bound_data(data, initial)
        if not isinstance(data, str):
            return data
        return text.showable(data[: max(SHOWN_AGAIN, 2 * self.limit)])


class EmailField(TextField):
    """An e-mail address as `portal.kernel.text.email` reads it."""

    widget = forms.EmailInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=text.EMAIL_MAX_LENGTH, **kwargs)

    def read(self, typed: str) -> str:
        """Return the address in `typed`; ValueError with a sentence."""
        return text.email(typed)


class DayField(forms.DateField):
    """A day that every clock can hold."""

    # A browser reads no other format, whatever the language writes.
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs: Any) -> None:
        early = MinValueValidator(date(1900, 1, 1), gettext_lazy("Choose a day from 1900 on."))
        late = MaxValueValidator(date(2999, 12, 31), gettext_lazy("Choose a day up to 2999."))
        super().__init__(validators=[early, late], **kwargs)
