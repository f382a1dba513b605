"""Contracts between code and rules: machines, capabilities, deadlines, purposes, notices, models."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from accounts import notices
from portal.kernel import confirmations, deadlines, guards
from portal.kernel.diagrams import DEAD_ENDS
from portal.kernel.machines import Machine, machines
from portal.kernel.policy import POLICY
from portal.kernel.terms import Capability

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    "portal",
    "accounts",
    "pushes",
    "platforms",
    "verification",
    "information",
    "releases",
    "payments",
    "associations",
)
MACHINES = {machine.name: machine for machine in machines()}

# Capabilities that no action requires yet, and what brings it.
NOT_BUILT_YET: dict[Capability, str] = {}
# Capabilities that the outside world exercises: the bank judges money by the wire transfer's own state.
EXERCISED_OUTSIDE = {Capability.PAY_WIRE_TRANSFER}
# Capabilities to look at something: a view asks for them, no action does.
LOOKED_AT = {Capability.READ_OPERATION_LOG, Capability.READ_PAYMENT_ORDERS}

# States where a machine may rest for good.
FINAL = {
    "kernel.Confirmation": {"confirmed", "refused"},
    "kernel.Review": {"approved", "rejected", "returned", "withdrawn"},
    "outside.BankTransfer": {"refunded"},
    "accounts.Account": {"expired"},
    "accounts.Category": {"refused", "removed"},
    "accounts.Closing": {"undone", "closed"},
    "accounts.Member": {"removed"},
    "accounts.SignIn": {"ended"},
    "associations.Article": {"deleted"},
    "associations.Association": {"refused", "expired", "withdrawn", "disassociated"},
    "information.Naming": {"adopted", "refused", "dropped"},
    "payments.CoinApplication": {"approved", "rejected", "withdrawn"},
    "payments.DepositAccount": {"failed", "replaced"},
    "payments.GameCoin": {"online"},
    "payments.MerchantApplication": {"passed", "rejected"},
    "payments.PaymentAgreement": {"signed"},
    "payments.PaymentOrder": {"refunded", "closed", "failed"},
    "payments.Withdrawal": {"paid", "failed"},
    "pushes.Push": set(),  # sent again by hand, whatever became of it
    "platforms.Authorization": {"cancelled"},
    "releases.Release": {"replaced", "cancelled"},
    "releases.Service": set(),
    "releases.Submission": {"rejected", "withdrawn", "released", "dropped"},
    "releases.Version": {"replaced", "deleted"},
    "verification.AdministratorChange": {"done", "dropped"},
    "verification.AuthenticationOrder": {"passed", "failed", "closed"},
    "verification.WireTransfer": {"returned", "expired"},
}

# Tables that belong to no world, and why.
WORLDLESS = {
    "kernel.Throttle": "counts on the real clock, across worlds",
    "kernel.Pulse": "one row for the installation",
}


def sources() -> Iterator[tuple[Path, str]]:
    """Return every Python file of the portal with its text, migrations left out."""
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")


# --- machines -----------------------------------------------------------------------------


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_every_transition_requires_its_actor(machine: Machine) -> None:
    for edge in machine.edges:
        by = inspect.signature(getattr(machine.model, edge.name)).parameters.get("by")
        assert by is not None, edge.name
        assert by.kind is inspect.Parameter.KEYWORD_ONLY, edge.name
        assert by.default is inspect.Parameter.empty, edge.name


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_every_state_is_reached_and_only_the_final_ones_are_never_left(machine: Machine) -> None:
    reached, open_ = set[str](), [machine.initial]
    while open_:
        state = open_.pop()
        if state not in reached:
            reached.add(state)
            open_ += [edge.target for edge in machine.leaving(state)]
    names = {value for value, _label in machine.states}
    assert reached == names
    assert {state for state in names if not machine.leaving(state)} == FINAL[machine.name]


def test_a_dead_end_is_final_wherever_it_is() -> None:
    for machine in MACHINES.values():
        for state, _label in machine.states:
            assert state not in DEAD_ENDS or state in FINAL[machine.name]


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_a_machine_fits_on_one_screen(machine: Machine) -> None:
    assert len(machine.states) <= 8


# --- policy -------------------------------------------------------------------------------


def test_every_capability_has_a_row() -> None:
    assert set(POLICY) == set(Capability)


def test_every_capability_is_required_by_an_action_or_comes_with_an_issue() -> None:
    required = set()
    for path, text in sources():
        if "actions" in path.parts or path.name == "actions.py":
            required |= set(re.findall(r"(?:\.require\(|capability=)Capability\.([A-Z_]+)", text))
    built = {Capability[name] for name in required}
    assert built | set(NOT_BUILT_YET) | EXERCISED_OUTSIDE | LOOKED_AT == set(Capability)
    assert not built & set(NOT_BUILT_YET), "built: take it off the list"


# --- what is promised has a handler -------------------------------------------------------


def literals(path: Path, text: str, pattern: str) -> set[str]:
    """Return the first arguments of the calls that `pattern` matches, names as the module knows them."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args and re.fullmatch(pattern, ast.unparse(node.func)):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
            elif isinstance(first, ast.Name | ast.Attribute):
                value: object = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                for name in ast.unparse(first).split("."):
                    value = getattr(value, name, None)
                if isinstance(value, str):
                    found.add(value)
    return found


def test_every_deadline_scheduled_has_a_handler_and_every_handler_is_scheduled() -> None:
    scheduled = set().union(*(literals(path, text, r"deadlines\.schedule") for path, text in sources()))
    assert scheduled == set(deadlines.KINDS)


def test_every_scan_asked_for_has_a_purpose() -> None:
    asked = set().union(*(literals(path, text, r"(confirmations|scans)\.ask") for path, text in sources()))
    assert asked == set(confirmations.PURPOSES)


def test_every_notice_has_its_sentence_and_leads_to_a_page() -> None:
    assert notices.KINDS
    for kind in notices.KINDS.values():
        # What somebody wrote may come last: it is a sentence too.
        assert re.search(r"(\.|%\((reasons?|text)\)s)$", str(kind.text))
        assert not kind.url_name or reverse(kind.url_name)


# --- models -------------------------------------------------------------------------------

MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_row_belongs_to_a_world(model: type[models.Model]) -> None:
    names = {field.attname for field in model._meta.concrete_fields}
    if model._meta.label in {"kernel.World", *WORLDLESS}:
        assert "world_id" not in names
    else:
        assert "world_id" in names


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_field_asks_the_machine_for_the_time_by_itself(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        assert not getattr(field, "auto_now", False), field.name
        assert not getattr(field, "auto_now_add", False), field.name


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_money_is_whole_fen_and_moments_say_when(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        assert not isinstance(field, models.DecimalField | models.FloatField), field.name
        if isinstance(field, models.DateTimeField):
            allowed = field.name.endswith(("_at", "_by", "_until")) or field.name in {
                "at", "last_login", "advanced_from", "advancing_to", "window_start"
            }  # fmt: skip
            assert allowed, field.name


@pytest.mark.django_db
def test_the_database_holds_exactly_the_guards_that_are_declared() -> None:
    assert guards.installed() == {name for guard in guards.GUARDS for name in guards.names(guard)}
