"""What is typed and chosen for a member: the WeChat ID, the role, and what is granted besides (DEV-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import places
from accounts.models import Account
from portal.kernel import policy
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField
from portal.kernel.terms import Role

CHOOSE_ROLE: Final = {"required": _("Choose a role."), "invalid_choice": _("Choose a role.")}

# What a role is for, in one line; what it may exactly is the matrix's to say.
WHAT_FOR: Final[dict[str, Promise]] = {
    Role.OPERATOR: _("Runs the Mini Program: information, payment, promotion, data."),
    Role.DEVELOPER: _("Builds it: uploads versions, sets domains and message push."),
    Role.DATA_ANALYST: _("Reads its figures."),
    Role.EXPERIENCE_MEMBER: _("Opens the experience version on the phone, and nothing else."),
}
WHAT_FOR_OFFICIAL: Final[Mapping[str, Promise]] = WHAT_FOR | {
    Role.OPERATOR: _("Runs the Official Account: information, menu, articles, messages."),
    Role.DEVELOPER: _("Connects its server: API allowlist and message push."),
}


class WeChatIdField(TextField):
    """A WeChat ID: case does not count."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=places.LONGEST_WECHAT_ID, **kwargs)

    def read(self, typed: str) -> str:
        """Return the WeChat ID; ValueError with a sentence (86004)."""
        return places.read_wechat_id(typed)


class RoleForm(forms.Form):
    """A role among `roles`, and the permissions that can be granted to the one chosen.

    `chosen` is the role that the ticks are for: what was sent, or else what is shown at first.
    """

    role = forms.ChoiceField(label=_("Role"), error_messages=CHOOSE_ROLE)
    granted = forms.MultipleChoiceField(
        label=_("Granted besides"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("This role cannot be granted all of that. Look at the permissions again."),
            "invalid_list": _("This role cannot be granted all of that. Look at the permissions again."),
        },
    )

    def __init__(
        self,
        data: Any = None,
        *,
        account: Account,
        roles: Sequence[Role],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        chosen = self["role"].value()
        self.chosen = Role(chosen) if chosen in roles else roles[0]
        self.grantable = policy.grantable(self.chosen, account.type)
        self.fields["granted"].choices = [(one.value, one.label) for one in self.grantable]  # type: ignore[attr-defined]

    def refuse(self, refusal: Refused) -> None:
        """Put a refusal at its field, or on the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class MemberForm(RoleForm):
    """A new member: who, and as what."""

    wechat_id = WeChatIdField(
        label=_("WeChat ID"),
        help_text=_("As the person sees it in WeChat. They do not have to agree."),
        error_messages={"required": _("Enter the WeChat ID of the person.")},
    )


def cards(account: Account, roles: Sequence[Role], shut: Mapping[Role, str]) -> list[dict[str, Any]]:
    """Return the roles as `_partials/choices.html` wants them; `shut` says why a role cannot be taken."""
    what_for = WHAT_FOR_OFFICIAL if account.type.is_official else WHAT_FOR
    return [
        {
            "value": role.value,
            "title": role.label,
            "text": what_for[role],
            "shut_reason": shut.get(role, ""),
        }
        for role in roles
    ]
