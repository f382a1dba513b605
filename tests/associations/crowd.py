"""Accounts and associations by the hundred, written at once with everything that belongs to them.

For limits that no walk would reach in a test's time. What has been on the way is left out: an account
here has no letters, no registration and no release of its own.
"""

from __future__ import annotations

from accounts.models import Account, Administrator, Entity, Login
from accounts.models.login import username_for
from associations import breaches, words
from associations.models import Association
from portal.kernel import limits, tallies
from portal.kernel.actors import SIMULATOR
from portal.kernel.limits import Limit
from portal.kernel.models import AuditEvent, Confirmation, Deadline, Tally, World
from portal.kernel.terms import AccountState, AccountType
from portal.outside.models import Person

OURS = "Paper Kite Games Ltd"
THEIRS = "Copper Lantern Ltd"


def entity(world: World, name: str = OURS) -> Entity:
    """Return a company of the world with this name, one number each."""
    found, _made = Entity.objects.get_or_create(
        world=world, entity_type="enterprise", number=f"91{sum(map(ord, name)):016}", defaults={"name": name}
    )
    return found


def accounts(
    world: World,
    number: int,
    account_type: str = AccountType.MINI_PROGRAM,
    *,
    company: str = OURS,
    wechat_id: str = "linyue",
) -> list[Account]:
    """Return so many authenticated accounts of a company; Mini Programs are complete and released."""
    owner, now = entity(world, company), world.now()
    person = Person.objects.get(world=world, wechat_id=wechat_id)
    first = Account.objects.filter(world=world).count()
    names = [f"Crowd {first + nth:05}" for nth in range(number)]
    mails = [f"crowd{first + nth}@kite.example" for nth in range(number)]
    logins = Login.objects.bulk_create(
        Login(world=world, email=mail, username=username_for(world, mail), password="!") for mail in mails
    )
    game = account_type == AccountType.MINI_PROGRAM
    rows = Account.objects.bulk_create(
        Account(
            world=world,
            account_type=account_type,
            login=login,
            email=login.email,
            email_key=login.email,
            state=AccountState.AUTHENTICATED,
            entity=owner,
            entity_type=owner.entity_type,
            method="wechat_authentication",
            appid=f"wx{world.pk % 2**16:04x}{first + nth:012x}",
            original_id=f"gh_{world.pk % 2**16:04x}{first + nth:08x}",
            name=names[nth],
            name_key=names[nth].lower().replace(" ", ""),
            photo="0" * 64 if game else "",
            introduction="Run and play." if game else "",
            first_category="game" if game else "",
            released_at=now if game else None,
            registered_at=now,
            confirmed_at=now,
            authenticated_at=now,
        )
        for nth, login in enumerate(logins)
    )
    Administrator.objects.bulk_create(
        Administrator(
            world=world,
            account=row,
            person=person,
            name=person.name,
            id_number=person.id_number,
            phone=person.phone,
        )
        for row in rows
    )
    return rows


def official_accounts(world: World, number: int, **kwargs: str) -> list[Account]:
    """Return so many service accounts of a company."""
    return accounts(world, number, AccountType.SERVICE, **kwargs)


def associated(pairs: list[tuple[Account, Account]], *, counted: bool = True) -> list[Association]:
    """Return associations of these pairs, with their lines in the audit and, `counted`, their additions."""
    world = pairs[0][0].world
    now = world.now()
    rows = Association.objects.bulk_create(
        Association(
            world=world,
            official_account=here,
            mini_program=there,
            is_same_entity=here.entity_id == there.entity_id,
            state=Association.State.ASSOCIATED,
            asked_at=now,
            expires_at=now + limits.INVITATION,
            invited_at=now,
            associated_at=now,
        )
        for here, there in pairs
    )
    told("accept", rows)
    if counted:
        for here, there in pairs:
            tallies.spend(Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT, here)
            tallies.spend(Limit.ADDITIONS_OF_MINI_PROGRAM, there)
    return rows


def told(name: str, rows: list[Association]) -> None:
    """Write the line of the audit that brought each of the rows into its state."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            world_id=row.world_id,
            account_id=row.official_account_id,
            subject_type="associations.Association",
            subject_id=row.pk,
            name=name,
            source="",
            target=row.state,
            by_kind=SIMULATOR.kind,
            by_name=SIMULATOR.name,
            at=row.world.now(),
        )
        for row in rows
    )


def used(account: Account, period: str = "2019-03") -> int:
    """Return how many additions of a month an account has used, on whichever side."""
    both = (Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT.value, Limit.ADDITIONS_OF_MINI_PROGRAM.value)
    row = Tally.objects.filter(subject_id=account.pk, period=period, limit__in=both).first()
    return row.used if row else 0


def states(account: Account) -> dict[str, int]:
    """Return how many associations of an Official Account are in each state."""
    found: dict[str, int] = {}
    for state in Association.objects.filter(official_account=account).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def waiting_codes(association: Association) -> list[str]:
    """Return what waits on phones about an association."""
    found = Confirmation.objects.filter(
        purpose__startswith="associations.", subject_id=association.pk, state__in=["shown", "scanned"]
    )
    return [row.purpose for row in found.order_by("pk") if row.is_waiting(association.world.now())]


def promised(association: Association) -> int:
    """Return how many promises will end an association."""
    return Deadline.objects.open().filter(kind=words.END, subject_id=association.pk).count()


def breached() -> list[str]:
    """Return what the audit finds about associations; the crowd's accounts have no history to audit."""
    return breaches.breaches()
