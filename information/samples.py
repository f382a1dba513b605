"""What *Fill with a sample* types into an introduction: a valid one, and one broken of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Sample(TypedDict):
    """One button of `_partials/samples.html`."""

    label: StrOrPromise
    fields: dict[str, str]
    valid: bool


def _sample(label: StrOrPromise, text: str, *, valid: bool = False) -> Sample:
    return {"label": label, "fields": {"introduction": text}, "valid": valid}


INTRODUCTIONS: Final = (
    _sample(_("Valid"), "Fold a paper kite, wait for the wind and let it fly over the harbour.", valid=True),
    _sample(_("Valid, in Chinese"), "折一只纸风筝，等风起时放飞，看它飞过港湾。", valid=True),
    _sample(_("Too short"), "Fly"),
    _sample(_("Phone number"), "Call 100 1234 5678 to book a flight with us."),
    _sample(_("Web address"), "More kites at www.kite.example every day."),
    _sample(_("WeChat number"), "加微信号 paperkite，领取更多风筝。"),
    _sample(_("Blocked word"), "The best casino of the harbour, in paper."),
)
