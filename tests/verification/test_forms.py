"""What the form of *Information registration* reads, keeps and refuses, field by field."""

from __future__ import annotations

import pytest

from accounts.models import Account
from portal.kernel.models import World
from portal.kernel.terms import EntityType
from portal.simulator import walks
from tests.verification import registered
from verification import samples
from verification.forms import EntityForm
from verification.models import Registration


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "activated")


def typed(account: Account, sample: str = "enterprise", **changes: str) -> dict[str, str]:
    return samples.fields(account, sample) | changes


def form_of(account: Account, fields: dict[str, str]) -> EntityForm:
    draft = Registration(account=account, world=account.world)
    return EntityForm(fields, account=account, draft=draft)


@pytest.mark.requirement("REG-6", "REG-7", "REG-8")
@pytest.mark.parametrize("sample", [name for name, each in samples.SAMPLES.items() if each.valid])
def test_every_valid_sample_is_accepted(account: Account, sample: str):
    assert form_of(account, typed(account, sample)).errors == {}


BROKEN = {
    "wrong_code": ("entity_number", "The last character should be"),
    "wrong_organisation_code": ("entity_number", "Check it against the certificate."),
    "hidden_character": ("entity_name", "U+200B"),
    "wrong_id": ("admin_id_number", "The last character should be"),
    "born_later": ("admin_id_number", "The birth date in this number, 2108-01-01, is in the future."),
    "country_code": ("admin_phone", "A mobile number has 11 digits and starts with 1"),
}


@pytest.mark.requirement("REG-6", "REG-8")
@pytest.mark.parametrize(("sample", "field", "words"), [(name, *told) for name, told in BROKEN.items()])
def test_each_broken_sample_is_refused_at_one_field(account: Account, sample: str, field: str, words: str):
    errors = form_of(account, typed(account, sample)).errors

    assert list(errors) == [field]
    assert words in errors[field][0]


@pytest.mark.parametrize("sample", ["other_name", "no_real_name"])
def test_what_only_the_scan_finds_out_passes_the_form(account: Account, sample: str):
    assert form_of(account, typed(account, sample)).errors == {}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("entity_type", "", "Choose an entity type."),
        ("entity_name", "  ", "Enter the company's name as on the business licence."),
        ("entity_name", "x" * 121, "Keep it to 120 characters; this has 121."),
        ("entity_number", "", "Enter the code on the business licence."),
        (
            "entity_number",
            "9199",
            "A licence number has 15 digits and a unified social credit code 18 characters; this has 4."
            " Check it against the business licence.",
        ),
        ("method", "", "Choose a verification method."),
        (
            "method",
            "real_name_scan",
            "Choose a verification method.",
        ),
        ("admin_name", "", "Enter the administrator's name as on the ID card."),
        (
            "admin_name",
            "Lin\x00Yue",
            "Character 4 is U+0000, a control character, which text cannot hold. Remove it.",
        ),
        ("admin_id_number", "", "Enter the administrator's ID card number."),
        ("admin_phone", "", "Enter the administrator's mobile number."),
    ],
)
def test_a_refused_field_says_what_to_do(account: Account, field: str, value: str, sentence: str):
    assert form_of(account, typed(account, **{field: value})).errors == {field: [sentence]}


ORGANIZATIONS = {
    "government": ("Government full name", "Enter the office's full name as on the certificate.", True),
    "media": ("Media full name", "Enter the full name as on the certificate.", False),
    "other_organization": (
        "Organization name",
        "Enter the organization's name as on the certificate.",
        False,
    ),
}


@pytest.mark.requirement("REG-5", "REG-6", "REG-7")
@pytest.mark.parametrize(("kind", "label", "missing", "free"), [(k, *v) for k, v in ORGANIZATIONS.items()])
def test_an_organization_is_asked_for_its_certificate(
    account: Account, kind: str, label: str, missing: str, free: bool
):
    """Government, media and other organizations have WeChat authentication only."""
    form = form_of(account, typed(account, kind, entity_name="", entity_number="", method=""))

    assert form.errors == {"entity_name": [missing], "entity_number": ["Enter the code on the certificate."]}
    assert form["entity_name"].label == label
    assert form["entity_number"].label == "Credit or organisation code"
    assert (form.only_way, form.is_free) == ("wechat_authentication", free)
    assert Registration(**form.typed()).way == "wechat_authentication"


