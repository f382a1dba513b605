"""The mailbox: every letter of one world, found, read, and never let loose on the page (SIM-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from portal.kernel.models import World
from portal.outside.models import Letter
from portal.simulator import walks
from tests.simulator.reading import source

HOSTILE = '<script>alert(1)</script> <img src=x onerror=alert(1)> "quoted" & http://ok.example/?a=1&b="2"'


@pytest.fixture
def write(world: World) -> Callable[..., Letter]:
    """Return a function that puts a letter into the mailbox."""

    def put(subject: str = "A letter", *, to: str = "ops@lanternbay.example", text: str = "Text.") -> Letter:
        return Letter.objects.create(world=world, to=to, subject=subject, text=text, at=world.now())

    return put


def subjects(client: Client, address: str) -> list[str]:
    return [letter.subject for letter in client.get(address).context["page"].rows]


def test_an_empty_mailbox_says_how_letters_get_here(visitor: Client):
    page = source(visitor.get("/mailbox/"))
    assert "No letters yet" in page
    assert "Register an e-mail: its activation letter arrives here at once." in page


def test_lists_the_newest_first_with_dots_on_the_unread(
    visitor: Client, write: Callable[..., Any], world: World
):
    first, second = write("First"), write("Second")
    Letter.objects.filter(pk=first.pk).update(read_at=world.now())
    page = visitor.get("/mailbox/")
    assert [letter.subject for letter in page.context["page"].rows] == ["Second", "First"]
    assert source(page).count('class="mail-item new"') == 1
    assert f'class="mail-item new" href="/mailbox/{second.pk}/"' in source(page)


def test_turns_by_key_and_keeps_the_filter(visitor: Client, write: Callable[..., Any]):
    for nth in range(23):
        write(f"{nth}", to="a+b@paperkite.example")
        write("elsewhere", to="x@paperkite.example")
    first = visitor.get("/mailbox/?to=a%2Bb@paperkite.example")
    assert [letter.subject for letter in first.context["page"].rows] == [str(n) for n in range(22, 2, -1)]
    older = first.context["page"].older_url
    assert older.startswith("/mailbox/?to=a%2Bb%40paperkite.example&before=")
    assert subjects(visitor, older) == ["2", "1", "0"]


def test_searches_subject_text_and_address_for_every_word(visitor: Client, write: Callable[..., Any]):
    write("Transfer ¥0.37", text="until Tuesday")
    write("Transfer ¥0.63", text="until Friday")
    write("Welcome", to="tuesday@copperkite.example")
    assert subjects(visitor, "/mailbox/?q=transfer+TUESDAY") == ["Transfer ¥0.37"]
    assert subjects(visitor, "/mailbox/?q=tuesday") == ["Welcome", "Transfer ¥0.37"]
    assert subjects(visitor, "/mailbox/?q=100%25") == []
    assert "Nothing found" in source(visitor.get("/mailbox/?q=nowhere"))


def test_a_search_reads_a_bounded_number_of_letters(
    visitor: Client, write: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    write("old needle")
    write("needle")
    write("hay")
    monkeypatch.setattr("portal.simulator.views.mailbox.SEARCHED", 2)
    assert subjects(visitor, "/mailbox/?q=needle") == ["needle"]


@pytest.mark.parametrize("q", ["\u202eevil", "a\u200bb", "x" * 101])
def test_a_search_that_cannot_be_read_is_a_sentence(visitor: Client, write: Callable[..., Any], q: str):
    write("A letter")
    page = visitor.get("/mailbox/", {"q": q})
    assert page.status_code == 200
    assert 'class="field-error"' in source(page)
    assert [letter.subject for letter in page.context["page"].rows] == ["A letter"]


def test_filters_by_address_and_by_unread(visitor: Client, write: Callable[..., Any], world: World):
    write("one", to="a@paperkite.example")
    read = write("two", to="b@paperkite.example")
    Letter.objects.filter(pk=read.pk).update(read_at=world.now())
    assert subjects(visitor, "/mailbox/?to=b@paperkite.example") == ["two"]
    assert subjects(visitor, "/mailbox/?unread=1") == ["one"]
    addresses = visitor.get("/mailbox/").context["addresses"]
    assert [(address.to, address.unread) for address in addresses] == [
        ("b@paperkite.example", 0),
        ("a@paperkite.example", 1),
    ]


def test_looking_changes_nothing_and_the_page_tells_that_it_was_read(
    visitor: Client, write: Callable[..., Any]
):
    letter = write()
    address = f"/mailbox/{letter.pk}/"
    visitor.head(address)
    page = source(visitor.get(address))
    letter.refresh_from_db()
    assert letter.read_at is None
    assert f'hx-post="{address}read/" hx-trigger="load"' in page

    answer = visitor.post(f"{address}read/", headers={"HX-Request": "true"})
    letter.refresh_from_db()
    assert letter.read_at == letter.world.now()
    assert "delete:.simbar-props a[href='/mailbox/'] .sim-count" in source(answer)
    assert "hx-post" not in source(visitor.get(address)).split("mail-read")[1]


def test_without_a_script_a_button_marks_it_read(visitor: Client, write: Callable[..., Any]):
    letter = write()
    answer = visitor.post(f"/mailbox/{letter.pk}/read/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/mailbox/{letter.pk}/")


def test_the_first_reading_counts(visitor: Client, write: Callable[..., Any], time):
    letter = write()
    first = time.now
    visitor.post(f"/mailbox/{letter.pk}/read/")
    time.passes(days=1)
    visitor.post(f"/mailbox/{letter.pk}/read/")
    letter.refresh_from_db()
    assert letter.read_at == first


def test_marks_all_or_all_to_one_address_as_read(visitor: Client, write: Callable[..., Any], world: World):
    write(to="a@paperkite.example")
    write(to="b@paperkite.example")
    left = Letter.objects.filter(world=world, read_at__isnull=True).values_list("to", flat=True)
    for to, expected in (
        ("a@paperkite.example", ["b@paperkite.example"]),
        ("\x00", ["b@paperkite.example"]),
        ("", []),
    ):
        visitor.post("/mailbox/read/", {"to": to})
        assert list(left.all()) == expected


def test_a_letter_is_text_whatever_it_holds(visitor: Client, write: Callable[..., Any]):
    letter = write(HOSTILE, text=HOSTILE, to="a'b@paperkite.example")
    for address in (f"/mailbox/{letter.pk}/", f"/mailbox/{letter.pk}/html/", "/mailbox/"):
        page = source(visitor.get(address))
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_links_are_buttons_and_open_where_they_point(visitor: Client, world: World):
    account = walks.register(world, "ops@lanternbay.example")
    letter = Letter.objects.get(world=world, to=account.email)
    page = source(visitor.get(f"/mailbox/{letter.pk}/"))
    assert f'<a class="btn btn-primary" href="{letter.links[0]}">Open the link</a>' in page
    assert f'href="/mailbox/{letter.pk}/?as=html">HTML</a>' in page


def test_the_html_letter_may_do_nothing_but_be_read_and_opened_in_the_window_around_it(
    visitor: Client, write: Callable[..., Any]
):
    letter = write(text="Open http://localhost:8000/x/ now.")
    answer = visitor.get(f"/mailbox/{letter.pk}/html/")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self';"
        " sandbox allow-top-navigation-by-user-activation"
    )
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<a href="http://localhost:8000/x/" target="_top" rel="noopener">' in source(answer)

    around = visitor.get(f"/mailbox/{letter.pk}/?as=html")
    assert 'sandbox="allow-top-navigation-by-user-activation"></iframe>' in source(around)
    assert around.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("way", ["", "html/", "read/"])
def test_a_letter_of_another_world_is_not_there(visitor: Client, make_world: Callable[..., World], way: str):
    other = make_world("Elsewhere")
    letter = Letter.objects.create(
        world=other, to="a@paperkite.example", subject="s", text="t", at=other.now()
    )
    address = f"/mailbox/{letter.pk}/{way}"
    answer = visitor.post(address) if way == "read/" else visitor.get(address)
    assert answer.status_code == 404
    letter.refresh_from_db()
    assert letter.read_at is None
    assert subjects(visitor, "/mailbox/") == []


def test_an_id_that_no_row_can_have_is_not_there(visitor: Client):
    assert visitor.get(f"/mailbox/{10**30}/").status_code == 404


def test_stays_within_eight_queries_however_much_mail_there_is(
    world: World,
    signed_in: Callable[[Account], Client],
    write: Callable[..., Any],
    django_assert_max_num_queries: Callable[..., Any],
):
    client = signed_in(walks.account_at(world, "activated"))
    letters = [write(f"{nth}", to=f"{nth}@paperkite.example") for nth in range(60)]
    for address in (
        "/mailbox/",
        f"/mailbox/?before={letters[30].pk}",
        f"/mailbox/{letters[5].pk}/?q=3&unread=1",
    ):
        with django_assert_max_num_queries(8):
            client.get(address)
