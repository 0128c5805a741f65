"""The brief of the Chief Customer Officer, gathered from the current tables and from what people decided.

Figures that a page of the desk shows are taken from that page, so that both say the same.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from heartline.action.decisions import Standing as Logged
from heartline.action.felt import Months, months_of
from heartline.action.house import present, real
from heartline.tables import TABLES
from heartline.tables.shape import Column
from heartline.web.brief import asks, patterns, people
from heartline.web.brief.lines import Ask, Brief, DecisionLine, Evidence, Standing
from heartline.web.brief.standards import playbook_of, standards
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, decimal, explain_address, plain
from heartline.web.pages import desk
from heartline.web.pages.value import TOTALS

MOVED = """
select * from scorecard where change is not null and (change_low > 0 or change_high < 0)
qualify row_number() over (partition by measure order by period_end desc nulls last) = 1
order by measure
"""
LATEST = "select max(period_end) as period_end from scorecard"
SIGNS = """
select * from service_ingredient where team = '' and change_q <= 0.1 and (change_low > 0 or change_high < 0)
  and period_end = (select max(period_end) from service_ingredient)
order by abs(change) desc nulls last, touchpoint, sign limit 4
"""
ADJUSTED = """
select * from connection_value where measure = 'value' and comparison = 'own_rating' and kind = 'adjusted'
"""
LOG = 12
KINDS = {
    "pattern": "rests on a pattern", "single_request": "rests on a single request", "judgement": "judgement",
}  # fmt: skip


def months(door: Door) -> Months:
    """Felt valence of the latest ``window_months`` months: what every brief tells of a place."""
    settings = door.settings
    return months_of(door.query, door.as_of, settings.whole("window_months"), settings.whole("min_base"))


def gather(door: Door, now: datetime | None = None) -> Brief:
    """The brief as of the last run; ``now`` (UTC, without an offset) decides what is overdue or due for review.

    Without it, deadlines are held against the clock of the settings, reviews of decisions against this day.
    """
    moment = now or present(door)
    shown = desk.build(door, {})
    playbook, fault = playbook_of(door)
    felt = months(door)
    held = standards(door, playbook, felt)
    base = door.settings.whole("min_base")
    said = patterns.themes(patterns.said(door, felt), base)
    singles = [theme for theme in said if not theme.pattern]
    singles.sort(key=lambda theme: (-theme.contacts, theme.customers, theme.where, theme.what))
    found: list[Ask] = [
        *people.of_promises(door, playbook, moment), *people.of_cases(door, playbook, moment),
        *asks.of_standards(door, held), *asks.of_causes(door, playbook), *asks.of_plan(door),
        *asks.of_plays(door, playbook), *asks.of_initiatives(door, playbook), *people.of_the_silent(door, playbook),
        *people.of_the_betrayed(door, playbook), *people.of_silent_leaving(door, playbook),
    ]  # fmt: skip
    broke = shown.broken
    return Brief(
        company=door.settings.text("company"),
        as_of=door.as_of,
        period_end=shown.period_end,
        before=shown.before,
        vision=playbook.vision,
        headline=shown.headline,
        standing=_standing(shown),
        worth=_worth(door, shown),
        changes=_changes(door, shown),
        by_chance=(
            f"{len(broke.falls)} of {broke.compared} places fell beyond the interval of the change in "
            f"{broke.month:%Y-%m}; about {decimal(broke.by_chance, 1)} would by chance alone"
            if broke.month and broke.compared
            else ""
        ),
        standards=held,
        asks=asks.ranked(found),
        patterns=[*patterns.first(said), *patterns.minds(door)],
        singles=singles[:8],
        singles_total=len(singles),
        log=[decision_line(one) for one in _log(door, now or real())],
        gaps=[Evidence(line.name, line.share, "in all") for line in shown.gaps],
        notes=[fault] if fault else [],
    )


def _standing(shown: desk.DeskContext) -> list[Standing]:
    return [
        Standing(name, change, word)
        for name, change, word in (
            ("Connection", shown.connection, "customers judged on own evidence"),
            ("Satisfaction", shown.satisfaction, "customers who rated or answered"),
        )
        if change is not None
    ]


def _worth(door: Door, shown: desk.DeskContext) -> list[Evidence]:
    unit = door.settings.text("currency")
    totals, ratios = rows(door, TOTALS), rows(door, ADJUSTED)
    found: list[Evidence] = []
    for row in totals[:1]:
        total = Figure(
            row["expected_value"], "money", row["currency"] or unit, row["expected_value_low"],
            row["expected_value_high"], row["customers"],
            explain_address("value_total", "expected_value", part=row["part"]),
        )  # fmt: skip
        found.append(Evidence(f"Expected of all customers over {row['horizon_days']} days", total, "customers"))
    if shown.stake is not None:
        found.append(Evidence("At stake with those who may leave", shown.stake, "customers"))
    found += [_multiple(row) for row in ratios if row["ratio"] is not None and row["ratio_low"] is not None]
    if shown.connected_share is not None:
        found.append(Evidence("Connected, of customers judged", shown.connected_share, "customers"))
    return found


def _multiple(row: Row) -> Evidence:
    key = {name: row[name] for name in ("measure", "comparison", "kind")}
    n = (row["n_connected"] or 0) + (row["n_compared"] or 0)
    ratio = Figure(
        row["ratio"], "spread", "", row["ratio_low"], row["ratio_high"], n or None,
        explain_address("connection_value", "ratio", **key),
    )  # fmt: skip
    chance = ", within chance of 1" if row["ratio_low"] <= 1 <= row["ratio_high"] else ""
    return Evidence(
        f"Value of connected over satisfied customers, ratio adjusted for earlier buying{chance}", ratio, "customers"
    )


def _changes(door: Door, shown: desk.DeskContext) -> list[Evidence]:
    found = [
        Evidence(f"{plain(fall.touchpoint).capitalize()} feels worse than the month before, by", fall.change, "")
        for fall in shown.broken.falls
    ]
    found += [
        Evidence(
            f"{plain(failure.touchpoint).capitalize()} fails more than the month before ({failure.before.text}), now",
            failure.now, "visits",
        )
        for failure in shown.broken.failures
    ]  # fmt: skip
    last = next(iter(rows(door, LATEST)), {}).get("period_end")
    for row in rows(door, MOVED):
        if row["period_end"] == last:
            key = {"measure": row["measure"], "period_end": row["period_end"]}
            found.append(
                _change(f"{plain(row['measure']).capitalize()} changed by", row, "scorecard", key, "customers")
            )
    for row in rows(door, SIGNS):
        key = {name: row[name] for name in ("period_end", "touchpoint", "sign")}
        what = f"{plain(row['sign']).capitalize()} at {plain(row['touchpoint'])} changed by"
        found.append(_change(what, row, "service_ingredient", key, "contacts"))
    return found


def _change(what: str, row: Row, table: str, key: dict[str, Any], word: str) -> Evidence:
    figure = Figure(
        row["change"], "points", "", row["change_low"], row["change_high"], row["n"],
        explain_address(table, "change", **key),
    )  # fmt: skip
    return Evidence(what, figure, word)


def _log(door: Door, now: datetime) -> list[Logged]:
    """What is due first, then the newest."""
    decisions = door.moves.decisions
    due = decisions.due(now.date())
    numbers = {one.decision.decision_id for one in due}
    return due + [one for one in decisions.standing(LOG, now.date()) if one.decision.decision_id not in numbers]


def decision_line(logged: Logged) -> DecisionLine:
    """A decision as it is shown: the figure then, and now or at its review."""
    one = logged.decision
    page, cited = "", "judgement"
    kind: Kind = "number"
    if one.evidence_table and one.evidence_column and one.evidence_table in TABLES:
        key = dict(_key(one.evidence_key))
        page = explain_address(one.evidence_table, one.evidence_column, **key)
        kind = _kind(TABLES[one.evidence_table].column(one.evidence_column))
        cited = f"{plain(one.evidence_column)}" + (f" of {', '.join(plain(v) for v in key.values())}" if key else "")
    if one.reviewed_at:
        now = Figure(one.later_figure, kind, "", one.later_low, one.later_high, one.later_n)
    elif logged.now:
        now = Figure(logged.now.value, kind, "", logged.now.low, logged.now.high, logged.now.n, page)
    else:
        now = Figure(None, kind)
    return DecisionLine(
        one.decision_id, one.what, one.by, one.at[:10], KINDS.get(one.kind, plain(one.kind)), cited, page,
        Figure(one.figure, kind, "", one.low, one.high, one.n), now, one.expected, one.review_on or "", logged.due,
        plain(one.came), one.review_note, (one.reviewed_at or "")[:10],
    )  # fmt: skip


def _key(text: str | None) -> dict[str, str]:
    found: dict[str, str] = json.loads(text or "{}")
    return found


def _kind(column: Column) -> Kind:
    kinds: dict[str, Kind] = {"0 to 1": "share", "-1 to 1": "valence", "0 to 100": "score", "currency": "money"}
    if column.type == "int64":
        return "count"
    if column.name.endswith(("share", "rate")):
        return "share"
    return kinds.get(column.unit, "number")
