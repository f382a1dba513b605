"""What the platform serves and Greenroom does not, each with its reason: nothing is told as a false success.

The page of the server API lists it beside what is served (API-1; wechat-api, appendix B).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_PRIVACY: Final = _("Privacy guides and the interfaces they permit are not part of this simulation.")
_FAST: Final = _("Accounts are registered in the console here; fast registration is not known for games.")
_GOODS: Final = _("Games sell coins here; goods with a price of their own are not simulated.")
_FUNDS: Final = _("Advertising funds are not simulated.")
_CONDITIONAL: Final = _("A menu is the same for every follower here.")
_CONTENT: Final = _("Content is not judged by a machine here; a reviewer reads it at the desk.")
_ARTICLES: Final = _("Articles are written in the console here, with the pictures that a server may add.")
_DOMAINS: Final = _("Domains are set account by account here.")
_COMPLAINTS: Final = _("Players' complaints are not simulated.")
_MASS: Final = _("Articles are published to followers in the console; mass messages are not simulated.")
_TAGS: Final = _("Followers have no tags or groups here.")
_INDUSTRY: Final = _("Message templates are written in the console here; there is no library of industries.")

UNSERVED: Final[Mapping[str, Promise]] = {
    "/cgi-bin/account/componentrebindadmin": _("Administrators change in the console, by the scans of both."),
    "/cgi-bin/account/fastregister": _FAST,
    "/cgi-bin/callback/check": _("The console checks the address of message push itself."),
    "/cgi-bin/changeopenid": _("Accounts are not migrated here, so no openid changes."),
    "/cgi-bin/comment/close": _MASS,
    "/cgi-bin/comment/list": _MASS,
    "/cgi-bin/comment/open": _MASS,
    "/cgi-bin/component/fastregisterweapp": _FAST,
    "/cgi-bin/component/get_domain_confirmfile": _DOMAINS,
    "/cgi-bin/component/getprivacysetting": _PRIVACY,
    "/cgi-bin/component/modify_wxa_jump_domain": _DOMAINS,
    "/cgi-bin/component/modify_wxa_server_domain": _DOMAINS,
    "/cgi-bin/component/setprivacysetting": _PRIVACY,
    "/cgi-bin/component/uploadprivacyextfile": _PRIVACY,
    "/cgi-bin/draft/add": _MASS,
    "/cgi-bin/freepublish/submit": _MASS,
    "/cgi-bin/get_current_autoreply_info": _(
        "Automatic replies are not simulated; a button of the menu answers a text."
    ),
    "/cgi-bin/groups/getid": _TAGS,
    "/cgi-bin/material/add_news": _ARTICLES,
    "/cgi-bin/material/del_material": _("Pictures stay: an article or a message may show them."),
    "/cgi-bin/material/update_news": _ARTICLES,
    "/cgi-bin/media/uploadnews": _ARTICLES,
    "/cgi-bin/menu/addconditional": _CONDITIONAL,
    "/cgi-bin/menu/delconditional": _CONDITIONAL,
    "/cgi-bin/menu/trymatch": _CONDITIONAL,
    "/cgi-bin/message/custom/typing": _("A phone shows what is sent, not that somebody writes."),
    "/cgi-bin/message/mass/delete": _MASS,
    "/cgi-bin/message/mass/get": _MASS,
    "/cgi-bin/message/mass/send": _MASS,
    "/cgi-bin/message/mass/sendall": _MASS,
    "/cgi-bin/message/template/subscribe": _(
        "One-time subscriptions outside a conversation are not simulated."
    ),
    "/cgi-bin/openapi/quota/clear": _("Quotas are cleared all at once here: /cgi-bin/clear_quota."),
    "/cgi-bin/qrcode/create": _(
        "An account is followed from the phone's list here, not by a QR code with a scene."
    ),
    "/cgi-bin/shorturl": _("The platform has taken short addresses out of service."),
    "/cgi-bin/tags/create": _TAGS,
    "/cgi-bin/tags/get": _TAGS,
    "/cgi-bin/tags/members/batchtagging": _TAGS,
    "/cgi-bin/template/api_add_template": _INDUSTRY,
    "/cgi-bin/template/api_set_industry": _INDUSTRY,
    "/cgi-bin/template/get_industry": _INDUSTRY,
    "/cgi-bin/ticket/getticket": _("Web pages in WeChat and cards are not simulated."),
    "/cgi-bin/user/tag/get": _TAGS,
    "/wxa/business/getpayfororder": _("Gifts between friends are not simulated."),
    "/wxa/component/fastregisterbetaweapp": _FAST,
    "/wxa/component/fastregisterpersonalweapp": _FAST,
    "/wxa/game/content_spam/media_check_sync": _CONTENT,
    "/wxa/game/content_spam/msg_sec_check": _CONTENT,
    "/wxa/getpaidunionid": _("Nobody binds accounts to one union here, so there is no unionid."),
    "/wxa/img_sec_check": _CONTENT,
    "/wxa/media_check_async": _CONTENT,
    "/wxa/msg_sec_check": _CONTENT,
    "/wxa/security/apply_privacy_interface": _PRIVACY,
    "/wxa/security/applysetorderpathinfo": _GOODS,
    "/wxa/security/get_privacy_interface": _PRIVACY,
    "/wxa/security/getorderpathinfo": _GOODS,
    "/xpay/bind_transfer_accout": _FUNDS,
    "/xpay/complete_complaint": _COMPLAINTS,
    "/xpay/create_funds_bill": _FUNDS,
    "/xpay/download_adverfunds_order": _FUNDS,
    "/xpay/get_complaint_detail": _COMPLAINTS,
    "/xpay/get_complaint_list": _COMPLAINTS,
    "/xpay/get_negotiation_history": _COMPLAINTS,
    "/xpay/get_upload_file_sign": _COMPLAINTS,
    "/xpay/query_adver_funds": _FUNDS,
    "/xpay/query_funds_bill": _FUNDS,
    "/xpay/query_publish_goods": _GOODS,
    "/xpay/query_recover_bill": _FUNDS,
    "/xpay/query_transfer_account": _FUNDS,
    "/xpay/query_upload_goods": _GOODS,
    "/xpay/response_complaint": _COMPLAINTS,
    "/xpay/start_publish_goods": _GOODS,
    "/xpay/start_upload_goods": _GOODS,
    "/xpay/upload_vp_file": _COMPLAINTS,
}
