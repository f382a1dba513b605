"""A third-party platform's template library (API-2; wechat-api 2.1)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from platforms.models import Platform
from portal.kernel.wire import GET, ONLY_POST, Call, Token, Whole, endpoint
from releases import actions
from releases.actions import templates
from releases.models import CodeTemplate, Version

NORMAL: Final = CodeTemplate.Kind.NORMAL


@endpoint("/wxa/gettemplatedraftlist", _("Draft box"), verbs=GET, token=Token.PLATFORM)
def draft_list(call: Call) -> dict[str, Any]:
    """Return every version that was uploaded to the platform's own development Mini Programs."""
    drafts = templates.drafts_of(_platform(call))
    return {
        "draft_list": [
            {"draft_id": draft.pk, "create_time": int(draft.made_at.timestamp()), **_told(draft.version)}
            for draft in drafts
        ]
    }


@endpoint(
    "/wxa/addtotemplate",
    _("Draft into the template library"),
    verbs=ONLY_POST,
    token=Token.PLATFORM,
    fields=(
        Whole("draft_id", missing=85064, bad=85064, example="1"),
        Whole("template_type", required=False, most=1),
    ),
    errcodes=(40097, 85064, 85065),
)
def add_to_template(call: Call) -> None:
    """Take a draft into the library, as a normal template (0) or a standard one (1); at most 200."""
    kind = NORMAL if call["template_type"] is None else call["template_type"]
    actions.add_template(_platform(call).pk, call["draft_id"], kind=kind, by=call.by)


@endpoint(
    "/wxa/gettemplatelist",
    _("Template library"),
    verbs=GET,
    token=Token.PLATFORM,
    fields=(Whole("template_type", required=False, most=1),),
    errcodes=(40097,),
)
def template_list(call: Call) -> dict[str, Any]:
    """Return the library's templates, of one kind if it is named."""
    found = templates.standing(_platform(call))
    if call["template_type"] is not None:
        found = found.filter(kind=call["template_type"])
    return {
        "template_list": [
            {
                "template_id": template.pk,
                "draft_id": template.draft_id,
                "template_type": template.kind,
                "create_time": int(template.added_at.timestamp()),
                "category_list": [],
                **_told(template.draft.version),
            }
            for template in found
        ]
    }


@endpoint(
    "/wxa/deletetemplate",
    _("Deletion of a template"),
    verbs=ONLY_POST,
    token=Token.PLATFORM,
    fields=(Whole("template_id", missing=85064, bad=85064, example="1"),),
    errcodes=(85064,),
)
def delete_template(call: Call) -> None:
    """Take a template out of the library; the versions that were committed of it stay."""
    actions.delete_template(_platform(call).pk, call["template_id"], by=call.by)


def _platform(call: Call) -> Platform:
    platform: Platform | None = call.caller.platform if call.caller else None
    if platform is None:
        raise LookupError("the endpoint takes no platform's token")
    return platform


def _told(version: Version) -> dict[str, Any]:
    return {
        "user_version": version.number,
        "user_desc": version.description,
        "source_miniprogram_appid": version.account.appid,
        "source_miniprogram": version.account.name,
        "developer": version.uploader.name,
    }
