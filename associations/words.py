"""What this stage is called in scans, deadlines and notices, and how both accounts are told of a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import notices
from accounts.models import Account
from portal.kernel import audit
from portal.kernel.actors import Actor
from portal.outside import letters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from associations.pairs import Pair

INVITE: Final = "associations.invite"  # scanned by the Official Account's administrator
ANSWER: Final = "associations.answer"  # by the Mini Program's
PART_HERE: Final = "associations.part"  # the end, scanned on the Official Account's side
PART_THERE: Final = "associations.part_mini_program"  # and on the Mini Program's
END: Final = "associations.end"  # the deadline of what waits

PAGE_HERE: Final = "associations:mini_programs"  # the Official Account's list
PAGE_THERE: Final = "associations:official_accounts"  # the Mini Program's


@dataclass(frozen=True)
class Change:
    """One change of an association: both notices, the letter, and the line in the Mini Program's log.

    The Official Account's log shows the transition itself. Each text knows `name`, the other account.
    """

    to_official_account: str
    to_mini_program: str
    letter: str
    act: str


def _change(name: str, here: StrOrPromise, there: StrOrPromise, act: StrOrPromise) -> Change:
    return Change(
        to_official_account=notices.register(f"associations.{name}", here, url_name=PAGE_HERE),
        to_mini_program=notices.register(f"associations.{name}_mini_program", there, url_name=PAGE_THERE),
        letter=f"association_{name}",
        act=audit.register(f"associations.{name}", act),
    )


INVITED: Final = _change(
    "invited",
    gettext_lazy("%(name)s is invited to be associated. Its administrator can answer until %(until_at)s."),
    gettext_lazy(
        "The Official Account %(name)s asks to be associated."
        " The administrator can answer until %(until_at)s."
    ),
    gettext_lazy("is invited by an Official Account"),
)
ACCEPTED: Final = _change(
    "accepted",
    gettext_lazy("%(name)s is associated with this Official Account now."),
    gettext_lazy("The Official Account %(name)s is associated with this Mini Program now."),
    gettext_lazy("accepts an Official Account's invitation"),
)
REFUSED: Final = _change(
    "refused",
    gettext_lazy("%(name)s refused to be associated. Its place and its addition are free again."),
    gettext_lazy("The invitation of the Official Account %(name)s is refused."),
    gettext_lazy("refuses an Official Account's invitation"),
)
RAN_OUT: Final = _change(
    "ran_out",
    gettext_lazy("The invitation to %(name)s ran out. Its place and its addition are free again."),
    gettext_lazy("The invitation of the Official Account %(name)s ran out unanswered."),
    gettext_lazy("leaves an Official Account's invitation unanswered"),
)
WITHDRAWN: Final = _change(
    "withdrawn",
    gettext_lazy("The invitation to %(name)s is taken back. Its place and its addition are free again."),
    gettext_lazy("The Official Account %(name)s took its invitation back."),
    gettext_lazy("an Official Account takes its invitation back"),
)
PARTED: Final = _change(
    "parted",
    gettext_lazy("%(name)s is not associated any more: menus and articles do not open it."),
    gettext_lazy("The Official Account %(name)s is not associated any more."),
    gettext_lazy("is no longer associated with an Official Account"),
)


def called(account: Account) -> str:
    """Return what people call an account: its name, before it has one its entity's."""
    return account.name or str(account.entity)


def tell(pair: Pair, change: Change, *, by: Actor, **facts: object) -> None:
    """Tell both accounts of a change; belongs inside an action.

    Each gets a notice, a letter that leads to its list, and the notice's sentence on the phone of its
    administrator.
    """
    here, there = pair.official_account, pair.mini_program
    audit.act(there, change.act, by=by, detail=called(here))
    for account, other, kind, page in (
        (here, there, change.to_official_account, PAGE_HERE),
        (there, here, change.to_mini_program, PAGE_THERE),
    ):
        notice = notices.tell(account, kind, name=called(other), **facts)
        with override(account.language):
            told = _("%(account)s: %(text)s") % {"account": called(account), "text": notices.text(notice)}
        letters.chat_message(account.administrator.person, text=told)
        letters.write(
            account.world,
            to=account.email,
            name=change.letter,
            context={
                "official_account": called(here),
                "mini_program": called(there),
                "appid": there.appid,
                "page": reverse(page),
                **facts,
            },
            language=account.language,
        )
