"""The ledger: what leaving out of hurt costs in a customer's own value, and what those they brought are worth.

Nothing says who read a post, so what an attack costs in others' value is not known and is never guessed.
"""

from __future__ import annotations

from heartline.analysis import referred
from heartline.analysis.base import Context, Values
from heartline.analysis.consent import customers_where, no_profile
from heartline.engines.functions import Functions
from heartline.engines.steps import Step

FELT_BETRAYED = 0.5  # from this probability on a customer has a line for harm, as has who attacked


def ledger(f: Functions, context: Context, values: Values) -> list[Step]:
    """One line a customer with harm or help; reads ``betrayal_chance`` beside the tables."""
    currency = f"'{context.text('currency')}'"
    share = "greatest(0.0, least(1.0, b.p_leaving) - u.usual_leaving) / greatest(0.05, coalesce(v.p_alive, 1.0))"
    return [
        # what somebody bought who objects to profiling is not counted for whoever referred them
        customers_where("ledger_objected", no_profile(f)),
        Step(
            "ledger_usual",
            "select percentile_cont(0.5) within group (order by p_leaving) as usual_leaving from betrayal_chance"
            " where p_gone < 0.5 and events = 0",
        ),
        Step(
            "ledger_harm",
            f"select b.customer_id, b.attacks, v.expected_value * {share} as harm,"
            f" v.expected_value_low * {share} as harm_low, v.expected_value_high * {share} as harm_high"
            " from betrayal_chance b cross join ledger_usual u"
            " left join customer_value v on v.customer_id = b.customer_id"
            f" and coalesce(v.currency, {currency}) = {currency}"
            f" where b.attacks > 0 or b.p_betrayal >= {FELT_BETRAYED}",
            keep=True,
        ),
        Step(
            "ledger_bought",
            "select b.customer_id, sum(b.revenue - coalesce(b.refunded, 0.0)) as revenue, sum(case when b.margin is"
            " not null"
            " then b.margin * (1.0 - coalesce(b.refunded, 0.0) / nullif(b.revenue, 0)) end) as margin"
            " from purchase b left join ledger_objected o on o.customer_id = b.customer_id"
            f" where o.customer_id is null and coalesce(b.currency, {currency}) = {currency} group by b.customer_id",
        ),
        Step(
            "ledger_help",
            "select r.referrer_id as customer_id, count(*) as referred,"
            " sum(case when r.converted or p.customer_id is not null then 1 else 0 end) as converted,"
            " sum(coalesce(case when v.value_kind = 'margin' then p.margin else p.revenue end, 0.0)) as brought,"
            f" {referred.expected('v')} as expected, {referred.deviation('v')} as expected_sd,"
            " sum(case when v.expected_value is null and r.converted then 1 else 0 end) as unvalued"
            f" from {referred.REFERRED} r left join ledger_bought p on p.customer_id = r.referred_id"
            " left join customer_value v on v.customer_id = r.referred_id"
            f" and coalesce(v.currency, {currency}) = {currency}"
            " group by r.referrer_id",
            keep=True,
        ),
        Step(
            "ledger",
            "select l.customer_id, h.harm, h.harm_low, h.harm_high, cast(h.attacks as bigint) as attacks,"
            " g.brought + g.expected as help,"
            f" g.brought + {referred.low('g.expected', 'g.expected_sd')} as help_low,"
            f" g.brought + {referred.high('g.expected', 'g.expected_sd')} as help_high,"
            " g.brought, cast(g.referred as bigint) as referred, cast(g.converted as bigint) as converted,"
            " case when h.customer_id is not null then 'harm: own expected value times the risk of leaving beyond that"
            " of customers nothing happened to; who read the posts is not known' else '' end ||"
            " case when h.customer_id is not null and g.customer_id is not null then '; ' else '' end ||"
            " case when g.customer_id is not null then 'help: all that the referred bought and are expected to buy;"
            " some"
            " would have come anyway' else '' end ||"
            " case when g.unvalued > 0 then '; some who came have no known value' else '' end as assumed,"
            f" {currency} as currency"
            " from (select customer_id from ledger_harm union select customer_id from ledger_help) l"
            " join betrayal_chance k on k.customer_id = l.customer_id"
            " left join ledger_harm h on h.customer_id = l.customer_id"
            " left join ledger_help g on g.customer_id = l.customer_id",
        ),
    ]
