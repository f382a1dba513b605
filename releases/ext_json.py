"""ext_json: how an account's commit of a template differs from the template (wechat-api 2.2).

A Mini Game's game.json is what a Mini Program's app.json is. Pure functions over files: what is wrong
raises Refused with the platform's own number.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel.errors import Refused
from releases import private_apis
from releases.packages.kept import Content
from releases.packages.limits import PLATFORM
from releases.packages.manifests import GAME, PROJECT
from releases.packages.names import shown
from releases.packages.strict_json import parsed

Files = dict[str, Content]

BROKEN: Final = "85013"
NO_TEMPLATE_FILES: Final = "85043"
NO_PATH: Final = "85045"
NO_TAB_PAGE: Final = "85046"
NO_PAGES: Final = "85047"
UNREADABLE: Final = "85048"
PLUGIN_VERSION: Final = "80066"
PLUGIN_DENIED: Final = "80082"
STANDARD: Final = "9402203"

EXT: Final = "ext.json"
MOST_JUMPS: Final = 10  # accounts that a game may lead to
WHOLE: Final = ("customOpen", "functionPages", "navigateToMiniProgramAppIdList", "plugins", "pages",
                "requiredPrivateInfos")  # fmt: skip
SAME_LEVEL: Final = ("window", "networkTimeout", "tabBar")
OF_STANDARD: Final = frozenset({"extEnable", "extAppid", "ext", "window"})
_SUBPACKAGES: Final = ("subPackages", "subpackages")
_APPID: Final = re.compile(r"wx[0-9a-f]{16}")
_VERSION: Final = re.compile(r"\d{1,5}(\.\d{1,5}){0,2}|dev")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_objects(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_object, value.values()))


def _are_subpackages(value: Any) -> bool:
    return isinstance(value, list) and all(_is_object(each) and _is_text(each.get("root")) for each in value)


def _are_jumps(value: Any) -> bool:
    return _are_texts(value) and len(value) <= MOST_JUMPS and all(map(_APPID.fullmatch, value))


# Key -> whether a value has the right shape, and what that is called.
_SHAPES: Final[Mapping[str, tuple[Callable[[Any], bool], Promise]]] = {
    "extAppid": (_is_text, gettext_lazy("a text")),
    "ext": (_is_object, gettext_lazy("an object")),
    "extPages": (_are_objects, gettext_lazy("an object of objects")),
    "pages": (_are_texts, gettext_lazy("a list of texts")),
    "customOpen": (_is_object, gettext_lazy("an object")),
    "plugins": (_are_objects, gettext_lazy("an object of objects")),
    "requiredPrivateInfos": (_are_texts, gettext_lazy("a list of texts")),
    "navigateToMiniProgramAppIdList": (_are_jumps, gettext_lazy("a list of at most 10 AppIDs")),
    **dict.fromkeys(SAME_LEVEL, (_is_object, gettext_lazy("an object"))),
    **dict.fromkeys(_SUBPACKAGES, (_are_subpackages, gettext_lazy("a list of objects, each with a root"))),
}


def read(text: str) -> dict[str, Any]:
    """Return what ext_json says. Refused: 85048 for what is no JSON object."""
    try:
        return parsed(text.encode(), name="ext_json", limits=PLATFORM)
    except Refused as refusal:
        raise Refused(refusal.message, code=UNREADABLE, field="ext_json") from None
    except UnicodeEncodeError:
        raise _refused(UNREADABLE, _("ext_json holds half a character.")) from None


def merged(template: Files, said: Mapping[str, Any], *, appid: str, standard: bool = False) -> Files:
    """Return a template's files as they are committed to the account of `appid`.

    `pages`, `ext`, `plugins` and their like take the template's place whole; `window`, `networkTimeout`
    and `tabBar` one level deep; `extPages` go into the pages' own files. Pages and subpackages are some
    of the template's; the files of subpackages that are left out stay behind. Refused: 80066, 80082,
    85013, 85043, 85045 to 85047, 85310 to 85312, 9402203.
    """
    if standard and (other := sorted(set(said) - OF_STANDARD)):
        sentence = _("A standard template takes extAppid, ext and window in ext_json, and no %(key)s.")
        raise _refused(STANDARD, sentence % {"key": shown(other[0])})
    files = dict(template)
    game = _manifest(files, GAME)
    _check_shapes(said)
    _replace_subpackages(files, game, said)
    for key in WHOLE:
        if key in said:
            game[key] = said[key]
    for key in SAME_LEVEL:
        if key in said:
            before = game.get(key)
            game[key] = {**(before if isinstance(before, dict) else {}), **said[key]}
    _check_pages(files, game, said)
    if "plugins" in said:
        _check_plugins(said["plugins"])
    if "requiredPrivateInfos" in said:
        private_apis.check_declared(said["requiredPrivateInfos"])
    for path, page in said.get("extPages", {}).items():
        name = f"{path.removesuffix('.js')}.json"
        own = _manifest(files, name) if name in files else {}
        _put(files, name, {**own, **page})
    if "extAppid" in said or "ext" in said:
        game["extAppid"] = appid
        _put(files, EXT, {"extEnable": True, "extAppid": appid, "ext": said.get("ext", {})})
    _put(files, GAME, game)
    if PROJECT in files:
        _put(files, PROJECT, {**_manifest(files, PROJECT), "appid": appid})
    return files


def page_list(files: Collection[str], game: Mapping[str, Any]) -> list[str]:
    """Return the pages of a package: those that game.json names, else its starts, without `.js`."""
    named = game.get("pages")
    if isinstance(named, list) and named:
        return [page for page in named if isinstance(page, str)]
    starts = ["game"]
    for root in (part.get("root", "") for part in _parts(game)):
        path = root.removeprefix("./").removeprefix("/")
        start = path if path.endswith(".js") else f"{path.rstrip('/')}/game.js"
        if start in files:
            starts.append(start.removesuffix(".js"))
    return starts


def _check_shapes(said: Mapping[str, Any]) -> None:
    """Refuse (85013) what has another shape than the platform's, and paths that lead out of the package."""
    for key, (is_right, shape) in _SHAPES.items():
        if key in said and not is_right(said[key]):
            raise _refused(BROKEN, _("ext_json: %(key)s has to be %(shape)s.") % {"key": key, "shape": shape})
    for path in (*said.get("pages", ()), *said.get("extPages", ())):
        if not path or path.startswith("/") or "\\" in path or ".." in path.split("/"):
            sentence = _("ext_json: %(path)s is no path inside the package.")
            raise _refused(BROKEN, sentence % {"path": shown(path)})


