"""Machines read from the code."""

from django.utils.translation import override

from portal.kernel.machines import Edge, machine_of, machines, transition_label


def test_every_stateful_model_has_its_machine() -> None:
    assert [machine.name for machine in machines()] == [
        "kernel.Confirmation",
        "kernel.Review",
        "outside.BankTransfer",
        "accounts.Account",
        "accounts.Category",
        "accounts.Closing",
        "accounts.Member",
        "accounts.SignIn",
        "pushes.Push",
        "platforms.Authorization",
        "verification.AdministratorChange",
        "verification.AuthenticationOrder",
        "verification.WireTransfer",
        "information.Naming",
        "releases.Version",
        "releases.Submission",
        "releases.Release",
        "releases.Service",
        "payments.GameCoin",
        "payments.CoinApplication",
        "payments.PaymentAgreement",
        "payments.DepositAccount",
        "payments.Withdrawal",
        "payments.PaymentOrder",
        "payments.MerchantApplication",
        "associations.Article",
        "associations.Association",
    ]


def test_a_machine_knows_its_states_in_order_and_its_edges() -> None:
    machine = machine_of("verification.WireTransfer")
    with override("en"):
        assert machine.initial == "waiting"
        assert machine.field == "state"
        assert [(value, str(label)) for value, label in machine.states] == [
            ("waiting", "Awaiting transfer"),
            ("validated", "Validated"),
            ("returned", "Money returned"),
            ("expired", "Expired"),
        ]
        assert [_told(edge) for edge in machine.edges] == [
            "waiting -> validated: the exact amount arrives (the company, at its bank), validate",
            "waiting -> expired: ten days pass unpaid (the clock), expire",
            "validated -> returned: ten working days pass (the clock), return_money",
        ]


def _told(edge: Edge) -> str:
    return f"{edge.source} -> {edge.target}: {edge.label} ({edge.who}), {edge.name}"


def test_what_leaves_a_state() -> None:
    machine = machine_of("accounts.Account")
    assert [edge.name for edge in machine.leaving("awaiting_transfer")] == ["confirm_transfer", "expire"]
    assert machine.leaving("expired") == []


def test_mermaid_names_states_and_edges() -> None:
    with override("en"):
        drawn = machine_of("verification.WireTransfer").mermaid()
    assert drawn.splitlines() == [
        "stateDiagram-v2",
        "    [*] --> waiting",
        "    waiting: Awaiting transfer",
        "    validated: Validated",
        "    returned: Money returned",
        "    expired: Expired",
        "    waiting --> validated: the exact amount arrives (the company, at its bank)",
        "    waiting --> expired: ten days pass unpaid (the clock)",
        "    validated --> returned: ten working days pass (the clock)",
    ]


def test_a_transition_is_called_by_its_words_and_anything_else_by_its_name() -> None:
    with override("en"):
        assert str(transition_label("accounts.Account", "confirm_transfer")) == "the transfer matches"
        assert transition_label("kernel.World", "freeze") == "freeze"
