"""What `initiatives` condenses: outcomes by initiative, unit and week, counted from the initiative's first day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.periods import literal
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

OWN_KINDS = ("team", "channel", "all")
BEFORE, AFTER = 52, 104
"""Weeks looked at before the first day, and since."""
_TRAIT = re.compile(r"[\w .-]{1,60}")


def listed(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Which kinds of units there are."""
    return (
        Step("initiative_kind", "select distinct unit_kind from initiative where unit_kind is not null"),
    )  # fmt: skip


def choose_traits(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Traits of customers that are units; a name that no import writes is passed over."""
    kinds = sorted(set(tables["initiative_kind"].column(0).to_pylist()) - set(OWN_KINDS))
    good = [kind for kind in kinds if _TRAIT.fullmatch(kind)]
    passed = len(kinds) - len(good)
    notes = (f"{passed} kinds of units are no name of a trait and were passed over.",) if passed else ()
    return Fit(values={"traits": good}, notes=notes)


def gather(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Sums by initiative, unit and week."""
    traits = list(values["traits"])
    now = literal(f, context.as_of)
    currency = context.text("currency")
    week = f"cast(floor({f.days_between('h.first_at', 'v.occurred_at')} / 7.0) as bigint)"
    last = f"cast(floor({f.days_between('h.first_at', now)} / 7.0) as bigint)"
    visit_unit = {"team": "v.team", "channel": "v.channel", "all": "'all'"}
    order_unit = {"channel": "v.channel", "all": "'all'"}

    def units(source: str, columns: str, own: Mapping[str, str]) -> str:
        parts = [
            f"select '{kind}' as unit_kind, {unit} as unit, {columns} from {source} v" for kind, unit in own.items()
        ]
        parts += [
            f"select '{trait}' as unit_kind, t.unit, {columns} from {source} v"
            f" join initiative_trait t on t.customer_id = v.customer_id and t.trait = '{trait}'"
            for trait in traits
        ]
        return " union all ".join(parts)

    told = " union all ".join(
        f"select customer_id, '{trait}' as trait, {f.json_text('traits', trait)} as unit, first_seen_at from customer"
        for trait in traits
    )
    nobody = (
        "select customer_id, cast(null as string) as trait, cast(null as string) as unit, first_seen_at"
        " from customer where false"
    )
    between = f"w.week >= -{BEFORE} and w.week < {AFTER} and w.week < w.last_week and w.unit is not null"
    return (
        Step("initiative_head", f"""
            select h.initiative_id, h.name, h.touchpoint, h.unit_kind, h.first_at, {last} as last_week
            from (select initiative_id, max(name) as name, max(touchpoint) as touchpoint, max(unit_kind) as unit_kind,
                    min(started_at) as first_at
                from initiative where started_at < {now} group by initiative_id) h""", keep=True),
        Step("initiative_unit", f"""
            select i.initiative_id, i.unit, min({f.days_between("h.first_at", "i.started_at")}) as start_day,
                max({f.days_between("h.first_at", "i.ended_at")}) as end_day
            from initiative i join initiative_head h on h.initiative_id = i.initiative_id
                and h.unit_kind = i.unit_kind
            where i.started_at < {now} group by i.initiative_id, i.unit"""),
        Step("initiative_trait", f"""
            select customer_id, trait, unit, first_seen_at from ({told or nobody}) told
            where unit is not null and unit <> ''""", keep=True),
        Step("initiative_visit", """
            select v.customer_id, v.occurred_at, v.touchpoint, v.team, v.channel,
                case when v.felt_from in ('words', 'rating') then v.felt_valence end as felt,
                case when i.rating is not null and i.rating_max > i.rating_min
                    then (i.rating - i.rating_min) / nullif(i.rating_max - i.rating_min, 0) end as rating,
                case when i.outcome = 'completed' then 1.0 when i.outcome is not null then 0.0 end as completion
            from touchpoint_visit v join interaction i on i.interaction_id = v.interaction_id""", keep=True),
        Step("initiative_contact", f"""
            with w as (
                select h.initiative_id, h.last_week, v.unit, v.customer_id, v.felt, v.rating, v.completion,
                    {week} as week
                from ({units(
                    "initiative_visit", "v.customer_id, v.occurred_at, v.touchpoint, v.felt, v.rating, v.completion",
                    visit_unit)}) v
                join initiative_head h on h.unit_kind = v.unit_kind
                    and (h.touchpoint is null or h.touchpoint = v.touchpoint))
            select w.initiative_id, w.unit, w.week, w.customer_id, w.felt, w.rating, w.completion
            from w where {between}""", keep=True),
        Step("initiative_cell", """
            select initiative_id, unit, week, cast(count(felt) as double) as felt_n, coalesce(sum(felt), 0.0) as felt,
                cast(count(rating) as double) as rating_n, coalesce(sum(rating), 0.0) as rating,
                cast(count(completion) as double) as completion_n, coalesce(sum(completion), 0.0) as completion
            from initiative_contact group by initiative_id, unit, week"""),
        Step("initiative_order", f"""
            with w as (
                select h.initiative_id, h.last_week, v.unit, {week} as week
                from ({units("purchase", "v.customer_id, v.occurred_at, v.currency, v.revenue", order_unit)}) v
                join initiative_head h on h.unit_kind = v.unit_kind
                where coalesce(v.currency, '{currency}') = '{currency}' and v.revenue > 0)
            select w.initiative_id, w.unit, w.week, cast(count(*) as double) as orders from w
            where {between} group by w.initiative_id, w.unit, w.week"""),
        # customers of a unit by the week in which they came; of channels and of all, everybody
        Step("initiative_joined", f"""
            with w as (
                select h.initiative_id, v.unit, case when v.occurred_at is null then -{BEFORE}
                    else greatest(-{BEFORE}, {week}) end as week
                from (select c.customer_id, c.first_seen_at as occurred_at, k.unit_kind, '' as unit
                        from customer c cross join (select 'channel' as unit_kind union all select 'all' as unit_kind) k
                    union all select customer_id, first_seen_at as occurred_at, trait as unit_kind, unit
                        from initiative_trait) v
                join initiative_head h on h.unit_kind = v.unit_kind)
            select initiative_id, unit, week, cast(count(*) as double) as customers
            from w group by initiative_id, unit, week"""),
        Step("initiative_people", """
            select initiative_id, cast(count(distinct customer_id) as bigint) as customers
            from initiative_contact group by initiative_id"""),
    )  # fmt: skip
