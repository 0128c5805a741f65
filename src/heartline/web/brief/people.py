"""People who wait or are to be looked for: promises, cases, the silent unhappy, the betrayed. Counts, never a name."""

from __future__ import annotations

from datetime import datetime

from heartline.playbook.shape import Playbook
from heartline.web.brief.lines import NOBODY, Ask, Evidence
from heartline.web.door import Door, Row, one
from heartline.web.figures import Figure, decimal, explain_address, plain

ICEBERG = "select * from iceberg where cause = 'all' order by period_end desc nulls last limit 1"
LEAVING = """
select * from leaving_cause where cause not in ('any', 'not_known') and share_low > 0
order by share desc nulls last, cause limit 1
"""
BETRAYED = """
select count(b.p_betrayal) as judged, sum(b.p_betrayal) as expected,
  count(*) filter (where b.p_betrayal >= 0.5) as many,
  sum(o.value_at_stake) filter (where b.p_betrayal >= 0.5) as stake,
  count(o.value_at_stake) filter (where b.p_betrayal >= 0.5) as stake_n, min(o.currency) as currency
from betrayal b left join customer_overview o on o.customer_id = b.customer_id
"""
QUIETLY = """
select count(p_silent_leaving) as judged, sum(p_silent_leaving) as expected,
  count(*) filter (where p_silent_leaving >= 0.5) as many,
  sum(value_at_stake) filter (where p_silent_leaving >= 0.5) as stake,
  count(value_at_stake) filter (where p_silent_leaving >= 0.5) as stake_n, min(currency) as currency
from customer_overview
"""
_NONE = Figure(None, "money")


def of_the_silent(door: Door, playbook: Playbook) -> list[Ask]:
    """Unhappy customers who tell nobody, and what leaving goes with most."""
    found = []
    row = one(door, ICEBERG)
    if row.get("silent") is not None and row["silent"] >= 1:
        key = {"period_end": row["period_end"], "cause": "all"}
        silent = Figure(
            row["silent"], "count", "", row["silent_low"], row["silent_high"], row["customers"],
            explain_address("iceberg", "silent", **key),
        )  # fmt: skip
        each = Figure(
            row["per_teller"], "number", "", row["per_teller_low"], row["per_teller_high"], row["told"],
            explain_address("iceberg", "per_teller", **key),
        )  # fmt: skip
        heard = Figure(row["coverage"], "share", n=row["heard"], explain=explain_address("iceberg", "coverage", **key))
        found.append(
            Ask(
                "silent", 4, "Ask those who say nothing", "An estimate from those of whom a feeling is known.",
                [
                    Evidence("unhappy and silent", silent, "customers met"),
                    Evidence("for each who told", each, "who told"),
                    Evidence("of those who did not tell something is known of", heard, "customers"),
                ],
                who_acts(playbook, "p_silent_leaving"), "/hurt", _NONE, row["per_teller"] or 0.0,
            )
        )  # fmt: skip
    row = one(door, LEAVING)
    if row:
        share = Figure(
            row["share"], "share", "", row["share_low"], row["share_high"], row["compared"],
            explain_address("leaving_cause", "share", cause=row["cause"]),
        )  # fmt: skip
        found.append(
            Ask(
                "leaving", 4, f"Leaving goes most with {plain(row['cause'])}: who takes it on?",
                "A lower bound, and an association.", [Evidence("of leaving goes with it:", share, "leavers")],
                who_acts(playbook, "p_leaving"), "/hurt", _NONE, row["share"] or 0.0,
            )
        )  # fmt: skip
    return found


def of_the_betrayed(door: Door, playbook: Playbook) -> list[Ask]:
    """Customers who probably feel betrayed: how many, and the value that is at stake with them."""
    row = one(door, BETRAYED)
    many = int(row.get("many") or 0)
    title = f"{decimal(many)} customer{' probably feels' if many == 1 else 's probably feel'} betrayed: who calls?"
    why = "Satisfaction does not protect; a failed answer makes it worse."
    return _at_risk(door, playbook, row, "betrayal", title, why) if many else []


