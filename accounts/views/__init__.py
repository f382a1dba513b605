"""The pages of this stage, by noun; and what pages elsewhere ask of them."""

from accounts.views.log_in import ended, entrance

__all__ = ["ended", "entrance"]
