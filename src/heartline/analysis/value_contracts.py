"""Value of contracts: what running ones are expected to be paid over the horizon.

Contracts are counted in their own periods (months, quarters, years), each kind fitted for itself; one row per kind and
number of renewals is forecast and joined back. See docs/explanation/value.md, "Contracts".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit
from heartline.analysis.fitted import numbers
from heartline.analysis.value_total import Total, of_contracts
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.stats import contracts
from heartline.stats.likelihood import Floats

# Kinds of periods by their length: (name, longest, days that count as one period).
KINDS = (("month", 60.0, 30.4375), ("quarter", 200.0, 91.3125), ("year", 36500.0, 365.25))
MONTH_DAYS = 30.4375
# A fit to fewer ends than this follows single people.
FEWEST_ENDS = 5

MODEL_SCHEMA = pa.schema(
    [("kind", pa.string()), ("renewed", pa.int64())]
    + [(name, pa.float64()) for name in ("payments", "discounted", "low", "high")]
    + [("method", pa.string())]
)


def condense(f: Functions, context: Context, most_money: str) -> list[Step]:
    """Contracts in whole periods, and groups of equal ones. Reads the step ``value_objected``."""
    currency = "'" + context.text("currency").replace("'", "") + "'"
    last = f.timestamp((context.as_of - timedelta(microseconds=1)).isoformat())
    kind = " ".join(f"when days < {longest} then '{name}'" for name, longest, _ in KINDS)
    return [
        Step("contract_told", f"""
            select s.subscription_id, s.customer_id, s.started_at, s.margin, s.fee,
                coalesce(s.currency, {currency}) = {currency} as own_currency,
                coalesce(s.period_days, {MONTH_DAYS}) as days,
                case when s.ended_at <= {last} then s.ended_at end as ended_at,
                coalesce(s.fee > 0 and s.fee < {most_money} and coalesce(s.period_days, {MONTH_DAYS}) >= 1
                    and (s.ended_at is null or s.ended_at >= s.started_at), false) as sound
            from subscription s left join value_objected o on o.customer_id = s.customer_id
            where o.customer_id is null""", keep=True),
        # what ended before the first end that is told is in no file
        Step("contract_opening", "select min(ended_at) as opened_at from contract_told where sound"),
        Step("contract_age", f"""
            select t.*, case {kind} end as kind,
                {f.days_between("t.started_at", "coalesce(t.ended_at, " + last + ")")} / nullif(t.days, 0.0) as lived,
                greatest({f.days_between("t.started_at", "p.opened_at")} / nullif(t.days, 0.0), 0.0) as unseen
            from contract_told t cross join contract_opening p where t.sound and t.own_currency"""),
        Step("contract_seen", """
            select customer_id, kind, fee, margin, days, case when ended_at is null then 0 else 1 end as ended,
                case when ended_at is null then cast(floor(lived + 1e-9) as bigint)
                    else greatest(cast(round(lived) as bigint) - 1, 0) end as renewed,
                coalesce(cast(floor(unseen + 1e-9) as bigint), 0) as unseen
            from contract_age""", keep=True),
        Step("contract_group", """
            select kind, renewed, ended, entry, count(*) as contracts,
                sum(case when ended = 0 then fee else 0.0 end) as fees
            from (select s.*, least(unseen, renewed) as entry from contract_seen s) as aged
            group by kind, renewed, ended, entry"""),
        Step("contract_coverage", """
            select count(*) as contracts, count(*) filter (where not own_currency) as other_currency,
                count(*) filter (where own_currency and not sound) as void,
                coalesce(sum(case when runs then a_day end), 0.0) as revenue,
                coalesce(sum(case when runs and margin is not null then a_day end), 0.0) as revenue_with_margin,
                coalesce(sum(case when runs then margin / nullif(days, 0.0) end), 0.0) as margin
            from (select t.*, own_currency and sound and ended_at is null as runs, fee / nullif(days, 0.0) as a_day
                from contract_told t) as told"""),
    ]  # fmt: skip


def fit(groups: pa.Table, coverage: Mapping[str, Any], context: Context) -> tuple[Fit, Total | None]:
    """A model per kind of period, the payments expected of each number of renewals, and what all come to."""
    groups = groups.sort_by([(name, "ascending") for name in ("kind", "renewed", "ended", "entry")])
    kinds = np.asarray(groups.column("kind").to_pylist(), dtype=object)
    renewed, ended, entry, count, fees = (
        numbers(groups, name) for name in ("renewed", "ended", "entry", "contracts", "fees")
    )
    parts: list[tuple[contracts.Sbg, int, float, Floats, Floats]] = []
    rows: list[dict[str, Any]] = []
    found: dict[str, Any] = {}
    notes: list[str] = []
    for name, _, days in KINDS:
        own = kinds == name
        if not own.any():
            continue
        running = np.unique(renewed[own & (ended == 0)])
        exposed = float((count * (renewed - entry + ended))[own].sum())
        ends = float((count * ended)[own].sum())
        if count[own].sum() < context.whole("min_base") or not exposed > 0:
            notes.append(f"{int(count[own].sum())} contracts by the {name} are too few to say how long they last.")
            rows += [{"kind": name, "renewed": int(n), "method": "none"} for n in running]
            continue
        model = contracts.fit(renewed[own], ended[own], entry[own], count[own])
        if model.converged and ends < FEWEST_ENDS:
            model = contracts.one_chance(ends, exposed, f"{int(ends)} ends")
        method = "sbg" if model.converged else "geometric"
        periods = max(1, round(context.whole("horizon_days") / days))
        ahead = contracts.payments(model, running, periods, days, context.number("discount_rate"))
        rows += [
            {"kind": name, "renewed": int(n), "payments": p, "discounted": d, "low": lo, "high": hi, "method": method}
            for n, p, d, lo, hi in zip(running, *ahead, strict=True)
        ]
        owed = np.array([fees[own & (renewed == n)].sum() for n in running])
        parts.append((model, periods, days, running, owed))
        found[name] = {"method": method, "alpha": model.alpha, "beta": model.beta, "ends": ends, "exposed": exposed,
                       "message": model.message, "contracts": float(count[own].sum())}  # fmt: skip
        first, later = (float(contracts.survival(model, 1, n)) for n in (0, 12))
        said = f"{first:.1%}"
        if method == "sbg":
            said += f" of new and {later:.1%} of those after twelve renewals"
        notes.append(f"Contracts by the {name}: {said} renew ({int(ends):,} ends of {int(exposed):,} chances seen).")
    faults = (("other_currency", "not in " + context.text("currency")), ("void", "without a fee, or end too early"))
    for name, why in faults:
        if coverage[name]:
            notes.append(f"{int(coverage[name]):,} of {int(coverage['contracts']):,} contracts are {why}; left out.")
    total = of_contracts(parts, int(count[ended == 0].sum()), context.number("discount_rate")) if parts else None
    made = {"contract_model": pa.Table.from_pylist(rows, schema=MODEL_SCHEMA)}
    return Fit(made, {"contracts": found}, tuple(notes)), total


def by_customer(money_rate: str) -> Step:
    """One row a customer with contracts: whether any runs, and what its payments are expected to be worth.

    Bounds of several contracts of one customer are added, which is too wide where they do not end together. A customer
    whose contracts have all ended is worth 0 by them; NULL where too few contracts are told.
    """
    worth = ", ".join(
        f"sum(case when c.ended = 1 then 0.0 else {money_rate} * c.fee * m.{part} end) as {name}"
        for part, name in (("discounted", "worth"), ("low", "worth_low"), ("high", "worth_high"))
    )
    return Step("contract_customer", f"""
        select c.customer_id, min(c.ended) as over, {worth},
            max(case when c.ended = 0 and m.discounted is null then 1 else 0 end) as unknown,
            min(m.method) as method
        from contract_seen c
        left join contract_model m on m.kind = c.kind and m.renewed = c.renewed and c.ended = 0
        group by c.customer_id""")  # fmt: skip
