"""Form fields for the numbers of people and companies."""

import re
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from portal.kernel.forms import TextField
from portal.outside import numbers

_LANDLINE: Final = re.compile(r"0[0-9]{2,3}-[0-9]{7,8}")


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


class BankNumberField(TextField):
    """An account number at a bank; spaces between its groups are left out."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(max_length=40, **kwargs)

    def read(self, typed: str) -> str:
        """Return the 8 to 30 digits; ValueError with a sentence."""
        return numbers.bank_account(super().read(typed))


class LandlineField(TextField):
    """A fixed line with its area code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TelInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def read(self, typed: str) -> str:
        """Return the number as 0512-12345678; ValueError with a sentence."""
        number = super().read(typed).replace(" ", "")
        if not _LANDLINE.fullmatch(number):
            raise ValueError(_("Write the landline with its area code, like 0512-12345678."))
        return number
