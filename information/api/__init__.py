"""The server API's endpoints of this stage: basic information, name, photo, categories (API-2)."""

from information.api import basics, categories, naming, photo

__all__ = ["basics", "categories", "naming", "photo"]
