"""The command line uploader and the call by hand, against a running portal (REL-1)."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from releases import archives, sample_games, sample_packages, upload
from releases.models import Version
from tests.releases.signed import key_pair, other_key_pair, with_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("REL-1")]

GUIDE = Path(settings.BASE_DIR) / "docs" / "upload.md"


@pytest.fixture
def account(game):
    return with_key(game)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "private.key"
    path.write_text(key_pair().private)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project as it lies on a developer's disk, with what does not belong into the package."""
    top = tmp_path / "project"
    for name, content in sample_games.files("paper-lantern-dash").items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (top / ".git").mkdir()
    (top / ".git" / "config").write_text("secret")
    (top / "passwords.txt").symlink_to("/etc/hostname")
    (top / "outside").symlink_to(tmp_path)
    return top


@pytest.fixture
def run(account, live_server, key):
    """Return a function that calls the uploader with these arguments."""

    def call(*arguments: str, **changed: str) -> int:
        options = {"appid": account.appid, "key": str(key), "version": "1.0.0", "server": live_server.url}
        listed = [part for name, value in {**options, **changed}.items() for part in (f"--{name}", value)]
        return upload.main([*listed, *arguments])

    return call


def test_a_folder_is_packed_signed_and_uploaded(run, folder, capsys):
    assert run(str(folder), description="花灯 festival & more") == 0
    version = Version.objects.get()
    assert capsys.readouterr().out == "Version 1.0.0 is uploaded.\n"
    assert (version.description, version.way) == ("花灯 festival & more", "command_line")
    paths = [path for path, _size, _sha256 in version.contents["files"]]
    assert paths == sorted(sample_games.files("paper-lantern-dash"))
    assert archives.is_whole(version)


def test_an_archive_and_its_folder_are_the_same_content(run, folder, tmp_path, capsys):
    archive = tmp_path / "game.zip"
    archive.write_bytes(sample_packages.build("paper-lantern-dash"))
    run(str(folder))
    assert run(str(archive), "--json") == 0
    told = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert told["was_there"] is True


def test_findings_are_printed_below_the_sentence(run, tmp_path, capsys):
    archive = tmp_path / "odd.zip"
    archive.write_bytes(sample_packages.build("odd"))
    run(str(archive))
    first, *findings = capsys.readouterr().out.splitlines()
    assert first == "Version 1.0.0 is uploaded."
    assert len(findings) == 5
    assert all(finding.startswith("- ") for finding in findings)


def test_a_path_below_a_prefix_is_signed_as_it_is_asked(run, folder, live_server, capsys):
    assert run(str(folder), server=f"{live_server.url}/") == 0


@pytest.mark.parametrize("server", ["ftp://127.0.0.1", "127.0.0.1:8000", "file:///etc/passwd", "http://"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(run, folder, server, capsys):
    assert run(str(folder), server=server) == 1
    assert "is no address of a portal" in capsys.readouterr().err


def test_a_portal_that_is_away_is_told(run, folder, capsys):
    assert run(str(folder), server="http://127.0.0.1:1") == 1
    assert capsys.readouterr().err.startswith("The portal does not answer")


def test_an_answer_that_is_no_json_is_told(run, folder, live_server, capsys):
    assert run(str(folder), server=f"{live_server.url}/nothing/here") == 1
    assert capsys.readouterr().err == "The portal answered 404 without saying why.\n"


def test_what_the_portal_refuses_is_printed_with_its_code(run, folder, capsys):
    assert run(str(folder), version="one point oh") == 1
    assert capsys.readouterr().err.endswith("(version_number)\n")
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (other_key_pair().private, "(signature)"),
        (key_pair().public, "This is no private key"),
        ("", "This is no private key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "This is no private key"),
    ],
    ids=["another", "public", "empty", "damaged"],
)
def test_a_key_that_does_not_serve_is_told(run, folder, key, content, sentence, capsys):
    key.write_text(content)
    assert run(str(folder)) == 1
    assert sentence in capsys.readouterr().err
    assert not Version.objects.exists()


def test_files_that_are_not_there_are_told(run, folder, tmp_path, capsys):
    assert run(str(tmp_path / "nothing")) == 1
    assert "There is no archive and no folder" in capsys.readouterr().err
    assert run(str(folder), key=str(tmp_path / "no.key")) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_an_archive_over_twenty_megabytes_is_not_sent(run, tmp_path, capsys):
    archive = tmp_path / "game.zip"
    archive.write_bytes(bytes(upload.MOST_BYTES + 1))
    assert run(str(archive), server="http://127.0.0.1:1") == 1
    assert "larger than 20 MB" in capsys.readouterr().err


def test_a_missing_argument_is_a_wrong_call(capsys):
    with pytest.raises(SystemExit) as ended:
        upload.main(["--appid", "wx0"])
    assert ended.value.code == 2


def test_the_same_folder_packs_to_the_same_archive(folder):
    packed = upload.archive_of(folder)
    assert packed == upload.archive_of(folder)
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert sorted(opened.namelist()) == sorted(sample_games.files("paper-lantern-dash"))


def test_it_runs_without_django(tmp_path):
    """Its two modules in a folder of their own, Django out of reach."""
    package = tmp_path / "releases"
    package.mkdir()
    (package / "__init__.py").touch()
    for name in ("upload.py", "signatures.py"):
        shutil.copy(Path(settings.BASE_DIR) / "releases" / name, package)
    (tmp_path / "django.py").write_text("raise ImportError('not here')\n")
    done = subprocess.run(
        [sys.executable, "-m", "releases.upload", "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "--developer" in done.stdout


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("curl")), reason="needs openssl and curl")
def test_the_guides_own_example_uploads(account, live_server, key, tmp_path):
    (example,) = re.findall(r"```sh\n(server=.*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / f"private.{account.appid}.key").write_bytes(key.read_bytes())
    (tmp_path / "game.zip").write_bytes(sample_packages.build("paper-lantern-dash"))
    script = example.replace("http://127.0.0.1:8000", live_server.url)
    script = script.replace("wx0123456789abcdef", account.appid)
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "no_proxy": "*"},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["message"] == "Version 1.0.0 is uploaded."
    assert Version.objects.get().description == "Night festival level"


def test_the_guide_names_every_code():
    from releases.views.upload_call import STATUSES  # noqa: PLC0415 -- the view's own table

    guide = GUIDE.read_text()
    assert [code for code in STATUSES if f"`{code}`" not in guide] == []
