"""Graphic messages: their blocks, their pictures, and the Mini Programs in them (ASC-4)."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Account
from associations import actions, blocks
from associations.models import Article, Illustration
from portal.kernel import breaches, kept_files, pictures
from portal.kernel.errors import Refused
from portal.simulator import walks
from tests.associations import crowd

APPID = "wx0123456789abcdef"
ALLOWED = {APPID: Account(name="Paper Kite")}
TEXT = {"kind": "text", "text": "The festival begins.\n\nTonight."}
PICTURE = {"kind": "picture", "picture": 5}
CARD = {"kind": "card", "appid": APPID, "path": "?from=article", "title": "Paper Kite", "picture": 5}
IMAGE = {"kind": "image", "appid": APPID, "path": "", "picture": 5}
LINK = {"kind": "link", "appid": APPID, "path": "pages/index", "text": "Play"}


def faults(body):
    return [(fault.field, fault.code) for fault in blocks.read(body, ALLOWED, {5})[1]]


def test_blocks_of_every_kind_are_kept_as_they_are():
    body: list[dict[str, Any]] = [TEXT, PICTURE, CARD, IMAGE, LINK]
    assert blocks.read(body, ALLOWED, {5}) == (body, [])
    assert (blocks.apps(body), blocks.pictures_in(body)) == ([APPID] * 3, {5})


@pytest.mark.parametrize("body", [None, "text", {}, [1], [[TEXT]], [TEXT] * 51])
def test_what_is_no_list_of_blocks_is_no_body(body):
    assert faults(body) == [("body", "article_blocks")]


@pytest.mark.parametrize(
    ("block", "field", "code"),
    [
        ({"kind": "script", "text": "x"}, "block-0", "article_blocks"),
        ({"kind": ["text"]}, "block-0", "article_blocks"),
        (dict(TEXT, text=""), "block-0-text", "article_text"),
        (dict(TEXT, text="x" * 5001), "block-0-text", "article_text"),
        (dict(TEXT, text="\x00"), "block-0-text", "article_text"),
        (dict(TEXT, text=7), "block-0-text", "article_text"),
        (dict(PICTURE, picture=6), "block-0-picture", "40007"),
        (dict(PICTURE, picture="10" * 40), "block-0-picture", "40007"),
        (dict(PICTURE, picture=True), "block-0-picture", "40007"),
        (dict(PICTURE, picture=-5), "block-0-picture", "40007"),
        (dict(PICTURE, picture=5.0), "block-0-picture", "40007"),
        (dict(CARD, title=""), "block-0-title", "article_text"),
        (dict(CARD, path="//evil.example"), "block-0-path", "40165"),
        (dict(LINK, text="x" * 61), "block-0-text", "article_text"),
        (dict(IMAGE, appid="wxffffffffffffffff"), "block-0-appid", "85005"),
    ],
)
def test_a_faulty_block_is_named_at_its_field(block, field, code):
    assert faults([block]) == [(field, code)]


# --- actions ------------------------------------------------------------------------------


def by(account):
    return account.administrator.person.as_actor()


@pytest.mark.django_db
@pytest.mark.requirement("ASC-4")
def test_an_article_is_written_published_and_deleted(pair, time):
    here, there = pair
    association = walks.associate(here, there)
    article = walks.publish_article(here, there)
    assert (article.state, article.published_at) == ("published", time.now)
    assert blocks.apps(article.body) == [there.appid] * 3
    with pytest.raises(Refused) as refused:
        actions.save_article(here.pk, {"title": "Another"}, article_id=article.pk, by=by(here))
    assert refused.value.code == "article_state"
    walks.part(association, here)
    with pytest.raises(Refused) as refused:
        walks.publish_article(here, there)
    assert refused.value.code == "85005"
    assert actions.delete_article(here.pk, article.pk, by=by(here)).state == "deleted"
    with pytest.raises(Refused) as refused:
        actions.delete_article(here.pk, article.pk, by=by(here))
    assert refused.value.code == "article_state"
    assert breaches.found() == []


@pytest.mark.django_db
@pytest.mark.requirement("ASC-4")
def test_a_draft_whose_mini_program_left_is_not_published(pair):
    here, there = pair
    association = walks.associate(here, there)
    cover = actions.add_picture(here.pk, walks.made_picture("cover"), by=by(here)).pk
    body = [{"kind": "link", "appid": there.appid, "path": "", "text": "Play"}]
    typed = {"title": "Lanterns", "cover": cover, "body": body}
    article = actions.save_article(here.pk, typed, by=by(here))
    walks.part(association, there)
    with pytest.raises(Refused) as refused:
        actions.publish_article(here.pk, article.pk, by=by(here))
    assert (refused.value.code, refused.value.field) == ("85005", "block-0-appid")
    assert Article.objects.get().state == "draft"


@pytest.mark.django_db
def test_a_draft_needs_a_title_and_its_publication_a_cover_and_a_body(official_account):
    pk, who = official_account.pk, by(official_account)
    _values, found = actions.read_article(official_account, {"title": "", "cover": 99, "body": [TEXT, IMAGE]})
    assert [(fault.field, fault.code) for fault in found] == [
        ("cover", "40007"),
        ("title", "article_text"),
        ("block-1-appid", "85005"),
        ("block-1-picture", "40007"),
    ]
    article = actions.save_article(pk, {"title": "Lanterns"}, by=who)
    with pytest.raises(Refused) as refused:
        actions.publish_article(pk, article.pk, by=who)
    assert (refused.value.code, refused.value.field) == ("article_incomplete", "cover")
    cover = actions.add_picture(pk, walks.made_picture("cover"), by=who).pk
    actions.save_article(pk, {"title": "Lanterns", "cover": cover}, article_id=article.pk, by=who)
    with pytest.raises(Refused) as refused:
        actions.publish_article(pk, article.pk, by=who)
    assert refused.value.field == "body"


@pytest.mark.django_db
def test_a_picture_is_kept_once_and_stays(official_account, world):
    pk, who = official_account.pk, by(official_account)
    first = actions.add_picture(pk, walks.made_picture("cover"), by=who)
    assert actions.add_picture(pk, walks.made_picture("cover"), by=who) == first
    assert Illustration.objects.count() == 1
    assert pictures.load(world.pk, first.sha256)
    assert kept_files.in_use(world.pk, [first.sha256]) == {first.sha256}


@pytest.mark.django_db
def test_the_article_and_the_picture_of_another_account_are_not_there(official_account, world):
    other = crowd.official_accounts(world, 1)[0]
    article = actions.save_article(official_account.pk, {"title": "Ours"}, by=by(official_account))
    picture = actions.add_picture(official_account.pk, walks.made_picture("cover"), by=by(official_account))
    with pytest.raises(Article.DoesNotExist):
        actions.delete_article(other.pk, article.pk, by=by(other))
    with pytest.raises(Refused) as refused:
        actions.save_article(other.pk, {"title": "Theirs", "cover": picture.pk}, by=by(other))
    assert refused.value.code == "40007"
