"""Upload a version from the command line, signed with the account's upload key (REL-1).

    python -m releases.upload --appid wx... --key private.wx....key --version 1.0.0 \\
        --description "Night festival level" --server http://127.0.0.1:8000 path/to/game

PATH is a ZIP archive, or a folder, which is packed without its hidden files. This needs Python and
cryptography, nothing else of the portal. Exit code: 0 uploaded, 1 not uploaded, 2 called wrongly.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import io
import json
import secrets
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from releases import signatures
from releases.signatures import Call

PATH: Final = "/releases/upload/"
SECONDS: Final = 120  # for the server's answer
MOST_BYTES: Final = 20 * 1024 * 1024  # of an archive
NOON: Final = (2019, 3, 9, 12, 0, 0)  # of every file packed: the same folder, the same archive
NONCE_BYTES: Final = 16


class NotUploadedError(Exception):
    """Nothing was uploaded; the message is a sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Upload what the arguments say; return the exit code."""
    options = _parser().parse_args(arguments)
    parameters = {"version": options.version, "description": options.description}
    if options.developer:
        parameters["developer"] = options.developer
    try:
        answer = upload(
            archive_of(options.path),
            parameters,
            server=options.server,
            appid=options.appid,
            private_key=_read(options.key),
        )
    except NotUploadedError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else _told(answer))
    sys.stdout.write("\n")
    return 0


def upload(
    archive: bytes, parameters: Mapping[str, str], *, server: str, appid: str, private_key: bytes
) -> dict[str, Any]:
    """Send an archive and return what the portal answered. Raises NotUploadedError.

    `parameters` has version and description, and developer when it is not the administrator.
    """
    address = urlsplit(server)
    if address.scheme not in {"http", "https"} or not address.netloc:
        raise NotUploadedError(f"{server} is no address of a portal. Write one like http://127.0.0.1:8000.")
    if len(archive) > MOST_BYTES:
        raise NotUploadedError("The archive is larger than 20 MB. Remove what the game does not need.")
    path = f"{address.path.rstrip('/')}{PATH}"
    call = Call(
        method="POST",
        path=path,
        query=urlencode(parameters, quote_via=quote),
        appid=appid,
        timestamp=str(int(time.time())),  # noqa: TID251 -- runs outside the portal
        nonce=secrets.token_hex(NONCE_BYTES),
        sha256=hashlib.sha256(archive).hexdigest(),
    )
    try:
        signature = signatures.sign(call, private_key)
    except ValueError as refusal:
        raise NotUploadedError(f"The upload key cannot be used. {refusal}") from None
    return _answer(
        Request(  # noqa: S310 -- the scheme was checked above
            f"{address.scheme}://{address.netloc}{path}?{call.query}",
            data=archive,
            method=call.method,
            headers={
                "Accept": "application/json",
                "Content-Type": "application/zip",
                signatures.APPID: call.appid,
                signatures.TIMESTAMP: call.timestamp,
                signatures.NONCE: call.nonce,
                signatures.DIGEST: call.sha256,
                signatures.SIGNATURE: signature,
            },
        )
    )


def archive_of(path: Path) -> bytes:
    """Return the ZIP archive at a path, or of the folder there. Raises NotUploadedError."""
    if path.is_file():
        return _read(path)
    if not path.is_dir():
        raise NotUploadedError(f"There is no archive and no folder at {path}.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, file in _files(path):
            entry = zipfile.ZipInfo(name, NOON)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, _read(file))
    return packed.getvalue()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a project by their path in it, in order; hidden ones and links stay behind."""
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        linked = any((folder / part).is_symlink() for part in (inside, *inside.parents))
        if file.is_file() and not hidden and not linked:
            yield inside.as_posix(), file


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotUploadedError(f"{path} cannot be read: {error.strerror}.") from None


def _answer(request: Request) -> dict[str, Any]:
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 -- as above
            told: dict[str, Any] = json.load(answer)
            return told
    except HTTPError as error:
        raise NotUploadedError(_refusal(error)) from None
    except URLError as error:
        raise NotUploadedError(f"The portal does not answer: {error.reason}.") from None
    except (OSError, http.client.HTTPException):
        raise NotUploadedError("The connection broke before the portal answered. Upload again.") from None
    except ValueError:
        raise NotUploadedError("This is not a portal: its answer is no JSON.") from None


def _refusal(error: HTTPError) -> str:
    try:
        told = json.load(error)
        return f"{told['message']} ({told['code']})"
    except (ValueError, KeyError, TypeError):
        return f"The portal answered {error.code} without saying why."


def _told(answer: Mapping[str, Any]) -> str:
    return "\n".join([answer["message"], *(f"- {finding}" for finding in answer["findings"])])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m releases.upload", description="Upload a version of a Mini Game to the portal."
    )
    parser.add_argument("--appid", required=True, help="the account's AppID")
    parser.add_argument("--key", required=True, type=Path, help="the file of the private upload key")
    parser.add_argument("--version", required=True, help="the version number, such as 1.0.0")
    parser.add_argument("--description", default="", help="what is new in it")
    parser.add_argument("--developer", default="", help="the WeChat ID of the member who uploads")
    parser.add_argument("--server", required=True, help="the portal's address, such as http://127.0.0.1:8000")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("path", type=Path, help="a ZIP archive, or the folder of the game")
    return parser


if __name__ == "__main__":
    sys.exit(main())
