"""Drop-offs: what goes with stopping at each step, people's decisions on it, fixes before and after, initiatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from heartline.hypotheses import Hypothesis
from heartline.tables import CHANNELS
from heartline.web.deciding import anchor, button
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, day, explain_address, plain
from heartline.web.page import Chart, ChartQuery, Page, Query, told

ALL = "select * from drop_off order by funnel, position, share desc nulls last, met desc nulls last, cause"
FIXES = "select * from fix_effect order by funnel, step, cause, outcome, method"
INITIATIVES = "select * from initiative_effect order by started_at desc nulls last, initiative_id, outcome, method"
CAUSE_NAMES = {
    "any": "any of these", "error": "something failed", "code_denied": "a code was denied",
    "login_failed": "signing in failed", "payment_failed": "paying failed", "retry": "had to try again",
    "waiting": "waiting", "went_back": "went back a step",
    "effort": "said it was an effort", "confusion": "said it was confusing", "complaint": "complained",
    "frustration": "was annoyed or angry", "disappointment": "was disappointed", "worry": "was worried",
}  # fmt: skip
METHODS = {
    "difference_in_differences": "difference in differences", "staggered": "staggered start, group-time averages",
    "synthetic_control": "synthetic control", "interrupted_series": "interrupted time series",
}  # fmt: skip
OUTCOMES = {
    "felt": "felt valence", "rating": "rating, 0 to 1", "completion": "contacts that ended well",
    "orders": "orders per customer and week", "drop_rate": "stops at the step", "met": "meets the cause",
}  # fmt: skip
VERDICTS = {
    "effect_if_assumed": "an effect, if", "none_shown": "none shown; chance may be all",
    "trends_differed": "not to be relied on: they went apart before", "not_enough_evidence": "not enough evidence",
}  # fmt: skip


@dataclass(frozen=True)
class CauseLine:
    """One cause at one step, with the values of its buttons; who decided what, in words; empty: nobody."""

    anchor: str
    cause: str
    seen_at: str
    evidence: str
    share: Figure
    met: Figure
    drop_met: Figure
    drop_usual: Figure
    money: Figure
    alone: Figure
    reason: str
    status: str
    decided: str
    accept: str
    reject: str
    again: str
    fixed: str


@dataclass(frozen=True)
class StepLine:
    """One step: how many reached it, how many stopped, and what goes with it.

    thin: names of causes of which too little is known
    """

    funnel: str
    step: str
    reached: Figure
    rate: Figure
    any_share: Figure
    any_money: Figure
    causes: Sequence[CauseLine]
    thin: str


@dataclass(frozen=True)
class EffectLine:
    """A fix or an initiative read out: what, where, since when, by which method, and what may be said."""

    name: str
    where: str
    since: str
    outcome: str
    method: str
    estimate: Figure
    before: Figure
    after: Figure
    p: str
    trend: str
    verdict: str
    assumes: str
    reason: str


@dataclass(frozen=True)
class DropContext:
    """What Drop-offs shows."""

    computed: bool = told("whether drop-off has been worked out")
    top: CauseLine | None = told("the cause with the largest share at the step where most stop; none: nothing is known")
    top_step: str = told("that step")
    steps: Sequence[StepLine] = told("steps of all funnels at which somebody stopped, in order")
    channels: Sequence[str] = told("channels in which a fix can have been made")
    fixes: Sequence[EffectLine] = told("dated fixes, before and after")
    initiatives: Sequence[EffectLine] = told("initiatives, read out")
    charts: dict[str, Chart] = told("charts by name")


def cause_rows(door: Door, _query: Query) -> list[Row]:
    """Shares of causes at the step where most stop."""
    found = _most(rows(door, ALL))
    return [
        {
            "name": CAUSE_NAMES.get(row["cause"], plain(row["cause"])), "share": row["share"], "low": row["share_low"],
            "high": row["share_high"], "met": row["met"], "step": plain(row["step"]),
            "evidence": row["evidence"],
            "explain": explain_address(
                "drop_off", "share", funnel=row["funnel"], step=row["step"], cause=row["cause"]
            ),
        }
        for row in found if row["share"] is not None and row["cause"] != "any"
    ]  # fmt: skip


def build(door: Door, query: Query) -> DropContext:
    """The page of drop-offs."""
    found = rows(door, ALL)
    said = {(one.funnel, one.step, one.cause): one for one in door.hypothesis_board()}
    known = {_key(row) for row in found}
    unit = door.settings.text("currency")
    steps = []
    for row in (row for row in found if row["cause"] == "any" and row["dropped"]):
        own = [one for one in found if (one["funnel"], one["step"]) == (row["funnel"], row["step"])]
        # what a person named since the last run stands on the board at once
        own += [
            {"funnel": key[0], "step": key[1], "cause": key[2], "evidence": "people"}
            for key in said if key not in known and key[:2] == (row["funnel"], row["step"])
        ]  # fmt: skip
        steps.append(_step(row, own, said, unit))
    most = [row for row in _most(found) if row["share"] is not None and row["cause"] != "any"]
    top = _line(most[0], said, unit) if most and (most[0]["share_low"] or 0) > 0 else None
    return DropContext(
        computed=bool(found),
        top=top,
        top_step=plain(most[0]["step"]) if top else "",
        steps=steps,
        channels=CHANNELS,
        fixes=[_fix(row) for row in rows(door, FIXES)],
        initiatives=[_initiative(row) for row in rows(door, INITIATIVES)],
        charts={chart.name: Chart(chart.name, "", chart.rows(door, query)) for chart in PAGE.charts},
    )


def _most(found: Sequence[Row]) -> list[Row]:
    """Rows of the step at which most stop, of those of which a cause is known."""
    told_of = {(row["funnel"], row["step"]): row["dropped"] or 0 for row in found if row["share"] is not None}
    if not told_of:
        return []
    # where money is lost comes first: in a funnel that ends in no order stopping may be just what is wanted
    paid = {(row["funnel"], row["step"]) for row in found if row["money_lost"] is not None}
    key = max(told_of, key=lambda one: (one in paid, told_of[one], one))
    return [row for row in found if (row["funnel"], row["step"]) == key]


def _known(row: Row) -> bool:
    """Whether there is something to decide on: a share, or a hypothesis of people."""
    return row.get("share") is not None or row["evidence"] == "people"


def _key(row: Row) -> tuple[str, str, str]:
    return row["funnel"], row["step"], row["cause"]


def _step(row: Row, own: Sequence[Row], said: Mapping[tuple[str, str, str], Hypothesis], unit: str) -> StepLine:
    def at(column: str) -> str:
        return explain_address("drop_off", column, funnel=row["funnel"], step=row["step"], cause="any")

    shown = [one for one in own if one["cause"] != "any" and (_known(one) or _key(one) in said)]
    thin = [one for one in own if one["cause"] != "any" and one not in shown]
    whole = _line(row, said, unit)
    return StepLine(
        plain(row["funnel"]), plain(row["step"]), Figure(row["reached"], "count", explain=at("reached")),
        Figure(
            row["drop_rate"], "share", "", row["drop_low"], row["drop_high"], row["reached"], at("drop_rate")
        ),
        whole.share, whole.money, [_line(one, said, unit) for one in shown],
        ", ".join(CAUSE_NAMES.get(one["cause"], plain(one["cause"])) for one in thin),
    )  # fmt: skip


def _line(row: Row, said: Mapping[tuple[str, str, str], Hypothesis], unit: str) -> CauseLine:
    key = _key(row)

    def at(column: str) -> str:
        return explain_address("drop_off", column, funnel=key[0], step=key[1], cause=key[2])

    def share(name: str) -> Figure:
        return Figure(row.get(name), "share", explain=at(name))

    one = said.get(key)
    decided = ""
    if one is not None:
        fix = f"; fixed since {one.fixed_at[:10]}" if one.fixed_at else ""
        fix += f" in {one.fixed_channel}" if one.fixed_at and one.fixed_channel else ""
        decided = f"{one.status} by {one.by}, {one.at[:10]}{fix}{': ' + one.note if one.note else ''}"
    return CauseLine(
        anchor(*key), CAUSE_NAMES.get(key[2], plain(key[2])),
        ", ".join(plain(place) for place in (row.get("seen_at") or "").split()), row.get("evidence") or "",
        Figure(
            row.get("share"), "share", "", row.get("share_low"), row.get("share_high"), row.get("met"), at("share")
        ),
        Figure(row.get("met"), "count", explain=at("met")), share("drop_met"), share("drop_usual"),
        Figure(
            row.get("money_lost"), "money", row.get("currency") or unit, row.get("money_low"), row.get("money_high"),
            row.get("met"), at("money_lost"),
        ),
        Figure(
            row.get("share_alone"), "share", "", row.get("alone_low"), row.get("alone_high"), row.get("met_alone"),
            at("share_alone"),
        ),
        row.get("reason") or "", one.status if one is not None else "open", decided,
        button("accept", *key), button("reject", *key), button("open", *key), button("fixed", *key),
    )  # fmt: skip


def _fix(row: Row) -> EffectLine:
    key = {name: row[name] for name in ("funnel", "step", "cause", "outcome", "method")}
    where = f"{plain(row['step'])} of {plain(row['funnel'])}"
    where += f", {row['fixed_channel']} only" if row["fixed_channel"] else ""
    name = CAUSE_NAMES.get(row["cause"], plain(row["cause"]))
    n = (row["n_before"] or 0) + (row["n_after"] or 0)
    return _effect(row, "fix_effect", key, name, where, day(row["fixed_at"]), n)


def _initiative(row: Row) -> EffectLine:
    key = {name: row[name] for name in ("initiative_id", "outcome", "method")}
    some = f"{plain(row['unit_kind'])}: {row['n_treated']} of {row['n_units']}"
    where = "everybody" if row["unit_kind"] == "all" else some
    where += f", {plain(row['touchpoint'])}" if row["touchpoint"] else ""
    return _effect(
        row, "initiative_effect", key, row["name"] or row["initiative_id"], where, day(row["started_at"]),
        row["n_customers"],
    )  # fmt: skip


def _effect(
    row: Row, table: str, key: Mapping[str, object], name: str, where: str, since: str, n: int
) -> EffectLine:  # fmt: skip
    share = row["outcome"] in ("drop_rate", "met", "completion")
    change: Kind = "points" if share else "valence"
    level: Kind = "share" if share else "spread"

    def figure(column: str, kind: Kind) -> Figure:
        return Figure(row[column], kind, explain=explain_address(table, column, **key))

    estimate = Figure(
        row["estimate"], change, "", row["low"], row["high"], n, explain_address(table, "estimate", **key)
    )  # fmt: skip
    chance = "" if row["p"] is None else f"p = {row['p']:.2f}"
    rank = row.get("placebo_rank")
    if rank is not None:
        chance += f", place {rank} of {row['n_units']} placebos"
    trend = "" if row["pre_trend_p"] is None else f"trend apart before it: p = {row['pre_trend_p']:.2f}"
    return EffectLine(
        name, where, since, OUTCOMES[row["outcome"]], METHODS[row["method"]], estimate, figure("before", level),
        figure("after", level), chance, trend, VERDICTS[row["verdict"]],
        row["assumes"] if row["verdict"] == "effect_if_assumed" else "", row["reason"] or "",
    )  # fmt: skip


PAGE = Page(
    "drop_offs",
    "/drop-offs",
    "Drop-offs",
    build,
    DropContext,
    charts=(ChartQuery("drop_causes", cause_rows),),
    menu="Drop-offs",
)
