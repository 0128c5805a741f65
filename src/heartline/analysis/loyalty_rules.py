"""The rules of `loyalty`: who belongs to which segment, in order, with what it takes to enter and to stay.

Reading a rule aloud: "dissenter: attacked in public within six months, at least twice, or once with another sign of
having been hurt". Whoever is in a segment stays in it by the easier threshold, so that nobody flips on one message.
"""

from __future__ import annotations

from dataclasses import dataclass

from heartline.analysis.base import Context
from heartline.engines.functions import Functions
from heartline.engines.steps import Step


@dataclass(frozen=True)
class Threshold:
    """``enter``: needed by somebody from another segment; ``plain``: without an earlier period; ``stay``: to remain."""

    enter: float
    plain: float
    stay: float

    def sql(self, segment: str) -> str:
        """The threshold that applies to a row with ``before``, the segment one period earlier."""
        return (
            f"(case when before = '{segment}' then {self.stay} when before is null then {self.plain}"
            f" else {self.enter} end)"
        )


# segment: what is compared, and how much of it is needed
GONE = Threshold(0.60, 0.50, 0.40)  # defector: probability of having left
SUPER_BOND = Threshold(71.0, 70.0, 66.0)  # super_advocate: connection, with at least two promoting acts in a year
BOND = Threshold(58.0, 55.0, 52.0)  # advocate: connection, with at least one promoting act in a year, or NPS 9-10
RISK = Threshold(2.1, 2.0, 1.7)  # at_risk: times the company's median risk of leaving
FELT = Threshold(0.17, 0.15, 0.12)  # content: mean felt valence of six months
CLEARLY_SATISFIED = 80.0  # content too where no feeling is known
SUPER_ACTS, ACTS, PROMOTER = 2, 1, 9.0
LEAST_WEEKS = 4.0  # of history before risks are told


def _say(*parts: str) -> str:
    return "(" + " || ".join(parts) + ")"


def _number(value: str, digits: int) -> str:
    # a hair above, so that what lies half-way is not written by the last digit of a sum
    return f"cast(cast(round({value} + 1e-9, {digits}) as decimal(18,{digits})) as {_TEXT})"


def _times(value: str) -> str:
    many = _say(_number(value, 0), "' times'")
    return f"case when {value} = 1 then 'once' else {many} end"


def _acts(value: str) -> str:
    many = _say(_number(value, 0), "' promoting acts'")
    return f"case when {value} = 1 then '1 promoting act' else {many} end"


_TEXT = "string"


def segments(context: Context) -> list[Step]:
    """One step a period, each reading the one before it."""
    hurt_too = "(betrayals > 0 or threats > 0 or breaches > 0)"
    attacks = "(attacks >= 2 or (attacks >= 1 and (hurt_too or before = 'dissenter')))"
    gone = f"p_gone >= {GONE.sql('defector')}"
    super_advocate = f"connection >= {SUPER_BOND.sql('super_advocate')} and promoting >= {SUPER_ACTS}"
    advocate = f"connection >= {BOND.sql('advocate')} and (promoting >= {ACTS} or nps >= {PROMOTER})"
    at_risk = f"p_next >= {RISK.sql('at_risk')} * usual_next"
    content = f"(felt >= {FELT.sql('content')} or (felt is null and satisfaction >= {CLEARLY_SATISFIED}))"
    read = (
        "customer_id, period, attacks, hurt_too, p_gone, connection, promoting, nps, p_next, usual_next, felt,"
        " satisfaction"
    )
    steps = [
        Step(
            "loyalty_ruled",
            f"select *, {hurt_too} as hurt_too from loyalty_chance",
        )
    ]
    for period in range(context.whole("periods")):
        before = (
            f"select {read}, cast(null as string) as before from loyalty_ruled where period = 0"
            if period == 0
            else f"select {', '.join('e.' + name for name in read.split(', '))}, b.segment as before"
            f" from loyalty_ruled e left join loyalty_placed_{period - 1} b on b.customer_id = e.customer_id"
            f" where e.period = {period}"
        )
        steps.append(
            Step(
                f"loyalty_placed_{period}",
                f"select customer_id, period, before, case when {attacks} then 'dissenter' when {gone} then 'defector'"
                f" when {super_advocate} then 'super_advocate' when {advocate} then 'advocate'"
                f" when {at_risk} then 'at_risk' when {content} then 'content' else 'indifferent' end as segment"
                f" from ({before}) known",
                keep=True,
            )
        )
    every = " union all ".join(f"select * from loyalty_placed_{period}" for period in range(context.whole("periods")))
    placed = (
        "select e.*, s.before, s.segment from loyalty_chance e"
        f" join ({every}) s on s.customer_id = e.customer_id and s.period = e.period"
    )
    return [*steps, Step("loyalty_placed", placed, keep=True)]


