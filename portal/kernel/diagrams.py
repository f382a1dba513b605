"""State machines as pictures: inline SVG, styled by class alone, the same for the same machine.

A layered drawing. What happens on an arrow is a node of its own between two layers of states, so no
words ever lie on a line or on each other. Solid has happened, dashed has not, and a dead end is red
(look reference, rules 2 and 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.kernel.machines import Edge, Machine
from portal.kernel.wording import joined

# Where nobody wants to arrive, in whichever machine.
DEAD_ENDS = frozenset({"expired", "failed", "refused", "rejected"})

LINE = 15  # px from one line of text to the next
BOX = 34  # height of a state
GAP = 22  # between neighbours in a layer
LEAP = 20  # between a layer of states and a layer of words
EDGE = 2  # around the whole picture
WRAP = 26  # Latin characters a line of words may hold
ACROSS = 3  # layers of states that still fit side by side


@dataclass(eq=False)
class _Node:
    """A state, the words of an arrow, or a bend where an arrow passes a layer."""

    kind: str  # "state", "words" or "bend"
    rank: int
    lines: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    css: str = ""
    x: float = 0
    y: float = 0
    up: list[_Node] = field(default_factory=list)
    down: list[_Node] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Return the width in px."""
        if self.kind == "bend":
            return 2
        text = max(map(_width, [*self.lines, *self.by]))
        return max(text + 28, 96) if self.kind == "state" else text + 4

    @property
    def height(self) -> int:
        """Return the height in px."""
        if self.kind == "bend":
            return 2
        return BOX if self.kind == "state" else LINE * len(self.lines + self.by)


@dataclass(eq=False)
class _Line:
    """A stroke through nodes, from top to bottom; the head is at its end, at its start, or nowhere."""

    nodes: list[_Node]
    head: str
    css: str


def svg(
    machine: Machine,
    *,
    here: str = "",
    past: Sequence[str] = (),
    following: Iterable[Edge] | None = None,
) -> SafeString:
    """Return the machine drawn as SVG, in the active language, hidden from screen readers.

    `here` is the state something stands in and `past` the states it came through, in order; without
    them nothing has happened yet. `following` are the edges that may come next, all that leave
    `here` unless given. `sentence` says the same in words. An arrow from a state to itself is left
    out: it moves nothing.
    """
    coming = set(machine.leaving(here) if following is None else following)
    nodes, lines = _graph(machine, here, [*past, here], coming)
    layers = _layers(nodes)
    _order(layers)
    across = max(node.rank for node in nodes) <= 2 * (ACROSS - 1)
    width, height = _place(layers, across=across)
    strokes = sorted(lines, key=lambda line: "past" in line.css)  # what has happened lies on top
    return format_html(
        '<svg width="{w}" height="{h}" viewBox="0 0 {w} {h}" aria-hidden="true" focusable="false">'
        "{strokes}{nodes}</svg>",
        w=width,
        h=height,
        strokes=format_html_join("", "{}", ((_stroke(line, across),) for line in strokes)),
        nodes=format_html_join("", "{}", ((_drawn(node),) for node in nodes if node.kind != "bend")),
    )


def sentence(machine: Machine, here: str, following: Iterable[Edge] | None = None) -> str:
    """Return where something stands, what may come next and who does it: the picture in words.

    `following` are the edges that may come next, all that leave `here` unless given.
    """
    stands = _("Now: %(state)s.") % {"state": label(machine, here)}
    edges = machine.leaving(here) if following is None else following
    listed = [
        _("%(what)s (%(who)s), then %(state)s")
        % {"what": edge.label, "who": edge.who, "state": label(machine, edge.target)}
        for edge in edges
        if edge.target != here
    ]
    if not listed:
        return _("%(now)s Nothing comes after it.") % {"now": stands}
    return _("%(now)s Next: %(list)s.") % {"now": stands, "list": joined(listed, by="; ")}


def label(machine: Machine, state: str) -> str:
    """Return a state's name in the active language."""
    return str(dict(machine.states)[state])


# --- the graph ----------------------------------------------------------------------------


def _graph(
    machine: Machine, here: str, walked: Sequence[str], coming: set[Edge]
) -> tuple[list[_Node], list[_Line]]:
    edges = [edge for edge in machine.edges if edge.source != edge.target]
    back = _back_edges(machine, edges)
    ranks = _ranks(machine, edges, back)
    taken = set(pairwise(walked))
    states = {
        state: _Node("state", ranks[state], [str(name)], css=_state_css(machine, state, here, walked))
        for state, name in machine.states
    }
    nodes, lines = list(states.values()), []
    for group in _together(edges, back):
        first, reverse = group[0], group[0] in back
        css = _edge_css(group, taken, coming)
        target = states[first.target]
        low = states[first.source] if reverse else target
        # One arrow says what it is where it leaves, several where they have met.
        rank = states[first.source].rank + 1 if len(group) == 1 and not reverse else low.rank - 1
        words = _Node("words", rank, _wrap(str(first.label)), [str(first.who)], css)
        nodes.append(words)
        ends = [(words, states[edge.source], edge) for edge in group]
        if reverse:
            lines.append(_Line([target, words], "start", css))
            lines.append(_Line([words, low], "", css))
        else:
            lines.append(_Line([words, target], "end", css))
            lines += [
                _Line([source, words], "", _edge_css([edge], taken, coming)) for _words, source, edge in ends
            ]
    for line in lines:
        nodes += _bend(line)
    return nodes, lines


