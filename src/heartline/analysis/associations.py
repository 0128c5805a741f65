"""What comes to mind: words and topics with the feelings they carry, who says them, and what is new.

Method card: ``docs/explanation/associations.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from heartline.analysis.associations_fit import LEAST, PERIODS, fit
from heartline.analysis.base import Analysis, BatchMap, Context, Stage, Values
from heartline.analysis.consent import customers_where, no_research
from heartline.analysis.periods import literal, window_of, windows
from heartline.analysis.phrases import language_of, phrases
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table

_PROMPT = (
    "(?i)(comes? to (your )?mind|first (thing|word)s? (that )?you (think|associate)|think of when|associate with"
    "|fällt (ihnen|dir|euch) (zu|ein)|kommt (ihnen|dir) in den sinn|woran denk(en sie|st du)"
    "|viene a la (mente|cabeza)|se le ocurre|asocia (usted|con))"
)
_TERMS = 4000  # the most common ones; pages show a few dozen
_SAMPLE = 50_000  # texts that topics are fitted on
# texts that are cut into phrases, of customers taken by the hash of their id; answers to the prompt all
_MOST = 300_000
_SAID = pa.schema(
    [
        ("interaction_id", pa.string()), ("customer_id", pa.string()), ("slice", pa.int64()),
        ("segment", pa.string()), ("source", pa.string()), ("valence", pa.float64()),
        ("main_emotion", pa.string()), ("terms", pa.string()),
    ]
)  # fmt: skip


def read(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Texts of the latest two periods that may be learnt from, with their feeling and the customer's segment."""
    periods = windows(context.as_of, context.whole("window_months"), PERIODS)
    return (
        customers_where("association_refused", no_research(f)),
        Step("association_prompt", f"""
            select response_id as interaction_id from survey_response
            where {f.regexp_matches("question", _PROMPT)}
            union select interaction_id from interaction where kind = 'prompt'"""),
        # words of an answer to the prompt are read in any language; feelings only where the model reads it
        Step("association_found", f"""
            select v.interaction_id, v.customer_id, cast({window_of(f, "v.occurred_at", periods)} as bigint) as slice,
                case when p.interaction_id is not null then 'prompt' else 'texts' end as source,
                t.valence, t.main_emotion, t.status, v.language, {f.bucket("v.customer_id")} as spread
            from verbatim v join feeling t on t.interaction_id = v.interaction_id
            left join association_refused r on r.customer_id = v.customer_id
            left join association_prompt p on p.interaction_id = v.interaction_id
            where v.speaker = 'customer' and r.customer_id is null
                and (t.status in ('scored', 'abstained')
                    or (t.status = 'unsupported_language' and p.interaction_id is not null))
                and {window_of(f, "v.occurred_at", periods)} is not null""", keep=True),
        Step("association_spread", f"""
            select spread, texts, case when upto <= {_MOST} or upto = texts then texts else 0 end as taken from (
                select spread, texts, sum(texts) over (order by spread asc nulls last
                    rows between unbounded preceding and current row) as upto
                from (select spread, count(*) as texts from association_found where source = 'texts' group by spread)
                    counted) summed""", keep=True),
        Step("association_text", f"""
            select a.interaction_id, a.customer_id, a.slice, coalesce(l.segment, '') as segment, a.source,
                a.valence, a.main_emotion, a.status, a.language, v.text, c.name
            from association_found a join verbatim v on v.interaction_id = a.interaction_id
            left join association_spread s on s.spread = a.spread
            left join customer c on c.customer_id = a.customer_id
            left join loyalty l on l.customer_id = a.customer_id and l.period_end = {literal(f, context.as_of)}
            where a.source = 'prompt' or s.taken > 0"""),
    )  # fmt: skip


