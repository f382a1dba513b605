"""Reading a page's source without minding how its template is laid out."""

from typing import Any


def source(answer: Any) -> str:
    """Return the HTML of a response with each run of white space made one space."""
    return " ".join(answer.content.decode().split())
