"""Archives that are odd but honest, and are taken."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Final

from tests.releases.archives import DOS, FOLDER, GAME_JS, GAME_JSON, STORED, UTF8, Part, archive, project
from tests.releases.hostile import MB, noise

A_PNG: Final = Part("img/a.png", noise(300), STORED)
IMG: Final = Part("img/", mode=FOLDER, method=STORED)
BOTH: Final = ["game.js", "game.json"]


def python_made(compression: int) -> bytes:
    """Return what Python's own writer makes."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", compression) as made:
        made.writestr("game.js", GAME_JS.content)
        made.writestr("game.json", GAME_JSON.content)
    return saved.getvalue()


class OneWay(io.RawIOBase):
    """A pipe: what is written cannot be gone back to, so that sizes follow the files."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: object) -> int:
        """Take it."""
        piece = bytes(memoryview(data))  # type: ignore[arg-type]
        self.written += piece
        return len(piece)


def streamed() -> bytes:
    """Return what Python's own writer makes into a pipe."""
    pipe = OneWay()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("game.js", GAME_JS.content)
        made.writestr("game.json", GAME_JSON.content)
    return pipe.written


def in_folder(top: str, *more: Part) -> bytes:
    """Return a project packed with its folder."""
    inside = [Part(f"{top}/{part.name!s}", part.content) for part in (GAME_JS, GAME_JSON)]
    return archive([Part(f"{top}/", mode=FOLDER), *inside, *more])


def windows() -> bytes:
    """Return what the Explorer makes in China: no Unix mode, names in GBK without a flag."""
    names: list[str | bytes] = ["game.js", "game.json", "图片/灯笼.png".encode("gbk")]
    return archive([Part(name, b"{}", system=DOS, mode=0, flags=0) for name in names])


DEEP: Final = "d/" * 126 + "a.js"

