"""What `iceberg` counts of customers who told and of those who did not: contacts, answers, and ways to be heard."""

from __future__ import annotations

from heartline.analysis.base import Context, Values
from heartline.analysis.consent import customers_where, no_profile
from heartline.analysis.life import COMPLAINING, listed
from heartline.analysis.periods import literal, window_of, windows
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

PERIODS = 4
BAD = -0.25  # felt as bad as this, or worse; the lower third of an answer's scale
MOST_CONTACTS, MOST_ANSWERS = 15, 6
AFTER_CONTACT = ("csat", "ces", "emotion", "performance")  # answers on one touchpoint


def slots(context: Context) -> list[tuple[int, str, str]]:
    """Number, start and end (ISO) of each period, oldest first."""
    found = windows(context.as_of, context.whole("window_months"), PERIODS)
    return [(number, start.isoformat(), end.isoformat()) for number, (start, end) in enumerate(found)]


def _slot(f: Functions, context: Context, moment: str) -> str:
    return window_of(f, moment, windows(context.as_of, context.whole("window_months"), PERIODS))


def hear(f: Functions, context: Context, values: Values) -> list[Step]:
    """Every answer and every rating of one contact, every harsh word; how many there are of each."""
    share = "2.0 * ({value} - {low}) / nullif({high} - {low}, 0) - 1.0"
    answer = share.format(value="s.value", low="s.scale_min", high="s.scale_max")
    rating = share.format(value="rating", low="rating_min", high="rating_max")
    return [
        customers_where("iceberg_objected", no_profile(f)),
        Step("iceberg_known_place", "select distinct touchpoint from interaction"),
        Step(
            "iceberg_answer",
            f"select s.customer_id, s.answered_at as moment, s.subject as touchpoint, {answer} as felt"
            " from survey_response s join iceberg_known_place p on p.touchpoint = s.subject"
            f" where s.construct in ({listed(AFTER_CONTACT)}) and s.value between s.scale_min and s.scale_max"
            " and s.scale_max > s.scale_min",
        ),
        Step(
            "iceberg_rating",
            f"select customer_id, occurred_at as moment, touchpoint, {rating} as felt from interaction"
            " where rating between rating_min and rating_max and rating_max > rating_min",
        ),
        Step(
            # an answer and a rating of one contact are two measurements of one feeling
            "iceberg_pair",
            "select count(*) as n, sum(a.felt) as a, sum(r.felt) as r, sum(a.felt * a.felt) as aa,"
            " sum(r.felt * r.felt) as rr, sum(a.felt * r.felt) as ar from iceberg_answer a join iceberg_rating r"
            " on r.customer_id = a.customer_id and r.touchpoint = a.touchpoint and r.moment <= a.moment"
            " and r.moment > a.moment - interval '2' day",
        ),
        Step(
            "iceberg_basis",
            "select cast('asked' as string) as basis, count(*) as heard from iceberg_answer"
            " union all select cast('rated' as string) as basis, count(*) as heard from iceberg_rating",
        ),
        Step(
            # who writes and rates the same contact badly has told, however mildly the words are read
            "iceberg_word",
            "select v.customer_id, v.interaction_id, v.occurred_at as moment, v.touchpoint,"
            " case when r.felt < v.felt_valence then r.felt else v.felt_valence end as felt, w.about"
            " from touchpoint_visit v join feeling w on w.interaction_id = v.interaction_id left join ("
            f"select interaction_id, {rating} as felt from interaction"
            " where rating between rating_min and rating_max and rating_max > rating_min) r"
            " on r.interaction_id = v.interaction_id"
            f" where v.felt_from = 'words' and (v.felt_valence <= {BAD} or coalesce(r.felt <= {BAD}, false))",
            keep=True,
        ),
    ]


