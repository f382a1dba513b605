"""The pages of graphic messages: what they show, keep, refuse and cost, on either screen (ASC-4)."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account
from associations.models import Article, Illustration
from portal.simulator import walks

pytestmark = pytest.mark.django_db

BUDGET = 26
LIST = "/console/articles/"
NEW = f"{LIST}new/"


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.headers.get("Location")
    return " ".join(html.unescape(answer.content.decode()).split())


def fields_of(answer: Any) -> dict[str, str]:
    """Return what the editor would send as it stands."""
    head, rows = answer.context["head"], answer.context["rows"]
    sent = {field.html_name: field.value() or "" for field in head}
    for row in rows:
        sent[f"block-{row.at}-kind"] = row.kind
        sent |= {field.html_name: field.value() or "" for field in row.form}
    return sent


def errors(answer: Any) -> dict[str, str]:
    forms = [answer.context["head"], *(row.form for row in answer.context["rows"])]
    return {
        form[name].html_name: told[0].split(".")[0] for form in forms for name, told in form.errors.items()
    }


def test_the_sample_is_written_saved_published_and_deleted(pair: Any, signed_in: Any) -> None:
    walks.associate(*pair)
    console = signed_in(pair[0])
    assert "No article yet" in text_of(console.get(LIST))
    sample = console.post(NEW, {"do": "sample"})
    assert [row.kind for row in sample.context["rows"]] == ["text", "card", "link"]

    saved = console.post(NEW, fields_of(sample) | {"do": "save"})
    article = Article.objects.get()
    assert (saved["Location"], article.state) == (f"{LIST}{article.pk}/", "draft")
    published = console.post(saved["Location"], fields_of(sample) | {"do": "publish", "title": "Tonight"})
    article = Article.objects.get()
    assert (published["Location"], article.state, article.title) == (
        saved["Location"],
        "published",
        "Tonight",
    )
    assert "As it is published" in text_of(console.get(saved["Location"]))
    assert "Tonight" in text_of(console.get(LIST))

    assert console.post(saved["Location"], {"do": "delete"})["Location"] == LIST
    assert "No article yet" in text_of(console.get(LIST))
    assert console.get(saved["Location"]).status_code == 404


def test_parts_are_added_moved_and_removed_and_nothing_typed_is_lost(
    official_account: Account, signed_in: Any
) -> None:
    console = signed_in(official_account)
    typed: dict[str, str] = {"title": "Half a thought"}
    for kind in ("text", "picture", "card", "image", "link"):
        shown = console.post(NEW, typed | {"do": f"add:{kind}"})
        typed = fields_of(shown)
    typed["block-0-text"], typed["block-2-title"] = "First", "A card"
    shown = console.post(NEW, typed | {"do": "up:2"})
    assert [row.kind for row in shown.context["rows"]] == ["text", "card", "picture", "image", "link"]
    shown = console.post(NEW, fields_of(shown) | {"do": "down:0"})
    shown = console.post(NEW, fields_of(shown) | {"do": "remove:2"})
    kept = fields_of(shown)
    assert [row.kind for row in shown.context["rows"]] == ["card", "text", "image", "link"]
    assert (kept["title"], kept["block-0-title"], kept["block-1-text"]) == (
        "Half a thought",
        "A card",
        "First",
    )
    assert not Article.objects.exists()


def test_each_fault_stands_at_its_field(official_account: Account, signed_in: Any) -> None:
    console = signed_in(official_account)
    broken = fields_of(console.post(NEW, {"do": "sample:broken"}))
    answer = console.post(NEW, broken | {"do": "save", "title": "", "block-0-text": "", "cover": "9" * 18})
    nobody = "wx00000000000000ff is not associated with this Official Account (85005)"
    assert errors(answer) == {
        "title": "Write it in at most 64 characters, without invisible ones",
        "cover": "Choose one of this account's pictures (40007)",
        "block-0-text": "Write it in at most 5000 characters, without invisible ones",
        "block-1-appid": nobody,
        "block-2-appid": nobody,
    }
    assert fields_of(answer)["block-1-appid"] == "wx00000000000000ff"
    assert not Article.objects.exists()


def test_publishing_asks_for_a_cover_and_a_part(official_account: Account, signed_in: Any) -> None:
    console = signed_in(official_account)
    answer = console.post(NEW, {"do": "publish", "title": "Tonight"})
    assert errors(answer) == {"cover": "Not published: a title, a cover and at least one part are needed"}
    draft = Article.objects.get()
    again = console.post(f"{LIST}{draft.pk}/", {"do": "save", "title": "Tonight, later"})
    assert again.status_code == 302
    assert [row.title for row in Article.objects.all()] == ["Tonight, later"]


@pytest.mark.parametrize("bad", ["\x00", "a\x00b", "\ud800", "\u202eevil", "x" * 6000, "1" * 30, "-1", "²"])
def test_bad_input_is_told_and_kept_out(official_account: Account, signed_in: Any, bad: str) -> None:
    console = signed_in(official_account)
    sent = {"do": "save", "title": "T", "cover": bad, "block-0-kind": "picture", "block-0-picture": bad}
    sent |= {"block-1-kind": "card", "block-1-appid": bad, "block-1-path": bad, "block-1-title": bad}
    sent |= {"block-2-kind": bad, "block-3-kind": "text", "block-3-text": bad}
    body = urlencode(sent, errors="surrogatepass")
    answer = console.post(NEW, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert {"cover", "block-0-picture", "block-1-appid"} <= set(errors(answer))
    assert not Article.objects.exists()


@pytest.mark.parametrize("do", ["", "add:", "add:film", "up:99", "remove:7", "up:²", "down:" + "1" * 40])
def test_a_button_that_is_none_changes_nothing(official_account: Account, signed_in: Any, do: str) -> None:
    sent = {"do": do or "nothing", "title": "T", "block-0-kind": "text", "block-0-text": "One"}
    answer = signed_in(official_account).post(NEW, sent)
    assert fields_of(answer)["block-0-text"] == "One"


def test_more_parts_than_there_may_be_are_refused(official_account: Account, signed_in: Any) -> None:
    console = signed_in(official_account)
    parts = {f"block-{nth}-kind": "text" for nth in range(51)} | {
        f"block-{nth}-text": "x" for nth in range(51)
    }
    answer = console.post(NEW, parts | {"do": "save", "title": "Long"})
    assert [fault.code for fault in answer.context["loose"]] == ["article_blocks"]
    thousand = {f"block-{nth}-kind": "text" for nth in range(1000)}
    answer = console.post(NEW, thousand | {"do": "save", "title": "Longer", "x": "1"})
    assert answer.status_code in {200, 400}
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (None, "Choose a picture first."),
        (b"%PDF-1.7\n", "This is a PDF. Save each page as a JPEG or PNG and choose that."),
        (
            b"\x89PNG\r\n" + b"0" * (2 * 1024 * 1024),
            "The file is larger than 2 MB. Choose a smaller picture.",
        ),
    ],
)
def test_a_file_that_is_no_picture_is_told_and_what_was_typed_stays(
    official_account: Account, signed_in: Any, file: bytes | None, told: str
) -> None:
    sent: dict[str, Any] = {"do": "upload", "title": "Kept"}
    if file is not None:
        sent["file"] = SimpleUploadedFile("lantern.png", file)
    answer = signed_in(official_account).post(NEW, sent)
    assert (answer.context["picture_error"], fields_of(answer)["title"]) == (told, "Kept")
    assert not Illustration.objects.exists()


def test_a_picture_is_added_once_and_shown(official_account: Account, signed_in: Any) -> None:
    console = signed_in(official_account)
    for _time in range(2):
        assert console.post(NEW, {"do": "specimen"}).context["picture_error"] == ""
    shown = console.get(f"/pictures/articles/{Illustration.objects.get().pk}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert console.get("/pictures/articles/1" + "0" * 30 + "/").status_code == 404


def test_another_accounts_article_is_not_there(pair: Any, world: Any, signed_in: Any) -> None:
    article = walks.publish_article(pair[0])
    other = walks.account_at(
        world, "authenticated", account_type="service", name="Quiet Harbour Ltd", wechat_id="guoan"
    )
    console = signed_in(other)
    for answer in (
        console.get(f"{LIST}{article.pk}/"),
        console.post(f"{LIST}{article.pk}/", {"do": "delete"}),
    ):
        assert answer.status_code == 404
    assert console.get(f"{LIST}1{'0' * 30}/").status_code == 404


def test_a_mini_program_is_led_to_the_gate(mini_program: Account, signed_in: Any) -> None:
    console = signed_in(mini_program)
    for answer in (console.get(LIST), console.get(NEW), console.post(NEW, {"do": "save", "title": "T"})):
        assert "/gate/" in answer["Location"] or "write_articles" in answer["Location"]


def test_a_phone_reads_it_until_it_is_gone(pair: Any, signed_in: Any) -> None:
    walks.associate(*pair)
    reader = pair[0].administrator.person
    article = walks.publish_article(*pair)
    console = signed_in(pair[0])
    url = f"/phone/{reader.pk}/official-accounts/{pair[0].pk}/articles/{article.pk}/"
    assert "The festival begins tonight." in text_of(console.get(url))
    assert console.get(f"{url}0/").status_code == 404
    assert console.get(f"{url}99/").status_code == 404
    assert console.get(f"{url}1/").context["opening"].scene == 1058
    console.post(f"{LIST}{article.pk}/", {"do": "delete"})
    assert "This article is gone" in text_of(console.get(url))


def test_a_long_list_and_a_long_article_cost_the_same(
    pair: Any, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    walks.associate(*pair)
    articles = [walks.publish_article(*pair, title=f"Number {nth}") for nth in range(22)]
    console = signed_in(pair[0])
    reader = pair[0].administrator.person
    walks.follow(reader, pair[0])
    talk = f"/phone/{reader.pk}/official-accounts/{pair[0].pk}/"
    for url in (LIST, NEW, f"{LIST}{articles[0].pk}/", talk, f"{talk}articles/{articles[0].pk}/"):
        with django_assert_max_num_queries(BUDGET):
            text_of(console.get(url))
    assert len(console.get(LIST).context["rows"]) == 20
    assert "Number 1" in text_of(console.get(LIST + f"?before={articles[2].pk}"))
