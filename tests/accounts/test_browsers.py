import pytest

from accounts import browsers

AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0.3538.77"
    " Safari/537.36": "Chrome, Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36"
    " Edg/120.0.0.0": "Edge, Windows",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14) AppleWebKit/605.1.15 Version/12.0 Safari/605.1.15":
        "Safari, macOS",
    "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0": "Firefox, Linux",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1 like Mac OS X) AppleWebKit/605.1.15 Version/12.0 Mobile/15E148"
    " Safari/604.1": "Safari, iPhone",
    "Mozilla/5.0 (Linux; Android 9; PLK) AppleWebKit/537.36 Version/4.0 Chrome/70.0 Mobile Safari/537.36"
    " MicroMessenger/7.0.0": "WeChat, Android",
    "Firefox/60.0": "Firefox",
    "curl/7.61.0": "curl/7.61.0",
    "": "",
    "  a\tb\x07 ": "a b\ufffd",
    "x" * 5000: "x" * browsers.LONGEST,
}  # fmt: skip


@pytest.mark.parametrize(("agent", "words"), AGENTS.items(), ids=AGENTS.values())
def test_a_browser_is_named_as_people_name_it(agent: str, words: str) -> None:
    assert browsers.named(agent) == words
