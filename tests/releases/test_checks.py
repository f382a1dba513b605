"""What a program sees of a submission before a reviewer does (REL-7)."""

from __future__ import annotations

import pytest

from accounts.models import Account, Category, DevelopmentSettings
from portal.kernel import pictures
from portal.kernel.models import World
from portal.simulator import walks
from releases import actions, checks, preflight, scripts
from releases.desk_page import story
from releases.models import Qualification, Submission, Version
from tests.releases.conftest import decide, make_game, released, submitted
from tests.releases.packed import upload_files

pytestmark = pytest.mark.requirement("REL-7")


def checked(submission: Submission) -> dict[str, tuple[str, ...]]:
    """Return what each check finds in a submission as it is now, those that find nothing left out."""
    told = story(submission.pk, submission.account_id)
    found = checks.run(
        told.this,
        approved=told.approved.version if told.approved else None,
        in_use=preflight.categories_of(told.this.account),
        twin=told.twin,
    )
    return {check.name: check.found for check in found if check.found}


def test_nothing_is_found_in_a_plain_game(game: Account) -> None:
    assert checked(submitted(upload_files(game))) == {}


def test_a_category_that_was_given_up_since(game: Account) -> None:
    submission = submitted(upload_files(game))
    category = Category.objects.get(account=game)
    category.remove(at=game.world.now(), by=game.login.as_actor())
    category.save()
    assert checked(submission) == {"categories": ("Game: Casual is not in use any more, or never was.",)}


def test_pages_that_are_not_in_the_package(game: Account) -> None:
    submission = submitted(upload_files(game))
    submission.details["pages"] = [{"title": "Shop", "path": "shop/index", "category": "casual", "tags": "a"}]
    submission.save()
    (sentence,) = checked(submission)["pages"]
    assert sentence.startswith("Shop: The package has no shop/index (85007).")
    submission.details["pages"] = []
    submission.save()
    assert checked(submission)["pages"] == ("No feature page was named.",)


def test_documents_that_are_missing_or_say_what_no_document_says(game: Account) -> None:
    submission = submitted(upload_files(game))
    first, second, *rest = submission.submitted["documents"]
    submission.submitted["documents"] = [{**first, "fields": {"edition_number": "7"}}, *rest]
    submission.save()
    edition, approval, missing = checked(submission)["documents"]
    assert edition == "Edition number: Write it like ISBN 978-7-7979-1234-5, as on the approval."
    assert approval.startswith("Approval number: ")
    assert missing == "Missing: Record Information of the Ministry of Culture."
    assert second["slot"] == "culture_record"
    assert (
        Qualification.objects.filter(account=game).count() == 4
    )  # what was submitted counts, not what is there


def test_a_package_that_has_grown(game: Account) -> None:
    first = submitted(upload_files(game, "1.0.0", data__a_bin=b"a" * 1000))
    decide(first, "approve")
    released(first)
    same = submitted(upload_files(game, "1.0.1", data__a_bin=b"b" * 1100))
    assert checked(same) == {}
    decide(same, "reject", "No.")
    (sentence,) = checked(submitted(upload_files(game, "1.0.2", data__a_bin=b"c" * 5000)))["size"]
    assert sentence == "It was 1021\xa0bytes when it was last approved, and is 4.9\xa0KB."


def test_files_that_a_package_does_not_take(game: Account) -> None:
    version = upload_files(game, notes_docx=b"letters")
    assert checked(submitted(version))["kinds"] == (
        "Left out, ending in .docx: 1. A package takes no such files.",
    )


def test_servers_that_are_not_among_the_domains(game: Account) -> None:
    DevelopmentSettings.objects.update_or_create(
        world=game.world, account=game, defaults={"domains": {"request": ["api.lantern.example"]}}
    )
    version = upload_files(
        game,
        js__net=b'wx.request({url: "https://API.lantern.example/score"});\n'
        b'connect("wss://push.lantern.example:8443/x"); svg("http://www.w3.org/2000/svg");\n'
        b'wx.request({url: "http://tracker.other.example."});\n',
    )
    assert checked(submitted(version))["hosts"] == (
        "push.lantern.example:8443 in js/net.js is none of the account's server domains.",
        "tracker.other.example in js/net.js is none of the account's server domains.",
    )


def test_many_servers_are_counted_to_twenty(game: Account) -> None:
    hosts = b"".join(b'"https://h%d.example/"\n' % number for number in range(100))
    assert len(checked(submitted(upload_files(game, js__net=hosts)))["hosts"]) == scripts.MOST_HOSTS


def test_purchases_and_sharing_are_worth_a_look(game: Account) -> None:
    version = upload_files(
        game, js__shop=b"wx.requestMidasPayment({});\n", js__share=b"wx\n .shareAppMessage({});\n"
    )
    found = checked(submitted(version))
    assert found["purchases"] == (
        "js/shop.js calls wx.requestMidasPayment: nothing may be offered for money on iOS.",
    )
    assert found["sharing"] == (
        "js/share.js calls wx.shareAppMessage: nobody may be pressed or rewarded to share.",
    )


def test_scripts_are_searched_so_far_and_no_further(game: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "MOST_BYTES", 100)
    version = upload_files(game, js__a=b"//" + b"a" * 70, js__b=b'"https://late.example/"' + b" " * 70)
    assert checked(submitted(version))["hosts"] == ("The scripts are too large to be searched to their end.",)


def test_the_same_package_of_another_account(world: World, game: Account) -> None:
    other = make_game(walks.account_at(world, "verified", email="b@kite.example", name="Red Crane Ltd"))
    Account.objects.filter(pk=other.pk).update(name="Crane Dash")
    upload_files(other)
    assert checked(submitted(upload_files(game)))["twin"] == ("Crane Dash has uploaded the very same files.",)


def test_the_same_package_in_another_world_is_not_told(make_world, game: Account) -> None:
    other = make_game(walks.account_at(make_world("Another class", seed=8), "verified"))
    upload_files(other)
    assert "twin" not in checked(submitted(upload_files(game)))


def test_a_sandbox_account_that_has_run_out(game: Account, time) -> None:
    first = submitted(upload_files(game))
    decide(first, "reject", "sandbox_account")
    again = submitted(Version.objects.get(pk=first.version_id))
    actions_of = {"account": "tester", "password": "lantern", "valid_until": "2019-03-12"}
    actions.withdraw(again.pk, by=game.login.as_actor())
    draft = actions.open_submission(again.version_id, by=game.login.as_actor())
    actions.accept_rules(draft.pk, by=game.login.as_actor())
    actions.save_sandbox(draft.pk, actions_of, by=game.login.as_actor())
    third = actions.submit(draft.pk, by=game.login.as_actor())
    assert checked(third) == {}
    time.passes(days=4)
    assert checked(third)["sandbox"] == (
        "It was asked for, and cannot be used today: it is incomplete, or no longer valid.",
    )


def test_an_archive_that_is_gone_is_told_and_nothing_else(game: Account) -> None:
    submission = submitted(upload_files(game, js__gone=b"// this one only\n"))
    pictures.path_of(game.world_id, submission.version.sha256).unlink()
    assert checked(submission) == {"package": ("Its archive is damaged or gone: it cannot be opened.",)}
