"""The applicant's pages of WeChat authentication (VER-4 to VER-6)."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Account, Login
from portal.kernel import confirmations, reviews
from portal.kernel.models import Verdict, World
from portal.kernel.terms import EntityType
from portal.simulator import walks
from tests.conftest import seat
from verification import authentication_forms, authentication_samples, materials, specimens
from verification.actions import authentication
from verification.models import AuthenticationOrder, Document

SignedIn = Callable[[Account], Client]

DETAILS = "/settings/authentication/"
AGREEMENT = DETAILS + "agreement/"
MATERIALS = DETAILS + "materials/"
NAME = DETAILS + "name/"
INVOICE = DETAILS + "invoice/"
SUBMIT = DETAILS + "submit/"
BUDGET = 8


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def browser(account: Account, signed_in: SignedIn) -> Client:
    return signed_in(account)


@pytest.fixture
def order(account: Account) -> AuthenticationOrder:
    """An application opened and agreed to, nothing typed yet."""
    by = account.login.as_actor()
    opened = authentication.open_order(account.pk, by=by)
    return authentication.agree(opened.pk, person=account.administrator.name, by=by)


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return html.unescape(response.content.decode())


def goes_to(response: Any) -> str:
    assert response.status_code == 302, text(response)
    return str(response.headers["Location"])


def typed(account: Account, **changes: str) -> dict[str, str]:
    return authentication_samples.fields(account, "administrator") | changes


def upload(content: bytes, name: str = "scan.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def png(colour: str = "red") -> bytes:
    saved = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(saved, "PNG")
    return saved.getvalue()


def slot_errors(response: Any) -> dict[str, list[str]]:
    return {place.slot.name: place.errors for place in response.context["places"] if place.errors}


def documents(order: AuthenticationOrder) -> list[tuple[str, str]]:
    standing = Document.objects.filter(order=order, removed_at__isnull=True).order_by("pk")
    return list(standing.values_list("slot", "name"))


# --- Details ------------------------------------------------------------------------------


@pytest.mark.requirement("VER-4")
def test_details_say_what_it_costs_and_how_long_it_holds(browser: Client):
    shown = text(browser.get(DETAILS))
    for told in (
        "Not authenticated",
        "¥300.00 for each application",
        "Within 5 working days",
        "may be corrected 3 times within 30 days",
        "One year from the approval",
        "Renewal opens 90 days before the end",
    ):
        assert told in shown, told


@pytest.mark.requirement("VER-5")
@pytest.mark.parametrize(
    ("entity_type", "stage", "reason", "way_out"),
    [
        ("individual", "verified", "WeChat authentication is not supported for individuals.", ""),
        (
            "enterprise",
            "awaiting_transfer",
            "The entity is not verified yet. It opens when the wire transfer is validated.",
            "/verification/wire-transfer/",
        ),
    ],
)
def test_where_it_is_not_open_the_page_says_why(
    entity_type: str, stage: str, reason: str, way_out: str, world: World, signed_in: SignedIn
):
    browser = signed_in(walks.account_at(world, stage, entity_type=entity_type))
    page = browser.get(DETAILS)

    assert page.context["reason"] == reason
    assert reason in text(page)
    assert page.context["way_out"] == way_out
    assert "Apply" not in text(page)
    browser.post(DETAILS + "open/")
    assert not AuthenticationOrder.objects.exists()


def test_settings_have_a_row_that_leads_here_and_the_menu_an_entry(browser: Client):
    shown = text(browser.get("/console/settings/"))
    assert "Not authenticated" in shown
    assert f'href="{DETAILS}"' in shown

    browser.post(DETAILS + "open/")
    menu = browser.get(AGREEMENT).context["console"]["menu"]
    current = [item["url"] for group in menu for item in group["items"] if item["current"]]
    assert current == [DETAILS]


def returned(account: Account) -> AuthenticationOrder:
    order = walks.apply(account)
    walks.decide(order, Verdict.Kind.RETURN, "The seal cannot be read.")
    return order


STAGES: dict[str, Callable[[Account], object]] = {
    "apply": lambda account: None,
    "draft": walks.fill_in_application,
    "awaiting_payment": lambda account: authentication.submit_materials(
        walks.fill_in_application(account).pk, by=account.login.as_actor()
    ),
    "under_review": walks.apply,
    "returned": returned,
    "failed": lambda account: walks.decide(walks.apply(account), Verdict.Kind.REJECT, "No such licence."),
    "valid": walks.authenticate,
    "name_failed": lambda account: walks.decide(
        walks.apply(account), Verdict.Kind.APPROVE, "The name is taken.", name="failed"
    ),
}


@pytest.mark.parametrize("stage", STAGES)
def test_details_cost_few_queries_at_every_stage(
    stage: str, account: Account, browser: Client, django_assert_max_num_queries
):
    STAGES[stage](account)
    with django_assert_max_num_queries(BUDGET):
        page = browser.get(DETAILS)
    assert page.context["stage"] == {"failed": "apply", "name_failed": "valid"}.get(stage, stage)


@pytest.mark.parametrize("path", [AGREEMENT, MATERIALS, NAME, INVOICE, SUBMIT])
def test_steps_cost_few_queries(path: str, account: Account, browser: Client, django_assert_max_num_queries):
    returned(account)
    with django_assert_max_num_queries(BUDGET):
        assert browser.get(path).status_code == 200


def test_applications_are_listed_newest_first_by_key(account: Account, browser: Client):
    by = account.login.as_actor()
    for _nth in range(12):
        authentication.drop(authentication.open_order(account.pk, by=by).pk, by=by)

    page = browser.get(DETAILS)
    older = browser.get(page.context["older_url"])
    numbers = [row["order"].number for row in page.context["orders"] + older.context["orders"]]
    assert numbers == [f"WA20190309{nth:06d}" for nth in range(12, 0, -1)]
    assert older.context["order"].number == "WA20190309000012"


def test_refused_says_why_and_what_another_attempt_costs(account: Account, browser: Client):
    STAGES["failed"](account)
    shown = text(browser.get(DETAILS))
    assert "No such licence." in shown
    assert "Another application costs ¥300.00 again." in shown


def test_a_failed_name_leaves_the_qualification_and_is_told(account: Account, browser: Client):
    STAGES["name_failed"](account)
    shown = text(browser.get(DETAILS))
    assert "The name did not pass." in shown
    assert "The name is taken." in shown


def test_the_applicant_never_learns_who_reviewed(account: Account, browser: Client):
    walks.authenticate(account)
    history = [(entry.title, entry.detail, entry.tone) for entry in browser.get(DETAILS).context["history"]]
    assert history == [
        ("WeChat authentication runs out", "planned", "not"),
        ("Renewal opens", "planned", "doing"),
        ("Approves the qualification", "A reviewer", "done"),
        ("Pays the fee", "the bank", ""),
        ("Submits the materials", account.email, ""),
        ("Application opened", "WA20190309000001", ""),
    ]
    assert Login.objects.get(world=account.world, is_staff=True).email not in text(browser.get(DETAILS))


def test_renewal_opens_ninety_days_before_the_end(account: Account, browser: Client, time):
    walks.authenticate(account)
    page = browser.get(DETAILS)
    assert (page.context["may_renew"], "Renewal opens on" in text(page)) == (False, True)
    browser.post(DETAILS + "open/")
    assert AuthenticationOrder.objects.count() == 1

    time.reaches(page.context["renewal_opens_at"])
    assert browser.get(DETAILS).context["may_renew"]
    assert goes_to(browser.post(DETAILS + "open/")) == AGREEMENT
    assert AuthenticationOrder.objects.get(renewal=True).state == "draft"


# --- the agreement ------------------------------------------------------------------------


def test_the_agreement_is_accepted_at_its_end_or_not_at_all(browser: Client):
    assert goes_to(browser.post(DETAILS + "open/")) == AGREEMENT
    for step in (MATERIALS, NAME, INVOICE, SUBMIT):
        assert goes_to(browser.get(step)) == AGREEMENT

    shown = text(browser.get(AGREEMENT))
    assert shown.index("6. The pictures") < shown.index('name="agree"')
    refused = browser.post(AGREEMENT)
    assert "Not accepted: read the agreement to its end and tick the box there." in text(refused)
    assert AuthenticationOrder.objects.get().agreed_at is None

    assert goes_to(browser.post(AGREEMENT, {"agree": "on"})) == MATERIALS
    assert AuthenticationOrder.objects.get().agreed_by == "Lin Yue"


def test_without_an_application_every_step_leads_to_the_details(browser: Client):
    for step in (AGREEMENT, MATERIALS, NAME, INVOICE, SUBMIT, DETAILS + "fee/", DETAILS + "fee.svg"):
        assert goes_to(browser.get(step)) == DETAILS


# --- the materials ------------------------------------------------------------------------


def test_what_is_missing_is_told_at_its_field_and_slot(order: AuthenticationOrder, browser: Client):
    page = browser.post(MATERIALS, {"do": "continue"})
    required = {name for name, needed in materials.FIELDS.items() if needed} - {"name_source"}
    assert set(page.context["form"].errors) == required
    assert slot_errors(page) == {"licence": ["Add a picture here."], "letter": ["Add a picture here."]}


@pytest.mark.parametrize(
    ("sample", "field", "sentence"),
    [
        ("other_holder", "bank_holder", "The account has to be the entity's own"),
        ("letters", "bank_number", "A bank account has 8 to 30 digits"),
        ("wrong_id", "contact_id_number", "last"),
        ("no_area", "contact_landline", "Write the landline with its area code"),
    ],
)
def test_each_broken_sample_is_refused_at_one_field_and_kept(
    sample: str, field: str, sentence: str, order: AuthenticationOrder, account: Account, browser: Client
):
    assert goes_to(browser.post(MATERIALS, {"sample": sample})) == MATERIALS
    kept = browser.get(MATERIALS).context["form"].initial
    assert kept[field] == authentication_samples.fields(account, sample)[field]

    page = browser.post(MATERIALS, {**kept, "do": "continue"})
    assert list(page.context["form"].errors) == [field]
    assert sentence in page.context["form"].errors[field][0]
    assert page.context["form"][field].value() == kept[field]
    order.refresh_from_db()
    assert (order.materials[field], order.complete) == (kept[field], False)


def test_every_broken_sample_is_tried_above():
    broken = {name for name, sample in authentication_samples.MATERIALS.items() if not sample.valid}
    assert broken == {"other_holder", "letters", "wrong_id", "no_area"}


def test_a_picture_is_uploaded_replaced_and_removed(
    order: AuthenticationOrder, account: Account, browser: Client
):
    """Whatever button is pressed, what is typed is kept."""
    sent = {**typed(account), "do": "upload:licence", "file-licence": upload(png(), "first.png")}
    assert goes_to(browser.post(MATERIALS, sent)) == MATERIALS + "#slot-licence"
    sent |= {"file-licence": upload(png("blue"), "second.bmp")}
    browser.post(MATERIALS, sent)
    assert documents(order) == [("licence", "second.png")]
    order.refresh_from_db()
    assert order.materials["contact_name"] == "Lin Yue"

    there = Document.objects.get(order=order, removed_at__isnull=True)
    assert goes_to(browser.post(MATERIALS, {**typed(account), "do": f"remove:{there.pk}"})) == MATERIALS
    assert documents(order) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7\n", "This is a PDF. Save each page as a JPEG or PNG and choose that."),
        (b"<svg></svg>", "This is an SVG drawing. Save it as a PNG and choose that."),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 2**21, "The file is larger than 2 MB. Choose a smaller picture."),
    ],
)
def test_what_is_no_picture_is_refused_beside_its_slot(
    content: bytes, sentence: str, order: AuthenticationOrder, account: Account, browser: Client
):
    page = browser.post(
        MATERIALS, {**typed(account), "do": "upload:letter", "file-letter": upload(content, "letter.png")}
    )
    assert slot_errors(page) == {"letter": [sentence]}
    assert sentence in text(page)
    assert page.context["form"]["contact_name"].value() == "Lin Yue"
    assert documents(order) == []


@pytest.mark.parametrize("name", [name for name, sample in specimens.SAMPLES.items() if not sample.valid])
def test_each_broken_picture_of_the_samples_is_refused(
    name: str, order: AuthenticationOrder, account: Account, browser: Client
):
    page = browser.post(MATERIALS, {**typed(account), "do": f"{name}:licence"})
    assert list(slot_errors(page)) == ["licence"]
    assert documents(order) == []


def test_an_absurd_upload_is_cut_off_and_what_was_typed_still_shown(
    order: AuthenticationOrder, account: Account, browser: Client
):
    page = browser.post(
        MATERIALS,
        {**typed(account, contact_name="Chen Xi"), "do": "continue", "file-other": upload(b"0" * 2**24 * 2)},
    )
    assert "The files are larger than 16 MB together" in text(page)
    assert page.context["form"]["contact_name"].value() == "Chen Xi"
    assert documents(order) == []


def test_a_slot_for_several_is_full_at_ten(order: AuthenticationOrder, account: Account, browser: Client):
    eleven = [upload(png(), f"{nth}.png") for nth in range(11)]
    page = browser.post(MATERIALS, {**typed(account), "do": "upload:other", "file-other": eleven})
    assert slot_errors(page) == {"other": ["Not added: 10 of 10 pictures are here. Remove one first."]}
    assert documents(order) == [("other", f"{nth}.png") for nth in range(10)]


def test_uploads_are_counted_by_the_hour(order: AuthenticationOrder, account: Account, browser: Client):
    """What is refused counts as well: 120 files an hour."""
    for _nth in range(2):
        sixty = [upload(b"%PDF-1.7", f"{nth}.png") for nth in range(60)]
        browser.post(MATERIALS, {**typed(account), "do": "upload:other", "file-other": sixty})
    page = browser.post(
        MATERIALS, {**typed(account), "do": "upload:other", "file-other": upload(png(), "one.png")}
    )
    (sentence,) = slot_errors(page)["other"]
    assert sentence.startswith("Too many tries. Try again in ")
    assert documents(order) == []


@pytest.mark.parametrize("bad", ["\0", "\u202e", "\u200b", "x" * 100_000, "<script>", "e\u0301" * 500])
def test_nothing_that_can_be_typed_breaks_a_step(bad: str, order: AuthenticationOrder, browser: Client):
    for path, names in (
        (MATERIALS, authentication_forms.MaterialsForm.base_fields),
        (NAME, authentication_forms.NameForm.base_fields),
        (INVOICE, authentication_forms.InvoiceForm.base_fields),
    ):
        answer = browser.post(path, {**dict.fromkeys(names, bad), "do": "continue"})
        assert answer.status_code == 200
        assert answer.context["form"].errors
        assert browser.get(path).status_code == 200
    assert "<script>" not in browser.get(SUBMIT).content.decode()


def test_an_unknown_sample_or_button_does_nothing(order: AuthenticationOrder, browser: Client):
    for sent in (
        {"sample": "nothing"},
        {"do": "remove:x"},
        {"do": "specimen:nowhere"},
        {"do": "burn:licence"},
    ):
        assert browser.post(MATERIALS, sent).status_code == 302
    assert documents(order) == []


def test_a_page_that_sends_a_file_by_itself_gets_the_slot_anew(
    order: AuthenticationOrder, account: Account, browser: Client
):
    sent = {**typed(account), "do": "upload:licence", "file-licence": upload(png(), "licence.png")}
    shown = text(browser.post(MATERIALS, sent, headers={"HX-Request": "true"}))
    assert shown.lstrip().startswith('<div class="slot" id="slot-licence">')
    assert "licence.png" in shown
    assert "slot-letter" not in shown


def test_somebody_elses_picture_cannot_be_removed(
    order: AuthenticationOrder, account: Account, browser: Client, world: World
):
    theirs = walks.fill_in_application(walks.account_at(world, "verified", name="Other Kiln Co., Ltd."))
    one = Document.objects.filter(order=theirs)[0]
    assert browser.post(MATERIALS, {**typed(account), "do": f"remove:{one.pk}"}).status_code == 404
    one.refresh_from_db()
    assert one.removed_at is None


@pytest.mark.requirement("SIM-5")
def test_magic_values_stand_beside_the_field_they_work_in(order: AuthenticationOrder, browser: Client):
    page = browser.get(MATERIALS)
    shown = text(page)
    for value in reviews.MAGIC:
        assert f"""data-fill='{{"contact_email": "{value}@magic.example"}}'""" in shown
        assert reviews.magic_in(f"{value}@magic.example") == value


# --- name and invoice ---------------------------------------------------------------------


def test_a_trademark_needs_its_number(order: AuthenticationOrder, browser: Client):
    page = browser.post(NAME, {})
    assert list(page.context["form"].errors) == ["name_source"]
    page = browser.post(NAME, {"name_source": "trademark"})
    assert list(page.context["form"].errors) == ["trademark_number"]

    assert (
        goes_to(browser.post(NAME, {"name_source": "trademark", "trademark_number": "99000001"})) == INVOICE
    )
    order.refresh_from_db()
    assert order.materials == {"name_source": "trademark", "trademark_number": "99000001"}


@pytest.mark.parametrize(
    ("sample", "errors"),
    [
        ("electronic", []),
        ("vat", []),
        ("no_address", ["mailing_address"]),
        ("tax_number", ["tax_number"]),
    ],
)
def test_an_invoice_asks_for_what_its_kind_needs(
    sample: str, errors: list[str], order: AuthenticationOrder, browser: Client
):
    assert goes_to(browser.post(INVOICE, {"sample": sample})) == INVOICE
    kept = browser.get(INVOICE).context["form"].initial
    answer = browser.post(INVOICE, kept)
    if errors:
        assert list(answer.context["form"].errors) == errors
    else:
        assert goes_to(answer) == SUBMIT


def test_no_invoice_asks_for_nothing(order: AuthenticationOrder, browser: Client):
    assert goes_to(browser.post(INVOICE, {"kind": "none", "tax_number": "not read"})) == SUBMIT


# --- submitting and paying ----------------------------------------------------------------


def test_nothing_is_submitted_before_it_is_complete(order: AuthenticationOrder, browser: Client):
    page = browser.get(SUBMIT)
    assert not page.context["complete"]
    assert [str(step["label"]) for step in page.context["incomplete"]] == ["Materials", "Name", "Invoice"]
    assert goes_to(browser.post(SUBMIT)) == DETAILS
    order.refresh_from_db()
    assert order.state == "draft"


def test_a_government_office_pays_nothing(world: World, signed_in: SignedIn):
    account = walks.account_at(world, "awaiting_authentication", entity_type="government")
    browser = signed_in(account)
    assert "Free of charge for government" in text(browser.get(DETAILS))
    walks.fill_in_application(account)
    browser.post(SUBMIT)
    assert browser.get(DETAILS).context["stage"] == "under_review"


def test_the_payment_page_waits_for_the_phone(account: Account, browser: Client):
    order = STAGES["awaiting_payment"](account)
    assert isinstance(order, AuthenticationOrder)
    page = browser.get(DETAILS)
    shown = page.context["shown"]
    assert [button["url"] for button in page.context["actors"][0]["buttons"]] == [
        reverse("simulator:phone_question", args=[account.administrator.person_id, shown.pk]),
        reverse("simulator:scan", args=[shown.code]),
    ]
    assert browser.get(DETAILS + "fee.svg").headers["Content-Type"] == "image/svg+xml"
    assert browser.get(page.context["status_url"], headers={"HX-Request": "true"}).status_code == 204

    confirmations.refuse(shown.pk, by=account.administrator.person.as_actor())
    turned = browser.get(page.context["status_url"], headers={"HX-Request": "true"})
    assert turned.headers["HX-Redirect"] == DETAILS
    assert "Refused on the phone." in text(browser.get(DETAILS))
    assert goes_to(browser.post(DETAILS + "fee/show/")) == DETAILS
    assert browser.get(DETAILS).context["waits"]

    walks.pay_fee(order)
    turned = browser.get(page.context["status_url"], headers={"HX-Request": "true"})
    assert turned.headers["HX-Redirect"] == DETAILS
    assert browser.get(DETAILS).context["stage"] == "under_review"


def test_what_is_submitted_is_no_longer_edited(account: Account, browser: Client):
    STAGES["awaiting_payment"](account)
    for step in (AGREEMENT, MATERIALS, NAME, INVOICE, SUBMIT):
        assert goes_to(browser.post(step, {"do": "continue"})) == DETAILS


def test_unpaid_can_be_dropped_and_reviewed_cannot(account: Account, browser: Client):
    walks.fill_in_application(account)
    browser.post(DETAILS + "drop/")
    assert AuthenticationOrder.objects.get().state == "closed"

    walks.apply(account)
    browser.post(DETAILS + "drop/")
    assert AuthenticationOrder.objects.latest("pk").state == "under_review"


@pytest.mark.requirement("VER-4")
def test_what_came_back_shows_each_reason_at_its_field(account: Account, browser: Client):
    order = walks.apply(account)
    reviews.decide(
        walks.waiting_review(order).pk,
        Verdict.Kind.RETURN,
        by=Login.objects.get(world=account.world, is_staff=True).as_actor(),
        reasons=[
            reviews.Reason("The seal cannot be read.", field="letter"),
            reviews.Reason("Nobody answers there.", field="contact_phone"),
            reviews.Reason("Choose another name.", field="name_source"),
        ],
    )
    page = browser.get(DETAILS)
    assert "Correction 1 of 3" in text(page)
    assert [str(reason["label"]) for reason in page.context["reasons"]] == [
        "Application letter",
        "Mobile number",
        "Where the name comes from",
    ]
    shown = browser.get(MATERIALS)
    assert {place.slot.name: place.reasons for place in shown.context["places"] if place.reasons} == {
        "letter": ["The seal cannot be read."]
    }
    assert {row.field.name: row.reasons for row in shown.context["contact"] if row.reasons} == {
        "contact_phone": ["Nobody answers there."]
    }
    assert "The reviewer: Choose another name." in text(browser.get(NAME))


# --- documents ----------------------------------------------------------------------------


@pytest.fixture
def picture(account: Account) -> Document:
    return Document.objects.filter(order=walks.fill_in_application(account))[0]


def address(document: Document) -> str:
    return reverse("verification:document", args=[document.pk])


def test_a_picture_is_shown_to_its_own_account_and_does_nothing(picture: Document, browser: Client):
    answer = browser.get(address(picture))
    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG")
    headers = {
        name: answer.headers[name]
        for name in (
            "Content-Type",
            "Content-Disposition",
            "Content-Security-Policy",
            "X-Content-Type-Options",
            "Cache-Control",
        )
    }
    assert headers == {
        "Content-Type": "image/png",
        "Content-Disposition": 'inline; filename="licence.png"',
        "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


def test_nobody_else_sees_a_picture_and_no_guess_finds_one(
    picture: Document, world: World, make_world, visitor: Client, client: Client
):
    assert goes_to(visitor.get(address(picture))).startswith("/log-in/")
    neighbour = walks.account_at(world, "verified", name="Other Kiln Co., Ltd.")
    stranger = walks.account_at(make_world("Class 08"), "verified")
    for other in (neighbour, stranger):
        foreign = Client()
        seat(foreign, other)
        assert foreign.get(address(picture)).status_code == 404
        assert foreign.get(reverse("verification:document", args=[2**70])).status_code == 404


def test_a_removed_picture_is_gone(picture: Document, account: Account, browser: Client):
    authentication.remove_document(picture.pk, by=account.login.as_actor())
    assert browser.get(address(picture)).status_code == 404


@pytest.mark.parametrize("slot", ["licence", "letter", "other", "letter-template"])
def test_specimens_are_downloaded_as_pictures(slot: str, browser: Client):
    answer = browser.get(f"{DETAILS}specimens/{slot}.png")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert Image.open(io.BytesIO(answer.content)).size == specimens.SIZE


@pytest.mark.parametrize("slot", ["certificate", "nowhere"])
def test_other_entities_specimens_are_not_there(slot: str, browser: Client):
    assert browser.get(f"{DETAILS}specimens/{slot}.png").status_code == 404


@pytest.mark.parametrize("entity_type", materials.SLOTS)
def test_every_slot_has_a_specimen_with_a_title(entity_type: str):
    assert {slot.name for slot in materials.SLOTS[EntityType(entity_type)]} <= set(specimens.TITLES)
