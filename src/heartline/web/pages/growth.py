"""Growth: where revenue came from against an earlier period, and the scorecard of loyalty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, day, explain_address
from heartline.web.page import Chart, ChartQuery, Page, Query, choice, told

BRIDGES = "select * from growth_bridge where against = $against order by period_end"
CARD = "select * from scorecard order by period_end"
AGAINST = {"before": "the period just before", "year": "the same months a year earlier"}
PARTS = {
    "new_bought": "new, bought", "new_referred": "new, referred", "came_back": "came back", "expansion": "spent more",
    "contraction": "spent less", "lost": "bought nothing",
}  # fmt: skip
MEASURE_NAMES = {
    "retention": ("Retention", "of who bought in the period before, bought again"),
    "repeat": ("Repeat sales", "of buyers came on more than one day"),
    "related": ("Related sales", "of earlier buyers bought something new to them"),
    "referral": ("Referral", "of active customers referred somebody"),
    "recognition": ("Recognition", "of texts on being known say yes"),
    "recovery": ("Recovery", "of who was hurt felt as good as usual again"),
    "respect": ("Respect", "of texts on how one was treated say well"),
    "relation": ("Relation", "of judged customers are connected"),
}


@dataclass(frozen=True)
class BridgeLine:
    """One period against an earlier one: its parts in the order of ``PARTS``."""

    until: str
    revenue: Figure
    growth: Figure
    earned: Figure
    parts: Sequence[Figure]


@dataclass(frozen=True)
class MeasureLine:
    """One measure of the scorecard in the latest period; verdict: reached, missed, open or empty without a target."""

    name: str
    about: str
    value: Figure
    change: Figure
    target: Figure
    verdict: str


@dataclass(frozen=True)
class GrowthContext:
    """What Growth shows."""

    against: str = told("what periods are compared with: before or year")
    choices: Sequence[tuple[str, str]] = told("comparisons to choose from, with their names")
    since: str = told("first day of the latest period; empty without a bridge")
    until: str = told("day on which it ends; empty without a bridge")
    growth: Figure = told("growth of revenue")
    earned: Figure = told("growth that customers made themselves: kept, came back, referred")
    retained: Figure = told("revenue of the earlier period's customers, over what they spent then")
    bought: Figure = told("revenue of new customers whom nobody referred")
    unsure: int = told("new customers known before the books begin, who may have bought earlier")
    part_names: Sequence[str] = told("names of the parts, in the order of the columns")
    bridges: Sequence[BridgeLine] = told("bridges, the latest first")
    measures: Sequence[MeasureLine] = told("the scorecard in the order of the setting")
    card_until: str = told("day on which the scorecard's latest period ends; empty without one")
    charts: dict[str, Chart] = told("charts by name")


def _against(query: Query) -> str:
    return choice(query, "against", tuple(AGAINST), "before")


def _bridges(door: Door, query: Query) -> list[Row]:
    return rows(door, BRIDGES, {"against": _against(query)})


def _address(row: Row, column: str) -> str:
    return explain_address("growth_bridge", column, period_end=row["period_end"], against=row["against"])


def bridge_rows(door: Door, query: Query) -> list[Row]:
    """Steps of the latest bridge, each from where the one before it ended."""
    found = _bridges(door, query)
    if not found:
        return []
    row, level = found[-1], 0.0
    made: list[Row] = []
    steps = [("then", "revenue_before"), *((name, column) for column, name in PARTS.items()), ("now", "revenue")]
    for number, (name, column) in enumerate(steps):
        amount = row[column]
        if amount is None:
            continue
        start = 0.0 if column in ("revenue_before", "revenue") else level
        level = start + amount
        whole = column in ("revenue_before", "revenue")
        made.append({
            "order": number, "part": name, "amount": amount, "from": start, "to": level,
            "customers": row[{"revenue": "n", "revenue_before": "n_before"}.get(column, f"n_{column}")],
            "tone": "whole" if whole else "good" if amount >= 0 else "bad", "currency": row["currency"],
            "explain": _address(row, column),
        })  # fmt: skip
    return made


def card_rows(door: Door, _query: Query) -> list[Row]:
    """Every measure over the periods, where it is known."""
    return [
        {
            **row,
            "name": MEASURE_NAMES[row["measure"]][0],
            "order": number,
            "explain": explain_address("scorecard", "value", measure=row["measure"], period_end=row["period_end"]),
        }
        for number, row in enumerate(rows(door, CARD))
        if row["value"] is not None
    ]


def _line(row: Row) -> BridgeLine:
    def figure(column: str, kind: Kind = "money", base: str = "") -> Figure:
        return Figure(
            row[column], kind, row["currency"] if kind == "money" else "", n=row[base] if base else None,
            explain=_address(row, column),
        )  # fmt: skip

    parts = [figure(column, base=f"n_{column}") for column in PARTS]
    growth, earned = (figure(name, "share") for name in ("growth", "earned_growth"))
    return BridgeLine(day(row["period_end"]), figure("revenue", base="n"), growth, earned, parts)


def _measures(door: Door) -> tuple[str, list[MeasureLine]]:
    """The latest period of each measure, in the order in which the setting names them."""
    latest: dict[str, Row] = {row["measure"]: row for row in rows(door, CARD)}
    lines = []
    for measure, row in sorted(latest.items(), key=lambda each: list(MEASURE_NAMES).index(each[0])):
        key = {"measure": measure, "period_end": row["period_end"]}

        def figure(column: str, low: str, high: str, kind: Kind, row: Row = row, key: Row = key) -> Figure:
            where = explain_address("scorecard", column, **key)
            return Figure(row[column], kind, "", row[low], row[high], row["n"], where)

        lines.append(
            MeasureLine(
                *MEASURE_NAMES[measure],
                figure("value", "low", "high", "share"),
                figure("change", "change_low", "change_high", "points"),
                Figure(row["target"], "share"),
                row["verdict"] or "",
            )
        )
    ends = [row["period_end"] for row in latest.values()]
    return (day(max(ends)) if ends else ""), lines


def build(door: Door, query: Query) -> GrowthContext:
    """Growth against the period of the address."""
    found, against = _bridges(door, query), _against(query)
    lines = [_line(row) for row in reversed(found)]
    last = found[-1] if found else None
    until, measures = _measures(door)
    currency = last["currency"] if last else ""

    def of(column: str, kind: Kind) -> Figure:
        return Figure(last[column] if last else None, kind, explain=_address(last, column) if last else "")

    bought = Figure(last["new_bought"] if last else None, "money", currency,
                    n=last["n_new_bought"] if last else None)  # fmt: skip
    return GrowthContext(
        against=against,
        choices=tuple(AGAINST.items()),
        since=day(last["period_start"]) if last else "",
        until=day(last["period_end"]) if last else "",
        growth=of("growth", "share"),
        earned=of("earned_growth", "share"),
        retained=of("net_retention", "share"),
        bought=bought,
        unsure=last["n_unsure"] if last else 0,
        part_names=tuple(PARTS.values()),
        bridges=lines,
        measures=measures,
        card_until=until,
        charts={
            chart.name: Chart(chart.name, f"against={against}" if query.get("against") else "", chart.rows(door, query))
            for chart in PAGE.charts
        },
    )


PAGE = Page(
    "growth",
    "/growth",
    "Growth",
    build,
    GrowthContext,
    charts=(ChartQuery("growth_bridge", bridge_rows), ChartQuery("scorecard", card_rows)),
    menu="Growth",
)
