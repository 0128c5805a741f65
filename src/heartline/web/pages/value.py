"""Value: what customers are expected to bring, what connection goes with in money, and by which ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, explain_address, plain
from heartline.web.page import Chart, ChartQuery, Page, Query, told

Z90 = 1.6448536269514722
WORTH = "select * from connection_value where measure = 'value' order by comparison, kind"
WAYS = "select * from connection_value where measure <> 'value' and comparison = 'own_rating'"
DOSES = "select * from dose_response order by bin"
BY_STAGE = """
select coalesce(c.pathway, 'not_judged') as stage, count(*) as customers, count(v.expected_value) as n,
  avg(v.expected_value) as mean, stddev_samp(v.expected_value) as spread, sum(v.expected_value) as total,
  min(v.currency) as currency
from customer_value v left join connection c on c.customer_id = v.customer_id
  and c.period_end = (select max(period_end) from connection)
group by 1
"""
TOTALS = """
select * from value_total
order by case part when 'all' then 0 when 'orders' then 1 else 2 end
"""
ADDED = "select * from value_covariate order by covariate, part"
BROUGHT = f"""
select count(*) filter (where referral_n > 0) as referrers, count(referral_value) as known,
  sum(referral_value) as total, sqrt(sum(power((referral_value_high - referral_value) / {Z90}, 2))) as spread,
  min(currency) as currency
