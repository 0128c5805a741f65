"""Scorecard: retention, repeat and related sales, referral, recognition, recovery and more, a share each per period.

Every measure counts hits among those who could have, so all of them are read alike. See docs/explanation/scorecard.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Analysis, BatchMap, Context, Stage, Values
from heartline.analysis.periods import literal, window_of
from heartline.analysis.scorecard_fit import LOOK_BACK, TABLE, chosen, fit, spans
from heartline.analysis.scorecard_items import SCHEMA, items
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table

UNHAPPY = -0.25
# The first period looked back on may begin a little before the first order.
LATE_START = 0.1


def _said(label: str) -> str:
    return f"' ' || coalesce(signals, '') || ' ' like '% {label} %'"


def _spoken(name: str, good: str, bad: str) -> str:
    """Of texts that say good or bad of one thing, those that say no bad."""
    return (
        f"select '{name}' as measure, w, sum(case when {_said(bad)} then 0 else 1 end) as hits, count(*) as n"
        f" from scorecard_text where {_said(good)} or {_said(bad)} group by w"
    )


MEASURED = {
    "retention": "select 'retention' as measure, a.w + 1 as w, count(b.customer_id) as hits, count(*) as n"
    " from scorecard_buyer a left join scorecard_buyer b on b.customer_id = a.customer_id and b.w = a.w + 1"
    " group by a.w + 1",
    "repeat": "select 'repeat' as measure, w, sum(case when days > 1 then 1 else 0 end) as hits, count(*) as n"
    " from scorecard_buyer group by w",
    "related": "select 'related' as measure, w, sum(fresh) as hits, count(*) as n from scorecard_basket"
    " where known = 1 group by w",
    "referral": "select 'referral' as measure, a.w, count(r.referrer_id) as hits, count(*) as n from scorecard_active a"
    " join scorecard_told t on t.w <= a.w"
    " left join (select distinct referrer_id, w from scorecard_referral) r"
    " on r.referrer_id = a.customer_id and r.w = a.w group by a.w",
    "recognition": _spoken("recognition", "recognition", "unrecognised"),
    "respect": _spoken("respect", "respect", "disrespect"),
    "recovery": "select 'recovery' as measure, w + 1 as w, sum(felt_again) as hits, count(*) as n from scorecard_mended"
    " group by w + 1",
    "relation": "select 'relation' as measure, w, sum(case when pathway = 'connected' then 1 else 0 end) as hits,"
    " count(*) as n from scorecard_bond group by w",
}
"""Query of each measure: its name, the number of the period ``w``, hits, and how many could have."""


def gather(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Who bought, was active, referred, was unhappy or spoke in each period."""
    when = spans(context)
    ends = " ".join(f"when period_end = {literal(f, end)} then {w}" for w, (_, end) in enumerate(when))
    day = "cast(date_trunc('day', occurred_at) as timestamp)"
    return [
        Step("scorecard_order", f"select customer_id, occurred_at, products, {window_of(f, 'occurred_at', when)} as w"
             " from purchase", keep=True),
        Step("scorecard_buyer", f"select customer_id, w, count(distinct {day}) as days from scorecard_order"
             " where w is not null group by customer_id, w", keep=True),
        Step("scorecard_active", "select customer_id, w from scorecard_buyer union"
             f" select customer_id, {window_of(f, 'occurred_at', when)} as w from interaction"
             f" where {window_of(f, 'occurred_at', when)} is not null"),
        Step("scorecard_referral", f"select referrer_id, {window_of(f, 'occurred_at', when)} as w from referral"),
        # before the first referral that is told, nobody can say who referred
        Step("scorecard_told", "select coalesce(w, 0) as w from"
             f" (select {window_of(f, 'min(occurred_at)', when)} as w, min(occurred_at) as told_at from referral)"
             " as first where told_at is not null"),
        Step("scorecard_text", f"select signals, {window_of(f, 'occurred_at', when)} as w from feeling"
             " where status = 'scored'"),
        Step("scorecard_visit", f"select customer_id, occurred_at, {window_of(f, 'occurred_at', when)} as w,"
             " felt_valence, coalesce(surprise, felt_valence) as against_usual from touchpoint_visit"
             " where felt_from in ('words', 'rating') and felt_valence is not null", keep=True),
        Step("scorecard_bad", "select customer_id, w, max(occurred_at) as bad_at from scorecard_visit"
             f" where w is not null and felt_valence <= {UNHAPPY} group by customer_id, w"),
        Step("scorecard_mended", "select b.customer_id, b.w, max(case when v.against_usual >= 0 then 1 else 0 end)"
             " as felt_again from scorecard_bad b left join scorecard_visit v on v.customer_id = b.customer_id"
             " and v.occurred_at > b.bad_at and v.w <= b.w + 1 group by b.customer_id, b.w"),
        Step("scorecard_bond", f"select customer_id, pathway, (case {ends} end) as w from connection"
             " where thin = false"),
        Step("scorecard_products", "select distinct products from scorecard_order where w is not null"
             " and products is not null", keep=True),
    ]  # fmt: skip


