"""The closed loop on companies with known truth: what plays change as measured, against what they truly change.

    python benchmarks/playbook_loop.py --customers 4000 --seeds 101 102 103 --out FILE.json

A company is simulated without a playbook up to some week and loaded; plays open cases and hold some customers out;
people act on all others within the deadline; the company is simulated again, with these deeds, and the later facts are
loaded; after the horizon the measured effects are set against the truth, which is the same people living once more
without any deed (common random numbers). Prints a line a play and seed.
``--starter``: with the playbook that every new house gets.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import structs

from heartline.action.cases import Cases, standing_table
from heartline.action.limits import arm
from heartline.analysis import play_effects, touchpoints
from heartline.analysis.base import Context
from heartline.analysis.registry import ANALYSES
from heartline.engines.duckdb import DuckDBEngine
from heartline.playbook.conditions import CONDITIONS
from heartline.playbook.reading import read
from heartline.playbook.shape import Bound, ContactTrigger, Helped, Limits, Play, Playbook, Team, Trigger
from heartline.playbook.starter import write
from heartline.runner import run_analysis
from heartline.settings import SETTINGS, Settings
from heartline.simulate import Action, simulate
from heartline.tables import BEHAVIOURS, table
from heartline.workspace import Workspace

Row = Mapping[str, Any]
TIMED = {
    "customer": "first_seen_at", "interaction": "occurred_at", "purchase": "occurred_at",
    "survey_response": "answered_at", "referral": "occurred_at",
}  # fmt: skip
FIXED = ("spend", "option", "funnel", "initiative")
MONTHS, END = 18, date(2026, 6, 30)
STAYS = Helped("stays", 182)
LEAST = 20
"""Deeds of a play below which its own truth is not worked out."""
PLAYBOOK = Playbook(
    teams=(Team("care", "Customer care"),),
    limits=Limits(contacts=20, per_days=30, open_cases=1),
    plays=(
        Play(
            "mend", "Mend what went wrong", Trigger(contact=ContactTrigger(within_days=21, felt=Bound(at_most=-0.3))),
            "care", "Ask for pardon and put it right", STAYS, hold_out=0.4, priority=1,
        ),
        Play(
            "rescue", "Call the quiet",
            Trigger(customer={"p_leaving": Bound(at_least=0.12), "p_gone": Bound(at_most=0.4)}),
            "care", "Call and listen", STAYS, hold_out=0.4, priority=2,
        ),
        Play(
            "remind", "One more message", Trigger(customer={"p_leaving": Bound(at_most=0.9)}),
            "care", "Send it", STAYS, hold_out=0.4, priority=3,
        ),
    ),
)  # fmt: skip
DEEDS = {"mend": "apology", "rescue": "rescue_call", "remind": "useless"}


def needed(playbook: Playbook) -> list[str]:
    """Names of the analyses that triggers and outcomes are read from, and of those that these read."""
    asked = {name for play in playbook.plays for name in play.trigger.customer}
    wanted = {"customer_overview", "play_effect", *(CONDITIONS[name].table for name in asked)}
    found: list[str] = []
    for analysis in reversed(ANALYSES):
        if wanted & set(analysis.writes):
            wanted |= set(analysis.reads)
            found.append(analysis.name)
    return found


@dataclass
class World:
    """One company in two worlds, and the workspace that sees one of them as time goes by."""

    folder: Path
    customers: int
    seed: int
    workspace: Workspace
    actions: list[Action]
    loaded_until: datetime
    texts: bool

    @property
    def start(self) -> datetime:
        """First simulated moment."""
        return datetime(END.year, END.month, END.day) - timedelta(days=7 * round(MONTHS * 30.4375 / 7))

    def at(self, week: int) -> datetime:
        """Start of a week."""
        return self.start + timedelta(days=7 * week)

    def live(self, name: str, actions: Sequence[Action]) -> Path:
        """Live all weeks with these deeds."""
        folder = self.folder / name
        simulate(folder, self.customers, self.seed, MONTHS, self.texts, END, actions=tuple(actions))
        return folder

    def load(self, world: Path, until: datetime) -> None:
        """Load what happened since the last load."""
        first = self.loaded_until == datetime.min
        if first:
            for name in FIXED:
                self.workspace.ingest(name, [world / f"{name}.parquet"])
        for name, when in TIMED.items():
            rows = pq.read_table(world / f"{name}.parquet")
            moment = rows.column(when).cast(pa.timestamp("us"))
            new = pc.less(moment, pa.scalar(until, pa.timestamp("us")))
            if not first:
                seen = pc.less(moment, pa.scalar(self.loaded_until, pa.timestamp("us")))
                new = pc.and_(new, pc.invert(seen))
            part = self.folder / f"{name}.parquet"
            pq.write_table(rows.filter(new), part)
            self.workspace.ingest(name, [part])
        self.loaded_until = until


def loop(
    folder: Path,
    customers: int,
    seed: int,
    weeks: Sequence[int],
    playbook: Playbook,
    deeds: Mapping[str, str],
    texts: bool,
) -> dict[str, Any]:
    """Everything, for one seed: effects as measured and as true, by play and outcome, and who was saved."""
    end = datetime(END.year, END.month, END.day)
    with Workspace.create(folder / "workspace", {"emotion_model": "bulk"}) as workspace:
        world = World(folder, customers, seed, workspace, [], datetime.min, texts)
        lived = world.live("without", [])
        for number, week in enumerate(weeks):
            world.load(lived, world.at(week))
            workspace.run(needed(playbook), as_of=world.at(week))
            cases = Cases(workspace, playbook)
            for case in cases.open_due(world.at(week), now=world.at(week)).opened:
                play, done = case.play_id or "", case.opened_at + timedelta(hours=5)
                cases.act(case.case_id, "Care", deeds.get(play, "apology"), at=done)
                cases.close(case.case_id, "Care", "done", at=done)
                world.actions.append(Action(case.customer_id, week, deeds.get(play, "apology"), play))
            lived = world.live(f"with{number}", world.actions)
        world.load(lived, end)
        workspace.run(needed(playbook), as_of=end)
        measured = workspace.query("select * from play_effect").to_pylist()
        opened = standing_table(workspace.records)
    world.texts = False  # words move nobody; what is true is the same without them
    whole = Lived.of(world.live("whole", world.actions), opened, end)
    nothing = left_at(world.live("nothing", []) / "truth_customer.parquet")
    truth = {}
    times = Counter(one.play for one in world.actions)
    for play in sorted(name for name, count in times.items() if count >= LEAST):
        rest = [one for one in world.actions if one.play != play]
        truth[play] = true_effect(play, whole, Lived.of(world.live("rest", rest), opened, end))
    return {
        "seed": seed, "customers": customers, "measured": measured, "truth": truth,
        "left": {"without": len(nothing), "with": len(whole.left)},
        "saved": len(nothing.keys() - whole.left.keys()), "driven_away": len(whole.left.keys() - nothing.keys()),
    }  # fmt: skip


@dataclass
class Lived:
    """What the customers of all cases did in one world and what plays did, as the product sees it; who left when."""

    outcome: dict[str, Row]
    effect: dict[str, Row]
    left: dict[str, datetime]

    @classmethod
    def of(cls, folder: Path, opened: pa.Table, end: datetime) -> Lived:
        """Read from the files of a world without words."""
        engine = DuckDBEngine(memory_limit_gb=2, threads=2)
        for name in {name for analysis in (touchpoints, play_effects) for name in analysis.ANALYSIS.reads}:
            rows = table(name).arrow_schema().empty_table()
            if name in TIMED and name != "customer":
                given = pq.read_table(folder / f"{name}.parquet")
                known = [name for name in given.column_names if name != "converted"]
                columns = [
                    given.column(each.name).cast(each.type)
                    if each.name in known
                    else pa.nulls(given.num_rows, each.type)
                    for each in rows.schema
                ]
                rows = pa.table(columns, schema=rows.schema)
            engine.register_arrow(name, opened if name == "care_case" else rows)
        context = Context(end, Settings({one.name: one.default for one in SETTINGS}).values)
        run_analysis(engine, touchpoints.ANALYSIS, context)
        run_analysis(engine, play_effects.ANALYSIS, context)
        found = engine.fetch("select * from case_outcome where complete and play_id is not null").to_pylist()
        effects = engine.fetch("select * from play_effect where proof").to_pylist()
        engine.close()
        gone = left_at(folder / "truth_customer.parquet")
        return cls({row["case_id"]: row for row in found}, {row["play_id"]: row for row in effects}, gone)


def true_effect(play: str, whole: Lived, rest: Lived) -> dict[str, float]:
    """What a play truly did, over the first case of each customer that was acted for: how much more often they did it
    than in the world where this play alone is left out. ``is_there``: has not left by the end of the horizon, which no
    company sees; ``saved`` and ``driven_away``: who would have left by the end of all and did not, and the reverse."""
    first: dict[str, Row] = {}
    for row in sorted(whole.outcome.values(), key=lambda one: (one["began_at"], one["case_id"])):
        if row["play_id"] == play:
            first.setdefault(row["customer_id"], row)
    rows = [row for row in first.values() if row["arm"] == "act"]
    told: dict[str, float] = {"cases": len(rows)}
    for name in BEHAVIOURS:
        column = "felt_change" if name == "felt_better" else name
        pairs = [(row[column], rest.outcome[row["case_id"]][column]) for row in rows]
        known = [float(one) - float(two) for one, two in pairs if one is not None and two is not None]
        told[name] = float(np.mean(known)) if known else float("nan")
    ends = [(whole.left.get(row["customer_id"]), rest.left.get(row["customer_id"]), row["ends_at"]) for row in rows]
    there = [float(one is None or one >= end) - float(two is None or two >= end) for one, two, end in ends]
    told["is_there"] = float(np.mean(there)) if there else float("nan")
    told["saved"] = len(rest.left.keys() - whole.left.keys())
    told["driven_away"] = len(whole.left.keys() - rest.left.keys())
    return told


def one_opening(
    folder: Path, customers: int, seed: int, months: int = 12, week: int = 24
) -> tuple[Lived, Lived, list[dict[str, Any]]]:
    """The quick loop, without a workspace: who had a contact fail within 60 days is asked for pardon, whoever else was
    seen gets a message that does nothing. The world with these deeds, the one without, and the cases."""
    without, end = folder / "without", datetime(END.year, END.month, END.day)
    simulate(without, customers, seed, months, False, END, actions=())
    opened = end - timedelta(days=7 * (round(months * 30.4375 / 7) - week))
    lately: dict[str, bool] = {}
    for row in pq.read_table(
        without / "interaction.parquet", columns=["customer_id", "occurred_at", "outcome"]
    ).to_pylist():
        if timedelta(0) < opened - row["occurred_at"].replace(tzinfo=None) < timedelta(days=60):
            lately[row["customer_id"]] = lately.get(row["customer_id"], False) or row["outcome"] == "failed"
    plays = {play.play: play for play in PLAYBOOK.plays}
    cases, actions = [], []
    for who, failed in sorted(lately.items()):
        play = plays["mend" if failed else "remind"]
        drawn = arm(play, who)
        acts = drawn == "act"
        cases.append({
            "case_id": f"{play.play} {who}", "customer_id": who, "play_id": play.play, "arm": drawn,
            "reasons": "failed", "team": "care", "priority": 1, "status": "acted" if acts else "held_out",
            "as_of": opened, "opened_at": opened, "opened_by": "play", "helped_by": "stays",
            "horizon_days": STAYS.horizon_days, "acted_at": opened + timedelta(hours=5) if acts else None,
        })  # fmt: skip
        if acts:
            actions.append(Action(who, week, DEEDS[play.play], play.play))
    standing = pa.Table.from_pylist(cases, table("care_case").arrow_schema())
    simulate(folder / "with", customers, seed, months, False, END, actions=actions)
    return Lived.of(folder / "with", standing, end), Lived.of(without, standing, end), cases


def quick(folder: Path, customers: int, seed: int) -> dict[str, Any]:
    """As ``loop``, for the quick loop."""
    lived, without, _ = one_opening(folder, customers, seed)
    return {
        "seed": seed, "measured": list(lived.effect.values()),
        "truth": {play: true_effect(play, lived, without) for play in ("mend", "remind")},
        "left": {"without": len(without.left), "with": len(lived.left)},
        "saved": len(without.left.keys() - lived.left.keys()),
        "driven_away": len(lived.left.keys() - without.left.keys()),
    }  # fmt: skip


def left_at(file: Path) -> dict[str, datetime]:
    """When each customer who left did."""
    rows = pq.read_table(file, columns=["customer_id", "left_at"])
    moments = rows.column("left_at").cast(pa.timestamp("us")).to_pylist()
    return {who: moment for who, moment in zip(rows.column("customer_id").to_pylist(), moments, strict=True) if moment}


def lines(found: Mapping[str, Any]) -> list[str]:
    """A line a play: measured on what it names as its proof, true, and customers saved."""
    told = []
    for row in found["measured"]:
        if not row["proof"]:
            continue
        truth = found["truth"].get(row["play_id"], {})
        effect = "none" if row["effect"] is None else f"{row['effect']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"
        told.append(
            f"{found['seed']} {row['play_id']}, {row['outcome']}: {row['acted']} acted, {row['others']} others,"
            f" {row['method']}, {effect}, {row['verdict']}; truth {truth.get(row['outcome'], float('nan')):+.3f},"
            f" there {truth.get('is_there', float('nan')):+.3f}; saved {truth.get('saved', 0)}"
        )
    return told


def starter() -> tuple[Playbook, dict[str, str]]:
    """The playbook that every house begins with, one more play that does nothing, and what is done in each."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        playbook = read(Path(folder))
    if playbook is None:
        raise SystemExit("the starter holds no playbook")
    remind = next(play for play in PLAYBOOK.plays if play.play == "remind")
    useless = structs.replace(remind, team=playbook.teams[0].team, again_after_days=365)
    deeds = {"silent_leaver": "rescue_call", "valuable_at_risk": "rescue_call", "remind": "useless"}
    deeds |= {play.play: "thanks" for play in playbook.plays if play.kind == "advocate"}
    return structs.replace(playbook, plays=(*playbook.plays, useless)), deeds


def main() -> int:
    """Read the command line, loop, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=4000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--weeks", type=int, nargs="+", default=[36, 39, 42, 45])
    parser.add_argument(
        "--quick", action="store_true", help="one opening of two plays, without a workspace: many seeds"
    )
    parser.add_argument("--no-texts", action="store_true", help="feelings are read from ratings alone")
    parser.add_argument("--starter", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    every = []
    for seed in given.seeds:
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            playbook, deeds = starter() if given.starter else (PLAYBOOK, DEEDS)
            if given.quick:
                found = quick(Path(folder), given.customers, seed)
            else:
                found = loop(Path(folder), given.customers, seed, given.weeks, playbook, deeds, not given.no_texts)
        every.append(found)
        for line in lines(found):
            sys.stdout.write(f"{line}\n")
        sys.stdout.write(
            f"{seed}: left {found['left']['without']} without, {found['left']['with']} with;"
            f" {found['saved']} saved, {found['driven_away']} driven away; {time.perf_counter() - began:.0f} s\n"
        )
        sys.stdout.flush()
    if given.out:
        given.out.write_text(json.dumps(every, indent=1, default=str) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
