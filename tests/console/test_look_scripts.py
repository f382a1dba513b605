"""The look's small scripts, in a real Chromium."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Browser, Page, Route

from portal.kernel import wording
from tests.console.look_states import NOW, SIM, WORLD

SCRIPTS = Path(settings.BASE_DIR) / "portal" / "static" / "js"
FORM = """<iframe name="answer"></iframe><form method="post" action="/sent" target="answer">
<input name="name"><input name="by" type="radio" value="m"><input name="by" type="radio" value="s">
<input name="agree" type="checkbox"><select name="kind"><option>a</option><option>b</option></select>
<button type="button" id="fill"
  data-fill='{"name": "Red", "by": "s", "agree": "on", "kind": "b", "gone": ""}'>Fill</button>
<button id="send" name="act" value="go">Send</button></form>"""


@pytest.fixture(scope="module")
def browser_page(chromium: Browser) -> Iterator[Page]:
    """Return a page of the suite's Chromium."""
    page = chromium.new_page()
    yield page
    page.close()


def _open(page: Page, html: str, *scripts: str, lang: str = "en") -> None:
    page.unroute_all()
    page.route(
        "**/*", lambda route: route.fulfill(body=f"<html lang={lang}>{html}", content_type="text/html")
    )
    page.goto("https://portal.example/")
    for script in scripts:
        page.add_script_tag(path=SCRIPTS / script)


@pytest.mark.browser
def test_a_sample_fills_the_form_and_tells_it(browser_page):
    _open(browser_page, FORM, "fill.js")
    browser_page.evaluate(
        "window.told = []; document.addEventListener('change', (e) => told.push(e.target.name))"
    )
    browser_page.click("#fill")
    assert browser_page.evaluate("Object.fromEntries(new FormData(document.forms[0]))") == {
        "name": "Red",
        "by": "s",
        "agree": "on",
        "kind": "b",
    }
    assert browser_page.evaluate("told") == ["name", "by", "agree", "kind"]


@pytest.mark.browser
def test_a_form_is_sent_once_with_the_name_of_its_button(browser_page):
    _open(browser_page, FORM, "submit.js")
    waiting: list[Route] = []
    browser_page.route("**/sent", lambda route: waiting.append(route))
    send = "document.forms[0].requestSubmit(document.querySelector('#send'))"
    for _ in range(2):
        browser_page.evaluate(send)
        browser_page.wait_for_timeout(200)
    assert [route.request.post_data for route in waiting] == ["name=&kind=a&act=go"]
    assert browser_page.is_disabled("#send")
    waiting[0].fulfill(status=204)
    browser_page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert browser_page.is_enabled("#send")


@pytest.mark.browser
def test_the_wait_before_another_sms_is_counted_down(browser_page):
    button = '<button data-resend="2" data-wait="Send again in {s} s">Send the code</button>'
    _open(browser_page, button, "countdown.js")
    assert browser_page.text_content("button") == "Send again in 2 s"
    assert browser_page.is_disabled("button")
    browser_page.wait_for_function("!document.querySelector('button').disabled")
    assert browser_page.text_content("button") == "Send the code"


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_running_clock_writes_what_the_server_would_write(browser_page, lang):
    """The page is served at one moment and ticks into the next day."""
    before, after = NOW.replace(hour=23, minute=59, second=59), NOW.replace(day=13, hour=0, minute=0)
    with translation.override(lang):
        html = render_to_string("_partials/simbar.html", {"sim": SIM | {"world": WORLD | {"now": before}}})
        expected = wording.clock_parts(after)
    _open(browser_page, html, "countdown.js", lang=lang)
    browser_page.wait_for_function("document.querySelector('[data-part=time]').textContent == '00:00'")
    parts = {
        name: browser_page.text_content(f"[data-part={name}]") for name in ("before", "date", "after", "time")
    }
    assert parts == expected


@pytest.mark.browser
def test_a_countdown_ticks_to_nothing_and_stops(browser_page):
    html = render_to_string(
        "_partials/countdown.html",
        {"label": "Left", "due_at": NOW + timedelta(minutes=1), "now": NOW, "running": True},
    )
    _open(browser_page, html, "countdown.js")
    browser_page.wait_for_function("document.querySelector('[data-unit=min]').textContent == '00'")
    assert browser_page.text_content("[data-unit=d]") == "0"


@pytest.mark.browser
def test_details_are_copied_as_lines(browser_page):
    amount = '<dt>Amount</dt><dd data-copy="0.37">¥0.37 exactly</dd>'
    remark = "<dt>Remark</dt><dd> LB-4K7Q2 </dd>"
    button = render_to_string("_partials/copy_button.html", {"source": "kv", "label": "Copy all"})
    _open(browser_page, f'<dl id="kv">{amount}{remark}</dl>{button}', "copy.js")
    browser_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    browser_page.click("button")
    browser_page.wait_for_function("document.querySelector('button span').textContent == 'Copied'")
    assert browser_page.evaluate("navigator.clipboard.readText()") == "Amount: 0.37\nRemark: LB-4K7Q2"


@pytest.mark.browser
def test_a_refusal_stays_until_it_is_closed(browser_page):
    html = "".join(
        render_to_string("_partials/toast.html", {"text": tone, "tone": tone})
        for tone in ("success", "error")
    )
    _open(browser_page, html, "toast.js")
    browser_page.click(".fail .toast-x")
    assert [text.strip() for text in browser_page.locator(".toast-line").all_inner_texts()] == ["success"]
