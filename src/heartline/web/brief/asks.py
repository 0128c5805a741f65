"""What needs deciding: one file of sources each, ranked by one rule that can be read aloud.

Somebody waits (1) comes before a broken standard (2), that before money (3), that before people to be looked for (4),
that before what is to be learnt (5); within each, the most money first, then what is most wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from heartline.playbook.shape import Playbook
from heartline.web.brief.lines import NOBODY, Ask, Evidence, StandardLine, short
from heartline.web.brief.standards import owner_of
from heartline.web.door import Door, Row, one, rows
from heartline.web.figures import Figure, decimal, explain_address, plain

URGENCY = {
    1: "somebody waits", 2: "a standard is broken", 3: "money", 4: "people to be looked for", 5: "to be learnt",
}  # fmt: skip
CAUSES = """
select * from drop_off where cause <> 'any' and status = 'open' and share_low > 0
order by money_lost desc nulls last, share desc, funnel, step, cause
"""
DATELESS = """
select d.* from drop_off d where d.cause <> 'any' and d.status = 'accepted' and not exists (
  select 1 from fix_effect f where f.funnel = d.funnel and f.step = d.step and f.cause = d.cause)
order by d.money_lost desc nulls last, d.funnel, d.step, d.cause
"""
FIXES = """
select * from fix_effect where outcome = 'drop_rate' and verdict in ('none_shown', 'trends_differed')
qualify row_number() over (partition by funnel, step, cause order by fixed_at desc nulls last, method) = 1
order by funnel, step, cause
"""
PLAN = """
select count(*) as options, sum(cost) as cost, string_agg(coalesce(name, option_id), ', ' order by expected_gain desc nulls last, option_id)
  as names, min(currency) as currency
