"""Standards of the house: what is meant, what came, by how much, whose it is; judged only where intervals allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from heartline.action.felt import Felt, Months
from heartline.errors import PlaybookError
from heartline.playbook.shape import Playbook, Standard
from heartline.tables import EMOTIONS
from heartline.web.brief.lines import NOBODY, StandardLine, Verdict
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, explain_address, plain, written

INTENDED = "select * from synchrony where intended is not null order by unit"
TARGETS = """
select * from scorecard where target is not null
qualify row_number() over (partition by measure order by period_end desc nulls last) = 1
order by measure
"""


def playbook_of(door: Door) -> tuple[Playbook, str]:
    """The playbook, empty where there is none, and what is wrong with it where it cannot be read."""
    try:
        return door.moves.playbook() or Playbook(), ""
    except PlaybookError as wrong:
        return Playbook(), f"The playbook cannot be read: {wrong.got}"


def felt_figure(felt: Felt, months: Months, touchpoint: str = "", stage: str | None = None) -> Figure:
    """Mean felt valence of the latest months as a figure that opens to its rows."""
    address = explain_address(
        "touchpoint_period", "felt_mean", touchpoint=touchpoint or None, stage=stage or None,
        since=_month(months.since), until=_month(months.until),
    )  # fmt: skip
    return Figure(felt.mean, "valence", "", felt.low, felt.high, felt.felt, address)


def standards(door: Door, playbook: Playbook, months: Months) -> list[StandardLine]:
    """Standards of the playbook, then of the settings ``intended`` and ``scorecard``; broken ones first."""
    intended = {row["unit"]: row for row in rows(door, INTENDED)}
    teams = {team.team: team.name for team in playbook.teams}
    found = [_line(one, months, intended, teams) for one in playbook.standards]
    named = {one.touchpoint for one in playbook.standards if one.touchpoint}
    for touchpoint, row in intended.items():
        if touchpoint not in named:
            found.append(_of_setting(touchpoint, row, months))
    found += [_target(row) for row in rows(door, TARGETS)]
    rank = {"broken": 0, "open": 1, "not_known": 2, "not_measured": 3, "kept": 4}
    return sorted(found, key=lambda line: (rank[line.verdict], line.gap.value or 0.0, line.where))


def owner_of(playbook: Playbook, touchpoint: str, stage: str = "") -> str:
    """Who is named for a touchpoint, or for its stage."""
    teams = {team.team: team.name for team in playbook.teams}
    for standard in playbook.standards:
        if touchpoint and standard.touchpoint == touchpoint:
            return teams.get(standard.owner, plain(standard.owner))
    for standard in playbook.standards:
        if stage and not standard.touchpoint and standard.stage == stage:
            return teams.get(standard.owner, plain(standard.owner))
    return NOBODY


def meant_words(standard: Standard) -> str:
    """What a standard means, in words."""
    parts = [plain(standard.feeling)] if standard.feeling else []
    if standard.at_least is not None:
        parts.append(f"at least {written(standard.at_least, 'valence')}")
    return ", ".join(parts) or "not told"


def _line(one: Standard, months: Months, intended: Mapping[str, Row], teams: Mapping[str, str]) -> StandardLine:
    felt = months.at(one.touchpoint, (one.stage,) if one.stage else ())
    figure = felt_figure(felt, months, one.touchpoint, one.stage or None)
    where = plain(one.touchpoint) or f"stage {plain(one.stage)}"
    line = StandardLine(
        where, meant_words(one), figure, Figure(None, "valence"), teams.get(one.owner, plain(one.owner)),
        "not_measured", "playbook",
    )  # fmt: skip
    if one.at_least is not None:
        return _judged(line, one.at_least)
    row = intended.get(one.touchpoint, {})
    if one.feeling and row.get("intended") == one.feeling:
        return _by_emotion(line, row)
    note = (
        f"{plain(one.feeling)} is measured from the next run on"
        if one.feeling in EMOTIONS and one.touchpoint
        else "a number (at_least) is needed to measure it"
    )
    return replace(line, note=note)


def _judged(line: StandardLine, least: float) -> StandardLine:
    felt = line.felt
    if felt.value is None:
        return replace(line, verdict="not_known")
    gap = Figure(
        felt.value - least, "valence", "", None if felt.low is None else felt.low - least,
        None if felt.high is None else felt.high - least, felt.n, felt.explain,
    )  # fmt: skip
    verdict: Verdict = "open"
    if felt.high is not None and felt.high < least:
        verdict = "broken"
    elif felt.low is not None and felt.low >= least:
        verdict = "kept"
    return replace(line, gap=gap, verdict=verdict)


def _by_emotion(line: StandardLine, row: Row) -> StandardLine:
    address = explain_address("synchrony", "gap", kind="touchpoint", unit=row["unit"])
    delivered = Figure(row["delivered"], "share", n=row["n"], explain=address.replace("column=gap", "column=delivered"))
    gap = Figure(row["gap"], "points", "", row["gap_low"], row["gap_high"], row["n"], address)
    verdicts: dict[str | None, Verdict] = {"short": "broken", "reached": "kept", "open": "open"}
    return replace(
        line, felt=delivered, gap=gap, verdict=verdicts.get(row["verdict"], "not_known"),
        note="probability of the feeling in words, against all other places",
    )  # fmt: skip


def _of_setting(touchpoint: str, row: Row, months: Months) -> StandardLine:
    meant = row["intended"]
    figure = felt_figure(months.at(touchpoint), months, touchpoint)
    line = StandardLine(
        plain(touchpoint), plain(meant), figure, Figure(None, "valence"), NOBODY, "not_measured", "setting intended"
    )
    if meant in EMOTIONS:
        return _by_emotion(line, row)
    least = float(meant)
    return _judged(replace(line, meant=f"at least {written(least, 'valence')}"), least)


def _target(row: Row) -> StandardLine:
    key = {"measure": row["measure"], "period_end": row["period_end"]}
    value = Figure(
        row["value"], "share", "", row["low"], row["high"], row["n"], explain_address("scorecard", "value", **key)
    )
    known = row["value"] is not None
    gap = Figure(
        row["value"] - row["target"] if known else None, "points", "",
        row["low"] - row["target"] if known and row["low"] is not None else None,
        row["high"] - row["target"] if known and row["high"] is not None else None, row["n"], value.explain,
    )  # fmt: skip
    verdicts: dict[str | None, Verdict] = {"missed": "broken", "reached": "kept", "open": "open"}
    return StandardLine(
        plain(row["measure"]), f"at least {written(row['target'], 'share')}", value, gap, NOBODY,
        verdicts.get(row["verdict"], "not_known"), "setting scorecard",
    )  # fmt: skip


def by_touchpoint(lines: Sequence[StandardLine]) -> dict[str, StandardLine]:
    """Standards by the name of their place as it is written."""
    return {line.where: line for line in reversed(lines)}


def _month(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m}"
