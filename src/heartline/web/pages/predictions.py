"""Predictions: what was said of customers, what came, and whether simpler rules would have done as well."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from heartline.tables import MOVES
from heartline.web.door import Door, Row, one, rows
from heartline.web.figures import Figure, explain_address, month
from heartline.web.page import Chart, ChartQuery, Page, Query, choice, told
from heartline.web.words import MOVE_NAMES

RISKS = {
    "p_leaving": "Leaving", "p_silent_leaving": "Leaving without complaint (segments)", "p_revenge": "Attacking",
}  # fmt: skip
QUANTITIES = {**{move: MOVE_NAMES[move] for move in MOVES}, **RISKS}
LATEST = """
select * from backtest_score s where scope = 'so_far'
and as_of = (select max(as_of) from backtest_score o
             where o.scope = 'so_far' and o.quantity = s.quantity and o.analysis = s.analysis)
"""
MONTHS = """
select * from backtest_score where scope = $scope and quantity = $quantity order by as_of nulls last, analysis
"""
KEPT = """
select count(*) as said, count(scored_as_of) as scored, count(distinct as_of) as moments,
       count(distinct case when not replayed then as_of end) as real_moments,
       min(as_of) as first, max(as_of) as last
from prediction
"""


@dataclass(frozen=True)
class ScoreLine:
    """How good one quantity has been over all moments so far.

    verdict: in words, whether it beat the simpler rules
    """

    name: str
    text: str
    auc: Figure
    rating: Figure
    rhythm: Figure
    calibration: Figure
    lift: Figure
    n: Figure
    outcomes: Figure
    verdict: str
    tone: str


@dataclass(frozen=True)
class PredictionsContext:
    """What Predictions shows."""

    quantity: str = told("stored name of the quantity chosen for the charts")
    quantity_name: str = told("the same in words")
    quantities: Sequence[tuple[str, str]] = told("quantities to choose from: stored name and words")
    said: Figure = told("predictions kept so far")
    scored: Figure = told("of them, those whose horizon has passed and that are scored")
    moments: int = told("moments at which something was said")
    real_moments: int = told("of them, those said without later facts at hand")
    first: str = told("month of the first; empty: none")
    last: str = told("month of the last; empty: none")
    lines: Sequence[ScoreLine] = told("each quantity over all moments, empty before a backtest")
    charts: dict[str, Chart] = told("charts by name")


def _chosen(query: Query) -> str:
    return choice(query, "quantity", tuple(QUANTITIES), "repeat_purchase")


def _at(row: Row, column: str) -> str:
    return explain_address(
        "backtest_score", column, quantity=row["quantity"], scope=row["scope"], as_of=row["as_of"],
        analysis=row["analysis"],
    )  # fmt: skip


def reliability_rows(door: Door, query: Query) -> list[Row]:
    """Tenths of customers by what was said of them, with the share of each who did it; latest line of the quantity."""
    chosen = _chosen(query)
    found = [row for row in rows(door, LATEST) if row["quantity"] == chosen and row["bins"]]
    return [
        {
            "tenth": number + 1,
            "n": each["n"],
            "said": each["said"],
            "came": each["came"],
            "explain": _at(row, "bins"),
        }
        for row in found
        for number, each in enumerate(json.loads(row["bins"]))
    ]


def ranking_rows(door: Door, query: Query) -> list[Row]:
    """AUC of all that was said up to each moment, of ours and of the simpler rules."""
    kinds = (
        ("Heartline", "auc", "auc_low", "auc_high"),
        ("Last rating alone", "rating_auc", "", ""),
        ("Recency and frequency alone", "rhythm_auc", "", ""),
    )
    return [
        {
            "as_of": row["as_of"],
            "rule": rule,
            "auc": row[column],
            "low": row[low] if low else None,
            "high": row[high] if high else None,
            "n": row["n"],
            "outcomes": row["outcomes"],
            "explain": _at(row, column),
        }
        for row in rows(door, MONTHS, {"scope": "so_far", "quantity": _chosen(query)})
        for rule, column, low, high in kinds
        if row[column] is not None
    ]


def _verdict(row: Row) -> tuple[str, str]:
    if row["auc"] is None:
        return "not enough evidence", "plain"
    gains = {
        "the base rate": row["log_loss_gain_low"], "the last rating": row["rating_gain_low"],
        "recency and frequency": row["rhythm_gain_low"],
    }  # fmt: skip
    known = {name: low for name, low in gains.items() if low is not None}
    if not known:
        return "nothing to compare it with", "plain"
    beaten = [name for name, low in known.items() if low > 0]
    if len(beaten) == len(known):
        return "better than " + ", ".join(beaten), "good"
    rest = [name for name in known if name not in beaten]
    return "not shown to be better than " + ", ".join(rest), "bad"


def _line(row: Row) -> ScoreLine:
    def gain(rule: str) -> Figure:
        return Figure(
            row[f"{rule}_gain"], "points", "", row[f"{rule}_gain_low"], row[f"{rule}_gain_high"],
            explain=_at(row, f"{rule}_gain"),
        )  # fmt: skip

    verdict, tone = _verdict(row)
    return ScoreLine(
        row["quantity"],
        QUANTITIES[row["quantity"]],
        Figure(row["auc"], "spread", "", row["auc_low"], row["auc_high"], row["n"], _at(row, "auc")),
        gain("rating"),
        gain("rhythm"),
        Figure(row["calibration_error"], "share", explain=_at(row, "calibration_error")),
        Figure(row["lift_10"], "number", "times", explain=_at(row, "lift_10")),
        Figure(row["n"], "count", explain=_at(row, "n")),
        Figure(row["outcomes"], "count", explain=_at(row, "outcomes")),
        verdict,
        tone,
    )


def build(door: Door, query: Query) -> PredictionsContext:
    """Predictions for the quantity of the address."""
    chosen = _chosen(query)
    kept = one(door, KEPT)
    order = list(QUANTITIES)
    found = sorted(
        (row for row in rows(door, LATEST) if row["quantity"] in QUANTITIES),
        key=lambda row: (order.index(row["quantity"]), row["analysis"]),
    )
    address = urlencode({"quantity": chosen})
    return PredictionsContext(
        quantity=chosen,
        quantity_name=QUANTITIES[chosen],
        quantities=list(QUANTITIES.items()),
        said=Figure(kept["said"], "count", explain=explain_address("prediction", "predicted")),
        scored=Figure(kept["scored"], "count", explain=explain_address("prediction", "realised")),
        moments=kept["moments"],
        real_moments=kept["real_moments"],
        first=month(kept["first"]) if kept["first"] else "",
        last=month(kept["last"]) if kept["last"] else "",
        lines=[_line(row) for row in found],
        charts={chart.name: Chart(chart.name, address, chart.rows(door, query)) for chart in PAGE.charts},
    )


PAGE = Page(
    "predictions",
    "/predictions",
    "Predictions",
    build,
    PredictionsContext,
    charts=(ChartQuery("said_and_came", reliability_rows), ChartQuery("ranking", ranking_rows)),
    menu="Predictions",
)
