"""What `play_effects` condenses: what customers did and felt after a case was opened, and what was known before.

A case counts from the moment it was opened, whether anybody acted or not; a held-out case from the same moment. Of a
customer's cases of one play the first counts: whether there is a second one may come of what was done in the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Context, Values
from heartline.analysis.consent import customers_where, no_profile, no_reading
from heartline.analysis.outcomes import events
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import BUCKETS

KNOWN_DAYS = 180
"""How far back what was known of a customer at the opening is counted."""
MOST_ALIKE = 100_000
"""About so many customers without a case are looked at for each play, drawn by a hash: more would tell no more."""
CARE = "care"
"""Kind of the contacts that acting itself leaves; what they felt like is not felt change."""
KNOWN = ("p_leaving", "bond", "recency", "lives", "orders", "felt_known")
"""What was known of a customer when a case was opened."""
DID = ("stays", "buys", "refers", "no_complaint")


def cases(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Cases with the moments that count for them; the first of each customer in a play whose horizon is over."""
    now = literal(f, context.as_of)
    return (
        customers_where("play_objects", no_profile(f)),
        customers_where("play_unread", no_reading(f)),
        Step("play_told", f"""
            with known as (
                select c.case_id, c.customer_id, c.play_id, c.arm, c.opened_at as began_at, c.helped_by,
                    c.horizon_days, cast(c.horizon_days as double) * 86400.0 as seconds, c.acted_at
                from care_case c left join play_objects o on o.customer_id = c.customer_id
                where c.opened_at <= {now} and c.horizon_days > 0 and o.customer_id is null)
            select case_id, customer_id, play_id, arm, began_at, helped_by, horizon_days,
                coalesce(acted_at < {now} and acted_at < {f.add_seconds("began_at", "seconds")}, false) as acted,
                {f.add_seconds("began_at", "seconds")} as ends_at,
                {f.add_seconds("began_at", "seconds")} <= {now} as complete
            from known""", keep=True),
        Step("play_shape", f"""
            select play_id, {f.last_by("horizon_days", "began_at, case_id")} as horizon_days,
                {f.last_by("helped_by", "began_at, case_id")} as helped_by,
                min(case when arm = 'hold_out' then began_at end) as first_held,
                max(case when arm = 'hold_out' then began_at end) as last_held
            from play_told where play_id is not null group by play_id""", keep=True),
        # those opened before the first or after the last held-out case had nobody drawn beside them
        Step("play_first", """
            with placed as (
                select case_id, customer_id, play_id, arm, began_at, horizon_days, complete,
                    row_number() over (partition by play_id, customer_id
                        order by began_at nulls last, case_id nulls last) as place
                from play_told where play_id is not null)
            select p.case_id, p.customer_id, p.play_id, p.arm, p.began_at,
                case when s.first_held is null then 0 else 1 end as held
            from placed p join play_shape s on s.play_id = p.play_id
            where p.place = 1 and p.complete and p.horizon_days = s.horizon_days
                and (s.first_held is null or (p.began_at >= s.first_held and p.began_at <= s.last_held))""",
            keep=True),
        # of everybody only where customers alike are looked for
        *events("play_any"),
        Step("play_event", """
            select e.customer_id, e.moment, e.what
            from play_any_event e
            cross join (select count(*) as matched from play_first where held = 0) m
            left join (select distinct customer_id from play_told) t on t.customer_id = e.customer_id
            where m.matched > 0 or t.customer_id is not null""", keep=True),
    )  # fmt: skip


