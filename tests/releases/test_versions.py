"""A developed version: its page, its deletion, its archive, and the audit of them (REL-1, REL-2)."""

from __future__ import annotations

import html
import io

import pytest
from django.urls import reverse

from accounts.models import Member
from portal.kernel import kept_files, pictures, reviews
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks
from releases import actions, archives, file_tree, packages, sample_packages, words
from releases.breaches import breaches
from releases.models import Service, Submission, Version
from releases.sample_packages import packed
from tests.kernel.test_kept_files import grow_old
from tests.releases.conftest import decide, make_game, released, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-1")]


@pytest.fixture
def by(game):
    return game.login.as_actor()


@pytest.fixture
def console(game, signed_in):
    return signed_in(game)


def shown(console, version) -> str:
    answer = console.get(f"/console/development/versions/{version.pk}/")
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).replace("\xa0", " ").split())


def member(account, role: Role) -> Person:
    person = Person.objects.get(world=account.world, wechat_id="chenxi")
    Member.objects.create(
        world=account.world, account=account, person=person, role=role, added_at=account.world.now()
    )
    return person


# --- the page -----------------------------------------------------------------------------


def test_it_shows_files_sizes_subpackages_and_what_the_package_says(console, upload):
    version = upload(sample="paper-lantern-dash-night")
    text = shown(console, version)
    for path, _size, _sha256 in version.contents["files"]:
        assert path.rpartition("/")[2] in text
    assert "festival/" in text
    assert "Main package" in text
    assert "/ 4.0 MB" in text
    assert "/ 8.0 MB" in text
    assert "Across" in text or "Upright" in text
    assert version.sha256 in text
    assert "Nothing odd" in text


def test_it_tells_findings_as_sentences_and_who_uploaded_it(console, upload):
    text = shown(console, upload(sample="odd"))
    assert "Left out, ending in .psd: 1." in text
    assert "The subpackage stage2 has no files." in text
    assert "Administrator" in text
    assert "Console" in text


def test_it_links_the_earlier_uploads_of_the_same_files(console, upload):
    first = upload("1.0.0")
    text = shown(console, upload("1.0.1"))
    assert "Same files" in text
    assert reverse("releases:version", args=[first.pk]) in text
    assert "Same files" not in shown(console, first)


def test_a_replaced_version_can_be_looked_at_and_nothing_else(console, upload):
    first = upload("1.0.0")
    upload("1.0.1", sample="lantern-guild")
    text = shown(console, first)
    assert "Replaced" in text
    assert reverse("releases:version_delete", args=[first.pk]) not in text


def test_another_accounts_version_is_not_there(console, upload, world):
    other = make_game(walks.account_at(world, "verified", email="other@kite.example", name="Other Kite"))
    version = upload(account=other)
    assert console.get(f"/console/development/versions/{version.pk}/").status_code == 404
    assert console.post(f"/console/development/versions/{version.pk}/delete/").status_code == 404
    assert console.get(f"/console/development/versions/{10**30}/").status_code == 404
    assert Version.objects.get().state == "developed"


def test_names_of_files_are_shown_and_never_run(console, game, by):
    name = '"><img src=x>.js'
    archive = packed({"game.js": b"1", "game.json": b"{}", name.replace("/", ""): b"2"})
    try:
        package = packages.read(io.BytesIO(archive))
    except Refused:
        pytest.skip("the reader takes no such name")
    version = actions.upload(
        game.pk, package, number="1.0.0", description="<b>new</b>", way="console",
        developer_id=game.administrator.person_id, by=by,
    )  # fmt: skip
    raw = console.get(f"/console/development/versions/{version.pk}/").content.decode()
    assert "<img src=x>" not in raw
    assert "<b>new</b>" not in raw


def test_the_page_asks_at_most_eight_queries(console, upload, django_assert_max_num_queries):
    upload("1.0.0")
    version = upload("1.0.1")
    shown(console, version)
    with django_assert_max_num_queries(8):
        shown(console, version)


# --- the tree -----------------------------------------------------------------------------


def contents(*paths: str, roots=()):
    return {"files": [[path, 10, "0" * 64] for path in paths], "subpackages": list(roots)}


