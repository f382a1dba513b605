"""The simulated bank: accounts, transfers, statements, and one click that lets a company pay (VER-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payments.models import Withdrawal
from portal.kernel import keyset
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.models import Deadline
from portal.kernel.text import same_name, showable
from portal.kernel.wording import yuan, yuan_plain
from portal.outside import bank as actions
from portal.outside.models import BankAccount, BankTransfer
from portal.simulator.forms import OpenAccountForm, PayForm, TransferForm
from verification.actions.wire_transfer import PURPOSE, RETURN
from verification.models import WireTransfer

PAYERS: Final = 50  # accounts a transfer may be chosen from
SIDE: Final = 4  # accounts of one kind shown beside the form
LATEST: Final = 5
OPENING_FEN: Final = 5_000_000

State = BankTransfer.State
TONES: Final = {State.POSTED: "done", State.MATCHED: "done", State.PARKED: "act", State.REFUNDED: "idle"}
MATCHED_REFUNDED: Final = pgettext_lazy("bank transfer", "Matched, refunded")
PARKED_REFUNDED: Final = pgettext_lazy("bank transfer", "Parked, refunded")
RETURNED: Final = gettext_lazy("Returned in full.")


@dataclass(frozen=True)
class Movement:
    """One line of a statement; `fen` is signed as the account sees it."""

    transfer: BankTransfer
    title: str
    detail: str
    fen: int
    state: str
    tone: str


@require_safe
def bank(request: WorldRequest) -> HttpResponse:
    """Show the accounts and a new transfer, filled in from `?wire=<id>` or `?from=<account id>`."""
    wire = _wire(request, request.GET.get("wire", ""))
    payers = _payers(request, _asked_payer(request, wire))
    initial: dict[str, Any] = {"from_account": payers[0].number if payers else ""}
    if wire is not None and wire.payee is not None:
        initial |= {
            "wire": wire.pk,
            "to_account": wire.payee.number,
            "amount": yuan_plain(wire.amount_fen),
            "remark": wire.remark,
        }
    return _show(request, TransferForm(initial=initial, payers=_choices(payers)), payers, wire)


@require_POST
def transfer(request: WorldRequest) -> HttpResponse:
    """Move money, once for each showing of the form; what the bank refuses stands at its field."""
    wire = _wire(request, request.POST.get("wire", ""))
    payers = _payers(request, Q(number=showable(request.POST.get("from_account", ""))))
    form = TransferForm(request.POST, payers=_choices(payers))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            moved = actions.transfer(
                request.world.pk,
                from_number=typed["from_account"],
                to_number=typed["to_account"],
                amount_fen=typed["amount"],
                remark=typed["remark"],
                key=typed["key"],
                by=VISITOR,
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return redirect("simulator:bank_transfer", moved.pk)
    return _show(request, form, payers, wire)


@require_POST
def pay_wire(request: WorldRequest) -> HttpResponse:
    """Let the company pay its wire transfer: exactly, or by a mistake of one kind."""
    form = PayForm(request.POST)
    wire = _wire(request, request.POST.get("wire", ""))
    if not form.is_valid() or wire is None or wire.payee is None:
        raise Refused(_("Nothing was transferred. Use the buttons of the wire transfer's page."))
    how = form.cleaned_data["how"]
    moved = actions.transfer(
        request.world.pk,
        from_number=_payer(request, wire, how).number,
        to_number=wire.payee.number,
        amount_fen=wire.amount_fen + (how == PayForm.WRONG_AMOUNT),
        remark=wire.remark,
        key=form.cleaned_data["key"],
        by=VISITOR,
    )
    _tell(request, moved)
    account = getattr(request.user, "account", None)
    if account is not None and account.pk == wire.account_id:
        return redirect("verification:wire_transfer")
    return redirect("simulator:bank_transfer", moved.pk)


@require_safe
def payee(request: WorldRequest) -> HttpResponse:
    """Answer who holds the account number being typed, as a fragment for the form."""
    return render(request, "simulator/bank_payee.html", _payee(request, request.GET.get("to_account", "")))


@require_safe
def result(request: WorldRequest, transfer_id: int) -> HttpResponse:
    """Show one transfer: booked, matched, parked with its reason, or refunded, and what comes next."""
    moved = get_object_or_404(_movements(request), pk=transfer_id)
    back = Deadline.objects.open().filter(world=request.world, kind=RETURN, subject_id=moved.pk).first()
    account = getattr(request.user, "account", None)
    context = {
        "transfer": moved,
        "movement": _movement(moved, moved.from_account_id),
        "returned_at": back.due_at if back else None,
        "for_wire": account is not None
        and moved.to_account.purpose == PURPOSE
        and WireTransfer.objects.filter(payee=moved.to_account, account=account).exists(),
    }
    return render(request, "simulator/bank_transfer.html", context)


@require_safe
def statement(request: WorldRequest, account_id: int) -> HttpResponse:
    """Show what moved on one account, newest first."""
    account = get_object_or_404(BankAccount, world=request.world, pk=account_id)
    rows = _movements(request)
    page = keyset.turn(request, rows.filter(from_account=account), rows.filter(to_account=account))
    lines = [_movement(row, account.pk) for row in page.rows]
    return render(request, "simulator/bank_account.html", {"account": account, "page": page, "lines": lines})


@require_safe
def movements(request: WorldRequest) -> HttpResponse:
    """Show everything that moved in this world's bank, newest first."""
    page = keyset.turn(request, _movements(request))
    lines = [_movement(row, row.from_account_id) for row in page.rows]
    return render(request, "simulator/bank_movements.html", {"page": page, "lines": lines})


