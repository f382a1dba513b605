"""Secrets at rest."""

from __future__ import annotations

import pytest

from portal.kernel import sealed


@pytest.mark.parametrize("text", ["", "a", "\u5c0f\u6e38\u620f", "x" * 10_000])
def test_what_is_sealed_opens_again_for_its_purpose_alone(text):
    kept = sealed.seal(text, purpose="push")
    assert sealed.unseal(kept, purpose="push") == text
    assert len(text) < 3 or text not in kept
    if text:
        with pytest.raises(ValueError, match="another"):
            sealed.unseal(kept, purpose="sandbox")


def test_the_same_text_is_never_sealed_twice_alike():
    assert sealed.seal("token", purpose="push") != sealed.seal("token", purpose="push")


def test_another_installation_cannot_open_it(settings):
    kept = sealed.seal("token", purpose="push")
    settings.SECRET_KEY = "another installation's secret"
    with pytest.raises(ValueError, match="another"):
        sealed.unseal(kept, purpose="push")


def test_what_was_altered_does_not_open():
    kept = sealed.seal("token", purpose="push")
    with pytest.raises(ValueError, match="another"):
        sealed.unseal(kept[:-2] + ("AA" if kept[-2:] != "AA" else "BB"), purpose="push")


@pytest.mark.parametrize("more", ["A", "AAAA", "\n", "=", "\u7532"])
@pytest.mark.parametrize("length", range(40, 56))
def test_a_seal_has_one_spelling(length, more):
    kept = sealed.seal("x" * length, purpose="push")
    with pytest.raises(ValueError, match="another"):
        sealed.unseal(kept + more, purpose="push")


def test_a_fingerprint_recognises_and_tells_nothing():
    kept = sealed.fingerprint("0123456789abcdef", purpose="secret")
    assert "0123" not in kept
    assert sealed.is_same("0123456789abcdef", kept, purpose="secret")
    assert not sealed.is_same("0123456789abcdee", kept, purpose="secret")
    assert not sealed.is_same("0123456789abcdef", kept, purpose="other")
    assert not sealed.is_same("", "", purpose="secret")
    assert not sealed.is_same("\ud800", kept, purpose="secret")
