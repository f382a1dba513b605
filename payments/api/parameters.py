"""Parameters of a game's calls: a wrong one is named in errmsg, as the platform does (wechat-api 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from payments.api.dialects import words
from portal.kernel import wire
from portal.kernel.ids import LARGEST_ID
from portal.kernel.wire import Field, Wrong


class _Named(Field):
    def taken(self, values: Mapping[str, Any]) -> Any:
        """Return the value. Raises Wrong, which names this parameter."""
        if self.required and values.get(self.name) in (None, ""):
            raise Wrong(
                self.missing,
                _("%(field)s is missing.") % {"field": self.name},
                field=self.name,
                errmsg=words(self.missing, self.name),
            )
        return super().taken(values)

    def wrong(self, sentence: str) -> Wrong:
        """Return the refusal of a value."""
        return Wrong(self.bad, sentence, field=self.name, errmsg=words(self.bad, self.name))


class Text(_Named, wire.Text):
    """A text."""


class Whole(_Named, wire.Whole):
    """A whole number, negative ones too: the stage's own rule says what an amount is."""


def text(name: str, bad: int, *, missing: int | None = None, **more: Any) -> Text:
    """Return a text parameter, refused with `bad`, and with `missing` where that is another number."""
    return Text(name, bad=bad, missing=bad if missing is None else missing, **more)


def whole(name: str, bad: int, *, missing: int | None = None, **more: Any) -> Whole:
    """Return a whole-number parameter, refused likewise."""
    more.setdefault("least", -LARGEST_ID)
    return Whole(name, bad=bad, missing=bad if missing is None else missing, **more)
