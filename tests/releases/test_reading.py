"""What is taken, what is refused and by which rule, and what memory it costs (reliability 4.2)."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.errors import Refused
from releases import packages
from releases.packages import Limits, Package
from tests.releases import benign, hostile
from tests.releases.archives import STORED, Part, deflated, project

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 200  # MB, of a whole process


def read(data: bytes, **limits: int) -> Package:
    return packages.read(io.BytesIO(data), limits=Limits(**limits))


def refusal(data: bytes, **limits: int) -> Refused:
    with pytest.raises(Refused) as refused:
        read(data, **limits)
    return refused.value


# --- the corpus ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", hostile.CASES)
def test_a_hostile_archive_is_refused_by_its_rule(name: str) -> None:
    code, build = hostile.CASES[name]
    refused = refusal(build())
    assert refused.code == code, refused.message
    assert refused.message.endswith(".")
    assert refused.message.isprintable() or "\xa0" in refused.message
    assert len(refused.message) < 260


@pytest.mark.parametrize("name", hostile.OTHER_FILES)
def test_another_file_is_told_by_name(name: str) -> None:
    build, word = hostile.OTHER_FILES[name]
    refused = refusal(build())
    assert refused.code == "package_not_zip"
    assert word in refused.message


@pytest.mark.parametrize("name", benign.CASES)
def test_a_benign_archive_is_taken(name: str) -> None:
    build, paths = benign.CASES[name]
    package = read(build())
    assert [file.path for file in package.files] == sorted(paths)


def test_a_refusal_names_the_entry_and_never_carries_what_a_page_cannot_show() -> None:
    assert "<U+0000>" in refusal(project(Part("game.js\0.png"))).message
    assert "<U+202E>" in refusal(project(Part("a\u202egnp.js"))).message
    long = refusal(project(Part("../" + "a" * 200))).message
    assert "…" in long
    assert len(long) < 200


@pytest.mark.parametrize(
    "name",
    [
        *("path_00_evil.js", "path_05_etc/evil.js", "path_08_C:evil.js", "path_10_img\\a.png"),
        *("name_with_nul", "name_reversed", "symbolic_link", "device", "twice", "twice_but_for_case"),
        *("file_and_implied_folder", "bomb_within_the_limit", "entries_too_many", "data_before"),
        *("data_before_uncounted", "data_between", "data_before_directory", "local_size_differs"),
        *("comment_has_a_header", "deflate_with_data_behind"),
    ],
)
def test_pythons_own_reader_takes_what_is_refused_here(name: str) -> None:
    """The corpus is hostile, not merely broken: this much of it passes where only the CRC is checked."""
    _code, build = hostile.CASES[name]
    with zipfile.ZipFile(io.BytesIO(build())) as opened:
        assert opened.testzip() is None


# --- limits -------------------------------------------------------------------------------


def test_every_ceiling_holds_from_the_next_byte_on() -> None:
    data = project(Part("a.png", hostile.noise(900), STORED))
    size = read(data).size
    assert read(data, package=size).main_size == size
    assert refusal(data, package=size - 1).code == "package_too_large"
    assert read(data, code=size).size == size
    assert refusal(data, code=size - 1).code == "package_too_large"
    assert read(data, archive=len(data)).archive_size == len(data)
    assert refusal(data, archive=len(data) - 1).code == "package_upload_too_large"
    assert len(read(data, entries=3).files) == 3
    assert refusal(data, entries=2).code == "package_entries"
    assert len(read(data, name=9).files) == 3
    assert refusal(data, name=8).code == "package_name"


def test_the_ratio_counts_above_its_size_only() -> None:
    data = project(Part("map.bin", bytes(1000)))
    size = read(data).size
    assert read(data, ratio_above=size, ratio=1).size == size
    assert refusal(data, ratio_above=size - 1, ratio=1).message.startswith("The archive unpacks")
    assert refusal(data, ratio_above=999, ratio=1).message.startswith("The file map.bin unpacks")
    assert read(data, ratio_above=999, ratio=1000).size == size


def test_no_more_is_read_of_an_upload_than_it_may_have() -> None:
    class Endless(io.RawIOBase):
        asked = 0

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0
            self.asked += size
            return b"P" * size

    upload = Endless()
    with pytest.raises(Refused) as refused:
        packages.read(upload)
    assert refused.value.code == "package_upload_too_large"
    assert upload.asked == packages.PLATFORM.archive + 1


MEASURE = """
import io, sys
import django
django.setup()
from portal.kernel.errors import Refused
from releases import packages
try:
    packages.read(io.BytesIO(sys.stdin.buffer.read()))
    print("taken")
except Refused as refused:
    print(refused.code)
