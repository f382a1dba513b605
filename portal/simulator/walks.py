"""Accounts brought to a stage by walking the real actions: for prepared worlds, demos and tests."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from accounts import actions as accounts
from accounts.models import Account
from portal.kernel import confirmations, worlds
from portal.kernel.actors import SIMULATOR, VISITOR
from portal.kernel.models import World
from portal.kernel.terms import AccountType, EntityType, VerificationMethod
from portal.kernel.text import email_key
from portal.outside import bank, names, numbers
from portal.outside.models import BankAccount, BankTransfer, Letter, Person
from verification import actions as verification
from verification.models import Registration

PASSWORD = "rehearse-2019"  # noqa: S105 -- told to everybody; it opens invented accounts only


@dataclass(frozen=True)
class Draft:
    """What somebody types at *Information registration*."""

    entity_type: str
    entity_name: str
    entity_number: str
    method: str
    admin_name: str
    admin_id_number: str
    admin_phone: str


def draft(world: World, entity_type: str, *, name: str = "", wechat_id: str = "") -> Draft:
    """Return a valid draft for an entity invented from the world's seed and this call's arguments."""
    rng = Random(f"{world.seed}/{entity_type}/{name}")  # noqa: S311 -- the seed decides, on purpose
    individual = entity_type == EntityType.INDIVIDUAL
    person = administrator(world, wechat_id or ("meiran" if individual else "linyue"))
    if individual:
        entity_name, entity_number = person.name, person.id_number
    elif entity_type == EntityType.INDIVIDUAL_BUSINESS:
        entity_name = name or names.individual_business_name(rng)
        entity_number = numbers.make_credit_code(rng)
    else:
        entity_name = name or names.company_name(rng)
        entity_number = numbers.make_credit_code(rng)
    return Draft(
        entity_type=entity_type,
        entity_name=entity_name,
        entity_number=entity_number,
        method=VerificationMethod.REAL_NAME_SCAN if individual else VerificationMethod.WIRE_TRANSFER,
        admin_name=person.name,
        admin_id_number=person.id_number,
        admin_phone=person.phone,
    )


def administrator(world: World, wechat_id: str) -> Person:
    """Return the member of the cast with this WeChat ID."""
    return Person.objects.get(world=world, wechat_id=wechat_id)


def register(world: World, email: str, *, password: str = PASSWORD, language: str = "en") -> Account:
    """Register an e-mail; its activation letter waits in the mailbox."""
    return accounts.register(
        world.pk,
        account_type=AccountType.MINI_PROGRAM,
        email=email,
        password=password,
        language=language,
        by=VISITOR,
    )


def activation_token(account: Account) -> str:
    """Return the token of the newest activation letter."""
    letter = Letter.objects.filter(world=account.world, to=account.email).order_by("-id")[0]
    return str(letter.links[0]).rstrip("/").rsplit("/", 1)[-1]


def activate(account: Account) -> Account:
    """Open the newest activation link."""
    return accounts.activate(activation_token(account), by=VISITOR)


def fill_in(account: Account, typed: Draft) -> Registration:
    """Type the draft, prove the mobile number, and scan as the administrator."""
    by = account.login.as_actor()
    verification.save_draft(account.pk, vars(typed), complete=True, by=by)
    sent = verification.send_code(account.pk, phone=typed.admin_phone, by=by)
    verification.check_code(account.pk, phone=typed.admin_phone, code=sent.code, by=by)
    shown = verification.show_scan(account.pk, by=by)
    person = Person.objects.get(world=account.world, phone=typed.admin_phone)
    confirmations.confirm(shown.pk, by=person.as_actor())
    return Registration.objects.get(account=account)


def confirm(account: Account) -> Account:
    """Confirm the entity for good."""
    return verification.confirm_entity(account.pk, by=account.login.as_actor())


def pay(account: Account, *, amount_fen: int | None = None, holder: str = "") -> BankTransfer:
    """Pay the wire transfer from the company's account, or by mistake another amount or payer."""
    wire = account.wiretransfer
    payers = BankAccount.objects.filter(world=account.world, holder=holder or wire.payer_name)
    return bank.transfer(
        account.world_id,
        from_number=payers.order_by("id")[0].number,
        to_number=BankAccount.objects.get(wiretransfer=wire).number,
        amount_fen=amount_fen or wire.amount_fen,
        remark=wire.remark,
        key=f"walk-{BankTransfer.objects.filter(world=account.world).count()}",
        by=VISITOR,
    )


def free_email(world: World, company: str) -> str:
    """Return a mailbox at the company's own domain that no account of the world uses yet."""
    number = Account.objects.filter(world=world).count() + 1
    address = names.email_for(Random(f"{world.seed}/email/{number}"), company)  # noqa: S311 -- the seed decides
    if Account.objects.living().filter(world=world, email_key=email_key(address)).exists():
        mailbox, _, domain = address.partition("@")
        return f"{mailbox}{number}@{domain}"
    return address


def account_at(
    world: World,
    stage: str,
    *,
    entity_type: str = EntityType.ENTERPRISE,
    email: str = "",
    name: str = "",
    wechat_id: str = "",
    language: str = "en",
) -> Account:
    """Return an account at `stage`: registered, activated, awaiting_transfer, verified or expired.

    An expired one has let its deadline pass, and the world's clock with it. Individuals never await
    a transfer: asking for that is a ValueError.
    """
    typed = draft(world, entity_type, name=name, wechat_id=wechat_id)
    account = register(world, email or free_email(world, typed.entity_name), language=language)
    if stage == "registered":
        return account
    account = activate(account)
    if stage == "activated":
        return account
    fill_in(account, typed)
    account = confirm(account)
    if stage == account.state:
        return account
    if entity_type == EntityType.INDIVIDUAL or stage not in {"verified", "expired"}:
        raise ValueError(f"{entity_type} cannot be brought to {stage}")
    if stage == "verified":
        pay(account)
    else:
        worlds.advance(world.pk, to=account.wiretransfer.due_at, by=SIMULATOR)
    return Account.objects.get(pk=account.pk)