def test_files_lie_in_their_folders_and_folders_in_their_packages():
    roots = [{"name": "night", "root": "night/"}, {"name": "one", "root": "one.js"}]
    tree = file_tree.tree_of(
        contents("a.js", "night/b.js", "night/deep/c.js", "nightly/d.js", "one.js", "one.js.map", roots=roots)
    )
    assert [(folder.path, folder.package, folder.count, folder.size) for folder in tree.folders] == [
        ("", "", 3, 30),
        ("night", "night", 1, 10),
        ("night/deep", "night", 1, 10),
        ("nightly", "", 1, 10),
    ]


def test_the_tree_is_bounded():
    paths = sorted(f"{folder:04}/{name}.txt" for folder in range(500) for name in range(4))
    tree = file_tree.tree_of(contents(*paths))
    assert (len(tree.folders), tree.left_out) == (file_tree.MOST_FOLDERS, 300)
    flat = file_tree.tree_of(contents(*(f"{name:04}.txt" for name in range(2_000))))
    assert [(len(folder.files), folder.left_out) for folder in flat.folders] == [(1_000, 1_000)]


def test_a_path_of_a_hundred_folders_is_shown(console, game, by):
    deep = "/".join("abcdefghij" * 10) + "/x.js"
    package = packages.read(io.BytesIO(packed({"game.js": b"1", "game.json": b"{}", deep: b"2"})))
    version = actions.upload(
        game.pk, package, number="1.0.0", description="", way="console",
        developer_id=game.administrator.person_id, by=by,
    )  # fmt: skip
    assert deep.rpartition("/")[0] in shown(console, version)


# --- the trial ----------------------------------------------------------------------------


@pytest.mark.requirement("REL-9")
def test_a_version_is_chosen_for_trial_with_its_path_and_shows_its_code(console, upload):
    version = upload()
    url = f"/console/development/versions/{version.pk}/trial/"
    assert reverse("releases:trial_code") not in console.get(url).content.decode()
    answer = console.post(url, {"path": " ?level=3 "}, follow=True)
    service = Service.objects.get()
    assert (service.trial, service.trial_path) == (version, "?level=3")
    text = answer.content.decode()
    assert "Experience members open version 1.0.0." in text
    assert reverse("releases:trial_code") in text
    assert reverse("simulator:scan", args=[service.trial_code]) in text
    assert 'value="?level=3"' in text


@pytest.mark.requirement("REL-9")
def test_the_code_stays_when_another_version_is_chosen(upload, by):
    code = actions.set_trial(upload("1.0.0").pk, by=by).trial_code
    assert actions.set_trial(upload("1.0.1").pk, by=by).trial_code == code


@pytest.mark.requirement("REL-9")
@pytest.mark.parametrize("path", ["x" * 129, "?\u202e", "?\x1b"])
def test_a_path_that_no_page_can_hold_is_refused_at_its_field(console, upload, path):
    answer = console.post(f"/console/development/versions/{upload().pk}/trial/", {"path": path})
    assert answer.context["form"].errors["path"]
    assert Service.objects.get().trial is None


@pytest.mark.requirement("REL-9")
def test_who_may_not_develop_chooses_no_trial(game, upload, signed_in):
    version = upload()
    console = signed_in(game, member(game, Role.DATA_ANALYST))
    url = f"/console/development/versions/{version.pk}/trial/"
    assert "It needs the permission" in console.get(url).content.decode()
    assert console.post(url, {"path": ""}).status_code == 200
    assert Service.objects.get().trial is None


# --- deleting -----------------------------------------------------------------------------


@pytest.mark.requirement("REL-2")
def test_the_administrator_deletes_and_it_leaves_the_list(console, upload):
    version = upload()
    answer = console.post(f"/console/development/versions/{version.pk}/delete/", follow=True)
    assert "Version 1.0.0 is deleted." in answer.content.decode()
    version.refresh_from_db()
    assert (version.state, version.settled_at) == ("deleted", version.world.now())
    assert AuditEvent.objects.filter(subject_type="releases.Version", name="delete_version").count() == 1


@pytest.mark.requirement("REL-2")
def test_what_is_under_review_or_online_of_it_stays(upload, by):
    version = upload()
    submission = submitted(version)
    actions.delete(version.pk, by=by)
    decide(submission, "approve")
    released(submission)
    assert Submission.objects.get().state == "released"
    assert archives.is_whole(version)
    assert breaches() == []


