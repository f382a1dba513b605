"""What is typed for a game coin: name and rate, partitions, testers, a call, the application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.member_forms import WeChatIdField
from payments import coins
from payments.models import GameCall, Partition
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField
from portal.outside.models import Person

LONGEST_BILL: Final = 63
LARGEST: Final = 10**40  # what is typed beyond is no number that a call could carry


class RefusableForm(forms.Form):
    """A form that shows a refusal of its action where it belongs."""

    whole: ClassVar[frozenset[str]] = frozenset()  # codes of refusals that belong to the form as a whole

    def refuse(self, refusal: Refused, **fields: str) -> None:
        """Put the sentence at the refusal's field; `fields` says what the action's field is called here.

        What belongs neither to a field nor to the whole form shuts the form: it is raised again, since
        the page shows the form no more.
        """
        field = fields.get(refusal.field, refusal.field)
        if field not in self.fields and refusal.code not in self.whole and not refusal.code.isdigit():
            raise refusal
        self.add_error(field if field in self.fields else None, refusal.message)


class CoinNameField(TextField):
    """A coin's name as `coins.read_name` takes it."""

    def read(self, typed: str) -> str:
        """Return the name; ValueError with a sentence."""
        return coins.read_name(typed)


class ZoneField(TextField):
    """A partition's zone ID as `coins.read_zone` takes it."""

    def read(self, typed: str) -> str:
        """Return the zone ID; ValueError with a sentence."""
        return coins.read_zone(typed)


class CoinForm(RefusableForm):
    """What the coin is called, and how many of it one yuan buys."""

    name = CoinNameField(
        max_length=coins.NAME_LENGTH[1],
        label=_("Coin name"),
        help_text=_("2 to 10 characters, as players read it. No legal tender, and no other game's coin."),
        error_messages={"required": _("Write what the coin is called.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    rate = forms.TypedChoiceField(
        coerce=int,
        label=_("Exchange rate"),
        choices=[(rate, str(rate)) for rate in coins.RATES],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how many coins one yuan buys: 1, 10 or 100."),
            "invalid_choice": _("Choose how many coins one yuan buys: 1, 10 or 100."),
        },
    )


class PartitionNameForm(RefusableForm):
    """What a partition is called."""

    name = TextField(
        max_length=coins.LONGEST_PARTITION,
        label=pgettext_lazy("partition", "Name"),
        help_text=_("At most 30 characters, for you; players see the game's own name."),
        error_messages={"required": _("Write what the partition is called.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PartitionForm(PartitionNameForm):
    """A new partition."""

    zone_id = ZoneField(
        max_length=coins.LONGEST_ZONE,
        label=_("Zone ID"),
        help_text=_("What the game sends: at most 32 English letters, digits, _ and -. It never changes."),
        error_messages={"required": _("Write the zone ID that the game sends.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    field_order = ("zone_id", "name")


class TesterForm(RefusableForm):
    """A new tester of the sandbox."""

    wechat_id = WeChatIdField(
        label=_("WeChat ID"),
        help_text=_("They can spend sandbox coins at once. They do not have to agree."),
        error_messages={"required": _("Enter the WeChat ID of the person.")},
    )


class CallForm(RefusableForm):
    """A call of the sandbox by hand: which, for whom, where, how many coins, under which numbers.

    What a call does not take is passed over. What is wrong with the numbers is the call's to answer.
    """

    call = forms.ChoiceField(
        label=_("Call"),
        choices=GameCall.Name.choices,
        error_messages={"required": _("Choose a call."), "invalid_choice": _("Choose a call.")},
    )
    player = forms.TypedChoiceField(
        coerce=int,
        label=_("Player"),
        error_messages={
            "required": _("Choose a player."),
            "invalid_choice": _("Choose one of the testers and members."),
        },
    )
    zone = forms.ChoiceField(
        label=_("Partition"),
        error_messages={
            "required": _("Choose a partition."),
            "invalid_choice": _("Choose one of the partitions."),
        },
    )
    amount = forms.IntegerField(
        label=_("Coins"),
        required=False,
        min_value=-LARGEST,
        max_value=LARGEST,
        help_text=_("A whole number. A balance query takes none."),
        error_messages={
            "invalid": _("Write a whole number of coins, such as 60."),
            "min_value": _("Write a whole number of coins, such as 60."),
            "max_value": _("Write a whole number of coins, such as 60."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    bill_no = TextField(
        max_length=2 * LONGEST_BILL,  # too long is the call's to answer
        label=_("Bill number"),
        required=False,
        help_text=_("The game's own number of this call. Left empty, one is made."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    pay_bill_no = TextField(
        max_length=2 * LONGEST_BILL,
        label=_("Bill number of the payment"),
        required=False,
        help_text=_("For a cancelled payment: which payment gives coins back."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        players: Sequence[Person],
        partitions: Sequence[Partition],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["player"].choices = [  # type: ignore[attr-defined]
            (person.pk, f"{person.name} ({person.wechat_id})") for person in players
        ]
        self.fields["zone"].choices = [  # type: ignore[attr-defined]
            (partition.zone_id, f"{partition.zone_id}: {partition.name}") for partition in partitions
        ]


class ApplicationForm(RefusableForm):
    """What the reviewer should know of the coin."""

    whole = frozenset({"incomplete"})

    statement = TextField(
        max_length=coins.LONGEST_STATEMENT,
        multiline=True,
        label=pgettext_lazy("coin application", "Statement"),
        help_text=_("What the coin is for, and where in the game it is sold. At most 500 characters."),
        error_messages={"required": _("Write what the coin is for and where it is sold.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
