"""Predictions are kept: what every run says of whom is added once, never said over, and scored when the truth arrives.

What came is counted by the same words that predictions are fitted by (heartline.analysis.outcomes). See
docs/decisions/predictions-are-kept.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from heartline import __version__
from heartline.analysis.life import SILENCE_DAYS
from heartline.analysis.outcomes import MOST_MONEY, SEEING_DAYS, events, feeling_class
from heartline.engines.base import Engine
from heartline.engines.steps import Step
from heartline.facts.kept import KeptStore
from heartline.tables import MOVES, table

SPEAKERS: Mapping[str, str] = {"next_move": "next_move", "loyalty": "loyalty", "customer_value": "value"}
"""Tables whose figures are kept, and the analyses that say them."""
RISKS = ("p_leaving", "p_silent_leaving", "p_revenge")
LATE_DAYS = 62
"""Leaving judged by a loyalty row later than this after its day would be another question."""
OF = table("prediction")


def after_run(
    engine: Engine, kept: KeptStore, made: Collection[str], moment: datetime, run_id: str, replayed: bool
) -> None:
    """Add what a run said, and score what can be scored now; tables of the run are readable on the engine."""
    add(engine, kept, made, moment, datetime.now(UTC).replace(tzinfo=None), run_id, replayed)
    if "loyalty" in made:  # which reads all that a score reads
        score(engine, kept, moment, run_id)


def add(
    engine: Engine, kept: KeptStore, made: Collection[str], moment: datetime, said_at: datetime, run_id: str,
    replayed: bool,
) -> int:  # fmt: skip
    """Add what the tables in ``made`` (readable on the engine) say as of ``moment``; gives how many rows are new.

    What was said of the same customer, quantity and moment before stays as it was said.
    """
    parts = _sayings(engine, [name for name in SPEAKERS if name in made], moment)
    if not parts:
        return 0
    at = engine.functions.timestamp(moment.isoformat())
    said = engine.functions.timestamp(said_at.isoformat())
    engine.register_parquet("kept_before", kept.files([moment] if moment in kept.moments() else []), OF.arrow_schema())
    steps = [
        Step(
            "kept_said",
            f"select s.*, {at} as as_of, {said} as said_at, cast({replayed} as boolean) as replayed,"
            " cast(null as double) as realised, cast(null as timestamp) as scored_as_of"
            f" from ({' union all '.join(parts)}) s left join kept_before b on b.customer_id = s.customer_id"
            " and b.analysis = s.analysis and b.quantity = s.quantity"
            " where s.predicted is not null and b.customer_id is null",
            keep=True,
        )
    ]
    engine.run(steps)
    new = int(engine.fetch("select count(*) as n from kept_said").column(0)[0].as_py())
    if new:
        columns = ", ".join(OF.names)
        together = Step("kept_all", f"select {columns} from kept_before union all select {columns} from kept_said")
        engine.run([together])
        _write(engine, kept, moment, run_id, "kept_all", [*steps, together])
        engine.forget(["kept_all"])
    engine.forget(["kept_said", "kept_before"])
    return new


def score(engine: Engine, kept: KeptStore, now: datetime, run_id: str) -> dict[datetime, int]:
    """Score every prediction whose horizon has passed at ``now``; gives rows scored by the moment they were said.

    Facts, ``feeling``, ``touchpoint_visit`` and ``loyalty`` must be readable on the engine as of ``now``. A prediction
    is scored once: what later facts or another reading of words would make of it does not change its score.
    """
    found: dict[datetime, int] = {}
    ends = sorted(engine.fetch("select distinct period_end from loyalty").column(0).to_pylist())
    waiting = [one for one in kept.moments() if one < now]
    if not waiting:
        return found
    engine.run(events("kept"))
    for moment in waiting:
        engine.register_parquet("kept_before", kept.files([moment]), OF.arrow_schema())
        horizons = engine.fetch(
            "select distinct horizon_days from kept_before where scored_as_of is null and horizon_days is not null"
        ).column(0).to_pylist()  # fmt: skip
        steps: list[Step] = []
        for days in sorted(int(each) for each in horizons):
            steps += _truths(engine, moment, days, ends, now)
        if not steps:
            continue
        truths = [step.name for step in steps if step.name.startswith("kept_truth")]
        when = engine.functions.timestamp(now.isoformat())
        columns = ", ".join(
            {
                "realised": "case when b.scored_as_of is null then t.realised else b.realised end as realised",
                "scored_as_of": f"coalesce(b.scored_as_of, case when t.customer_id is not null then {when} end)"
                " as scored_as_of",
            }.get(name, f"b.{name}")
            for name in OF.names
        )
        steps += [
            Step("kept_truth", " union all ".join(f"select * from {name}" for name in truths)),
            Step(
                "kept_scored",
                f"select {columns}, case when b.scored_as_of is null and t.customer_id is not null then 1 else 0 end"
                " as newly from kept_before b left join kept_truth t on t.customer_id = b.customer_id"
                " and t.quantity = b.quantity and t.horizon_days = b.horizon_days",
                keep=True,
            ),
        ]
        engine.run(steps)
        newly = engine.fetch("select sum(newly) as n from kept_scored").column(0)[0].as_py() or 0
        if newly:
            _write(engine, kept, moment, run_id, "kept_scored", steps)
            found[moment] = int(newly)
        engine.forget([step.name for step in reversed(steps)])
    engine.forget(["kept_event", "kept_before"])
    return found


def _sayings(engine: Engine, speakers: Collection[str], moment: datetime) -> list[str]:
    """SELECTs of (analysis, quantity, customer_id, horizon_days, predicted, low, high, rules beside it)."""
    at = engine.functions.timestamp(moment.isoformat())
    none = "cast(null as double)"
    bare = f"{none} as base_rate, {none} as by_rating, {none} as by_rhythm, cast(null as bigint) as learnt_from"
    parts = []
    if "next_move" in speakers:
        parts.append(
            "select 'next_move' as analysis, move as quantity, customer_id, horizon_days, p as predicted, low, high,"
            " base_rate, by_rating, by_rhythm, n as learnt_from from next_move"
        )
    if "loyalty" in speakers:
        parts += [
            f"select 'loyalty' as analysis, '{name}' as quantity, customer_id, horizon_days, {name} as predicted,"
            f" {none} as low, {none} as high, {bare} from loyalty where period_end = {at}"
            for name in RISKS
        ]
    if "customer_value" in speakers:
        parts += [
            f"select 'value' as analysis, '{name}' as quantity, customer_id, horizon_days, {name} as predicted,"
            f" {low} as low, {high} as high, {bare} from customer_value where {only}"
            for name, low, high, only in (
                ("expected_purchases", none, none, "true"),
                # margin is told by a rate of its day, which what came does not have
                ("expected_value", "expected_value_low", "expected_value_high", "value_kind = 'revenue'"),
            )
        ]
    return parts


def _truths(engine: Engine, moment: datetime, days: int, ends: list[datetime], now: datetime) -> list[Step]:
    """Steps of (customer_id, quantity, horizon_days, realised) for what can be told by now; none before the horizon."""
    until = moment + timedelta(days=days)
    if until > now:
        return []
    f = engine.functions
    start, end = f.timestamp(moment.isoformat()), f.timestamp(until.isoformat())
    inside = f"e.moment >= {start} and e.moment < {end}"
    early = f.timestamp((moment - timedelta(days=SILENCE_DAYS)).isoformat())
    came = Step(
        f"kept_came_{days}",
        "select e.customer_id,"
        + ",".join(
            f" max(case when e.what = '{what}' and {inside} then 1 else 0 end) as {what}"
            for what in ("life", "complaint", "purchase", "referral", "attack", "told")
        )
        + f", max(case when e.what = 'told' and e.moment >= {early} then 1 else 0 end) as told_before,"
        " max(case when e.what = 'told' then e.moment end) as told_at,"
        " max(case when e.what = 'life' then e.moment end) as last_at"
        f" from kept_event e where e.moment < {end} group by e.customer_id",
        keep=True,
    )
    felt = Step(
        f"kept_felt_{days}",
        f"select e.customer_id, {f.first_by('e.felt_valence', 'e.occurred_at, e.interaction_id')} as felt"
        " from touchpoint_visit e where e.felt_from in ('words', 'rating') and e.felt_valence is not null"
        f" and e.occurred_at >= {start} and e.occurred_at < {end} group by e.customer_id",
        keep=True,
    )
    who = "(select distinct customer_id, quantity from kept_before where scored_as_of is null" + (
        f" and horizon_days = {days}) b left join kept_came_{days} c on c.customer_id = b.customer_id"
    )
    truths = {
        "complaint": "coalesce(c.complaint, 0)", "repeat_purchase": "coalesce(c.purchase, 0)",
        "referral": "coalesce(c.referral, 0)", "p_revenge": "coalesce(c.attack, 0)",
    }  # fmt: skip
    parts = [_part(name, truth, who, days) for name, truth in truths.items()]
    parts += [
        _part(
            move,
            f"case when w.felt is not null then case when {feeling_class('w.felt')} = '{move.removeprefix('feeling_')}'"
            " then 1 else 0 end end",
            f"{who} left join kept_felt_{days} w on w.customer_id = b.customer_id",
            days,
        )
        for move in MOVES
        if move.startswith("feeling_")
    ]
    judged = _judged(ends, until)
    if judged:
        gone = "coalesce(l.staying < 0, false) and coalesce(c.life, 0) = 0 and coalesce(c.told_before, 0) = 0"
        parts.append(
            _part("silent_leaving", f"case when {gone} then 1 else 0 end", _with_loyalty(who, judged, f), days)
        )
    seen = _judged(ends, until + timedelta(days=SEEING_DAYS))
    if seen:
        last = f"{f.timestamp(seen.isoformat())}"
        still = (
            f" left join (select distinct customer_id from kept_event where what = 'life' and moment >= {end}"
            f" and moment < {last}) s on s.customer_id = b.customer_id"
        )
        left = "coalesce(l.staying < 0, false) and s.customer_id is null"
        going = f.add_seconds("coalesce(c.last_at, c.told_at)", str(-SILENCE_DAYS * 86400))
        parts += [
            _part(name, f"case when {truth} then 1 else 0 end", _with_loyalty(who, seen, f) + still, days)
            for name, truth in (
                ("p_leaving", left),
                ("p_silent_leaving", f"{left} and coalesce(c.told_at < {going}, true)"),
            )
        ]
    bought = Step(
        f"kept_bought_{days}",
        "select customer_id, cast(count(distinct date_trunc('day', occurred_at)) as double) as expected_purchases,"
        " sum(revenue - coalesce(refunded, 0.0)) as expected_value from purchase"
        f" where occurred_at >= {start} and occurred_at < {end}"
        f" and coalesce(revenue - coalesce(refunded, 0.0) > 0 and revenue < {MOST_MONEY}, false) group by customer_id",
        keep=True,
    )
    parts += [
        _part(
            name, f"coalesce(v.{name}, 0.0)", f"{who} left join {bought.name} v on v.customer_id = b.customer_id", days
        )
        for name in ("expected_purchases", "expected_value")
    ]
    return [came, felt, bought, Step(f"kept_truth_{days}", " union all ".join(parts), keep=True)]


def _part(quantity: str, truth: str, who: str, days: int) -> str:
    return (
        f"select b.customer_id, b.quantity, cast({days} as bigint) as horizon_days, cast({truth} as double) as realised"
        f" from {who} where b.quantity = '{quantity}'"
    )


def _with_loyalty(who: str, judged: datetime, f: Any) -> str:
    at = f.timestamp(judged.isoformat())
    return f"{who} left join loyalty l on l.customer_id = b.customer_id and l.period_end = {at}"


def _judged(ends: list[datetime], wanted: datetime) -> datetime | None:
    """The first period's end at or soon after a moment, at which leaving can be judged; None where there is none."""
    return next((end for end in ends if wanted <= end <= wanted + timedelta(days=LATE_DAYS)), None)


def _write(engine: Engine, kept: KeptStore, moment: datetime, run_id: str, source: str, steps: list[Step]) -> None:
    columns = ", ".join(OF.names)
    about = {
        "run_id": run_id,
        "analysis": "predictions",
        "as_of": moment.isoformat(),
        "engine": engine.name,
        "version": __version__,
        "seconds": 0.0,
        "settings": {},
        "inputs": {},
        "notes": ["Kept for ever; first said stays, scored once."],
        "values": {},
        "steps": [(step.name, step.sql) for step in steps],
    }
    query = f"select {columns}, {engine.functions.bucket('customer_id')} as bucket from {source}"
    kept.write(moment, run_id, about, partial(engine.write, query))
