"""The photo, changed by a media_id and a cut (wechat-api 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import media
from information import actions
from information.actions.photo import SIDE
from information.api.basics import SETS
from portal.kernel import pictures
from portal.kernel.pictures import Cut, Picture
from portal.kernel.wire import ONLY_POST, Call, Field, Text, Wrong, endpoint

WHOLE: Final = {"x1": 0.0, "y1": 0.0, "x2": 1.0, "y2": 1.0}


@dataclass(frozen=True)
class Fraction(Field):
    """A number from 0 to 1, as a number or as its text."""

    type: ClassVar[str] = "number"

    def read(self, value: Any) -> float:
        """Return the fraction."""
        try:
            found = float(value) if isinstance(value, str | int | float) else -1.0
        except (ValueError, OverflowError):
            found = -1.0
        if isinstance(value, bool) or not 0 <= found <= 1:  # NaN is not, either
            raise self.wrong(gettext("%(field)s is a number from 0 to 1.") % {"field": self.name})
        return found


@endpoint(
    "/cgi-bin/account/modifyheadimage",
    _("Change the photo"),
    verbs=ONLY_POST,
    fields=(
        Text("head_img_media_id", missing=41006, bad=40007),
        *(Fraction(name, required=False, example=f"{value:g}") for name, value in WHOLE.items()),
    ),
    sets=SETS,
    refusals={"photo_changes": 53202},
    errcodes=(40007, 40097, 41006, 53202),
)
def change_photo(call: Call) -> None:
    """Show another photo: the picture of a media_id, cut from (x1, y1) to (x2, y2) in fractions of it.

    The photo is the largest square in the middle of that cut.
    """
    name = "head_img_media_id"
    picture = media.opened(call.account, call[name], field=name).picture(field=name)
    photo = pictures.square(picture, _cut(call, picture), side=SIDE)
    actions.change_photo(call.account.pk, photo, by=call.by)


def _cut(call: Call, picture: Picture) -> Cut:
    x1, y1, x2, y2 = (value if call[name] is None else call[name] for name, value in WHOLE.items())
    if x1 >= x2 or y1 >= y2:
        raise Wrong(40097, gettext("x2 has to be right of x1, y2 below y1."), field="x2")
    width, height = (x2 - x1) * picture.width, (y2 - y1) * picture.height
    side = min(width, height)
    return Cut(
        x=x1 + (width - side) / 2 / picture.width,
        y=y1 + (height - side) / 2 / picture.height,
        side=side / min(picture.width, picture.height),
    )
