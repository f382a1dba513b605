"""The authorization matrix: every route of an account x every role x own, foreign and missing objects.

Each is knocked at as an operator, a developer, a data analyst, a guest, somebody removed, and the
administrator of an account in another world (DESIGN, section 10; DEV-3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.http.response import HttpResponseBase
from django.test import Client

from accounts import actions
from accounts.models import Account, Category, Member, Notice
from accounts.principals import GUEST
from information.models import Proof
from portal.kernel import policy
from portal.kernel.actors import VISITOR
from portal.kernel.models import World
from portal.kernel.policy import permissions
from portal.kernel.terms import Role
from portal.outside import people as outside
from portal.outside.models import Person
from portal.routes import Route, Who, routes
from portal.simulator import walks
from portal.simulator.walks.platforms import authorize, make_platform
from tests.architecture.acts import ACTS, OF_MONEY, Act
from tests.architecture.stages import STAGES, bring
from tests.conftest import seat
from verification.models import Document

OURS: Final = [route for route in routes() if route.who == Who.ACCOUNT]
FORMS: Final = [route for route in OURS if "POST" in route.methods]
PAGES: Final = [route for route in OURS if "GET" in route.methods]
PAGES_AT: Final = {  # besides all of them at the first stage
    "associated": "associations:official_account",
    "draft": "releases:",
    "settled": "payments:",
}
PLACE: Final = re.compile(r"<(\w+):(\w+)>")
MISSING: Final = 999_999
NAMED: Final = {"SUBMISSION_ID", "RELEASE_ID"}  # objects that a form's fields name
WORDS: Final = {
    "capability": "open_wechat_pay",
    "slot": "license",
    "which": "live",
    "act": "show",
    "month": "2019-03",
    "day": "09",
}
ROLES: Final = {
    "operator": Role.OPERATOR,
    "developer": Role.DEVELOPER,
    "data analyst": Role.DATA_ANALYST,
    "guest": Role.GUEST,
}
OUTSIDE: Final = ["removed", "experience member"]  # who have a session and no console
PRINCIPALS: Final = [*ROLES, *OUTSIDE, "another world"]
APPS: Final = (
    "accounts",
    "platforms",
    "verification",
    "information",
    "releases",
    "payments",
    "associations",
    "kernel",
    "outside",
)
WRITING: Final = ("INSERT", "UPDATE", "DELETE")
Objects = Mapping[str, int | str]


@dataclass
class Place:
    """An account with one of each object that addresses name, and who knocks."""

    account: Account
    people: dict[str, Person] = field(default_factory=dict)
    objects: dict[str, int | str] = field(default_factory=dict)
    elsewhere: Account | None = None  # of another world
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)


def furnished(account: Account, people: list[Person]) -> Place:
    """Return an account with a member in each role and one of each object, all of them its own."""
    place, world, now = Place(account), account.world, account.world.now()
    by = account.administrator.person.as_actor()
    for person, role in zip(people, policy.PROJECT_ROLES, strict=False):
        place.people[role] = person
        Member.objects.create(world=world, account=account, person=person, role=role, added_at=now)
    member = Member.objects.get(account=account, role=Role.OPERATOR)
    asked = actions.ask_to_remove(account.pk, member.pk, by=by)
    signed_in = actions.sign_in_as(
        account.pk, person_id=account.administrator.person_id, session_key="k" * 32, browser="b", by=by
    )
    category = Category.objects.create(
        world=world, account=account, first="game", second="casual", chosen_at=now, state="in_use"
    )
    Category.objects.create(  # the only one of a Mini Program cannot be removed
        world=world, account=account, first="game", second="puzzle", chosen_at=now, state="in_use"
    )
    proof = Proof.objects.create(
        world=world, account=account, category=category, name="p.png", content_type="image/png", size=1,
        width=1, height=1, sha256="a" * 64, uploaded_at=now,
    )  # fmt: skip
    order = walks.fill_in_application(account)
    platform = make_platform(world, f"Platform of {account.pk}").platform
    place.objects = {
        "member_id": member.pk,
        "confirmation_id": asked.pk,
        "sign_in_id": signed_in.pk,
        "category_id": category.pk,
        "proof_id": proof.pk,
        "document_id": Document.objects.filter(order=order).order_by("pk")[0].pk,
        "authorization_id": authorize(platform, account).authorization.pk,
        "notice_id": Notice.objects.filter(account=account).latest("pk").pk,
    }
    return place


@pytest.fixture
def place(world: World, make_world: Callable[..., World]) -> Place:
    account = walks.account_at(world, "verified", name="Quiet Harbour Ltd")
    names = ["operator", "developer", "analyst", "guest", "removed", "tester", "newcomer"]
    people = [
        outside.add(world.pk, name=name, wechat_id=f"the-{name}", key=name, by=VISITOR) for name in names
    ]
    place = furnished(account, people)
    place.cookies["administrator"] = cookies(account)
    for name, role in ROLES.items():
        if role != Role.GUEST:
            place.cookies[name] = cookies(account, place.people[role])
    place.cookies["guest"] = cookies(account, people[3], guest=True)
    removed = Member.objects.create(
        world=world, account=account, person=people[4], role=Role.OPERATOR, added_at=world.now(),
        state=Member.State.REMOVED, removed_at=world.now(),
    )  # fmt: skip
    place.cookies["removed"] = cookies(account, removed.person)
    Member.objects.create(
        world=world, account=account, person=people[5], role=Role.EXPERIENCE_MEMBER, added_at=world.now()
    )
    place.cookies["experience member"] = cookies(account, people[5])
    place.elsewhere = walks.account_at(make_world("Other"), "verified")
    place.cookies["another world"] = cookies(place.elsewhere)
    return place


def another_account(place: Place) -> Place:
    """Return one in the same world, of the same administrator, with the same people in it."""
    account = walks.account_at(place.account.world, "verified", name="Other Ltd")
    return furnished(account, list(place.people.values()))


def cookies(account: Account, person: Person | None = None, *, guest: bool = False) -> dict[str, str]:
    """Return the cookies of a browser in which this person is signed in."""
    client = Client()
    seat(client, account, person)
    if guest and person:
        session = client.session
        session[GUEST] = person.name
        session.save()
    return {
        "world": account.world.token,
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
    }


def named(route: Route) -> bool:
    """Return whether the address names an object of the account: by its id, or an order by its number."""
    return any(found[1] == "int" or found[2] == "number" for found in PLACE.finditer(route.path))


def address(route: Route, objects: Objects) -> str:
    """Return the route's address with the object it names."""
    return PLACE.sub(
        lambda found: str(objects.get(found[2], WORDS.get(found[2], MISSING))),
        route.path,
    )


