"""The pages of associations: what they show, refuse and cost, on either side (ASC-1, ASC-2, ASC-3)."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.models import Account
from associations import words
from associations.models import Association
from portal.kernel import confirmations
from portal.kernel.models import Confirmation
from portal.simulator import walks
from tests.associations import crowd

pytestmark = pytest.mark.django_db

BUDGET = 26
HERE = "/console/mini-programs/"
ADD = f"{HERE}add/"
THERE = "/console/official-accounts/"

# What people paste, and machines send.
BAD = ("\x00", "a\x00b", "\ud800", "\u202eevil", "\u200b", "x" * 5000, "10" * 20, "-1", "<script>", "None")


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.headers.get("Location")
    return " ".join(html.unescape(answer.content.decode()).split())


def send(console: Any, url: str, fields: dict[str, str]) -> Any:
    """Post a form as a machine might: half of a broken character too."""
    body = urlencode(fields, errors="surrogatepass")
    return console.post(url, body, content_type="application/x-www-form-urlencoded")


def errors(answer: Any, form: str = "form") -> dict[str, list[str]]:
    return {name: list(told) for name, told in answer.context[form].errors.items()}


def page(association: Association, base: str = HERE) -> str:
    return f"{base}{association.pk}/"


def menu_of(answer: Any) -> list[str]:
    return [item["label"] for group in answer.context["console"]["menu"] for item in group["items"]]


# --- the Official Account's side ----------------------------------------------------------


def test_an_empty_list_leads_to_add(official_account: Account, signed_in: Any) -> None:
    shown = signed_in(official_account).get(HERE)
    assert "No Mini Program is associated yet" in text_of(shown)
    assert [(row["used"], row["total"]) for row in shown.context["quotas"]] == [(0, 10), (0, 3), (0, 13)]
    assert shown.context["quotas"][2]["hint"] == "free again on 1 Apr 2019"
    assert f'href="{ADD}"' in text_of(shown)


def test_add_finds_a_mini_program_and_asks_for_the_scan(
    official_account: Account, mini_program: Account, signed_in: Any
) -> None:
    console = signed_in(official_account)
    found = console.get(ADD, {"q": f" {(mini_program.appid or '').upper()} "})
    assert found.context["found"].mini_program == mini_program
    assert "Different entity" in text_of(found)
    assert [(row["used"], row["total"]) for row in found.context["quotas"]] == [(0, 3), (0, 13)]

    sent = console.post(ADD, {"appid": mini_program.appid, "notify_followers": "on"})
    association = Association.objects.get()
    assert sent["Location"] == page(association)
    assert (association.show_on_profile, association.notify_followers) == (False, True)
    waits = console.get(page(association))
    assert waits.context["scan"].state == "shown"
    assert [row["name"] for row in waits.context["actors"]] == ["The clock"]
    assert association in [row["association"] for row in console.get(HERE).context["waiting"]]


def test_each_sample_does_what_it_says(
    official_account: Account, mini_program: Account, world: Any, signed_in: Any
) -> None:
    walks.account_at(world, "perfected", name="Quiet Harbour Ltd", wechat_id="guoan")
    console = signed_in(official_account)
    told = {}
    for sample in console.get(ADD).context["samples"]:
        answer = console.get(ADD, sample["fields"])
        assert bool(answer.context["found"]) == sample["valid"]
        told[str(sample["label"])] = errors(answer, "search").get("q", [""])[0].split(":")[0]
    assert told == {
        mini_program.name: "",
        "Without a released version": "Not invited",
        "This Official Account's own": "Not invited",
        "Nobody's": "Not found",
    }


@pytest.mark.parametrize("typed", ["", *BAD])
def test_what_is_no_appid_is_told_at_the_field(
    official_account: Account, mini_program: Account, signed_in: Any, typed: str
) -> None:
    console = signed_in(official_account)
    answers = [send(console, ADD, {"appid": typed, "show_on_profile": "on"})]
    if "\x00" not in typed:  # no address of the portal has it
        answers.insert(0, console.get(ADD, {"q": typed.encode("utf-8", "replace").decode()}))
    for answer in answers:
        text_of(answer)
        assert list(errors(answer, "search")) == ["q"]
        assert answer.context["found"] is None
    assert answer.context["ticked"] == ["show_on_profile"], "nothing typed is lost"
    assert not Association.objects.exists()


def test_a_limit_is_told_at_the_field_with_the_options_kept(
    official_account: Account, signed_in: Any
) -> None:
    others = crowd.accounts(official_account.world, 4, company=crowd.THEIRS)
    crowd.associated([(official_account, there) for there in others[:3]])
    answer = signed_in(official_account).post(ADD, {"appid": others[3].appid, "show_on_profile": "on"})
    [sentence] = errors(answer, "search")["q"]
    assert "89017" in sentence or "3 of 3" in sentence
    assert 'name="show_on_profile" value="on"' in text_of(answer)


def test_an_invitation_is_withdrawn_and_sent_again(pair: tuple[Account, Account], signed_in: Any) -> None:
    console = signed_in(pair[0])
    association = walks.invite(*pair)
    shown = console.get(page(association))
    assert "The invitation is sent" in text_of(shown)
    assert [row["name"] for row in shown.context["actors"]] == ["Lin Yue", "The clock"]
    console.post(f"{page(association)}withdraw/")
    ended = text_of(console.get(page(association)))
    assert "It can be invited again." in ended
    assert f"{ADD}?q={pair[1].appid}" in ended
    listed = console.get(HERE, {"ended": "1"}).context["rows"]
    assert [row["state"]["label"] for row in listed] == ["Withdrawn"]


def test_a_code_that_was_taken_back_is_shown_anew(pair: tuple[Account, Account], signed_in: Any) -> None:
    console = signed_in(pair[0])
    console.post(ADD, {"appid": pair[1].appid, "show_on_profile": "on"})
    association = Association.objects.get()
    first = confirmations.latest(words.INVITE, association.pk)
    assert first is not None
    console.post(reverse("accounts:scan_cancel", args=[first.pk]), {"next": page(association)})
    assert console.get(page(association)).context["scan"].state == "refused"
    assert console.post(f"{page(association)}ask/")["Location"] == page(association)
    assert console.get(page(association)).context["scan"].state == "shown"
    assert Association.objects.get().show_on_profile


def test_the_profile_page_shows_it_or_not(pair: tuple[Account, Account], signed_in: Any) -> None:
    console = signed_in(pair[0])
    association = walks.associate(*pair)
    answer = console.post(f"{page(association)}profile/", {"shown": "on"}, follow=True)
    assert f"The profile page shows {pair[1].name}." in text_of(answer)
    console.post(f"{page(association)}profile/", {})
    association.refresh_from_db()
    assert association.show_on_profile is False


def test_a_mini_program_looks_at_its_gate(mini_program: Account, signed_in: Any) -> None:
    console = signed_in(mini_program)
    gate = reverse("console:gate", args=["associate_mini_programs"])
    assert [console.get(url)["Location"] for url in (HERE, ADD, f"{HERE}1/")] == [gate] * 3
    names = menu_of(console.get(THERE))
    assert "Associated Official Accounts" in names
    assert "Mini Program Management" not in names


# --- the Mini Program's side --------------------------------------------------------------


def test_an_invitation_comes_first_and_is_refused(pair: tuple[Account, Account], signed_in: Any) -> None:
    association = walks.invite(*pair)
    console = signed_in(pair[1])
    shown = console.get(THERE)
    assert [row["association"] for row in shown.context["waiting"]] == [association]
    assert [(row["used"], row["total"]) for row in shown.context["quotas"]] == [(1, 500), (1, 500)]
    detail = console.get(page(association, THERE))
    assert detail.context["scan"].state == "shown"
    long = console.post(f"{page(association, THERE)}refuse/", {"reason": "x" * 201})
    assert list(errors(long)) == ["reason"]
    assert "x" * 201 in text_of(long)
    assert console.get(f"{page(association, THERE)}refuse/")["Location"] == page(association, THERE)
    console.post(f"{page(association, THERE)}refuse/", {"reason": "Not our festival"})
    history = console.get(page(association, THERE)).context["history"]
    assert (history[0]["title"], history[0]["detail"]) == ("Refused", "by the Mini Program: Not our festival")


def test_what_waits_for_the_other_scan_is_nobodys_invitation(
    pair: tuple[Account, Account], signed_in: Any
) -> None:
    signed_in(pair[0]).post(ADD, {"appid": pair[1].appid})
    association = Association.objects.get()
    console = signed_in(pair[1])
    assert console.get(THERE).context["waiting"] == []
    assert console.get(page(association, THERE)).status_code == 404


@pytest.mark.parametrize(("side", "base"), [(0, HERE), (1, THERE)])
def test_either_side_parts_by_a_scan(
    pair: tuple[Account, Account], signed_in: Any, side: int, base: str
) -> None:
    association = walks.associate(*pair)
    console = signed_in(pair[side])
    console.post(page(association, base), {"reason": "The festival is over"})
    waits = console.get(page(association, base))
    assert (waits.context["scan"].state, waits.context["scan"].facts["reason"]) == (
        "shown",
        "The festival is over",
    )
    asked = waits.context["scan"].confirmation
    console.post(reverse("accounts:scan_cancel", args=[asked.pk]), {"next": page(association, base)})
    console.post(page(association, base))
    again = console.get(page(association, base)).context["scan"]
    assert again.facts["reason"] == "The festival is over", "a new code keeps the reason"
    confirmations.confirm(again.confirmation.pk, by=pair[side].administrator.person.as_actor())
    parted = console.get(page(association, base))
    assert parted.context["state"]["label"] == "Disassociated"
    assert "The festival is over" in parted.context["history"][0]["detail"]


@pytest.mark.parametrize("typed", ["\x00", "\ud800", "x" * 201, "\u202eevil"])
@pytest.mark.parametrize(("side", "base"), [(0, HERE), (1, THERE)])
def test_a_reason_that_is_no_text_is_told_at_the_field(
    pair: tuple[Account, Account], signed_in: Any, typed: str, side: int, base: str
) -> None:
    association = walks.associate(*pair)
    answer = send(signed_in(pair[side]), page(association, base), {"reason": typed})
    text_of(answer)
    assert list(errors(answer)) == ["reason"]
    assert not Confirmation.objects.filter(purpose__startswith="associations.part").exists()


# --- both ---------------------------------------------------------------------------------


def test_others_associations_are_not_found(pair: tuple[Account, Account], signed_in: Any) -> None:
    association = walks.associate(*pair)
    stranger = crowd.official_accounts(pair[0].world, 1)[0]
    other = crowd.accounts(pair[0].world, 1)[0]
    for account, base, acts in (
        (stranger, HERE, ("", "ask/", "profile/", "withdraw/")),
        (other, THERE, ("", "ask/", "refuse/")),
    ):
        console = signed_in(account)
        for pk in (association.pk, 999_999, 10**30):
            assert console.get(f"{base}{pk}/").status_code == 404
            assert {console.post(f"{base}{pk}/{act}", {"reason": ""}).status_code for act in acts} == {404}
    association.refresh_from_db()
    assert association.state == "associated"


def test_an_operator_parts_and_does_not_invite(pair: tuple[Account, Account], signed_in: Any) -> None:
    association = walks.associate(*pair)
    console = signed_in(pair[0], walks.bind(pair[0], "chenxi", "operator").person)
    shown = console.get(HERE)
    assert bool(shown.context["may"]) is False
    assert ADD not in text_of(shown)
    assert console.get(ADD)["Location"] == reverse("console:gate", args=["associate_mini_programs"])
    assert console.post(page(association), {"reason": ""})["Location"] == page(association)
    assert confirmations.latest(words.PART_HERE, association.pk) is not None


@pytest.mark.parametrize(
    ("side", "base", "gate"), [(0, HERE, "associate_mini_programs"), (1, THERE, "disassociate")]
)
def test_a_data_analyst_is_shown_the_gate(
    pair: tuple[Account, Account], signed_in: Any, side: int, base: str, gate: str
) -> None:
    association = walks.associate(*pair)
    console = signed_in(pair[side], walks.bind(pair[side], "chenxi", "data_analyst").person)
    for url in (base, page(association, base)):
        assert console.get(url)["Location"] == reverse("console:gate", args=[gate])


def test_the_pages_cost_the_same_however_much_there_is(
    world: Any, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    here = crowd.official_accounts(world, 1)[0]
    theirs = crowd.associated([(here, there) for there in crowd.accounts(world, 10)])
    popular = theirs[0].mini_program
    crowd.associated([(each, popular) for each in crowd.official_accounts(world, 30)])
    for account, base in ((here, HERE), (popular, THERE)):
        console = signed_in(account)
        for url in (base, f"{base}?ended=1", f"{base}?waiting=1", page(theirs[0], base)):
            with django_assert_max_num_queries(BUDGET):
                text_of(console.get(url))
    with django_assert_max_num_queries(BUDGET):
        second = console.get(console.get(THERE).context["page"].older_url)
    assert len(second.context["rows"]) == 11
