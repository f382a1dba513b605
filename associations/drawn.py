"""The picture of samples and rehearsed articles."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw


def lanterns() -> bytes:
    """Return a PNG of three lanterns, wider than high."""
    drawn = Image.new("RGB", (900, 383), "#2f4858")
    draw = ImageDraw.Draw(drawn)
    for x, y, size in ((250, 190, 70), (450, 160, 100), (650, 200, 60)):
        draw.line([(x, 0), (x, y)], fill="#f6f7eb", width=3)
        draw.ellipse((x - size, y - size // 2, x + size, y + size), fill="#f26419")
        draw.rectangle((x - size // 3, y - size // 2 - 12, x + size // 3, y - size // 2), fill="#f4c95d")
    saved = io.BytesIO()
    drawn.save(saved, "png")
    return saved.getvalue()