from investment where funded
"""  # noqa: E501
TOLD = "select * from investment_frontier where told order by budget limit 1"
UNTOLD = "select count(*) as options from investment where funded is null"
INITIATIVES = """
select * from initiative_effect where verdict = 'effect_if_assumed' and outcome = 'felt' and low is not null
qualify row_number() over (partition by initiative_id order by method) = 1
order by abs(estimate) desc nulls last, initiative_id
"""
PLAYS = """
select * from play_effect where proof and verdict in ('helps', 'useless', 'harms') order by verdict, play_id
"""
PLACE = "select * from investment_place where touchpoint = $touchpoint and point_worth > 0"
_NONE = Figure(None, "money")
RARELY = 0.1
"""Share of scenarios below which a plan is not said to be worth funding for its gain."""


def of_standards(door: Door, lines: Sequence[StandardLine]) -> list[Ask]:
    """Broken standards: by how much, whose they are, and what a better feeling there would be worth."""
    found = []
    for line in lines:
        if line.verdict != "broken":
            continue
        worth = one(door, PLACE, {"touchpoint": line.where.replace(" ", "_")})
        evidence = [
            Evidence("felt" if line.felt.kind == "valence" else "came", line.felt, "contacts"),
            Evidence("short by", replace(line.gap, n=None)),
        ]
        if line.source == "setting scorecard":
            evidence[0] = Evidence("reached", line.felt, "customers")
        if worth:
            evidence.append(
                Evidence(
                    "one valence point more there goes with",
                    _money(
                        worth, "point_worth", "point_low", "point_high",
                        explain_address("investment_place", "point_worth", touchpoint=worth["touchpoint"]),
                    ),
                )
            )  # fmt: skip
        found.append(
            Ask(
                "standard", 2, f"{line.where.capitalize()} does not feel as it is meant to",
                f"Meant: {line.meant}. The whole interval lies below it.", evidence, line.owner,
                "/journey" if line.source != "setting scorecard" else "/growth", _NONE, -(line.gap.value or 0.0),
            )
        )  # fmt: skip
    return found


def of_causes(door: Door, playbook: Playbook) -> list[Ask]:
    """Causes of drop-off that nobody has judged, accepted ones without a dated fix, and fixes that show nothing."""
    found = [
        _cause(row, playbook, f"Judge: does {plain(row['cause'])} stop people at {plain(row['step'])}?",
               "Nobody has accepted or rejected it. Shares go with stopping; they are not proof.")
        for row in rows(door, CAUSES)
    ]  # fmt: skip
    found += [
        _cause(row, playbook, f"Date the fix of {plain(row['cause'])} at {plain(row['step'])}",
               "It is accepted, and no fix has a day; only a dated fix shows whether it was right.")
        for row in rows(door, DATELESS)
    ]  # fmt: skip
    for row in rows(door, FIXES):
        key = {name: row[name] for name in ("funnel", "step", "cause", "outcome", "method")}
        figure = Figure(
            row["estimate"], "points", "", row["low"], row["high"], row["n_after"],
            explain_address("fix_effect", "estimate", **key),
        )  # fmt: skip
        why = (
            "Chance may be all of the difference." if row["verdict"] == "none_shown"
            else "Treated and others went apart before it, so it is no effect to rely on."
        )  # fmt: skip
        found.append(
            Ask(
                "fix", 3,
                f"The fix of {plain(row['cause'])} at {plain(row['step'])} shows nothing yet: keep or change it?",
                why, [Evidence("stopping since, beyond what was to be expected", figure, "attempts since")],
                owner_of(playbook, row["step"]), "/drop-offs", _NONE,
            )
        )  # fmt: skip
    return found


def of_plan(door: Door) -> list[Ask]:
    """What the plan of the last run would fund; where no budget is told, that one is needed."""
    plan, told = one(door, PLAN), one(door, TOLD)
    if plan.get("options") and told:
        key = {"budget": told["budget"]}
        gain = Figure(
            told["gain"], "money", told["currency"] or "", told["low"], told["high"], None,
            explain_address("investment_frontier", "gain", **key),
        )  # fmt: skip
        cost = Figure(
            told["cost"], "money", told["currency"] or "", explain=explain_address("investment_frontier", "cost", **key)
        )
        pays = Figure(told["p_payback"], "share", explain=explain_address("investment_frontier", "p_payback", **key))
        rarely = told["p_payback"] is not None and told["p_payback"] < RARELY
        names = short(plan["names"] or "", 90)
        title = f"Fund {_several(plan['options'], 'option')}: {names}"
        if rarely:
            title = f"The best plan hardly ever brings back its cost: fund it for other reasons? {names}"
        return [
            Ask(
                "investment", 3, title,
                "The best plan under the budget told; gains hold as far as what goes with a place is caused by it.",
                [Evidence("costs", cost), Evidence("brings", gain), Evidence("pays back, in so many scenarios:", pays)],
                "whoever holds the budget", "/investment", gain,
            )
        ]  # fmt: skip
    untold = int(one(door, UNTOLD).get("options") or 0)
    if untold:
        return [
            Ask(
                "investment", 5, f"Tell a budget: {_several(untold, 'option')} cannot be weighed without one",
                "The setting budget is 0.", [], "whoever holds the budget", "/investment", _NONE,
            )
        ]  # fmt: skip
    return []


def of_initiatives(door: Door, playbook: Playbook) -> list[Ask]:
    """Initiatives whose effect is beyond chance, if what the method assumes holds."""
    found = []
    for row in rows(door, INITIATIVES):
        key = {name: row[name] for name in ("initiative_id", "outcome", "method")}
        figure = Figure(
            row["estimate"], "valence", "", row["low"], row["high"], row["n_customers"],
            explain_address("initiative_effect", "estimate", **key),
        )  # fmt: skip
        better = (row["estimate"] or 0) > 0
        found.append(
            Ask(
                "initiative", 3,
                f"{row['name'] or row['initiative_id']}: {'begin it in more places?' if better else 'end it?'}",
                f"An effect if this holds: {row['assumes'] or 'see the page'}.",
                [Evidence("felt since, beyond what was to be expected", figure, "customers")],
                owner_of(playbook, row["touchpoint"] or ""), "/drop-offs", _NONE, abs(row["estimate"] or 0.0),
            )
        )  # fmt: skip
    return found


def of_plays(door: Door, playbook: Playbook) -> list[Ask]:
    """Plays that help, do nothing or harm, on the behaviour that each names as its proof."""
    plays = {play.play: play for play in playbook.plays}
    teams = {team.team: team.name for team in playbook.teams}
    found = []
    for row in rows(door, PLAYS):
        play = plays.get(row["play_id"])
        name = play.name if play else plain(row["play_id"])
        felt = row["outcome"] == "felt_better"
        figure = Figure(
            row["effect"], "valence" if felt else "points", "", row["low"], row["high"], row["acted"] + row["others"],
            explain_address("play_effect", "effect", play_id=row["play_id"], outcome=row["outcome"]),
        )  # fmt: skip
        against = (
            "those held out by lot" if row["method"] == "hold_out" else "matched customers: association, no effect"
        )
        title, why = {
            "helps": (f"{name} helps: give it to everybody it is meant for?", "A share is still held out to tell."),
            "useless": (f"{name} does nothing that shows: change or end it?", "The effort is spent and nothing moves."),
            "harms": (f"{name} harms: end it", "Customers do better without it."),
        }[row["verdict"]]
        found.append(
            Ask(
                "play", 2 if row["verdict"] == "harms" else 3, title, f"{why} Compared with {against}.",
                [Evidence(f"{plain(row['outcome'])}: difference", figure, "cases")],
                teams.get(play.team, plain(play.team)) if play else NOBODY, "/playbook", _NONE,
                abs(row["effect"] or 0.0),
            )
        )  # fmt: skip
    return found


def ranked(asks: Sequence[Ask]) -> list[Ask]:
    """By the rule."""
    return sorted(asks, key=lambda ask: ask.order)


def _cause(row: Row, playbook: Playbook, title: str, why: str) -> Ask:
    key = {name: row[name] for name in ("funnel", "step", "cause")}
    share = Figure(
        row["share"], "share", "", row["share_low"], row["share_high"], row["reached"],
        explain_address("drop_off", "share", **key),
    )  # fmt: skip
    money = _money(row, "money_lost", "money_low", "money_high", explain_address("drop_off", "money_lost", **key))
    evidence = [Evidence("of stopping there, goes with it:", share, "attempts")]
    if money.known:
        evidence.append(Evidence("worth in a year", money))
    return Ask(
        "cause", 3, title, why, evidence, owner_of(playbook, row["step"]), "/drop-offs", money, row["share"] or 0.0
    )


def _money(row: Row, column: str, low: str, high: str, explain: str) -> Figure:
    return Figure(row[column], "money", row["currency"] or "", row[low], row[high], explain=explain)


def _several(n: int, word: str) -> str:
    return f"{decimal(n)} {word}{'' if n == 1 else 's'}"
