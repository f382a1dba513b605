"""`wx.requestSubscribeMessage` in the frame: asked as the game says it, failing in its words (API-2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.releases.player.theatre import Seat

pytestmark = pytest.mark.browser

Plays = Callable[..., Seat]


def test_the_question_goes_to_the_host_and_its_failure_to_the_game(plays: Plays) -> None:
    seat = plays(
        {
            "game.js": """
              GameGlobal.heard = [wx.canIUse("requestSubscribeMessage")];
              wx.requestSubscribeMessage({
                tmplIds: ["a", "b"],
                fail: (shape) => heard.push(shape),
                complete: () => heard.push("end"),
              });"""
        }
    )
    seat.until("heard.includes('end')")
    assert seat.frame.evaluate("heard") == [
        True,
        {"errMsg": "requestSubscribeMessage:fail not opened", "errCode": -1},
        "end",
    ]
    assert seat.theatre.asked == [
        {"type": "wx.requestSubscribeMessage", "data": {"tmplIds": ["a", "b"]}, "token": "form-token"}
    ]
    expect(seat.errors).to_have_count(0)