@pytest.mark.requirement("REL-2")
def test_its_draft_is_dropped_and_it_is_no_trial_any_more(upload, by):
    version = upload()
    actions.set_trial(version.pk, path="", by=by)
    actions.open_submission(version.pk, by=by)
    actions.delete(version.pk, by=by)
    assert Submission.objects.get().state == "dropped"
    assert Service.objects.get().trial is None


@pytest.mark.requirement("REL-2")
def test_a_second_deletion_and_one_of_a_replaced_version_are_refused(upload, by):
    first = upload("1.0.0")
    second = upload("1.0.1")
    with pytest.raises(Refused) as refusal:
        actions.delete(first.pk, by=by)
    assert refusal.value.code == "not_developed"
    actions.delete(second.pk, by=by)
    with pytest.raises(Refused):
        actions.delete(second.pk, by=by)


@pytest.mark.requirement("REL-2")
@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.OPERATOR, Role.DATA_ANALYST, Role.EXPERIENCE_MEMBER])
def test_without_the_permission_nobody_deletes(upload, game, role):
    version = upload()
    with pytest.raises(Refused):
        actions.delete(version.pk, by=member(game, role).as_actor())
    assert Version.objects.get().state == "developed"


@pytest.mark.requirement("REL-2")
def test_whom_the_permission_is_granted_deletes(upload, game):
    person = member(game, Role.DEVELOPER)
    Member.objects.update(granted=["development_management"])
    actions.delete(upload().pk, by=person.as_actor())
    assert Version.objects.get().state == "deleted"


@pytest.mark.requirement("REL-1")
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DATA_ANALYST, Role.EXPERIENCE_MEMBER])
def test_without_the_permission_nobody_uploads(game, role):
    person = member(game, role)
    package = packages.read(io.BytesIO(sample_packages.build("paper-lantern-dash")))
    with pytest.raises(Refused):
        actions.upload(
            game.pk, package, number="1.0.0", description="", way="console",
            developer_id=person.pk, by=person.as_actor(),
        )  # fmt: skip
    assert not Version.objects.exists()


# --- archives and the audit ---------------------------------------------------------------


def test_the_kept_archive_is_swept_only_when_no_row_names_it(upload, world, by):
    version = upload()
    stray = pictures.path_of(world.pk, "f" * 64)
    stray.write_bytes(b"rolled back")
    for path in stray.parent.glob("*"):
        grow_old(path, 2 * kept_files.SETTLED)
    actions.delete(version.pk, by=by)
    assert kept_files.sweep() == 1
    assert archives.is_whole(version)
    assert archives.file_of(version, "game.json").startswith(b"{")


@pytest.mark.parametrize("spoil", ["gone", "cut off", "another"])
def test_the_audit_finds_an_archive_that_is_not_what_its_row_says(upload, world, spoil):
    version = upload()
    assert breaches() == []
    path = pictures.path_of(world.pk, version.sha256)
    if spoil == "gone":
        path.unlink()
    elif spoil == "cut off":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.write_bytes(sample_packages.build("odd"))
    assert breaches() == [f"version {version.pk}: its archive is not what its row says"]


def test_the_audit_finds_what_the_rows_do_not_bear_out(upload, game, by):
    submission = submitted(upload())
    decide(submission, "approve")
    released(submission)
    phased = submitted(upload("2.0.0"))
    decide(phased, "approve")
    released(phased, 5)
    waiting = submitted(upload("3.0.0"))
    assert breaches() == []
    Submission.objects.filter(pk=phased.pk).update(sandbox="left")
    Deadline.objects.filter(kind=words.FULL).delete()
    reviews.withdraw(words.REVIEW, subject_id=waiting.pk, by=by)
    Service.objects.update(trial=waiting.version)
    actions.delete(waiting.version_id, by=by)
    Service.objects.update(trial=waiting.version)
    assert [line.partition(": ")[2] for line in breaches()] == [
        "is under review, but nobody will decide",
        "is decided, but keeps its sandbox account",
        "is phased, but nothing will make it full",
        "tries a version that was deleted",
    ]