def of_silent_leaving(door: Door, playbook: Playbook) -> list[Ask]:
    """Customers who probably leave without a word: how many, and the value that is at stake with them."""
    row = one(door, QUIETLY)
    many = int(row.get("many") or 0)
    title = (
        f"{decimal(many)} customer{' probably leaves' if many == 1 else 's probably leave'} without a word: who calls?"
    )
    return _at_risk(door, playbook, row, "silent_leaving", title, "They have not complained.") if many else []


def _at_risk(door: Door, playbook: Playbook, row: Row, risk: str, title: str, why: str) -> list[Ask]:
    table = "betrayal" if risk == "betrayal" else "customer_overview"
    stake = Figure(row["stake"], "money", row["currency"] or door.settings.text("currency"), n=row["stake_n"])
    expected = Figure(row["expected"], "number", n=row["judged"], explain=explain_address(table, f"p_{risk}"))
    many = int(row["many"])
    evidence = [
        Evidence(
            "probable (one in two or more)", Figure(many, "count", explain=f"/customers?risk={risk}&at_least=0.5")
        ),
        Evidence("expected over all", expected, "customers judged"),
    ]
    if stake.known:
        evidence.append(Evidence("value at stake with them", stake, "customers"))
    who = who_acts(playbook, f"p_{risk}")
    return [Ask(risk, 4, title, why, evidence, who, "/hurt", stake, float(many))]


def who_acts(playbook: Playbook, condition: str) -> str:
    """The team of the first play whose trigger asks for a condition."""
    teams = {team.team: team.name for team in playbook.teams}
    found = (play.team for play in playbook.plays if play.on and condition in play.trigger.customer)
    return next((teams.get(team, plain(team)) for team in found), NOBODY)


def of_cases(door: Door, playbook: Playbook, now: datetime) -> list[Ask]:
    """Cases whose deadline has passed, team by team."""
    late: dict[str, list[int]] = {}
    for case in door.moves.cases.queue():
        if case.status in ("open", "waiting") and case.due_at is not None and case.due_at < now:
            counted = late.setdefault(case.team, [0, 0])
            counted[0] += 1
            counted[1] += case.escalated_at is not None
    names = {team.team: team for team in playbook.teams}
    found = []
    for team, (many, escalated) in sorted(late.items(), key=lambda item: (-item[1][0], item[0])):
        of = names.get(team)
        above = names.get(of.escalates_to) if of and of.escalates_to else None
        found.append(
            Ask(
                "case", 1, f"{decimal(many)} case{'' if many == 1 else 's'} of {of.name if of else plain(team)}"
                f" {'is' if many == 1 else 'are'} past the deadline",
                f"{decimal(escalated)} of them {'was' if escalated == 1 else 'were'} told to the next team.",
                [],
                above.name if above else of.name if of else plain(team), f"/cases?team={team}", _NONE, float(many),
            )
        )  # fmt: skip
    return found


def of_promises(door: Door, playbook: Playbook, now: datetime) -> list[Ask]:
    """Promises to single customers that are overdue, by what was promised."""
    late: dict[str, int] = {}
    for promise in door.moves.promises.overdue(now):
        late[promise.expectation or ""] = late.get(promise.expectation or "", 0) + 1
    standing = {one.promise: one for one in playbook.expectations}
    teams = {team.team: team.name for team in playbook.teams}
    found = []
    for name, many in sorted(late.items(), key=lambda item: (-item[1], item[0])):
        of = standing.get(name)
        found.append(
            Ask(
                "promise", 1, f"{decimal(many)} promise{'' if many == 1 else 's'} to customers"
                f" {'is' if many == 1 else 'are'} overdue" + (f": {plain(name)}" if name else ""),
                of.says if of else "Promised to single customers.",
                [],
                teams.get(of.owner, plain(of.owner)) if of else NOBODY, "/cases", _NONE, float(many),
            )
        )  # fmt: skip
    return found
