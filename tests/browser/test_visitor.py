"""The visitor's eye itself: a page without manners does not pass."""

import pytest

from tests.browser.visitor import Name, Visitor

pytestmark = pytest.mark.browser

ADDRESS = "https://portal.example"
POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self' 'nonce-known'"
GOOD = '<meta name="viewport" content="width=device-width"><title>Page - Simulation</title><h1>Page</h1>'


@pytest.fixture
def shown(chromium):
    """Return a function that shows a visitor some HTML as the portal's page."""
    page = chromium.new_page()

    def show(html: str, status: int = 200) -> Visitor:
        page.route(
            "**/*",
            lambda route: route.fulfill(
                body=html,
                status=status,
                content_type="text/html",
                headers={"Content-Security-Policy": POLICY},
            ),
        )
        visitor = Visitor(page, ADDRESS)
        visitor.page.goto(f"{ADDRESS}/page/")
        return visitor

    yield show
    page.close()


def test_a_good_page_passes_and_counts_as_looked_at(shown):
    visitor = shown(GOOD)
    assert visitor.left_alone == {"/page/"}
    visitor.arrives(Name("Page"))
    assert visitor.left_alone == set()


def test_a_page_that_says_on_purpose_that_it_is_gone_passes(shown):
    shown(GOOD, 410).arrives(Name("Page"), status=410)


def test_the_marks_that_bootstrap_draws_are_no_complaint(shown):
    mark = "<img src=\"data:image/svg+xml,%3csvg xmlns='http://www.w3.org/2000/svg'/%3e\">"
    shown(GOOD + mark).arrives(Name("Page"))


@pytest.mark.parametrize(
    ("html", "status", "fault"),
    [
        (f"{GOOD}<section hidden><h1>Page</h1></section>", 200, "2 h1"),
        (GOOD.replace(" - Simulation", ""), 200, "called Page"),
        (f"{GOOD}<pre>{'wide ' * 500}</pre>", 200, "scrolls sideways by"),
        (f"{GOOD}<script>1</script>", 200, "Executing inline script"),
        (f"{GOOD}<p style='color: red'>red</p>", 200, "Applying inline style"),
        (f'{GOOD}<img src="data:image/png;base64,AAAA">', 200, "Loading the image"),
        (f"{GOOD}<script nonce=known>console.error('lost')</script>", 200, "lost"),
        (f"{GOOD}<script nonce=known>throw new Error('lost')</script>", 200, "lost"),
        (GOOD, 500, "answered 500"),
    ],
)
def test_a_page_without_manners_does_not_pass(shown, html, status, fault):
    visitor = shown(html, status)
    with pytest.raises(AssertionError, match=fault):
        visitor.arrives(Name("Page"))
