"""`heartline case`, `promise` and `playbook rehearse`: from what a play asks for to what was done."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import CaseError
from heartline.workspace import Workspace

CUSTOMERS = "customer_id,name,objections\na,Ann,\nb,Bo,\nc,Cy,contact\n"
INTERACTIONS = """interaction_id,customer_id,occurred_at,channel,touchpoint,rating,rating_min,rating_max
i1,a,2026-06-01T10:00,web,delivery,1,1,5
i2,b,2026-06-01T11:00,web,delivery,5,1,5
i3,c,2026-06-01T12:00,web,delivery,1,1,5
"""
PLAYBOOK = """
teams:
  - {team: care, name: Care, per_day: 5, escalates_to: leads}
  - {team: leads, name: Leads}
expectations:
  - {promise: call_back, says: We call back within four hours., owner: care, within_hours: 4}
plays:
  - play: repair
    name: It felt bad
    trigger: {contact: {within_days: 3, felt: {at_most: -0.5}}}
    team: care
    says: Call and say sorry.
    helped: {behaviour: stays}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with a playbook and a run; each test copies it."""
    root = tmp_path_factory.mktemp("made")
    with Workspace.create(root / "shop") as workspace:
        for name, text in (("customer", CUSTOMERS), ("interaction", INTERACTIONS)):
            file = root / f"{name}.csv"
            file.write_text(text)
            workspace.ingest(name, [file])
        workspace.run(["text_emotion", "touchpoints", "journeys", "connection", "loyalty", "value", "overview"])
    (root / "shop" / "playbook").mkdir()
    (root / "shop" / "playbook" / "plays.yaml").write_text(PLAYBOOK)
    return root / "shop"


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "shop")
    return tmp_path / "shop"


def said(*words: str) -> str:
    result = CliRunner().invoke(heartline, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_from_a_bad_delivery_to_done(shop: Path) -> None:
    at = ("-w", str(shop))
    report = json.loads(said("case", "open", *at, "--json"))
    assert [one["customer_id"] for one in report["opened"]] == ["a"]
    assert report["plays"][0]["not_opened"] == {"object to being contacted": 1}
    assert "1 had the play opened for the same before; 1 object to being contacted" in said("case", "open", *at)
    assert "felt" in said("case", "list", *at)
    assert "with Bea" in said("case", "take", "1", "--by", "Bea", *at)
    said("case", "note", "1", "no answer", "--by", "Bea", *at)
    assert "waiting" in said("case", "snooze", "1", "--until", "2026-06-03", "--at", "2026-06-02", "--by", "Bea", *at)
    assert "open" in said("case", "wake", "1", "--by", "Bea", *at)
    assert "acted" in said("case", "act", "1", "called", "--by", "Bea", "--channel", "call", *at)
    assert "closed (done)" in said("case", "close", "1", "--by", "Bea", *at)
    shown = json.loads(said("case", "show", "C-000001", *at, "--json"))
    assert [one["verb"] for one in shown["history"]] == [
        "opened", "taken", "noted", "snoozed", "woken", "acted", "closed",
    ]  # fmt: skip
    assert "There is no such case." in said("case", "list", *at)
    assert "called" in said("case", "show", "1", *at)


def test_by_hand_merged_given_away_and_late(shop: Path) -> None:
    at = ("-w", str(shop))
    (shop / "playbook" / "limits.yaml").write_text("limits: {open_cases: 2}\n")
    said("case", "open", *at)
    added = said("case", "add", "a", "asked for help", "--team", "care", "--by", "Ada", "--due", "2026-06-04", *at)
    assert added.startswith("C-000002 of a: open, team care, due 2026-06-04")
    assert said("case", "merge", "2", "1", "--by", "Ada", *at).startswith("C-000001")
    assert "with Bea" in said("case", "reassign", "1", "--to", "Bea", "--by", "Ada", *at)
    assert "now with leads" in said("case", "escalate", "--at", "2026-07-01", *at)
    assert "Nothing is newly late." in said("case", "escalate", "--at", "2026-07-02", *at)
    both = json.loads(said("case", "list", "--customer", "a", *at, "--json"))
    assert {one["case_id"]: one["merged_into"] for one in both} == {"C-000001": None, "C-000002": "C-000001"}


def test_what_nobody_takes_over_is_told_as_late(shop: Path) -> None:
    at = ("-w", str(shop))
    said("case", "add", "a", "asked", "--team", "leads", "--by", "Ada", "--due", "2026-06-04", *at)
    told = said("case", "escalate", "--at", "2026-07-01", *at)
    assert "leads hands on to nobody" in told
    assert "now with" not in told


def test_a_team_that_there_is_not_is_pointed_out(shop: Path) -> None:
    done = CliRunner().invoke(heartline, ["case", "list", "--team", "cara", "-w", str(shop)])
    assert done.stdout == "There is no such case.\n"
    assert "No team cara stands in the playbook; there are care, leads." in done.stderr


def test_promises(shop: Path) -> None:
    at = ("-w", str(shop))
    made = said("promise", "add", "a", "a call", "--by", "Ada", "--expectation", "call_back", *at)
    assert made.startswith("P-000001 to a is open, due ")
    said("promise", "add", "b", "a refund", "--by", "Ada", "--due", "2026-06-04", "--at", "2026-06-02", *at)
    late = json.loads(said("promise", "list", "--overdue", *at, "--json"))
    assert [one["promise_id"] for one in late] == ["P-000002"]
    assert "is broken" in said("promise", "broken", "2", *at)
    assert "is kept" in said("promise", "kept", "1", *at)
    assert "There is no such promise." in said("promise", "list", *at)
    said("promise", "add", "b", "a card", "--by", "Ada", *at)
    assert "is withdrawn" in said("promise", "withdraw", "3", *at)
    assert "a refund" in said("promise", "list", "--customer", "b", *at)


def test_a_rehearsal_writes_nothing(shop: Path) -> None:
    at = ("-w", str(shop), "--from", "2026-06-01", "--to", "2026-06-02")
    found = json.loads(said("playbook", "rehearse", *at, "--json"))
    assert (found["cases"], found["objecting"], found["moments"]) == (1, 1, 2)
    shown = said("playbook", "rehearse", *at)
    assert "1 case for 1 customer." in shown
    assert "repair, for example: felt" in shown
    assert "There is no such case." in said("case", "list", "-w", str(shop))


def test_what_was_decided_follows_the_company_through_the_next_run(shop: Path) -> None:
    said("case", "open", "-w", str(shop))
    with Workspace(shop) as workspace:
        engine = workspace.engine_at(workspace.last_moment())
        try:
            rows = engine.fetch("select case_id, customer_id, status from care_case").to_pylist()
        finally:
            engine.close()
    assert rows == [{"case_id": "C-000001", "customer_id": "a", "status": "open"}]


def test_a_case_follows_a_customer_whom_the_next_run_joins_with_another(tmp_path: Path) -> None:
    older = "customer_id,name,email,first_seen_at\na,Ann Ray,ann@mail.example,2026-01-01\n"
    newer = "customer_id,name,email,first_seen_at\nz,Ann Ray,ann@mail.example,2020-01-01\n"
    with Workspace.create(tmp_path / "shop", {"identity": "keys"}) as workspace:

        def load(name: str, text: str) -> None:
            file = tmp_path / "rows.csv"
            file.write_text(text)
            workspace.ingest(name, [file])
            workspace.run(["value"])

        load("interaction", INTERACTIONS)
        load("customer", older)
        before = workspace.customer_of("a")
        case = workspace.moves.cases.open_by_hand("a", "care", "asked", "Ada")
        assert case.customer_id == before
        load("customer", newer)
        after = workspace.customer_of("a")
        assert after != before
        engine = workspace.engine_at(workspace.last_moment())
        try:
            rows = engine.fetch("select customer_id from care_case").to_pylist()
        finally:
            engine.close()
        assert rows == [{"customer_id": after}]
        cases = workspace.moves.cases
        assert cases.named(case.case_id).customer_id == after
        for known_as in ("a", "z", before, after):
            assert [one.case_id for one in cases.of_customer(known_as)] == [case.case_id]


def test_without_a_playbook_the_next_step_is_told(shop: Path) -> None:
    (shop / "playbook" / "plays.yaml").unlink()
    with pytest.raises(CaseError, match="heartline playbook init"):
        said("case", "open", "-w", str(shop))
