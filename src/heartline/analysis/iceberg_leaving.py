"""What leavers had met before they went, against customers of the same kind seen in the same month who stayed."""

from __future__ import annotations

from heartline.analysis.base import Context, Values, months_before
from heartline.analysis.iceberg_facts import BAD
from heartline.analysis.life import COMPLAINING, GOODBYE, SILENCE_DAYS, life, listed
from heartline.analysis.loyalty_facts import SAMPLE
from heartline.analysis.periods import literal, slice_of
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

MONTHS = 12
BEFORE_DAYS, AFTER_DAYS = 365, 14  # a parcel that never came is noticed after the last sign of life
MENDED_AT = 0.1  # a contact with support that felt as good as this, or was completed, mends what was before


def leaving(f: Functions, context: Context, values: Values) -> list[Step]:
    """``iceberg_case``: a row for each customer and month with a sign of life, and the chance that it was the last;
    ``iceberg_trace``: the latest hurt of each kind before it; ``iceberg_stage``: touchpoints with their usual stage.
    """
    ends = [months_before(context.as_of, back) for back in reversed(range(MONTHS))]
    first = literal(f, months_before(context.as_of, MONTHS))
    after = f.add_seconds("e.index_at", str(AFTER_DAYS * 86400))
    before = f.add_seconds("e.index_at", str(-BEFORE_DAYS * 86400))
    lately = f.add_seconds("e.index_at", str(-SILENCE_DAYS * 86400))
    tenure = f.days_between("k.known_from", "e.index_at")
    support_failed = "v.outcome = 'abandoned' and v.stage = 'support'"
    told_bad = f"v.felt_from in ('words', 'rating') and v.felt_valence <= {BAD}"
    return [
        Step(
            "iceberg_gone",
            # who is known too briefly for a probability is taken by the segment
            "select customer_id, coalesce(p_gone, case when segment = 'defector' then 1.0 else 0.0 end) as p_gone"
            " from (select customer_id, p_gone, segment, row_number() over ("
            "partition by customer_id order by period_end desc nulls last) as place from loyalty) latest"
            " where place = 1"
            f" order by {f.bucket('customer_id')} asc nulls last, customer_id asc nulls last limit {SAMPLE}",
            keep=True,
        ),
        Step(
            "iceberg_life",
            "select l.customer_id, l.month, max(l.moment) as index_at from (select customer_id, moment,"
            f" {slice_of(f, 'moment', ends)} as month from ({life()}) lives where moment >= {first}) l"
            " join iceberg_gone g on g.customer_id = l.customer_id group by l.customer_id, l.month",
            keep=True,
        ),
        Step(
            "iceberg_index",
            f"select row_number() over (order by {f.bucket('l.customer_id')} asc nulls last,"
            " l.month asc nulls last, l.customer_id asc nulls last) as number, l.customer_id, l.month, l.index_at,"
            " case when l.month = max(l.month) over (partition by l.customer_id) then g.p_gone else 0.0 end as p_left"
            " from iceberg_life l join iceberg_gone g on g.customer_id = l.customer_id"
            " left join iceberg_objected o on o.customer_id = l.customer_id where o.customer_id is null",
            keep=True,
        ),
        Step(
            "iceberg_wrong",
            # harsh words of a goodbye follow the leaving
            "select v.customer_id, v.occurred_at as moment, coalesce(v.touchpoint, '') as touchpoint,"
            f" case when v.outcome = 'failed' or ({support_failed}) then 'failed' else 'felt_bad' end as what"
            " from touchpoint_visit v left join (select interaction_id from interaction where kind in"
            f" ({listed(GOODBYE)})) g on g.interaction_id = v.interaction_id where g.interaction_id is null"
            f" and (({told_bad}) or v.outcome = 'failed' or ({support_failed}))",
        ),
        Step(
            "iceberg_mend",
            "select e.number, max(v.occurred_at) as moment from iceberg_index e join touchpoint_visit v"
            f" on v.customer_id = e.customer_id and v.occurred_at >= {before} and v.occurred_at < {after}"
            f" where v.stage = 'support' and (v.outcome = 'completed' or (v.outcome is null and"
            f" v.felt_valence > {MENDED_AT})) and coalesce(v.felt_valence > {BAD}, true) group by e.number",
        ),
        Step(
            "iceberg_trace",
            "select t.number, t.touchpoint, t.what,"
            f" greatest(cast(floor({f.days_between('t.moment', 't.index_at')}) as bigint), 0) as days,"
            " case when m.moment >= t.moment then 1 else 0 end as mended from ("
            "select e.number, e.index_at, w.touchpoint, w.what, max(w.moment) as moment from iceberg_index e"
            f" join iceberg_wrong w on w.customer_id = e.customer_id and w.moment >= {before} and w.moment < {after}"
            " group by e.number, e.index_at, w.touchpoint, w.what) t left join iceberg_mend m on m.number = t.number",
        ),
        Step(
            "iceberg_busy",
            "select e.number, count(*) as contacts from iceberg_index e join touchpoint_visit v"
            f" on v.customer_id = e.customer_id and v.occurred_at >= {lately} and v.occurred_at <= e.index_at"
            " group by e.number",
        ),
        Step(
            "iceberg_complained",
            "select distinct e.number from iceberg_index e join ("
            "select customer_id, moment from iceberg_word union all select customer_id, occurred_at as moment"
            f" from interaction where kind in ({listed(COMPLAINING)})) s"
            f" on s.customer_id = e.customer_id and s.moment >= {lately} and s.moment < {after}",
        ),
        Step(
            "iceberg_case",
            "select e.number, e.month, coalesce(b.contacts, 0) as contacts, e.p_left,"
            f" case when k.known_from is null or {tenure} < 180.0 then 0 when {tenure} < 720.0 then 1 else 2 end as"
            " tenure, case when s.number is null then 0 else 1 end as told"
            " from iceberg_index e left join iceberg_known k on k.customer_id = e.customer_id"
            " left join iceberg_busy b on b.number = e.number left join iceberg_complained s on s.number = e.number",
        ),
        Step(
            "iceberg_stage",
            "select touchpoint, stage from (select touchpoint, stage, row_number() over (partition by touchpoint"
            " order by n desc nulls last, stage asc nulls last, touchpoint asc nulls last) as place from ("
            "select coalesce(touchpoint, '') as touchpoint, stage, count(*) as n from touchpoint_visit"
            " where stage is not null group by coalesce(touchpoint, ''), stage) counted) ranked where place = 1",
        ),
    ]
