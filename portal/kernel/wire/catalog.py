"""What the platform serves and Greenroom does not, each with its reason: nothing is told as a false success.

The page of the server API lists it beside what is served (API-1; wechat-api, appendix B).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise

UNSERVED: Final[Mapping[str, Promise]] = {}
