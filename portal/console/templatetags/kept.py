"""Pieces of a page that are rendered once and kept: the frame around every page is the same for hours.

    {% kept name=account.name unread=unread %}
      <b>{{ name }}</b> {{ unread }} <input type="hidden" value="{% fresh %}{{ csrf_token }}{% endfresh %}">
    {% endkept %}

A piece is kept for the language and the facts it names, and sees nothing but these facts. So what one
person is shown cannot reach another: a fact that is not named is not there, for anybody. What is new on
each page stands in `fresh`, which is rendered each time and sees the page's own variables (not the
piece's). Each process keeps its own pieces.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, Final

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# Versions of one piece: for some hundred people at a time, in a megabyte or two.
MOST: Final = 300
# What is shown by its value alone. Rows are not among these: two are equal by their key, whatever they show.
PLAIN: Final = frozenset({bool, int, type(None), date, datetime, SafeString})


class FreshNode(Node):
    """A part of a kept piece that each page renders anew; the piece has a mark in its place."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.mark = secrets.token_hex(16)  # no text that anybody types holds it

    def render(self, context: Context) -> SafeString:
        """Return the mark."""
        return SafeString(self.mark)


class KeptNode(Node):
    """A piece with its versions, each a list of texts and of what is fresh between them."""

    def __init__(self, facts: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.facts = facts
        self.nodelist = nodelist
        self.versions: dict[tuple[Any, ...], list[str | NodeList]] = {}
        inside = nodelist.get_nodes_by_type(FreshNode)
        self.fresh: dict[str, str | NodeList] = {
            node.mark: node.nodelist for node in inside if isinstance(node, FreshNode)
        }
        self.marks = re.compile(f"({'|'.join(self.fresh)})") if self.fresh else None

    def render(self, context: Context) -> SafeString:
        """Return the version for these facts, rendered now if there is none yet."""
        facts = {name: expression.resolve(context) for name, expression in self.facts.items()}
        key = (get_language(), *map(shown, facts.values()))
        version = self.versions.get(key)
        if version is None:
            version = self._version(context.new(facts))
            if len(self.versions) >= MOST:
                self.versions.clear()
            self.versions[key] = version
        return SafeString(
            "".join([part if isinstance(part, str) else part.render(context) for part in version])
        )

    def _version(self, facts: Context) -> list[str | NodeList]:
        html = self.nodelist.render(facts)
        parts = self.marks.split(html) if self.marks else [html]
        return [self.fresh.get(part, part) for part in parts]


def shown(value: object) -> object:
    """Return what a page shows of a fact, as a part of a key.

    Text, numbers, days, moments, and lists, dictionaries and dataclasses of these. Anything else is a
    TypeError: a row or an object may show more than it is compared by.
    """
    kind = type(value)
    if kind is str:
        return value
    if kind in PLAIN:
        return kind, value  # True equals 1, and safe text equals the same text that is not
    if isinstance(value, dict):
        return dict, *map(shown, value), *map(shown, value.values())
    if isinstance(value, list | tuple):
        return list, *map(shown, value)
    if isinstance(value, str | Promise):
        return shown(str(value))
    if is_dataclass(value):
        return kind, *(shown(getattr(value, field.name)) for field in fields(value))
    raise TypeError(f"A piece of a page is not kept by {kind.__name__}: name the facts that it shows.")


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Keep what stands between this and `endkept`, by the language and the facts named here."""
    words = token.split_contents()[1:]
    facts = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"kept takes facts as name=value, not {' '.join(words)!r}.")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(facts, nodelist)


@register.tag
def fresh(parser: Parser, _token: Token) -> FreshNode:
    """Render what stands between this and `endfresh` on each page, in the midst of a kept piece."""
    if all(command != "kept" for command, _opened in parser.command_stack):
        raise template.TemplateSyntaxError("fresh stands inside kept: elsewhere all is fresh.")
    nodelist = parser.parse(("endfresh",))
    parser.delete_first_token()
    return FreshNode(nodelist)
