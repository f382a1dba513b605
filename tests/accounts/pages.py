"""What a registrant does on the pages, for the tests of this stage."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts.actions.sign_ins import LOG_IN as LOG_IN_SCAN
from accounts.models import Account
from portal.kernel import confirmations
from portal.kernel.models import World
from portal.outside.models import Letter, Person

FORM = "/register/mini-program/"
ACTIVATION = "/register/activation/"
LOG_IN = "/log-in/"
SCAN = "/log-in/scan/"


def filled_in(client: Client, **changes: str) -> dict[str, str]:
    """Open the form, fill it with its own valid sample, and return what would be sent."""
    page = client.get(FORM)
    valid = page.context["samples"][0]["fields"]
    return {"key": page.context["form"].initial["key"], **valid, **changes}


def registers(client: Client, **changes: str) -> str:
    """Register through the page; return the e-mail."""
    sent = filled_in(client, **changes)
    response = client.post(FORM, sent)
    assert (response.status_code, response.headers["Location"]) == (302, ACTIVATION)
    return sent["email"]


def logs_in(client: Client, email: str, password: str) -> Any:
    """Send the log-in form; return the response."""
    return client.post(LOG_IN, {"email": email, "password": password})


def goes_in(client: Client, account: Account, person: Person | None = None) -> str:
    """Scan the code that the client shows, as the administrator or `person`; return where it leads."""
    shown = confirmations.latest(LOG_IN_SCAN, account.sign_ins.latest("pk").pk)
    assert shown
    phone = person or account.administrator.person
    confirmations.confirm(shown.pk, by=phone.as_actor())
    return str(client.get(SCAN).headers["Location"])


def newest_link(world: World) -> str:
    """Return the path of the link in the newest letter of the mailbox."""
    link = str(Letter.objects.filter(world=world).order_by("-id")[0].links[0])
    return link.removeprefix(world.origin)


def errors(response: Any, form: str = "form") -> dict[str, list[str]]:
    """Return the errors of the page's form, by field."""
    return {field: list(sentences) for field, sentences in response.context[form].errors.items()}


def session_key(client: Client) -> str:
    """Return the key of the client's session, or '' without one."""
    cookie = client.cookies.get("console")
    return cookie.value if cookie else ""
