"""The people, companies and e-mails every new world begins with."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from portal.kernel import calendar
from portal.kernel.models import World
from portal.kernel.text import email_key
from portal.outside import bank, numbers
from portal.outside.models import BankAccount, DirectoryEntry, Person

# Who they are in every world, whatever its seed; their numbers differ.
PEOPLE: Final = (
    # name, WeChat ID, real name certified
    ("Lin Yue", "linyue", True),  # administers companies
    ("Mei Ran", "meiran", True),  # makes games alone
    ("Chen Xi", "chenxi", True),  # develops
    ("Guo An", "guoan", True),  # works for a government office
    ("Wu Tong", "wutong", False),  # has bound no bank card
)
MINOR: Final = ("Tao Zi", "taozi")  # a child, to whom nothing may be sold
MINORS_AGE: Final = 12
OTHER_COMPANY: Final = "Suzhou Red Crane Trading Co., Ltd."  # for trying a wrong payer
ELSEWHERE: Final = (
    ("news@harbourweekly.example", DirectoryEntry.Where.OFFICIAL_ACCOUNT),
    ("dev@openkiln.example", DirectoryEntry.Where.OPEN_PLATFORM),
    ("staff@paperkite.example", DirectoryEntry.Where.ENTERPRISE),
    ("meiran@mail.example", DirectoryEntry.Where.PERSONAL),
)
POCKET_MONEY_FEN: Final = 920_410


def settle(world: World, rng: Random) -> None:
    """Furnish an empty world: people with phones and bank cards, a second company, the directory."""
    for name, wechat_id, certified in PEOPLE:
        add_person(world, rng, name=name, wechat_id=wechat_id, certified=certified)
    _add_minor(world)
    bank.open_account(
        world,
        holder=OTHER_COMPANY,
        kind=BankAccount.Kind.CORPORATE,
        opening_fen=bank.POCKET_FEN,
    )
    DirectoryEntry.objects.bulk_create(
        DirectoryEntry(world=world, email=email, email_key=email_key(email), where=where)
        for email, where in ELSEWHERE
    )


def _add_minor(world: World) -> None:
    """Add a child by numbers of its own, so that everybody else's stay what the seed made them."""
    rng = Random(f"{world.seed}/minor")  # noqa: S311 -- the seed decides, on purpose
    today = calendar.start_of_day(world.now()).date()
    born = date(today.year - MINORS_AGE, 1, 1 + rng.randrange(28))
    name, wechat_id = MINOR
    add_person(world, rng, name=name, wechat_id=wechat_id, id_number=numbers.make_id_card(rng, born))


def add_person(
    world: World,
    rng: Random,
    *,
    name: str,
    wechat_id: str,
    id_number: str = "",
    phone: str = "",
    certified: bool = True,
) -> Person:
    """Add somebody, with numbers invented where none is given; a certified one has a bank card."""
    person = Person.objects.create(
        world=world,
        name=name,
        wechat_id=wechat_id,
        id_number=id_number or numbers.make_id_card(rng),
        phone=phone or numbers.make_mobile(rng),
        real_name_certified=certified,
    )
    if certified:
        bind_card(person)
    return person


def bind_card(person: Person) -> None:
    """Open a personal account with some money in it, and bind its card to the person's WeChat."""
    account = bank.open_account(
        person.world,
        holder=person.name,
        kind=BankAccount.Kind.PERSONAL,
        opening_fen=POCKET_MONEY_FEN,
    )
    person.bank_card = account.number
    person.save(update_fields=["bank_card"])
