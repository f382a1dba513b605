"""The authorization matrix: every route of an account x every role x own, foreign and missing objects.

Each is knocked at as an operator, a developer, a data analyst, a guest, somebody removed, and the
administrator of an account in another world (DESIGN, section 10; DEV-3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
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
from tests.architecture.acts import ACTS, Act
from tests.architecture.stages import STAGES, bring
from tests.conftest import seat
from verification.models import Document

OURS: Final = [route for route in routes() if route.who == Who.ACCOUNT]
FORMS: Final = [route for route in OURS if "POST" in route.methods]
PAGES: Final = [route for route in OURS if "GET" in route.methods]
OF_GAME: Final = "releases:"
PLACE: Final = re.compile(r"<(\w+):(\w+)>")
MISSING: Final = 999_999
NAMED: Final = {"SUBMISSION_ID", "RELEASE_ID"}  # objects that a form's fields name
WORDS: Final = {"capability": "open_wechat_pay", "slot": "license"}
ROLES: Final = {
    "operator": Role.OPERATOR,
    "developer": Role.DEVELOPER,
    "data analyst": Role.DATA_ANALYST,
    "guest": Role.GUEST,
}
OUTSIDE: Final = ["removed", "experience member"]  # who have a session and no console
PRINCIPALS: Final = [*ROLES, *OUTSIDE, "another world"]
APPS: Final = ("accounts", "verification", "information", "releases", "kernel", "outside")


@dataclass
class Place:
    """An account with one of each object that addresses name, and who knocks."""

    account: Account
    people: dict[str, Person] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
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
    place.objects = {
        "member_id": member.pk,
        "confirmation_id": asked.pk,
        "sign_in_id": signed_in.pk,
        "category_id": category.pk,
        "proof_id": proof.pk,
        "document_id": Document.objects.filter(order=order).order_by("pk")[0].pk,
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


def address(route: Route, objects: Mapping[str, int]) -> str:
    """Return the route's address with the object it names."""
    return PLACE.sub(
        lambda found: (
            str(objects.get(found[2], MISSING)) if found[1] == "int" else WORDS.get(found[2], "none")
        ),
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


def rows(world: World) -> dict[str, list[dict[str, Any]]]:
    """Return everything that a world holds, but the world itself."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label not in APPS or model is World:
            continue
        names = {each.name for each in model._meta.get_fields()}
        if key := next((name for name in ("world_id", "world") if name in names), ""):
            every: models.QuerySet[Any] = model._default_manager.filter(
                **{"world_id" if key == "world" else key: world.pk}
            )
            found[model._meta.label] = list(every.order_by("pk").values())
    return found


def at(stage: str) -> list[Route]:
    """Return the forms that want an account at this stage; a form without a row says so elsewhere."""
    return [route for route in FORMS if route.name in ACTS and ACTS[route.name].at == stage]


def sent(place: Place, route: Route, act: Act, objects: Mapping[str, int]) -> dict[str, Any]:
    """Return the fields to send: the table's, with what the administrator's own page begins with."""
    ours: dict[str, Any] = {name.upper(): pk for name, pk in objects.items()}
    ours["ADMINISTRATOR"] = place.account.administrator.id_number
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
@pytest.mark.parametrize("who", PRINCIPALS)
def test_a_page_answers_whoever_comes(place: Place, who: str) -> None:
    """Own objects are shown, others' and missing ones are not found, and nothing breaks."""
    other = another_account(place)
    assert unanswered(place, who, PAGES, place.objects, other.objects) == []
    for stage in STAGES[: STAGES.index("complete")]:
        ours, theirs = bring(place.account, stage), bring(other.account, stage)
    of_game = [route for route in PAGES if route.name.startswith(OF_GAME)]
    assert unanswered(place, who, of_game, ours, theirs) == []


def unanswered(
    place: Place, who: str, pages: list[Route], ours: Mapping[str, int], theirs: Mapping[str, int]
) -> list[str]:
    """Return the pages that answer as they must not."""
    wrong: list[str] = []
    for route in pages:
        named = {found[1] for found in re.finditer(r"<int:(\w+)>", route.path)}
        for kind, objects in {"own": ours, "foreign": theirs, "missing": {}}.items():
            if kind != "own" and not named:
                continue
            with undone():
                status = knock(place, who, "GET", address(route, objects)).status_code
            is_mine = kind == "own" and who in ROLES
            right = {200, 204, 302, 404} if is_mine or not named else {302, 404}
            if status not in right or (who in OUTSIDE and status != 302):
                wrong.append(f"{route.name} ({kind}): {status}")
    return wrong


@pytest.mark.requirement("DEV-3")
@pytest.mark.parametrize("who", [*ROLES, *OUTSIDE])
def test_who_may_not_do_something_changes_nothing(place: Place, who: str) -> None:
    wrong = []
    for stage in STAGES:
        objects = place.objects | bring(place.account, stage)
        account = Account.objects.get(pk=place.account.pk)
        before = rows(account.world)
        for route in at(stage):
            act = ACTS[route.name]
            if who in ROLES and may(ROLES[who], account, act):
                continue
            fields = sent(place, route, act, objects)
            with undone():
                knock(place, who, "POST", address(route, objects), fields)
                wrong += [f"{route.name}: {label}" for label in changed(before, rows(account.world))]
    assert wrong == []


@pytest.mark.requirement("DEV-3")
def test_the_administrator_changes_something_by_the_same_forms(place: Place) -> None:
    """The other side of the test above: what it sends would do something if it were let through."""
    idle = []
    for stage in STAGES:
        objects = place.objects | bring(place.account, stage)
        before = rows(place.account.world)
        for route in at(stage):
            act = ACTS[route.name]
            if not act.is_proved:
                continue
            fields = sent(place, route, act, objects)
            with undone():
                response = knock(place, "administrator", "POST", address(route, objects), fields)
                if not changed(before, rows(place.account.world)):
                    idle.append(f"{route.name}: {response.status_code}")
    assert idle == []


@pytest.mark.requirement("DEV-3")
@pytest.mark.parametrize("who", ["administrator", "another world"])
def test_nobody_reaches_another_accounts_objects(place: Place, who: str) -> None:
    """By their own right in their own account, and with a form that names somebody else's object."""
    world, other = place.account.world, another_account(place)
    mine = place.account if who == "administrator" else place.elsewhere
    assert mine is not None
    wrong = []
    for stage in STAGES:
        bring(mine, stage)
        theirs = other.objects | bring(other.account, stage)
        before = rows(world)
        for route in at(stage):
            act = ACTS[route.name]
            in_address, in_fields = "<int:" in route.path, NAMED & set(act.fields.values())
            if not (in_address or in_fields):
                continue
            for kind, objects in {"foreign": theirs, "missing": {}}.items():
                fields = sent(place, route, act, objects)
                with undone():
                    response = knock(place, who, "POST", address(route, objects), fields)
                    is_refused = not in_address or response.status_code in {302, 404}
                    if not is_refused or changed(before, rows(world)):
                        wrong.append(f"{route.name} ({kind}): {response.status_code}")
    assert wrong == []


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [label for label, were in before.items() if after[label] != were]
