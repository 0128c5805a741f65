from datetime import datetime

from tests.sources.exports.sample import Sample

HEAD = (
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Subject,Tags,Status,Priority,Via,"
    "Ticket type,Created at,Updated at,Solved at,Group,Satisfaction Score,Reopens,Cause [list]"
)
FIRST = (
    "1,101,Ida Holm,7001,c-1,ida@shop.example,The lamp arrived broken,glass lamp,Solved,High,Mail,Problem,"
    "2025-07-01 09:30,2025-07-03 10:00,2025-07-02 12:00,Home,Good with comment,0,transport"
)
REST = """
1,102,Bo Falk,,,Bo@shop.example,"Where is my order, please?",,Open,Normal,Web form,Question,2025-01-10 23:30,2025-01-11 08:00,,Home,Offered,0,
1,103,Una,,,,Thanks,,Closed,Normal,Chat,,2025-01-12 08:00,2025-01-12 08:00,,Web,2,1,
"""

SAMPLE = Sample(
    file="tickets.csv",
    body=f"{HEAD}\n{FIRST}{REST}",
    counts={"interaction": 3, "verbatim": 3, "customer": 2, "identity": 3},
    rows={
        "interaction": {
            "zendesk:101": {
                "customer_id": "zendesk:7001", "occurred_at": datetime(2025, 7, 1, 7, 30), "channel": "email",
                "touchpoint": "support_ticket", "outcome": "completed", "team": "Home", "rating": 1.0,
                "rating_min": 0.0, "rating_max": 1.0,
            },
            "zendesk:102": {"occurred_at": datetime(2025, 1, 10, 22, 30), "channel": "web", "outcome": None,
                            "rating": None, "rating_max": None},
            "zendesk:103": {"customer_id": "zendesk:ticket:103", "channel": "chat", "rating": 2.0, "rating_max": 5.0},
        },
        "verbatim": {"zendesk:101": {"text": "The lamp arrived broken", "speaker": "customer"}},
        "customer": {"zendesk:7001": {"name": "Ida Holm", "email": "ida@shop.example", "traits": None}},
    },
    newer=f"{HEAD}\n{FIRST.replace('Good with comment', 'Bad')}\n",
    replaced=("interaction", "zendesk:101", {"rating": 0.0}),
    broken=f"{HEAD}\n{FIRST.replace('2025-07-01 09:30', '07/01/2025')}{REST}1,104,short\n",
    bad=frozenset({(2, "occurred_at"), (5, "(row)")}),
    mend={"Created at": "2025-07-01 09:30"},
    mended=("interaction", "zendesk:101"),
    lacking=f"{HEAD}\n{FIRST}{REST}".replace("Created at", "Opened"),
    lacks="Created at",
    kept=("interaction", "zendesk:101", "Cause [list]", "transport"),
)  # fmt: skip
