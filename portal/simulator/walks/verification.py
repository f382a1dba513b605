"""Registration and verification, walked as people would: the form, the scan, the bank, the desk."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from accounts import actions as accounts
from accounts.models import Account, Login
from portal.kernel import confirmations, pictures, policy, reviews
from portal.kernel.actors import VISITOR
from portal.kernel.models import Review, Verdict, World
from portal.kernel.pictures import Picture
from portal.kernel.reviews import Reason
from portal.kernel.terms import AccountType, EntityType
from portal.kernel.text import email_key
from portal.outside import bank, names, numbers
from portal.outside.models import BankAccount, BankTransfer, Letter, Person
from verification import actions as verification
from verification import materials
from verification.actions import authentication
from verification.models import AuthenticationOrder, Registration

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


# How an entity of each type is called, and which register its code is from.
ENTITIES: Final[Mapping[str, tuple[Callable[[Random], str], str]]] = {
    EntityType.ENTERPRISE: (names.company_name, numbers.MARKET_REGULATOR),
    EntityType.INDIVIDUAL_BUSINESS: (names.individual_business_name, numbers.MARKET_REGULATOR),
    EntityType.GOVERNMENT: (names.office_name, numbers.STATE_OFFICE),
    EntityType.MEDIA: (names.media_name, numbers.MARKET_REGULATOR),
    EntityType.OTHER_ORGANIZATION: (names.society_name, numbers.CIVIL_AFFAIRS),
}
ADMINISTRATORS: Final = {EntityType.INDIVIDUAL: "meiran", EntityType.GOVERNMENT: "guoan"}


def draft(
    world: World, entity_type: str, *, name: str = "", number: str = "", wechat_id: str = "", method: str = ""
) -> Draft:
    """Return a valid draft for an entity invented from the world's seed and this call's arguments.

    Without `method` the first that the entity type has.
    """
    rng = Random(f"{world.seed}/{entity_type}/{name}")  # noqa: S311 -- the seed decides, on purpose
    kind = EntityType(entity_type)
    person = administrator(world, wechat_id or ADMINISTRATORS.get(kind, "linyue"))
    if kind == EntityType.INDIVIDUAL:
        entity_name, entity_number = person.name, person.id_number
    else:
        invent, register = ENTITIES[kind]
        entity_name = name or invent(rng)
        entity_number = number or numbers.make_credit_code(rng, register)
    return Draft(
        entity_type=entity_type,
        entity_name=entity_name,
        entity_number=entity_number,
        method=method or policy.METHODS[kind][0],
        admin_name=person.name,
        admin_id_number=person.id_number,
        admin_phone=person.phone,
    )


def administrator(world: World, wechat_id: str) -> Person:
    """Return the member of the cast with this WeChat ID."""
    return Person.objects.get(world=world, wechat_id=wechat_id)


def register(
    world: World,
    email: str,
    *,
    password: str = PASSWORD,
    language: str = "en",
    account_type: str = AccountType.MINI_PROGRAM,
) -> Account:
    """Register an e-mail; its activation letter waits in the mailbox."""
    return accounts.register(
        world.pk,
        account_type=account_type,
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


def made_picture(name: str) -> Picture:
    """Return a small invented picture with its own name written on it, as an upload would bring it."""
    drawn = Image.new("RGB", (480, 320), "white")
    ImageDraw.Draw(drawn).text((24, 24), f"{name}\nmade for a rehearsal", fill="black")
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return pictures.read(ContentFile(file.getvalue(), name=f"{name}.png"))


def fill_in_application(account: Account, *, contact_email: str = "") -> AuthenticationOrder:
    """Open an application for WeChat authentication, agree, and hand in everything that it asks for."""
    by = account.login.as_actor()
    order = authentication.open_order(account.pk, by=by)
    person = account.administrator
    authentication.agree(order.pk, person=person.name, by=by)
    typed = {
        "legal_person": person.name,
        "bank_holder": str(account.entity),
        "bank_name": "Harbour Bank, Riverside Branch",
        "bank_number": bank.corporate_account(account.world, holder=str(account.entity)).number,
        "contact_name": person.name,
        "contact_id_number": person.id_number,
        "contact_phone": person.phone,
        "contact_email": contact_email or account.email,
        "contact_landline": "",
        "name_source": "free_words",
    }
    for slot in materials.slots(account):
        if slot.required:
            authentication.add_document(order.pk, slot.name, made_picture(slot.name), by=by)
    return authentication.save_materials(order.pk, typed, {"kind": "none"}, complete=True, by=by)


def pay_fee(order: AuthenticationOrder, *, wechat_id: str = "") -> AuthenticationOrder:
    """Pay an application's fee on the administrator's phone, or on another one."""
    shown = authentication.show_fee(order.pk, by=order.account.login.as_actor())
    payer = administrator(order.world, wechat_id) if wechat_id else order.account.administrator.person
    confirmations.confirm(shown.pk, by=payer.as_actor())
    return AuthenticationOrder.objects.get(pk=order.pk)


def apply(account: Account, *, contact_email: str = "") -> AuthenticationOrder:
    """Bring an application to the reviewers' desk: filled in, submitted, and paid where it costs."""
    order = fill_in_application(account, contact_email=contact_email)
    order = authentication.submit_materials(order.pk, by=account.login.as_actor())
    return pay_fee(order) if order.fee_fen else order


def waiting_review(order: AuthenticationOrder) -> Review:
    """Return the review that an application waits for."""
    return Review.objects.open().get(kind=authentication.REVIEW, subject_id=order.pk)


def decide(order: AuthenticationOrder, verdict: str, *told: str, **facts: str) -> Verdict:
    """Let the world's reviewer decide an application, for the reasons told."""
    reviewer = Login.objects.get(world=order.world, is_staff=True)
    return reviews.decide(
        waiting_review(order).pk,
        verdict,
        by=reviewer.as_actor(),
        reasons=[Reason(text) for text in told],
        facts=facts,
    )


def authenticate(account: Account) -> Account:
    """Apply for WeChat authentication, or for its renewal, and have it approved."""
    decide(apply(account), Verdict.Kind.APPROVE, name=AuthenticationOrder.NameResult.PASSED.value)
    return Account.objects.get(pk=account.pk)


def free_email(world: World, company: str) -> str:
    """Return a mailbox at the company's own domain that no account of the world uses yet."""
    number = Account.objects.filter(world=world).count() + 1
    address = names.email_for(Random(f"{world.seed}/email/{number}"), company)  # noqa: S311 -- the seed decides
    if Account.objects.living().filter(world=world, email_key=email_key(address)).exists():
        mailbox, _, domain = address.partition("@")
        return f"{mailbox}{number}@{domain}"
    return address
