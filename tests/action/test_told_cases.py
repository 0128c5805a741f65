"""A case from open to done while its receiver is away for an hour: each step is told once, and none too much."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from heartline.action.answer import TAKEN, Answer
from heartline.action.cases import Cases
from heartline.action.notices import Notices
from heartline.playbook.shape import Playbook

from .small_house import AS_OF, SmallHouse

AWAY = Answer(False, "it cannot be reached (connection refused)", everything=True)


def test_each_step_is_told_once(house: SmallHouse, playbook: Playbook) -> None:
    notices, cases = Notices(house), Cases(house, playbook)
    notices.add_webhook("crm", "https://crm.example/")
    notices.add_webhook("leads", "https://leads.example/", teams=("leads",))
    back = datetime.now(UTC) + timedelta(hours=1)
    now = datetime.now(UTC)
    told: dict[str, list[tuple[str, str]]] = {}
    seen: set[str] = set()

    def post(address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if now < back:
            return AWAY
        assert headers["webhook-id"] not in seen
        seen.add(headers["webhook-id"])
        sent = json.loads(body)
        told.setdefault(address, []).append((sent["type"], sent["data"]["case_id"]))
        assert "sorry" not in body.decode(), "what a person wrote stays on the desk"
        return TAKEN

    def clock() -> datetime:
        return now

    def look(minutes: int) -> None:
        nonlocal now
        for _ in range(minutes):
            notices.deliver(clock, post, seed=1)
            now += timedelta(minutes=1)

    first = cases.open_by_hand("c0", "care", "asked for a call back", "Ada", AS_OF + timedelta(days=1))
    look(15)
    second = cases.open_by_hand("c1", "care", "asked for a refund", "Ada", AS_OF + timedelta(days=1))
    look(15)
    cases.act(first.case_id, "Bea", "called back, said sorry")
    cases.close(first.case_id, "Bea", "done", "took it well, sorry again")
    look(15)
    for _ in range(2):
        cases.escalate_due(AS_OF + timedelta(days=2))
    look(40)
    steps = [
        ("case.opened", first.case_id), ("case.opened", second.case_id), ("case.acted", first.case_id),
        ("case.closed", first.case_id), ("case.due", second.case_id), ("case.escalated", second.case_id),
    ]  # fmt: skip
    assert sorted(told["https://crm.example/"]) == sorted(steps)
    assert told["https://leads.example/"] == [("case.escalated", second.case_id)]
    assert notices.log("waiting") == []
    assert notices.dead() == []
