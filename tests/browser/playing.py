"""A game in the glass of somebody's phone, and the fingers that touch it."""

from __future__ import annotations

from playwright.sync_api import Frame, expect

from tests.browser.visitor import Visitor


def begun(visitor: Visitor) -> Frame:
    """Wait until the game in the glass has begun and feels the pointer; return its frame."""
    expect(visitor.page.frame_locator("iframe").locator("#splash")).to_have_count(0)
    frame = visitor.page.frames[-1]
    frame.evaluate("addEventListener('pointermove', () => document.body.dataset.felt = 'yes', {once: true})")
    box = visitor.page.locator("iframe").bounding_box()
    assert box is not None
    for step in range(500):
        visitor.page.mouse.move(box["x"] + 50 + step % 9, box["y"] + 200)
        if frame.evaluate("document.body.dataset.felt"):
            return frame
    raise AssertionError("The frame feels no pointer.")


def touch(visitor: Visitor, across: float = 0.5, down: float = 0.5) -> None:
    """Touch the glass: its middle, or at these shares of its width and height."""
    box = visitor.page.locator("iframe").bounding_box()
    assert box is not None
    visitor.page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
