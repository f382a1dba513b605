"""Form fields for the numbers of people and companies."""

from datetime import date
from typing import Any

from django import forms

from portal.kernel.forms import TextField
from portal.outside import numbers


class IdCardField(TextField):
    """A resident ID card number. The form sets `today`, its world's date in Shanghai."""

    today: date

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=18, **kwargs)

    def read(self, typed: str) -> str:
        """Return the 18 characters; ValueError with a sentence."""
        return numbers.id_card(typed, today=self.today)


class CreditCodeField(TextField):
    """A 15-digit licence number or an 18-character unified social credit code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=18, **kwargs)

    def read(self, typed: str) -> str:
        """Return the number or the code; ValueError with a sentence."""
        return numbers.licence_or_credit_code(typed)


class OrganisationCodeField(TextField):
    """A unified social credit code of 18 characters, or an organisation code XXXXXXXX-X."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=18, **kwargs)

    def read(self, typed: str) -> str:
        """Return the code; ValueError with a sentence."""
        return numbers.credit_or_organisation_code(typed)


class MobileField(TextField):
    """A mobile number of 11 digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TelInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=11, **kwargs)

    def read(self, typed: str) -> str:
        """Return the 11 digits; ValueError with a sentence."""
        return numbers.mobile(typed)
