"""Investment: what to fund under a budget, what the next euro buys, today's spend beside it, how it will be known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import pyarrow as pa

from heartline import investing
from heartline.errors import PlanError
from heartline.investing import AIMS, Answer, Ask, Line
from heartline.web.door import Door, Row, one, rows
from heartline.web.figures import Figure, explain_address, plain
from heartline.web.page import BadAddress, Chart, ChartQuery, MissingPage, Page, Query, choice, told

FRONTIER = "select * from investment_frontier order by budget"
PLACES = "select * from investment_place order by coalesce(point_worth, 0) desc, touchpoint"
TRIALS = """
select t.*, coalesce(i.name, i.option_id) as name, i.touchpoint
from planned_experiment t join investment i on i.option_id = t.option_id
order by coalesce(i.name, i.option_id), t.outcome, t.design
"""
AIM_NAMES = {
    "mean": "the highest mean gain", "cvar": "the best of the worst tenth", "payback": "the surest to pay back",
}  # fmt: skip
BASES = {"measured": "measured", "believed": "believed", "not_known": "not known"}
DESIGNS = {"by_customer": "drawn by customer", "by_team": "drawn by team"}
SHOWN_PLACES = 12
SECONDS, GAP = 0.7, 0.002
"""How long the page looks for something better, and how near to the best is near enough."""


@dataclass(frozen=True)
class OptionLine:
    """One option of the plan, or one that is left."""

    option_id: str
    name: str
    where: str
    units: str
    cost: Figure
    gain: Figure
    payback: Figure
    basis: str
    reason: str


@dataclass(frozen=True)
class PlaceLine:
    """A touchpoint: what one valence point is worth there, today's spend, what the plan adds, and its floor."""

    touchpoint: str
    worth: Figure
    worth_share: Figure
    spend: Figure
    spend_share: Figure
    plan: Figure
    felt: Figure
    floor: Figure


@dataclass(frozen=True)
class TrialLine:
    """An experiment: what is looked at, how groups are drawn, how many and how long."""

    name: str
    outcome: str
    design: str
    effect: Figure
    each: Figure
    weeks: Figure
    possible: bool
    reason: str


@dataclass(frozen=True)
class Choice:
    """A field of the form: its name, what it is called, its value."""

    name: str
    text: str
    value: str


@dataclass(frozen=True)
class InvestmentContext:
    """What the page of investment shows."""

    worked: bool = told("whether options have been worked out")
    conflict: str = told("why no plan is possible; empty: there is one")
    advice: str = told("what could be done about it")
    told_budget: bool = told("whether the budget comes from the settings or the address, and is no example")
    budget: Figure = told("what may be spent")
    cost: Figure = told("what the plan costs")
    gain: Figure = told("what the plan brings over the horizon, with its 90 % interval")
    back: Figure = told("mean gain of each unit of money spent")
    payback: Figure = told("share of scenarios in which the plan brings back its cost")
    tail: Figure = told("mean gain of the worst tenth of scenarios")
    next_money: Figure = told("mean gain of each unit of money if the budget grew by a tenth")
    next_unit: Figure = told("the same were options to be had in parts: the dual of the budget")
    horizon_days: int = told("days over which gains are counted")
    scenarios: int = told("scenarios behind every figure")
    proven: bool = told("whether nothing better is possible, but for two thousandths")
    seconds: float = told("seconds that the answer took")
    funded: Sequence[OptionLine] = told("what is funded, most gain for the money first")
    left: Sequence[OptionLine] = told("what is not, and why")
    measured: int = told("options whose lift was measured")
    places: Sequence[PlaceLine] = told("touchpoints, the one worth most first")
    trials: Sequence[TrialLine] = told("experiments of the plan of the last run")
    untried: Sequence[str] = told("options of which neither a lift is known nor what to look for")
    aim: str = told("what the plan is best in")
    aims: Sequence[tuple[str, str]] = told("aims to choose from")
    kept: bool = told("whether money that is not spent is kept")
    asked: Choice = told("the field of the budget")
    caps: Sequence[Choice] = told("a field for the cap of each department")
    files: Sequence[tuple[str, str]] = told("addresses of this plan as files")
    charts: dict[str, Chart] = told("charts by name")


def ask_of(query: Query, example: float | None = None) -> Ask:
    """What the address asks; BadAddress names a field that is no number. Fields left empty take the setting."""
    caps = {
        name.removeprefix("cap_"): _number(query, name)
        for name in sorted(query)
        if name.startswith("cap_") and query[name].strip()
    }
    budget = _number(query, "budget") if query.get("budget", "").strip() else example
    form = any(name in query for name in ("budget", "aim", "kept"))
    kept = choice(query, "kept", ("1",)) == "1" if form else None
    return Ask(
        budget, caps if caps or form else None, choice(query, "aim", AIMS) or None, kept, seconds=SECONDS, gap=GAP
    )


