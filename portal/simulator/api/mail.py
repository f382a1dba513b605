"""What arrived: letters and text messages, waited for when they are not there yet (SIM-4)."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from portal.outside import letters
from portal.outside.models import Letter, Sms
from portal.simulator.api import lists
from portal.simulator.api.reading import Id, Moment, Shape, iso, world_of

router = Router(tags=["Mail and SMS"])

To = Annotated[str, Field(max_length=254, description="Only those to this address or number.")]


class LetterShape(Shape):
    """A letter. `links` are those in its text, in order."""

    id: int
    to: str
    subject: str
    text: str
    html: str
    links: list[str]
    at: Moment


class SmsShape(Shape):
    """A text message; `code` is what a person would type from it."""

    id: int
    to: str
    text: str
    code: str
    at: Moment


@router.get("/worlds/{world}/mail", response=lists.Listed[LetterShape])
def list_mail(
    request: HttpRequest, world: Id, to: To = "", after: lists.After = "", wait: lists.Wait = 0
) -> lists.Listed[LetterShape]:
    """List letters, oldest first; waits up to `wait` real seconds for the first one after the cursor."""
    rows = Letter.objects.filter(world=world_of(world))
    if to:
        rows = rows.filter(to=to)
    return lists.waited(lambda: lists.page(rows, after, _letter), wait)


@router.get("/worlds/{world}/sms", response=lists.Listed[SmsShape])
def list_sms(
    request: HttpRequest, world: Id, to: To = "", after: lists.After = "", wait: lists.Wait = 0
) -> lists.Listed[SmsShape]:
    """List text messages, oldest first; waits up to `wait` real seconds for the first one."""
    rows = Sms.objects.filter(world=world_of(world))
    if to:
        rows = rows.filter(to=to)
    return lists.waited(lambda: lists.page(rows, after, _sms), wait)


def _letter(letter: Letter) -> LetterShape:
    return LetterShape(
        id=letter.pk,
        to=letter.to,
        subject=letter.subject,
        text=letter.text,
        html=letters.as_html(letter),
        links=letter.links,
        at=iso(letter.at),
    )


def _sms(sms: Sms) -> SmsShape:
    return SmsShape(id=sms.pk, to=sms.to, text=sms.text, code=sms.code, at=iso(sms.at))
