"""The message catalog: collect what pages say, merge it into the catalog, compile it, check it.

`python -m portal.messages` updates locale/zh_Hans from the code and templates; `--check` fails when
it is not complete, not exact in its placeholders, or not compiled. Without gettext's tools: a fresh
machine has none.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
CODE = (
    "portal",
    "accounts",
    "pushes",
    "platforms",
    "verification",
    "information",
    "releases",
    "payments",
    "associations",
)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Dates stand still, so that the same messages make the same bytes.
HEADER = r"""msgid ""
msgstr ""
"Project-Id-Version: greenroom\n"
"POT-Creation-Date: 2019-03-09 10:00+0800\n"
"PO-Revision-Date: 2019-03-09 10:00+0800\n"
"Last-Translator: Greenroom\n"
"Language: zh_Hans\n"
"Language-Team: Greenroom\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
Key = tuple[str | tuple[str, ...], str | None]


def collected() -> dict[Key, str]:
    """Return every message in code and templates, with the first file that says it."""
    found: dict[Key, str] = {}
    for path, source in _sources():
        for _line, message, _comments, context in extract(
            "python", io.BytesIO(source.encode()), keywords=KEYWORDS
        ):
            if message:
                found.setdefault((message, context), path)
    return found


def _sources() -> Iterator[tuple[str, str]]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text()
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            # What is left of a template is no Python, least of all its indentation.
            text = templatize(path.read_text(), origin=str(path))
            yield str(path.relative_to(ROOT)), re.sub(r"^[ \t]+", "", text, flags=re.MULTILINE)


def load() -> Catalog:
    """Return the catalog as it stands in the repository."""
    if not PO.exists():
        return Catalog(locale="zh_Hans", charset="utf-8")
    with PO.open("rb") as stream:
        return read_po(stream, locale="zh_Hans", charset="utf-8")


def merged() -> Catalog:
    """Return a catalog of all that is said today, with the translations there are."""
    known = {(message.id, message.context): message for message in load() if message.id}
    fresh = Catalog(locale="zh_Hans", charset="utf-8", fuzzy=False)
    for (message, context), path in sorted(collected().items(), key=lambda item: (item[1], str(item[0]))):
        old = known.get((message, context))
        fresh.add(
            message,
            old.string if old and not old.fuzzy else None,
            context=context,
            locations=[(path, 0)],
        )
    return fresh


def as_po(catalog: Catalog) -> bytes:
    """Return the catalog's text, without dates or line numbers that change for no reason."""
    stream = io.BytesIO()
    write_po(stream, catalog, omit_header=True, include_lineno=False, width=100)
    return HEADER.encode() + stream.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """Return the compiled catalog."""
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def faults() -> list[str]:
    """Return a line for everything wrong with the committed catalog; empty when it is complete."""
    found = []
    said, kept = collected(), {(entry.id, entry.context): entry for entry in load() if entry.id}
    found += [f"not in the catalog: {key[0]!r} ({path})" for key, path in said.items() if key not in kept]
    found += [f"said nowhere: {key[0]!r}" for key in kept if key not in said]
    for (message, _context), entry in kept.items():
        forms = [entry.string] if isinstance(entry.string, str) else list(entry.string or [""])
        singular = message if isinstance(message, str) else message[-1]
        if not all(forms):
            found.append(f"not translated: {singular!r}")
        elif any(set(PLACEHOLDER.findall(form)) != set(PLACEHOLDER.findall(singular)) for form in forms):
            found.append(f"placeholders differ: {singular!r}")
    if not MO.exists() or MO.read_bytes() != as_mo(load()):
        found.append("not compiled: run `make messages`")
    return found


def main(arguments: list[str]) -> int:
    """Update the catalog, or with `--check` say what is wrong with it."""
    if arguments == ["--check"]:
        wrong = faults()
        sys.stdout.writelines(f"{fault}\n" for fault in wrong)
        return 1 if wrong else 0
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_po(merged()))
    MO.write_bytes(as_mo(load()))
    return 0


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure(USE_I18N=False)
    django.setup()
    sys.exit(main(sys.argv[1:]))
