"""The people of a world, each with a phone (SIM-4)."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from ninja import Router

from portal.kernel.actors import CONTROL
from portal.outside import people
from portal.outside.models import Person
from portal.simulator.api import lists
from portal.simulator.api.failures import BadValue
from portal.simulator.api.once import once
from portal.simulator.api.reading import Body, Id, Shape, world_of
from portal.simulator.forms import PersonForm

router = Router(tags=["People"])


class NewPerson(Body):
    """Somebody new; what is left out is invented from the world's seed."""

    name: str = ""
    wechat_id: str = ""
    id_number: str = ""
    phone: str = ""
    real_name_certified: bool = True


class PersonShape(Shape):
    """Somebody. `bank_card` is the number of a personal account, "" without one."""

    person: int
    wechat_id: str
    name: str
    id_number: str
    phone: str
    real_name_certified: bool
    bank_card: str


@router.get("/worlds/{world}/people", response=lists.Listed[PersonShape])
def list_people(request: HttpRequest, world: Id, after: lists.After = "") -> lists.Listed[PersonShape]:
    """List the people of a world."""
    return lists.page(Person.objects.filter(world=world_of(world)), after, shape)


@router.post("/worlds/{world}/people", response={201: PersonShape})
def add_person(request: HttpRequest, world: Id, asked: NewPerson = NewPerson()) -> HttpResponse:  # noqa: B008 -- never changed
    """Add somebody, who may be anybody: a second administrator, a developer, a player."""
    there = world_of(world)
    key = secrets.token_urlsafe(16)
    form = PersonForm({**asked.model_dump(), "certified": asked.real_name_certified, "key": key}, world=there)
    for field, errors in form.errors.items():
        raise BadValue(str(errors[0]), field=field)
    return once(
        request,
        there,
        lambda: shape(people.add(there.pk, **form.cleaned_data, by=CONTROL)),
        status=201,
    )


def shape(person: Person) -> PersonShape:
    """Return somebody as the API shows them."""
    return PersonShape(
        person=person.pk,
        wechat_id=person.wechat_id,
        name=person.name,
        id_number=person.id_number,
        phone=person.phone,
        real_name_certified=person.real_name_certified,
        bank_card=person.bank_card,
    )