# Name -> the archive, and the paths that are kept.
CASES: Final[dict[str, tuple[Callable[[], bytes], list[str]]]] = {
    "plain": (project, BOTH),
    "stored": (lambda: python_made(zipfile.ZIP_STORED), BOTH),
    "deflated": (lambda: python_made(zipfile.ZIP_DEFLATED), BOTH),
    "into_a_pipe": (streamed, BOTH),
    "descriptor_signed": (lambda: project(Part("a.js", b"x", descriptor=b"PK\7\x08")), ["a.js", *BOTH]),
    "descriptor_bare": (lambda: project(Part("a.js", b"x", descriptor=b"")), ["a.js", *BOTH]),
    "descriptor_and_sizes": (
        lambda: project(
            Part("a.js", b"x", descriptor=b"", local={"size": 1, "packed": 3, "crc": 0x8CDC1683})
        ),
        ["a.js", *BOTH],
    ),
    "descriptor_of_a_folder": (
        lambda: project(Part("img/", mode=FOLDER, raw=b"\x03\0", descriptor=b"PK\7\x08")),
        BOTH,
    ),
    "one_top_folder": (lambda: in_folder("lantern"), BOTH),
    "one_top_folder_with_notes_beside": (lambda: in_folder("lantern", Part("README.md", b"x")), BOTH),
    "macos": (
        lambda: in_folder(
            "灯笼", Part("__MACOSX/灯笼/._game.js", b"x", flags=0), Part("灯笼/.DS_Store", b"x", flags=0)
        ),
        BOTH,
    ),
    "macos_names_without_flag": (lambda: project(Part("灯笼.png", b"x", flags=0)), [*BOTH, "灯笼.png"]),
    "windows": (windows, [*BOTH, "图片/灯笼.png"]),
    "no_unix_mode": (lambda: project(Part("a.js", mode=0)), ["a.js", *BOTH]),
    "read_only_file": (lambda: project(Part("a.js", mode=0o100400)), ["a.js", *BOTH]),
    "empty_folders": (lambda: project(IMG, Part("img/deep/", mode=FOLDER)), BOTH),
    "folder_before_its_files": (lambda: project(IMG, A_PNG), [*BOTH, "img/a.png"]),
    "folder_behind_its_files": (lambda: project(A_PNG, IMG), [*BOTH, "img/a.png"]),
    "folders_in_two_cases": (
        lambda: project(Part("Img/a.png"), Part("img/b.png")),
        ["Img/a.png", *BOTH, "img/b.png"],
    ),
    "names_in_utf8": (lambda: project(Part("音效/鼓 声.mp3", b"x")), [*BOTH, "音效/鼓 声.mp3"]),
    "dots_in_names": (lambda: project(Part("a..b.js"), Part("v1.0/a.js")), ["a..b.js", *BOTH, "v1.0/a.js"]),
    "endings_in_capitals": (lambda: project(Part("A.PNG")), ["A.PNG", *BOTH]),
    "zero_length": (lambda: project(Part("a.txt", b"", STORED), Part("b.txt")), ["a.txt", "b.txt", *BOTH]),
    "deep_folders": (lambda: project(Part(DEEP)), [DEEP, *BOTH]),
    "name_of_256": (lambda: project(Part(f"{'图' * 253}.js")), [*BOTH, f"{'图' * 253}.js"]),
    "entries_2000": (
        lambda: project(*(Part(f"{number:04}.js", b"x") for number in range(1998))),
        [*(f"{number:04}.js" for number in range(1998)), *BOTH],
    ),
    "comment": (lambda: project(comment=b"c0ffee at main, PK 1"), BOTH),
    "comment_of_an_entry": (lambda: project(Part("a.js", comment=b"PK\3\4")), ["a.js", *BOTH]),
    "times_in_extra": (
        lambda: project(Part("a.js", extra=b"UT\5\0\1abcd", local_extra=b"UT\x09\0\3abcdefgh")),
        ["a.js", *BOTH],
    ),
    "padded_extra": (lambda: project(Part("a.js", local_extra=b"\0\0\0")), ["a.js", *BOTH]),
    "unicode_path_that_agrees": (
        lambda: project(Part("a.js", extra=b"up\x09\0\1\0\0\0\0a.js")),
        ["a.js", *BOTH],
    ),
    "archive_inside": (lambda: project(Part("levels.zip", project(), STORED)), [*BOTH, "levels.zip"]),
    "archive_inside_last": (
        lambda: archive([GAME_JS, GAME_JSON, Part("z.zip", archive([]), STORED)]),
        [*BOTH, "z.zip"],
    ),
    "other_order_in_directory": (lambda: reversed_directory(), BOTH),
    "main_of_4_mb": (lambda: archive([GAME_JSON, *filled(4 * MB)]), ["a.png", *BOTH]),
    "compresses_well_but_small": (lambda: project(Part("map.bin", bytes(MB - 100))), [*BOTH, "map.bin"]),
    "large_but_left_out": (lambda: project(Part("art.psd", bytes(100 * MB))), BOTH),
    "no_deflate_level": (
        lambda: project(Part("a.js", b"x", raw=b"\1\1\0\xfe\xffx")),
        ["a.js", *BOTH],
    ),
    "project_config": (
        lambda: project(Part("project.config.json", b'{"appid": "wx1"}')),
        [*BOTH, "project.config.json"],
    ),
    "flag_only_where_needed": (
        lambda: project(Part("a.js", flags=0), Part("图.js", flags=UTF8)),
        ["a.js", *BOTH, "图.js"],
    ),
}


def filled(size: int) -> list[Part]:
    """Return files that fill a package to the last byte, game.json counted."""
    left = size - len(GAME_JSON.content) - len(GAME_JS.content)
    return [GAME_JS, Part("a.png", noise(left), STORED)]


def reversed_directory() -> bytes:
    """Return an archive that lists its files otherwise than they stand in it."""
    at = 30 + len("game.json") + len(GAME_JSON.packed_content())
    size = at + 30 + len("game.js") + len(GAME_JS.packed_content())
    straight = archive([GAME_JSON, GAME_JS])
    swapped = archive([Part("game.js", GAME_JS.content, at=at), Part("game.json", GAME_JSON.content, at=0)])
    return straight[:size] + swapped[size:]
