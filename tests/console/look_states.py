"""Every partial of the look in every state: its parameters, and what the page must then say."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.safestring import mark_safe

from portal.console.templatetags import look

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2019, 3, 12, 14, 32, 7, tzinfo=SHANGHAI)
SUBMITTED = datetime(2019, 3, 9, 20, 47, tzinfo=SHANGHAI)
DUE = SUBMITTED + timedelta(days=10)


class Company(forms.Form):
    name = forms.CharField(label="Company name", help_text="As on the licence.")
    code = forms.CharField(label="Credit code")
    kind = forms.ChoiceField(label="Licence kind", choices=[("a", "With code"), ("b", "Old")])
    by = forms.ChoiceField(label="By", choices=[("m", "Mail")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I agree")
    token = forms.CharField(widget=forms.HiddenInput)

    def clean_code(self) -> str:
        raise forms.ValidationError("The last character should be J for this number.")

    def clean(self) -> None:
        raise forms.ValidationError("Not registered: 5 of 5 accounts are used.")


EMPTY, WRONG = Company(), Company({"name": "Red Crane Trading Ltd.", "code": "9", "kind": "a"})
POST = {"label": "Pay this", "url": "/pay/", "post": True, "lamp": True, "fields": {"key": "1"}}
LINK = {"label": "Open the bank", "url": "/bank/"}
ROWS = [
    {"label": "Entity type", "state": "ok", "hint": "Enterprises may", "value": "met"},
    {"label": "Sandbox account", "state": "no", "url": "/sandbox/", "action": "Enter it"},
    {"label": "Feedback", "state": ""},
]
STEPS = [
    {"label": "Account", "title": "Account", "state": "done", "text": "Done", "url": "/a/", "action": "View"},
    {
        "label": "Activation",
        "title": "Activation",
        "state": "now",
        "url": "/b/",
        "action": "Go",
        "primary": True,
    },
    {"label": "Entity", "title": "Entity", "state": "fail"},
    {"label": "Release", "title": "Release", "state": ""},
]
SCAN = {
    "id": "scan",
    "title": "Scan to confirm",
    "text": "Only Lin Yue may confirm.",
    "who": "Lin Yue",
    "qr_url": "/qr.svg",
    "code_url": "/phone/",
    "due_at": NOW + timedelta(seconds=252),
    "now": NOW,
    "running": True,
    "status_url": "/status/",
    "check_url": "/page/",
    "again_url": "/again/",
    "done_url": "/next/",
    "done_action": "Go on",
    "csrf_token": "t0ken",
}
MENU = [
    {
        "heading": "Settings",
        "items": [
            {"label": "Home", "url": "/", "icon": "house", "current": True, "shut_reason": ""},
            {"label": "WeChat Pay", "url": "/pay/", "icon": "coin", "shut_reason": "Needs one more"},
            {"label": "Virtual Payment", "url": "", "icon": "coin", "shut_reason": "Needs WeChat Pay"},
        ],
    }
]
WORLD = {"name": "Class 07", "token": "w", "running": True, "now": NOW}
SIM = {
    "world": WORLD,
    "mailbox_unread": 2,
    "phone_waiting": 1,
    "next_event": {"title": "Reminder: 7 days left", "due_at": DUE},
    "active": "bank",
    "phone_url": "/phone/",
}
REQUEST = SimpleNamespace(get_full_path="/page/?a=1")

# partial -> its states: parameters -> what the page must then say
STATES: dict[str, list[tuple[dict[str, Any], list[str]]]] = {
    "backstage.html": [
        (
            {
                "actors": [
                    {"icon": "bank", "name": "The company", "text": "Pays.", "buttons": [POST, LINK]},
                    {"icon": "clock", "name": "The clock", "text": "Expires.", "buttons": []},
                ],
                "csrf_token": "t0ken",
            },
            ['aria-label="Simulator: Who can move this on"', 'value="t0ken"', 'name="key" value="1"'],
        ),
        ({"actors": [], "title": "Nobody waits"}, ['aria-label="Simulator: Nobody waits"']),
    ],
    "backstage_strip.html": [
        ({"text": "Lin Yue's phone has the code", "buttons": [LINK], "icon": "chat-dots"}, ["bi-chat-dots"]),
        ({"text": "Waits for you."}, ["Waits for you.", "bi-signpost-split"]),
    ],
    "choices.html": [
        (
            {
                "field": form["kind"],
                "label": "Licence kind",
                "columns": "three",
                "cards": [
                    {"value": "a", "title": "With code", "tag": "New", "text": "T", "points": ["P"]},
                    {"value": "b", "title": "Old", "shut_reason": "Comes with the next part."},
                ],
            },
            ['role="radiogroup"', "disabled", "Comes with the next part."],
        )
        for form in (EMPTY, WRONG)
    ],
    "confirm.html": [
        (
            {
                "id": "gone",
                "opener": "Delete",
                "title": "Delete Class 07?",
                "text": "It cannot be taken back.",
                "url": "/delete/",
                "fields": {"key": "1"},
                "action": "Delete this world",
                "danger": danger,
                "hint": hint,
                "csrf_token": "t0ken",
            },
            ['popovertarget="gone"', 'aria-labelledby="gone-title"', button],
        )
        for danger, hint, button in ((True, "3 accounts", "btn-danger-quiet"), (False, "", "btn-primary"))
    ],
    "copy_button.html": [
        ({"text": "LB-4K7Q2"}, ['data-copy="LB-4K7Q2"', "<span>Copy</span>"]),
        ({"source": "details", "label": "Copy all"}, ['data-copy-from="details"', "Copy all"]),
    ],
    "countdown.html": [
        (
            {
                "label": "Time left to pay",
                "due_at": DUE,
                "now": now,
                "since": since,
                "running": running,
                "after": "Then the registration expires.",
                "from_label": "Submitted 9 Mar",
                "to_label": "19 Mar",
            },
            ['role="timer"', *said],
        )
        for now, since, running, said in (
            (NOW, SUBMITTED, True, ["data-running", "until <b", '<li class="now q3">', "19 Mar"]),
            (NOW, None, False, ['aria-label="Time left to pay: 7 days 6 hours 14 minutes"']),
            (DUE - timedelta(hours=2), SUBMITTED, True, ["Less than a day"]),
            (DUE, SUBMITTED, True, ["over since <b", 'class="fig over"']),
        )
    ],
    "empty.html": [
        ({"icon": "receipt", "title": "No orders yet", "text": "They appear."}, ["No orders yet"]),
        (
            {"icon": "receipt", "title": "No", "text": "T", "url": "/how/", "action": "How"},
            ['href="/how/"'],
        ),
    ],
    "empty_slim.html": [({"icon": "broadcast", "title": "None", "text": "T"}, ["None"])],
    "field.html": [
        (
            {"field": form[name], "width": "w-m", "mono": True},
            [f'name="{name}"', *(said if form is WRONG else [])],
        )
        for form in (EMPTY, WRONG)
        for name, said in {
            "name": [
                '<label class="form-label req" for="id_name">',
                'id="id_name_helptext"',
                'aria-describedby="id_name_helptext"',
            ],
            "code": [
                'aria-describedby="id_code_error"',
                'aria-invalid="true"',
                "form-control w-m mono is-invalid",
            ],
            "kind": ["form-select w-m mono"],
            "by": ['role="group" aria-labelledby="id_by_label"', 'id="id_by_error"'],
            "agree": ['<label class="tick">', 'id="id_agree_error"'],
            "token": ['type="hidden"'],
        }.items()
    ]
    + [
        (
            {
                "field": EMPTY["code"],
                "quota_used": 1,
                "quota_total": 5,
                "quota_text": "1 of 5",
                "after": "yuan",
            },
            ["1 of 5", "yuan"],
        )
    ],
    "field_errors.html": [
        ({"field": WRONG["code"]}, ['<div id="id_code_error">', "should be J for this number"]),
        ({"field": EMPTY["code"]}, []),
    ],
    "form_errors.html": [
        (
            {"form": WRONG},
            [
                'role="alert"',
                "5 things to correct.",
                "What you typed is kept.",
                "Not registered: 5 of 5 accounts are used.",
                '<a href="#id_code">Credit code</a>',
                '<a href="#id_by">By</a>',
            ],
        ),
        ({"form": EMPTY}, []),
    ],
    "gate.html": [
        (
            {
                "title": "Pass authentication first",
                "why": "It asks for one rung more.",
                "rows": ROWS,
                "url": "/apply/",
                "action": "Apply",
                "more_url": "/settings/",
                "more": "Settings",
            },
            ['aria-labelledby="gate-title"', "btn-primary", "missing"],
        ),
        (
            {"title": "Not open", "why": "W", "url": "/a/", "action": "A", "primary": False},
            ["btn-default"],
        ),
    ],
    "history.html": [
        (
            {
                "entries": [
                    {"at": DUE, "title": "Expires", "tone": "not"},
                    {"at": SUBMITTED, "title": "Confirmed", "detail": "Lin Yue, by scan", "tone": "done"},
                ]
            },
            ['datetime="2019-03-19T20:47:00+08:00"', "9 Mar 20:47", "Lin Yue, by scan"],
        )
    ],
    "keyset.html": [
        ({"text": "Newest first.", "newer_url": newer, "older_url": older}, said)
        for newer, older, said in (
            ("/?after=3", "/?before=1", ['rel="prev"', 'rel="next"']),
            ("", "/?before=1", ['aria-disabled="true">Newer']),
            ("/?after=3", "", ['aria-disabled="true">Older']),
            ("", "", ["Newest first."]),
        )
    ],
    "language.html": [({"request": REQUEST, "csrf_token": "t0ken"}, ['value="zh-hans" lang="zh-hans"'])],
    "log_out.html": [({"csrf_token": "t0ken"}, ['method="post"', "Log out"])],
    "machine.html": [
        (
            {"title": "Wire transfer", "svg": mark_safe("<svg></svg>"), "sentence": "Awaiting now."},
            ['aria-label="Wire transfer"', "<svg></svg>", "<figcaption>Awaiting now."],
        )
    ],
    "note.html": [
        ({"text": "Takes 9 to 24 hours.", "tone": tone, **more}, said)
        for tone, more, said in (
            ("", {"url": "/rules/", "action": "Rules"}, ["bi-info-circle", "Rules"]),
            ("act", {}, ["bi-clock"]),
            ("fail", {"bold": "Not paid."}, ['role="alert"', "<b>Not paid.</b>"]),
            ("done", {}, ["bi-check-circle"]),
        )
    ],
    "path.html": [
        (
            {"steps": STEPS, "label": "Release path"},
            ['aria-label="Release path"', 'class="now fail" aria-current="step"', "btn-primary"],
        )
    ],
    "photo.html": [
        (
            {"account": {"pk": 7, "photo": "a" * 64, "name": "Paper Kites"}},
            [f'src="/photos/7/{"a" * 64}.png"', 'alt=""', 'width="30"'],
        ),
        ({"account": {"name": "Paper Kites"}, "size": "l", "round": True}, ["photo-l round none", ">P<"]),
        ({"account": {"name": ""}}, [">?<"]),
    ],
    "quota.html": [
        ({"used": 1, "total": 5, "text": "1 of 5 accounts"}, ['<i class="u"></i>', "1 of 5 accounts"]),
        ({"used": 41, "total": 50, "text": "41 of 50"}, ['value="41" max="50"', "quota near"]),
        ({"used": 1, "total": 1, "text": "1 of 1 used today"}, ["quota out"]),
    ],
    "quotas.html": [
        (
            {"rows": [{"label": "Domains", "used": 5, "total": 5, "hint": "next free on 1 May"}]},
            ["5 / 5", 'aria-label="Domains"', "next free on 1 May", "meter out"],
        )
    ],
    "reqs.html": [({"rows": ROWS, "plain": True}, ["reqs plain", "met", "missing", "not yet"])],
    "sample_buttons.html": [
        (
            {
                "samples": {
                    "company": {"label": "Valid company", "valid": True},
                    "short": {"label": "Too short", "valid": False},
                }
            },
            ["sim-btn lamp", 'value="company"', "Broken, each in one way", 'value="short"'],
        )
    ],
    "samples.html": [
        (
            {
                "samples": [
                    {"label": "Valid company", "fields": {"name": 'A "B"'}, "valid": True},
                    {"label": "Too short", "fields": {"code": "9"}},
                ]
            },
            ["sim-btn lamp", 'data-fill="{&quot;name&quot;: &quot;A \\&quot;B\\&quot;&quot;}"'],
        )
    ],
    "scan.html": [
        (SCAN | {"state": state}, said)
        for state, said in (
            (
                "shown",
                ['hx-get="/status/"', "Waiting for the scan", 'data-unit="m:ss">4:12<', 'href="/page/"'],
            ),
            ("scanned", ['hx-get="/status/"', "Scanned by Lin Yue", "Waiting for the answer"]),
            ("confirmed", ["Confirmed on the phone", 'href="/next/"']),
            ("refused", ["Refused on the phone: nothing was changed", 'action="/again/"']),
            ("expired", ["Expired on 12 Mar 14:36: nothing was changed", "Show a new code"]),
        )
    ],
    "scan_left.html": [
        ({"due_at": DUE, "now": NOW, "running": False}, ['data-unit="d">7<', 'data-unit="h">06<']),
        ({"due_at": DUE, "now": DUE - timedelta(seconds=252), "running": True}, ['data-unit="m:ss">4:12<']),
    ],
    "sidemenu.html": [
        (
            {"menu": MENU},
            ['aria-current="page"', "Needs one more", "<small>Needs WeChat Pay</small>", 'class="shut"'],
        )
    ],
    "sim_buttons.html": [({"buttons": [POST, LINK], "csrf_token": "t0ken"}, ['href="/bank/"', "t0ken"])],
    "simbar.html": [
        (
            {"sim": SIM, "request": REQUEST, "csrf_token": "t0ken"},
            [
                'aria-label="Simulator"',
                'name="by" value="PT1H"',
                'name="next" value="/page/?a=1"',
                'value="P1D"',
                "data-running",
                'title="Reminder: 7 days left, 19 Mar 2019, 20:47"',
                'aria-current="page"><i class="bi bi-bank"',
            ],
        ),
        (
            {"sim": SIM | {"world": WORLD | {"running": False}, "next_event": None}},
            ["World clock, frozen:", "simbar-dot frozen", 'aria-disabled="true"'],
        ),
        ({"sim": {"world": None, "active": "worlds"}}, ["none yet", "alone"]),
    ],
    "state_pill.html": [
        ({"label": "State", "tone": tone}, [f'<span class="pill {tone}">State</span>']) for tone in look.TONES
    ],
    "steps.html": [
        (
            {"steps": STEPS, "label": "Registration steps"},
            ['aria-label="Registration steps"', 'class="now" aria-current="step"', ">4</span>", ", done"],
        )
    ],
    "toast.html": [
        ({"text": "Invitation sent.", "tone": "success"}, ['role="status" data-leaves']),
        ({"text": "Not withdrawn.", "tone": "error"}, ['role="alert"', 'aria-label="Close"']),
    ],
    "toasts.html": [
        ({"messages": []}, []),
        (
            {"messages": [SimpleNamespace(level_tag="error", __str__=str)]},
            ['class="toasts"', 'role="alert"'],
        ),
    ],
}
