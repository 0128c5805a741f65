"""Conduct per team: planted shares are found, small teams and refusals are not read, and off means off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from tests.analysis.conduct_company import AS_OF, ASKED, SETTINGS, Talks, planted
from tests.engines.compare import OnBoth, run_on

from heartline.analysis.base import Context
from heartline.analysis.conduct import ANALYSIS
from heartline.settings import SETTINGS as ALL

TEAMS = {
    "amber": {"rude": 0.02, "kind": 0.8}, "birch": {"rude": 0.05, "kind": 0.6}, "cedar": {"rude": 0.1, "kind": 0.5},
    "delta": {"rude": 0.1, "kind": 0.5}, "ember": {"rude": 0.5, "kind": 0.1},
}  # fmt: skip


def run(engine: Any, given: Talks | dict[str, pa.Table], **settings: object) -> tuple[dict[str, Any], tuple[str, ...]]:
    tables = given.arrow() if isinstance(given, Talks) else given
    made, rans = run_on(engine, [ANALYSIS], Context(AS_OF, SETTINGS | settings), tables)
    engine.forget(ANALYSIS.writes)
    return {name: rows.to_pylist() for name, rows in made.items()}, rans["conduct"].notes


def whole(made: dict[str, Any]) -> dict[tuple[str, str], Any]:
    longest = max((row["period_end"] - row["period_start"] for row in made["conduct_team"]), default=None)
    return {
        (row["team"], row["measure"]): row
        for row in made["conduct_team"]
        if row["period_end"] - row["period_start"] == longest
    }


def test_off_is_the_default_and_reads_nothing(duckdb_engine):
    assert {one.name: one.default for one in ALL}["conduct"] == "off"
    made, notes = run(duckdb_engine, planted(TEAMS, 30), conduct="off")
    assert not any(made.values())
    assert "off" in notes[0]


def test_planted_shares_are_found_and_the_worst_team_is_called(duckdb_engine):
    made, notes = run(duckdb_engine, planted(TEAMS, 120, gap=0.4))
    rows = whole(made)
    for team, shares in TEAMS.items():
        for measure, share in (("respect", 1 - shares["rude"]), ("empathy", shares["kind"]), ("recognition", 0.5)):
            row = rows[team, measure]
            assert row["n"] == row["customers"] == 120
            assert row["kept_low"] - 0.03 <= share <= row["kept_high"] + 0.03, (team, measure)
    assert (rows["ember", "respect"]["verdict"], rows["ember", "empathy"]["verdict"]) == ("less", "less")
    assert rows["amber", "empathy"]["verdict"] == "more"
    assert {rows[team, "recognition"]["verdict"] for team in TEAMS} == {"none"}  # nothing was planted there
    respect = rows["", "respect"]
    assert respect["felt_gap_low"] > 0.2  # what was planted to follow rudeness
    assert rows["", "recognition"]["felt_gap_low"] < 0 < rows["", "recognition"]["felt_gap_high"]
    assert "5 teams" in notes[0]


def test_an_interval_holds_the_planted_share_as_often_as_it_says(duckdb_engine):
    inside = total = 0
    for seed in range(8):
        rows = whole(run(duckdb_engine, planted({t: {"kind": 0.3} for t in "abcde"}, 40, seed + 1))[0])
        for team in "abcde":
            row = rows[team, "empathy"]
            inside += row["kept_low"] <= 0.3 <= row["kept_high"]
            total += 1
    assert inside / total > 0.75  # 40 intervals of 90 %, of which 30 or fewer would hold by chance once in 200 times


def test_a_small_team_is_not_read_at_all(duckdb_engine):
    talks = planted({"amber": {}, "birch": {}}, 30)
    for number in range(19):
        talks.talk("tiny", f"x{number}", AS_OF - timedelta(days=3), rude=True)
    for number in range(40):  # many conversations of few customers are a small team too
        talks.talk("pair", f"p{number % 2}", AS_OF - timedelta(days=30, hours=number))
    made, _ = run(duckdb_engine, talks)
    for name, rows in made.items():
        assert {row["team"] for row in rows} <= {"amber", "birch", ""}, name
    alone, _ = run(duckdb_engine, planted({"amber": {}, "birch": {}}, 30))
    assert whole(made)["", "respect"]["n"] == whole(alone)["", "respect"]["n"] == 60  # so nobody can subtract


def test_who_refuses_is_left_out_with_what_was_said_to_them(duckdb_engine):
    talks = planted({"amber": {}, "birch": {}}, 30)
    talks.rows["customer"] += [
        {"customer_id": "amber-0", "consent_emotion": False},
        {"customer_id": "amber-1", "objections": "emotion"},
        {"customer_id": "amber-2", "objections": "profiling"},
    ]
    made, _ = run(duckdb_engine, talks)
    assert {"amber-0", "amber-1"}.isdisjoint(row["customer_id"] for row in made["conduct"])
    assert whole(made)["amber", "respect"]["n"] == 28


def test_nothing_is_kept_by_employee_or_by_name(duckdb_engine):
    """Not even where a source tells it: a column of an import that names the agent is not read."""
    talks = planted({"amber": {}}, 25)
    for row in talks.rows["interaction"]:
        row["properties"] = '{"agent": "Dana Example", "agent_id": "4711"}'
    made, _ = run(duckdb_engine, talks)
    assert made["conduct"]
    assert "Dana" not in str(made)
    assert "4711" not in str(made)


def test_a_word_of_a_customer_at_the_end_changes_no_measure(duckdb_engine):
    talks, more = planted(TEAMS, 30), planted(TEAMS, 30)
    for row in list(more.rows["interaction"]):
        if row["direction"] == "outbound":
            later = row["occurred_at"] + timedelta(minutes=30)
            more.say(row["conversation_id"], row["customer_id"], row["team"], later, "customer", "thanks, bye")
    kept = ("conversation_id", "measure", "status", "p", "interaction_id", "span_start", "span_end", "sign")

    def told(given: Talks) -> list[Any]:
        rows = run(duckdb_engine, given)[0]["conduct"]
        return sorted(tuple(str(row[name]) for name in kept) for row in rows)

    assert told(talks) == told(more)


def test_teams_are_compared_where_they_work(duckdb_engine):
    """Complaints call for more: a team that has only those is not called worse than one that has none."""
    talks = planted({"amber": {"kind": 0.9}, "birch": {"kind": 0.2}}, 60)
    at = {row["interaction_id"] for row in talks.rows["interaction"] if row["team"] == "birch"}
    for row in talks.rows["interaction"]:
        if row["interaction_id"] in at:
            row["touchpoint"] = "complaints"
    rows = whole(run(duckdb_engine, talks)[0])
    assert rows["birch", "empathy"]["kept"] < rows["amber", "empathy"]["kept"] - 0.4
    assert rows["birch", "empathy"]["difference"] == pytest.approx(0, abs=1e-6)


def test_promises_are_followed_in_contacts_on_record(duckdb_engine):
    talks = Talks()
    for number in range(40):
        at = AS_OF - timedelta(days=20, minutes=number)
        talks.talk("amber", f"c{number}", at, promises=number < 20, calls=number < 12)
    talks.talk("amber", "late", AS_OF - timedelta(hours=3), promises=True, calls=False)
    made, _ = run(duckdb_engine, talks)
    status = sorted(row["status"] for row in made["promise_heard"])
    assert status == ["broken"] * 8 + ["kept"] * 12 + ["open"]
    of = {row["customer_id"]: row["status"] for row in made["conduct"] if row["measure"] == "promises" and
          not row["conversation_id"].endswith("b")}  # fmt: skip
    assert (of["c0"], of["c15"], of["c30"], of["late"]) == ("kept", "broken", "not_applicable", "not_applicable")
    assert whole(made)["amber", "promises"]["kept"] == pytest.approx(12 / 20)
    assert all(row["due_at"] == row["made_at"] + timedelta(hours=24) for row in made["promise_heard"])


def test_texts_without_a_conversation_belong_together_by_day(duckdb_engine):
    talks = Talks()
    for number in range(20):
        talks.talk("amber", f"c{number}", AS_OF - timedelta(days=5), name=None)
    made, _ = run(duckdb_engine, talks)
    assert len({row["conversation_id"] for row in made["conduct"]}) == 20
    assert whole(made)["amber", "empathy"]["n"] == 20


def test_another_language_is_not_read_and_says_so(duckdb_engine):
    talks = Talks()
    for number in range(25):
        at = AS_OF - timedelta(days=5, minutes=number)
        talks.say(f"t{number}", f"c{number}", "amber", at, "customer", ASKED, valence=-0.7)
        talks.say(f"t{number}", f"c{number}", "amber", at + timedelta(minutes=1), "employee",
                  "Das tut mir sehr leid, wir schicken Ihnen morgen eine neue Lampe.")  # fmt: skip
    row = whole(run(duckdb_engine, talks)[0])["amber", "empathy"]
    assert (row["n"], row["not_read"], row["kept"]) == (0, 25, None)


def test_both_engines_read_alike(on_both: OnBoth):
    talks = planted({"amber": {"rude": 0.1}, "birch": {"rude": 0.3}}, 25, gap=0.2)
    for number in range(25):
        talks.talk("birch", f"q{number}", AS_OF - timedelta(days=9, minutes=7 * number), promises=True,
                   calls=number % 3 > 0, name=None if number % 5 == 0 else "")  # fmt: skip
    talks.rows["customer"].append({"customer_id": "amber-3", "objections": "emotion"})
    made = on_both(ANALYSIS, Context(AS_OF, SETTINGS), talks.arrow())
    assert made["conduct"].num_rows > 300
    assert {"kept", "broken"} <= set(made["promise_heard"]["status"].to_pylist())
