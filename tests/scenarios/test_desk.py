"""A government office is returned once, written to, and approved, all at the desk (VER-4, SIM-7)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import Account
from portal.kernel.models import World
from portal.outside.models import Letter
from portal.simulator import walks
from tests.kernel.reviewing import APPROVE, QUEUE, address
from verification.actions import authentication


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.requirement("VER-4", "SIM-7")
def test_an_office_is_returned_once_and_then_approved(world: World, signed_in, time) -> None:
    account = walks.account_at(world, "awaiting_authentication", entity_type="government")
    order = walks.apply(account)
    client: Client = signed_in(account)

    # The bar tells that one waits, and its entry leads to the desk as the world's reviewer.
    bar = client.get("/worlds/").content.decode()
    entry = re.search(
        r'action="(/admin/enter/)".*?name="world" value="([^"]+)".*?sim-count">(\d)', bar, re.DOTALL
    )
    assert entry is not None
    assert entry[3] == "1"
    queue = client.post(entry[1], {"world": entry[2]}, follow=True)
    assert queue.redirect_chain == [(QUEUE, 302)]
    (row,) = queue.context["page"].rows
    client.post(address("claim", row.review.pk))

    # A question first, then back for correction with a canned reason.
    client.post(address("message", row.review.pk), {"message": "Which seal is this?"})
    returned = client.post(
        address("decide", row.review.pk), {"verdict": "return", "canned": ["letter_seal"]}, follow=True
    )
    assert "Returned for correction: " in text_of(returned)
    subjects = [letter.subject for letter in Letter.objects.filter(to=account.email).order_by("-id")[:2]]
    assert subjects == [
        "The application for WeChat authentication needs correction",
        f"A reviewer writes about the application {order.number}",
    ]

    # The office corrects; the second round stands in the queue with the first one's history.
    by = account.login.as_actor()
    authentication.add_document(order.pk, "letter", walks.made_picture("sealed"), by=by)
    authentication.submit_materials(order.pk, by=by)
    (row,) = client.get(QUEUE).context["page"].rows
    assert row.review.round == 2
    page = text_of(client.get(address("change", row.review.pk)))
    assert "new in this round" in page
    assert "The seal on the application letter is missing or unreadable." in page

    client.post(address("decide", row.review.pk), APPROVE)
    assert Account.objects.get(pk=account.pk).state == "authenticated"
    assert client.get(QUEUE).context["page"].rows == []
    assert len(client.get(f"{QUEUE}?show=decided").context["page"].rows) == 2
    assert client.get("/worlds/").context["sim"]["desk_open"] == 0
