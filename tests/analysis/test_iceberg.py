"""Iceberg: the silent and the causes of leaving against known truth, and what must not change them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.analysis.test_truth import _shaped
from tests.engines.compare import run_on

from heartline.analysis import iceberg, touchpoints
from heartline.analysis.base import Context
from heartline.engines.duckdb import DuckDBEngine
from heartline.settings import load_settings
from heartline.simulate import simulate
from heartline.simulate.truth import TOLD_KINDS, UNHAPPY_VALENCE
from heartline.tables import TABLES

pytestmark = pytest.mark.xdist_group("iceberg")  # one simulation serves all tests of this file

AS_OF = datetime(2026, 6, 30)
START = datetime(2026, 3, 30)
FACTS = ("customer", "interaction", "survey_response", "referral", "purchase")
Given = dict[str, pa.Table]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Given]:
    """2,000 customers without words; who has left is told by the truth."""
    folder = tmp_path_factory.mktemp("iceberg")
    simulate(folder, customers=2000, seed=2, texts=False)
    given = {name: _shaped(pq.read_table(folder / f"{name}.parquet"), name) for name in FACTS}
    truth = pq.read_table(folder / "truth_customer.parquet")
    segments = pc.if_else(pc.is_valid(truth["left_at"]), "defector", "content")
    loyalty = pa.table(
        {"customer_id": truth["customer_id"], "segment": segments,
         "period_end": pa.array([AS_OF] * truth.num_rows, pa.timestamp("us"))}
    )  # fmt: skip
    given["loyalty"] = _shaped(loyalty, "loyalty")
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    made, _ = run_on(engine, [touchpoints.ANALYSIS], Context(AS_OF, load_settings(None, {}).values), given)
    engine.close()
    return folder, {**given, "touchpoint_visit": made["touchpoint_visit"]}


def run(given: Given, **settings: Any) -> tuple[dict[str, list[dict[str, Any]]], Any]:
    engine = DuckDBEngine(memory_limit_gb=2, threads=2)
    context = Context(AS_OF, {**load_settings(None, {}).values, **settings})
    made, rans = run_on(engine, [iceberg.ANALYSIS], context, given)
    engine.close()
    return {name: made[name].to_pylist() for name in iceberg.ANALYSIS.writes}, rans["iceberg"]


def last(rows: list[dict[str, Any]], cause: str = "all") -> dict[str, Any]:
    return next(row for row in rows if row["period_end"] == AS_OF and row["cause"] == cause)


def true_silent(folder: Path, given: Given) -> int:
    felt = {
        row["interaction_id"]: row["felt_valence"]
        for row in pq.read_table(folder / "truth_interaction.parquet").to_pylist()
    }
    unhappy, told = set(), set()
    for row in given["interaction"].to_pylist():
        if row["occurred_at"] >= START and row["kind"] != "click":
            if row["kind"] in TOLD_KINDS:
                told.add(row["customer_id"])
            if felt[row["interaction_id"]] <= UNHAPPY_VALENCE and row["touchpoint"] != "community":
                unhappy.add(row["customer_id"])
    return len(unhappy - told)


def test_interval_holds_the_true_number_of_silent_customers(company: tuple[Path, Given]) -> None:
    folder, given = company
    made, ran = run(given)
    row = last(made["iceberg"])
    assert row["silent_low"] <= true_silent(folder, given) <= row["silent_high"]
    assert row["silent_low"] < row["silent"] < row["silent_high"]
    assert row["per_teller_low"] < row["silent"] / row["told"] < row["per_teller_high"]
    assert (row["basis"], row["status"]) == ("asked", "estimated")
    assert 0.1 < row["coverage"] < 0.3
    assert any("assumes" in note for note in ran.notes)
    assert len({each["period_end"] for each in made["iceberg"]}) == 4


def test_causes_add_up_to_all(company: tuple[Path, Given]) -> None:
    made, _ = run(company[1])
    causes = [row for row in made["iceberg"] if row["period_end"] == AS_OF and row["cause"] != "all"]
    assert sum(row["silent"] for row in causes) == pytest.approx(last(made["iceberg"])["silent"])
    assert sum(row["told"] for row in causes) == last(made["iceberg"])["told"]
    # no word was read, so nothing says what a contact was about
    assert [row["cause"] for row in causes] == ["not_known"]


def test_without_questions_ratings_are_used_and_it_is_said(company: tuple[Path, Given]) -> None:
    given = company[1]
    made, ran = run({**given, "survey_response": given["survey_response"].slice(0, 0)})
    assert last(made["iceberg"])["basis"] == "rated"
    assert any("chose to give" in note for note in ran.notes)
    assert any("agree by" in note for note in ran.notes)


def test_too_few_heard_is_not_enough_evidence(company: tuple[Path, Given]) -> None:
    made, _ = run(company[1], min_base=100_000)
    assert {row["status"] for row in made["iceberg"]} == {"not_enough_evidence"}
    assert all(row["silent"] is None and row["per_teller"] is None for row in made["iceberg"])
    assert all(row["share"] is None for row in made["leaving_cause"])


def test_who_objects_to_profiling_is_not_counted(company: tuple[Path, Given]) -> None:
    given = company[1]
    people = given["customer"]
    objects = pa.array(["profiling" if number % 2 else None for number in range(people.num_rows)], pa.string())
    place = people.schema.get_field_index("objections")
    made, _ = run({**given, "customer": people.set_column(place, "objections", objects)})
    whole, _ = run(given)
    assert last(made["iceberg"])["customers"] == pytest.approx(last(whole["iceberg"])["customers"] / 2, rel=0.1)


def wrong(name: str, at: datetime, number: int, cause: str) -> tuple[dict[str, Any], dict[str, Any]]:
    visit = {
        "interaction_id": f"w{number}", "customer_id": name, "occurred_at": at, "channel": "web", "touchpoint": "shop",
        "felt_valence": -0.7, "felt_from": "words",
    }  # fmt: skip
    word = {
        "interaction_id": f"w{number}", "customer_id": name, "occurred_at": at, "valence": -0.7, "status": "scored",
        "about": cause, "model_version": "test",
    }  # fmt: skip
    return visit, word


def test_leaving_goes_with_what_leavers_met_more_often_than_stayers() -> None:
    """Of 100 leavers 40 met bad service, of 300 stayers 30: so 30 in 100 of leaving go with it."""
    names = ("interaction", "touchpoint_visit", "feeling", "loyalty")
    given: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    number = 0
    for at in range(400):
        name, left = f"c{at:03d}", at < 100
        seen = (12,) if left else (12, 30)
        for month, day in ((5, seen[0]), *(((6, 20),) if not left else ())):
            number += 1
            given["interaction"].append(
                {"interaction_id": f"i{number}", "customer_id": name, "occurred_at": datetime(2026, month, day),
                 "channel": "web", "touchpoint": "shop", "kind": "visit"}
            )  # fmt: skip
        if (left and at < 40) or (not left and at < 130):
            visit, word = wrong(name, datetime(2026, 5, 2), at, "service")
            given["touchpoint_visit"].append(visit)
            given["feeling"].append(word)
        given["loyalty"].append(
            {"customer_id": name, "period_end": AS_OF, "segment": "defector" if left else "content"}
        )
    tables = {name: pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema()) for name, rows in given.items()}
    made, _ = run(tables)
    found = {row["cause"]: row for row in made["leaving_cause"]}
    assert found["service"]["share"] == pytest.approx(0.3, abs=1e-9)
    assert found["service"]["met"] == pytest.approx(0.4)
    assert found["service"]["met_stayers"] == pytest.approx(0.1)
    assert found["not_known"]["share"] == pytest.approx(0.7)
    assert found["service"]["share_low"] < 0.3 < found["service"]["share_high"]
    assert found["product"]["share"] is None  # nobody met it
    assert found["service"]["silent"] == 0.0  # their harsh words told it