def take(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The terms of each text, parted by blanks, in place of the text and the name.

    The source of answers to the prompt is ``prompt <language>``: other words, other phrases.
    """
    terms, sources = [], []
    names = ("source", "text", "name", "language", "status")
    for source, text, name, told, status in zip(*(batch.column(one).to_pylist() for one in names), strict=True):
        language = language_of(text, told, status != "unsupported_language") if source == "prompt" else ""
        sources.append(f"{source} {language}".rstrip())
        terms.append(" ".join(phrases(text, name, language or "en")))
    made = {"source": pa.array(sources, pa.string()), "terms": pa.array(terms, pa.string())}
    columns = [made[f.name] if f.name in made else batch.column(f.name).cast(f.type) for f in _SAID]
    return pa.RecordBatch.from_arrays(columns, schema=_SAID)


def _maps(context: Context, values: Values) -> Sequence[BatchMap]:
    return (BatchMap("association_text", take, _SAID, "association_taken"),)


def count(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Customers per term, period and segment; the feeling of each term's texts; a sample for topics."""
    sums = (
        "count(*) as customers, sum(n) as texts,"
        " cast(count(case when felt_n > 0 then 1 end) as double) as felt_customers, sum(felt_n) as felt_n,"
        " sum(felt) as felt, sum(felt_n * felt_n) as felt_n_squares, sum(felt * felt) as felt_squares,"
        " sum(felt_n * felt) as felt_products"
    )
    each = (
        "cast(count(*) as double) as n, cast(count(valence) as double) as felt_n, coalesce(sum(valence), 0.0) as felt"
    )
    return (
        Step("association_said", "select * from association_taken where terms <> ''", keep=True),
        Step("association_term", f"""
            select source, slice, segment, customer_id, valence, main_emotion, {f.explode_words("terms")} as term
            from association_said""", keep=True),
        Step("association_spoken", f"""
            select source, term, count(distinct customer_id) as customers from association_term
            group by source, term having count(distinct customer_id) >= {LEAST}""", keep=True),
        Step("association_common", f"""
            select source, term from (
                select source, term, row_number() over (partition by source order by customers desc nulls last,
                    term asc nulls last) as place
                from association_spoken) ranked
            where place <= {_TERMS}""", keep=True),
        Step("association_counts", f"""
            select source, slice, segment, term, {sums} from (
                select t.source, t.slice, t.segment, t.term, t.customer_id, {each}
                from association_term t join association_common c on c.source = t.source and c.term = t.term
                group by t.source, t.slice, t.segment, t.term, t.customer_id) own
            group by source, slice, segment, term"""),
        Step("association_whole", f"""
            select source, slice, segment, {sums} from (
                select source, slice, segment, customer_id, {each} from association_said
                group by source, slice, segment, customer_id) own
            group by source, slice, segment"""),
        Step("association_emotion", f"""
            select t.source, t.term, t.main_emotion, count(distinct t.customer_id) as customers
            from association_term t join association_common c on c.source = t.source and c.term = t.term
            where t.slice = {PERIODS - 1} and t.main_emotion is not null
            group by t.source, t.term, t.main_emotion"""),
        Step("association_sample", f"""
            select interaction_id, {f.bucket("customer_id")} as spread, slice, segment, customer_id, valence, terms
            from association_said where source = 'texts'
            order by spread asc nulls last, interaction_id asc nulls last limit {_SAMPLE}"""),
    )  # fmt: skip


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The table, as fitted."""
    return (Step("association", f"select {', '.join(table('association').names)} from association_known"),)


ANALYSIS = Analysis(
    name="associations",
    reads=("customer", "interaction", "verbatim", "survey_response", "feeling", "loyalty"),
    writes=("association",),
    settings=("min_base", "window_months"),
    about="What comes to mind: words and topics with the feelings they carry, who says them, and what is new.",
    stages=(
        Stage(read, maps=_maps),
        Stage(
            count,
            (
                "association_counts", "association_whole", "association_emotion", "association_sample",
                "association_spread",
            ),
            fit,
        ),
        Stage(hand_over),
    ),
)  # fmt: skip
