"""What is odd about a package that is kept all the same, for its developer and its reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Code -> sentence; %(what)s is what was found, %(number)d how many.
SENTENCES: Final[Mapping[str, Promise]] = {
    "kind_left_out": _("Left out, ending in .%(what)s: %(number)d. A package takes no such files."),
    "unnamed_kind_left_out": _("Left out, without an ending: %(number)d, the first is %(what)s."),
    "hidden_left_out": _("Left out, hidden files of tools: %(number)d, the first is %(what)s."),
    "empty_game": _("game.js is empty: the game will show nothing."),
    "orientation": _("game.json: deviceOrientation %(what)s is not known. The screen stays upright."),
    "status_bar": _("game.json: showStatusBar is neither true nor false. The status bar stays hidden."),
    "network_timeout": _("game.json: networkTimeout %(what)s is no number of milliseconds. 60000 is used."),
    "workers": _("game.json: the workers' folder %(what)s has no files."),
    "open_data_context": _("game.json: the open data context's folder %(what)s has no files."),
    "subpackage_empty": _("The subpackage %(what)s has no files."),
    "subpackage_entry": _("The subpackage %(what)s has no game.js in its root: it cannot be started."),
    "compile_type": _("project.config.json: compileType is %(what)s. A Mini Game's is game."),
}


@dataclass(frozen=True)
class Finding:
    """One oddity: `code` is stable, `what` and `number` fill its sentence in the reader's language."""

    code: str
    what: str = ""
    number: int = 1

    @property
    def sentence(self) -> str:
        """Return it as a sentence in the language of whoever reads it now."""
        return str(SENTENCES[self.code]) % {"what": self.what, "number": self.number}
