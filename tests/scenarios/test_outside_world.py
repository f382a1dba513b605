"""The outside world by hand: letters, codes, scans and money, each on its own page (SIM-4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Account
from portal.kernel.models import World
from portal.outside.models import BankAccount, Letter, Person
from portal.simulator import walks
from tests.simulator.reading import source
from verification import actions as verification
from verification.models import Registration


def reads_newest_letter(client: Client) -> str:
    """Open the newest letter of the mailbox as a person does, and return the first link in it."""
    mailbox = source(client.get("/mailbox/"))
    letter = re.search(r'class="mail-item new" href="([^"]+)"', mailbox)
    assert letter is not None, "no unread letter"
    page = source(client.get(letter[1]))
    told = re.search(r'hx-post="([^"]+)" hx-trigger="load"', page)
    assert told is not None, "the page does not tell that the letter was read"
    client.post(told[1], headers={"HX-Request": "true"})
    link = re.search(r'class="btn btn-primary" href="http://localhost:8000([^"]+)"', page)
    return link[1] if link else ""


@pytest.mark.requirement("SIM-4", "REG-4")
def test_a_registration_walks_through_mailbox_phone_and_bank(
    visitor: Client, world: World, time, signed_in: Callable[[Account], Client]
):
    """Mailbox, SMS, phone (scan, confirm), bank, people: each a page."""
    account = walks.register(world, "ops@lanternbay.example")
    activation = reads_newest_letter(visitor)
    assert activation.startswith("/register/activate/")
    assert Letter.objects.get(world=world).read_at == time.now
    account = walks.activate(account)

    # The administrator is somebody new, whose numbers the people page shows.
    key = visitor.get("/people/add/").context["form"]["key"].value()
    visitor.post("/people/add/", {"key": key, "name": "Tao Shuwen", "certified": "on"})
    admin = Person.objects.get(world=world, name="Tao Shuwen")
    typed = walks.draft(world, "enterprise", wechat_id=admin.wechat_id)
    by = account.login.as_actor()
    verification.save_draft(account.pk, vars(typed), complete=True, by=by)

    # The code is read on their phone.
    verification.send_code(account.pk, phone=admin.phone, by=by)
    phone = source(visitor.get(f"/phone/{admin.pk}/"))
    code = re.search(r'data-copy="([0-9]{6})"', phone)
    assert code is not None
    verification.check_code(account.pk, phone=admin.phone, code=code[1], by=by)

    # The QR code is picked from what is shown now, by that phone; another person's would be refused.
    verification.show_scan(account.pk, by=by)
    shown = re.search(r'href="(/s/[^"]+)"', source(visitor.get("/phone/")))
    assert shown is not None
    visitor.post(f"/phone/{admin.pk}/scan/", {"code": f"http://localhost:8000{shown[1]}"})
    question = visitor.get(shown[1]).headers["Location"]
    assert "Tao Shuwen" in source(visitor.get(question))
    visitor.post(f"{question}confirm/")
    assert Registration.objects.get(account=account).scanned_by == admin

    # The letter tells what to transfer; the company pays too little, is refunded, then pays exactly.
    account = walks.confirm(account)
    assert reads_newest_letter(visitor) == "/verification/wire-transfer/"
    wire = account.wiretransfer
    client = signed_in(account)
    for amount, said in (("1.00", "Parked"), (f"0.{wire.amount_fen:02}", "Matched")):
        form = client.get(f"/bank/?wire={wire.pk}").context["form"]
        sent = {name: form[name].value() or "" for name in form.fields} | {"amount": amount}
        assert said in source(client.post("/bank/transfer/", sent, follow=True))
    account.refresh_from_db()
    assert account.state == "verified"
    reads_newest_letter(client)
    assert "The entity is verified" in source(client.get("/mailbox/"))

    time.passes(days=15)
    company = BankAccount.objects.get(world=world, holder=wire.payer_name)
    statement = client.get(f"/bank/accounts/{company.pk}/").context["lines"]
    assert [(line.state, line.fen) for line in statement] == [
        ("Booked", wire.amount_fen),
        ("Booked", 100),
        ("Matched, refunded", -wire.amount_fen),
        ("Parked, refunded", -100),
    ]
    assert company.balance_fen == company.opening_fen


@pytest.mark.requirement("SIM-4", "VER-3", "SIM-9")
def test_money_at_the_very_deadline_is_parked_as_too_late(world: World, time, visitor: Client):
    """A payment at the very deadline instant is too late; the refusal names its rule."""
    wire = walks.account_at(world, "awaiting_transfer").wiretransfer
    time.reaches(wire.submitted_at + timedelta(days=10))
    sent = {"wire": wire.pk, "how": "exact", "key": "once"}
    page = source(visitor.post("/bank/pay/", sent, follow=True))
    assert "It arrived after the deadline." in page
    time.passes(days=4)
    company = BankAccount.objects.get(world=world, holder=wire.payer_name)
    assert company.balance_fen == company.opening_fen


@pytest.mark.requirement("SIM-4", "REG-8")
def test_without_a_real_name_a_scan_is_refused_until_a_card_is_bound(visitor: Client, world: World):
    """Every refusal names its rule and what to do; the people page does it."""
    wu = walks.administrator(world, "wutong")
    account = walks.account_at(world, "activated")
    typed = walks.draft(world, "enterprise", wechat_id="wutong")
    by = account.login.as_actor()
    verification.save_draft(account.pk, vars(typed), complete=True, by=by)
    for expected in ("bind a bank card there", "Confirmed"):
        shown = verification.show_scan(account.pk, by=by)
        visitor.post(f"/phone/{wu.pk}/scan/", {"code": shown.code})
        page = source(visitor.post(f"/phone/{wu.pk}/{shown.pk}/confirm/", follow=True))
        assert expected in page
        visitor.post(f"/people/{wu.pk}/real-name/", {"certified": "1"})
