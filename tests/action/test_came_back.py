"""What people did in a case stands among the facts: once, on the clock of the facts, and without their words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from heartline.action.came_back import care_contact
from heartline.action.cases import Cases
from heartline.playbook.shape import Playbook
from heartline.records import inbox
from heartline.settings import Settings
from heartline.tables import table
from heartline.workspace import Workspace

from .small_house import AS_OF, SmallHouse


def test_acting_puts_a_row_into_the_inbox_and_nothing_else_does(house: SmallHouse, playbook: Playbook) -> None:
    cases = Cases(house, playbook)
    case = cases.open_by_hand("c0", "care", ["asked for a call back"], "Ada")
    cases.note(case.case_id, "Ada", "secret words of the note")
    assert inbox.count(house.records) == 0
    cases.act(case.case_id, "Bea", "secret words of the deed", AS_OF + timedelta(hours=2))
    cases.close(case.case_id, "Bea", "done", "secret words of the end")
    (waits,) = inbox.waiting(house.records, 10, 10**6)
    row = json.loads(waits.arrival.body)
    assert waits.arrival.door == "row/interaction"
    assert (row["customer_id"], row["kind"], row["direction"]) == ("c0", "care", "outbound")
    assert "secret" not in waits.arrival.body.decode()
    assert "Bea" not in waits.arrival.body.decode(), "no employee stands in a fact"
    assert care_contact(house, case, AS_OF, "email").body != waits.arrival.body
    assert json.loads(care_contact(house, case, AS_OF, "email").body)["channel"] == "email"


def test_it_is_in_the_history_once_and_does_not_move_the_clock(tmp_path: Path) -> None:
    rows = [{"interaction_id": "i1", "customer_id": "ann", "occurred_at": datetime(2026, 5, 1), "channel": "chat",
             "touchpoint": "support", "direction": "inbound"}]  # fmt: skip
    given = pa.Table.from_pylist(rows, table("interaction").arrow_schema())
    pq.write_table(given, tmp_path / "rows.parquet")
    with Workspace.create(tmp_path / "workspace") as workspace:
        workspace.ingest("interaction", [tmp_path / "rows.parquet"])
        before = workspace.last_moment()
        cases = Cases(workspace, None)
        case = cases.open_by_hand("ann", "care", ["she waits"], "Ada", at=datetime(2026, 5, 2))
        cases.act(case.case_id, "Ada", "called", datetime(2026, 5, 3))
        with workspace.records.writing() as connection:
            inbox.add(connection, [care_contact(workspace, case, datetime(2026, 5, 3))])
        workspace.empty_inbox()
        told = "select interaction_id, occurred_at, kind, touchpoint, properties from interaction order by occurred_at"
        found = workspace.query(told).to_pylist()
        assert [row["kind"] for row in found] == [None, "care"]
        assert found[1]["occurred_at"] == datetime(2026, 5, 3)
        assert json.loads(found[1]["properties"])["case_id"] == case.case_id
        assert workspace.last_moment() == before


def test_a_person_of_several_members_is_named_by_one_of_them(house: SmallHouse) -> None:
    """Facts are of customers as the sources know them; which of them are one person is found out anew in each run."""
    members = [{"customer_id": "person", "member_id": name, "own_id": name} for name in ("shop 7", "desk 3")]
    house.put("member", pa.Table.from_pylist(members, table("member").arrow_schema()))
    case = replace(Cases(house, None).open_by_hand("c0", "care", ["asked"], "Ada"), customer_id="person")
    house.settings = Settings(dict(house.settings.values) | {"identity": "keys"})
    assert json.loads(care_contact(house, case, AS_OF).body)["customer_id"] == "desk 3"
