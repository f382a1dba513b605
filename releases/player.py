"""What the server makes of a game's files for the player: the other half of portal/static/player/wx.js."""

from __future__ import annotations

import json
from typing import Final

_BOM: Final = b"\xef\xbb\xbf"
_HASHBANG: Final = b"#!"
# Beside every file of a package: to the frame, which has no origin, each is another's, and a file that
# is opened by itself must be no page of ours.
FILE_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def wrapped(path: str, source: bytes) -> bytes:
    """Return the script at `path` (inside the package, like "js/main.js") as the module the player loads.

    The source stays as it is, begins on the first line and is the first statement, so that line numbers,
    "use strict" and syntax errors are the game's own. Two beginnings are lawful only where a file begins:
    a byte order mark goes, a hashbang becomes a comment. The last line may be a comment, so the
    wrapper closes on a line of its own. It fences nothing: a source that closes the wrapper by itself
    does so in its own frame.
    """
    body = source.removeprefix(_BOM)
    if body.startswith(_HASHBANG):
        body = b"//" + body
    name = json.dumps(path).encode()  # pure ASCII, so also without the line separators of Unicode
    return b"wxDefine(" + name + b",function(require,module,exports){" + body + b"\n});\n"


def policy(*, static: str, base: str, host: str) -> str:
    """Return the Content-Security-Policy of the player's page.

    `static` and `base` are the addresses of our static files and of the package, with their origin and a
    slash at the end; `host` is the origin of the page around the frame. 'self' would be the origin
    that the frame gives up.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "sandbox allow-scripts",
            f"script-src {static} {base}",
            f"style-src {static}",
            f"img-src {static} {base} data: blob:",
            f"media-src {base} data: blob:",
            f"font-src {base} data:",
            f"connect-src {base}",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {host}",
        )
    )
