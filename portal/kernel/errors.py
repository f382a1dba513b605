"""The one exception a person is meant to read."""

from django.utils.functional import Promise


class Refused(Exception):
    """Something was not done because a rule forbids it; the message is a sentence a person can act on.

    `field` names the form field the sentence belongs to, `code` the rule (stable, for programs),
    `way_out` the URL name of the page that opens it.
    """

    def __init__(
        self, message: str | Promise, *, code: str = "refused", field: str = "", way_out: str = ""
    ) -> None:
        super().__init__(str(message))
        self.message = str(message)
        self.code = code
        self.field = field
        self.way_out = way_out
