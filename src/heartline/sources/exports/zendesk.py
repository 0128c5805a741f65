"""Zendesk: a view of tickets exported as CSV."""

from __future__ import annotations

from heartline.sources.export import Export, OtherHeader

_WHO = {
    "first_of": [
        {"column": "Requester id", "prefix": "zendesk:"},
        {"column": "Requester email", "prefix": "email:", "hashed": True},
        {"column": "Id", "prefix": "zendesk:ticket:"},
    ]
}
_WORST = {"good": 0, "good with comment": 0, "bad": 0, "bad with comment": 0, **dict.fromkeys("12345", 1)}
_BEST = {"good": 1, "good with comment": 1, "bad": 1, "bad with comment": 1, **dict.fromkeys("12345", 5)}
_RATING = {"good": 1, "good with comment": 1, "bad": 0, "bad with comment": 0, **{n: int(n) for n in "12345"}}

EXPORT = Export(
    name="zendesk",
    title="a Zendesk export",
    about="Each ticket becomes an interaction with words, team and satisfaction score; requesters become customers.",
    fetch="in Zendesk open a view of tickets and choose Actions, Export as CSV",
    signatures=(
        frozenset({"Id", "Requester", "Subject", "Status", "Via", "Created at"}),
        frozenset({"Id", "Status", "Via", "Ticket type", "Created at", "Satisfaction Score"}),
    ),
    options={
        "optional": [
            "Requester",
            "Requester id",
            "Requester external id",
            "Requester email",
            "Subject",
            "Description",
            "Group",
            "Satisfaction Score",
        ],
        "also_named": {"Id": ["ID"], "Requester id": ["Requester ID"], "Satisfaction Score": ["Satisfaction score"]},
    },
    tables=(
        {
            "name": "interaction",
            "columns": {
                "interaction_id": {"column": "Id", "prefix": "zendesk:"},
                "customer_id": _WHO,
                "occurred_at": "Created at",
                "channel": "Via",
                "outcome": "Status",
                "team": "Group",
                "conversation_id": {"column": "Id", "prefix": "zendesk:"},
                "text": {"first_of": ["Description", "Subject"]},
                "rating": "Satisfaction Score",
                "rating_min": "Satisfaction Score",
                "rating_max": "Satisfaction Score",
            },
            "constants": {
                "channel": "web",
                "touchpoint": "support_ticket",
                "stage": "support",
                "kind": "ticket",
                "direction": "inbound",
            },
            "values": {
                "channel": {
                    "mail": "email",
                    "email": "email",
                    "phone call": "call",
                    "phone call (incoming)": "call",
                    "phone call (outgoing)": "call",
                    "phone": "call",
                    "voice": "call",
                    "voicemail": "call",
                    "chat": "chat",
                    "messaging": "chat",
                    "native messaging": "chat",
                    "whatsapp": "chat",
                    "text message": "chat",
                    "sms": "chat",
                    "facebook": "social",
                    "facebook post": "social",
                    "facebook message": "social",
                    "facebook messenger": "social",
                    "twitter": "social",
                    "twitter dm": "social",
                    "twitter direct message": "social",
                    "instagram direct": "social",
                    "mobile sdk": "app",
                    "mobile": "app",
                    "*": "web",
                },
                "outcome": {"solved": "completed", "closed": "completed", "*": ""},
                "rating": {**_RATING, "*": ""},
                "rating_min": {**_WORST, "*": ""},
                "rating_max": {**_BEST, "*": ""},
            },
        },
        {
            "name": "customer",
            "only_when": {"Requester email": "?*"},
            "keep_others": False,
            "columns": {"customer_id": _WHO, "name": "Requester", "email": "Requester email"},
        },
        {
            "name": "identity",
            "only_when": {"Requester external id": "?*"},
            "keep_others": False,
            "columns": {"customer_id": _WHO, "value": "Requester external id"},
            "constants": {"kind": "crm_id"},
        },
    ),
    others=(
        OtherHeader(
            ("Ticket ID",),
            "a report of Zendesk Explore",
            "Explore names its columns as the report's author chose; a view's export has Id, Status, Via, Created at",
        ),
    ),
)
