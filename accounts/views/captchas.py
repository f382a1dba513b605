"""The picture that a visitor has to read: one at a time, kept in the session, good for one try."""

from __future__ import annotations

from secrets import SystemRandom
from typing import Final

from django.http import HttpRequest

from accounts.captcha import Challenge

CAPTCHA: Final = "captcha"  # in the session: what the visitor's picture says


def challenge(request: HttpRequest) -> Challenge:
    """Return what this visitor's picture says; every open form of theirs shows the same one."""
    answer = request.session.get(CAPTCHA)
    return Challenge(answer) if answer else new_challenge(request)


def new_challenge(request: HttpRequest) -> Challenge:
    """Return what the visitor's next picture says; the one before is good for nothing any more."""
    fresh = Challenge.fresh(SystemRandom())
    request.session[CAPTCHA] = fresh.answer
    return fresh
