"""Accounts with photos and categories, for the tests of them."""

from __future__ import annotations

import io

from django.core.files.base import ContentFile
from PIL import Image

from accounts.models import Account, Category, Login
from information import actions
from portal.kernel import pictures, reviews
from portal.kernel.actors import Actor
from portal.kernel.models import Review
from portal.kernel.pictures import Cut, Picture
from portal.kernel.reviews import Reason


def administrator(account: Account) -> Actor:
    return account.administrator.person.as_actor()


def picture(colour: str = "red", *, size: tuple[int, int] = (400, 300), kind: str = "PNG") -> bytes:
    saved = io.BytesIO()
    Image.new("RGB", size, colour).save(saved, kind)
    return saved.getvalue()


def read(colour: str = "red") -> Picture:
    return pictures.read(ContentFile(picture(colour), f"{colour}.png"))


def square(colour: str = "red") -> Picture:
    """Return a photo as the form cuts it."""
    found = read(colour)
    return pictures.square(found, Cut.middle(found.width, found.height), side=288)


def choose(account: Account, second: str, *, first: str = "game", note: str = "") -> Category:
    return actions.choose_category(account.pk, first, second, note=note, by=administrator(account))


def prove(account: Account, colour: str = "red") -> None:
    actions.add_proof(account.pk, read(colour), by=administrator(account))


def review_of(category: Category) -> Review:
    return Review.objects.get(kind=actions.REVIEW, subject_id=category.pk)


def decide(category: Category, verdict: str, *told: str) -> Category:
    """Let the world's reviewer decide; return the category as it is then."""
    reviewer = Login.objects.get(world=category.world, is_staff=True)
    reviews.decide(
        review_of(category).pk, verdict, by=reviewer.as_actor(), reasons=[Reason(text) for text in told]
    )
    return Category.objects.get(pk=category.pk)
