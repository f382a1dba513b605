"""What this stage is called in deadlines, scans, reviews and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Account
from portal.outside import letters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REVIEW: Final = "releases.code"
RELEASE: Final = "releases.release"
FULL: Final = "releases.phased_full"
TEST_END: Final = "releases.internal_test_end"

PAGE: Final = "releases:development"
RELEASING: Final = "releases:release"
RULES: Final = "releases:submit_rules"
DETAILS: Final = "releases:submit_details"
DOCUMENTS: Final = "releases:submit_documents"
SANDBOX_PAGE: Final = "releases:submit_sandbox"
CHECK: Final = "releases:submit_check"
SANDBOX: Final = "sandbox_account"  # the canned reason that asks for one


def _notice(kind: str, text: StrOrPromise) -> str:
    return notices.register(f"releases.{kind}", text, url_name=PAGE)


UPLOADED: Final = _notice("uploaded", _("%(developer)s uploaded version %(number)s."))
SUBMITTED: Final = _notice("submitted", _("Version %(number)s is submitted for verification."))
APPROVED: Final = _notice(
    "approved", _("Version %(number)s is approved. It is online after its release by hand.")
)
REJECTED: Final = _notice("rejected", _("Version %(number)s was rejected: %(reasons)s"))
DELAYED: Final = _notice("delayed", _("The review of version %(number)s is delayed until %(until_at)s."))
SPEEDED_UP: Final = _notice(
    "speeded_up", _("The review of version %(number)s is speeded up, to twelve hours at most.")
)
WITHDRAWN: Final = _notice("withdrawn", _("Version %(number)s is withdrawn from review."))
RELEASED: Final = _notice("released", _("Version %(number)s is released to all players."))
PHASED: Final = _notice("phased", _("Version %(number)s is released to %(percent)s percent of the players."))
ROLLED_BACK: Final = _notice("rolled_back", _("Version %(number)s is online again, after a rollback."))
CANCELLED: Final = _notice("cancelled", _("The phased release of version %(number)s is cancelled."))
SUSPENDED: Final = _notice("suspended", _("The service is suspended: players see that. Reason: %(reason)s"))
RESUMED: Final = _notice("resumed", _("The service is resumed."))
ASKED_FOR_SANDBOX: Final = _notice(
    "sandbox", _("The reviewer needs a sandbox account. With the next submission its portal is shown.")
)


def write(account: Account, name: str, **facts: object) -> None:
    """Write a letter about a version to the account's e-mail, in its language."""
    letters.write(
        account.world,
        to=account.email,
        name=f"version_{name}",
        context={"account": account, **facts},
        language=account.language,
    )
