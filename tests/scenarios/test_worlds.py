"""A teacher and two trainees: one server, a world for each, and nothing of one in another (SIM-1)."""

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from portal.kernel.models import World
from portal.outside.models import Letter
from portal.simulator import walks

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SIM-1")
def test_two_trainees_rehearse_the_same_story_side_by_side(make_world):
    """SIM-1: isolated, each with its own clock, mailbox, bank, people, seed; no cross-talk."""
    trainees = []
    for name in ("Lan", "Heng"):
        client = Client()
        client.get("/")  # a first visit starts a world
        client.post(
            "/worlds/create/", {"name": name, "seed": "7", "starts_at": "2019-03-09T10:00", "frozen": "on"}
        )
        trainees.append((client, World.objects.get(name=name)))
    accounts = [
        walks.account_at(
            world, "awaiting_transfer", email="ops@kite.example", name="Suzhou Paper Kite Co., Ltd."
        )
        for _client, world in trainees
    ]
    for (client, _world), account in zip(trainees, accounts, strict=True):
        client.post("/worlds/act-as/", {"account": account.pk})
    (lan, lans), (heng, hengs) = trainees

    lan.post("/clock/advance/", {"by": "P7D"})
    walks.pay(accounts[1])

    assert [Account.objects.get(pk=account.pk).state for account in accounts] == [
        "awaiting_transfer",
        "verified",
    ]
    assert lan.get("/clock/").context["now"] - heng.get("/clock/").context["now"] == (
        World.objects.get(pk=lans.pk).now() - hengs.now()
    )
    assert Letter.objects.filter(world=lans).count() == 4  # link, asked, reminders of 7 and 3 days left
    assert Letter.objects.filter(world=hengs).count() == 3  # link, asked, validated
    for client, mine, theirs in ((lan, lans, hengs), (heng, hengs, lans)):
        for url in ("simulator:worlds", "simulator:clock", "simulator:mailbox", "simulator:bank"):
            html = client.get(reverse(url)).content.decode()
            assert mine.name in html
            assert theirs.name not in html
            assert theirs.token not in html
    foreign = Letter.objects.filter(world=hengs).latest("pk")
    assert lan.get(reverse("simulator:letter", args=[foreign.pk])).status_code == 404


@pytest.mark.requirement("SIM-1")
def test_a_teacher_prepares_a_world_hands_out_its_link_resets_it_and_deletes_it(client):
    teacher, trainee = client, Client()
    teacher.get("/")
    teacher.post("/worlds/create/", {"name": "Autumn class", "starts_at": "2019-03-09T10:00", "frozen": "on"})
    world = World.objects.get(name="Autumn class")
    account = walks.account_at(world, "verified")

    link = teacher.get("/worlds/").context["link"]
    trainee.get(link.removeprefix("http://testserver"))
    trainee.post("/worlds/act-as/", {"account": account.pk})
    assert get_user(trainee) == account.login
    assert "Autumn class" in trainee.get("/console/").content.decode()

    teacher.post("/worlds/reset/")
    assert not get_user(trainee).is_authenticated
    assert trainee.get("/worlds/").context["link"] == link  # the link's cookie is as good as before
    assert not Account.objects.filter(world=world).exists()

    teacher.post("/worlds/delete/", {"world": world.token, "name": "Autumn class"})
    assert trainee.get(link.removeprefix("http://testserver")).status_code == 404


@pytest.mark.requirement("SIM-1")
def test_a_prepared_world_is_one_click_from_the_home_page(client):
    home = client.get("/")
    assert "A day before the deadline" in home.content.decode()

    response = client.post("/worlds/prepared/", {"name": "a_day_left"}, follow=True)

    assert response.redirect_chain == [("/verification/wire-transfer/", 302)]
    world = World.objects.get(name="A day before the deadline")
    assert client.post("/clock/advance/", {"by": "P1D"}, follow=True).status_code == 200
    assert Account.objects.get(world=world).state == "expired"