def _read(context: Context, values: Values) -> Sequence[BatchMap]:
    return [BatchMap("scorecard_products", items, SCHEMA, "scorecard_items")]


def count(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """What each buyer bought for the first time, and the counts of all measures that stand on the scorecard."""
    when = spans(context)
    counted = " union all ".join(MEASURED[name] for name in chosen(context.text("scorecard")))
    whole = " or ".join(
        f"(b.w = {w} and b.opened_at <= {literal(f, start + LATE_START * (end - start))})"
        for w, (start, end) in ((w, when[w - LOOK_BACK]) for w in range(LOOK_BACK, len(when)))
    )
    return [
        Step("scorecard_word", f"select o.customer_id, o.w, {f.explode_words('i.items')} as item from scorecard_order o"
             " join scorecard_items i on i.products = o.products where o.w is not null and i.items is not null"),
        Step("scorecard_bought", "select distinct customer_id, w, item from scorecard_word", keep=True),
        Step("scorecard_item", "select n.customer_id, n.w, n.item, max(p.w) as had from scorecard_bought n"
             " left join scorecard_bought p on p.customer_id = n.customer_id and p.item = n.item and p.w < n.w"
             " group by n.customer_id, n.w, n.item"),
        Step("scorecard_first", "select n.customer_id, n.w, max(p.w) as had"
             " from (select distinct customer_id, w from scorecard_bought) as n"
             " left join (select distinct customer_id, w from scorecard_bought) as p"
             " on p.customer_id = n.customer_id and p.w < n.w group by n.customer_id, n.w"),
        Step("scorecard_opening", "select min(occurred_at) as opened_at from scorecard_order"),
        Step("scorecard_basket", f"""
            select b.customer_id, b.w, max(case when i.had >= i.w - {LOOK_BACK} then 0 else 1 end) as fresh,
                max(case when b.had >= b.w - {LOOK_BACK} and ({whole}) then 1 else 0 end) as known
            from (select c.*, p.opened_at from scorecard_first c cross join scorecard_opening p) as b
            join scorecard_item i on i.customer_id = b.customer_id and i.w = b.w
            group by b.customer_id, b.w"""),
        Step("scorecard_count", "select measure, cast(w as int) as w, cast(hits as bigint) as hits,"
             f" cast(n as bigint) as n from ({counted}) as counted where w >= {LOOK_BACK} and w < {len(when)}"),
    ]  # fmt: skip


def write(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The table, as fitted."""
    return [Step("scorecard", f"select {', '.join(table('scorecard').names)} from {TABLE}")]


ANALYSIS = Analysis(
    name="scorecard",
    reads=("purchase", "interaction", "referral", "feeling", "touchpoint_visit", "connection"),
    writes=("scorecard",),
    settings=("scorecard", "window_months", "min_base"),
    about="Retention, repeat and related sales, referral, recognition and recovery, a share each per period.",
    stages=(Stage(gather, maps=_read), Stage(count, ("scorecard_count",), fit), Stage(write)),
)
