"""The upload page: a package chosen, a sample, what is refused and what is kept (REL-1)."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account, Member
from portal.kernel import pictures
from portal.kernel.terms import Role
from portal.outside.models import Person
from portal.simulator import walks
from releases import archives, packages, sample_packages
from releases.models import Version
from releases.sample_packages import OTHER_APPID, SAMPLES
from releases.version_forms import following

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-1")]

PAGE = "/console/development/upload/"
GAME = "paper-lantern-dash"


@pytest.fixture
def console(game, signed_in):
    return signed_in(game)


def archive(name: str = GAME) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.zip", sample_packages.build(name), "application/zip")


def sent(console: Client, *, package: SimpleUploadedFile | None = None, **typed: str):
    fields = {"number": "1.0.0", "description": "Night festival level", **typed}
    return console.post(PAGE, {**fields, "package": package or archive()})


def text(answer) -> str:
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def errors(answer, field: str):
    assert answer.status_code == 200
    return answer.context["form"].errors.get(field, [])


def member(account: Account, role: Role, wechat_id: str = "chenxi") -> Person:
    person = Person.objects.get(world=account.world, wechat_id=wechat_id)
    Member.objects.create(
        world=account.world, account=account, person=person, role=role, added_at=account.world.now()
    )
    return person


# --- what is taken ------------------------------------------------------------------------


def test_a_package_becomes_the_developed_version_of_who_uploads(console, game):
    answer = sent(console)
    version = Version.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/console/development/versions/{version.pk}/")
    assert (version.number, version.description, version.way) == ("1.0.0", "Night festival level", "console")
    assert (version.developer_id, version.role) == (game.administrator.person_id, Role.ADMINISTRATOR)
    assert archives.is_whole(version)
    read = packages.read(archive())
    assert version.contents["files"] == [[file.path, file.size, file.sha256] for file in read.files]


def test_a_later_upload_of_the_same_member_takes_its_place(console):
    sent(console)
    sent(console, number="1.0.1")
    assert list(Version.objects.order_by("pk").values_list("number", "state")) == [
        ("1.0.0", "replaced"),
        ("1.0.1", "developed"),
    ]


def test_each_member_keeps_one(console, game, signed_in):
    sent(console)
    sent(signed_in(game, member(game, Role.DEVELOPER)), number="1.0.0")
    assert list(Version.objects.values_list("state", "role").order_by("pk")) == [
        ("developed", Role.ADMINISTRATOR),
        ("developed", Role.DEVELOPER),
    ]


def test_the_very_same_upload_changes_nothing_and_says_so(console):
    sent(console)
    answer = console.post(
        PAGE, {"number": "1.0.0", "description": "Night festival level", "package": archive()}, follow=True
    )
    assert Version.objects.count() == 1
    assert "Nothing changed: version 1.0.0 with these very files is there already." in text(answer)


def test_the_same_files_under_another_number_are_recognised(console):
    sent(console)
    answer = console.post(PAGE, {"number": "1.0.1", "package": archive()}, follow=True)
    assert "Its files are those of version 1.0.0 of" in text(answer)
    assert len(set(Version.objects.values_list("sha256", flat=True))) == 1


def test_a_script_is_sent_on_by_a_header(console):
    answer = console.post(PAGE, {"number": "1.0.0", "package": archive()}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/console/development/versions/{Version.objects.get().pk}/"


@pytest.mark.requirement("INF-4")
@pytest.mark.parametrize("state", ["awaiting_transfer", "awaiting_authentication"])
def test_it_is_open_before_the_entity_is_verified(world, signed_in, state):
    console = signed_in(walks.account_at(world, state))
    assert sent(console).status_code == 302
    assert Version.objects.count() == 1


# --- samples ------------------------------------------------------------------------------


def test_one_click_uploads_a_sample_that_plays(console):
    answer = console.post(PAGE, {"sample": GAME, "number": "", "description": ""})
    assert answer.status_code == 302
    assert Version.objects.get().number == "1.0.0"


def test_the_next_sample_counts_the_number_on(console):
    sent(console, number="1.0.9")
    console.post(PAGE, {"sample": "paper-lantern-dash-night", "number": ""})
    assert Version.objects.get(state="developed").number == "1.0.10"


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.code])
def test_a_broken_sample_is_refused_at_the_file_and_what_was_typed_is_kept(console, name):
    answer = console.post(PAGE, {"sample": name, "number": "2.0", "description": "Guild lanterns"})
    assert len(errors(answer, "package")) == 1
    assert 'value="2.0"' in text(answer)
    assert "Guild lanterns" in text(answer)
    assert not Version.objects.exists()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_there_to_download(console, name):
    answer = console.get(f"/console/development/samples/{name}.zip")
    assert answer.content == sample_packages.build(name)
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.zip"'
    assert str(SAMPLES[name].title) in text(console.get(PAGE))


def test_there_is_no_sample_of_another_name(console):
    assert console.get("/console/development/samples/settings.zip").status_code == 404


# --- what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize("number", ["", " ", "-1", ".1", "1.0 beta", "1/0", "v" * 33, "一", "1.0\x00"])
def test_a_number_that_is_none_is_refused_at_its_field(console, number):
    answer = sent(console, number=number)
    assert len(errors(answer, "number")) == 1
    assert not Version.objects.exists()


@pytest.mark.parametrize("description", ["x" * 201, "Kite \u202eetiK", "Kite\x1b[31m"])
def test_a_description_that_no_page_can_hold_is_refused_at_its_field(console, description):
    assert len(errors(sent(console, description=description), "description")) == 1


def test_no_file_asks_for_one(console):
    answer = console.post(PAGE, {"number": "1.0.0"})
    assert errors(answer, "package") == ["Choose the package, a ZIP archive."]


def test_what_is_no_archive_is_refused_in_a_sentence(console):
    answer = sent(console, package=SimpleUploadedFile("game.zip", b"%PDF-1.4 not a game"))
    assert errors(answer, "package")[0].startswith("This is")


def test_another_accounts_package_is_refused_by_its_appid(console, game):
    answer = console.post(PAGE, {"sample": "other-appid"})
    assert SAMPLES["other-appid"].code == OTHER_APPID
    assert f"this account has {game.appid}" in errors(answer, "package")[0]


def test_a_file_over_twenty_megabytes_is_refused_and_not_kept(console):
    before = set(pictures.root().glob("*/*"))
    large = SimpleUploadedFile("game.zip", b"PK\x03\x04" + bytes(packages.PLATFORM.archive))
    assert "larger than 20.0" in errors(sent(console, package=large), "package")[0].replace("\xa0", " ")
    assert set(pictures.root().glob("*/*")) == before


def test_a_request_far_too_large_is_cut_off_with_a_sentence(console, monkeypatch):
    from releases.upload_handler import PackageUploadHandler  # noqa: PLC0415 -- its ceilings are lowered

    monkeypatch.setattr(PackageUploadHandler, "most_bytes", 1_000)
    monkeypatch.setattr(PackageUploadHandler, "most_per_request", 10_000)
    answer = sent(console, package=SimpleUploadedFile("game.zip", bytes(200_000)))
    assert "far too large" in errors(answer, "package")[0]
    assert 'value="1.0.0"' in text(answer)


def test_a_post_without_its_token_is_refused(game, signed_in):
    console = Client(enforce_csrf_checks=True)
    console.cookies = signed_in(game).cookies
    assert sent(console).status_code == 403
    assert not Version.objects.exists()


# --- who may ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DATA_ANALYST])
def test_other_roles_see_the_page_shut_with_the_reason(game, signed_in, role):
    console = signed_in(game, member(game, role))
    shown = text(console.get(PAGE))
    assert "It needs the permission" in shown
    assert "<fieldset disabled>" in shown
    assert sent(console).status_code == 200
    assert not Version.objects.exists()


def test_uploads_are_throttled(console, monkeypatch):
    monkeypatch.setattr("releases.views.upload.UPLOADS_PER_HOUR", 2)
    for number in ("1.0.0", "1.0.1"):
        assert sent(console, number=number)["Location"].startswith("/console/development/versions/")
    assert sent(console, number="1.0.2")["Location"] == "/"
    assert Version.objects.count() == 2


def test_the_page_asks_at_most_eight_queries(console, django_assert_max_num_queries):
    console.get(PAGE)
    with django_assert_max_num_queries(8):
        console.get(PAGE)


@pytest.mark.parametrize(
    ("number", "next_one"),
    [
        ("1.0.0", "1.0.1"),
        ("1.9", "1.10"),
        ("2.0-rc09", "2.0-rc10"),
        ("beta", ""),
        ("1.0.0-dev", ""),
        ("9" * 32, ""),
    ],
)
def test_the_number_that_may_come_next(number, next_one):
    assert following(number) == next_one