def _number(query: Query, name: str) -> float:
    try:
        value = float(query[name].replace(" ", "").replace("\u202f", ""))
    except ValueError as cause:
        raise BadAddress(f"{name[:40]} is not a number", "an amount such as 50000", "correct it") from cause
    if not (math.isfinite(value) and 0 <= value <= 1e15):
        raise BadAddress(f"{name[:40]} is out of range", "0 or more", "correct it")
    return value


def _example(door: Door) -> float | None:
    """Without a told budget: a third of what could be spent."""
    if door.settings.number("budget") > 0:
        return None
    most = one(door, "select max(budget) as budget from investment_frontier").get("budget") or 0.0
    return float(round(most / 3, 1 - len(str(int(most)))) or most)


def frontier_rows(door: Door, _query: Query) -> list[Row]:
    """What the best plan brings, budget by budget."""
    return [
        {**{name: row[name] for name in ("budget", "gain", "low", "high", "cost", "p_payback")},
         "options": len((row["options"] or "").split()), "what": "told budget" if row["told"] else "other budgets",
         "explain": explain_address("investment_frontier", "gain", budget=row["budget"])}
        for row in rows(door, FRONTIER)
    ]  # fmt: skip


def spend_rows(door: Door, _query: Query) -> list[Row]:
    """Shares of today's spend and of what better feelings would be worth, touchpoint by touchpoint."""
    found = [row for row in rows(door, PLACES) if row["spend_share"] is not None and row["worth_share"] is not None]
    found.sort(key=lambda row: (-max(row["worth_share"], row["spend_share"]), row["touchpoint"]))
    shown = sorted(found[:SHOWN_PLACES], key=lambda row: (row["spend_share"] - row["worth_share"], row["touchpoint"]))
    return [
        {"touchpoint": plain(row["touchpoint"]), "part": part, "share": row[column], "rank": rank,
         "explain": explain_address("investment_place", column, touchpoint=row["touchpoint"])}
        for rank, row in enumerate(shown)
        for part, column in (("worth of a better feeling", "worth_share"), ("spend today", "spend_share"))
    ]  # fmt: skip


def build(door: Door, query: Query) -> InvestmentContext:
    """The page of investment."""
    worked = bool(one(door, "select count(*) as n from investment").get("n"))
    example = _example(door) if worked else None
    ask = ask_of(query, example)
    answer, error = None, None
    if worked:
        try:
            answer = investing.answer(door.query, door.settings, ask)
        except PlanError as caught:
            error = caught
    unit = door.settings.text("currency")
    budget = door.settings.number("budget") if ask.budget is None else ask.budget
    settings_caps = investing.caps_of(door.settings) if ask.caps is None else ask.caps
    offered = rows(door, "select distinct department from investment where department is not null order by 1")
    shown = answer or Answer(budget, {}, ask.aim or "mean", bool(ask.kept), ask.alpha, unit, 0)
    trials = rows(door, TRIALS)
    spent = shown.cost if shown.cost > 0 else None
    parts = urlencode({name: value for name, value in query.items() if value})
    return InvestmentContext(
        worked=worked,
        conflict=error.got if error else "",
        advice=error.next_step if error else "",
        told_budget=example is None or bool(query.get("budget", "").strip()),
        budget=Figure(budget, "money", unit),
        cost=Figure(shown.cost if answer else None, "money", unit),
        gain=Figure(shown.gain if answer else None, "money", unit, shown.low, shown.high, shown.scenarios or None,
                    explain_address("investment_scenario", "gain")),
        back=Figure(shown.gain / spent if answer and spent else None, "spread"),
        payback=Figure(shown.p_payback, "share", n=shown.scenarios or None),
        tail=Figure(shown.tail if answer else None, "money", unit),
        next_money=Figure(shown.next_money, "spread"),
        next_unit=Figure(shown.next_unit, "spread"),
        horizon_days=door.settings.whole("horizon_days"),
        scenarios=shown.scenarios,
        proven=shown.proven,
        seconds=shown.seconds,
        funded=[_line(line, unit) for line in shown.funded],
        left=[_line(line, unit) for line in shown.left],
        measured=sum(line.basis == "measured" for line in shown.lines),
        places=[_place(row, unit) for row in rows(door, PLACES)],
        trials=[_trial(row, unit) for row in trials if row["effect"] is not None],
        untried=sorted({row["name"] for row in trials} - {row["name"] for row in trials if row["effect"] is not None}),
        aim=shown.aim,
        aims=tuple(AIM_NAMES.items()),
        kept=shown.kept,
        asked=Choice("budget", f"Budget, {unit}", f"{budget:.0f}"),
        caps=[
            Choice(f"cap_{name}", row["department"], f"{settings_caps[name]:.0f}" if name in settings_caps else "")
            for row in offered
            for name in (investing.department(row["department"]),)
        ],
        files=[(form.upper(), f"/investment.{form}" + (f"?{parts}" if parts else "")) for form in ("csv", "xlsx")],
        charts={chart.name: Chart(chart.name, "", chart.rows(door, query)) for chart in PAGE.charts},
    )  # fmt: skip


