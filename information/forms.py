"""What is typed and chosen for photo, introduction and categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import categories
from accounts.categories import Class
from accounts.models import Account
from information.actions.categories import LONGEST_NOTE
from information.actions.photo import SIDE
from portal.kernel import pictures
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField
from portal.kernel.limits import INTRODUCTION_LENGTH
from portal.kernel.pictures import Cut, Picture

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PICTURES = "image/jpeg,image/png,image/gif,image/bmp"
SMALLEST = 48  # pixels of the picture that a photo needs on each side


class Fraction(forms.FloatField):
    """A number from 0 to 1 that a script fills in, or nothing."""

    def __init__(self) -> None:
        sentence = gettext_lazy("The square lies outside of the picture. Choose the picture again.")
        super().__init__(
            min_value=0,
            max_value=1,
            required=False,
            widget=forms.HiddenInput,
            error_messages={"invalid": sentence, "min_value": sentence, "max_value": sentence},
        )


class PhotoForm(forms.Form):
    """A picture and the square to cut out of it; without a script the middle is taken.

    Once valid, `photo` is that square, drawn anew at 288 x 288 pixels.
    """

    photo: Picture

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        allow_empty_file=True,  # its own sentence comes with reading it
        widget=forms.FileInput(attrs={"accept": PICTURES, "data-crop": ""}),
        help_text=gettext_lazy(
            "JPEG, PNG, GIF or BMP, at most 2 MB. It is cut to a square and drawn anew; nothing else in"
            " the file is kept."
        ),
        error_messages={"required": gettext_lazy("Choose a picture.")},
    )
    x = Fraction()
    y = Fraction()
    side = Fraction()

    def clean(self) -> None:
        """Cut the square out of what was chosen, if both are right."""
        upload = self.cleaned_data.get("picture")
        if upload is None or self.errors:
            return
        x, y, side = (self.cleaned_data.get(name) for name in ("x", "y", "side"))
        cut = None if x is None or y is None or side is None else Cut(x, y, side)
        try:
            picture = pictures.read(upload)
        except Refused as refusal:
            self.add_error("picture", refusal.message)
            return
        cut = cut or Cut.middle(picture.width, picture.height)
        left, _top, right, _bottom = cut.box(picture.width, picture.height)
        if right - left < SMALLEST:
            sentence = _(
                "The square has %(pixels)d x %(pixels)d pixels, and a photo needs %(least)d at least."
                " Take a larger part, or another picture."
            )
            self.add_error("picture", sentence % {"pixels": right - left, "least": SMALLEST})
            return
        self.photo = pictures.square(picture, cut, side=SIDE)


class IntroductionForm(forms.Form):
    """What the account says about itself; the action judges what it may hold."""

    introduction = TextField(
        max_length=INTRODUCTION_LENGTH[1],
        label=gettext_lazy("Introduction"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "4 to 120 characters about what it does. No contact data, links or advertising."
        ),
        error_messages={"required": gettext_lazy("Write what this account does.")},
    )


class CategoryForm(forms.Form):
    """The first level, then a class of it, and for a special one a note to the reviewer.

    `chosen` is the first level that the classes are of; `locked` the one that does not change any more.
    """

    first = forms.ChoiceField(
        label=gettext_lazy("First level"),
        error_messages={
            "required": gettext_lazy("Choose the first level."),
            "invalid_choice": gettext_lazy("This first level cannot be chosen here. Choose one of the list."),
        },
    )
    second = forms.ChoiceField(
        label=gettext_lazy("Second level"),
        error_messages={
            "required": gettext_lazy("Choose a class."),
            "invalid_choice": gettext_lazy("This class is not of the first level. Choose one of the list."),
        },
    )
    note = TextField(
        max_length=LONGEST_NOTE,
        required=False,
        label=gettext_lazy("Note to the reviewer"),
        help_text=gettext_lazy("What the pictures show, where it is not plain from them."),
    )

    def __init__(
        self, *args: Any, account: Account, chosen: str = "", locked: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        open_to = {
            level.code: level
            for level in categories.open_to(account.entity_type)
            if not locked or level.code == locked
        }
        nothing = ("", _("Choose one"))
        levels = [(code, level.label) for code, level in open_to.items()]
        level = open_to.get(locked or chosen)
        classes = [(each.code, _option(each)) for each in (level.classes if level else ())]
        self.fields["first"].choices = levels if locked else [nothing, *levels]  # type: ignore[attr-defined]
        self.fields["second"].choices = [nothing, *classes]  # type: ignore[attr-defined]

        self.proof_errors: list[str] = []

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal at the field that it is about; `proof_errors` are those about the pictures."""
        if refusal.field == "proof":
            self.proof_errors.append(refusal.message)
        else:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


def _option(each: Class) -> StrOrPromise:
    return _("%(label)s (needs a proof)") % {"label": each.label} if each.is_special else each.label