def _replace_subpackages(files: Files, game: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Put the subpackages that ext_json names in the place of the template's, and drop the others' files."""
    wanted = next((said[key] for key in _SUBPACKAGES if key in said), None)
    if wanted is None:
        return
    before = {_root(part): part for part in _parts(game)}
    for part in wanted:
        if _root(part) not in before:
            sentence = _("ext_json: the template has no subpackage at %(root)s.")
            raise _refused(NO_PATH, sentence % {"root": shown(part["root"])})
    kept = {_root(part) for part in wanted}
    for root in before.keys() - kept:
        for path in [path for path in files if path == root or path.startswith(f"{root}/")]:
            del files[path]
    for key in _SUBPACKAGES:
        game.pop(key, None)
    game["subpackages"] = [{**before[_root(part)], **part} for part in wanted]


def _check_pages(files: Files, game: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Refuse pages that are none (85047), are not there (85045), or are not where a tab leads (85046)."""
    if "pages" in said and not said["pages"]:
        raise _refused(NO_PAGES, _("ext_json: pages is empty. Leave it out to keep the template's."))
    for path in (*said.get("pages", ()), *said.get("extPages", ())):
        if not _is_there(path, files):
            sentence = _("ext_json: the template has no page %(path)s.")
            raise _refused(NO_PATH, sentence % {"path": shown(path)})
    if "tabBar" not in said:
        return
    tabs = game["tabBar"].get("list", [])
    pages = page_list(files, game)
    for tab in tabs if isinstance(tabs, list) else [None]:
        page = tab.get("pagePath") if isinstance(tab, dict) else None
        if page not in pages:
            sentence = _("ext_json: a tab of tabBar leads to %(path)s, which is none of the pages.")
            raise _refused(NO_TAB_PAGE, sentence % {"path": shown(str(page))})


def _check_plugins(plugins: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse plugins: of no version that can be read (80066), and all others (80082): none is simulated."""
    for name, plugin in plugins.items():
        if not _VERSION.fullmatch(str(plugin.get("version", ""))):
            sentence = _("ext_json: the plugin %(name)s has no version like 1.0.0.")
            raise _refused(PLUGIN_VERSION, sentence % {"name": shown(name)})
        sentence = _("ext_json: this account was not granted the plugin %(name)s. Greenroom has no plugins.")
        raise _refused(PLUGIN_DENIED, sentence % {"name": shown(name)})


def _is_there(path: str, files: Collection[str]) -> bool:
    return bool({path, f"{path}.js", f"{path.rstrip('/')}/game.js"} & set(files))


def _parts(game: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    found: list[Any] = next((game[key] for key in _SUBPACKAGES if isinstance(game.get(key), list)), [])
    return [part for part in found if isinstance(part, dict) and isinstance(part.get("root"), str)]


def _root(part: Mapping[str, Any]) -> str:
    return str(part["root"]).removeprefix("./").strip("/")


def _manifest(files: Mapping[str, Content], path: str) -> dict[str, Any]:
    """Return the object in one of the template's files. Refused (85043) when it holds none."""
    try:
        return parsed(files[path].content, name=path, limits=PLATFORM)
    except (KeyError, Refused):
        sentence = _("The template's %(path)s cannot be read. Make another template.")
        raise _refused(NO_TEMPLATE_FILES, sentence % {"path": shown(path)}) from None


def _put(files: Files, path: str, value: Mapping[str, Any]) -> None:
    raw = (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
    before = files.get(path)
    content = Content(path, raw, zlib.crc32(raw))
    files[path] = replace(before, content=raw, crc=content.crc) if before else content


def _refused(code: str, sentence: str) -> Refused:
    return Refused(sentence, code=code, field="ext_json")
