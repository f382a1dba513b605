"""The look's files: vendored packages, sheets, tokens."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.test import override_settings

STATIC = Path(settings.BASE_DIR) / "portal" / "static"
VENDOR = STATIC / "vendor"
OUR_SHEETS = sorted((STATIC / "look").glob("*.css"))


def test_vendored_files_are_the_ones_with_a_checksum():
    listed = {}
    for line in (VENDOR / "CHECKSUMS").read_text().splitlines():
        digest, name = line.split("  ", 1)
        listed[name] = digest
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in {"CHECKSUMS", "README.md"}
    }
    assert found == listed


@pytest.mark.parametrize("folder", [path for path in VENDOR.iterdir() if path.is_dir()])
def test_every_vendored_package_carries_its_licence(folder):
    assert list(folder.glob("LICENSE*"))


def test_every_file_a_sheet_names_is_collected(tmp_path):
    """The manifest storage refuses a url() or source map that leads nowhere."""
    storage = f"{ManifestStaticFilesStorage.__module__}.{ManifestStaticFilesStorage.__name__}"
    with override_settings(
        STATIC_ROOT=tmp_path,
        STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": storage}},
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


@pytest.mark.parametrize("sheet", OUR_SHEETS, ids=lambda path: path.name)
def test_our_sheets_keep_the_policy_and_the_cascade(sheet):
    text = sheet.read_text()
    assert "!important" not in text
    assert "data:" not in text
    assert "http:" not in text.replace("http://www.w3.org", "")


def test_data_images_of_bootstraps_controls_are_replaced_by_files():
    """`img-src 'self'` would block them, and the console would log each one."""
    text = (STATIC / "look" / "forms.css").read_text()
    for control in (".form-select", '.form-check-input:checked[type="checkbox"]'):
        assert re.search(re.escape(control) + r' \{[^}]*background-image: url\("img/', text)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("text", "panel"),
        ("text-2", "page"),
        ("text-3", "panel"),
        ("text-3", "page"),
        ("text-3", "sunken"),
        ("link", "page"),
        ("panel", "action"),
        ("panel", "bank"),
        ("bank-text", "bank"),
        ("green-ink", "green"),
        ("done", "done-bg"),
        ("doing", "doing-bg"),
        ("act", "act-bg"),
        ("fail", "fail-bg"),
        ("idle", "idle-bg"),
        ("done-ink", "done-bg"),
        ("doing-ink", "doing-bg"),
        ("act-ink", "act-bg"),
        ("fail-ink", "fail-bg"),
        ("face-ink", "face"),
        ("face-b-ink", "face-b"),
        ("face-c-ink", "face-c"),
        ("face-d-ink", "face-d"),
        ("ink-text", "ink-700"),
        ("ink-muted", "ink-800"),
        ("lamp", "ink-700"),
        ("ink-900", "lamp"),
    ],
)
def test_text_has_the_contrast_of_level_aa(text, ground):
    tokens = dict(re.findall(r"--gr-([\w-]+): (#[0-9a-f]{6});", (STATIC / "look" / "tokens.css").read_text()))
    assert _contrast(tokens[text], tokens[ground]) >= 4.5
