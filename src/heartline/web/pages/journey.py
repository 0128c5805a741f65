"""Journey: how each point of connection feels, in the order in which customers meet them, and where they leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from heartline.tables import CHANNELS
from heartline.tables.words import stage_rank
from heartline.walks.points import PRECEDENCE
from heartline.web.broken import Z90
from heartline.web.chain import Chain, chain
from heartline.web.door import Door, Row, one, rows
from heartline.web.figures import Figure, explain_address, month
from heartline.web.page import BadAddress, Chart, ChartQuery, Page, Query, choice, told

CURVE = """
with chosen as (
  select * from touchpoint_period
  where ($channel = '' or channel = $channel)
    and period_start >= $since and period_start <= $until)
select touchpoint, stage, sum(visits) as visits, sum(felt_visits) as felt,
       sum(felt_visits * felt_mean) / nullif(sum(felt_visits) filter (where felt_mean is not null), 0) as mean,
       sqrt(sum(power(felt_visits * (felt_high - felt_low) / (2 * $z), 2)))
         / nullif(sum(felt_visits) filter (where felt_low is not null), 0) as error,
       sqrt(sum((felt_visits - 1) * power(felt_sd, 2)) / nullif(sum(felt_visits - 1) filter (where felt_sd is not null), 0)) as spread,
       sum(felt_visits * negative_share) / nullif(sum(felt_visits) filter (where negative_share is not null), 0) as negative,
       sum(words_visits) as words, sum(rating_visits) as rating, sum(behaviour_visits) as behaviour,
       cast(sum(abandoned + failed) as double) / nullif(sum(visits), 0) as unfinished
from chosen group by touchpoint, stage
"""  # noqa: E501

FUNNELS = """
select funnel, position, touchpoint, reached, dropped, drop_rate, drop_low, drop_high, felt_dropped, felt_continued,
       felt_dropped_n, felt_continued_n