(line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(line.split()[1]) // 1024)
"""


def largest() -> bytes:
    """Return the largest upload that is taken: 8 MB kept, 11 MB left out."""
    parts = [Part(f"{name}/a.png", hostile.noise(4 * hostile.MB), STORED) for name in "a"]
    parts += [Part("b.png", hostile.noise(4 * hostile.MB - 1000), STORED)]
    parts += [Part("art.psd", hostile.noise(11 * hostile.MB), STORED)]
    return project(*parts, game_json=b'{"subpackages": [{"root": "a/"}]}')


@pytest.mark.parametrize(
    ("build", "outcome"),
    [
        (largest, "taken"),
        (lambda: project(Part("a.bin", deflated(bytes(9 * hostile.MB), 0), STORED)), "package_too_large"),
        (
            lambda: project(Part("a.bin", raw=deflated(bytes(300 * hostile.MB), 1), size=9999)),
            "package_size",
        ),
        (lambda: project(Part("a.bin", raw=bytes(19 * hostile.MB), size=9)), "package_damaged"),
        (lambda: project(game_json=b"[" * 4_000_000), "package_ratio"),
        (lambda: project(game_json=b"[" * 900_000), "package_json"),
        (lambda: project(game_json=b'{"a":' * 13_000), "package_json"),
        (lambda: b"PK\3\4" + b"PK\5\6" * (5 * hostile.MB - 1), "package_cut_off"),
        (lambda: project(*(Part(f"{n}.js", comment=b"c" * 60_000) for n in range(300))), "taken"),
    ],
    ids=["largest", "too_large", "lying_bomb", "no_deflate", "json_bomb", "json", "deep", "ends", "comments"],
)
def test_memory_stays_bounded_whatever_is_uploaded(build, outcome: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=build(),
        capture_output=True,
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_DATA_DIR": "/nowhere"},
        check=True,
    )
    told, megabytes = done.stdout.split()
    assert told.decode() == outcome
    assert int(megabytes) < MEMORY


# --- anything at all ----------------------------------------------------------------------


def taken_or_refused(data: bytes) -> None:
    """Read anything; what is taken, Python's own reader sees alike."""
    try:
        package = read(data)
    except Refused:
        return
    assert read(package.content).content == package.content
    with suppress(NotImplementedError), zipfile.ZipFile(io.BytesIO(data)) as opened:  # of a later version
        seen = [opened.read(entry) for entry in opened.infolist()]
        for file in package.files:
            assert packages.file_of(io.BytesIO(package.content), file.path) in seen


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\3\4", b"PK\5\6", b"\x1f\x8b", b"{"]))
def test_any_bytes_are_taken_or_refused(tail: bytes, head: bytes) -> None:
    taken_or_refused(head + tail)


WHOLE = project(
    Part("img/a.png", b"picture" * 20),
    Part("图.txt", b"x", STORED, descriptor=b"PK\7\x08"),
    Part("project.config.json", b'{"appid": "wx1", "compileType": "game"}'),
    comment=b"spring",
)
CHANGE = st.tuples(
    st.integers(0, len(WHOLE)),
    st.integers(0, 8),
    st.binary(max_size=8) | st.sampled_from([b"PK\1\2", b"\xff" * 4]),
)


@settings(max_examples=1000, deadline=None)
@given(st.lists(CHANGE, min_size=1, max_size=3))
def test_any_change_to_an_archive_is_taken_or_refused(changes: list[tuple[int, int, bytes]]) -> None:
    data = WHOLE
    for at, removed, put in changes:
        data = data[:at] + put + data[at + removed :]
    taken_or_refused(data)


NAMES = st.sampled_from(
    ["a.js", "A.js", "b/a.js", "b/", "../a", "game.js", "\0.js", "图.png", b"\xcd\xbc.js"]
)
LIES = {
    "content": st.sampled_from([b"", b"x", b"x" * 99, project(), bytes(5000)]),
    "method": st.sampled_from([0, 8, 9, 99]),
    "flags": st.sampled_from([0, 1, 8, 0x0800, 0x0808]),
    "mode": st.sampled_from([0, 0o100644, 0o040755, 0o120777]),
    "size": st.sampled_from([0, 1, 98, 99, 100, 0xFFFFFFFF]),
    "packed": st.sampled_from([0, 1, 5, 99, 5000, 0xFFFFFFFF]),
    "crc": st.sampled_from([0, 1]),
    "at": st.integers(0, 400),
    "raw": st.sampled_from(
        [b"", deflated(b"x"), deflated(b"x") + b"y", deflated(bytes(99_999)), b"\xff" * 9]
    ),
    "extra": st.sampled_from([b"\1\0\0\0", b"up\0\0", b"\0\0\xff\0", b"abc"]),
    "local_extra": st.sampled_from([b"\1\0\0\0", b"\0\0\0\0", b"abc"]),
    "local": st.dictionaries(
        st.sampled_from(["size", "packed", "crc", "flags", "method"]), st.integers(0, 9)
    ),
    "descriptor": st.sampled_from([b"", b"PK\7\x08"]),
    "behind": st.sampled_from([b"", b"x", b"PK\5\6"]),
}


@settings(max_examples=500, deadline=None)
@given(st.lists(st.fixed_dictionaries({"name": NAMES}, optional=LIES), max_size=4))
def test_any_lies_about_entries_are_seen_through(lies: list[dict[str, Any]]) -> None:
    taken_or_refused(project(*(Part(**lie) for lie in lies)))


def test_every_single_byte_may_be_wrong_and_every_end_missing() -> None:
    for at in range(len(WHOLE)):
        taken_or_refused(WHOLE[:at])
        for value in (0, 1, 0x7F, 0xFF):
            taken_or_refused(WHOLE[:at] + bytes([value]) + WHOLE[at + 1 :])
