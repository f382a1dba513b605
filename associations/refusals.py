"""Every refusal of this stage: its code, the platform's own where there is one, and its sentence.

The numbers are those of the platform's global list (console-rules 9.2, wechat-api 7); limits name
theirs in `portal.kernel.limits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import Refused

UNKNOWN: Final = "40013"
OWN: Final = "own_appid"
NOT_A_MINI_PROGRAM: Final = "not_a_mini_program"
UNRELEASED: Final = "unreleased"
SUSPENDED: Final = "89013"
CLOSED: Final = "89245"
ASSOCIATED: Final = "89015"
INVITED: Final = "89010"
SCAN_WAITS: Final = "89035"
OVER: Final = "not_waiting"
CLOSING_HOST: Final = "official_account_closing"
NOT_ASSOCIATED: Final = "not_associated"
PROFILE: Final = "unchanged"
TOO_LONG: Final = "reason"
MENU_APP: Final = "45064"
ARTICLE_APP: Final = "85005"
MESSAGE_APP: Final = "40166"
PATH: Final = "40165"
MENU_SHAPE: Final = "40015"
BUTTONS: Final = "40016"
BUTTON_KIND: Final = "40017"
BUTTON_NAME: Final = "40018"
BUTTON_TEXT: Final = "40019"
BUTTON_KEY: Final = "40019_key"
URL: Final = "40020"
MENU_LEVELS: Final = "40022"
SUB_BUTTONS: Final = "40023"
ARTICLE_TEXT: Final = "article_text"
ARTICLE_BLOCKS: Final = "article_blocks"
ARTICLE_PICTURE: Final = "40007"
ARTICLE_INCOMPLETE: Final = "article_incomplete"
ARTICLE_STATE: Final = "article_state"
TEMPLATE: Final = "40037"
TEMPLATE_TEXT: Final = "template_text"
TEMPLATE_DATA: Final = "47003"
NOT_FOLLOWING: Final = "43004"
NOT_FOLLOWABLE: Final = "not_followable"
UNREADABLE: Final = "unreadable"
NOBODY_READS: Final = "nobody_reads"
MESSAGE_KIND: Final = "40008"
MESSAGE_EMPTY: Final = "44004"
MESSAGE_LONG: Final = "45002"
MESSAGE_TITLE: Final = "45003"
MESSAGE_PICTURE: Final = "40007_message"
MESSAGE_NEWS: Final = "45008"
TOO_LATE: Final = "45015"
TOO_MANY: Final = "45047"

REFUSALS: Final[Mapping[str, Promise]] = {
    # whom to invite
    UNKNOWN: _("Not found: no Mini Program has the AppID %(appid)s (40013). Check it letter by letter."),
    OWN: _("Not invited: this is the AppID of this Official Account. Type that of a Mini Program."),
    NOT_A_MINI_PROGRAM: _("Not invited: %(name)s is an Official Account. Type the AppID of a Mini Program."),
    UNRELEASED: _("Not invited: %(name)s has no released version yet. It can be after its first release."),
    SUSPENDED: _("Not invited: the service of %(name)s is suspended (89013). Try again when it is resumed."),
    CLOSED: _("Not invited: %(name)s is closed, or is being closed (89245)."),
    ASSOCIATED: _("Not invited: %(name)s is associated with this Official Account already (89015)."),
    INVITED: _("Not invited: an invitation to %(name)s waits for its answer already (89010)."),
    SCAN_WAITS: _(
        "Not invited: somebody else asked for %(name)s, and that waits for the administrator's scan (89035)."
    ),
    # an invitation on its way, and the end of an association
    OVER: _("Nothing was done: this invitation was answered, was withdrawn or ran out. Look at the list."),
    CLOSING_HOST: _("Not associated: %(name)s is closed, or is being closed. Refuse the invitation instead."),
    NOT_ASSOCIATED: _("Nothing was done: the two are not associated any more. Look at the list."),
    PROFILE: _("Nothing was changed: the profile page shows it as before."),
    TOO_LONG: _("Keep the reason to %(limit)d characters, without line breaks or invisible characters."),
    # what an association allows
    MENU_APP: _("%(appid)s is not associated with this Official Account (45064). Associate it first."),
    ARTICLE_APP: _("%(appid)s is not associated with this Official Account (85005). Associate it first."),
    MESSAGE_APP: _(
        "Not sent: %(appid)s is not associated with this Official Account (40166). Associate it first."
    ),
    PATH: _(
        "This is no page path (40165). Write it like pages/index or ?from=menu, in at most %(limit)d"
        " English letters, digits and signs, or leave it empty."
    ),
    # menus
    MENU_SHAPE: _("Not saved: this is no menu (40015). A menu is a list of buttons."),
    BUTTONS: _("Keep it to %(limit)d buttons at the top (40016)."),
    BUTTON_KIND: _("Choose what the button does (40017)."),
    BUTTON_NAME: _(
        "Name the button in at most %(limit)d Chinese characters, or twice as many letters (40018)."
    ),
    BUTTON_TEXT: _("Write what the button answers, in at most %(limit)d characters (40019)."),
    BUTTON_KEY: _("Write the key in at most %(limit)d bytes, without invisible characters (40019)."),
    URL: _("Write an address that begins with http:// or https://, of at most %(limit)d bytes (40020)."),
    MENU_LEVELS: _("A button below another one has no buttons of its own (40022)."),
    SUB_BUTTONS: _("Keep it to %(limit)d buttons below one (40023)."),
    # articles
    ARTICLE_TEXT: _("Write it in at most %(limit)d characters, without invisible ones."),
    ARTICLE_BLOCKS: _("Not saved: an article is a list of at most %(limit)d parts of the kinds shown."),
    ARTICLE_PICTURE: _("Choose one of this account's pictures (40007)."),
    ARTICLE_INCOMPLETE: _("Not published: a title, a cover and at least one part are needed."),
    ARTICLE_STATE: _("Nothing was done: this article is published or deleted already. Look at the list."),
    # template messages
    TEMPLATE: _("Not sent: this account has no such template (40037). Choose one of the list."),
    TEMPLATE_TEXT: _(
        "Not added: write a title of at most 40 and a text of at most 600 characters, with at least one"
        " place like {{first.DATA}}."
    ),
    TEMPLATE_DATA: _("Fill in %(key)s, in at most %(limit)d characters (47003)."),
    NOT_FOLLOWING: _("Not sent: %(name)s does not follow this Official Account (43004)."),
    # customer-service messages
    MESSAGE_KIND: _(
        "Not sent: a message is of one of these kinds: text, image, news, miniprogrampage (40008)."
    ),
    MESSAGE_EMPTY: _("Not sent: write a text, without invisible characters (44004)."),
    MESSAGE_LONG: _("Not sent: keep the text to %(limit)d bytes (45002)."),
    MESSAGE_TITLE: _("Not sent: write a title of at most %(limit)d characters (45003)."),
    MESSAGE_PICTURE: _("Not sent: name a picture of this account by its media_id (40007)."),
    MESSAGE_NEWS: _("Not sent: a message of this kind holds exactly one article (45008)."),
    TOO_LATE: _(
        "Not sent: %(name)s does not follow this account any more, or did nothing in the last %(limit)d hours"
        " (45015). It can be answered again after a message or a tap in the menu."
    ),
    TOO_MANY: _(
        "Not sent: %(name)s got %(limit)d messages since the last thing they did (45047). Wait for a message"
        " or a tap in the menu."
    ),
    # on a phone
    NOT_FOLLOWABLE: _("Not followed: nobody can follow this account now."),
    UNREADABLE: _("Not sent: write a text of at most %(limit)d characters, without invisible ones."),
    NOBODY_READS: _("Not sent: this Official Account is closed, and nobody would read it."),
}


def refused(code: str, *, field: str = "", way_out: str = "", **facts: object) -> Refused:
    """Return the refusal with this code, to be raised; `facts` are what its sentence names."""
    return Refused(REFUSALS[code] % facts, code=code, field=field, way_out=way_out)