@pytest.mark.requirement("REG-7")
def test_a_wire_transfer_forged_into_an_organizations_form_is_no_way(account: Account):
    form = form_of(account, typed(account, "media", method="wire_transfer"))

    assert form.errors == {}
    assert Registration(**form.typed()).way == "wechat_authentication"


@pytest.mark.requirement("REG-6")
@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("99123456-0", "99123456-0"),
        ("991234560", "99123456-0"),
        ("９９１２３４５６－０", "99123456-0"),
        (" 9912 3456 0 ", "99123456-0"),
    ],
)
def test_an_organisation_code_is_kept_in_one_form(account: Account, number: str, kept: str):
    form = form_of(account, typed(account, "government", entity_number=number))

    assert form.errors == {}
    assert form.typed()["entity_number"] == kept


@pytest.mark.requirement("REG-6")
@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("99123456-1", "The last character should be 0 for this number. Check it against the certificate."),
        (
            "99É23456-0",
            "An organisation code has digits and capital letters; character 3 is neither."
            " Check it against the certificate.",
        ),
        (
            "991234567890123",
            "A unified social credit code has 18 characters and an organisation code 9; this has 15."
            " Check it against the certificate.",
        ),
    ],
)
def test_a_wrong_code_of_an_organization_says_what_to_do(account: Account, number: str, sentence: str):
    form = form_of(account, typed(account, "government", entity_number=number))

    assert form.errors == {"entity_number": [sentence]}


@pytest.mark.requirement("REG-6")
def test_an_individual_has_no_company_fields(account: Account):
    """The name and the number of an individual are the administrator's; the method is the scan."""
    form = form_of(account, typed(account, "individual"))

    assert form.errors == {}
    owner = Registration(**form.typed())
    assert (owner.owner_name, owner.way) == ("Mei Ran", "real_name_scan")
    assert owner.owner_number == owner.admin_id_number


def test_what_a_company_typed_survives_a_look_at_individuals(account: Account):
    company = typed(account)
    form = form_of(account, company | {"entity_type": EntityType.INDIVIDUAL.value, "entity_number": "wrong"})

    assert form.errors == {}
    assert form.typed() == company | {"entity_type": "individual", "entity_number": "wrong"}


def test_typed_values_are_kept_as_they_were_read(account: Account):
    form = form_of(
        account, typed(account, entity_name="  Paper   Kite \u3000Ltd ", admin_phone="100 1234 5678")
    )

    assert form.errors == {}
    assert form.typed()["entity_name"] == "Paper Kite Ltd"
    assert form.typed()["admin_phone"] == "10012345678"


@pytest.mark.requirement("REG-11")
@pytest.mark.parametrize(
    ("sample", "same", "field", "sentence"),
    [
        (
            "enterprise",
            "admin_id_number",
            "admin_id_number",
            "This ID number already administers 5 of 5 accounts. Choose another administrator.",
        ),
        (
            "enterprise",
            "admin_phone",
            "admin_phone",
            "This mobile number already serves 5 of 5 accounts. Use another number.",
        ),
        (
            "individual_business",
            "entity_number",
            "entity_name",
            "This entity already has 5 of 5 accounts.",
        ),
    ],
    ids=["id number", "mobile", "individual business"],
)
def test_the_sixth_account_is_refused_at_its_field(
    account: Account, world: World, sample: str, same: str, field: str, sentence: str
):
    fields = typed(account, sample)
    registered.confirm_many(world, fields, 5, same=same)

    assert form_of(account, fields).errors == {field: [sentence]}


@pytest.mark.requirement("REG-11")
def test_an_enterprise_may_have_fifty_accounts(account: Account, world: World):
    fields = typed(account)
    registered.confirm_many(world, fields, 50, same="entity_number")
    form = form_of(account, fields)

    assert form.usages["entity_name"].used == 50
    assert form.errors == {"entity_name": ["This entity already has 50 of 50 accounts."]}
