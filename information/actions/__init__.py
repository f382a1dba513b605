"""What can be done to a Mini Program's information, one function a sentence of the mission."""

from information.actions.categories import (
    REVIEW,
    Wanted,
    add_proof,
    choose_again,
    choose_categories,
    choose_category,
    proofs_at_hand,
    remove_category,
    remove_proof,
)
from information.actions.introduction import change_introduction
from information.actions.photo import change_photo
from information.actions.search import hide_from_search

__all__ = [
    "REVIEW",
    "Wanted",
    "add_proof",
    "change_introduction",
    "change_photo",
    "choose_again",
    "choose_categories",
    "choose_category",
    "hide_from_search",
    "proofs_at_hand",
    "remove_category",
    "remove_proof",
]