def reasons(f: Functions, context: Context) -> list[Step]:
    """Reasons with a strength each, most telling first; and the table itself."""
    away = f.days_between("last_at", "period_end")
    told = [
        ("left_word", "3.0", "'cancelled and has not been seen since'"),
        ("said_leaving and not left_word", "2.5", "'said they would leave and has not been seen since'"),
        (
            "last_at is not null and p_gone >= 0.3", "2.0 * p_gone",
            _say("'silent for '", _number(away, 0), "' days, unusual for this customer'"),
        ),
        ("attacks > 0", "2.2", _say("'attacked in public '", _times("attacks"), "' in six months'")),
        ("betrayals > 0", "1.8", "'feels betrayed by their own words'"),
        ("disrespect_left > 0.3", "1.6", "'was treated with disrespect'"),
        ("hurt_left > 0.3 and mended_at >= hurt_at", "0.6", "'was hurt lately, mended since'"),
        ("hurt_left > 0.3 and coalesce(mended_at < hurt_at, true)", "hurt_left", "'was hurt lately, not mended'"),
        ("connection < 40", "0.6", _say("'low connection ('", _number("connection", 0), "')'")),
        ("p_betrayal > 0.2 and self_relevance > 0.6", "1.0", "'the brand is part of who they are'"),
        ("promoting > 0", "0.3", _say("'promoted the brand '", _times("promoting"), "' in a year'")),
        (f"n < {LEAST_WEEKS}", "5.0", "'known too briefly to tell a risk'"),
    ]  # fmt: skip
    rows = " union all ".join(
        f"select customer_id, period, {strength} as strength, {text} as reason from loyalty_placed where {condition}"
        for condition, strength, text in told
    )
    known = f"n >= {LEAST_WEEKS}"
    felt_known = "sensed + all_n + breaches + texts + evidence_count > 0"
    return [
        Step("loyalty_reason", rows),
        Step(
            "loyalty_reasons",
            f"select customer_id, period, {f.join_ordered('reason', 'place', '; ')} as reasons from ("
            "select customer_id, period, reason, row_number() over (partition by customer_id, period"
            " order by strength desc nulls last, reason asc nulls last) as place from loyalty_reason) ranked"
            " where place <= 4 group by customer_id, period",
        ),
        Step(
            "loyalty",
            "select p.customer_id, p.period_end, p.segment,"
            f" case p.segment {_rules()} else 'stays; nothing points one way or the other' end as rule,"
            f" case when {known} then 1.0 - 2.0 * p.p_leave end as staying,"
            " greatest(-1.0, least(1.0, 0.5 * least(p.promoting, 2) - 0.75 * least(p.attacks, 2)"
            " - 0.5 * p.p_attack)) as promoting,"
            f" case when {felt_known} then p.p_betrayal end as p_betrayal,"
            f" case when {felt_known} then p.p_attack end as p_revenge,"
            f" case when {known} then p.p_silent end as p_silent_leaving,"
            f" case when {known} then p.p_leave end as p_leaving,"
            f" case when {known} then p.p_gone end as p_gone,"
            f" r.reasons, cast({context.whole('risk_horizon_days')} as bigint) as horizon_days"
            " from loyalty_placed p left join loyalty_reasons r"
            " on r.customer_id = p.customer_id and r.period = p.period",
        ),
    ]


def _rules() -> str:
    """The rule of each segment in words, with the numbers that placed the customer."""
    acts = (_acts("p.promoting"), "' in a year'")
    would = f"case when p.nps >= {PROMOTER} then ', would recommend' else '' end"
    told = {
        "dissenter": _say("'spoke against the brand in public '", _times("p.attacks"), "' in six months'"),
        "defector": _say("'has left: '", _number("100.0 * p.p_gone", 0), "' % sure'"),
        "super_advocate": _say("'stays, connection '", _number("p.connection", 0), "', '", *acts),
        "advocate": _say("'stays, connection '", _number("p.connection", 0), "', '", *acts, would),
        "at_risk": _say("'stays, but '", _number("p.p_next / nullif(p.usual_next, 0)", 1), "' times the usual risk'"),
        "content": "case when p.felt is null then 'stays, clearly satisfied' when p.felt_n > 0 then "
        + _say("'stays, felt '", _number("p.felt", 2), "' on average in six months'")
        + " else "
        + _say("'stays; told nothing in six months, contacts like theirs feel '", _number("p.felt", 2))
        + " end",
    }
    return " ".join(f"when '{segment}' then {text}" for segment, text in told.items())


def moves(context: Context) -> list[Step]:
    """The matrix of moves between consecutive periods; there is none into the first period."""
    return [
        Step(
            "segment_move",
            "select period_end, coalesce(before, 'new') as segment_from, segment as segment_to,"
            " count(*) as customers from loyalty_placed where period > 0"
            " group by period_end, coalesce(before, 'new'), segment",
        )
    ]