def _back_edges(machine: Machine, edges: list[Edge]) -> set[Edge]:
    """Return the edges that lead back to a state already on the way to them."""
    back: set[Edge] = set()
    open_, done = set(), set()

    def visit(state: str) -> None:
        open_.add(state)
        for edge in edges:
            if edge.source == state:
                if edge.target in open_:
                    back.add(edge)
                elif edge.target not in done:
                    visit(edge.target)
        open_.discard(state)
        done.add(state)

    visit(machine.initial)
    return back


def _ranks(machine: Machine, edges: list[Edge], back: set[Edge]) -> dict[str, int]:
    """Return the layer of each state: twice the longest way to it; odd layers are for words."""
    ranks = dict.fromkeys((value for value, _name in machine.states), 0)
    for _round in machine.states:
        for edge in edges:
            if edge not in back:
                ranks[edge.target] = max(ranks[edge.target], ranks[edge.source] + 2)
    return ranks


def _together(edges: list[Edge], back: set[Edge]) -> list[list[Edge]]:
    """Return the edges in groups that share their words: one transition from several states."""
    groups: dict[tuple[str, ...], list[Edge]] = {}
    for edge in edges:
        alone = (edge.source,) if edge in back else ()
        groups.setdefault((edge.name, edge.target, *alone), []).append(edge)
    return list(groups.values())


def _bend(line: _Line) -> list[_Node]:
    """Give a line a bend in each layer it passes, link its nodes, and return the bends."""
    first, last = line.nodes
    bends = [_Node("bend", rank) for rank in range(first.rank + 1, last.rank)]
    line.nodes = [first, *bends, last]
    for above, below in pairwise(line.nodes):
        above.down.append(below)
        below.up.append(above)
    return bends


def _state_css(machine: Machine, state: str, here: str, walked: Sequence[str]) -> str:
    dead = state in DEAD_ENDS
    if state == here:
        return "here bad" if dead else "here"
    if state in walked:
        return "past"
    return "end" if dead else ""


def _edge_css(edges: Sequence[Edge], taken: set[tuple[str, str]], coming: set[Edge]) -> str:
    if any((edge.source, edge.target) in taken for edge in edges):
        return "past"
    found = ["end"] if edges[0].target in DEAD_ENDS else []
    if not coming.isdisjoint(edges):
        found.append("next")
    return " ".join(found)


# --- the layout ---------------------------------------------------------------------------


def _layers(nodes: list[_Node]) -> list[list[_Node]]:
    layers: list[list[_Node]] = [[] for _rank in range(max(node.rank for node in nodes) + 1)]
    for node in nodes:
        layers[node.rank].append(node)
    return layers


def _order(layers: list[list[_Node]]) -> None:
    """Sort each layer by its neighbours' places, down and up again, and keep what crosses least."""
    best, least = [list(layer) for layer in layers], _crossings(layers)
    for turn in range(12):
        downwards = turn % 2 == 0
        for layer in layers if downwards else reversed(layers):
            places = {node: place for other in layers for place, node in enumerate(other)}
            wish = {}
            for node in layer:
                near = node.up if downwards else node.down
                wish[node] = sum(places[other] for other in near) / len(near) if near else float(places[node])
            layer.sort(key=wish.__getitem__)
        if (now := _crossings(layers)) < least:
            best, least = [list(layer) for layer in layers], now
    for layer, kept in zip(layers, best, strict=True):
        layer[:] = kept


def _crossings(layers: list[list[_Node]]) -> int:
    count = 0
    for layer, below in pairwise(layers):
        place = {node: index for index, node in enumerate(below)}
        ends = [sorted(place[node] for node in above.down) for above in layer]
        for index, left in enumerate(ends):
            count += sum(a > b for right in ends[index + 1 :] for a in left for b in right)
    return count


