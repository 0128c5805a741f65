"""What was done for a customer as a fact: a contact of kind ``care``, that names case and play and holds no words.

It waits in the inbox like any row that came over HTTP, written in the transaction of the deed, so that neither is there
without the other. The next run shows it in the customer's history; it counts neither as a sign of life nor as felt, and
does not move the day that is looked from.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from heartline.action.house import House
from heartline.records import inbox
from heartline.records.cases import Case

DOOR, SENDER = "row/interaction", "cases"
KIND = TOUCHPOINT = "care"
CHANNEL = "call"
"""Of a contact whose channel nobody told."""


def care_contact(house: House, case: Case, at: datetime, channel: str = "") -> inbox.Arrival:
    """The row of a deed.

    at: when it was done, UTC; channel: how; else that of the contact that triggered the case, else a call. The same
    case gives the same row, so nothing is doubled when it is sent again.
    """
    row = {
        "interaction_id": f"care {case.case_id}",
        "customer_id": _known_as(house, case.customer_id),
        "occurred_at": _utc(at),
        "known_at": _utc(at),
        "channel": channel or _channel(house, case) or CHANNEL,
        "touchpoint": TOUCHPOINT,
        "kind": KIND,
        "direction": "outbound",
        "outcome": "completed",
        "team": case.team,
        "properties": json.dumps({"case_id": case.case_id} | ({"play_id": case.play_id} if case.play_id else {})),
    }
    return inbox.Arrival(None, DOOR, SENDER, _utc(at), None, json.dumps(row).encode())


def _utc(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC).isoformat(timespec="microseconds")


def _channel(house: House, case: Case) -> str:
    if case.interaction_id is None:
        return ""
    asked = "select channel from interaction where interaction_id = $id and customer_id = $customer"
    found = house.customer_query(
        case.customer_id, asked, {"id": case.interaction_id, "customer": case.customer_id}
    ).to_pylist()
    return str(found[0]["channel"]) if found and found[0]["channel"] != "survey" else ""


def _known_as(house: House, customer_id: str) -> str:
    """An id that the sources know the person by: a fact is of a source's customer, and persons are made of these."""
    if house.settings.text("identity") == "given":
        return customer_id
    found = house.query("select min(member_id) as id from member where customer_id = $id", {"id": customer_id})
    known = found.column("id")[0].as_py() if found.num_rows else None
    return str(known or customer_id)