@contextmanager
def undone() -> Iterator[None]:
    """Undo what happens inside: each knock meets the account as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def knock(place: Place, who: str, method: str, url: str, fields: Any = None) -> HttpResponseBase:
    client = Client(headers={"host": "localhost"})
    for name, value in place.cookies[who].items():
        client.cookies[name] = value
    return client.generic(method, url) if method == "GET" else client.post(url, fields)


def tables(world: World) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield everything that a world holds but the world itself, table by table."""
    for model in apps.get_models():
        if model._meta.app_label not in APPS or model is World:
            continue
        names = {each.name for each in model._meta.get_fields()}
        if key := next((name for name in ("world_id", "world") if name in names), ""):
            every: models.QuerySet[Any] = model._default_manager.filter(
                **{"world_id" if key == "world" else key: world.pk}
            )
            yield model._meta.label, list(every.order_by("pk").values())


def changed(before: Mapping[str, Any], world: World) -> Iterator[str]:
    """Yield the tables of a world that are not as they were."""
    return (label for label, now in tables(world) if before[label] != now)


@contextmanager
def watched() -> Iterator[set[str]]:
    """Collect the statements that write anything but a session, undone or not: most knocks have none."""
    written: set[str] = set()

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(WRITING) and "django_session" not in sql:
            written.add(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield written


def attempt(
    place: Place, before: Mapping[str, Any], world: World, who: str, url: str, fields: Any
) -> tuple[int, list[str]]:
    """Send a form and undo what it did; return how it was answered, and which tables it changed."""
    with undone():
        with watched() as written:
            status = knock(place, who, "POST", url, fields).status_code
        return status, list(changed(before, world)) if written else []


def at(stage: str) -> list[Route]:
    """Return the forms that want an account at this stage; a form without a row says so elsewhere."""
    return [route for route in FORMS if route.name in ACTS and ACTS[route.name].at == stage]


def sent(place: Place, route: Route, act: Act, objects: Objects) -> dict[str, Any]:
    """Return the fields to send: the table's, with what the administrator's own page begins with."""
    ours: dict[str, Any] = {name.upper(): pk for name, pk in objects.items()}
    ours["ADMINISTRATOR"] = place.account.administrator.id_number
    ours["ADMINISTRATOR_ID"] = place.account.administrator.person_id
    fields = {
        name: ours.get(value, MISSING if value in NAMED else value) for name, value in act.fields.items()
    }
    if not act.from_page:
        return fields
    with undone():
        response: Any = knock(place, "administrator", "GET", address(route, place.objects))
    form = response.context["form"]
    begun = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in begun.items() if value not in (None, [], False)} | fields