from customer_value
"""
DRAWN = ("connection_mean", "connection_from", "connection_to", "raw", "n", "currency")
STAGES = ("connected", "differentiated", "satisfied", "unconnected", "not_judged")
COMPARED = {
    "own_rating": "customers who call themselves satisfied",
    "company_data": "customers whom the company’s data call satisfied",
    "ten_points": "the same with ten points less of connection",
}
WAY_NAMES = {
    "visits": "They come: visits to stores and online",
    "purchases": "They buy: orders",
    "discount_share": "They mind the price less: discount, of list value",
    "suggestions_followed": "They follow suggestions",
    "communications_read": "They heed communications",
    "word_of_mouth": "They spread the word",
}


@dataclass(frozen=True)
class Multiple:
    """Connected against others: as it looks, with earlier buying held equal, and what lies between."""

    name: str
    against: str
    raw: Figure
    held_equal: Figure
    adjusted: Figure
    e_value: Figure
    outside: Figure
    connected: int
    compared: int
    reason: str


@dataclass(frozen=True)
class Way:
    """One way in which connection pays: means of both, raw and adjusted ratio."""

    measure: str
    name: str
    connected: Figure
    compared: Figure
    raw: Figure
    adjusted: Figure
    reason: str


@dataclass(frozen=True)
class Stage:
    """Expected value of customers at one stage of the way to connection."""

    name: str
    customers: Figure
    mean: Figure
    total: Figure


@dataclass(frozen=True)
class Added:
    """What a standard deviation more of connection or satisfaction says of later buying beyond earlier buying."""

    name: str
    buying: Figure
    leaving: Figure
    points: Figure
    known: Figure


@dataclass(frozen=True)
class ValueContext:
    """What Value shows."""

    since: datetime | None = told("when connection was measured and the window began; none: nothing was worked out")
    until: datetime | None = told("end of the window")
    headline: Figure = told("value of connected over satisfied customers, adjusted")
    raw: Figure = told("the same as it looks")
    held_equal: Figure = told("the same with earlier buying held equal")
    e_value: Figure = told("how strong something unseen would have to be to explain the adjusted multiple away")
    why: str = told("why there is no multiple; empty: there is one")
    multiples: Sequence[Multiple] = told("the multiple against each group, and per ten points")
    ways: Sequence[Way] = told("the six behaviours through which connection pays")
    stages: Sequence[Stage] = told("expected value by stage of the way to connection")
    horizon_days: int | None = told("horizon of expected value, days")
    value_kind: str = told("revenue or margin: what expected value is made of")
    total: Figure = told("expected value of all customers over the horizon, with the interval that the fits leave open")
    parts: Sequence[tuple[str, Figure]] = told("of it by orders and by contracts, where there are both")
    total_reason: str = told("why the total has no interval; empty: it has one")
    referred: Figure = told("expected value of customers whom others referred; part of the total, not beside it")
    added: Sequence[Added] = told("what connection and satisfaction say of later buying beyond earlier buying")
    added_since: datetime | None = told("when they were measured; purchases after it are explained")
    added_customers: int = told("customers behind it")
    added_used: bool = told("whether the forecast uses them")
    added_why: str = told("why the forecast does not use them; empty: it does")
    charts: dict[str, Chart] = told("charts by name")


def dose_rows(door: Door, _query: Query) -> list[Row]:
    """Value by connection, bin after bin: as it looks, and adjusted with its interval."""
    return [
        {
            **{name: row[name] for name in DRAWN},
            "adjusted": row["adjusted"],
            "low": row["adjusted_low"],
            "high": row["adjusted_high"],
            "explain": explain_address("dose_response", "adjusted", bin=row["bin"]),
        }
        for row in rows(door, DOSES)
    ]  # fmt: skip


def way_rows(door: Door, _query: Query) -> list[Row]:
    """Ratio of connected to satisfied customers in each behaviour, raw and adjusted."""
    found = {(row["measure"], row["kind"]): row for row in rows(door, WAYS)}
    kinds = (("raw", "as it looks"), ("adjusted", "adjusted"))
    return [
        {
            "way": name.split(":")[0],
            "kind": word,
            "ratio": row["ratio"],
            "low": row["ratio_low"],
            "high": row["ratio_high"],
            "n": row["n_connected"] + row["n_compared"],
            "explain": _at(row, "ratio"),
        }
        for measure, name in WAY_NAMES.items()
        for kind, word in kinds
        if (row := found.get((measure, kind), {})).get("ratio") is not None
    ]


def build(door: Door, query: Query) -> ValueContext:
    """The page of value."""
    worth = {(row["comparison"], row["kind"]): row for row in rows(door, WORTH)}
    main = worth.get(("own_rating", "adjusted"), {})
    totals, unit = rows(door, TOTALS), door.settings.text("currency")
    whole = totals[0] if totals else {}
    stages = {row["stage"]: row for row in rows(door, BY_STAGE)}
    ways = {(row["measure"], row["kind"]): row for row in rows(door, WAYS)}
    added = {(row["covariate"], row["part"]): row for row in rows(door, ADDED)}
    first = next(iter(added.values()), {})
    return ValueContext(
        since=main.get("window_start"),
        until=main.get("window_end"),
        headline=_ratio(main),
        raw=_ratio(worth.get(("own_rating", "raw"), {})),
        held_equal=_ratio(worth.get(("own_rating", "held_equal"), {})),
        e_value=Figure(main.get("e_value"), "spread", explain=_at(main, "e_value")),
        why=main.get("reason") or ("" if main else "Nothing was worked out yet."),
        multiples=[_multiple(name, worth) for name in COMPARED if (name, "raw") in worth],
        ways=[_way(measure, ways) for measure in WAY_NAMES if (measure, "raw") in ways],
        stages=[_stage(stages[name], unit) for name in STAGES if name in stages],
        horizon_days=whole.get("horizon_days"),
        value_kind=whole.get("value_kind") or "revenue",
        total=_total(whole, unit),
        parts=[(row["part"], _total(row, unit)) for row in totals[1:]],
        total_reason=whole.get("reason") or "",
        referred=_referred(next(iter(rows(door, BROUGHT)), {}), unit),
        added=[_added(name, added) for name in ("connection", "satisfaction") if (name, "buying") in added],
        added_since=first.get("measured_at"),
        added_customers=int(first.get("n") or 0),
        added_used=any(row["used"] for row in added.values()),
        added_why=first.get("reason") or "",
        charts={chart.name: Chart(chart.name, "", chart.rows(door, query)) for chart in PAGE.charts},
    )


def _referred(row: Row, unit: str) -> Figure:
    """Those referred go their own ways: variances add."""
    total = row.get("total") if row.get("known") else None
    half = Z90 * (row.get("spread") or 0.0)
    low, high = (None, None) if total is None else (max(total - half, 0.0), total + half)
    address = explain_address("customer_value", "referral_value")
    return Figure(total, "money", row.get("currency") or unit, low, high, row.get("referrers"), address)


def _added(name: str, added: dict[tuple[Any, Any], Row]) -> Added:
    def ratio(part: str) -> Figure:
        row = added.get((name, part), {})
        address = explain_address("value_covariate", "ratio", covariate=name, part=part)
        return Figure(row.get("ratio"), "spread", "", row.get("ratio_low"), row.get("ratio_high"), None, address)

    row = added[name, "buying"]
    address = explain_address("value_covariate", "ratio", covariate=name, part="buying")
    return Added(
        plain(name), ratio("buying"), ratio("leaving"), Figure(row["points"], "spread", explain=address),
        Figure(row["known"], "share", explain=address),
    )  # fmt: skip


def _total(row: Row, unit: str) -> Figure:
    ends = row.get("expected_value_low"), row.get("expected_value_high")
    address = explain_address("value_total", "expected_value", part=row.get("part"))
    return Figure(row.get("expected_value"), "money", row.get("currency") or unit, *ends, row.get("customers"), address)


def _at(row: Row, column: str) -> str:
    return explain_address(
        "connection_value", column, measure=row.get("measure"), comparison=row.get("comparison"), kind=row.get("kind")
    )


def _ratio(row: Row) -> Figure:
    n = (row.get("n_connected") or 0) + (row.get("n_compared") or 0)
    return Figure(
        row.get("ratio"), "spread", "", row.get("ratio_low"), row.get("ratio_high"), n or None, _at(row, "ratio")
    )


def _multiple(comparison: str, worth: dict[tuple[Any, Any], Row]) -> Multiple:
    raw, held, adjusted = (worth.get((comparison, kind), {}) for kind in ("raw", "held_equal", "adjusted"))
    return Multiple(
        comparison,
        COMPARED[comparison],
        _ratio(raw),
        _ratio(held),
        _ratio(adjusted),
        Figure(adjusted.get("e_value"), "spread", explain=_at(adjusted, "e_value")),
        Figure(held.get("outside"), "share", explain=_at(held, "outside")),
        int(raw.get("n_connected") or 0),
        int(raw.get("n_compared") or 0),
        adjusted.get("reason") or "",
    )


def _way(measure: str, ways: dict[tuple[Any, Any], Row]) -> Way:
    raw, adjusted = ways[measure, "raw"], ways.get((measure, "adjusted"), {})
    kind: Kind = "share" if measure == "discount_share" else "spread"
    return Way(
        measure,
        WAY_NAMES[measure],
        Figure(raw["connected"], kind, n=raw["n_connected"], explain=_at(raw, "connected")),
        Figure(raw["compared"], kind, n=raw["n_compared"], explain=_at(raw, "compared")),
        _ratio(raw),
        _ratio(adjusted),
        adjusted.get("reason") or "",
    )


def _stage(row: Row, unit: str) -> Stage:
    mean, n = row["mean"], row["n"]
    half = Z90 * row["spread"] / n**0.5 if n and n > 1 and row["spread"] is not None else None
    currency = row["currency"] or unit
    address = explain_address("customer_value", "expected_value")
    low, high = (None, None) if mean is None or half is None else (max(mean - half, 0.0), mean + half)
    return Stage(
        "not judged" if row["stage"] == "not_judged" else plain(row["stage"]),
        Figure(row["customers"], "count", explain=address),
        Figure(mean, "money", currency, low, high, n, address),
        Figure(row["total"], "money", currency, n=n, explain=address),
    )


PAGE = Page(
    "value",
    "/value",
    "Value",
    build,
    ValueContext,
    charts=(ChartQuery("dose_response", dose_rows), ChartQuery("paying_ways", way_rows)),
    menu="Value",
)
