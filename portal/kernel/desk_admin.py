"""The reviewers' desk in Django admin: the queue, and one page for everything about a review (SIM-7).

Nothing is decided but by the actions of `portal.kernel.reviews`: there are no bulk actions, and the
admin's own add, change and delete are shut.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.kernel import desk_queue, reviews, shown, uploads
from portal.kernel.actors import Actor
from portal.kernel.desk_forms import DecisionForm, MessageForm
from portal.kernel.errors import Refused
from portal.kernel.models import Review, Verdict, World
from portal.kernel.wording import moment

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Review]
else:
    _ModelAdmin = admin.ModelAdmin

DECIDE: Final = "kernel.decide_review"
HISTORY: Final = 30  # verdicts and messages shown on one page, the newest

TONES: Final = {
    Review.State.OPEN: "act",
    Review.State.APPROVED: "done",
    Review.State.REJECTED: "fail",
    Review.State.RETURNED: "doing",
    Review.State.WITHDRAWN: "idle",
}


@admin.register(Review)
class ReviewAdmin(_ModelAdmin):
    """Reviews: a world's reviewer decides in that world, platform reviewers in every one."""

    # --- who may ---

    def has_view_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        """Let in whoever decides, and whoever may look at reviews by Django's own permission."""
        return self._may_decide(request) or super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the desk to whoever may look."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: reviews are submitted by their stage."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        """Refuse: reviews change by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        """Refuse: reviews go with their world."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        """Return the reviews that this member of staff may see."""
        rows = super().get_queryset(request).select_related("world")
        world = _world_of(request)
        return rows if world is None else rows.filter(world=world)

    def _may_decide(self, request: HttpRequest) -> bool:
        user: Any = request.user
        if not (user.is_active and user.is_staff):
            return False
        return user.world_id is not None or bool(user.has_perm(DECIDE))

    # --- addresses ---

    def get_urls(self) -> list[URLPattern]:
        """Return the desk's own addresses before Django's."""

        def at(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            return path(
                f"<id:review_id>/{address}", self.admin_site.admin_view(view), name=f"kernel_review_{name}"
            )

        return [
            at("claim/", require_POST(self.claim), "claim"),
            at("release/", require_POST(self.release), "release"),
            at("decide/", require_POST(self.decide), "decide"),
            at("message/", require_POST(self.message), "message"),
            at("documents/<id:document_id>/", require_safe(self.document), "document"),
            at("parts/<path:name>", require_safe(self.part), "part"),
            at("screenshots/<str:sha256>/", require_safe(self.screenshot), "screenshot"),
            *super().get_urls(),
        ]

    # --- looking ---

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the queue."""
        if request.method not in {"GET", "HEAD"} or not self.has_view_permission(request):
            raise PermissionDenied
        world = _world_of(request)
        chosen = desk_queue.read(request.GET.dict(), world, fixed=world is not None)
        me = _actor(request).id or 0
        return TemplateResponse(
            request,
            "admin/kernel/review/queue.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Reviews"),
                "opts": self.opts,
                "chosen": chosen,
                "all_worlds": world is None,
                "page": desk_queue.page(chosen, request.GET.dict(), me),
                "figures": desk_queue.figures(chosen.world, me),
                "most": desk_queue.MOST,
                "shows": [
                    (name, label, chosen.query(show=name))
                    for name, label in desk_queue.SHOW.items()
                    if name != "late" or chosen.world is not None
                ],
                "kinds": [
                    (kind.name, kind.label, chosen.query(kind=kind.name)) for kind in reviews.KINDS.values()
                ],
                "any_kind": chosen.query(kind=""),
                "any_world": chosen.query(world=""),
                "may_decide": self._may_decide(request),
                "tones": TONES,
            },
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a review with everything about it."""
        if request.method not in {"GET", "HEAD"} or not self.has_view_permission(request):
            raise PermissionDenied
        if not (object_id.isascii() and object_id.isdecimal() and len(object_id) < 19):
            raise Http404
        return self._page(request, self._review(request, int(object_id)))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the review's own page, where its history stands."""
        return redirect("admin:kernel_review_change", object_id)

    def document(self, request: HttpRequest, review_id: int, document_id: int) -> HttpResponse:
        """Show a picture of a review that this member of staff may see."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        review = self._review(request, review_id)
        answer = reviews.KINDS[review.kind].document
        if answer is None:
            raise Http404
        return answer(review, document_id)

    def part(self, request: HttpRequest, review_id: int, name: str) -> HttpResponse:
        """Show a part of what was submitted: a page about it, or the thing itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        review = self._review(request, review_id)
        answer = reviews.KINDS[review.kind].part
        found = answer(review, name) if answer else None
        if found is None:
            raise Http404
        if isinstance(found, HttpResponse):
            return found
        return TemplateResponse(
            request,
            "admin/kernel/review/part.html",
            {
                **self.admin_site.each_context(request),
                "title": found.title,
                "opts": self.opts,
                "review": review,
                "part_template": found.template,
                "shown": found.shown,
                "list_url": reverse("admin:kernel_review_changelist"),
            },
        )

    def screenshot(self, request: HttpRequest, review_id: int, sha256: str) -> HttpResponse:
        """Show a screenshot beside a verdict on a review that this member of staff may see."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        review = self._review(request, review_id)
        for verdict in review.verdicts.all():
            for shot in verdict.facts.get("screenshots", []):
                if shot["sha256"] == sha256:
                    return shown.kept_picture(review.world_id, sha256, shot["content_type"], shot["name"])
        raise Http404

    # --- acting ---

    def claim(self, request: HttpRequest, review_id: int) -> HttpResponse:
        """Take a review on."""
        review = self._for_decision(request, review_id)
        return self._act(request, review, lambda by: reviews.claim(review.pk, by=by))

    def release(self, request: HttpRequest, review_id: int) -> HttpResponse:
        """Give a review back to the queue."""
        review = self._for_decision(request, review_id)
        return self._act(request, review, lambda by: reviews.release(review.pk, by=by))

    def decide(self, request: HttpRequest, review_id: int) -> HttpResponse:
        """Decide a review; what was typed stays when it is refused."""
        review = self._for_decision(request, review_id)
        kind = reviews.KINDS[review.kind]
        form = DecisionForm(kind, request.POST, request.FILES)
        if uploads.cut_off(request):
            form.add_error(None, _("Not decided: the screenshots are larger than 16 MB together."))
        if not form.is_valid():
            return self._page(request, review, form=form, status=400)
        try:
            verdict = reviews.decide(
                review.pk,
                form.cleaned_data["verdict"],
                by=_actor(request),
                reasons=form.reasons(),
                facts=form.judged(),
                screenshots=form.screenshots,
                until=form.cleaned_data["until"],
                note=form.cleaned_data["note"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
            return self._page(request, self._review(request, review.pk), form=form, status=409)
        decided = verdict.review
        if verdict.kind == Verdict.Kind.DELAY:
            until = {"title": decided.title, "at": moment(decided.delayed_until)}
            messages.success(request, _("%(title)s is delayed until %(at)s.") % until)
            return redirect("admin:kernel_review_change", review.pk)
        ended = {"state": decided.get_state_display(), "title": decided.title}
        messages.success(request, _("%(state)s: %(title)s.") % ended)
        return redirect("admin:kernel_review_changelist")

    def message(self, request: HttpRequest, review_id: int) -> HttpResponse:
        """Write to the applicant; what was typed stays when it is refused."""
        review = self._for_decision(request, review_id)
        form = MessageForm(request.POST)
        if not form.is_valid():
            return self._page(request, review, message_form=form, status=400)
        try:
            reviews.write_to_applicant(review.pk, form.cleaned_data["message"], by=_actor(request))
        except Refused as refusal:
            form.add_error(None, refusal.message)
            return self._page(request, self._review(request, review.pk), message_form=form, status=409)
        messages.success(request, _("Sent to the applicant, as a notice and as a letter."))
        return redirect("admin:kernel_review_change", review.pk)

    def _act(self, request: HttpRequest, review: Review, act: Callable[[Actor], object]) -> HttpResponse:
        try:
            act(_actor(request))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("admin:kernel_review_change", review.pk)

    # --- shared ---

    def _review(self, request: HttpRequest, review_id: int) -> Review:
        review = self.get_queryset(request).filter(pk=review_id).first()
        if review is None or review.kind not in reviews.KINDS:
            raise Http404
        return review

    def _for_decision(self, request: HttpRequest, review_id: int) -> Review:
        if not self._may_decide(request):
            raise PermissionDenied
        return self._review(request, review_id)

    def _page(
        self,
        request: HttpRequest,
        review: Review,
        *,
        form: DecisionForm | None = None,
        message_form: MessageForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        kind = reviews.KINDS[review.kind]
        me = _actor(request)
        row = desk_queue.as_row(review, me.id or 0)
        rounds = (
            Verdict.objects.filter(
                review__kind=review.kind, review__subject_id__in=kind.rounds(review.subject_id)
            )
            .select_related("review")
            .order_by("-id")[:HISTORY]
        )
        presented = kind.present(review)
        form = form or DecisionForm(kind)
        form.language = presented["language"]
        open_to_me = review.state == Review.State.OPEN and not review.is_claimed_by_another(me)
        return TemplateResponse(
            request,
            "admin/kernel/review/review.html",
            {
                **self.admin_site.each_context(request),
                "title": review.title,
                "opts": self.opts,
                "review": review,
                "row": row,
                "tone": TONES[Review.State(review.state)],
                "can_write": kind.write is not None,
                "subject_template": kind.template,
                "shown": presented,
                "form": form,
                "message_form": message_form or MessageForm(),
                "verdicts": rounds,
                "letters": review.messages.order_by("-id")[:HISTORY],
                "allowed": kind.verdicts,
                "may_decide": open_to_me and self._may_decide(request),
                "here": request.COOKIES.get("world") == review.world.token,
                "list_url": reverse("admin:kernel_review_changelist"),
            },
            status=status,
        )


def _world_of(request: HttpRequest) -> World | None:
    user: Any = request.user
    return user.world if user.world_id is not None else None


def _actor(request: HttpRequest) -> Actor:
    user: Any = request.user
    found: Actor = user.as_actor()
    return found
