"""Who is let through to the pages about associations, and whose association it is."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Account
from accounts.principals import Principal
from accounts.views.doors import for_those
from associations.models import Association
from portal.kernel import policy
from portal.kernel.policy import OFFICIAL_ACCOUNTS
from portal.kernel.terms import Capability


@for_those
def for_associations(principal: Principal) -> Capability | None:
    """Let in whoever may part what is associated, or associate; everybody else is told why on the gate.

    A Mini Program's page is open before it has a version: it says how invitations come.
    """
    if principal.account.type in OFFICIAL_ACCOUNTS:
        wanted = Capability.ASSOCIATE_MINI_PROGRAMS
        return None if principal.can(wanted) or principal.can(Capability.DISASSOCIATE) else wanted
    wanted = Capability.DISASSOCIATE
    return None if policy.decide_for(wanted, role=principal.role, held=principal.held) else wanted


def theirs(account: Account) -> QuerySet[Association]:
    """Return the associations of an account, each with the other one and its entity."""
    if account.type in OFFICIAL_ACCOUNTS:
        rows = Association.objects.filter(official_account=account)
        return rows.select_related("mini_program__entity")
    return Association.objects.filter(mini_program=account).select_related("official_account__entity")


def own(principal: Principal, association_id: int) -> Association:
    """Return one of the account's own associations; any other is not there."""
    return get_object_or_404(theirs(principal.account), pk=association_id)