def _line(line: Line, unit: str) -> OptionLine:
    address = explain_address("investment", "expected_gain", option_id=line.option_id)
    return OptionLine(
        line.option_id,
        line.name,
        f"{plain(line.touchpoint)}, {line.department}",
        f"{line.units}\u00a0of\u00a0{line.max_units}",
        Figure(None if math.isnan(line.cost) else line.cost, "money", unit),
        Figure(line.gain, "money", unit, line.low, line.high, explain=address),
        Figure(line.p_payback, "share"),
        BASES.get(line.basis, line.basis),
        line.reason,
    )


def _place(row: Row, unit: str) -> PlaceLine:
    def at(column: str) -> str:
        return explain_address("investment_place", column, touchpoint=row["touchpoint"])

    return PlaceLine(
        plain(row["touchpoint"]),
        Figure(row["point_worth"], "money", unit, row["point_low"], row["point_high"], explain=at("point_worth")),
        Figure(row["worth_share"], "share", explain=at("worth_share")),
        Figure(row["spend"], "money", unit, explain=at("spend")),
        Figure(row["spend_share"], "share", explain=at("spend_share")),
        Figure(row["plan_cost"], "money", unit, explain=at("plan_cost")),
        Figure(row["felt_today"], "valence", explain=at("felt_today")),
        Figure(row["floor"], "valence", explain=at("floor")),
    )


def _trial(row: Row, unit: str) -> TrialLine:
    def at(column: str) -> str:
        key = {name: row[name] for name in ("option_id", "outcome", "design")}
        return explain_address("planned_experiment", column, **key)

    value = row["outcome"] == "value"
    return TrialLine(
        row["name"],
        "value of a customer" if value else f"feeling at {plain(row['touchpoint'])}",
        DESIGNS[row["design"]],
        Figure(row["effect"], "number" if value else "valence", unit if value else "", explain=at("effect")),
        Figure(row["n_per_arm"], "count", explain=at("n_per_arm")),
        Figure(row["weeks"], "number", "weeks", explain=at("weeks")),
        bool(row["possible"]),
        row["reason"] or "",
    )


def plan_table(door: Door, query: Query) -> tuple[pa.Table, list[tuple[str, str, str, str]]]:
    """The plan for the address as a table, and what its columns hold; BadAddress where no plan is possible."""
    if not one(door, "select count(*) as n from investment").get("n"):
        raise MissingPage("no option has been worked out", "options and a run", "load options, then heartline run")
    try:
        found = investing.answer(door.query, door.settings, ask_of(query, _example(door)))
    except PlanError as caught:
        raise BadAddress(caught.got, caught.expected, caught.next_step) from caught
    unit = found.currency
    columns: list[tuple[str, pa.DataType, str, str, str]] = [
        ("option_id", pa.string(), "the option", "", ""),
        ("name", pa.string(), "its name", "", ""),
        ("department", pa.string(), "who would do it", "", ""),
        ("touchpoint", pa.string(), "where it would be felt", "", ""),
        ("units", pa.int64(), "units funded; 0: not funded", "units", ""),
        ("cost", pa.float64(), "cost of these units; not funded: of its least units", unit, "in another currency"),
        ("gain", pa.float64(), f"mean gain over {found.horizon_days} days, if part of what goes with it is cause", unit,
         "not known"),
        ("low", pa.float64(), "lower end of the 90 % interval", unit, "not known"),
        ("high", pa.float64(), "upper end of the 90 % interval", unit, "not known"),
        ("p_payback", pa.float64(), "share of scenarios that bring back the cost", "0 to 1", "not known"),
        ("lift", pa.float64(), "change of felt valence by these units", "valence points", "not known"),
        ("basis", pa.string(), "where the lift comes from: measured or believed", "", ""),
        ("reason", pa.string(), "why it is funded or not", "", ""),
    ]  # fmt: skip
    lines = [*found.funded, *found.left]
    arrays = {name: pa.array([_blank(getattr(line, name)) for line in lines], kind) for name, kind, _, _, _ in columns}
    return pa.table(arrays), [(name, meaning, of, empty) for name, _, meaning, of, empty in columns]


def _blank(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


PAGE = Page(
    "investment",
    "/investment",
    "Investment",
    build,
    InvestmentContext,
    charts=(ChartQuery("investment_frontier", frontier_rows), ChartQuery("spend_and_worth", spend_rows)),
    menu="Investment",
    table=plan_table,
)