def may(role: Role, account: Account, act: Act) -> bool:
    if act.capability is None:
        return True
    return bool(
        account.can(act.capability) and policy.decide_for(act.capability, role=role, held=permissions(role))
    )


def test_every_form_of_an_account_says_what_it_needs() -> None:
    """A new route comes with its row in `acts.py`, an old row goes with its route."""
    assert {route.name for route in FORMS} == set(ACTS)


@pytest.mark.requirement("DEV-3")
def test_a_page_answers_whoever_comes(place: Place) -> None:
    """Own objects are shown, others' and missing ones are not found, and nothing breaks."""
    other = another_account(place)
    wrong = unanswered(place, PAGES, place.objects, other.objects)
    for stage in STAGES:
        ours, theirs = bring(place.account, stage), bring(other.account, stage)
        of_stage = [route for route in PAGES if route.name.startswith(PAGES_AT.get(stage, "-"))]
        wrong += unanswered(place, of_stage, ours, theirs)
    assert wrong == []


def unanswered(place: Place, pages: list[Route], ours: Objects, theirs: Objects) -> list[str]:
    """Return the pages that answer somebody as they must not."""
    wrong: list[str] = []
    for route, who in product(pages, PRINCIPALS):
        for kind, objects in {"own": ours, "foreign": theirs, "missing": {}}.items():
            if kind != "own" and not named(route):
                continue
            with undone():
                status = knock(place, who, "GET", address(route, objects)).status_code
            is_mine = kind == "own" and who in ROLES
            right = {200, 204, 302, 404} if is_mine or not named(route) else {302, 404}
            if status not in right or (who in OUTSIDE and status != 302):
                wrong.append(f"{who} at {route.name} ({kind}): {status}")
    return wrong


@pytest.mark.requirement("DEV-3")
def test_a_form_does_something_for_those_who_may_and_nothing_for_others(place: Place) -> None:
    """What is sent would do something if it were let through: for the administrator it does."""
    wrong, idle = [], []
    for stage in STAGES:
        objects = place.objects | bring(place.account, stage)
        account = Account.objects.get(pk=place.account.pk)
        before = dict(tables(account.world))
        for route in at(stage):
            act = ACTS[route.name]
            url, fields = address(route, objects), sent(place, route, act, objects)
            for who in (*ROLES, *OUTSIDE):
                if who in ROLES and may(ROLES[who], account, act):
                    continue
                _status, done = attempt(place, before, account.world, who, url, fields)
                wrong += [f"{who} at {route.name}: {label}" for label in done]
            if not act.is_proved:
                continue
            with undone():
                status = knock(place, "administrator", "POST", url, fields).status_code
                if not any(changed(before, account.world)):
                    idle.append(f"{route.name}: {status}")
    assert (wrong, idle) == ([], [])


@pytest.mark.requirement("DEV-3")
def test_nobody_reaches_another_accounts_objects(place: Place) -> None:
    """By their own right in their own account, and with a form that names somebody else's object."""
    world, other, elsewhere = place.account.world, another_account(place), place.elsewhere
    assert elsewhere is not None
    wrong = []
    for stage in STAGES:
        bring(place.account, stage)
        bring(elsewhere, stage)
        theirs = other.objects | bring(other.account, stage)
        before = dict(tables(world))
        for route in at(stage):
            act = ACTS[route.name]
            in_address, in_fields = named(route), NAMED & set(act.fields.values())
            if not (in_address or in_fields):
                continue
            for who, (kind, objects) in product(
                ("administrator", "another world"), {"foreign": theirs, "missing": {}}.items()
            ):
                fields = sent(place, route, act, objects)
                status, done = attempt(place, before, world, who, address(route, objects), fields)
                if done or (in_address and status not in {302, 404}):
                    wrong.append(f"{who} at {route.name} ({kind}): {status}")
    assert wrong == []


@pytest.mark.requirement("DEV-3")
def test_a_games_money_is_moved_from_within_its_world(place: Place) -> None:
    """The cash desk, the calls of the game's server and the bank know nothing of another world's."""
    for stage in STAGES:
        objects = bring(place.account, stage)
    world = place.account.world
    forms = {route.name: route for route in routes() if route.name in OF_MONEY}
    before, wrong = dict(tables(world)), []
    for (name, fields), who in product(OF_MONEY.items(), ("guest", "another world")):
        for kind, named_ in {"its own": objects, "missing": {}}.items():
            status, done = attempt(place, before, world, who, address(forms[name], named_), fields)
            lets_in = who == "guest" and kind == "its own"
            if bool(done) != lets_in or (not lets_in and status != 404):
                wrong.append(f"{who} at {name} ({kind}): {status}")
    assert wrong == []
