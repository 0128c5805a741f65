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
from heartline.analysis.iceberg_leaving_fit import usual_cause
from heartline.engines.duckdb import DuckDBEngine
from heartline.settings import load_settings
from heartline.simulate import simulate
from heartline.simulate.truth import TOLD_KINDS, UNHAPPY_VALENCE
from heartline.tables import TABLES

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


def left_and_stayed() -> dict[str, list[dict[str, Any]]]:
    """400 seen in May, 100 of them never again; 40 of these and 30 of the others met bad service."""
    given: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("interaction", "touchpoint_visit", "feeling", "loyalty")
    }
    for at in range(400):
        name, left = f"c{at:03d}", at < 100
        for month, day in ((5, 12),) if left else ((5, 12), (6, 20)):
            given["interaction"].append(
                {"interaction_id": f"i{at}-{month}", "customer_id": name, "occurred_at": datetime(2026, month, day),
                 "channel": "web", "touchpoint": "shop", "kind": "visit"}
            )  # fmt: skip
        visit, word = wrong(name, datetime(2026, 5, 2), at, "service")
        if at < 40 or 100 <= at < 130:
            given["feeling"].append(word)
        else:
            visit |= {"felt_valence": 0.6, "felt_from": "rating"}
        given["touchpoint_visit"].append(visit)
        given["loyalty"].append(
            {"customer_id": name, "period_end": AS_OF, "segment": "defector" if left else "content"}
        )
    return given


def causes(given: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    tables = {name: pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema()) for name, rows in given.items()}
    return {row["cause"]: row for row in run(tables)[0]["leaving_cause"]}


def test_leaving_goes_with_what_leavers_met_more_often_than_stayers() -> None:
    """40 of 70 who met bad service left and 60 of 330 others: 0.4 · (1 - (60 / 330) / (40 / 70)) = 0.273 of leaving."""
    found = causes(left_and_stayed())
    known = 70 / 72  # two texts' worth of not knowing is mixed in
    assert found["service"]["share"] == pytest.approx(0.273 * known, abs=0.01)
    assert found["service"]["met"] == pytest.approx(0.4 * known)
    assert found["service"]["met_stayers"] == pytest.approx(0.1 * known)
    assert found["any"]["share"] == pytest.approx(found["service"]["share"])
    assert found["not_known"]["share"] == pytest.approx(1 - found["any"]["share"])
    assert found["service"]["share_low"] < found["service"]["share"] < found["service"]["share_high"]
    assert (found["service"]["leavers"], found["service"]["compared"]) == (100, 100)
    assert found["product"]["share"] is None  # nobody met it
    assert found["product"]["status"] == "not_enough_evidence"
    assert found["service"]["silent"] == 0.0  # their harsh words told it


def test_leaving_is_counted_as_far_as_silence_makes_it_probable() -> None:
    given = left_and_stayed()
    for row in given["loyalty"]:
        row |= {"p_gone": 0.5 if row["segment"] == "defector" else 0.0, "segment": "indifferent"}
    found = causes(given)
    # of a hundred who fell silent half have left, and more of those who were hurt
    assert found["any"]["leavers"] == pytest.approx(50, abs=6)
    assert found["any"]["met"] > 0.41


def test_who_writes_and_rates_badly_has_told_however_the_words_are_read() -> None:
    given = left_and_stayed()
    for row in given["touchpoint_visit"]:
        number = int(row["interaction_id"][1:])
        given["interaction"].append(
            {"interaction_id": row["interaction_id"], "customer_id": row["customer_id"], "channel": "web",
             "occurred_at": row["occurred_at"], "touchpoint": "shop", "kind": "visit", "rating_min": 1.0,
             "rating_max": 5.0, "rating": 1.0 if number < 40 else 4.0}
        )  # fmt: skip
        if row["felt_from"] == "words":
            row["felt_valence"] = 0.1  # the model reads them mildly
    tables = {name: pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema()) for name, rows in given.items()}
    made, _ = run(tables)
    assert last(made["iceberg"])["told"] == 40


def test_words_of_goodbye_are_no_reason_for_it() -> None:
    given = left_and_stayed()
    for number, row in enumerate(given["touchpoint_visit"]):
        if number < 40:
            given["interaction"].append(
                {"interaction_id": row["interaction_id"], "customer_id": row["customer_id"], "channel": "email",
                 "occurred_at": row["occurred_at"], "touchpoint": "shop", "kind": "cancellation"}
            )  # fmt: skip
    found = causes(given)
    assert found["any"]["met"] == 0.0
    assert found["service"]["share"] is None


def test_what_fails_is_usually_about_what_its_place_is_for() -> None:
    assert usual_cause("discount_code", "purchase") == "price"
    assert usual_cause("parcel", "delivery") == "process"
    assert usual_cause("codex", "use") == "product"
    assert usual_cause("lounge", None) is None


def test_both_engines_tell_the_same_of_leaving(on_both: Any) -> None:
    given = left_and_stayed()
    tables = {name: pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema()) for name, rows in given.items()}
    made = on_both(iceberg.ANALYSIS, Context(AS_OF, load_settings(None, {}).values), tables)
    assert made["leaving_cause"].num_rows == 7
