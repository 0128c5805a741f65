"""Walkers are no customers: whatever is walked and kept, no figure about customers changes by a digit."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pyarrow as pa
import pytest
from tests.company import Company, needed
from tests.engines.compare import run_on
from tests.walks.made import keep, walked

from heartline.analysis.registry import ANALYSES
from heartline.engines.duckdb import DuckDBEngine
from heartline.tables import TABLES
from heartline.tables.walks import WALKS
from heartline.workspace import Workspace

OWN = {of.name for of in WALKS}
ABOUT_CUSTOMERS = ("customer_overview", "period_summary", "touchpoint_period", "touchpoint_visit", "journey_step")


def fact_rows(workspace: Workspace) -> dict[str, pa.Table]:
    """Every fact table, whole, in the order of its keys."""
    found = {}
    for of in TABLES.values():
        if of.kind == "fact":
            found[of.name] = workspace.query(f"select * from {of.name} order by {', '.join(of.key)}")
    return found


@pytest.fixture(scope="module")
def kept(company: Company, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """Facts of a company before and after a browser and three people walked through it, and guessed."""
    folder = tmp_path_factory.mktemp("apart") / "w"
    shutil.copytree(company.workspace, folder)
    with Workspace(folder) as workspace:
        before = fact_rows(workspace)
        moment = workspace.last_moment()
        for week in range(4):
            keep(workspace, walked(clicks=1 + 9 * week), company.as_of - timedelta(weeks=4 - week), f"{week}.0")
        touchpoints = workspace.query("select distinct touchpoint from interaction where touchpoint is not null")
        known = touchpoints.column(0).to_pylist()
        someone = workspace.query("select customer_id from customer order by customer_id limit 3").column(0).to_pylist()
        began = (company.as_of - timedelta(days=2)).isoformat()
        for walker in someone:  # a walker may call themselves whatever they like
            step = {"walk_id": f"w-{walker}", "script": "unbox", "walker": walker, "occurred_at": began}
            workspace.walks.outbox.put(f"w-{walker}", {
                "walk": [{**step, "goal": "see", "kind": "guided", "started_at": began, "ended_at": began,
                          "ended": "goal", "steps": len(known), "role": "decides"}],
                "walk_step": [{**step, "interaction_id": f"{walker}-{place}", "number": place + 1, "what": "look",
                               "touchpoint": name, "channel": "store", "outcome": "done", "felt_valence": -1.0,
                               "note": "I will never buy here again!"} for place, name in enumerate(known)],
            })  # fmt: skip
            workspace.walks.guesses.add(walker, "decides", dict.fromkeys(known, 1.0), company.as_of - timedelta(days=3))
        workspace.walks.settle()
        assert workspace.walks.outbox.waiting() == 0
        assert not workspace.quarantine()
        assert workspace.last_moment() == moment
        return before, fact_rows(workspace)


def test_no_fact_of_a_customer_is_touched(kept):
    before, after = kept
    assert {name for name in before if not before[name].equals(after[name])} == OWN & set(before)
    assert before["interaction"].num_rows > 1000
    assert after["walk"].num_rows == 7


def test_no_analysis_but_that_of_the_gap_asks_for_a_walk():
    assert {one.name for one in ANALYSES if OWN & {*one.reads, *one.writes}} == {"empathy_gap"}


def test_no_figure_of_a_customer_changes_by_a_digit(company, kept):
    chosen = [one for one in needed(*ABOUT_CUSTOMERS, "empathy_gap") if one.name != "text_emotion"]
    made = []
    for facts in kept:
        engine = DuckDBEngine(memory_limit_gb=2, threads=1)  # sums in one order
        made.append(run_on(engine, chosen, company.context, {**facts, "feeling": company.made["feeling"]})[0])
        engine.close()
    without, with_walks = (
        {name: rows.sort_by([(key, "ascending") for key in TABLES[name].key]) for name, rows in one.items()}
        for one in made
    )
    assert set(ABOUT_CUSTOMERS) < set(without)
    assert [name for name in without if not without[name].equals(with_walks[name])] == ["empathy_gap"]
    assert with_walks["empathy_gap"].num_rows > 0
