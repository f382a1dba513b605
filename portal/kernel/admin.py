"""The desk: what platform staff and a world's own reviewer may look at, and the one thing to try again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.kernel import desk_admin, retries  # noqa: F401 -- registers the reviewers' desk
from portal.kernel.machines import machines
from portal.kernel.models import AuditEvent, Deadline, World
from portal.kernel.wording import moment

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _Paginator, _ModelAdmin = Paginator, admin.ModelAdmin

MOST = 1000  # a list counts and pages this far; search and filters find the rest

admin.site.site_header = _("Reviewers' desk")
admin.site.site_title = _("Reviewers' desk")
admin.site.index_title = _("What there is in this simulation")


class BoundedPaginator(_Paginator):
    """Pages of a list that may be endless: never counts all of it."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, at most MOST."""
        rows = self.object_list
        return rows[:MOST].count() if isinstance(rows, QuerySet) else len(rows)


class DeskAdmin(_ModelAdmin):
    """A list to look at, newest first: nothing is added, changed or deleted here (REG-9).

    A world's reviewer sees that world alone; platform staff see every world, by Django's own
    permissions.
    """

    ordering = ("-id",)
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0

    def world_path(self) -> str:
        """Return the lookup from a row to its world's id."""
        return "world_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that this member of staff may see."""
        rows = super().get_queryset(request)
        world_id = getattr(request.user, "world_id", None)
        return rows if world_id is None else rows.filter(**{self.world_path(): world_id})

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let the reviewer of a world look at that world without further permission."""
        if getattr(request.user, "world_id", None) is not None:
            return bool(request.user.is_staff)
        return super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app to whoever may look."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: rows come from actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: rows change by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: rows go with their world."""
        return False


@admin.register(World)
class WorldAdmin(DeskAdmin):
    """Worlds, without the token that lets into them."""

    list_display = ("name", "clock", "running", "advancing_to", "made_at")
    search_fields = ("name",)
    exclude = ("token",)

    def world_path(self) -> str:
        """Return the lookup from a world to itself."""
        return "id"

    @admin.display(description=_("World time"))
    def clock(self, world: World) -> str:
        """Return the world's time."""
        return moment(world.now())

    @admin.display(boolean=True, description=_("Running"))
    def running(self, world: World) -> bool:
        """Return whether its time passes by itself."""
        return world.running


class Failing(admin.SimpleListFilter):
    """Picks the deadlines whose handler failed and that wait to be tried again."""

    title = _("failing")
    parameter_name = "failing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one choice beside *All*."""
        return [("yes", _("Failing"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what is backing off."""
        if self.value() == "yes":
            return queryset.filter(status=Deadline.Status.OPEN, retry_at__isnull=False)
        return queryset


@admin.register(Deadline)
class DeadlineAdmin(DeskAdmin):
    """What was promised for a time. A failing one backs off here and blocks no other."""

    actions = ("try_again",)
    list_display = ("kind", "subject_id", "world", "due_at", "status", "outcome", "attempts", "retry_at")
    list_filter = ("status", Failing)
    list_select_related = ("world",)
    search_fields = ("kind",)

    @admin.action(description=_("Try again now"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Deadline]) -> None:
        """Let the next tick try the chosen deadlines that back off."""
        ids = list(queryset.values_list("pk", flat=True)[:MOST])
        count = retries.try_again(ids, by=request.user.as_actor())  # type: ignore[union-attr]
        if not count:
            self.message_user(
                request,
                _("None of these is failing: there is nothing to try again."),
                messages.WARNING,
            )
            return
        sentence = ngettext(
            "%(count)d deadline is tried again at the next tick.",
            "%(count)d deadlines are tried again at the next tick.",
            count,
        )
        self.message_user(request, sentence % {"count": count})


class Subject(admin.SimpleListFilter):
    """Picks events by the machine they moved, without reading the table for what there is."""

    title = _("subject")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return every machine, and the world."""
        return [(name, name) for name in [World._meta.label, *(machine.name for machine in machines())]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events about one kind of subject."""
        return queryset.filter(subject_type=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(DeskAdmin):
    """Who did what and when, in world time and in real time."""

    list_display = ("at", "by_name", "subject_type", "subject_id", "name", "source", "target", "reason")
    list_filter = (Subject,)
    search_fields = ("=account_id", "=subject_id", "by_name")
