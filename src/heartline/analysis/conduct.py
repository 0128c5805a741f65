"""Conduct: do conversations keep to the code, per team above a minimum size, with the employee's words for it?

Off unless the setting ``conduct`` says ``teams``. Conversations of teams below ``conduct_min`` and of customers who do
not want to be read are not read at all. No feeling of an employee is read, and nothing is kept by employee.
Method card: ``docs/explanation/conduct.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartline.analysis.base import Analysis, BatchMap, Context, Stage, Values
from heartline.analysis.conduct_fit import fit_teams
from heartline.analysis.conduct_read import CARRIED, PART, SCHEMA, TURN, read_batch
from heartline.analysis.conduct_teams import PERIODS, gather_teams
from heartline.analysis.consent import customers_where, no_reading
from heartline.analysis.periods import literal, windows
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table

SPOKEN = ("call", "store", "event")
"""Channels in which people speak."""
HURT = -0.2
BAD_SIGNS = ("complaint", "no_empathy", "disrespect", "betrayal", "leaving")
PROMPT_S = 1800
"""Seconds after a promise within which words belong to the same conversation and are no sign that it was kept."""


def conversations(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """One row a conversation of a team that is large enough, its turns in their order."""
    on = "true" if context.text("conduct") == "teams" else "false"
    since = literal(f, windows(context.as_of, context.whole("window_months"), PERIODS)[0][0])
    bad = " or ".join(f"' ' || coalesce(t.signals, '') || ' ' like '% {sign} %'" for sign in BAD_SIGNS)
    seconds = f.epoch_seconds("v.occurred_at")
    day = f"cast(cast(floor({seconds} / 86400.0) as bigint) as string)"
    spoken = ", ".join(f"'{channel}'" for channel in SPOKEN)
    least = context.whole("conduct_min")
    plain = f"replace(replace(v.text, '{TURN}', ' '), '{PART}', ' ')"
    return (
        customers_where("conduct_refused", no_reading(f)),
        Step("conduct_said", f"""
            select v.interaction_id, v.customer_id, v.occurred_at, v.speaker, {plain} as said, i.team, i.touchpoint,
                coalesce(i.conversation_id, v.customer_id || ' ' || i.touchpoint || ' ' || {day}) as conversation_id,
                cast(cast(floor({seconds} * 1000000.0 + 0.5) as bigint) as string) as moment,
                case when i.channel in ({spoken}) then '1' else '0' end as aloud,
                case when t.valence is null then '' when t.valence <= {HURT} or ({bad}) then '1' else '0' end as hurt
            from verbatim v join interaction i on i.interaction_id = v.interaction_id
            left join feeling t on t.interaction_id = v.interaction_id
            left join conduct_refused r on r.customer_id = v.customer_id
            where {on} and r.customer_id is null and v.occurred_at >= {since}""", keep=True),
        Step("conduct_spoke", """
            select conversation_id, customer_id, team, count(*) as turns from conduct_said
            where speaker = 'employee' and team <> '' group by conversation_id, customer_id, team"""),
        Step("conduct_of", f"""
            select conversation_id, customer_id, {f.last_by("team", "turns, team")} as team from conduct_spoke
            group by conversation_id, customer_id""", keep=True),
        Step("conduct_large", f"""
            select team from conduct_of group by team
            having count(*) >= {least} and count(distinct customer_id) >= {least}""", keep=True),
        Step("conduct_talk", f"""
            select s.conversation_id, s.customer_id, o.team, max(s.occurred_at) as ended_at,
                {f.first_by("case when s.speaker = 'employee' then s.touchpoint end",
                            "case when s.speaker = 'employee' then 0 else 1 end, s.occurred_at, s.interaction_id")}
                    as touchpoint,
                {f.join_ordered(
                    f"s.speaker || '{PART}' || s.interaction_id || '{PART}' || s.moment || '{PART}' || s.aloud"
                    f" || '{PART}' || s.hurt || '{PART}' || s.said", "s.occurred_at, s.interaction_id", TURN)} as turns
            from conduct_said s
            join conduct_of o on o.conversation_id = s.conversation_id and o.customer_id = s.customer_id
            join conduct_large l on l.team = o.team
            group by s.conversation_id, s.customer_id, o.team"""),
    )  # fmt: skip


def read(context: Context, values: Values) -> Sequence[BatchMap]:
    """Each conversation through the reader."""
    return (BatchMap("conduct_talk", read_batch, SCHEMA, "conduct_found"),)


def follow(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """What became of promises to be in touch; then one row a conversation and measure."""
    carried = ", ".join(f"c.{name}" for name in CARRIED)
    now = literal(f, context.as_of)
    within = f.seconds_between("p.made_at", "p.due_at")
    after = f.seconds_between("p.made_at", "t.occurred_at")
    return (
        Step("conduct_promise", f"""
            select *, sign = 'contact' and due_at is not null
                and {f.seconds_between("made_at", "due_at")} > {2 * PROMPT_S} as followed
            from conduct_found where measure = 'promise'""", keep=True),
        Step("conduct_touch", """
            select i.customer_id, i.interaction_id, i.occurred_at from interaction i
            join (select distinct customer_id from conduct_promise) k on k.customer_id = i.customer_id
            left join verbatim v on v.interaction_id = i.interaction_id
            where v.speaker = 'employee' or (i.direction = 'outbound' and i.team <> '')"""),
        Step("conduct_met", f"""
            select p.interaction_id, p.span_start, count(*) as contacts from conduct_promise p
            join conduct_touch t on t.customer_id = p.customer_id and t.occurred_at <= p.due_at
                and {after} >= {PROMPT_S}
            where p.followed and {within} > 0 group by p.interaction_id, p.span_start"""),
        Step("promise_rows", f"""
            select p.interaction_id, p.customer_id, p.conversation_id, p.team, p.made_at, p.sign as kind, p.due_at,
                case when not p.followed then 'not_followed' when m.contacts > 0 then 'kept'
                    when p.due_at >= {now} then 'open' else 'broken' end as status,
                p.span_start, p.span_end
            from conduct_promise p
            left join conduct_met m on m.interaction_id = p.interaction_id and m.span_start = p.span_start""",
            keep=True),
        Step("conduct_told", """
            select h.*, row_number() over (partition by conversation_id, customer_id
                order by case when status = 'broken' then 0 else 1 end asc nulls last, made_at asc nulls last,
                    span_start asc nulls last, interaction_id asc nulls last) as place
            from promise_rows h where status in ('kept', 'broken')"""),
        Step("conduct_rows", f"""
            select {carried}, c.measure, c.status, c.p, c.interaction_id, c.span_start, c.span_end, c.sign, c.value
            from conduct_found c where c.measure <> 'promise'
            union all
            select {carried}, 'promises' as measure, coalesce(h.status, 'not_applicable') as status,
                cast(null as double) as p, h.interaction_id, h.span_start, h.span_end, h.kind as sign,
                cast(null as double) as value
            from conduct_found c
            left join conduct_told h on h.conversation_id = c.conversation_id and h.customer_id = c.customer_id
                and h.place = 1
            where c.measure = 'respect'""", keep=True),
    )  # fmt: skip


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The tables, as fitted."""
    return tuple(
        Step(name, f"select {', '.join(table(name).names)} from {fitted}")
        for name, fitted in (
            ("conduct", "conduct_rows"),
            ("promise_heard", "promise_rows"),
            ("conduct_team", "conduct_team_known"),
            ("team_outcome", "team_outcome_known"),
        )
    )


ANALYSIS = Analysis(
    name="conduct",
    reads=("verbatim", "interaction", "customer", "feeling", "touchpoint_visit"),
    writes=("conduct", "promise_heard", "conduct_team", "team_outcome"),
    settings=("conduct", "conduct_min", "window_months"),
    about="Do conversations keep to the code of conduct? Per team above a minimum size, never of a person.",
    stages=(
        Stage(conversations, maps=read),
        Stage(follow),
        Stage(gather_teams, ("conduct_sums", "outcome_sums"), fit_teams),
        Stage(hand_over),
    ),
)
