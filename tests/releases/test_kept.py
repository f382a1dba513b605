"""What is kept in place of the upload, served from it, and compared."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from releases import packages
from releases.packages import Finding, Package, compare, file_of, files_of, text_difference
from releases.packages.names import visible
from tests.releases.archives import FOLDER, GAME_JS, GAME_JSON, STORED, Part, archive, deflated, project


def read(data: bytes) -> Package:
    return packages.read(io.BytesIO(data))


# --- the digest ---------------------------------------------------------------------------

PNG = Part("img/a.png", b"picture" * 99)
WHOLE = project(PNG)


@pytest.mark.parametrize(
    "other",
    [
        project(Part("img/a.png", PNG.content, STORED), comment=b"later"),
        project(Part("img/a.png", PNG.content, raw=deflated(PNG.content, 1))),
        project(Part("img/a.png", PNG.content, descriptor=b"PK\7\x08", flags=0, mode=0o100755)),
        archive([PNG, GAME_JSON, Part("img/", mode=FOLDER), GAME_JS]),
        archive([Part(f"top/{part.name!s}", part.content) for part in (PNG, GAME_JSON, GAME_JS)]),
        project(PNG, Part(".git/config", b"x"), Part("notes.md", b"x")),
    ],
    ids=["stored", "other_level", "streamed", "other_order", "in_a_folder", "with_what_is_left_out"],
)
def test_the_same_files_have_the_same_digest(other: bytes) -> None:
    assert other != WHOLE
    assert read(other).content == read(WHOLE).content
    assert read(other).sha256 == read(WHOLE).sha256


@pytest.mark.parametrize(
    "other",
    [
        project(Part("img/a.png", PNG.content + b"!")),
        project(Part("img/b.png", PNG.content)),
        project(PNG, Part("empty.txt")),
        project(),
    ],
    ids=["content", "path", "one_more", "one_less"],
)
def test_other_files_have_another_digest(other: bytes) -> None:
    assert read(other).sha256 != read(WHOLE).sha256


def test_the_digest_is_of_the_archive_that_is_kept_and_stays_for_ever() -> None:
    package = read(archive([Part("game.js", b"1"), Part("game.json", b"{}"), Part("图.txt", b"2")]))
    assert package.sha256 == hashlib.sha256(package.content).hexdigest()
    assert package.sha256 == "05a85fbb1f20222be3f1c3b88fdfd4ebc76dfc1c01864c6ad9d89732600ee6c9"


def test_what_is_kept_is_never_what_was_uploaded() -> None:
    package = read(project(PNG, Part(".env", b"secret"), comment=b"secret"))
    assert b"secret" not in package.content
    with zipfile.ZipFile(io.BytesIO(package.content)) as kept:
        assert kept.testzip() is None
        assert kept.namelist() == ["game.js", "game.json", "img/a.png"]
        for entry in kept.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.external_attr >> 16 == 0o100644
            assert zlib.crc32(kept.read(entry)) == entry.CRC


def test_the_list_of_files_tells_size_and_digest() -> None:
    package = read(WHOLE)
    assert [file.path for file in package.files] == ["game.js", "game.json", "img/a.png"]
    png = package.files[-1]
    assert (png.size, png.sha256) == (693, hashlib.sha256(PNG.content).hexdigest())
    assert package.size == sum(file.size for file in package.files)
    assert package.archive_size == len(WHOLE)
    assert "content" not in repr(package)


def test_what_is_left_out_is_told() -> None:
    package = read(
        project(
            *(Part(name, b"x") for name in ("a.psd", "b.PSD", "notes.md", "LICENSE", "img/Makefile")),
            *(Part(name, b"x") for name in (".gitignore", ".git/config", "__MACOSX/._game.js")),
        )
    )
    assert package.findings == (
        Finding("kind_left_out", "md", 1),
        Finding("kind_left_out", "psd", 2),
        Finding("unnamed_kind_left_out", "LICENSE", 2),
        Finding("hidden_left_out", ".git/config", 3),
    )
    assert [len(finding.sentence) > 20 for finding in package.findings] == [True] * 4


def test_an_empty_game_js_is_told() -> None:
    assert read(archive([Part("game.js"), GAME_JSON])).findings == (Finding("empty_game"),)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z图]{1,4}(/[a-z]{1,3}){0,2}\.(js|png|txt)", fullmatch=True),
        st.binary(max_size=60),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_reading_what_is_kept_gives_the_same_again(files: dict[str, bytes], random: Random) -> None:
    files = {"game.js": b"x", "game.json": b"{}"} | {f"data/{path}": body for path, body in files.items()}
    parts = [Part(path, body, random.choice([STORED, 8])) for path, body in files.items()]
    random.shuffle(parts)
    package = read(archive(parts))
    again = read(package.content)
    assert (again.content, again.files, again.sha256) == (package.content, package.files, package.sha256)
    for path, body in files.items():
        assert file_of(io.BytesIO(package.content), path) == body


# --- one file -----------------------------------------------------------------------------


def test_one_file_is_served() -> None:
    content = read(WHOLE).content
    assert file_of(io.BytesIO(content), "img/a.png") == PNG.content
    assert file_of(io.BytesIO(content), "game.js") == GAME_JS.content


@pytest.mark.parametrize(
    "path", ["", "a.png", "img", "img/", "/game.js", "../game.js", "GAME.JS", "game.js\0"]
)
def test_a_file_that_is_not_there_is_not_found(path: str) -> None:
    with pytest.raises(FileNotFoundError):
        file_of(io.BytesIO(read(WHOLE).content), path)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"no archive",
        read(WHOLE).content[:-1],
        read(WHOLE).content.replace(b"picture", b"another", 1),
        archive([Part("img/a.png", bytes(9_000_000))]),
        archive([Part("img/a.png", b"x", STORED, flags=1)]),
    ],
    ids=["empty", "other", "cut_off", "changed", "deflated", "encrypted"],
)
def test_an_archive_that_is_damaged_or_not_ours_is_an_error(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="kept"):
        file_of(io.BytesIO(damaged), "img/a.png")


def test_no_more_is_served_than_allowed() -> None:
    content = read(WHOLE).content
    assert file_of(io.BytesIO(content), "img/a.png", most=693) == PNG.content
    with pytest.raises(ValueError, match="kept"):
        file_of(io.BytesIO(content), "img/a.png", most=692)


def test_several_files_come_in_one_pass_up_to_so_many_bytes() -> None:
    content = read(WHOLE).content
    wanted = ["game.js", "../game.js", "img/a.png"]
    found = list(files_of(io.BytesIO(content), wanted))
    assert [(file.path, file.content) for file in found] == [
        ("game.js", GAME_JS.content),
        ("img/a.png", PNG.content),
    ]
    most = len(GAME_JS.content) + len(PNG.content)
    assert len(list(files_of(io.BytesIO(content), wanted, most=most))) == 2
    assert [file.path for file in files_of(io.BytesIO(content), wanted, most=most - 1)] == ["game.js"]


@pytest.mark.parametrize("damaged", [b"", b"no archive", WHOLE])
def test_several_files_come_from_a_kept_archive_alone(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="archive"):
        list(files_of(io.BytesIO(damaged), ["img/a.png"]))


# --- what changed -------------------------------------------------------------------------


def test_files_are_added_removed_and_changed() -> None:
    before = read(project(PNG, Part("a.js", b"1"), Part("b.js", b"1")))
    after = read(project(PNG, Part("b.js", b"123"), Part("c.js", b"1")))
    found = compare(before.files, after.files)
    assert [file.path for file in found.added] == ["c.js"]
    assert [file.path for file in found.removed] == ["a.js"]
    (change,) = found.changed
    assert (change.path, change.before.size, change.after.size, change.growth) == ("b.js", 1, 3, 2)
    assert found
    assert not compare(after.files, after.files)


def test_the_first_version_is_all_added() -> None:
    assert len(compare((), read(WHOLE).files).added) == 3


def test_a_small_text_is_compared_line_by_line() -> None:
    before = "".join(f"line {number}\n" for number in range(20))
    after = before.replace("line 10\n", "line ten\n")
    found = text_difference("game.js", before.encode(), after.encode())
    assert found is not None
    kinds = [line.kind for line in found]
    assert kinds == ["place", *["same"] * 3, "removed", "added", *["same"] * 3]
    assert [line.text for line in found if line.kind in {"removed", "added"}] == ["line 10", "line ten"]


def test_a_hidden_change_is_seen() -> None:
    found = text_difference("game.js", b"a\n", "a\u202e\r\n\tb".encode())
    assert found is not None
    assert [line.text for line in found if line.kind == "added"] == ["a<U+202E><U+000D>", "    b"]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.png", b"a", b"b"),
        ("a.js", b"a", b"\xff"),
        ("a.js", b"a\0", b"b"),
        ("a.js", b"a", b"b" * 65_537),
        ("a.js", b"\n" * 2_000, b"a"),
    ],
)
def test_what_is_no_small_text_is_not_compared(path: str, before: bytes, after: bytes) -> None:
    assert text_difference(path, before, after) is None


def test_a_long_difference_is_cut_off() -> None:
    before = "\n".join(f"{number}" for number in range(900)).encode()
    found = text_difference("a.txt", before, before.replace(b"1", b"one") + b"x" * 999)
    assert found is not None
    assert len(found) == 401
    assert found[-1].kind == "more"
    longest = text_difference("a.txt", b"", b"x" * 999)
    assert longest is not None
    assert max(len(line.text) for line in longest) == 240


def test_the_worst_texts_are_compared_in_bounded_steps() -> None:
    random = Random(7)
    lines = [str(random.randrange(100)) for _each in range(1_999)]
    found = text_difference("a.txt", "\n".join(lines).encode(), "\n".join(lines[::-1]).encode())
    assert found is not None
    assert found[-1].kind == "more"


def test_what_is_cut_says_so() -> None:
    assert visible("abc", 3) == "abc"
    assert visible("abcd", 3) == "ab…"
    assert visible("a\0", 8) == "a<U+0000>"[:7] + "…"
