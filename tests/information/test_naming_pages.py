"""The page of the name: check, draft, proofs, code, withdrawal, short name, and its card (INF-1, INF-2)."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from information.actions import naming
from information.models import Naming, Proof
from information.views.naming import SAMPLES
from portal.kernel import confirmations
from portal.kernel.actors import SIMULATOR
from portal.kernel.reviews import Reason
from portal.kernel.terms import Role
from portal.outside import people
from portal.simulator import walks
from tests.information.named import (
    PROTECTED,
    administrator,
    again,
    call,
    company,
    decide,
    draft,
    prove,
    released,
    scan,
    submit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("INF-2")]

PAGE = "/console/information/name/"


@pytest.fixture
def kite(world):
    return company(world)


@pytest.fixture
def console(kite, signed_in):
    return signed_in(kite)


def shown(answer):
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def press(client, do, **typed):
    return client.post(PAGE, {"note": "", "do": do, **typed})


def errors(answer, field="name"):
    return answer.context["form"].errors.get(field, [])


def sign(name="proof.png"):
    return SimpleUploadedFile(name, walks.made_picture("proof").content)


# --- checking -----------------------------------------------------------------------------


def test_check_says_that_a_name_is_free_and_keeps_what_was_typed(console):
    page = press(console, "check", name="Paper Kite")
    text = shown(page)
    assert "Paper Kite is free." in text
    assert 'value="Paper Kite"' in text
    assert Naming.objects.count() == 0


@pytest.mark.parametrize("do", ["check", "ask"])
@pytest.mark.parametrize(
    ("typed", "code"),
    [("Ki", "53010"), ("We Chat", "53012"), ("linyue", "53018"), ("12345", "53010"), ("🪁🪁🪁🪁", "53010")],
)
def test_what_is_refused_stands_at_the_field_with_its_code_and_what_was_typed(console, do, typed, code):
    page = press(console, do, name=typed)
    assert f"({code})" in errors(page)[0]
    assert f'value="{typed}"' in shown(page)
    assert Naming.objects.count() == 0


def test_a_million_characters_are_refused_and_not_sent_back(console):
    page = press(console, "ask", name="x" * 1_000_000)
    assert "it has 1000000 characters" in errors(page)[0]
    assert len(page.content) < 100_000


@pytest.mark.parametrize("typed", ["Kite\x00", "Kite \u202eetiK", "Kite\u200b", "Kite\x1b[31m"])
def test_characters_that_no_page_can_hold_are_refused_at_the_field(console, typed):
    assert "Character " in errors(press(console, "ask", name=typed))[0]


def test_nothing_typed_asks_for_the_name(console):
    assert errors(press(console, "check", name="  ")) == ["Type the name."]


def test_the_eleventh_check_of_a_minute_is_refused_at_the_field(console):
    for _nth in range(10):
        press(console, "check", name="Paper Kite")
    assert "(53011)" in errors(press(console, "check", name="Paper Kite"))[0]


def test_the_samples_are_what_they_say(console, kite):
    for _label, typed, valid in SAMPLES:
        assert bool(errors(press(console, "check", name=typed))) is not valid


# --- draft, proofs, code ------------------------------------------------------------------


def test_a_free_name_goes_straight_to_the_scan(console, kite):
    answer = press(console, "ask", name="Paper Kite")
    assert (answer.status_code, answer["Location"]) == (302, PAGE + "#scan")
    page = console.get(PAGE)
    scan = page.context["scan"]
    assert (scan.state, scan.facts["new"]) == ("shown", "Paper Kite")
    assert "Lin Yue's phone" in shown(page)
    confirmations.confirm(scan.confirmation.pk, by=administrator(kite))
    page = console.get(PAGE)
    assert page.context["scan"] is None
    assert "Paper Kite" in shown(page)
    assert again(kite).name == "Paper Kite"


def test_a_protected_name_asks_for_a_proof_and_keeps_the_draft(console, kite):
    page = press(console, "ask", name=PROTECTED, note="The mark is ours.")
    assert "Add a proof of the right to it. (91009)" in shown(page)
    draft = Naming.objects.get()
    assert (draft.name, draft.note, draft.state) == (PROTECTED, "The mark is ours.", "draft")
    assert 'value="The mark is ours."' in shown(console.get(PAGE))


def test_proofs_come_with_any_button_and_can_be_seen_and_removed(console, kite):
    press(console, "upload", name=PROTECTED, proofs=[sign("a.png"), sign("b.png")])
    first, second = Proof.objects.order_by("pk")
    address = reverse("information:proof", args=[first.pk])
    assert address in shown(console.get(PAGE))
    picture = console.get(address)
    assert picture["Content-Type"] == "image/png"
    press(console, f"remove:{first.pk}", name=PROTECTED)
    assert console.get(address).status_code == 404
    assert [proof.pk for proof in console.get(PAGE).context["proofs"]] == [second.pk]
    assert press(console, "ask", name=PROTECTED)["Location"] == PAGE + "#scan"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7", "This is a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG drawing"),
        (b"", "The file is empty"),
        (b"not a picture", "This is not a picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2 * 1024 * 1024), "larger than 2 MB"),
    ],
)
def test_a_proof_that_is_no_picture_is_refused_at_its_place(console, content, told):
    page = press(console, "upload", name=PROTECTED, proofs=SimpleUploadedFile("proof.png", content))
    assert told in page.context["refused"][0]
    assert Naming.objects.get().name == PROTECTED
    assert Proof.objects.count() == 0


@pytest.mark.parametrize(
    "do", ["remove:", "remove:x", "remove:²", "remove:" + "9" * 40, "nothing", "remove:-1"]
)
def test_a_button_that_is_none_does_nothing(console, do):
    press(console, "specimen", name=PROTECTED)
    assert press(console, do, name=PROTECTED).status_code == 302
    assert Proof.objects.filter(removed_at__isnull=True).count() == 1


def test_the_simulators_samples_bring_a_proof_or_its_refusal(console):
    assert press(console, "specimen", name=PROTECTED).status_code == 302
    assert "This is a PDF" in press(console, "pdf", name=PROTECTED).context["refused"][0]


def test_a_code_that_was_refused_can_be_shown_anew(console, kite):
    press(console, "ask", name="Paper Kite")
    question = console.get(PAGE).context["scan"].confirmation
    confirmations.refuse(question.pk, by=administrator(kite))
    assert "Refused on the phone." in shown(console.get(PAGE))
    assert console.post(reverse("information:name_code"))["Location"] == PAGE + "#scan"
    assert console.get(PAGE).context["scan"].state == "shown"


def test_the_code_of_an_earlier_name_is_not_shown_beside_another(console, kite):
    press(console, "ask", name="Paper Kite")
    press(console, "upload", name=PROTECTED)
    assert console.get(PAGE).context["scan"] is None


def test_a_draft_is_dropped_by_its_button(console, kite):
    press(console, "ask", name="Paper Kite")
    assert console.post(reverse("information:name_drop")).status_code == 302
    assert Naming.objects.get().state == "dropped"
    assert console.post(reverse("information:name_drop")).status_code == 302


# --- under review, shut, refused ----------------------------------------------------------


def test_under_review_it_says_until_when_and_can_be_withdrawn(console, kite):
    submit(kite)
    text = shown(console.get(PAGE))
    assert "19 Mar 2019, 10:00" in text
    assert "Open it at the desk" in text
    for do in ("check", "ask", "upload"):
        assert press(console, do, name="Kestrel").status_code == 302
        assert f"{PROTECTED} is under review, one at a time." in shown(console.get(PAGE))
    assert Naming.objects.get().name == PROTECTED
    console.post(reverse("information:name_drop"))
    assert Naming.objects.get().state == "dropped"


def test_a_refused_name_shows_its_reasons_on_page_and_card(console, kite, world):
    decide(submit(kite), "reject", Reason(code="unreadable"))
    assert "A proof cannot be read." in shown(console.get(PAGE))
    assert "A proof cannot be read." in shown(console.get("/console/information/"))


def test_what_the_platform_refused_itself_shows_its_reason_too(console, kite, world):
    asked = submit(kite)
    people.add(world.pk, wechat_id="moonquilllibrary", key="a reader", by=SIMULATOR)
    decide(asked, "approve")
    assert f"{PROTECTED} is somebody's WeChat ID" in shown(console.get(PAGE))


def test_after_the_release_the_page_says_what_opens_it(console, kite):
    call(kite, "Paper Kite")
    released(kite)
    page = console.get(PAGE)
    assert "(91002)" in page.context["shut"]
    assert page.context["shut_way_out"] == reverse("verification:authentication")
    assert 'name="name"' not in shown(page)
    assert "(91002)" in errors(press(console, "ask", name="Kestrel"))[0]


def test_with_both_changes_used_the_page_says_so(console, kite):
    for name in ("Paper Kite", "Kestrel", "Heron Bay"):
        call(kite, name)
    page = console.get(PAGE)
    assert "2 of 2 changes before the first release are used" in page.context["shut"]
    assert (page.context["changes"]["used"], page.context["changes"]["total"]) == (2, 2)


@pytest.mark.requirement("INF-1", "VER-6")
def test_before_the_verification_page_and_card_are_locked_with_reason_and_way_out(world, signed_in):
    client = signed_in(walks.account_at(world, "awaiting_transfer"))
    for path in (PAGE, "/console/information/"):
        text = shown(client.get(path))
        assert "It opens when the wire transfer is validated." in text
        assert reverse("verification:wire_transfer") in text
        assert 'name="name"' not in text
    assert press(client, "ask", name="Paper Kite").status_code == 302
    assert Naming.objects.count() == 0


def test_an_operator_sees_the_name_and_who_may_change_it(world, kite, signed_in):
    person = walks.administrator(world, "chenxi")
    kite.members.create(world=world, person=person, role=Role.OPERATOR, added_at=world.now())
    call(kite, "Paper Kite")
    client = signed_in(kite, person)
    text = shown(client.get(PAGE))
    assert "Only the administrator may do this." in text
    assert "Save the short name" not in text
    for path in (
        "information:name",
        "information:name_code",
        "information:name_drop",
        "information:short_name",
    ):
        client.post(reverse(path), {"name": "Kestrel", "short_name": "Kite", "do": "ask", "note": ""})
    assert (again(kite).short_name, Naming.objects.count()) == ("", 1)


def test_another_accounts_proof_is_not_there(world, kite, signed_in):
    draft(kite, PROTECTED)
    prove(kite)
    address = reverse("information:proof", args=[Proof.objects.get().pk])
    assert signed_in(company(world, 1)).get(address).status_code == 404
    assert signed_in(kite).get(address).status_code == 200


# --- the short name -----------------------------------------------------------------------


def test_the_short_name_is_saved_or_refused_at_its_field(console, kite):
    call(kite, "Paper Kite")
    address = reverse("information:short_name")
    refused = console.post(address, {"short_name": "Kestrel"})
    text = shown(refused)
    assert "in order from the name" in text
    assert 'value="Kestrel"' in text
    assert console.post(address, {"short_name": "Kite"}).status_code == 302
    assert again(kite).short_name == "Kite"
    page = console.get(PAGE)
    assert "1 of 2 changes left this year" in shown(page)
    assert page.context["short_form"].initial["short_name"] == "Kite"


# --- cost, and languages ------------------------------------------------------------------


def test_the_page_costs_at_most_eight_queries_in_every_state(
    world, kite, console, django_assert_max_num_queries
):
    def costs():
        console.get(PAGE)
        with django_assert_max_num_queries(8):
            assert console.get(PAGE).status_code == 200

    costs()
    draft(kite, PROTECTED)
    prove(kite)
    naming.ask(kite.pk, by=administrator(kite))
    costs()
    scan(kite)
    costs()
    decide(Naming.objects.get(), "reject", Reason("No."))
    costs()


def test_the_page_speaks_chinese_too(console):
    console.cookies["language"] = "zh-hans"
    assert shown(console.get(PAGE))
