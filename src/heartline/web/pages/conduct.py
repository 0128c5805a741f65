"""Conduct: how conversations of teams keep to the code, in employees' words, beside what teams say of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from heartline.tables import CONDUCT_MEASURES
from heartline.web.consent import consents
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, day, explain_address
from heartline.web.page import Page, Query, choice, told

FOUND = "select * from conduct_team order by period_start, period_end, team, measure"
OUTCOMES = "select * from team_outcome order by team"
HEARD = """
select team, kind, count(*) as n, count(case when status = 'kept' then 1 end) as kept,
       count(case when status = 'broken' then 1 end) as broken, count(case when status = 'open' then 1 end) as open
from promise_heard where $team = '' or team = $team group by team, kind order by team, kind
"""
# Sentences are chosen by a hash, so that nobody's are picked; one a customer, and never with a name or a moment.
SAID = """
select measure, status, sign, customer_id, text, span_start, span_end from (
  select c.measure, c.status, c.sign, c.customer_id, v.text, c.span_start, c.span_end,
         row_number() over (partition by c.measure, c.status order by md5(c.interaction_id), c.customer_id) as place
  from (
    select *, row_number() over (partition by measure, status, customer_id order by md5(interaction_id)) as own
    from conduct where status in ('kept', 'broken') and interaction_id is not null and ($team = '' or team = $team)
      and ended_at >= $since) c
  join verbatim v on v.interaction_id = c.interaction_id and v.speaker = 'employee' where c.own = 1)
