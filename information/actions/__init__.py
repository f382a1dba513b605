"""What can be done to a Mini Program's information, one function a sentence of the mission."""

from information.actions.categories import (
    REVIEW,
    add_proof,
    choose_category,
    proofs_at_hand,
    remove_category,
    remove_proof,
)
from information.actions.introduction import change_introduction
from information.actions.photo import change_photo

__all__ = [
    "REVIEW",
    "add_proof",
    "change_introduction",
    "change_photo",
    "choose_category",
    "proofs_at_hand",
    "remove_category",
    "remove_proof",
]
