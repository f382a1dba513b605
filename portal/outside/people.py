"""Who lives in a world besides its first cast: somebody new, and what their WeChat knows of them."""

from __future__ import annotations

import re
from random import Random

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.kernel import idempotency
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.outside import cast, names, numbers
from portal.outside.models import Person


@action
def add(
    world_id: int,
    *,
    name: str = "",
    wechat_id: str = "",
    id_number: str = "",
    phone: str = "",
    certified: bool = True,
    key: str,
    by: Actor,
) -> Person:
    """Add somebody, once per `key`; what is left empty is invented from the world's seed (SIM-4).

    Raises Refused when the WeChat ID or the mobile number is somebody's already.
    """
    world = World.objects.share(world_id)
    typed = {"name": name, "wechat_id": wechat_id, "id_number": id_number, "phone": phone}
    claimed = idempotency.claim(world, "outside.person", key, {**typed, "certified": certified})
    if claimed.result_id:
        return Person.objects.get(pk=claimed.result_id)
    _require_free(world, wechat_id=wechat_id, phone=phone)
    rng = Random(f"{world.seed}/person/{Person.objects.filter(world=world).count()}")  # noqa: S311 -- the seed decides, on purpose
    name = name or names.person_name(rng)
    try:
        with transaction.atomic():
            person = cast.add_person(
                world,
                rng,
                name=name,
                wechat_id=wechat_id or _unused_wechat_id(world, rng, name),
                id_number=id_number,
                phone=phone or _unused_mobile(world, rng),
                certified=certified,
            )
    except IntegrityError:
        raise Refused(
            _("Nobody was added: somebody just took this WeChat ID or number. Try again.")
        ) from None
    claimed.result_id = person.pk
    claimed.save(update_fields=["result_id"])
    return person


@action
def set_real_name(person_id: int, *, certified: bool, by: Actor) -> Person:
    """Certify somebody's real name by binding a bank card to their WeChat, or take it away (REG-8)."""
    person = Person.objects.select_for_update(of=("self",)).select_related("world").get(pk=person_id)
    person.real_name_certified = certified
    person.save(update_fields=["real_name_certified"])
    if certified and not person.bank_card:
        cast.bind_card(person)
    return person


def _require_free(world: World, *, wechat_id: str, phone: str) -> None:
    people = Person.objects.filter(world=world)
    if wechat_id and people.filter(wechat_id=wechat_id).exists():
        raise Refused(
            _("Nobody was added: somebody has this WeChat ID already. Choose another."), field="wechat_id"
        )
    if phone and people.filter(phone=phone).exists():
        raise Refused(
            _("Nobody was added: this mobile number is somebody's already. Choose another."), field="phone"
        )


def _unused_wechat_id(world: World, rng: Random, name: str) -> str:
    stem = re.sub(r"[^a-z0-9]", "", name.lower())[:16]
    if not stem[:1].isalpha():
        stem = f"wx{stem}"
    wanted = stem
    while Person.objects.filter(world=world, wechat_id=wanted).exists():
        wanted = f"{stem}{rng.randint(100, 999_999)}"
    return wanted


def _unused_mobile(world: World, rng: Random) -> str:
    wanted = numbers.make_mobile(rng)
    while Person.objects.filter(world=world, phone=wanted).exists():
        wanted = numbers.make_mobile(rng)
    return wanted
