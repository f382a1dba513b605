"""An article as it is typed: a form for its head, one for each part, and what the page's buttons do to them.

All of it travels with every submission, so that a part is added, moved or removed without JavaScript and
without losing what was typed. Fields are called as `associations.blocks` calls them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from associations import blocks
from associations.blocks import Block
from associations.models import Illustration
from portal.kernel.errors import Refused

APPS: Final = "article-apps"  # the id of the list of associated AppIDs
HEAD: Final = ("title", "author", "digest", "cover")
KINDS: Final = {
    blocks.TEXT: pgettext_lazy("part of an article", "Text"),
    blocks.PICTURE: pgettext_lazy("part of an article", "Picture"),
    blocks.CARD: _("Mini Program card"),
    blocks.IMAGE: _("Mini Program behind a picture"),
    blocks.LINK: _("Mini Program behind a text"),
}
_DO: Final = re.compile(r"(remove|up|down):([0-9]{1,2})", re.ASCII)
_FIELD: Final = re.compile(r"block-([0-9]{1,4})-([a-z]+)", re.ASCII)


class HeadForm(forms.Form):
    """What stands above the parts. `actions.read_article` reads it: no field here refuses anything."""

    title = forms.Field(label=_("Title"))
    author = forms.Field(label=_("Author"), required=False)
    digest = forms.Field(
        label=_("Summary"),
        required=False,
        widget=forms.TextInput,
        help_text=_("One line below the title, of at most 120 characters."),
    )
    cover = forms.Field(label=_("Cover"), required=False, widget=forms.Select)
    use_required_attribute = False


class BlockForm(forms.Form):
    """One part, with the fields that its kind consists of."""

    text = forms.Field(label=pgettext_lazy("part of an article", "Text"))
    appid = forms.Field(
        label=_("AppID"),
        widget=forms.TextInput(attrs={"list": APPS, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Of an associated Mini Program: choose one, or type it."),
    )
    path = forms.Field(
        label=_("Page path"),
        required=False,
        help_text=_("It opens as it does by itself when this is empty; a Mini Game takes a query alone."),
    )
    title = forms.Field(label=_("Title"))
    picture = forms.Field(label=pgettext_lazy("part of an article", "Picture"), widget=forms.Select)
    use_required_attribute = False

    def __init__(self, *args: Any, kind: str, pictures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {name: self.fields[name] for name in blocks.FIELDS[kind]}
        if "picture" in self.fields:
            self.fields["picture"].widget.choices = pictures
        if kind == blocks.TEXT:
            self.fields["text"].widget = forms.Textarea(attrs={"rows": 5})


@dataclass(frozen=True)
class Row:
    """One part on the page, the first is number 1."""

    at: int
    kind: str
    label: str
    form: BlockForm
    is_first: bool
    is_last: bool

    @property
    def number(self) -> int:
        """Return its number as people count."""
        return self.at + 1


def typed(post: Mapping[str, Any]) -> dict[str, Any]:
    """Return the article that was sent, as it was typed; one part more than there may be is seen, no more."""
    body = []
    for nth in range(blocks.MOST + 1):
        kind = post.get(f"block-{nth}-kind")
        if kind is None:
            break
        if kind in KINDS:
            read = {name: post.get(f"block-{nth}-{name}", "") for name in blocks.FIELDS[kind]}
            body.append({"kind": kind, **read})
    head: dict[str, Any] = {name: post.get(name, "") for name in HEAD}
    return head | {"cover": _number(head["cover"]), "body": body}


def changed(body: list[Block], do: str) -> list[Block]:
    """Return the parts after one of the page's buttons: "add:text", "remove:3", "up:3" or "down:3"."""
    parts = list(body)
    what, _colon, kind = do.partition(":")
    if what == "add" and kind in KINDS and len(parts) < blocks.MOST:
        return [*parts, {"kind": kind, **dict.fromkeys(blocks.FIELDS[kind], "")}]
    said = _DO.fullmatch(do)
    if said is None or int(said[2]) >= len(parts):
        return parts
    at = int(said[2])
    part = parts.pop(at)
    if said[1] != "remove":
        parts.insert(max(0, at + (-1 if said[1] == "up" else 1)), part)
    return parts


def forms_of(
    article: Mapping[str, Any], pictures: Iterable[Illustration], faults: Iterable[Refused]
) -> tuple[HeadForm, list[Row], list[Refused]]:
    """Return the head and the parts as the page shows them, faults at their fields, and the other faults."""
    choices = [("", str(_("None"))), *((str(each.pk), f"{each.name} ({each.pk})") for each in pictures)]
    head = HeadForm({name: article.get(name) or "" for name in HEAD})
    head.fields["cover"].widget.choices = choices
    _quiet(head)
    body = article["body"]
    rows = []
    for at, block in enumerate(body):
        data = {f"block-{at}-{name}": block.get(name) or "" for name in blocks.FIELDS[block["kind"]]}
        form = BlockForm(data, prefix=f"block-{at}", kind=block["kind"], pictures=choices)
        _quiet(form)
        label = str(KINDS[block["kind"]])
        rows.append(Row(at, block["kind"], label, form, at == 0, at == len(body) - 1))
    loose = []
    for fault in faults:
        said = _FIELD.fullmatch(fault.field)
        if fault.field in HEAD:
            head.add_error(fault.field, fault.message)
        elif said and int(said[1]) < len(rows) and said[2] in rows[int(said[1])].form.fields:
            rows[int(said[1])].form.add_error(said[2], fault.message)
        else:
            loose.append(fault)
    return head, rows, loose


def _quiet(form: forms.Form) -> None:
    """Only the reading of the article says what is wrong."""
    form.full_clean()
    form.errors.clear()


def _number(typed: str) -> int | None:
    """Return the id of the chosen cover; -1, which no picture has, for what is none."""
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else -1