where place <= $limit order by measure, status, place
"""
PULSE = """
select team, period, question, mean, answers, scale_min, scale_max from team_pulse
where answers >= $least order by team, question, period
"""
QUOTES, DRAWN, LEAST_QUOTED, LONGEST = 3, 12, 3, 220
MANY = 100_000
"""Verdicts beyond which sentences of the last period alone are drawn, so that the page answers at once."""
LEAST_ANSWERS = 5

MEANS: Mapping[str, str] = {
    "respect": "No blame, no dismissal, no belittling, no bare orders.",
    "empathy": "Where the customer told of something bad: feeling with them, showing that one understands, or asking "
    "how it is for them.",
    "recognition": "Who this customer is, what they did or what they said is taken up.",
    "answering": "What was asked is answered.",
    "listening": "Spoken conversations: the customer gets a word in.",
    "promises": "The company was in touch by the time it had promised to be.",
}


@dataclass(frozen=True)
class Cell:
    """One measure of one team: the share that keeps it, the difference to what is usual there, and its tone."""

    kept: Figure
    difference: Figure
    tone: str


@dataclass(frozen=True)
class TeamLine:
    """A team: its measures, and how its customers felt."""

    team: str
    cells: Sequence[Cell]
    felt: Figure


@dataclass(frozen=True)
class PeriodLine:
    """A period of the team that is shown: the share that keeps each measure."""

    since: str
    until: str
    cells: Sequence[Figure]


@dataclass(frozen=True)
class MeasureLine:
    """A measure over all conversations that are shown, the next feeling where it was kept and where not, and quotes."""

    measure: str
    means: str
    kept: Figure
    not_read: int
    felt_kept: Figure
    felt_broken: Figure
    felt_gap: Figure
    kept_words: Sequence[str]
    broken_words: Sequence[str]


@dataclass(frozen=True)
class PromiseLine:
    """Promises of one kind that were heard; the last three are of those that contacts on record can show."""

    kind: str
    n: Figure
    kept: int
    broken: int
    waiting: int


@dataclass(frozen=True)
class PulseLine:
    """What a team says of itself: a question, the newest mean, and the change since the month before it."""

    team: str
    question: str
    period: str
    mean: Figure
    scale: str
    change: Figure
    felt: Figure


@dataclass(frozen=True)
class ConductContext:
    """What Conduct shows."""

    on: bool = told("whether conversations are read for conduct at all (setting conduct)")
    least: int = told("conversations, and customers, that a team needs")
    team: str = told("the team that is shown; empty: all teams together")
    teams: Sequence[str] = told("teams that are large enough")
    since: str = told("first day that is looked at; empty where nothing is known")
    until: str = told("day on which it ends")
    names: Sequence[str] = told("measures that anything is known of, in their order")
    lines: Sequence[TeamLine] = told("a line a team: measures, difference to the usual, customers' feeling")
    measures: Sequence[MeasureLine] = told("a line a measure of the team that is shown, with quotes")
    periods: Sequence[PeriodLine] = told("a line a period of the team that is shown")
    promises: Sequence[PromiseLine] = told("promises that were heard, by kind")
    pulse: Sequence[PulseLine] = told("what teams say of themselves, newest month, beside how their customers felt")


def _figure(row: Row, name: str, kind: Kind, base: str) -> Figure:
    key = {each: row[each] for each in ("period_start", "period_end", "measure")} | {"team": row["team"] or None}
    low, high = (row.get(f"{name}_{end}") for end in ("low", "high"))
    return Figure(row[name], kind, "", low, high, row[base], explain_address("conduct_team", name, **key))


def _cell(row: Row | None) -> Cell:
    if row is None:
        return Cell(Figure(None, "share"), Figure(None, "points"), "")
    tone = {"more": "good", "less": "bad"}.get(row["verdict"] or "", "")
    return Cell(_figure(row, "kept", "share", "n"), _figure(row, "difference", "points", "n"), tone)


def _quotes(door: Door, team: str, since: datetime) -> dict[tuple[str, str], list[str]]:
    """Up to three different sentences by measure and status; none where fewer than three customers have heard one."""
    found = rows(door, SAID, {"team": team, "limit": DRAWN, "since": since})
    allowed = consents(door, sorted({row["customer_id"] for row in found}))
    quoted: dict[tuple[str, str], list[str]] = {}
    for row in found:
        consent = allowed.get(row["customer_id"])
        if consent is not None and not consent.read:
            continue
        said = " ".join(row["text"][row["span_start"] : row["span_end"]].split())
        if said:
            short = said if len(said) <= LONGEST else said[: LONGEST - 1].rstrip() + "…"
            quoted.setdefault((row["measure"], row["status"]), []).append(short)
    return {key: list(dict.fromkeys(said))[:QUOTES] for key, said in quoted.items() if len(said) >= LEAST_QUOTED}


def _measure(row: Row, quoted: Mapping[tuple[str, str], Sequence[str]]) -> MeasureLine:
    name = row["measure"]
    return MeasureLine(
        name,
        MEANS[name],
        _figure(row, "kept", "share", "n"),
        row["not_read"],
        _figure(row, "felt_kept", "valence", "felt_kept_n"),
        _figure(row, "felt_broken", "valence", "felt_broken_n"),
        _figure(row, "felt_gap", "valence", "felt_broken_n"),
        quoted.get((name, "kept"), ()),
        quoted.get((name, "broken"), ()),
    )


def _felt(row: Row | None) -> Figure:
    if row is None:
        return Figure(None, "valence")
    return Figure(row["felt"], "valence", "", row["felt_low"], row["felt_high"], row["visits"],
                  explain_address("team_outcome", "felt", team=row["team"]))  # fmt: skip


def _pulse(door: Door, outcomes: Mapping[str, Row], team: str) -> list[PulseLine]:
    """The newest answer of each team to each question."""
    asked: dict[tuple[str, str], list[Row]] = {}
    for row in rows(door, PULSE, {"least": LEAST_ANSWERS}):
        if not team or row["team"] == team:
            asked.setdefault((row["team"], row["question"]), []).append(row)
    lines = []
    for (name, question), found in asked.items():
        last, before = found[-1], found[-2] if len(found) > 1 else None
        where = explain_address("team_pulse", "mean", team=name, period=last["period"], question=question)
        change = None if before is None else last["mean"] - before["mean"]
        lines.append(
            PulseLine(
                name, question, last["period"], Figure(last["mean"], "spread", n=last["answers"], explain=where),
                f"{last['scale_min']:g} to {last['scale_max']:g}", Figure(change, "valence"), _felt(outcomes.get(name)),
            )
        )  # fmt: skip
    return lines


def build(door: Door, query: Query) -> ConductContext:
    """Conduct of all teams, or of the one of the address."""
    found = rows(door, FOUND)
    teams = sorted({row["team"] for row in found if row["team"]})
    team = choice(query, "team", teams)
    outcomes = {row["team"]: row for row in rows(door, OUTCOMES)}
    spans = sorted({(row["period_start"], row["period_end"]) for row in found}, key=lambda span: span[1] - span[0])
    whole = spans[-1] if spans else None
    of_all = {(r["team"], r["measure"]): r for r in found if (r["period_start"], r["period_end"]) == whole}
    names = [name for name in CONDUCT_MEASURES if ("", name) in of_all and (of_all["", name]["n"] or 0) > 0]
    many = whole is not None and sum(r["n"] for r in found if (r["period_start"], r["period_end"]) == whole) > MANY
    quoted = _quotes(door, team, max(span[0] for span in spans) if many else spans[-1][0]) if spans else {}
    periods = []
    for span in sorted(spans[:-1], reverse=True):
        here = {r["measure"]: r for r in found if r["team"] == team and (r["period_start"], r["period_end"]) == span}
        cells = [_figure(here[name], "kept", "share", "n") if name in here else Figure(None, "share") for name in names]
        periods.append(PeriodLine(day(span[0]), day(span[1]), cells))
    heard: dict[str, Row] = {}
    for row in rows(door, HEARD, {"team": team}):
        sums = heard.setdefault(row["kind"], {"n": 0, "kept": 0, "broken": 0, "open": 0})
        for part in sums:
            sums[part] += row[part]
    return ConductContext(
        on=door.settings.text("conduct") == "teams",
        least=door.settings.whole("conduct_min"),
        team=team,
        teams=teams,
        since=day(whole[0]) if whole else "",
        until=day(whole[1]) if whole else "",
        names=names,
        lines=[
            TeamLine(each, [_cell(of_all.get((each, name))) for name in names], _felt(outcomes.get(each)))
            for each in teams
        ],
        measures=[_measure(of_all[team, name], quoted) for name in names if (team, name) in of_all],
        periods=periods,
        promises=[
            PromiseLine(
                kind, Figure(sums["n"], "count", explain=explain_address("promise_heard", "status", kind=kind)),
                sums["kept"], sums["broken"], sums["open"],
            )
            for kind, sums in heard.items()
        ],
        pulse=_pulse(door, outcomes, team),
    )  # fmt: skip


PAGE = Page("conduct", "/conduct", "Conduct", build, ConductContext, menu="Conduct")
