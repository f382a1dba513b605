"""The way to virtual payment, walked: WeChat Pay, the agreement, the deposit account."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from accounts.models import Account
from payments import agreement, merchants, opening_words
from payments.actions import agreement as agreements
from payments.actions import deposit, wechat_pay
from payments.banks import BANKS
from payments.models import DepositAccount, MerchantApplication
from portal.kernel import limits, worlds
from portal.kernel.actors import SIMULATOR, Actor
from portal.kernel.models import Verdict
from portal.outside import bank
from portal.simulator.walks import desk, scans
from portal.simulator.walks.verification import made_picture

BRANCH: Final = "Riverside Branch"
SERVICE_PHONE: Final = "400-123-4567"


def fill_in_merchant(account: Account, *, remark: str = "", number: str = "") -> MerchantApplication:
    """Open an application for WeChat Pay and fill in everything that it asks for."""
    account, by = _with_everything(account)
    application = wechat_pay.open_application(account.pk, by=by)
    for slot in merchants.slots(account):
        wechat_pay.put_document(application.pk, slot.name, made_picture(slot.name), by=by)
    typed = {
        "category": "games",
        "short_name": "Lantern",
        "service_phone": SERVICE_PHONE,
        "contact_name": account.administrator.name,
        "contact_phone": account.administrator.phone,
        "contact_email": account.email,
        "holder": merchants.ENTITY,
        "bank": BANKS[0],
        "branch": BRANCH,
        "number": number or bank.corporate_account(account.world, holder=str(account.entity)).number,
        "remark": remark,
    }
    return wechat_pay.save(application.pk, typed, by=by)


def submit_merchant(account: Account, *, remark: str = "", number: str = "") -> MerchantApplication:
    """Bring an application for WeChat Pay to the reviewers' desk."""
    application = fill_in_merchant(account, remark=remark, number=number)
    return wechat_pay.submit(application.pk, by=scans.administrator_of(account))


def decide_merchant(application: MerchantApplication, verdict: str, *told: str) -> Verdict:
    """Let the world's reviewer decide, for these reasons: sentences, or codes of the kind."""
    return desk.decide(desk.waiting(opening_words.REVIEW, application), verdict, told)


def confirm_merchant(account: Account) -> MerchantApplication:
    """Confirm an approved application on the administrator's phone."""
    by = scans.administrator_of(account)
    scans.confirm(wechat_pay.ask_contact(account.pk, by=by), by=by)
    return MerchantApplication.objects.filter(account=account).latest("pk")


def open_wechat_pay(account: Account) -> Account:
    """Open WeChat Pay: submitted, approved, confirmed, and two hours later confirmed by the bank."""
    application = submit_merchant(account)
    decide_merchant(application, Verdict.Kind.APPROVE)
    confirm_merchant(account)
    _go_on(account, limits.MERCHANT_BANK_CHECK)
    return _fresh(account)


def read_agreement(account: Account) -> None:
    """Read the payment agreement to its end."""
    for number in range(1, len(agreement.PARTS) + 1):
        agreements.read_part(account.pk, number, by=scans.administrator_of(account))


def sign_agreement(account: Account) -> None:
    """Read the payment agreement and sign it on the administrator's phone."""
    by = scans.administrator_of(account)
    read_agreement(account)
    scans.confirm(agreements.ask_to_sign(account.pk, by=by), by=by)


def ask_deposit(account: Account, *, number: str = "") -> DepositAccount:
    """Set a deposit account on the administrator's phone; the bank answers an hour later."""
    account, by = _with_everything(account)
    number = number or bank.corporate_account(account.world, holder=str(account.entity)).number
    asked = deposit.ask(account.pk, bank_name=BANKS[0], branch=BRANCH, city="Suzhou", number=number, by=by)
    scans.confirm(asked, by=by)
    return DepositAccount.objects.filter(account=account).latest("pk")


def set_deposit(account: Account, *, number: str = "") -> DepositAccount:
    """Set a deposit account and let the hour pass in which its bank answers."""
    asked = ask_deposit(account, number=number)
    _go_on(account, limits.DEPOSIT_BANK_CHECK)
    return DepositAccount.objects.get(pk=asked.pk)


def open_virtual_payment(account: Account) -> Account:
    """Open virtual payment, with WeChat Pay before it where that is not open yet."""
    if not _fresh(account).merchant_number:
        open_wechat_pay(account)
    sign_agreement(account)
    set_deposit(account)
    return _fresh(account)


def _go_on(account: Account, length: timedelta) -> None:
    """Let the world's clock go on by this length of time."""
    world = _fresh(account).world
    worlds.advance(world.pk, to=world.now() + length, by=SIMULATOR)


def _fresh(account: Account) -> Account:
    return Account.objects.select_related("world").get(pk=account.pk)


def _with_everything(account: Account) -> tuple[Account, Actor]:
    found = Account.objects.select_related("world", "entity", "administrator__person").get(pk=account.pk)
    return found, found.administrator.person.as_actor()