@require_safe
def accounts(request: WorldRequest) -> HttpResponse:
    """Show every account of this world's bank, newest first."""
    page = keyset.turn(request, BankAccount.objects.filter(world=request.world))
    return render(request, "simulator/bank_accounts.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: WorldRequest) -> HttpResponse:
    """Open an account for any holder, so that any company or person can pay."""
    initial = {"holder": request.GET.get("holder", "")[:120], "amount": yuan_plain(OPENING_FEN)}
    form = OpenAccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            opened = actions.open_for(
                request.world.pk,
                holder=typed["holder"],
                kind=typed["kind"],
                opening_fen=typed["amount"],
                key=typed["key"],
                ending=typed["ending"],
                by=VISITOR,
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            told = _("%(holder)s has a new account with %(amount)s in it.")
            messages.success(request, told % {"holder": opened.holder, "amount": yuan(opened.opening_fen)})
            return redirect(f"{reverse('simulator:bank')}?from={opened.pk}")
    return render(request, "simulator/bank_open.html", {"form": form})


def _show(
    request: WorldRequest, form: TransferForm, payers: list[BankAccount], wire: WireTransfer | None
) -> HttpResponse:
    latest = _movements(request).order_by("-pk")[:LATEST]
    number = form["from_account"].value()
    context = {
        "form": form,
        "wire": wire,
        "payer": next((row for row in payers if row.number == number), None),
        "corporate": [row for row in payers if row.kind == BankAccount.Kind.CORPORATE][:SIDE],
        "personal": [row for row in payers if row.kind == BankAccount.Kind.PERSONAL][:SIDE],
        "lines": [_movement(row, row.from_account_id) for row in latest],
        "payouts": _payouts(request)[:LATEST],
    }
    return render(request, "simulator/bank.html", context | _payee(request, form["to_account"].value() or ""))


def _payee(request: WorldRequest, typed: str) -> dict[str, Any]:
    """Return the account whose number was typed, spaces or not, and the number as it was read."""
    number = "".join(showable(typed[:40]).split())
    held = BankAccount.objects.filter(world=request.world, number=number)
    return {"payee": held.first() if number else None, "number": number}


def _movements(request: WorldRequest) -> QuerySet[BankTransfer]:
    return BankTransfer.objects.filter(world=request.world).select_related(
        "from_account", "to_account", "refund_of"
    )


def _payouts(request: WorldRequest) -> QuerySet[Withdrawal]:
    """Return what the bank has to pay out for games, the oldest first."""
    waiting = Withdrawal.objects.filter(world=request.world, state=Withdrawal.State.ON_ITS_WAY)
    return waiting.select_related("account", "deposit_account").order_by("pk")


def _movement(moved: BankTransfer, seen_from: int) -> Movement:
    """Return a transfer as the account with the id `seen_from` has it on its statement."""
    paid = moved.from_account_id == seen_from
    if moved.refund_of is not None:
        title = _("Refund to %(name)s") if paid else _("Refund from %(name)s")
        detail = str(moved.refund_of.get_reason_display() or RETURNED)
    else:
        title = _("To %(name)s") if paid else _("From %(name)s")
        detail = str(moved.get_reason_display()) if moved.reason else moved.remark
    state = str(moved.get_state_display())
    if moved.state == State.REFUNDED:
        state = str(PARKED_REFUNDED if moved.reason else MATCHED_REFUNDED)
    other = moved.to_account if paid else moved.from_account
    return Movement(
        transfer=moved,
        title=title % {"name": other.holder},
        detail=detail,
        fen=-moved.amount_fen if paid else moved.amount_fen,
        state=state,
        tone=TONES[State(moved.state)],
    )


def _wire(request: WorldRequest, wire_id: str) -> WireTransfer | None:
    """Return the wire transfer of this world that is meant; None for none, 404 for a foreign one."""
    if not wire_id:
        return None
    wires = WireTransfer.objects.filter(world=request.world).select_related("payee")
    return get_object_or_404(wires, pk=_id(wire_id))


def _id(text: str) -> int:
    """Return the id in an address or a hidden field; 404 for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)


def _asked_payer(request: WorldRequest, wire: WireTransfer | None) -> Q:
    """Return which account the form starts from: the one clicked, the company's, else the newest."""
    clicked = request.GET.get("from", "")
    if clicked:
        account = get_object_or_404(_own(request), pk=_id(clicked))
        return Q(pk=account.pk)
    return Q(holder=wire.payer_name, kind=BankAccount.Kind.CORPORATE) if wire else Q()


def _payers(request: WorldRequest, first: Q) -> list[BankAccount]:
    """Return whose money can be moved: the account meant by `first`, then companies, then people."""
    place = Case(When(first, then=0), default=1) if first else Value(0)
    return list(_own(request).order_by(place, "kind", "-pk")[:PAYERS])


def _own(request: WorldRequest) -> QuerySet[BankAccount]:
    return BankAccount.objects.filter(world=request.world).exclude(kind=BankAccount.Kind.PLATFORM)


def _choices(payers: list[BankAccount]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the accounts as the groups of a select."""
    groups = []
    for kind in actions.HOLDABLE:
        rows = [
            (row.number, f"{row.holder}, {row.number[-4:]}, {yuan(row.balance_fen)}")
            for row in payers
            if row.kind == kind
        ]
        if rows:
            groups.append((str(kind.label), rows))
    return groups


def _payer(request: WorldRequest, wire: WireTransfer, how: str) -> BankAccount:
    """Return whose account a company pays from, or by mistake somebody else's."""
    if how == PayForm.PERSONAL:
        found = _own(request).filter(kind=BankAccount.Kind.PERSONAL).order_by("pk").first()
        if found is None:
            raise Refused(_("Nothing was transferred: nobody in this world has a personal account."))
        return found
    if how == PayForm.WRONG_PAYER:
        companies = _own(request).filter(kind=BankAccount.Kind.CORPORATE).order_by("pk")[:PAYERS]
        for company in companies:
            if not same_name(company.holder, wire.payer_name):
                return company
        raise Refused(_("Nothing was transferred: no other company has an account. Open one at the bank."))
    return actions.corporate_account(request.world, holder=wire.payer_name)


def _tell(request: WorldRequest, moved: BankTransfer) -> None:
    """Flash what became of a payment made by one click."""
    facts = {
        "amount": yuan(moved.amount_fen),
        "payer": moved.from_account.holder,
        "reason": moved.get_reason_display(),
    }
    if moved.reason:
        messages.warning(request, _("%(amount)s from %(payer)s is parked. %(reason)s") % facts)
    else:
        messages.success(request, _("%(amount)s from %(payer)s is booked: everything matches.") % facts)
