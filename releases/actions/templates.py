"""A third-party platform's template library: its Mini Program, its drafts, its templates (wechat-api 2.1)."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from platforms.models import Platform
from portal.kernel import audit
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from releases.models import CodeDraft, CodeTemplate, DevelopmentProgram, Version

BOUND: Final = audit.register("releases.program_bound", gettext_lazy("binds its development Mini Program"))
UNBOUND: Final = audit.register(
    "releases.program_unbound", gettext_lazy("unbinds its development Mini Program")
)
ADDED: Final = audit.register("releases.template_added", gettext_lazy("adds a template"))
DELETED: Final = audit.register("releases.template_deleted", gettext_lazy("deletes a template"))

NO_DRAFT: Final = "85064"
NO_TEMPLATE: Final = "85014"


@action
def bind_program(platform_id: int, account_id: int, *, by: Actor) -> DevelopmentProgram:
    """Let a platform develop in a Mini Program: from now on each upload to it becomes a draft.

    Bound again it stays as it is. Refused for another world's account, an Official Account, and one that
    another platform develops in.
    """
    account = Account.objects.lock(account_id)
    platform = Platform.objects.lock(platform_id)
    found = DevelopmentProgram.objects.filter(account=account).first()
    if found and found.platform_id == platform.pk:
        return found
    if account.world_id != platform.world_id or account.type.is_official or not account.appid:
        raise Refused(
            _("Not bound: a third-party platform develops in a Mini Program of its own world."),
            code="program",
            field="account",
        )
    if found:
        raise Refused(
            _("Not bound: another third-party platform develops in %(name)s.") % {"name": account.name},
            code="program",
            field="account",
        )
    bound = DevelopmentProgram.objects.create(
        world=account.world, platform=platform, account=account, bound_at=account.world.now()
    )
    audit.act(platform, BOUND, by=by, detail=account.appid)
    return bound


@action
def unbind_program(platform_id: int, account_id: int, *, by: Actor) -> bool:
    """Develop in a Mini Program no more; its drafts and templates stay. Return whether it was bound."""
    account = Account.objects.lock(account_id)
    platform = Platform.objects.lock(platform_id)
    gone, _rows = DevelopmentProgram.objects.filter(platform=platform, account=account).delete()
    if gone:
        audit.act(platform, UNBOUND, by=by, detail=account.appid or "")
    return bool(gone)


def draft(version: Version) -> CodeDraft | None:
    """Put a new version into the draft box of the platform that develops in its account, if one does.

    Belongs inside the action that uploads it.
    """
    program = DevelopmentProgram.objects.filter(account_id=version.account_id).first()
    if program is None:
        return None
    return CodeDraft.objects.create(
        world=version.world, platform_id=program.platform_id, version=version, made_at=version.uploaded_at
    )


@action
def add_template(platform_id: int, draft_id: int, *, kind: int, by: Actor) -> CodeTemplate:
    """Take a draft into the library. Refused: 85064 for no draft of this platform, 85065 at 200 templates."""
    platform = Platform.objects.lock(platform_id)
    found = CodeDraft.objects.filter(pk=draft_id, platform=platform).first()
    if found is None:
        raise Refused(
            _("This third-party platform has no draft of this id."), code=NO_DRAFT, field="draft_id"
        )
    Usage(Limit.CODE_TEMPLATES, standing(platform).count()).require()
    template = CodeTemplate.objects.create(
        world=platform.world, platform=platform, draft=found, kind=kind, added_at=platform.world.now()
    )
    audit.act(platform, ADDED, by=by, detail=str(template.pk))
    return template


@action
def delete_template(platform_id: int, template_id: int, *, by: Actor) -> CodeTemplate:
    """Take a template out of the library; what was committed of it stays. Refused: 85064."""
    platform = Platform.objects.lock(platform_id)
    template = standing(platform).filter(pk=template_id).first()
    if template is None:
        raise Refused(
            _("This third-party platform has no template of this id."), code=NO_DRAFT, field="template_id"
        )
    template.deleted_at = platform.world.now()
    template.save(update_fields=["deleted_at"])
    audit.act(platform, DELETED, by=by, detail=str(template_id))
    return template


def standing(platform: Platform) -> QuerySet[CodeTemplate]:
    """Return a platform's templates, without their versions' contents, oldest first."""
    found = CodeTemplate.objects.filter(platform=platform, deleted_at__isnull=True)
    people = ("draft__version__account", "draft__version__developer")
    return found.select_related(*people).defer("draft__version__contents").order_by("pk")


def drafts_of(platform: Platform) -> QuerySet[CodeDraft]:
    """Return a platform's draft box, without the versions' contents, oldest first."""
    found = CodeDraft.objects.filter(platform=platform).select_related(
        "version__account", "version__developer"
    )
    return found.defer("version__contents").order_by("pk")


def template_of(platform: Platform, template_id: int) -> CodeTemplate:
    """Return one of a platform's templates. Refused: 85014."""
    found = standing(platform).filter(pk=template_id).first()
    if found is None:
        raise Refused(
            _("This third-party platform has no template of this id."), code=NO_TEMPLATE, field="template_id"
        )
    return found
