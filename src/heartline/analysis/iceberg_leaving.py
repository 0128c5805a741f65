"""What leavers met before they went, against customers of the same kind who were seen in the same month and stayed."""

from __future__ import annotations

from heartline.analysis.base import Context, Values, months_before
from heartline.analysis.iceberg_facts import BAD
from heartline.analysis.life import life
from heartline.analysis.periods import literal, slice_of
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

MONTHS = 12
BEFORE_DAYS, AFTER_DAYS = 180, 14  # a parcel that never came is noticed after the last sign of life
LEAST_TEXTS = 5  # harsh texts at a touchpoint before it says what a wordless bad contact there was about


def leaving(f: Functions, context: Context, values: Values) -> list[Step]:
    """Leavers and stayers in strata, by the cause of the worst contact around their last sign of life of a month."""
    ends = [months_before(context.as_of, back) for back in reversed(range(MONTHS))]
    first = literal(f, months_before(context.as_of, MONTHS))
    after = f.add_seconds("e.index_at", str(AFTER_DAYS * 86400))
    before = f.add_seconds("e.index_at", str(-BEFORE_DAYS * 86400))
    tenure = f.days_between("k.known_from", "e.index_at")
    return [
        Step(
            "iceberg_life",
            f"select customer_id, month, max(moment) as index_at from (select customer_id, moment,"
            f" {slice_of(f, 'moment', ends)} as month from ({life()}) lives where moment >= {first}) months"
            " group by customer_id, month",
            keep=True,
        ),
        Step(
            "iceberg_gone",
            "select customer_id, segment = 'defector' as gone from (select customer_id, segment, row_number() over ("
            "partition by customer_id order by period_end desc nulls last) as place from loyalty) latest where place"
            " = 1",
        ),
        Step(
            # a leaver counts in the month of the last sign of life, a stayer in every month but the last one seen
            "iceberg_index",
            "select customer_id, month, index_at, gone from (select l.customer_id, l.month, l.index_at, g.gone,"
            " max(l.month) over (partition by l.customer_id) as final from iceberg_life l"
            " join iceberg_gone g on g.customer_id = l.customer_id) months"
            " where (gone and month = final) or (not gone and month < final)",
            keep=True,
        ),
        Step(
            "iceberg_place_about",
            "select touchpoint, about from (select touchpoint, about, texts, sum(texts) over (partition by touchpoint)"
            " as every_text, row_number() over (partition by touchpoint order by texts desc nulls last,"
            " about asc nulls last, touchpoint asc nulls last) as place from iceberg_about) ranked"
            f" where place = 1 and every_text >= {LEAST_TEXTS}",
        ),
        Step(
            "iceberg_wrong",
            "select v.customer_id, v.interaction_id, v.occurred_at as moment, coalesce(v.felt_valence, -0.3) as felt,"
            " coalesce(case when w.about = 'none' then cast(null as string) else w.about end, p.about) as cause"
            " from touchpoint_visit v left join iceberg_word w on w.interaction_id = v.interaction_id"
            " left join iceberg_place_about p on p.touchpoint = v.touchpoint"
            f" where (v.felt_from in ('words', 'rating') and v.felt_valence <= {BAD}) or v.outcome = 'failed'"
            " or (v.outcome = 'abandoned' and v.stage = 'support')",
        ),
        Step(
            "iceberg_met",
            "select customer_id, month, cause from (select e.customer_id, e.month, coalesce(w.cause, 'not_known') as"
            " cause,"
            " row_number() over (partition by e.customer_id, e.month order by w.felt asc nulls last, w.moment asc"
            " nulls last, w.interaction_id asc nulls last) as place from iceberg_index e join iceberg_wrong w"
            f" on w.customer_id = e.customer_id and w.moment >= {before} and w.moment < {after}) ranked where place"
            f" = 1",
        ),
        Step(
            "iceberg_busy",
            "select e.customer_id, e.month, count(*) as contacts from iceberg_index e join touchpoint_visit v"
            f" on v.customer_id = e.customer_id and v.occurred_at >= {before} and v.occurred_at <= e.index_at"
            " group by e.customer_id, e.month",
        ),
        Step(
            "iceberg_complained",
            "select distinct e.customer_id, e.month from iceberg_index e join ("
            "select customer_id, moment from iceberg_word union all select customer_id, occurred_at as moment"
            " from interaction where kind in ('complaint', 'problem', 'cancellation', 'unsubscribe',"
            " 'account_closed')) s"
            f" on s.customer_id = e.customer_id and s.moment >= {before} and s.moment < {after}",
        ),
        Step(
            "iceberg_case",
            "select month, busy, tenure, gone, cause, told, count(*) as customers from (select e.month, e.gone,"
            " case when coalesce(b.contacts, 0) <= 1 then 0 when b.contacts <= 3 then 1 when b.contacts <= 7 then 2"
            " else 3 end as busy,"
            f" case when k.known_from is null or {tenure} < 180.0 then 0 when {tenure} < 720.0 then 1 else 2 end as"
            f" tenure,"
            " coalesce(m.cause, 'nothing') as cause, s.customer_id is not null as told"
            " from iceberg_index e left join iceberg_known k on k.customer_id = e.customer_id"
            " left join iceberg_busy b on b.customer_id = e.customer_id and b.month = e.month"
            " left join iceberg_met m on m.customer_id = e.customer_id and m.month = e.month"
            " left join iceberg_complained s on s.customer_id = e.customer_id and s.month = e.month"
            " left join iceberg_objected o on o.customer_id = e.customer_id where o.customer_id is null) cases"
            " group by month, busy, tenure, gone, cause, told",
        ),
    ]
