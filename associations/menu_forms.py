"""The custom menu as it is typed: a form for each button, and what the page's own buttons do to the tree.

All of it travels with every submission, so that a button is added, moved or removed without JavaScript
and without losing what was typed. Fields are called as `associations.menus` calls them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from associations import menus
from associations.menus import Button
from portal.kernel.errors import Refused

PAGES: Final = "menu-apps"  # the id of the list of associated AppIDs
FIELDS: Final = ("name", "type", "url", "text", "key", "appid", "pagepath")
_DO: Final = re.compile(r"(add|remove|up|down|move)(?::([0-9])(?:-([0-9]))?)?(?::([0-9]))?")


class ButtonForm(forms.Form):
    """One button. `associations.menus` reads what is typed: no field here refuses anything."""

    name = forms.Field(label=_("Name"))
    type = forms.Field(
        label=_("When it is tapped"),
        widget=forms.RadioSelect(
            choices=[
                (menus.VIEW, _("Open a page")),
                (menus.CLICK, _("Answer with a text")),
                (menus.MINI_PROGRAM, _("Open a Mini Program")),
            ]
        ),
    )
    appid = forms.Field(
        label=_("AppID"),
        widget=forms.TextInput(attrs={"list": PAGES, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Of an associated Mini Program: choose one, or type it."),
    )
    pagepath = forms.Field(
        label=_("Page path"),
        required=False,
        help_text=_("It opens as it does by itself when this is empty; a Mini Game takes a query alone."),
    )
    url = forms.Field(
        label=_("Page address"),
        help_text=_("For a Mini Program: the page to fall back to where it cannot be opened."),
    )
    text = forms.Field(
        label=pgettext_lazy("menu", "Text"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It appears in the conversation of whoever taps the button."),
    )
    key = forms.Field(
        label=pgettext_lazy("menu", "Key"),
        required=False,
        help_text=_(
            "What your server is told as EventKey; without it, the text. A key alone answers nothing."
        ),
    )
    use_required_attribute = False


@dataclass
class Row:
    """One button of the page: `place` is "0", or "0-1" below it; `is_open` shows its fields."""

    place: str
    number: int
    name: str
    form: ButtonForm
    is_first: bool
    is_last: bool
    is_open: bool = False
    moved: bool = False
    below: list[Row] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Return what the button does."""
        return "" if self.below else str(self.form["type"].value() or "")


def typed(post: Mapping[str, Any]) -> list[Button]:
    """Return the tree that was sent, as it was typed; one button more than there may be is seen, no more."""
    tree: list[Button] = []
    for top in _typed(post, "button", menus.TOP):
        place = f"button-{len(tree)}"
        tree.append(top | {"sub_button": list(_typed(post, place, menus.BELOW))})
    return tree


def _typed(post: Mapping[str, Any], prefix: str, most: int) -> Iterable[Button]:
    for nth in range(most + 1):
        if f"{prefix}-{nth}-name" not in post:
            return
        yield {name: post.get(f"{prefix}-{nth}-{name}", "") for name in FIELDS}


def changed(tree: list[Button], do: str) -> tuple[list[Button], str]:
    """Return the tree after one of the page's buttons, and the place of what it was done to.

    `do` is "add", "add:0", "remove:0-1", "up:0", "down:0-1" or "move:0-1:3"; any other changes nothing.
    """
    said = _DO.fullmatch(do)
    if said is None:
        return tree, ""
    what, top, below, to = said.groups()
    if what == "add":
        return _added(tree, top)
    beside = tree if below is None else _below(tree, top)
    at = int(below or top or menus.TOP + 1)
    if at >= len(beside):
        return tree, ""
    if what == "remove":
        del beside[at]
        return tree, ""
    target = {"up": at - 1, "down": at + 1}.get(what, int(to or at))
    target = min(max(target, 0), len(beside) - 1)
    beside.insert(target, beside.pop(at))
    return tree, f"{target}" if below is None else f"{top}-{target}"


def _added(tree: list[Button], top: str | None) -> tuple[list[Button], str]:
    new: Button = dict.fromkeys(FIELDS, "") | {"type": menus.VIEW}
    beside, most = (tree, menus.TOP) if top is None else (_below(tree, top), menus.BELOW)
    if len(beside) >= most or (top is not None and int(top) >= len(tree)):
        return tree, ""
    beside.append(new)
    last = len(beside) - 1
    return tree, f"{last}" if top is None else f"{top}-{last}"


def _below(tree: list[Button], top: str) -> list[Button]:
    below: list[Button] = tree[int(top)].setdefault("sub_button", []) if int(top) < len(tree) else []
    return below


def rows(tree: list[Button], faults: Iterable[Refused], shown: str) -> tuple[list[Row], list[Refused]]:
    """Return the buttons as the page shows them, each fault at its field, and the faults without one.

    `shown`: the place of the button that was just added or moved.
    """
    found = _rows(tree, "", shown)
    by_place = {row.place: row for top in found for row in (top, *top.below)}
    loose = []
    for fault in faults:
        place, _dash, name = fault.field.removeprefix("button-").rpartition("-")
        if name in FIELDS and place in by_place:
            row = by_place[place]
            row.form.add_error(name, fault.message)
            row.is_open = True
        else:
            loose.append(fault)
    return found, loose


def _rows(buttons: list[Button], above: str, shown: str) -> list[Row]:
    found = []
    for nth, button in enumerate(buttons):
        place = f"{above}{nth}"
        data = {f"button-{place}-{name}": button.get(name, "") for name in FIELDS}
        row = Row(
            place=place,
            number=nth + 1,
            name=str(button.get("name", "")),
            form=ButtonForm(data, prefix=f"button-{place}"),
            is_first=nth == 0,
            is_last=nth == len(buttons) - 1,
            is_open=place == shown and not button.get("name"),
            moved=place == shown,
            below=_rows(button.get("sub_button") or [], f"{place}-", shown),
        )
        # Only the reading of the tree says what is wrong.
        row.form.full_clean()
        row.form.errors.clear()
        found.append(row)
    return found
