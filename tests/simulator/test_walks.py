"""Makers walk the real actions: what they return has the history that such an account has."""

import pytest

from portal.kernel.models import AuditEvent, World
from portal.kernel.terms import EntityType, Fact
from portal.outside.models import Letter
from portal.simulator import walks

pytestmark = pytest.mark.django_db


def walked(account):
    """Return the transitions of an account, oldest first."""
    events = AuditEvent.objects.filter(subject_type="accounts.Account", subject_id=account.pk)
    return list(events.order_by("id").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("stage", "steps"),
    [
        ("registered", []),
        ("activated", ["activate"]),
        ("awaiting_transfer", ["activate", "await_transfer"]),
        ("verified", ["activate", "await_transfer", "confirm_transfer"]),
        ("expired", ["activate", "await_transfer", "expire"]),
    ],
)
@pytest.mark.parametrize("entity_type", [EntityType.ENTERPRISE, EntityType.INDIVIDUAL_BUSINESS])
def test_a_company_at_a_stage_has_walked_there(world, stage, steps, entity_type):
    account = walks.account_at(world, stage, entity_type=entity_type)

    assert (account.state, walked(account)) == (stage, steps)


@pytest.mark.parametrize(
    ("stage", "steps"), [("activated", ["activate"]), ("verified", ["activate", "verify_by_scan"])]
)
def test_an_individual_at_a_stage_has_walked_there(world, stage, steps):
    account = walks.account_at(world, stage, entity_type=EntityType.INDIVIDUAL)

    assert (account.state, walked(account)) == (stage, steps)


METHOD_TWO = ["activate", "await_authentication"]


@pytest.mark.requirement("REG-5", "REG-7", "VER-4", "VER-5")
@pytest.mark.parametrize(
    ("stage", "steps"),
    [
        ("awaiting_authentication", METHOD_TWO),
        ("authenticated", [*METHOD_TWO, "authenticate"]),
        ("lapsed", [*METHOD_TWO, "authenticate", "lapse"]),
        ("expired", [*METHOD_TWO, "expire"]),
    ],
)
@pytest.mark.parametrize(
    "entity_type", [EntityType.GOVERNMENT, EntityType.MEDIA, EntityType.OTHER_ORGANIZATION]
)
def test_an_organization_at_a_stage_has_walked_there(world, stage, steps, entity_type):
    account = walks.account_at(world, stage, entity_type=entity_type)

    assert (account.state, account.entity_type, walked(account)) == (stage, entity_type, steps)


@pytest.mark.requirement("VER-5")
def test_a_company_verified_by_wire_may_be_authenticated_too(world):
    account = walks.account_at(world, "authenticated")

    assert walked(account) == ["activate", "await_transfer", "confirm_transfer", "authenticate"]
    assert account.verified_at is not None
    assert account.authenticated_until is not None


@pytest.mark.requirement("REG-7")
def test_a_company_may_choose_method_two(world):
    account = walks.account_at(world, "authenticated", method="wechat_authentication")

    assert walked(account) == [*METHOD_TWO, "authenticate"]
    assert account.verified_at is None


@pytest.mark.parametrize(
    ("entity_type", "stage"),
    [
        (EntityType.INDIVIDUAL, "authenticated"),
        (EntityType.INDIVIDUAL, "awaiting_authentication"),
        (EntityType.INDIVIDUAL, "expired"),
        (EntityType.GOVERNMENT, "verified"),
        (EntityType.MEDIA, "awaiting_transfer"),
        (EntityType.MEDIA, "payment_online"),
        (EntityType.ENTERPRISE, "taken_over"),
    ],
)
def test_a_stage_out_of_reach_leaves_nothing_behind(world, entity_type, stage):
    with pytest.raises(ValueError, match=f"cannot be brought to {stage}"):
        walks.account_at(world, stage, entity_type=entity_type)

    assert not Letter.objects.filter(world=world).exists()


def test_individuals_never_await_a_transfer(world):
    with pytest.raises(ValueError, match="cannot be brought to awaiting_transfer"):
        walks.account_at(world, "awaiting_transfer", entity_type=EntityType.INDIVIDUAL)


def test_each_account_gets_an_e_mail_of_its_own(world):
    """A fifth and sixth account of one company at one domain: mailboxes run out, numbers do not."""
    accounts = [
        walks.account_at(world, "registered", name="Hangzhou Paper Kite Software Co., Ltd.")
        for _ in range(20)
    ]

    assert len({account.email for account in accounts}) == 20
    assert {account.email.partition("@")[2] for account in accounts} == {"paperkite.example"}


def test_the_seed_decides_who_walks(make_world):
    one, same = (walks.account_at(make_world(seed=7), "awaiting_transfer") for _ in range(2))

    assert one.email == same.email
    assert (one.wiretransfer.payer_name, one.wiretransfer.amount_fen) == (
        same.wiretransfer.payer_name,
        same.wiretransfer.amount_fen,
    )


def test_letters_come_in_the_accounts_language(world):
    account = walks.account_at(world, "registered", language="zh-hans")

    assert account.language == "zh-hans"
    assert Letter.objects.filter(world=world, to=account.email).count() == 1


def test_a_walk_to_the_end_moves_the_clock_to_the_deadline(world):
    account = walks.account_at(world, "expired")

    assert account.expired_at == account.wiretransfer.due_at
    assert World.objects.get(pk=world.pk).now() == account.wiretransfer.due_at


@pytest.mark.requirement("INF-1", "INF-3")
@pytest.mark.parametrize("entity_type", EntityType)
def test_every_entity_type_comes_to_a_complete_mini_game(world: World, entity_type: str) -> None:
    account = walks.account_at(world, "perfected", entity_type=entity_type)
    assert account.is_game
    assert Fact.INFORMATION in account.facts


def test_a_class_that_needs_a_review_passes_the_desk_on_the_way(world: World) -> None:
    account = walks.account_at(world, "perfected", category="card_board")
    assert [category.second for category in account.categories.filter(state="in_use")] == ["card_board"]


@pytest.mark.requirement("DEV-1")
def test_members_are_bound_as_people_would(world: World) -> None:
    account = walks.account_at(world, "verified")
    assert walks.bind(account, "meiran", "developer").role == "developer"
    assert walks.bind(account, "guoan", "experience_member").role == "experience_member"
