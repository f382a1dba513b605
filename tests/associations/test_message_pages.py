"""The pages of template messages: templates, what is sent with them, and the phone (ASC-4)."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlencode

import pytest

from accounts.models import Account
from associations import actions
from associations.models import MessageTemplate, TemplateMessage
from portal.simulator import walks

pytestmark = pytest.mark.django_db

BUDGET = 26
TEMPLATES = "/console/templates/"
MESSAGES = f"{TEMPLATES}messages/"


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.headers.get("Location")
    return " ".join(html.unescape(answer.content.decode()).split())


def errors(answer: Any) -> dict[str, str]:
    return {name: told[0] for name, told in answer.context["form"].errors.items()}


@pytest.fixture
def reader(official_account: Account, world: Any) -> Any:
    """Return somebody who follows the Official Account."""
    person = walks.administrator(world, "guoan")
    walks.follow(person, official_account)
    return person


@pytest.fixture
def message(official_account: Account, reader: Any) -> dict[str, Any]:
    """Return the fields of a message to the follower that can be sent."""
    template = walks.add_template(official_account)
    return {
        "template": template.template_id,
        "person": reader.pk,
        "data-first": "Well played",
        "data-score": "12",
    }


def test_a_template_is_added_by_its_sample_and_removed(official_account: Account, signed_in: Any) -> None:
    console = signed_in(official_account)
    good, broken = console.get(TEMPLATES).context["samples"]
    told = errors(console.post(TEMPLATES, broken["fields"]))
    assert list(told) == ["content"]
    assert console.post(TEMPLATES, good["fields"])["Location"] == TEMPLATES
    template = MessageTemplate.objects.get()
    assert template.template_id in text_of(console.get(TEMPLATES))
    assert "data-score" in text_of(console.get(MESSAGES))
    assert console.post(TEMPLATES, {"remove": template.template_id})["Location"] == TEMPLATES
    assert "No template yet" in text_of(console.get(TEMPLATES))
    assert "There is no template to send with" in text_of(console.get(MESSAGES))


def test_a_message_is_sent_and_opened(
    pair: Any, reader: Any, message: dict[str, Any], signed_in: Any
) -> None:
    walks.associate(*pair)
    console = signed_in(pair[0])
    opens = {"appid": pair[1].appid, "pagepath": "?from=message", "url": "https://news.example/score"}
    assert console.post(MESSAGES, message | opens)["Location"] == MESSAGES
    sent = TemplateMessage.objects.get()
    assert [row["message"] for row in console.get(MESSAGES).context["rows"]] == [sent]
    assert "success" in text_of(console.get(MESSAGES))
    talk = f"/phone/{reader.pk}/official-accounts/{pair[0].pk}/"
    assert "Score: 12" in text_of(console.get(talk))
    opening = console.get(f"{talk}messages/{sent.pk}/").context["opening"]
    assert (opening.scene, opening.path) == (1014, "?from=message")
    assert console.get(f"{talk}messages/1{'0' * 30}/").status_code == 404


def test_one_who_takes_no_messages_does_not_get_it(
    official_account: Account, reader: Any, message: dict[str, Any], signed_in: Any
) -> None:
    actions.take_messages(official_account.pk, takes=False, by=reader.as_actor())
    console = signed_in(official_account)
    assert console.post(MESSAGES, message)["Location"] == MESSAGES
    assert "failed:user block" in text_of(console.get(MESSAGES))
    talk = f"/phone/{reader.pk}/official-accounts/{official_account.pk}/"
    assert "Well played" not in text_of(console.get(talk))
    assert console.get(f"{talk}messages/{TemplateMessage.objects.get().pk}/").status_code == 404


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"appid": "wx00000000000000ff"}, "appid", "(40166)"),
        ({"template": "gone"}, "template", "(40037)"),
        ({"template": "\x00"}, "template", "(40037)"),
        ({"person": "1" * 30}, "person", "(43004)"),
        ({"person": "-1"}, "person", "(43004)"),
        ({"data-first": ""}, "data-first", "(47003)"),
        ({"data-score": "x" * 5000}, "data-score", "(47003)"),
        ({"data-score": "\ud800"}, "data-score", "(47003)"),
        ({"url": "javascript:alert(1)"}, "url", "(40020)"),
    ],
)
def test_each_fault_stands_at_its_field(
    pair: Any, message: dict[str, Any], signed_in: Any, changed: dict[str, str], field: str, code: str
) -> None:
    console = signed_in(pair[0])
    body = urlencode(message | {"url": "https://news.example/kept"} | changed, errors="surrogatepass")
    answer = console.post(MESSAGES, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert {name: code in told for name, told in errors(answer).items()} == {field: True}
    assert answer.context["form"]["url"].value() == changed.get("url", "https://news.example/kept")
    assert not TemplateMessage.objects.exists()


def test_choosing_a_template_shows_its_places_and_keeps_what_was_typed(
    official_account: Account, message: dict[str, Any], signed_in: Any
) -> None:
    other = walks.add_template(official_account, "{{first.DATA}} {{prize.DATA}}")
    answer = signed_in(official_account).post(
        MESSAGES, message | {"template": other.template_id, "do": "choose"}
    )
    assert answer.context["form"].keys == ["first", "prize"]
    assert answer.context["form"]["data-first"].value() == "Well played"
    assert not TemplateMessage.objects.exists()


def test_a_subscription_account_reads_why_not(world: Any, signed_in: Any) -> None:
    account = walks.account_at(
        world, "authenticated", account_type="subscription", name="Quiet Harbour Ltd", wechat_id="guoan"
    )
    console = signed_in(account)
    for url in (TEMPLATES, MESSAGES):
        assert "send_template_messages" in console.get(url)["Location"].replace("-", "_")
        assert "send_template_messages" in console.post(url, {"title": "T"})["Location"].replace("-", "_")


def test_a_long_list_costs_the_same(
    official_account: Account,
    reader: Any,
    message: dict[str, Any],
    signed_in: Any,
    django_assert_max_num_queries: Any,
) -> None:
    console = signed_in(official_account)
    for _nth in range(22):
        actions.send(
            official_account.pk,
            template_id=message["template"],
            person_id=reader.pk,
            data={"first": "Again", "score": "1"},
            by=official_account.administrator.person.as_actor(),
        )
    talk = f"/phone/{reader.pk}/official-accounts/{official_account.pk}/"
    for url in (TEMPLATES, MESSAGES, talk):
        with django_assert_max_num_queries(BUDGET):
            text_of(console.get(url))
    assert len(console.get(MESSAGES).context["rows"]) == 20
