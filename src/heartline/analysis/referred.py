"""What referred customers are expected to bring, for whoever named them: one reckoning for all that tell of it.

Who was named by several counts for the first of them, so that nobody is counted twice. Their expected value stands in
their own row too: what a referrer brought is no addition to the company's total. Some would have come anyway.
"""

from __future__ import annotations

from heartline.engines.steps import Step
from heartline.tables import table

Z = 1.6449

REFERRED = (
    "(select referrer_id, referred_id, converted from (select *, row_number() over (partition by referred_id"
    " order by occurred_at asc nulls last, referrer_id asc nulls last) as place from referral"
    " where referrer_id <> referred_id) first where place = 1)"
)
"""A subquery: each person referred once, with the first who named them."""


def expected(value: str) -> str:
    """Sum of expected values of referred customers; ``value``: alias of their rows of value, missing where none."""
    return f"sum(coalesce({value}.expected_value, 0.0))"


def deviation(value: str) -> str:
    """Standard deviation of that sum: customers go their own ways, so variances add.

    Half the width of one customer's predictive interval is 1.64 standard deviations.
    """
    one = f"({value}.expected_value_high - {value}.expected_value_low) / {2 * Z}"
    return f"sqrt(sum(coalesce({one} * {one}, 0.0)))"


def low(total: str, spread: str) -> str:
    """Lower end of the 90 % interval of a sum; nobody brings less than nothing."""
    return f"greatest(0.0, {total} - {Z} * {spread})"


def high(total: str, spread: str) -> str:
    """Upper end of the 90 % interval of a sum."""
    return f"{total} + {Z} * {spread}"


def beside(own: str, made: str) -> list[Step]:
    """Steps up to ``made``: the rows of ``own`` (value by customer) with what those referred are expected to bring.

    0 where a customer referred nobody; NULL where the company tells of no referral at all, or no value is known of
    those referred.
    """

    def known(figure: str) -> str:
        return (
            "(case when t.told = 0 or (b.unvalued > 0 and b.valued = 0) then cast(null as double)"
            f" when b.customer_id is null then 0.0 else {figure} end)"
        )

    own_columns = ", ".join(f"v.{name}" for name in table(made).names if not name.startswith("referral_"))
    return [
        Step("value_referrals_told", "select count(*) as told from referral"),
        Step(
            "value_brought",
            "select r.referrer_id as customer_id, count(*) as people, count(v.expected_value) as valued,"
            " count(v.customer_id) - count(v.expected_value) as unvalued,"
            f" {expected('v')} as total, {deviation('v')} as spread"
            f" from {REFERRED} r left join {own} v on v.customer_id = r.referred_id group by r.referrer_id",
        ),
        Step(
            made,
            f"select {own_columns}, case when t.told > 0 then cast(coalesce(b.people, 0) as bigint) end as referral_n,"
            f" {known('b.total')} as referral_value, {known(low('b.total', 'b.spread'))} as referral_value_low,"
            f" {known(high('b.total', 'b.spread'))} as referral_value_high"
            f" from {own} v cross join value_referrals_told t"
            " left join value_brought b on b.customer_id = v.customer_id",
        ),
    ]