def count(f: Functions, context: Context, values: Values) -> list[Step]:
    """Cells of customers alike in how they can be heard, with how many contacts, answers and bad answers each has."""
    voice = "iceberg_answer" if values["basis"] == "asked" else "iceberg_rating"
    slot = _slot(f, context, "moment")
    begins = " union all ".join(
        f"select {number} as slot, {f.timestamp(start)} as slot_start, {f.timestamp(end)} as slot_end"
        for number, start, end in slots(context)
    )
    tenure = f.days_between("k.known_from", "e.slot_start")
    day = f"cast(floor({f.days_between('moment', literal(f, context.as_of))}) as bigint)"
    return [
        Step("iceberg_slot", begins, keep=True),
        Step("iceberg_voice", f"select customer_id, moment, touchpoint, felt, {slot} as slot from {voice}", keep=True),
        Step("iceberg_place", "select distinct touchpoint from iceberg_voice"),
        Step(
            "iceberg_contact",
            # what happens again and again at one place within a day is one contact
            "select customer_id, slot, count(*) as contacts from (select distinct customer_id, slot, touchpoint, day"
            f" from (select i.customer_id, i.touchpoint, {slot} as slot, {day} as day"
            " from (select customer_id, touchpoint, occurred_at as moment from interaction where coalesce(kind, '')"
            " <> 'reply') i"
            " join iceberg_place p on p.touchpoint = i.touchpoint) days) contacts where slot is not null"
            " group by customer_id, slot",
        ),
        Step(
            "iceberg_told",
            "select customer_id, slot, cause from (select *, row_number() over (partition by customer_id, slot"
            " order by felt asc nulls last, moment asc nulls last, interaction_id asc nulls last) as place from ("
            f"select customer_id, moment, {slot} as slot, interaction_id, felt, cause from ("
            "select customer_id, moment, interaction_id, felt,"
            " case when about in ('service', 'product', 'price', 'process', 'brand') then about end as cause"
            " from iceberg_word union all"
            " select customer_id, occurred_at as moment, interaction_id, cast(null as double) as felt,"
            f" cast(null as string) as cause from interaction where kind in ({listed(COMPLAINING)})) said) placed"
            " where slot is not null) ranked where place = 1",
            keep=True,
        ),
        Step(
            "iceberg_heard",
            f"select customer_id, slot, count(*) as heard, sum(case when felt <= {BAD} then 1 else 0 end) as bad"
            " from iceberg_voice where slot is not null group by customer_id, slot",
        ),
        Step(
            "iceberg_known",
            "select customer_id, min(moment) as known_from from ("
            "select customer_id, first_seen_at as moment from customer"
            " union all select customer_id, occurred_at as moment from interaction) seen group by customer_id",
        ),
        Step(
            "iceberg_before",
            "select s.slot, e.customer_id, sum(e.orders) as orders, sum(e.voices) as voices from iceberg_slot s join ("
            "select customer_id, occurred_at as moment, 1 as orders, 0 as voices from purchase"
            " union all select customer_id, moment, 0 as orders, 1 as voices from iceberg_voice) e"
            " on e.moment < s.slot_start group by s.slot, e.customer_id",
        ),
        Step(
            "iceberg_customer",
            "select c.customer_id, c.slot, c.contacts, t.customer_id is not null as told,"
            " coalesce(t.cause, 'not_known') as cause,"
            f" least(coalesce(h.heard, 0), {MOST_ANSWERS}) as heard, coalesce(h.bad, 0) as bad,"
            f" case when k.known_from is null or {tenure} < 90.0 then 0 when {tenure} < 720.0 then 1 else 2 end"
            " as tenure,"
            " least(coalesce(b.orders, 0), 2) as orders,"
            " case when coalesce(b.voices, 0) > 0 then 1 else 0 end as voiced"
            " from iceberg_contact c join iceberg_slot e on e.slot = c.slot"
            " left join iceberg_objected o on o.customer_id = c.customer_id"
            " left join iceberg_told t on t.customer_id = c.customer_id and t.slot = c.slot"
            " left join iceberg_heard h on h.customer_id = c.customer_id and h.slot = c.slot"
            " left join iceberg_known k on k.customer_id = c.customer_id"
            " left join iceberg_before b on b.customer_id = c.customer_id and b.slot = c.slot"
            " where o.customer_id is null",
            keep=True,
        ),
        Step(
            "iceberg_cell",
            "select slot, contacts, tenure, orders, voiced, heard, bad, count(*) as customers from (select slot,"
            f" least(contacts, {MOST_CONTACTS}) as contacts, tenure, orders, voiced, least(heard, contacts) as heard,"
            " least(bad, heard, contacts) as bad from iceberg_customer where not told) capped"
            " group by slot, contacts, tenure, orders, voiced, heard, bad",
        ),
        Step(
            "iceberg_teller",
            "select slot, cause, count(*) as customers from iceberg_customer where told group by slot, cause",
        ),
        Step(
            "iceberg_bad_place",
            "select v.slot, v.touchpoint, count(*) as answers from iceberg_voice v join iceberg_customer c"
            f" on c.customer_id = v.customer_id and c.slot = v.slot where v.felt <= {BAD} and not c.told"
            " group by v.slot, v.touchpoint",
        ),
        Step(
            "iceberg_about",
            "select touchpoint, about, count(*) as texts from iceberg_word"
            " where about in ('service', 'product', 'price', 'process', 'brand') group by touchpoint, about",
            keep=True,
        ),
    ]
