"""The corpus of archives that are refused (reliability 4.2): each with the code of the rule it breaks."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Callable
from random import Random
from typing import Final

from tests.releases.archives import (
    FILE,
    FOLDER,
    GAME_JS,
    GAME_JSON,
    LINK,
    STORED,
    Part,
    archive,
    deflated,
    project,
)

MB: Final = 1024 * 1024
Build = Callable[[], bytes]
CASES: Final[dict[str, tuple[str, Build]]] = {}


def case(name: str, code: str, build: Build) -> None:
    """Add one archive."""
    assert name not in CASES
    CASES[name] = (code, build)


def entry(name: str, code: str, **details: object) -> None:
    """Add a good project with one bad entry."""
    path = details.pop("path", "extra.js")
    case(name, code, lambda: project(Part(path, **{"content": b"x", **details})))  # type: ignore[arg-type]


def noise(size: int, seed: int = 7) -> bytes:
    """Return bytes that do not compress."""
    return Random(seed).randbytes(size)


# --- where a path leads -------------------------------------------------------------------

for number, path in enumerate(
    [
        *(
            "../evil.js",
            "img/../../evil.js",
            "img/..",
            "../",
            "..",
            "/etc/evil.js",
            "/",
            "C:/evil.js",
            "C:evil.js",
        ),
        *(
            "..\\evil.js",
            "img\\a.png",
            "\\\\host\\evil.js",
            "./evil.js",
            "img/./a.png",
            "img//a.png",
            "//host/a.js",
        ),
    ]
):
    mode = FOLDER if path.endswith("/") else FILE
    entry(f"path_{number:02}_{path.strip('./') or 'dots'}", "package_path", path=path, mode=mode, content=b"")

# --- names --------------------------------------------------------------------------------

entry("name_with_nul", "package_name", path="game.js\0.png")
entry("name_with_line_break", "package_name", path="a\nb.js")
entry("name_with_escape", "package_name", path="a\x1b[2J.js")
entry("name_reversed", "package_name", path="photo\u202egnp.js")
entry("name_with_zero_width", "package_name", path="ga\u200bme.js")
entry("name_decomposed", "package_name", path="cafe\u0301.js")
entry("name_too_long", "package_name", path=f"{'a' * 254}.js")
entry("name_far_too_long", "package_name", path="a/" * 30_000 + "b.js")
entry("name_absent", "package_name", path="")
entry("name_not_utf8_but_flagged", "package_name", path="灯笼.js".encode("gbk"))
entry("name_in_no_encoding", "package_name", path=b"\xff\xff.js", flags=0)
entry("name_other_in_extra", "package_headers", extra=struct.pack("<2HBL", 0x7075, 12, 1, 0) + b"evil.js")

# --- what is no plain file ----------------------------------------------------------------

entry("symbolic_link", "package_link", content=b"/etc/passwd", mode=LINK)
entry("symbolic_link_folder", "package_link", path="img/", content=b"", mode=LINK)
entry("device", "package_file_type", mode=0o020666)
entry("pipe", "package_file_type", mode=0o010644)
entry("socket", "package_file_type", mode=0o140644)
entry("folder_named_as_file", "package_file_type", mode=FOLDER)
entry("file_named_as_folder", "package_file_type", path="img/", content=b"")
entry("folder_with_content", "package_file_type", path="img/", mode=FOLDER)

# --- the same twice -----------------------------------------------------------------------

case("twice", "package_duplicate", lambda: project(Part("game.js", b"other")))
case("twice_but_for_case", "package_duplicate", lambda: project(Part("GAME.js")))
case("twice_but_for_folding", "package_duplicate", lambda: project(Part("straße.js"), Part("STRASSE.JS")))
case("folder_twice", "package_duplicate", lambda: project(*[Part("img/", mode=FOLDER)] * 2))
case("file_and_folder", "package_file_and_folder", lambda: project(Part("img"), Part("img/", mode=FOLDER)))
case("file_and_implied_folder", "package_file_and_folder", lambda: project(Part("game.js/a.png")))
case("file_and_deeply_implied", "package_file_and_folder", lambda: project(Part("A/b"), Part("a/B/c/d.js")))

# --- packing ------------------------------------------------------------------------------

entry("encrypted", "package_encrypted", flags=0x0801)
entry("strongly_encrypted", "package_encrypted", flags=0x0841)
entry("masked", "package_encrypted", flags=0x2800)
entry("aes", "package_encrypted", method=99)
for name, method in {
    "deflate64": 9,
    "bzip2": 12,
    "lzma": 14,
    "zstandard": 93,
    "xz": 95,
    "unknown": 77,
}.items():
    entry(f"method_{name}", "package_compression", method=method)
entry("patched", "package_compression", flags=0x0820)
entry("deflate_broken", "package_damaged", raw=b"\x06\xff\xff")
entry("deflate_cut_off", "package_size", content=b"lantern" * 99, raw=deflated(b"lantern" * 99)[:-9])
entry("deflate_without_end", "package_damaged", content=b"", raw=b"\0\0\0\xff\xff")
entry("deflate_with_data_behind", "package_damaged", raw=deflated(b"x") + b"hidden")
entry("deflate_of_nothing", "package_damaged", content=b"", raw=b"")
entry("checksum_other", "package_checksum", crc=0x12345678)
entry("checksum_other_stored", "package_checksum", crc=0x12345678, method=STORED)

# --- sizes that lie, bombs ----------------------------------------------------------------

entry("size_too_small", "package_size", content=b"x" * 999, size=10)
entry("size_too_large", "package_size", content=b"x" * 10, size=999)
entry("size_hides_a_bomb", "package_size", content=b"", raw=deflated(bytes(100 * MB)), size=500_000)
entry("stored_but_two_sizes", "package_headers", method=STORED, size=2)
entry("bomb", "package_ratio", content=bytes(100 * MB), path="map.bin")
entry("bomb_within_the_limit", "package_ratio", content=bytes(2 * MB), path="map.bin")
case(
    "bomb_of_many",
    "package_ratio",
    lambda: project(*(Part(f"{number}.bin", bytes(MB)) for number in range(7))),
)
case("main_too_large", "package_too_large", lambda: project(Part("a.png", noise(4 * MB), STORED)))
case(
    "all_too_large",
    "package_too_large",
    lambda: project(
        *(Part(f"{name}/a.png", noise(3 * MB), STORED) for name in "abc"),
        game_json=b'{"subpackages": [{"root": "a/"}, {"root": "b/"}, {"root": "c/"}]}',
    ),
)
case(
    "subpackage_too_large",
    "package_too_large",
    lambda: project(
        Part("a/a.png", noise(4 * MB + 1), STORED), game_json=b'{"subpackages": [{"root": "a"}]}'
    ),
)
case("upload_too_large", "package_upload_too_large", lambda: project(Part("a.psd", bytes(20 * MB), STORED)))
case("entries_too_many", "package_entries", lambda: project(*(Part(f"{n}.js") for n in range(1999))))
case("entries_far_too_many", "package_entries", lambda: project(*(Part(f"{n}.js") for n in range(20_000))))

# --- two headers, two stories -------------------------------------------------------------

for name, lie in {
    "name": {"name": b"other.js"},
    "shorter_name": {"name": b"extra"},
    "method": {"method": STORED},
    "flags": {"flags": 0},
    "crc": {"crc": 1},
    "size": {"size": 7},
    "zero_size": {"size": 0},
}.items():
    entry(f"local_{name}_differs", "package_headers", local=lie)
entry("descriptor_absent", "package_headers", flags=0x0808)
entry("descriptor_size_differs", "package_headers", descriptor=b"", local={"size": 9})
entry("descriptor_wrong", "package_headers", flags=0x0808, behind=b"PK\7\x08" + bytes(12))

# --- layout -------------------------------------------------------------------------------


def overlapping(inside: int) -> bytes:
    """Return an archive whose last file begins where another does, or so many bytes inside of it."""
    quoted = archive([Part("b.js", b"b" * 50, STORED)])
    at = 30 + len("game.json") + len(GAME_JSON.packed_content())
    return archive([GAME_JSON, Part("a.js", quoted, STORED), Part("b.js", b"b" * 50, STORED, at=at + inside)])


case("overlap_whole", "package_overlap", lambda: overlapping(0))
case("overlap_quoted", "package_overlap", lambda: overlapping(30 + len("a.js")))
entry("zip64_extra", "package_zip64", extra=struct.pack("<2HQ", 1, 8, 1))
entry("zip64_local_extra", "package_zip64", local_extra=struct.pack("<2HQ", 1, 8, 1))
entry("zip64_size", "package_zip64", size=0xFFFFFFFF)
entry("zip64_local_size", "package_zip64", local={"size": 0xFFFFFFFF})
entry("zip64_position", "package_zip64", at=0xFFFFFFFF)
case("zip64_locator", "package_zip64", lambda: project(before_end=b"PK\6\7" + bytes(16)))
case("zip64_directory", "package_zip64", lambda: project(directory_at=0xFFFFFFFF))
entry("position_beyond", "package_surplus", at=0x7FFFFFFF)
entry("extra_field_overlong", "package_damaged", extra=struct.pack("<2H", 0x5455, 99))
entry("packed_size_beyond", "package_damaged", packed=0x7FFFFFFF)
case("count_too_small", "package_damaged", lambda: project(count=1))
case("count_too_large", "package_damaged", lambda: project(count=3))
case("split", "package_split", lambda: project(disk=1))
case("directory_elsewhere", "package_surplus", lambda: project(directory_at=0))
case("directory_beyond", "package_damaged", lambda: project(directory_at=0x7FFFFFFF))
case("data_before", "package_surplus", lambda: project(first=b"PK\3\4" + bytes(99)))
case("data_before_uncounted", "package_surplus", lambda: project() + project())
entry("data_between", "package_surplus", behind=b"hidden")
case("data_before_directory", "package_surplus", lambda: project(before_directory=b"hidden"))
case("data_before_end", "package_surplus", lambda: project(before_end=b"hidden"))
case("data_behind", "package_surplus", lambda: project() + b"<script>alert(1)</script>")
case("comment_is_an_archive", "package_surplus", lambda: project(comment=project()))
case("comment_is_an_end", "package_surplus", lambda: project(comment=b"PK\5\6" + bytes(18)))
case("comment_has_a_header", "package_surplus", lambda: project(comment=b"see PK\1\2"))
case("cut_off_half", "package_cut_off", lambda: project()[:150])
case("cut_off_by_a_byte", "package_cut_off", lambda: project()[:-1])
case("cut_off_comment", "package_cut_off", lambda: project(comment=b"made in spring")[:-4])
case("cut_off_after_first_bytes", "package_cut_off", lambda: b"PK\3\4")
case("directory_broken", "package_damaged", lambda: project().replace(b"PK\1\2", b"PK\1\3", 1))
case("local_header_broken", "package_damaged", lambda: b"PK\3\5".join(project().rsplit(b"PK\3\4", 1)))

# --- something else -----------------------------------------------------------------------


def tar(form: int) -> bytes:
    """Return a tar archive of a project."""
    saved = io.BytesIO()
    with tarfile.open(fileobj=saved, mode="w", format=form) as opened:
        member = tarfile.TarInfo("game.js")
        member.size = 1
        opened.addfile(member, io.BytesIO(b"x"))
    return saved.getvalue()


def old_tar() -> bytes:
    """Return a tar as it was before it had a magic word."""
    header = bytearray(tar(tarfile.USTAR_FORMAT))
    header[257:265] = bytes(8)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    return bytes(header)


OTHER_FILES: Final[dict[str, tuple[Build, str]]] = {
    "tar": (lambda: tar(tarfile.GNU_FORMAT), "tar"),
    "tar_old": (old_tar, "tar"),
    "gz": (lambda: b"\x1f\x8b\x08\0" + bytes(30), "gz"),
    "bz2": (lambda: b"BZh91AY&SY" + bytes(30), "bz2"),
    "xz": (lambda: b"\xfd7zXZ\0" + bytes(30), "xz"),
    "zst": (lambda: b"\x28\xb5\x2f\xfd" + bytes(30), "zst"),
    "rar": (lambda: b"Rar!\x1a\x07\x01\0" + bytes(30), "RAR"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(30), "7z"),
    "wxapkg": (lambda: b"\xbe" + bytes(12) + b"\xed" + bytes(30), "wxapkg"),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(30), "picture"),
    "png_and_zip": (lambda: project(first=b"\x89PNG\r\n\x1a\n" + bytes(30)), "picture"),
    "gif_and_zip": (lambda: b"GIF89a" + project(), "picture"),
    "jpeg": (lambda: b"\xff\xd8\xff\xe0" + bytes(30), "picture"),
    "pdf": (lambda: b"%PDF-1.7\n", "PDF"),
    "html": (lambda: b"<!doctype html><title>404</title>", "web page"),
    "html_and_zip": (lambda: b"\n <html>" + project(), "web page"),
    "json": (lambda: b'{"deviceOrientation": "portrait"}', "JSON"),
    "program": (lambda: b"MZ" + bytes(99), "program"),
    "self_extracting": (lambda: b"MZ" + bytes(99) + project(), "program"),
    "script": (lambda: b"#!/bin/sh\n", "program"),
    "split_marker": (lambda: b"PK\x07\x08" + project(), "split"),
    "game_js_alone": (lambda: b"var pen = 1\n", "not a ZIP"),
    "one_byte": (lambda: b"P", "not a ZIP"),
    "noise": (lambda: noise(9999), "not a ZIP"),
    "zlib": (lambda: zlib.compress(b"x"), "not a ZIP"),
    "junk_and_zip": (lambda: bytes(600) + project(), "not a ZIP"),
}
case("no_bytes", "package_empty", lambda: b"")
case("no_entries", "package_entries", lambda: archive([]))

# --- no Mini Game -------------------------------------------------------------------------

ONE_JS: Final = Part("js/main.js", b"x")
case("no_game_js", "package_no_game_js", lambda: archive([GAME_JSON, ONE_JS]))
case("no_game_json", "package_no_game_json", lambda: archive([GAME_JS]))
case("game_js_is_a_folder", "package_no_game_js", lambda: archive([GAME_JSON, Part("game.js/", mode=FOLDER)]))
case("only_folders", "package_no_game_json", lambda: archive([Part("img/", mode=FOLDER)]))
case("only_left_out", "package_no_game_json", lambda: archive([Part("notes.md", b"x")]))
case(
    "two_folders_deep",
    "package_no_game_json",
    lambda: archive([Part("a/b/game.js", b"x"), Part("a/b/game.json", b"{}")]),
)
case("mini_program", "package_mini_program", lambda: archive([Part("app.json", b"{}"), Part("app.js", b"x")]))
case("game_js_in_other_case", "package_no_game_js", lambda: archive([Part("Game.js", b"x"), GAME_JSON]))
