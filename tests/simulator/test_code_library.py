"""A third-party platform's template library, played by a visitor (API-2)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from platforms.models import Platform
from portal.kernel.models import World
from portal.simulator import walks
from portal.simulator.walks.platforms import make_platform
from releases.models import CodeDraft, CodeTemplate, DevelopmentProgram
from tests.releases.conftest import make_game
from tests.releases.providers import upload

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]


@pytest.fixture
def platform(world: World) -> Platform:
    """Return a third-party platform."""
    return make_platform(world).platform


@pytest.fixture
def program(world: World) -> Account:
    """Return a Mini Game that nobody develops in yet."""
    return make_game(walks.account_at(world, "verified"))


@pytest.fixture
def page(platform: Platform) -> str:
    """Return the address of the library."""
    return reverse("simulator:platform_library", args=[platform.pk])


def test_from_a_bound_program_to_a_template_and_away_again(
    visitor: Client, page: str, program: Account
) -> None:
    shown = visitor.get(page).content.decode()
    assert "No draft yet" in shown
    assert program.name in shown
    bound = visitor.post(page, {"do": "bind", "account": program.pk}, follow=True).content.decode()
    assert f"Each version that is uploaded to {program.name} becomes a draft" in bound
    upload(program)
    draft = CodeDraft.objects.get()
    added = visitor.post(page, {"do": "add", "pk": draft.pk, "kind": "1"}, follow=True).content.decode()
    template = CodeTemplate.objects.get()
    assert template.kind == CodeTemplate.Kind.STANDARD
    assert f"template_id {template.pk}" in added
    gone = visitor.post(page, {"do": "delete", "pk": template.pk}, follow=True).content.decode()
    assert "The template is deleted" in gone
    assert "No template yet" in gone
    visitor.post(page, {"do": "unbind", "pk": program.pk})
    assert not DevelopmentProgram.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"do": "add"}, {"do": "add", "pk": "x"}, {"do": "x", "pk": "1"},
                                  {"do": "delete", "pk": "9" * 30}])  # fmt: skip
def test_what_no_button_sends(visitor: Client, page: str, sent: dict[str, str]) -> None:
    assert "Nothing was done" in visitor.post(page, sent, follow=True).content.decode()


def test_what_is_not_there(visitor: Client, page: str, program: Account) -> None:
    told = visitor.post(page, {"do": "add", "pk": "1"}, follow=True).content.decode()
    assert "no draft of this id" in told
    assert visitor.post(page, {"do": "unbind", "pk": "99999"}).status_code == 404
    chosen = visitor.post(page, {"do": "bind", "account": "99999"}).content.decode()
    assert "Choose a Mini Program of the list." in chosen
    assert "Choose a Mini Program." in visitor.post(page, {"do": "bind"}).content.decode()


def test_another_worlds_platform_is_not_there(visitor: Client, make_world) -> None:
    other = make_platform(make_world("Elsewhere")).platform
    page = reverse("simulator:platform_library", args=[other.pk])
    assert visitor.get(page).status_code == 404
