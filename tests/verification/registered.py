"""Accounts confirmed in numbers, for tests of limits and of known numbers."""

from __future__ import annotations

from random import Random

from accounts.models import Account
from portal.kernel import confirmations
from portal.kernel.models import World
from portal.outside import names, numbers
from portal.simulator import walks
from verification import actions as verification


def confirm_many(world: World, fields: dict[str, str], count: int, *, same: str) -> list[Account]:
    """Confirm accounts that share one of their numbers with `fields`, and no other.

    Lin Yue scans for all of them: a real name may belong to many ID cards and mobile numbers.
    """
    return [_confirm(world, fields, nth, same=same) for nth in range(count)]


def _confirm(world: World, fields: dict[str, str], nth: int, *, same: str) -> Account:
    rng = Random(f"{same}/{nth}")
    account = walks.account_at(world, "activated", email=f"n{nth}@{same.replace('_', '-')}.example")
    linyue = walks.administrator(world, "linyue")
    made = {
        "entity_type": fields["entity_type"],
        "entity_name": names.company_name(rng),
        "entity_number": numbers.make_credit_code(rng),
        "method": "wire_transfer",
        "admin_name": linyue.name,
        "admin_id_number": numbers.make_id_card(rng),
        "admin_phone": numbers.make_mobile(rng),
        same: fields[same],
    }
    if same == "entity_number":
        made["entity_name"] = fields["entity_name"]
    by = account.login.as_actor()
    verification.save_draft(account.pk, made, complete=True, by=by)
    sent = verification.send_code(account.pk, phone=made["admin_phone"], by=by)
    verification.check_code(account.pk, phone=sent.phone, code=sent.code, by=by)
    shown = verification.show_scan(account.pk, by=by)
    confirmations.confirm(shown.pk, by=linyue.as_actor())
    return verification.confirm_entity(account.pk, by=by)