from funnel_step order by funnel, position
"""

STEPS = """
select touchpoint, next_touchpoint, steps, change_n, change_mean, change_low, change_high from journey_step
where next_touchpoint <> '' and change_n >= $base and (change_high < 0 or change_low > 0)
order by change_mean asc nulls last, touchpoint, next_touchpoint
"""


@dataclass(frozen=True)
class TouchpointLine:
    """One point of connection: felt valence, spread between visits, volume and what the feeling was read from."""

    touchpoint: str
    stage: str
    felt: Figure
    spread: Figure
    visits: Figure
    known: float | None
    negative: Figure
    unfinished: Figure


@dataclass(frozen=True)
class FunnelLine:
    """One step of a funnel: who reached it, who went no farther, and how both kinds felt there."""

    funnel: str
    position: int
    touchpoint: str
    reached: Figure
    drop: Figure
    felt_dropped: Figure
    felt_continued: Figure


@dataclass(frozen=True)
class StepLine:
    """A step between two touchpoints on which the feeling changes beyond its interval."""

    touchpoint: str
    next_touchpoint: str
    change: Figure
    steps: int


@dataclass(frozen=True)
class JourneyContext:
    """What Journey shows."""

    channel: str = told("channel chosen; empty: all together")
    since: str = told("first month, YYYY-MM")
    until: str = told("last month, YYYY-MM")
    channels: Sequence[str] = told("channels to choose from")
    months: Sequence[str] = told("months to choose from")
    touchpoints: Sequence[TouchpointLine] = told("points of connection in the order of the journey")
    visits: int = told("visits in the choice")
    felt_share: Figure = told("share of those visits of which a feeling is known")
    funnels: Sequence[FunnelLine] = told("steps of every funnel, over all channels and months")
    turns: Sequence[StepLine] = told(
        "steps between touchpoints after which people feel worst, then those after which they feel best"
    )
    chain: Chain = told("how well stages, channels, teams and hand-offs go together, and what was intended")
    charts: dict[str, Chart] = told("charts by name")


def _month_of(query: Query, name: str, default: datetime) -> datetime:
    text = query.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) or text.startswith("0000"):
        raise BadAddress(f"{name} is not a month", "YYYY-MM", "correct the address")
    return datetime(int(text[:4]), int(text[5:]), 1)


def curve(door: Door, query: Query) -> list[Row]:
    """One row per touchpoint and stage in the order of the journey, for the channel and months of the address."""
    ends = one(door, "select min(period_start) as low, max(period_start) as high from touchpoint_period")
    if not ends.get("high"):
        return []
    chosen = {
        "channel": choice(query, "channel", CHANNELS),
        "since": _month_of(query, "since", ends["low"]),
        "until": _month_of(query, "until", ends["high"]),
    }
    found = rows(door, CURVE, {**chosen, "z": Z90})
    first = {row["touchpoint"]: row["first_share"] or 0.0 for row in rows(door, PRECEDENCE)}
    found.sort(key=lambda row: (stage_rank(row["stage"]), -first.get(row["touchpoint"], 0.0), row["touchpoint"]))
    base = door.settings.whole("min_base")
    limits = {"channel": chosen["channel"] or None, "since": query.get("since"), "until": query.get("until")}
    for number, row in enumerate(found):
        row["position"] = number
        row["name"] = row["touchpoint"].replace("_", " ")
        row["stage_name"] = (row["stage"] or "stage not told").replace("_", " ")
        if (row["felt"] or 0) < base:
            row["mean"] = row["error"] = row["spread"] = row["negative"] = None
        enough = row["mean"] is not None and row["error"] is not None
        row["low"] = row["mean"] - Z90 * row["error"] if enough else None
        row["high"] = row["mean"] + Z90 * row["error"] if enough else None
        row["stage_first"] = None if number and found[number - 1]["stage"] == row["stage"] else row["stage_name"]
        row["unknown"] = row["visits"] - row["felt"]
        row["explain"] = explain_address(
            "touchpoint_period", "felt_mean", touchpoint=row["touchpoint"], stage=row["stage"], **limits
        )
    return found


def sources(door: Door, query: Query) -> list[Row]:
    """How many visits of each touchpoint were read from words, rating and behaviour, and how many are not known."""
    names = (("words", "words"), ("rating", "rating"), ("behaviour", "behaviour"), ("unknown", "not known"))
    return [
        {
            "name": row["name"],
            "position": row["position"],
            "source": word,
            "visits": row[column],
            "share": row[column] / row["visits"] if row["visits"] and row[column] is not None else None,
            "rank": rank,
            "explain": row["explain"].replace("felt_mean", f"{column}_visits" if rank < 3 else "visits"),
        }
        for row in curve(door, query)
        for rank, (column, word) in enumerate(names)
    ]


def funnel_rows(door: Door, _query: Query) -> list[Row]:
    """Steps of every funnel with the share of those entering who reach them."""
    entered: dict[str, int] = {}
    found = []
    for row in rows(door, FUNNELS):
        entered.setdefault(row["funnel"], row["reached"])
        start = entered[row["funnel"]]
        found.append(
            {
                **row,
                "name": f"{row['position']}. {row['touchpoint']}".replace("_", " "),
                "funnel_name": row["funnel"].replace("_", " "),
                "share": row["reached"] / start if start else None,
                "explain": explain_address("funnel_step", "drop_rate", funnel=row["funnel"], position=row["position"]),
            }
        )
    return found


def turns(door: Door) -> list[StepLine]:
    """The five steps after which visits feel worst against the one before, then the three that feel best."""
    found = rows(door, STEPS, {"base": door.settings.whole("min_base")})
    worst = [row for row in found if row["change_mean"] < 0][:5]
    best = [row for row in reversed(found) if row["change_mean"] > 0][:3]
    return [
        StepLine(
            row["touchpoint"],
            row["next_touchpoint"],
            Figure(
                row["change_mean"],
                "valence",
                "",
                row["change_low"],
                row["change_high"],
                row["change_n"],
                explain_address(
                    "journey_step",
                    "change_mean",
                    touchpoint=row["touchpoint"],
                    next_touchpoint=row["next_touchpoint"],
                ),
            ),
            row["steps"],
        )
        for row in (*worst, *best)
    ]


def build(door: Door, query: Query) -> JourneyContext:
    """The journey for the channel and months of the address."""
    found = curve(door, query)
    known = [
        month(row["period_start"])
        for row in rows(door, "select distinct period_start from touchpoint_period order by period_start nulls first")
    ]
    channels = [
        row["channel"]
        for row in rows(door, "select distinct channel from touchpoint_period order by channel nulls first")
    ]
    visits = sum(row["visits"] for row in found)
    felt = sum(row["felt"] for row in found)
    limits = {name: query[name] for name in ("channel", "since", "until") if query.get(name)}
    kept = urlencode(limits)
    return JourneyContext(
        channel=query.get("channel", ""),
        since=query.get("since") or (known[0] if known else ""),
        until=query.get("until") or (known[-1] if known else ""),
        channels=channels,
        months=known,
        touchpoints=[
            TouchpointLine(
                row["name"],
                row["stage_name"],
                Figure(row["mean"], "valence", "", row["low"], row["high"], row["felt"], row["explain"]),
                Figure(row["spread"], "spread", explain=row["explain"].replace("felt_mean", "felt_sd")),
                Figure(row["visits"], "count", explain=row["explain"].replace("felt_mean", "visits")),
                row["felt"] / row["visits"] if row["visits"] else None,
                Figure(row["negative"], "share", explain=row["explain"].replace("felt_mean", "negative_share")),
                Figure(row["unfinished"], "share", explain=row["explain"].replace("felt_mean", "abandoned")),
            )
            for row in found
        ],
        visits=visits,
        felt_share=Figure(
            felt / visits if visits else None,
            "share",
            n=visits,
            explain=explain_address("touchpoint_period", "felt_visits", **limits),
        ),
        funnels=[
            FunnelLine(
                row["funnel_name"],
                row["position"],
                row["touchpoint"],
                Figure(row["reached"], "count", explain=row["explain"].replace("drop_rate", "reached")),
                Figure(
                    row["drop_rate"], "share", "", row["drop_low"], row["drop_high"], row["reached"], row["explain"]
                ),
                *(
                    Figure(row[felt], "valence", n=row[f"{felt}_n"], explain=row["explain"].replace("drop_rate", felt))
                    for felt in ("felt_dropped", "felt_continued")
                ),
            )
            for row in funnel_rows(door, query)
        ],
        turns=turns(door),
        chain=chain(door),
        charts={chart.name: Chart(chart.name, kept, chart.rows(door, query)) for chart in PAGE.charts},
    )


PAGE = Page(
    "journey",
    "/journey",
    "Journey",
    build,
    JourneyContext,
    charts=(
        ChartQuery("emotion_curve", curve),
        ChartQuery("source_mix", sources),
        ChartQuery("funnel", funnel_rows),
    ),
    menu="Journey",
)