def alike(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """For plays that hold nobody out: customers without any case, looked at from days on which cases were opened."""
    now = literal(f, context.as_of)
    return (
        Step("play_day", """
            select p.play_id, p.began_at, s.horizon_days,
                row_number() over (partition by p.play_id
                    order by p.began_at nulls last, p.case_id nulls last) as place,
                count(*) over (partition by p.play_id) as cases
            from play_first p join play_shape s on s.play_id = p.play_id
            where p.held = 0""", keep=True),
        Step("play_anyone", f"""
            select e.customer_id, min(e.moment) as first_at, min({f.bucket("e.customer_id")}) as bucket,
                min({f.bucket("e.customer_id || ' like'")}) as thinned
            from play_event e
            left join (select distinct customer_id from care_case where opened_at <= {now}) c
                on c.customer_id = e.customer_id
            left join play_objects o on o.customer_id = e.customer_id
            where e.what = 'life' and c.customer_id is null and o.customer_id is null
            group by e.customer_id""", keep=True),
        # each is looked at from the opening of one of the play's cases, so that both are spread alike over time
        Step("play_like", f"""
            select 'like ' || d.play_id as subject, d.play_id, e.customer_id, d.began_at, d.horizon_days
            from play_anyone e
            cross join (select cast(count(*) as double) as everybody from play_anyone) n
            join play_day d
                on d.place = cast(floor(cast(e.bucket as double) * cast(d.cases as double) / {BUCKETS}.0) as bigint) + 1
            where e.first_at < d.began_at
                and cast(e.thinned as double) * n.everybody < {float(MOST_ALIKE * BUCKETS)}""", keep=True),
    )  # fmt: skip


def outcomes(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """One row a case whose horizon is over, and a customer alike: what they did and felt, and what was known."""
    day = 86400.0

    def at(days: str) -> str:
        return f.add_seconds("began_at", f"({days}) * {day}")

    horizon = "cast(horizon_days as double)"
    longest = f"case when horizon_days > {KNOWN_DAYS} then {horizon} else {KNOWN_DAYS}.0 end"

    def happened(what: str, since: str, until: str, then: str = "1", other: str = " else 0") -> str:
        return f"case when e.what = '{what}' and e.moment >= s.{since} and e.moment < s.{until} then {then}{other} end"

    def mean(since: str, until: str) -> str:
        return f"avg(case when v.occurred_at >= s.{since} and v.occurred_at < s.{until} then v.felt_valence end)"

    return (
        Step("play_subject", f"""
            with those as (
                select case_id as subject, customer_id, began_at, horizon_days from play_told where complete
                union all
                select subject, customer_id, began_at, horizon_days from play_like)
            select t.subject, t.customer_id, t.began_at, case when u.customer_id is null then 1 else 0 end as is_read,
                {at(horizon)} as ends_at, {at(f"0.5 * {horizon}")} as half_at, {at(f"-1.0 * {horizon}")} as before_at,
                {at(f"-{KNOWN_DAYS}.0")} as known_from, {at(f"-1.0 * ({longest})")} as from_at
            from those t left join play_unread u on u.customer_id = t.customer_id""", keep=True),
        Step("play_did", f"""
            select s.subject, s.customer_id,
                max({happened("life", "half_at", "ends_at")}) as stays,
                max({happened("purchase", "began_at", "ends_at")}) as buys,
                max({happened("referral", "began_at", "ends_at")}) as refers,
                max({happened("complaint", "began_at", "ends_at")}) as complains,
                max(case when e.what = 'life' and e.moment < s.began_at then e.moment end) as last_life,
                sum({happened("life", "known_from", "began_at", "1.0", " else 0.0")}) as lives,
                sum({happened("purchase", "known_from", "began_at", "1.0", " else 0.0")}) as orders
            from play_subject s left join play_event e on e.customer_id = s.customer_id and e.moment < s.ends_at
            group by s.subject, s.customer_id""", keep=True),
        Step("play_felt", f"""
            select s.subject, s.customer_id, {mean("before_at", "began_at")} as felt_before,
                {mean("began_at", "ends_at")} as felt_after, {mean("known_from", "began_at")} as felt_known
            from play_subject s join touchpoint_visit v on v.customer_id = s.customer_id
                and v.occurred_at >= s.from_at and v.occurred_at < s.ends_at
            left join (select interaction_id from interaction where kind = '{CARE}') k
                on k.interaction_id = v.interaction_id
            where s.is_read = 1 and k.interaction_id is null and v.felt_valence is not null
            group by s.subject, s.customer_id""", keep=True),
        Step("play_risk", f"""
            select s.subject, s.customer_id, {f.last_by("l.p_leaving", "l.period_end")} as p_leaving,
                {f.last_by("l.segment", "l.period_end")} as segment
            from play_subject s join loyalty l on l.customer_id = s.customer_id and l.period_end <= s.began_at
            group by s.subject, s.customer_id"""),
        Step("play_bond", f"""
            select s.subject, s.customer_id, {f.last_by("b.connection", "b.period_end")} as bond
            from play_subject s join connection b on b.customer_id = s.customer_id and b.period_end <= s.began_at
            group by s.subject, s.customer_id"""),
        Step("play_row", f"""
            select d.subject, d.customer_id, d.stays, d.buys, d.refers, 1 - d.complains as no_complaint,
                f.felt_before, f.felt_after, f.felt_after - f.felt_before as felt_change, f.felt_known,
                r.p_leaving, coalesce(r.segment, 'unknown') as segment, b.bond,
                {f.days_between("d.last_life", "s.began_at")} as recency, d.lives, d.orders
            from play_did d join play_subject s on s.subject = d.subject and s.customer_id = d.customer_id
            left join play_felt f on f.subject = d.subject and f.customer_id = d.customer_id
            left join play_risk r on r.subject = d.subject and r.customer_id = d.customer_id
            left join play_bond b on b.subject = d.subject and b.customer_id = d.customer_id""", keep=True),
    )  # fmt: skip


def counts(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Rows for the fit: single ones where customers were held out, sums by stratum where alike ones stand in."""
    named = ", ".join(f"r.{name}" for name in (*DID, "felt_change", *KNOWN))
    parts = ("p_leaving", "recency", "felt_known")
    cuts = ", ".join(
        f"percentile_cont({share}) within group (order by {name}) as {name}_{end}"
        for name in parts
        for end, share in (("low", "0.3333333333333333"), ("high", "0.6666666666666667"))
    )
    thirds = ", ".join(
        f"case when s.{name} is null then 'unknown' when s.{name} <= c.{name}_low then 'low'"
        f" when s.{name} <= c.{name}_high then 'middle' else 'high' end as {name}_third"
        for name in parts
    )
    strata = ", ".join(f"{name}_third" for name in parts)
    sums = ", ".join(f"cast(sum({name}) as double) as {name}" for name in DID)
    return (
        Step("play_held", f"""
            select p.play_id, case when p.arm = 'act' then 1 else 0 end as acted, p.case_id, {named}
            from play_first p join play_row r on r.subject = p.case_id and r.customer_id = p.customer_id
            where p.held = 1"""),
        Step("play_side", f"""
            select p.play_id, 1 as acted, r.segment, {named}
            from play_first p join play_row r on r.subject = p.case_id and r.customer_id = p.customer_id
            where p.held = 0
            union all
            select l.play_id, 0 as acted, r.segment, {named}
            from play_like l join play_row r on r.subject = l.subject and r.customer_id = l.customer_id""", keep=True),
        Step("play_cut", f"select play_id, {cuts} from play_side group by play_id", keep=True),
        Step("play_stratum", f"""
            with told as (
                select s.play_id, s.acted, s.segment, {", ".join(f"s.{name}" for name in DID)}, s.felt_change,
                    {thirds}
                from play_side s join play_cut c on c.play_id = s.play_id)
            select play_id, acted, segment, {strata}, cast(count(*) as double) as n, {sums},
                cast(count(felt_change) as double) as felt_n, coalesce(sum(felt_change), 0.0) as felt_sum,
                coalesce(sum(felt_change * felt_change), 0.0) as felt_squares
            from told group by play_id, acted, segment, {strata}"""),
        Step("play_known", """
            select s.play_id, s.horizon_days, s.helped_by, case when s.first_held is null then 0 else 1 end as held,
                coalesce(max(n.acted), 0) as acted, coalesce(max(n.others), 0) as others,
                coalesce(max(w.waiting), 0) as waiting
            from play_shape s
            left join (select play_id, sum(case when arm = 'act' then 1 else 0 end) as acted,
                    sum(case when arm = 'hold_out' then 1 else 0 end) as others from play_first group by play_id) n
                on n.play_id = s.play_id
            left join (select play_id, count(*) as waiting from play_told where not complete group by play_id) w
                on w.play_id = s.play_id
            group by s.play_id, s.horizon_days, s.helped_by, s.first_held"""),
    )  # fmt: skip


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """``case_outcome`` in its declared columns."""

    def told(name: str) -> str:
        return f"case when t.complete then r.{name} end"

    def yes(name: str) -> str:
        return f"case when t.complete then r.{name} = 1 end"

    better = "case when t.complete then r.felt_change > 0 end"
    helped = " ".join(
        f"when t.helped_by = '{name}' then {better if name == 'felt_better' else yes(name)}"
        for name in (*DID, "felt_better")
    )
    return (
        Step("case_outcome", f"""
            select t.case_id, t.customer_id, t.play_id, t.arm, t.acted, t.began_at, t.ends_at, t.complete,
                {told("felt_before")} as felt_before, {told("felt_after")} as felt_after,
                {told("felt_change")} as felt_change, {", ".join(f"{yes(name)} as {name}" for name in DID)},
                {better} as felt_better, case {helped} end as helped
            from play_told t left join play_row r on r.subject = t.case_id and r.customer_id = t.customer_id"""),
    )  # fmt: skip
