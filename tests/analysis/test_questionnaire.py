"""Reliability of the company's own scales: by hand, against a planted bond, and from form to figure."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.engines.compare import run_on

from heartline.analysis.base import Context
from heartline.analysis.questionnaire import ANALYSIS, scales, scored
from heartline.sources.exports import recognised
from heartline.survey import items
from heartline.tables import TABLES
from heartline.workspace import Workspace

AS_OF = datetime(2026, 7, 1)
SETTINGS = {"min_base": 20}


def answer(customer: str, item: str, value: float, days: float = 5) -> dict[str, object]:
    of = next(one for one in items() if one.code == item)
    return {
        "response_id": f"{customer}:{item}:{days}", "customer_id": customer, "construct": of.construct,
        "answered_at": AS_OF - timedelta(days=days), "value": value, "scale_min": 1.0, "scale_max": 7.0, "item": item,
    }  # fmt: skip


def company(size: int, loading: float = 0.9, seed: int = 1) -> list[dict[str, object]]:
    """All items answered by a bond and noise."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(size):
        bond = rng.standard_normal()
        for code in scales()["attachment"]:
            felt = loading * bond + np.sqrt(1 - loading**2) * rng.standard_normal()
            rows.append(answer(f"c{number:04d}", code, float(np.clip(np.rint(4 + 1.5 * felt), 1, 7))))
    return rows


def run(engine, rows, customers=()):
    given = {
        "survey_response": pa.Table.from_pylist(rows, TABLES["survey_response"].arrow_schema()),
        "customer": pa.Table.from_pylist(list(customers), TABLES["customer"].arrow_schema()),
    }
    made, rans = run_on(engine, [ANALYSIS], Context(AS_OF, SETTINGS), given)
    engine.forget(ANALYSIS.writes)
    return {row["scale"]: row for row in made["survey_scale"].to_pylist()}, rans["questionnaire"].notes


def test_scales_are_those_of_the_questionnaire():
    found = scales()
    assert set(found) == {"affection", "connection", "passion", "understood", "self_relevance", "attachment",
                          "attachment_short"}  # fmt: skip
    assert (len(found["attachment"]), len(found["attachment_short"])) == (9, 3)


def test_reliability_is_that_of_the_planted_bond(duckdb_engine):
    found, notes = run(duckdb_engine, company(400))
    row = found["attachment"]
    # nine items that correlate by 0.81: 9 r / (1 + 8 r) = 0.975, a little less by rounding to seven steps
    assert row["alpha_low"] < 0.975 < row["alpha_high"] + 0.01
    assert row["omega"] == pytest.approx(row["alpha"], abs=0.005)
    assert (row["customers"], row["complete"], row["missing_share"], row["verdict"]) == (400, 400, 0.0, "usable")
    assert row["score_low"] < 50 < row["score_high"]
    assert found["understood"]["customers"] == 0
    assert found["understood"]["verdict"] == "not_enough_evidence"
    assert found["understood"]["alpha"] is None
    assert "400" in notes[0]


def test_a_scale_of_noise_is_told_to_be_none(duckdb_engine):
    row = run(duckdb_engine, company(300, loading=0.2))[0]["affection"]
    assert row["verdict"] == "too_low"
    assert row["alpha_high"] < 0.7


def test_missing_items_count_from_half_of_them_on(duckdb_engine):
    np.testing.assert_allclose(
        scored(np.array([[80.0, 60, np.nan], [np.nan, np.nan, 10], [np.nan] * 3])), [70, np.nan, np.nan]
    )
    rows = [row for row in company(60) if not (row["customer_id"] < "c0030" and row["item"] == "hl_affection_3")]
    row = run(duckdb_engine, rows)[0]["affection"]
    assert (row["customers"], row["complete"]) == (60, 30)
    assert row["missing_share"] == pytest.approx(30 / 180)
    assert row["score"] is not None


def test_only_the_latest_day_counts_and_too_few_say_nothing(duckdb_engine):
    rows = company(25)
    before = [row | {"value": 7.0, "response_id": f"old{n}", "answered_at": AS_OF - timedelta(days=200)}
              for n, row in enumerate(rows)]  # fmt: skip
    found, _ = run(duckdb_engine, rows)
    again, _ = run(duckdb_engine, rows + before)
    assert again == found
    few, _ = run(duckdb_engine, company(19))
    assert few["attachment"]["alpha"] is None
    assert few["attachment"]["score"] is None
    assert few["attachment"]["verdict"] == "not_enough_evidence"


def test_answers_of_who_objects_to_research_are_left_out(duckdb_engine):
    found, _ = run(duckdb_engine, company(40), [{"customer_id": "c0000", "objections": "research"}])
    assert found["attachment"]["customers"] == 39


def form(size: int, language: str = "es") -> str:
    """What a form tool exports: a column a wording, answers in words or numbers."""
    asked = [one for one in items() if one.construct != "motivator" or one.subject in ("security", "order")]
    head = ["customer_id", "answered_at", *(one.asked(language, "Faro") for one in asked)]
    lines = [",".join(f'"{name}"' for name in head)]
    rng = np.random.default_rng(8)
    for number in range(size):
        bond = rng.uniform(1, 7)
        cells = [f"c{number}", "2026-06-20 10:00:00"]
        for one in asked:
            noisy = int(np.clip(np.rint(bond + 0.7 * rng.standard_normal()), 1, 7))
            cells.append("rápido y amable" if one.construct == "prompt" else
                         "totalmente de acuerdo" if noisy == 7 else str(noisy))  # fmt: skip
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def test_a_form_becomes_connection_motivators_self_relevance_and_reliability(tmp_path: Path):
    (tmp_path / "form.csv").write_text(form(150), encoding="utf-8")
    with Workspace.create(tmp_path / "shop", {"emotion_model": "bulk", "periods": 1}) as workspace:
        export = recognised(tmp_path / "form.csv")
        assert export is not None
        assert export.name == "questionnaire"
        report = workspace.ingest(None, [tmp_path / "form.csv"], export.mapping())
        assert report.reasons == []
        workspace.run(["touchpoints", "text_emotion", "connection", "questionnaire"])
        rows = workspace.query("""
            select c.customer_id, c.connection, c.self_relevance, c.motivators, c.survey_n, c.pathway,
                avg(s.value) filter (where s.construct = 'attachment') as mean
            from connection c join survey_response s on s.customer_id = c.customer_id
            group by all order by c.customer_id""").to_pylist()
        scale = workspace.query("select * from survey_scale where scale = 'attachment'").to_pylist()[0]
    assert len(rows) == 150
    ranks = [np.argsort(np.argsort([row[name] for row in rows])) for name in ("connection", "mean", "self_relevance")]
    assert np.corrcoef(ranks[0], ranks[1])[0, 1] > 0.95
    assert np.corrcoef(ranks[2], ranks[1])[0, 1] > 0.8
    fond = [row for row in rows if row["mean"] > 6]
    assert all(row["motivators"] for row in fond)
    assert {"order", "security"} >= {name for row in rows for name in (row["motivators"] or "").split()}
    assert all(row["survey_n"] == 14 for row in rows)  # nine of attachment, three understood, two motivators
    assert scale["verdict"] == "usable"
    assert scale["customers"] == 150


def test_same_table_on_both_engines(on_both):
    given = {
        "survey_response": pa.Table.from_pylist(company(60), TABLES["survey_response"].arrow_schema()),
        "customer": pa.Table.from_pylist([], TABLES["customer"].arrow_schema()),
    }
    made = on_both([ANALYSIS], Context(AS_OF, SETTINGS), given)
    assert made["survey_scale"].num_rows == len(scales())
