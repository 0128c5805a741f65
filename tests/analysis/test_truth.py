"""Connection and loyalty against the truth of simulated companies, with texts read by the real model.

The seeds here were used for nothing else: no threshold was chosen by looking at them. The suite takes the first;
``HEARTLINE_TRUTH=101,102,103`` takes all three, each to the same bounds.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from scipy.stats import spearmanr

from heartline.analysis import (
    betrayal,
    connection,
    connection_value,
    drivers,
    iceberg,
    loyalty,
    text_emotion,
    touchpoints,
)
from heartline.analysis.base import Context
from heartline.engines.duckdb import DuckDBEngine
from heartline.runner import run_analysis
from heartline.settings import load_settings
from heartline.simulate import simulate
from heartline.stats.ranking import auc, calibration_error, lift, reliability
from heartline.tables import SEGMENTS, TABLES

AS_OF = datetime(2026, 6, 30)
SEEDS = [int(seed) for seed in os.environ.get("HEARTLINE_TRUTH", "101").split(",")]
FACTS = ("customer", "interaction", "survey_response", "referral", "purchase", "spend")


def _shaped(source: pa.Table, name: str) -> pa.Table:
    columns = []
    for field in TABLES[name].arrow_schema():
        if field.name not in source.column_names:
            columns.append(pa.nulls(source.num_rows, field.type))
            continue
        column = source.column(field.name)
        if pa.types.is_timestamp(field.type) and column.type.tz:
            column = column.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
        if field.type == pa.bool_() and pa.types.is_string(column.type):
            column = pc.equal(column, "yes")
        columns.append(column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=TABLES[name].arrow_schema())


def _said(source: pa.Table, identifier: str, moment: str) -> pa.Table:
    spoken = source.filter(pc.is_valid(source["text"]))
    speaker = spoken["speaker"] if "speaker" in spoken.column_names else pa.array(["customer"] * spoken.num_rows)
    renamed = {
        "interaction_id": spoken[identifier], "customer_id": spoken["customer_id"], "occurred_at": spoken[moment],
        "speaker": speaker, "text": spoken["text"],
    }  # fmt: skip
    return _shaped(pa.table(renamed), "verbatim")


@pytest.fixture(scope="module", params=SEEDS)
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """One row per customer: the truth beside what connection and loyalty say of them at the end."""
    seed: int = request.param
    folder = tmp_path_factory.mktemp(f"company{seed}")
    truth = simulate(folder, customers=5000, seed=seed)
    engine = DuckDBEngine(memory_limit_gb=4, threads=2)
    files = {name: pq.read_table(folder / f"{name}.parquet") for name in FACTS}
    for name, table in files.items():
        engine.register_arrow(name, _shaped(table, name))
    verbatim = [
        _said(files["interaction"], "interaction_id", "occurred_at"),
        _said(files["survey_response"], "response_id", "answered_at"),
    ]
    engine.register_arrow("verbatim", pa.concat_tables(verbatim))
    engine.register_arrow("correction", TABLES["correction"].arrow_schema().empty_table())
    # money is not judged here: the ledger has none to add up
    engine.register_arrow("customer_value", TABLES["customer_value"].arrow_schema().empty_table())
    for analysis in (text_emotion, touchpoints, connection, connection_value, drivers, loyalty, betrayal, iceberg):
        run_analysis(engine, analysis.ANALYSIS, Context(AS_OF, load_settings(None, {}).values))
    engine.register_arrow("truth", pq.read_table(folder / "truth_customer.parquet"))
    found = engine.fetch(
        "select t.true_bond, t.true_segment, t.left_at is not null as gone, c.connection, c.connection_low,"
        " c.connection_high, c.evidence_count, c.thin, l.segment, l.p_gone, l.p_leaving, l.p_revenge,"
        " l.p_silent_leaving,"
        " b.p_betrayal, t.betrayed, t.attacking, t.unhappy_92d, t.told_92d, s.customer_id is not null as spoke"
        " from truth t join connection c on c.customer_id = t.customer_id join loyalty l"
        " on l.customer_id = t.customer_id and l.period_end = c.period_end"
        " join betrayal b on b.customer_id = t.customer_id left join (select distinct g.customer_id from truth g join ("
        "select customer_id, occurred_at as moment from interaction"
        " where kind in ('problem', 'complaint', 'cancellation') union all select customer_id, occurred_at"
        " from feeling where concat(' ', signals, ' ') like '% complaint %') m on m.customer_id = g.customer_id"
        " and m.moment >= timezone('UTC', g.left_at) - interval '180' day) s on s.customer_id = t.customer_id"
        f" where c.period_end = timestamp '{AS_OF}'"
    ).to_pylist()
    silent = engine.fetch("select silent from iceberg where cause = 'all' order by period_end").to_pylist()[-1]
    worth = engine.fetch("select * from connection_value where measure = 'value'").to_pylist()
    driven = engine.fetch("select * from driver where outcome = 'connection'").to_pylist()
    engine.close()
    assert len(found) == 5000
    more = {"worth": worth, "value": truth.value, "drivers": {row["touchpoint"]: row for row in driven}}
    return [{**row, **silent, **more} for row in found]


def test_connection_ranks_customers_by_their_true_bond(judged):
    known = [row for row in judged if row["evidence_count"] > 0]
    assert len(known) > 4000
    rank = spearmanr([row["connection"] for row in known], [row["true_bond"] for row in known]).statistic
    everybody = spearmanr([row["connection"] for row in judged], [row["true_bond"] for row in judged]).statistic
    print(f"rank correlation {rank:.3f} with evidence, {everybody:.3f} over all")
    assert rank >= 0.7
    assert everybody >= 0.65


def test_intervals_hold_as_often_as_they_say(judged):
    inside = [row["connection_low"] <= row["true_bond"] <= row["connection_high"] for row in judged]
    print(f"coverage of 90 % intervals {np.mean(inside):.3f}")
    assert 0.85 <= np.mean(inside) <= 0.95


def test_segments_agree_with_the_true_ones(judged):
    matrix = np.zeros((len(SEGMENTS), len(SEGMENTS)))
    for row in judged:
        matrix[SEGMENTS.index(row["true_segment"]), SEGMENTS.index(row["segment"])] += 1
    total = matrix.sum()
    chance = float((matrix.sum(axis=0) * matrix.sum(axis=1)).sum()) / total**2
    kappa = (float(np.trace(matrix)) / total - chance) / (1 - chance)
    print(f"kappa {kappa:.3f}\n{SEGMENTS}\n{matrix.astype(int)}")
    assert kappa >= 0.6


def test_leaving_is_told_apart_from_staying(judged):
    told = [row for row in judged if row["p_leaving"] is not None]
    gone = np.array([row["p_leaving"] for row in told if row["gone"]])
    there = np.array([row["p_leaving"] for row in told if not row["gone"]])
    ranks = float((gone[:, None] > there[None, :]).mean())
    print(f"leavers rank above stayers in {ranks:.3f} of pairs; mean risk {gone.mean():.3f} against {there.mean():.3f}")
    assert ranks >= 0.9


def test_who_has_left_is_as_many_as_said(judged):
    told = [row for row in judged if row["p_gone"] is not None]
    error = calibration_error(reliability([row["p_gone"] for row in told], [row["gone"] for row in told]))
    print(f"p_gone: calibration error {error:.3f}")
    assert error <= 0.03


def test_who_was_betrayed_is_told_apart_and_comes_first(judged):
    p = [row["p_betrayal"] or 0.0 for row in judged]
    for name, said, came in (
        ("betrayed", p, [row["betrayed"] for row in judged]),
        ("attacking", [row["p_revenge"] or 0.0 for row in judged], [row["attacking"] for row in judged]),
    ):
        ranks, top = auc(said, came), lift(said, came, 0.01)
        print(f"{name}: AUC {ranks:.3f}, top 1 % {top:.1f} times the usual share")
        assert ranks >= 0.93
        assert top >= 12
    assert calibration_error(reliability(p, [row["betrayed"] for row in judged])) <= 0.05


def test_silent_leavers_are_told_apart(judged):
    """Silent: no complaint, problem, goodbye or words of complaint in the 180 days before the true departure."""
    silent = [row["gone"] and not row["spoke"] for row in judged]
    ranks = auc([row["p_silent_leaving"] or 0.0 for row in judged], silent)
    print(f"silent leavers: AUC {ranks:.3f}")
    assert ranks >= 0.88


def test_the_silent_are_about_as_many_as_they_are(judged):
    # the interval misses one of the three seeds by 2 %; how often it holds is measured in docs/explanation/iceberg.md
    true = sum(row["unhappy_92d"] and not row["told_92d"] for row in judged)
    print(f"silent {judged[0]['silent']:.0f}, true {true}")
    assert 0.7 <= judged[0]["silent"] / true <= 1.4


def test_the_value_multiple_is_told_where_the_plain_one_misleads(judged):
    value, found = judged[0]["value"], {(row["comparison"], row["kind"]): row for row in judged[0]["worth"]}
    points = value["connected_mean_bond"] - value["satisfied_mean_bond"]
    caused = {"own_rating": value["caused_multiple"], "ten_points": value["caused_multiple"] ** (10 / points)}
    for comparison, true in caused.items():
        raw, adjusted = (found[comparison, kind] for kind in ("raw", "adjusted"))
        told = {kind: [round(row[f"ratio{end}"], 2) for end in ("", "_low", "_high")]
                for kind, row in (("raw", raw), ("adjusted", adjusted))}  # fmt: skip
        print(f"{comparison}: caused {true:.2f}, {told}")
        assert adjusted["ratio_low"] <= true <= adjusted["ratio_high"]
        assert raw["ratio_low"] > true


def test_what_is_only_called_important_is_seen_and_kept(judged):
    # the note takes more customers to be told apart: docs/explanation/drivers.md
    opening, delivery = judged[0]["drivers"]["account_opening"], judged[0]["drivers"]["delivery"]
    print(f"opening {opening['derived']:.3f} ({opening['derived_high']:.3f}), delivery {delivery['derived']:.3f}")
    assert opening["stated"] == max(one["stated"] for one in judged[0]["drivers"].values())
    assert opening["derived"] < 0.02 < 0.15 < delivery["derived"]
    assert opening["class"] in ("overrated", None)
    assert opening["floor"] == "stated"
    assert opening["spend_verdict"] == "over"
    assert delivery["penalty_high"] < 0
