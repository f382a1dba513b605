"""Template messages: the templates of a service account, and what is sent with them (ASC-4)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.principals import Principal
from accounts.views.doors import for_capability
from associations import actions, links, message_forms
from associations.message_forms import MessageForm, TemplateForm
from associations.models import Follower, MessageTemplate, TemplateMessage
from portal.kernel import keyset
from portal.kernel.errors import Refused
from portal.kernel.ids import LARGEST_ID
from portal.kernel.terms import Capability

FOLLOWERS: Final = 100  # to choose from, the newest
TONES: Final = {TemplateMessage.State.SENT: "done", TemplateMessage.State.FAILED: "fail"}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_capability(Capability.SEND_TEMPLATE_MESSAGES)
def templates(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List the templates; a POST adds one, or removes that whose id is `remove`."""
    account = principal.account
    if request.method == "POST" and "remove" in request.POST:
        actions.remove_template(account.pk, request.POST["remove"], by=principal.actor)
        messages.success(request, _("The template is removed. What was sent with it stays."))
        return redirect("associations:templates")
    form = TemplateForm()
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("title", "content")}
        form = TemplateForm(typed)
        form.full_clean()
        form.errors.clear()
        try:
            actions.add_template(account.pk, **typed, by=principal.actor)
        except Refused as refusal:
            if refusal.field not in form.fields:
                raise
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("The template is added. Send a message with it."))
            return redirect("associations:templates")
    context = {
        "form": form,
        "rows": _templates(principal),
        "usage": actions.templates_used(account),
        "samples": message_forms.template_samples(),
    }
    return render(request, "associations/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_capability(Capability.SEND_TEMPLATE_MESSAGES)
def template_messages(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List what was sent, below the form; `?template=` chooses whose places it has. A POST sends one."""
    account = principal.account
    typed = request.POST if request.method == "POST" else request.GET
    known = _templates(principal)
    wanted = typed.get("template", "")
    # A template that was removed meanwhile is refused when it is sent, by its own sentence.
    chosen = next((each for each in known if each.template_id == wanted), None)
    if chosen is None and not wanted:
        chosen = known[0] if known else None
    followers = Follower.objects.filter(account=account).select_related("person").order_by("-pk")[:FOLLOWERS]
    form = MessageForm(typed, templates=known, followers=followers, chosen=chosen)
    if request.method == "POST" and request.POST.get("do") != "choose" and _is_sent(request, principal, form):
        return redirect("associations:messages")
    allowed = links.associated(account.pk)
    sent = TemplateMessage.objects.filter(account=account).select_related("template", "person")
    page = keyset.turn(request, sent)
    context: dict[str, Any] = {
        "form": form,
        "known": known,
        "chosen": chosen,
        "followers": followers,
        "apps": allowed,
        "apps_list": message_forms.APPS,
        "samples": message_forms.message_samples(allowed, form.keys),
        "page": page,
        "rows": [
            {
                "message": row,
                "label": row.get_state_display(),
                "tone": TONES[TemplateMessage.State(row.state)],
            }
            for row in page.rows
        ],
    }
    return render(request, "associations/template_messages.html", context)


def _is_sent(request: HttpRequest, principal: Principal, form: MessageForm) -> bool:
    """Return whether the message was sent, or kept as failed; else the form says why not."""
    post = request.POST
    person = post.get("person", "")
    is_number = person.isascii() and person.isdigit() and len(person) < len(str(LARGEST_ID))
    try:
        sent = actions.send(
            principal.account.pk,
            template_id=post.get("template", ""),
            person_id=int(person) if is_number else 0,
            data=form.values(),
            url=post.get("url", ""),
            appid=post.get("appid", ""),
            pagepath=post.get("pagepath", ""),
            by=principal.actor,
        )
    except Refused as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, refusal.message)
        return False
    if sent.state == TemplateMessage.State.SENT:
        messages.success(
            request, _("Sent: %(name)s has it in the conversation.") % {"name": sent.person.name}
        )
    else:
        messages.error(request, _("Not delivered: %(name)s takes no messages.") % {"name": sent.person.name})
    return True


def _templates(principal: Principal) -> list[MessageTemplate]:
    found = MessageTemplate.objects.filter(account=principal.account, removed_at__isnull=True)
    return list(found.order_by("-pk"))
