"""Articles and template messages: refused, sent, opened on a phone, and shut when the two part (ASC-4)."""

from __future__ import annotations

import html
from typing import Any

import pytest

from associations.models import Article, TemplateMessage
from portal.simulator import walks

pytestmark = pytest.mark.django_db

NEW = "/console/articles/new/"
MESSAGES = "/console/templates/messages/"


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.headers.get("Location")
    return " ".join(html.unescape(answer.content.decode()).split())


@pytest.mark.requirement("ASC-4")
def test_articles_and_messages_open_a_game_while_it_is_associated(world: Any, signed_in: Any) -> None:
    game = walks.account_at(world, "released")
    news = walks.account_at(
        world, "authenticated", account_type="service", name="Paper Kite News Ltd", wechat_id="meiran"
    )
    news = walks.rename(news, "Paper Kite News")
    reader = walks.administrator(world, "guoan")
    walks.follow(reader, news)
    template = walks.add_template(news)
    console = signed_in(news)

    # Mei Ran writes an article and a message with a game that is not associated: both are refused.
    cover = console.post(NEW, {"do": "specimen"}).context["pictures"][0].pk
    article = {
        "title": "A lantern in the harbour",
        "cover": cover,
        "block-0-kind": "card",
        "block-0-appid": game.appid,
        "block-0-path": "?from=article",
        "block-0-title": "Light a lantern",
        "block-0-picture": cover,
    }
    message = {
        "template": template.template_id,
        "person": reader.pk,
        "data-first": "Well played",
        "data-score": "12",
        "appid": game.appid,
        "pagepath": "?from=message",
    }
    assert "(85005)" in text_of(console.post(NEW, article | {"do": "publish"}))
    assert "(40166)" in text_of(console.post(MESSAGES, message))
    assert Article.objects.count() == TemplateMessage.objects.count() == 0

    # Associated, both go out, and the follower's phone opens the released version from each.
    association = walks.associate(news, game)
    console.post(NEW, article | {"do": "publish"})
    console.post(MESSAGES, message)
    talk = f"/phone/{reader.pk}/official-accounts/{news.pk}/"
    shown = text_of(console.get(talk))
    assert "A lantern in the harbour" in shown
    assert "Score: 12" in shown
    page = f"{talk}articles/{Article.objects.get().pk}/"
    assert "Light a lantern" in text_of(console.get(page))
    sent = f"{talk}messages/{TemplateMessage.objects.get().pk}/"
    for url, scene, path in ((f"{page}0/", 1058, "?from=article"), (sent, 1014, "?from=message")):
        answer = console.get(url)
        opening = answer.context["opening"]
        assert (answer.context["game"], opening.shut, opening.scene, opening.path) == (
            game,
            None,
            scene,
            path,
        )
        assert opening.version is not None
        assert opening.version.account_id == game.pk

    # Parted, the same card and message show the platform's page instead, and no new one goes out.
    walks.part(association, game)
    for url in (f"{page}0/", sent):
        assert "not associated with the Official Account Paper Kite News any more" in text_of(
            console.get(url)
        )
    assert "(85005)" in text_of(console.post(NEW, article | {"do": "publish"}))
    assert "(40166)" in text_of(console.post(MESSAGES, message))
    assert Article.objects.count() == TemplateMessage.objects.count() == 1
