"""Naming as its actions have it: each step of the ladder both ways, scan, review, adoption (INF-2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import actions as accounts
from accounts.models import Account, Notice, ReleasedName
from information import ladder
from information.actions import naming
from information.breaches_naming import naming_breaches
from information.models import Naming, Proof
from portal.kernel import breaches, clock, confirmations, pictures, reviews
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.limits import NAME_KEPT, Limit
from portal.kernel.models import AuditEvent, Deadline, Review, Throttle, Verdict
from portal.kernel.reviews import Reason
from portal.kernel.terms import Role
from portal.outside import people
from portal.outside.models import Letter
from portal.simulator import walks
from tests.information.named import (
    MILLISECOND,
    PROTECTED,
    administrator,
    again,
    ask,
    call,
    company,
    decide,
    draft,
    official_account,
    prove,
    refusal,
    released,
    sister,
    submit,
    waiting_review,
)

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("INF-2")]


@pytest.fixture(autouse=True)
def _nothing_contradicts_itself(db):
    yield
    assert breaches.found() == []


@pytest.fixture
def kite(world):
    return company(world)


def check(account, name):
    return naming.check(account, name, by=administrator(account))


def told(account):
    return list(Notice.objects.filter(account=account).order_by("id").values_list("kind", flat=True))


# --- the ladder ---------------------------------------------------------------------------


def test_a_free_name_passes_and_nothing_is_written(kite):
    found = check(kite, " Paper  Kite ")
    assert (found.name, found.protected, found.shared) == ("Paper Kite", (), "")
    assert found.sentence == "Paper Kite is free."
    assert Naming.objects.count() == 0


def test_53010_the_format(kite):
    assert refusal(check, kite, "Kit").code == "53010"
    assert check(kite, "Kite")


def test_53011_more_than_ten_checks_a_minute_on_the_real_clock(kite, time):
    for _nth in range(10):
        check(kite, "Paper Kite")
    with pytest.raises(Refused, match="10 of 10 checks") as refused:
        check(kite, "Paper Kite")
    assert (refused.value.code, refused.value.field) == ("53011", "name")
    time.passes(days=1)
    assert refusal(check, again(kite), "Paper Kite").code == "53011"
    Throttle.objects.update(window_start=clock.real_now() - timedelta(minutes=1))
    assert check(again(kite), "Paper Kite")


def test_53011_counts_for_one_account_alone(world, kite):
    for _nth in range(10):
        check(kite, "Paper Kite")
    assert check(company(world, 1), "Paper Kite")


def test_53012_a_forbidden_word(kite):
    assert refusal(check, kite, "We-Chat Kite").code == "53012"
    assert check(kite, "Chat Kite")


def test_53018_somebodys_wechat_id(world, kite, make_world):
    assert refusal(check, kite, "LinYue").code == "53018"
    assert refusal(check, kite, "lin yue").code == "53018"
    assert check(kite, "Lin Yue Kite")
    walks.administrator(make_world("elsewhere", seed=8), "linyue")


def test_53013_another_mini_programs_name_however_it_is_written(world, kite):
    call(kite, "Paper Kite")
    other = company(world, 1)
    for typed in ("Paper Kite", "PAPER-KITE", "Paper K1te", "Ｐａｐｅｒ　Ｋｉｔｅ"):
        refused = refusal(check, other, typed)
        assert refused.code == "53013"
        assert "another Mini Program is called Paper Kite" in refused.message
    assert check(other, "Paper Kestrel")


def test_53013_even_of_the_same_entity(world, kite):
    call(kite, "Paper Kite")
    refused = refusal(check, sister(kite, 1), "Paper Kite")
    assert (refused.code, "of the same entity" in refused.message) == ("53013", True)


def test_the_name_of_a_closed_account_is_its_entitys_first_and_then_free(world, kite, time):
    call(kite, "Paper Kite")
    asked = accounts.ask_to_close(kite.pk, by=administrator(kite))
    confirmations.confirm(asked.pk, by=administrator(kite))
    other = company(world, 1)
    assert refusal(check, other, "Paper Kite").code == "53013"
    time.passes(days=7)
    assert refusal(check, again(other), "Paper Kite").code == "91005"
    time.passes(days=15)
    assert check(again(other), "Paper Kite")


def test_53013_in_its_own_world_alone(kite, make_world):
    call(kite, "Paper Kite")
    assert check(company(make_world("elsewhere", seed=8)), "Paper Kite")


def test_53014_another_entity_has_the_name_and_more(world, kite):
    call(kite, "Paper Kite")
    assert refusal(check, company(world, 1), "Paper").code == "53014"
    assert check(company(world, 2), "Pape")
    assert check(sister(kite, 3), "Paper")


def test_53015_an_official_accounts_name_is_its_entitys(world):
    theirs = official_account(world, 0, "Paper Kite")
    assert refusal(check, company(world, 1), "Paper Kite").code == "53015"
    ours = sister(theirs, 2)
    found = check(ours, "Paper Kite")
    assert found.shared
    assert found.sentence == "Paper Kite is free: the same entity's Official Account is called so too."
    assert call(ours, "Paper Kite").name == "Paper Kite"


def test_53016_a_name_of_two_entities_official_accounts_is_nobodys(world):
    first = official_account(world, 0, "Paper Kite")
    mine = sister(first, 2)
    assert check(mine, "Paper Kite").shared
    second = company(world, 1)
    Account.objects.filter(pk=second.pk).update(
        account_type="service", name=first.name, name_key=first.name_key
    )
    assert refusal(check, mine, "Paper Kite").code == "53016"


def test_53017_another_entitys_official_account_has_the_name_and_more(world):
    theirs = official_account(world, 0, "Paper Kite")
    assert refusal(check, company(world, 1), "Paper").code == "53017"
    assert check(sister(theirs, 2), "Paper")


def test_53019_while_it_is_under_review_for_somebody_else(world, kite):
    asked = submit(kite)
    other = company(world, 1)
    assert refusal(check, other, PROTECTED.upper()).code == "53019"
    decide(asked, "reject", Reason("No right to it."))
    assert check(other, PROTECTED).protected == ("moonquill",)


def test_91005_a_name_given_up_stays_with_its_entity_for_fifteen_days(world, kite, time):
    call(kite, "Paper Kite")
    call(kite, "Kestrel")
    other = company(world, 1)
    refused = refusal(check, other, "Paper Kite")
    assert (refused.code, "24 Mar 2019, 10:00" in refused.message) == ("91005", True)
    assert check(kite, "Paper Kite")
    assert check(sister(kite, 2), "Paper Kite")
    ends = ReleasedName.objects.get().kept_until
    assert ends == world.now() + NAME_KEPT
    time.reaches(ends - MILLISECOND)
    assert refusal(check, again(other), "Paper Kite").code == "91005"
    time.reaches(ends)
    assert check(again(other), "Paper Kite")


def test_91009_a_protected_word_needs_a_proof(kite):
    found = check(kite, PROTECTED)
    assert found.protected == ("moonquill",)
    assert "with a proof: moonquill is protected" in found.sentence
    assert draft(kite, PROTECTED).needs_proof
    refused = refusal(ask, kite)
    assert (refused.code, refused.field) == ("91009", "proofs")
    prove(kite)
    assert ask(kite).state == "shown"


def test_91003_one_name_at_a_time(world, kite):
    asked = submit(kite)
    for act in (check, draft):
        assert refusal(act, kite, "Kestrel").code == "91003"
    assert refusal(ask, kite).code == "91003"
    naming.drop(kite.pk, by=administrator(kite))
    assert again(asked).state == "dropped"
    assert check(kite, "Kestrel")


def test_91003_nothing_is_asked_without_a_draft(kite):
    assert refusal(ask, kite).code == "91003"
    assert refusal(naming.add_proof, kite.pk, walks.made_picture("a"), by=administrator(kite)).code == "91003"


def test_91002_after_the_release_only_through_authentication(kite):
    call(kite, "Paper Kite")
    assert check(kite, "Kestrel")
    draft(kite, "Kestrel")
    after = released(kite)
    for act in (check, draft):
        refused = refusal(act, after, "Kestrel")
        assert (refused.code, refused.way_out) == ("91002", "verification:authentication")
    assert refusal(ask, after).code == "91002"


def test_the_same_name_again_is_no_change_and_its_case_is_one(kite):
    call(kite, "Paper Kite")
    assert refusal(check, again(kite), "Paper Kite").code == "name_unchanged"
    assert call(kite, "Paper KITE").name == "Paper KITE"
    assert not ReleasedName.objects.exists()


# --- quotas -------------------------------------------------------------------------------


def test_two_changes_before_the_release_and_the_first_name_is_none(kite):
    used = [ladder.changes(kite).used]
    for name in ("Paper Kite", "Kestrel", "Heron Bay"):
        call(kite, name)
        used.append(ladder.changes(kite).used)
    assert used == [0, 0, 1, 2]
    refused = refusal(check, kite, "Sparrow")
    assert (refused.code, refused.field) == (Limit.NAME_CHANGES.value, "name")
    assert "2 of 2 changes before the first release" in refused.message
    assert refusal(draft, kite, "Sparrow").code == Limit.NAME_CHANGES.value


def test_a_refused_or_dropped_name_costs_no_change(kite):
    call(kite, "Paper Kite")
    decide(submit(kite), "reject", Reason("No right to it."))
    draft(kite, "Kestrel")
    naming.drop(kite.pk, by=administrator(kite))
    assert ladder.changes(kite).used == 0


def test_the_short_name_is_taken_from_the_name_twice_a_year(kite, time):
    by = administrator(kite)
    assert refusal(naming.set_short_name, kite.pk, "Kite", by=by).code == "no_name"
    call(kite, "Paper Kite")
    assert refusal(naming.set_short_name, kite.pk, "Kestrel", by=by).code == "53010"
    assert naming.set_short_name(kite.pk, "Kite", by=by).used == 1
    assert naming.set_short_name(kite.pk, "Kite", by=by).used == 1
    assert naming.set_short_name(kite.pk, "Paper", by=by).used == 2
    refused = refusal(naming.set_short_name, kite.pk, "Kite", by=by)
    assert (refused.code, refused.field) == (Limit.SHORT_NAME_CHANGES.value, "short_name")
    assert "1 Jan 2020" in refused.message
    assert again(kite).short_name == "Paper"
    time.passes(days=300)
    assert naming.set_short_name(kite.pk, "Kite", by=by).used == 1
    acts = AuditEvent.objects.filter(account_id=kite.pk, name=naming.SHORT_NAME)
    assert list(acts.order_by("id").values_list("reason", flat=True)) == ["Kite", "Paper", "Kite"]


def test_a_short_name_goes_with_the_name_it_was_taken_from(kite):
    call(kite, "Paper Kite")
    naming.set_short_name(kite.pk, "Kite", by=administrator(kite))
    assert call(kite, "Kestrel").short_name == ""


def test_a_short_name_stays_when_the_new_name_holds_it_too(kite):
    call(kite, "Paper Kite")
    naming.set_short_name(kite.pk, "Kite", by=administrator(kite))
    assert call(kite, "Paper Kites").short_name == "Kite"


# --- the draft ----------------------------------------------------------------------------


def test_another_name_takes_the_place_of_the_draft_with_its_proofs_and_voids_its_code(kite):
    first = draft(kite, PROTECTED)
    prove(kite)
    shown = ask(kite)
    second = draft(kite, "Moonquill Press")
    assert (again(first).state, again(second).state) == ("dropped", "draft")
    assert [proof.name for proof in naming.proofs_of(second)] == ["trademark.png"]
    assert again(shown).state == "refused"
    assert again(shown).refusal == "Another name was chosen."


def test_the_same_draft_again_keeps_its_note(kite):
    first = draft(kite, PROTECTED)
    second = draft(kite, PROTECTED, note="The certificate names us.")
    assert (second.pk, again(first).note) == (first.pk, "The certificate names us.")


def test_five_proofs_and_a_removed_one_makes_room(kite):
    draft(kite, PROTECTED)
    for nth in range(5):
        prove(kite, f"proof {nth}")
    assert refusal(prove, kite).code == "proofs"
    first = Proof.objects.order_by("pk")[0]
    naming.remove_proof(kite.pk, first.pk, by=administrator(kite))
    naming.remove_proof(kite.pk, first.pk, by=administrator(kite))
    prove(kite)
    assert Proof.objects.filter(removed_at__isnull=True).count() == 5
    assert pictures.load(kite.world_id, first.sha256)


def test_nobody_removes_another_accounts_proof(world, kite):
    draft(kite, PROTECTED)
    prove(kite)
    other = company(world, 1)
    draft(other, "Moonquill Press")
    naming.remove_proof(other.pk, Proof.objects.get().pk, by=administrator(other))
    assert Proof.objects.get().removed_at is None


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DEVELOPER, Role.DATA_ANALYST, Role.EXPERIENCE_MEMBER])
def test_the_name_is_the_administrators_alone(world, kite, role):
    person = walks.administrator(world, "chenxi")
    kite.members.create(world=world, person=person, role=role, added_at=world.now())
    by = person.as_actor()
    for act in (naming.draft, naming.set_short_name):
        refused = refusal(act, kite.pk, "Paper Kite", by=by)
        assert (refused.code, "Only the administrator" in refused.message) == ("rename", True)
    assert refusal(naming.ask, kite.pk, by=by).code == "rename"
    assert refusal(naming.drop, kite.pk, by=by).code == "rename"


@pytest.mark.requirement("INF-1", "VER-6")
def test_before_the_verification_no_name_is_taken(world):
    waits = walks.account_at(world, "awaiting_transfer")
    refused = refusal(draft, waits, "Paper Kite")
    assert (refused.code, refused.way_out) == ("rename", "verification:wire_transfer")


# --- the scan -----------------------------------------------------------------------------


def test_the_phone_shows_both_names_and_the_scan_brings_the_name_into_use(kite):
    draft(kite, "Paper Kite")
    shown = ask(kite)
    purpose = confirmations.PURPOSES[naming.SCAN]
    assert purpose.facts(shown)[1:] == [("Old name", "none yet"), ("New name", "Paper Kite")]
    confirmations.confirm(shown.pk, by=administrator(kite))
    kite = again(kite)
    assert (kite.name, kite.name_key) == ("Paper Kite", "paperklte")
    assert Naming.objects.get().state == "adopted"
    assert told(kite)[-1] == "information.name_adopted"
    letter = Letter.objects.filter(world=kite.world, to=kite.email).latest("id")
    assert letter.subject == "The Mini Program is called Paper Kite now"
    assert "stays with your entity" not in letter.text
    draft(kite, "Kestrel")
    shown = ask(kite)
    assert purpose.facts(shown)[1:] == [("Old name", "Paper Kite"), ("New name", "Kestrel")]
    confirmations.confirm(shown.pk, by=administrator(kite))
    letter = Letter.objects.filter(world=kite.world, to=kite.email).latest("id")
    assert "Paper Kite stays with your entity until 24 Mar 2019, 10:00" in letter.text


def test_the_letter_comes_in_the_accounts_language(world):
    account = company(world, 1, language="zh-hans")
    call(account, "Paper Kite")
    notice = Letter.objects.filter(world=world, to=account.email).latest("id")
    assert "Paper Kite" in notice.subject


def test_somebody_elses_scan_changes_nothing(world, kite):
    draft(kite, "Paper Kite")
    shown = ask(kite)
    stranger = walks.administrator(world, "meiran").as_actor()
    assert refusal(confirmations.confirm, shown.pk, by=stranger).code == "code_taken"
    assert again(kite).name == ""


def test_a_name_taken_between_code_and_scan_is_refused_on_the_phone(world, kite):
    draft(kite, "Paper Kite")
    shown = ask(kite)
    call(company(world, 1), "PAPER KITE")
    answered = confirmations.confirm(shown.pk, by=administrator(kite))
    assert answered.state == "refused"
    assert "another Mini Program is called PAPER KITE" in answered.refusal
    assert (again(kite).name, Naming.objects.get(account=kite).state) == ("", "draft")


def test_a_proof_removed_between_code_and_scan_is_refused_on_the_phone(kite):
    draft(kite, PROTECTED)
    prove(kite)
    shown = ask(kite)
    naming.remove_proof(kite.pk, Proof.objects.get().pk, by=administrator(kite))
    assert "Add a proof" in confirmations.confirm(shown.pk, by=administrator(kite)).refusal


def test_the_database_itself_holds_one_name_once(world, kite):
    call(kite, "Paper Kite")
    other = company(world, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=other.pk).update(name_key="paperklte")


# --- the review ---------------------------------------------------------------------------


def test_a_protected_name_waits_at_the_desk_for_seven_working_days(kite):
    asked = submit(kite)
    review = waiting_review(asked)
    # Sat 9 Mar 10:00: Mon 11 to Fri 15 are five, Mon 18 and Tue 19 make seven.
    assert review.due_at.isoformat() == "2019-03-19T02:00:00+00:00"
    assert (asked.state, again(kite).name, review.title) == ("under_review", "", PROTECTED)
    assert told(kite)[-1] == "information.name_in_review"


def test_approved_it_comes_into_use(kite):
    asked = decide(submit(kite), "approve")
    assert (asked.state, again(kite).name) == ("adopted", PROTECTED)
    assert told(kite)[-1] == "information.name_adopted"


def test_refused_the_name_stays_and_the_reasons_are_told(kite):
    call(kite, "Paper Kite")
    asked = decide(submit(kite), "reject", Reason(code="no_right"), Reason("Nor is it readable."))
    assert (asked.state, again(kite).name) == ("refused", "Paper Kite")
    notice = Notice.objects.filter(account=kite).latest("id")
    assert notice.facts["reasons"].startswith("The proof gives no right")
    letter = Letter.objects.filter(to=kite.email).latest("id")
    assert letter.subject == f"The name {PROTECTED} did not pass"
    assert "Nor is it readable." in letter.text


def test_approved_too_late_it_is_refused_all_the_same(world, kite):
    asked = submit(kite)
    people.add(world.pk, wechat_id="moonquilllibrary", key="a reader", by=SIMULATOR)
    asked = decide(asked, "approve")
    assert (asked.state, again(kite).name) == ("refused", "")
    assert "is somebody's WeChat ID" in Notice.objects.filter(account=kite).latest("id").facts["reasons"]


def test_approved_for_an_account_that_has_lapsed_meanwhile_it_is_refused(world, time):
    press = walks.account_at(world, "authenticated", entity_type="media")
    asked = submit(press)
    time.reaches(press.authenticated_until)
    asked = decide(asked, "approve")
    assert (asked.state, again(press).name) == ("refused", "")
    assert "lapsed" in Notice.objects.filter(account=press).latest("id").facts["reasons"]


def test_withdrawn_the_review_is_over_and_the_name_is_free(world, kite):
    asked = submit(kite)
    review = waiting_review(asked)
    naming.drop(kite.pk, by=administrator(kite))
    assert (again(asked).state, again(review).state) == ("dropped", "withdrawn")
    assert naming.drop(kite.pk, by=administrator(kite)) is None
    assert check(company(world, 1), PROTECTED)


@pytest.mark.requirement("SIM-5")
@pytest.mark.parametrize(
    ("note", "state"), [("approve@magic.example", "adopted"), ("REJECT@magic.example", "refused")]
)
def test_a_magic_value_in_the_note_decides_at_once(kite, time, note, state):
    asked = submit(kite, note=note)
    time.passes(seconds=1)
    assert again(asked).state == state
    assert Verdict.objects.get().source == "magic"


@pytest.mark.requirement("SIM-5")
def test_a_name_is_never_returned_so_that_magic_value_waits_for_a_person(kite, time):
    asked = submit(kite, note="return@magic.example")
    time.passes(seconds=1)
    assert again(asked).state == "under_review"
    assert decide(asked, "approve").state == "adopted"


@pytest.mark.requirement("SIM-7")
def test_a_worlds_policy_decides_names_too(kite, time):
    reviews.set_policy(
        kite.world_id, naming.REVIEW, mode="auto", after=timedelta(days=2), by=administrator(kite)
    )
    asked = submit(kite)
    time.passes(days=2)
    assert again(asked).state == "adopted"
    assert not Deadline.objects.open().filter(account_id=kite.pk, kind="kernel.review").exists()


def test_nothing_of_a_name_is_left_open_at_its_end(kite):
    decide(submit(kite), "approve")
    assert not Review.objects.open().filter(account_id=kite.pk).exists()
    assert naming.going_on(kite) is None


def test_the_guard_keeps_what_was_submitted(kite):
    asked = submit(kite)
    for change in ({"name": "Kestrel"}, {"name_key": "kestrel"}, {"account_id": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Naming.objects.filter(pk=asked.pk).update(**change)


# --- what contradicts itself is found -----------------------------------------------------


@pytest.mark.requirement("OPS-3")
def test_the_audit_finds_a_name_that_the_rows_contradict(world, kite):
    call(kite, "Paper Kite")
    asked = submit(company(world, 1))
    with transaction.atomic():
        Account.objects.filter(pk=kite.pk).update(name="Kestrel")
        Proof.objects.filter(naming=asked).update(removed_at=world.now())
        review = waiting_review(asked)
        review.withdraw(at=world.now(), by=administrator(kite))
        review.save()
        assert naming_breaches() == [
            f"account {kite.pk}: is not called as it was named last",
            f"naming {asked.pk}: is under review, but not at the desk",
            f"naming {asked.pk}: is under review without a proof",
        ]
        transaction.set_rollback(True)
    assert naming_breaches() == []
