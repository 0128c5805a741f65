"""Patterns and single requests: what many customers say or meet, with an interval, apart from what few say loudly.

A theme is a sign in customers' words (a complaint, a request, effort …) at one point of connection within the latest
months. It is a pattern where at least ``FEWEST`` customers carry it and no single customer brought more than half of
it; everything else is a single request. How common a pattern is is told, with its interval, where the words of at least
``min_base`` customers were read at that place.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from heartline.action.felt import Months
from heartline.web.brief.lines import Theme
from heartline.web.broken import Z90
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, explain_address, plain
from heartline.web.words import tone

FEWEST = 5
BAD = (
    "complaint", "request", "effort", "disrespect", "unrecognised", "no_empathy", "betrayal", "revenge", "leaving",
    "confusion",
)  # fmt: skip
SAID = """
with words as (
  select t.touchpoint, coalesce(t.stage, '') as stage, f.customer_id, f.signals
  from feeling f join touchpoint_visit t on t.interaction_id = f.interaction_id
  where f.occurred_at >= $since and t.occurred_at >= $since and f.status in ('scored', 'abstained')
), base as (select touchpoint, count(distinct customer_id) as read from words group by touchpoint),
said as (
  select touchpoint, stage, customer_id, unnest(string_split(signals, ' ')) as what from words where signals <> ''),
by_person as (
  select touchpoint, stage, what, customer_id, count(*) as n from said group by touchpoint, stage, what, customer_id)
select p.touchpoint, p.stage, p.what, count(distinct p.customer_id) as customers, cast(sum(p.n) as bigint) as contacts,
  max(p.n) as loudest, min(b.read) as read
from by_person p join base b on b.touchpoint = p.touchpoint
group by p.touchpoint, p.stage, p.what
order by customers desc, contacts desc, p.touchpoint, p.stage, p.what
"""
MOTIVES = """
with words as (
  select f.customer_id, f.motivators
  from feeling f join touchpoint_visit t on t.interaction_id = f.interaction_id
  where f.occurred_at >= $since and t.occurred_at >= $since and f.status in ('scored', 'abstained')
    and t.stage in (select unnest(cast($stages as varchar[])))),
by_person as (
  select what, customer_id, count(*) as n
  from (select customer_id, unnest(string_split(motivators, ' ')) as what from words where motivators <> '')
  group by what, customer_id)
select '' as touchpoint, what, count(*) as customers, cast(sum(n) as bigint) as contacts, max(n) as loudest,
  (select count(distinct customer_id) from words) as read
from by_person group by what having count(*) >= $fewest order by customers desc, what
"""
MINDS = """
select * from association where segment = '' and kind = 'phrase' and customers >= $fewest
  and (valence_high < 0 or (q <= 0.1 and log_odds_low > 0))
order by coalesce(q <= 0.1 and log_odds_low > 0, false) desc, customers desc, term
limit 6
"""


def said(door: Door, months: Months) -> list[Row]:
    """Signs in customers' words of the latest months, by place: how many customers, how often."""
    return [] if months.since is None else rows(door, SAID, {"since": months.since})


def themes(found: Sequence[Row], base: int, signs: Sequence[str] = BAD) -> list[Theme]:
    """Themes out of ``said``, most customers first."""
    return [_theme(row, base) for row in found if row["what"] in signs]


def first(found: Sequence[Theme], each: int = 2) -> list[Theme]:
    """Patterns, of each sign only the places where most customers carry it; the page Service has all."""
    seen: dict[str, int] = {}
    kept = []
    for theme in sorted(found, key=lambda theme: not theme.share.known):  # what is known to be common comes first
        if theme.pattern and seen.setdefault(theme.what, 0) < each:
            seen[theme.what] += 1
            kept.append(theme)
    return kept


def motivators(door: Door, months: Months, stages: Sequence[str], base: int) -> list[Theme]:
    """What moves customers in their words at some stages, most customers first; never fewer than five customers."""
    if months.since is None:
        return []
    values = {"since": months.since, "stages": list(stages), "fewest": FEWEST}
    return [_theme(row, base, "/mind") for row in rows(door, MOTIVES, values)]


def minds(door: Door) -> list[Theme]:
    """What comes to mind badly or newly, from the table of associations; never fewer than five customers."""
    return [
        Theme(
            f"“{row['term']}” comes to mind", "answers" if row["source"] == "prompt" else "words",
            row["customers"], row["texts"], 1,
            Figure(
                row["share"], "share", "", row["share_low"], row["share_high"], row["of_customers"],
                explain_address(
                    "association", "share", source=row["source"], language=row["language"] or None, kind=row["kind"],
                    term=row["term"],
                ),
            ),
            True, "bad" if (row["valence"] or 0) < 0 else "plain", "/mind",
        )
        for row in rows(door, MINDS, {"fewest": FEWEST})
    ]  # fmt: skip


def wilson(hits: int, n: int) -> tuple[float, float]:
    """90 % interval of a share."""
    middle = (hits + Z90**2 / 2) / (n + Z90**2)
    half = Z90 * sqrt(hits * (n - hits) / n + Z90**2 / 4) / (n + Z90**2)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _theme(row: Row, base: int, page: str = "/service") -> Theme:
    customers, contacts, read = int(row["customers"]), int(row["contacts"]), int(row["read"])
    enough = read >= base
    low, high = wilson(customers, read) if enough else (None, None)
    share = Figure(customers / read if enough else None, "share", "", low, high, read)
    many = customers >= FEWEST and 2 * int(row["loudest"]) <= contacts
    return Theme(
        plain(row["what"]), plain(row["touchpoint"]), customers, contacts, int(row["loudest"]), share, many,
        tone(row["what"]), page,
    )  # fmt: skip