def _place(layers: list[list[_Node]], *, across: bool) -> tuple[int, int]:
    """Give every node its centre and return the picture's width and height.

    Within a layer nodes come as near to the middle of their neighbours as the order allows.
    """
    breadth = {node: node.height if across else node.width for layer in layers for node in layer}
    spots: dict[_Node, float] = {}
    for layer in layers:
        offset = 0.0
        for node in layer:
            spots[node] = offset + breadth[node] / 2
            offset += breadth[node] + GAP
    for turn in range(60):
        for layer in layers if turn % 2 == 0 else reversed(layers):
            wishes = []
            for node in layer:
                near = [*node.up, *node.down]
                pulls = [(_pull(node, other), spots[other]) for other in near]
                weight = sum(pull for pull, _spot in pulls)
                wishes.append(sum(pull * spot for pull, spot in pulls) / weight if weight else spots[node])
            for node, spot in zip(layer, _spread(layer, wishes, breadth), strict=True):
                spots[node] = spot
    start = min(spots[node] - breadth[node] / 2 for node in spots)
    end = max(spots[node] + breadth[node] / 2 for node in spots)
    along = float(EDGE)
    for layer in layers:
        depth = max(node.width if across else node.height for node in layer)
        for node in layer:
            spot, middle = round(spots[node] - start + EDGE, 1), along + depth / 2
            node.x, node.y = (middle, spot) if across else (spot, middle)
        along += depth + LEAP
    length, thickness = round(along - LEAP + EDGE), round(end - start + 2 * EDGE)
    return (length, thickness) if across else (thickness, length)


def _pull(node: _Node, other: _Node) -> float:
    """Return how hard neighbours pull at each other: long lines run straight and move nothing else."""
    bends = [node.kind, other.kind].count("bend")
    return (1, 0.1, 4)[bends]


def _spread(layer: list[_Node], wishes: list[float], breadth: dict[_Node, int]) -> list[float]:
    """Return the places nearest to the wishes that keep the order and the gaps (pooled neighbours)."""
    offsets = [0.0]
    for left, right in pairwise(layer):
        offsets.append(offsets[-1] + (breadth[left] + breadth[right]) / 2 + GAP)
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        mean, count = wish - offset, 1
        while pools and pools[-1][0] > mean:
            before, many = pools.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        pools.append((mean, count))
    means = [mean for mean, count in pools for _one in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


# --- the drawing --------------------------------------------------------------------------


def _stroke(line: _Line, across: bool) -> SafeString:
    points: list[tuple[float, float]] = []
    for index, node in enumerate(line.nodes):
        half = (node.width if across else node.height) / 2
        if index:
            points.append((node.x - half, node.y) if across else (node.x, node.y - half))
        if index < len(line.nodes) - 1:
            points.append((node.x + half, node.y) if across else (node.x, node.y + half))
    path = [f"M{_at(*points[0])}"]
    for index, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        if index % 2:  # straight through a bend's own layer
            path.append(f"L{_at(x1, y1)}")
        elif across:
            path.append(f"C{_at((x0 + x1) / 2, y0)} {_at((x0 + x1) / 2, y1)} {_at(x1, y1)}")
        else:
            path.append(f"C{_at(x0, (y0 + y1) / 2)} {_at(x1, (y0 + y1) / 2)} {_at(x1, y1)}")
    css = f' class="{line.css}"' if line.css else ""
    drawn = format_html('<path{} d="{}"/>', SafeString(css), "".join(path))
    if not line.head:
        return drawn
    (x, y), sign = (points[-1], -1) if line.head == "end" else (points[0], 1)
    if across:
        head = f"M{_at(x + 5 * sign, y - 4)}L{_at(x, y)}L{_at(x + 5 * sign, y + 4)}"
    else:
        head = f"M{_at(x - 4, y + 5 * sign)}L{_at(x, y)}L{_at(x + 4, y + 5 * sign)}"
    return format_html('{}<path class="{}" d="{}"/>', drawn, f"head {line.css}".strip(), head)


def _drawn(node: _Node) -> SafeString:
    css = SafeString(f' class="{node.css}"' if node.css else "")
    if node.kind == "state":
        return format_html(
            '<g{}><rect x="{}" y="{}" width="{}" height="{}" rx="4"/><text x="{}" y="{}">{}</text></g>',
            css,
            _number(node.x - node.width / 2),
            _number(node.y - BOX / 2),
            node.width,
            BOX,
            _number(node.x),
            _number(node.y + 0.5),
            node.lines[0],
        )
    top = node.y - node.height / 2 + LINE / 2
    rows = [(line, "") for line in node.lines] + [(line, ' class="by"') for line in node.by]
    texts = format_html_join(
        "",
        '<text{} x="{}" y="{}">{}</text>',
        (
            (SafeString(by), _number(node.x), _number(top + LINE * row), text)
            for row, (text, by) in enumerate(rows)
        ),
    )
    return format_html("<g{}>{}</g>", css, texts)


def _at(x: float, y: float) -> str:
    return f"{_number(x)} {_number(y)}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _width(text: str) -> int:
    """Return about how wide a line is in px at 12 px: a Chinese character is twice a Latin one."""
    return round(sum(12.2 if ord(letter) > 0x2E80 else 6.5 for letter in text))


def _wrap(text: str) -> list[str]:
    """Return the words of an arrow in lines; Chinese breaks anywhere."""
    lines: list[str] = [""]
    pieces = text.split(" ") if " " in text else list(text)
    glue = " " if " " in text else ""
    for piece in pieces:
        longer = f"{lines[-1]}{glue}{piece}" if lines[-1] else piece
        if lines[-1] and _width(longer) > WRAP * 6.5:
            lines.append(piece)
        else:
            lines[-1] = longer
    return lines
