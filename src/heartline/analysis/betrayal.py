"""Betrayal: how probable each customer feels betrayed and why, and how revenge and avoidance go on from there.

Four conditions stand in columns of their own: a tie that matters, a breach, its severity, a failed recovery; and what
the customer says of the company's motive. See docs/explanation/betrayal.md.
"""

from __future__ import annotations

from heartline.analysis.base import Analysis, Context, Stage, Values
from heartline.analysis.betrayal_facts import gather
from heartline.analysis.betrayal_fit import BETRAYAL, fit_betrayal
from heartline.analysis.ledger_facts import ledger
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

MONTHS = (1, 3, 6)
MONTH_DAYS = 30.4375


def _write(f: Functions, context: Context, values: Values) -> list[Step]:
    weights = values["betrayal"]
    score = " + ".join([f"({weights['intercept']:.17g})", *(f"({weights[name]:.17g}) * {name}" for name in BETRAYAL)])
    chance = f"(1.0 / (1.0 + exp(-least(greatest({score}, -30.0), 30.0))))"
    revenge = ", ".join(
        f"case when known then 1.0 - exp(ln(1.0 - least(p_revenge, 0.999)) *"
        f" {0.5 ** (month * MONTH_DAYS / values['half_life_days']):.17g}) end as p_revenge_month_{month}"
        for month in MONTHS
    )
    # who is there keeps away at the same rate month after month, so that avoidance adds up
    stay = "ln(greatest(1.0 - p_next, 0.001))"
    avoidance = ", ".join(
        f"p_gone + (1.0 - p_gone) * (1.0 - exp({stay} * {month * MONTH_DAYS:.17g} / nullif(horizon, 0)))"
        f" as p_avoidance_month_{month}"
        for month in MONTHS
    )
    return [
        Step(
            "betrayal_chance",
            "select *, case when known then 1.0 - (1.0 - least(p_shown / "
            f"{values['voice']:.17g}, 0.95)) * (1.0 - words) * (1.0 - attacked) end as p_betrayal,"
            " least(1.0, greatest(0.0, (p_leaving - p_gone) / nullif(1.0 - least(p_gone, 0.9999), 0))) as p_next"
            f" from (select *, case when events > 0 then {chance} else 0.0 end as p_shown from (select *,"
            " breach * self as breach_of_self, breach * severity as harm, breach * failed_recovery as deviation"
            " from betrayal_factor) factors) shown",
            keep=True,
        ),
        *_reasons(f),
        Step(
            "betrayal",
            "select b.customer_id, b.period_end, b.p_betrayal, b.self_relevance, b.breach,"
            " case when b.events > 0 then b.severity end as severity,"
            " case when b.events > 0 then b.failed_recovery end as failed_recovery,"
            " case when b.texts > 0 then b.motive end as motive, case when b.texts > 0 then b.words end as words,"
            " cast(b.attacks as bigint) as attacks, cast(b.events as bigint) as breaches, b.worst_at,"
            " b.worst_touchpoint,"
            " case when b.known then b.p_revenge end as p_revenge, b.p_gone as p_avoidance,"
            f" {', '.join(f'b.p_revenge_month_{month}, b.p_avoidance_month_{month}' for month in MONTHS)},"
            " r.reasons, b.horizon_days"
            f" from (select *, {revenge}, {avoidance} from betrayal_chance) b"
            " left join betrayal_reasons r on r.customer_id = b.customer_id",
        ),
        *ledger(f, context, values),
    ]


def _reasons(f: Functions) -> list[Step]:
    def number(value: str, digits: int = 0) -> str:
        return f"cast(cast(round({value} + 1e-9, {digits}) as decimal(18,{digits})) as string)"

    told = [
        ("attacks > 0", "3.0", f"'spoke against the brand in public, ' || {number('attacks')} || ' in a year'"),
        ("words >= 0.5", "2.8", "'their own words speak of betrayal'"),
        (
            "events > 0 and breach >= 0.15", "1.0 + breach",
            "'a promise or fairness was broken, worst at ' || replace(worst_touchpoint, '_', ' ')",
        ),
        ("events > 0 and breach >= 0.15 and severity >= 0.5", "0.9 + severity / 2.0", "'it felt very bad'"),
        ("failed_recovery = 1.0 and breach >= 0.15", "1.2", "'what was done about it failed too'"),
        ("failed_recovery = 0.0 and events > 0 and breach >= 0.15", "0.4", "'it was put right afterwards'"),
        ("motive >= 0.5", "1.1", "'they see bad intent or contempt in it'"),
        ("self_relevance > 0.6 and breach >= 0.15", "1.3", "'the brand is part of who they are'"),
        ("self_relevance < 0.25 and breach >= 0.15", "0.2", "'the brand means little to them'"),
    ]  # fmt: skip
    rows = " union all ".join(
        f"select customer_id, {strength} as strength, {text} as reason from betrayal_chance where {condition}"
        for condition, strength, text in told
    )
    return [
        Step(
            "betrayal_reasons",
            f"select customer_id, {f.join_ordered('reason', 'place', '; ')} as reasons from (select customer_id,"
            f" reason,"
            " row_number() over (partition by customer_id order by strength desc nulls last, reason asc nulls last)"
            f" as place from ({rows}) told) ranked where place <= 5 group by customer_id",
        )
    ]


ANALYSIS = Analysis(
    name="betrayal",
    reads=(
        "customer", "interaction", "feeling", "touchpoint_visit", "connection", "loyalty", "customer_value", "referral",
        "purchase",
    ),
    writes=("betrayal", "ledger"),
    settings=("currency",),
    about="How probable it is that a customer feels betrayed and why, how revenge falls and avoidance grows, and what"
    " harm and help are worth.",
    stages=(
        Stage(steps=gather, collect=("betrayal_training", "betrayal_attack"), fit=fit_betrayal),
        Stage(steps=_write),
    ),
)  # fmt: skip
