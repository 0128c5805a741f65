"""Replays the past month by month. Each replay sees only what had happened and was known at its moment.

Texts are not read again: what a text says does not depend on the moment that it is looked at from. Who is one customer
is taken as it is known today, and people's corrections count whenever they were made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from heartline import predictions
from heartline.analysis.base import Analysis, Context, in_order, months_before
from heartline.analysis.outcomes import SEEING_DAYS
from heartline.analysis.registry import ANALYSES
from heartline.backtest.scores import write_scores
from heartline.engines.base import Engine
from heartline.engines.steps import Step
from heartline.errors import AnalysisError
from heartline.facts.lock import one_writer
from heartline.runner import Progress, run_analysis
from heartline.tables import table
from heartline.workspace import Workspace

SAYING = ("touchpoint_visit", "connection", "loyalty", "customer_value", "next_move")
SEEING = ("touchpoint_visit", "connection", "loyalty")
"""Tables that a replay makes to say something, and those that it needs to see what came."""
STEPS = {"month": 1, "quarter": 3}
DONE = "replayed.json"


@dataclass(frozen=True)
class Replayed:
    """What a backtest did: moments replayed now and before, predictions added and scored, lines of backtest_score."""

    moments: Sequence[datetime]
    done_before: int
    added: int
    scored: int
    lines: int


def backtest(
    workspace: Workspace, first: datetime, last: datetime, step: str = "month", progress: Progress | None = None
) -> Replayed:
    """Replay from the first to the last month (their first moments), score what came, and write ``backtest_score``.

    Stopped and started again it goes on with the month where it stopped. AnalysisError before the first run, or where
    nothing is known after ``first``.
    """
    end = workspace.last_moment()
    moments = _moments(first, last, STEPS[step])
    if not moments or moments[0] >= end:
        raise AnalysisError(
            f"nothing happened between {first:%Y-%m} and {last:%Y-%m} that something followed",
            f"months before {end:%Y-%m-%d}, the day after the last fact",
            "name earlier months",
        )
    if not workspace.derived.files("feeling") and workspace.fact_rows("verbatim"):
        raise AnalysisError("texts have not been read yet", "one run before a backtest", "run `heartline run`")
    moments = [one for one in moments if one < end]
    looks = [*((one, True) for one in moments), *((one, False) for one in _after(workspace, moments[-1], end))]
    with one_writer(workspace.root / "derived" / ".writer", "replayed"):
        done = _done(workspace)
        before = added = scored = 0
        for number, (moment, saying) in enumerate(looks):
            if progress:
                progress(f"{moment:%Y-%m-%d}", number, len(looks) + 1)
            key = f"{moment.isoformat()} {'said' if saying else 'seen'}"
            if key in done:
                before += saying
                continue
            new, came = _replay(workspace, moment, saying)
            added, scored = added + new, scored + came
            done = [*done, key]
            _keep_done(workspace, done)
        if progress:
            progress("scores", len(looks), len(looks) + 1)
        lines = write_scores(workspace)
        if progress:
            progress("done", len(looks) + 1, len(looks) + 1)
    return Replayed(moments, before, added, scored, lines)


def _moments(first: datetime, last: datetime, months: int) -> list[datetime]:
    found = [first]
    while (following := months_before(found[-1], -months)) <= last:
        found.append(following)
    return found if first <= last else []


def _after(workspace: Workspace, last: datetime, end: datetime) -> list[datetime]:
    """Later moments at which what was said up to ``last`` can be seen to have come."""
    goal = last + timedelta(days=workspace.settings.whole("risk_horizon_days") + SEEING_DAYS)
    stride = max(1, workspace.settings.whole("periods") - 1)
    found: list[datetime] = []
    at = last
    while at < goal and at < end:
        at = min(months_before(at, -stride), end)
        found.append(at)
    return found


def _replay(workspace: Workspace, moment: datetime, saying: bool) -> tuple[int, int]:
    """Run what is needed as of a moment; gives predictions added and scored."""
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    engine = workspace.engine_at(moment)
    try:
        _show_feelings(engine, workspace)
        for analysis in _chosen(SAYING if saying else SEEING):
            _run(engine, analysis, workspace, moment)
        added = 0
        if saying:
            now = datetime.now(UTC).replace(tzinfo=None)
            added = predictions.add(engine, workspace.kept, SAYING, moment, now, run_id, replayed=True)
        return added, sum(predictions.score(engine, workspace.kept, moment, run_id).values())
    finally:
        engine.close()


def _chosen(wanted: Sequence[str]) -> list[Analysis]:
    return in_order([one for one in ANALYSES if set(one.writes) & set(wanted)])


def _show_feelings(engine: Engine, workspace: Workspace) -> None:
    """What was read of the texts that were known at the moment."""
    engine.register_parquet("feeling_read", workspace.derived.files("feeling"), table("feeling").arrow_schema())
    engine.run(
        [
            Step(
                "feeling",
                "select f.* from feeling_read f join (select distinct interaction_id from verbatim) v"
                " on v.interaction_id = f.interaction_id",
                keep=True,
            )
        ]
    )


def _run(engine: Engine, analysis: Analysis, workspace: Workspace, moment: datetime) -> None:
    """Run one analysis and hold what it wrote in memory under the tables' names, without its inner steps."""
    ran = run_analysis(engine, analysis, Context(moment, workspace.settings.values))
    held = {name: engine.fetch(f"select {', '.join(table(name).names)} from {name}") for name in analysis.writes}
    engine.forget(ran.made[::-1])
    for name, rows in held.items():
        engine.register_arrow(name, rows)


def _done(workspace: Workspace) -> list[str]:
    file = _file(workspace)
    found: list[str] = json.loads(file.read_text("utf-8")) if file.exists() else []
    return found


def _keep_done(workspace: Workspace, done: Sequence[str]) -> None:
    file = _file(workspace)
    file.parent.mkdir(exist_ok=True)
    unfinished = file.with_name(f".{DONE}")
    unfinished.write_text(json.dumps(list(done), indent=1), "utf-8")
    os.replace(unfinished, file)


def _file(workspace: Workspace) -> Path:
    return workspace.kept.root / DONE
