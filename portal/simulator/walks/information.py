"""Information perfection, walked: a name, a photo, an introduction, a category; and the members."""

from __future__ import annotations

import io
from random import Random
from typing import Final

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from accounts import categories
from accounts.actions import members
from accounts.models import Account, Category, Member
from information import actions as information
from information.actions import naming
from information.actions.photo import SIDE
from information.models import Naming
from portal.kernel import confirmations, pictures, reviews
from portal.kernel.actors import POLICY
from portal.kernel.errors import Refused
from portal.kernel.models import Review, Verdict
from portal.kernel.pictures import Cut, Picture
from portal.kernel.terms import Role
from portal.outside import names
from portal.outside.models import Person
from portal.simulator.walks.verification import made_picture

GAME: Final = "game"
TRIES: Final = 50
INTRODUCTIONS: Final = {
    False: "Run, puzzle and play through a lantern festival.",
    True: "News of the lantern festival, and the games that go with it.",
}
INKS: Final = ("#27496d", "#6d2749", "#3c6d27", "#6d5a27", "#4a276d")


def perfect(account: Account, *, category: str = "casual", name: str = "") -> Account:
    """Fill in everything that the information asks for: of a Mini Game also the class of Game, `category`.

    A class that needs a review is approved by the desk. ValueError for a class that there is not.
    """
    by = account.login.as_actor()
    rename(account, name or free_name(account))
    information.change_photo(account.pk, made_photo(account), by=by)
    information.change_introduction(account.pk, INTRODUCTIONS[account.type.is_official], by=by)
    if not account.type.is_official:
        choose(account, GAME, category)
    return Account.objects.get(pk=account.pk)


def rename(account: Account, name: str) -> Account:
    """Give the account a name: typed, and confirmed on the administrator's phone."""
    by = account.login.as_actor()
    naming.draft(account.pk, name, by=by)
    asked = naming.ask(account.pk, by=by)
    confirmations.confirm(asked.pk, by=account.administrator.person.as_actor())
    return Account.objects.get(pk=account.pk)


def ask_for_name(account: Account, name: str) -> Naming:
    """Ask for a protected name: typed, proved by a picture, and confirmed on the administrator's phone."""
    by = account.login.as_actor()
    wanted = naming.draft(account.pk, name, by=by)
    naming.add_proof(account.pk, made_picture("trademark"), by=by)
    asked = naming.ask(account.pk, by=by)
    confirmations.confirm(asked.pk, by=account.administrator.person.as_actor())
    return Naming.objects.get(pk=wanted.pk)


def choose(account: Account, first: str, second: str) -> Category:
    """Choose a category, with a proof where it needs one, and have it approved."""
    by = account.login.as_actor()
    chosen = categories.class_of(first, second)
    if chosen is None:
        raise ValueError(f"there is no category {first} {second}")
    if chosen.proof:
        information.add_proof(account.pk, made_picture(second), by=by)
    category = information.choose_category(account.pk, first, second, by=by)
    waiting = Review.objects.open().filter(kind=information.REVIEW, subject_id=category.pk).first()
    if waiting:
        reviews.decide(waiting.pk, Verdict.Kind.APPROVE, by=POLICY)
    return Category.objects.get(pk=category.pk)


def bind(account: Account, wechat_id: str, role: str, *granted: str) -> Member:
    """Bind a person of the world to the account: asked in the console, confirmed by the administrator."""
    person = Person.objects.get(world=account.world, wechat_id=wechat_id)
    by = account.administrator.person.as_actor()
    if role == Role.EXPERIENCE_MEMBER:
        return members.add_experience_member(account.pk, wechat_id=wechat_id, by=by)
    asked = members.ask_to_add(account.pk, wechat_id=wechat_id, role=role, granted=granted, by=by)
    confirmations.confirm(asked.pk, by=by)
    return Member.objects.get(account=account, person=person, state=Member.State.ACTIVE)


def free_name(account: Account) -> str:
    """Return an invented game's name that this account may have, drawn from the world's seed."""
    rng = Random(f"{account.world.seed}/game/{account.pk}")  # noqa: S311 -- the seed decides, on purpose
    for _nth in range(TRIES):
        name = names.game_name(rng)
        try:
            naming.check(account, name, by=POLICY)
        except Refused:
            continue
        return name
    raise LookupError("every invented name is taken")


def made_photo(account: Account) -> Picture:
    """Return an invented square photo, another for each account."""
    drawn = Image.new("RGB", (SIDE, SIDE), INKS[account.pk % len(INKS)])
    pen = ImageDraw.Draw(drawn)
    middle, radius = SIDE // 2, SIDE // 4 + account.pk % 16
    pen.ellipse([middle - radius, middle - radius, middle + radius, middle + radius], fill="#ffc56e")
    file = io.BytesIO()
    drawn.save(file, "PNG")
    read = pictures.read(ContentFile(file.getvalue(), name="photo.png"))
    return pictures.square(read, Cut(0, 0, 1), side=SIDE)
