"""State machines as pictures (SIM-9)."""

import re
from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from portal.kernel import diagrams
from portal.kernel.machines import machine_of, machines

ALL = [machine.name for machine in machines()]


def boxes(svg: str) -> dict[str, tuple[str, tuple[float, float, float, float]]]:
    """Return class and rectangle (x0, y0, x1, y1) of each state by its name."""
    found = {}
    for group in ElementTree.fromstring(svg).iter("g"):
        rect, text = group.find("rect"), group.find("text")
        if rect is not None and text is not None:
            x, y, w, h = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
            found[str(text.text)] = (group.attrib.get("class", ""), (x, y, x + w, y + h))
    return found


def words(svg: str) -> list[tuple[float, float, str]]:
    """Return centre and text of every line of words on an arrow."""
    return [
        (float(text.attrib["x"]), float(text.attrib["y"]), str(text.text))
        for group in ElementTree.fromstring(svg).iter("g")
        if group.find("rect") is None
        for text in group.iter("text")
    ]


@pytest.mark.requirement("SIM-9")
def test_solid_has_happened_and_here_is_filled() -> None:
    machine = machine_of("accounts.Account")
    with override("en"):
        svg = diagrams.svg(machine, here="awaiting_transfer", past=["registered", "activated"])
    assert {name: css for name, (css, _box) in boxes(svg).items()} == {
        "Registered": "past",
        "Activated": "past",
        "Awaiting transfer": "here",
        "Awaiting authentication": "",
        "Verified": "",
        "Authenticated": "",
        "Lapsed": "",
        "Expired": "end",
    }


def test_only_arrows_that_were_walked_are_past() -> None:
    machine = machine_of("verification.WireTransfer")
    with override("en"):
        svg = diagrams.svg(machine, here="returned", past=["waiting", "validated"])
    groups = {
        "".join(text.text or "" for text in group.iter("text") if "by" not in text.attrib.get("class", "")):
        group.attrib.get("class", "")
        for group in ElementTree.fromstring(svg).iter("g")
        if group.find("rect") is None
    }  # fmt: skip
    assert groups == {
        "the exact amount arrives": "past",
        "ten days pass unpaid": "end",
        "ten working days pass": "past",
    }


def test_a_dead_end_one_stands_in_is_bad() -> None:
    with override("en"):
        drawn = boxes(diagrams.svg(machine_of("accounts.Account"), here="expired", past=["registered"]))
    assert drawn["Expired"][0] == "here bad"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_states_lie_apart_and_inside_the_picture(name: str, language: str) -> None:
    with override(language):
        svg = diagrams.svg(machine_of(name))
    root = ElementTree.fromstring(svg)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    drawn = [box for _css, box in boxes(svg).values()]
    assert len(drawn) == len(machine_of(name).states)
    for index, (x0, y0, x1, y1) in enumerate(drawn):
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        for left, top, right, bottom in drawn[index + 1 :]:
            assert x1 <= left or right <= x0 or y1 <= top or bottom <= y0
        for x, y, text in words(svg):
            assert not (x0 < x < x1 and y0 < y < y1), text


@pytest.mark.parametrize("name", ALL)
def test_every_arrow_says_what_and_who(name: str) -> None:
    machine = machine_of(name)
    with override("en"):
        said = " ".join(text for _x, _y, text in words(diagrams.svg(machine)))
        for edge in machine.edges:
            if edge.source != edge.target:
                assert str(edge.label) in said
                assert str(edge.who) in said


def test_the_picture_is_the_same_each_time_and_styled_by_class_alone() -> None:
    machine = machine_of("accounts.Account")
    first = diagrams.svg(machine, here="verified", past=["registered", "activated"])
    assert first == diagrams.svg(machine, here="verified", past=["registered", "activated"])
    assert not re.search(r"\b(style|fill|stroke|id|on\w+)=", first)
    assert 'aria-hidden="true"' in first


@pytest.mark.requirement("SIM-9")
def test_the_sentence_says_where_it_stands_what_comes_and_who_does_it() -> None:
    with override("en"):
        machine = machine_of("verification.WireTransfer")
        assert diagrams.sentence(machine, "waiting") == (
            "Now: Awaiting transfer. Next: the exact amount arrives (the company, at its bank), then "
            "Validated; ten days pass unpaid (the clock), then Expired."
        )
        assert diagrams.sentence(machine, "expired") == "Now: Expired. Nothing comes after it."
        assert diagrams.sentence(machine, "waiting", machine.edges[:1]) == (
            "Now: Awaiting transfer. Next: the exact amount arrives (the company, at its bank), "
            "then Validated."
        )
