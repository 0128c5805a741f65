"""Advocates: who speaks for us, whom to thank, whom to ask by lot whatever their mood, whose words may be quoted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from heartline.action.house import present
from heartline.tables import KNOWN_OBJECTIONS, PURPOSE_WORDS
from heartline.web.caring import ASKED, THANKED, button
from heartline.web.casework import Book, CaseLine, book_of, card_address, lines
from heartline.web.consent import Consent, consent_of
from heartline.web.door import Door, Row, one, rows
from heartline.web.figures import Figure, day, explain_address
from heartline.web.page import Page, Query, told

DRAWN, BOUGHT_DAYS, ASKED_DAYS, YEAR = 20, 90, 180, 365
MOST, CASES = 15, 8
SPEAKING = "('defence', 'defense', 'recommendation', 'share')"
PROMOTING = ("advocate", "super_advocate")
COUNTS = """
select count(*) filter (where segment = 'advocate') as advocates,
  count(*) filter (where segment = 'super_advocate') as supers, count(*) filter (where segment is not null) as placed
from customer_overview
"""
SPOKE = f"""
select count(*) as times, count(distinct customer_id) as people from interaction
where kind in {SPEAKING} and occurred_at >= $since
"""
REFERRED = """
select count(*) as times, count(distinct referrer_id) as people, count(*) filter (where converted) as came
from referral where occurred_at >= $since
"""
SPEAKERS = f"""
with spoke as (
  select customer_id, count(*) as spoke, max(occurred_at) as newest from interaction
  where kind in {SPEAKING} and occurred_at >= $since group by customer_id),
brought as (
  select referrer_id as customer_id, count(*) as brought, count(*) filter (where converted) as came,
    max(occurred_at) as newest
  from referral where occurred_at >= $since group by referrer_id)
select c.customer_id, c.name, o.segment, s.spoke, b.brought, b.came, greatest(s.newest, b.newest) as newest,
  c.consent_emotion, c.objections, c.consents
from spoke s full join brought b on b.customer_id = s.customer_id
join customer c on c.customer_id = coalesce(s.customer_id, b.customer_id)
left join customer_overview o on o.customer_id = c.customer_id
order by newest desc nulls last, c.customer_id limit {2 * MOST}
"""
_OTHER = "|".join(word for word in KNOWN_OBJECTIONS if word not in ("all", *PURPOSE_WORDS["marketing"]))
MAY_ASK = f"""
with bought as (
  select customer_id, max(occurred_at) as newest from purchase where occurred_at >= $since group by customer_id),
may as (
  select c.customer_id, c.name, b.newest, c.consent_emotion, c.objections, c.consents
  from bought b join customer c on c.customer_id = b.customer_id
  where regexp_matches(lower(coalesce(c.objections, '')), '^[ ,;|]*(({_OTHER})([ ,;|]+|$))*$')
    and c.customer_id not in (select unnest(cast($asked as varchar[]))))
select *, count(*) over () as base from may order by md5(concat($month, '/', customer_id)), customer_id limit {DRAWN}
"""


@dataclass(frozen=True)
class Speaker:
    """A customer who spoke for us within a year.

    did: what, in words; newest: the last day; segment: stored name, empty where it may not be shown
    marketing: what they said of being asked; quote: what they said of their words being shown to others, and to whom
    thanked: when they were last thanked; empty: never
    buttons: what the buttons say, by what they do; empty where it may not be done
    """

    customer_id: str
    name: str
    address: str
    did: Sequence[str]
    newest: str
    segment: str
    marketing: str
    quote: str
    thanked: str
    buttons: Mapping[str, str]


@dataclass(frozen=True)
class Drawn:
    """A customer drawn by lot: who, last order, what they said of being asked, and the button."""

    customer_id: str
    name: str
    address: str
    bought: str
    marketing: str
    asked: str


@dataclass(frozen=True)
class AdvocatesContext:
    """What the page of advocates shows."""

    ready: bool = told("whether a run was made")
    advocates: Figure = told("customers placed as advocates")
    supers: Figure = told("customers placed as super-advocates")
    spoke: Figure = told("times that customers spoke up for the company within a year")
    spoke_people: Figure = told("how many customers that were")
    referred: Figure = told("people referred within a year")
    referred_people: Figure = told("by how many customers")
    came: Figure = told("how many of those referred bought")
    cases: Sequence[CaseLine] = told("open cases of plays for advocates")
    more_cases: int = told("how many more there are in the Queue")
    speakers: Sequence[Speaker] = told("who spoke for us within a year, newest first")
    drawn: Sequence[Drawn] = told("who was drawn by lot to be asked for a public review")
    may_ask: int = told("among how many it was drawn")
    asked_lately: int = told("how many were asked lately and are left out")
    bought_days: int = told("how recent an order has to be, days")
    asked_days: int = told("for how long nobody is asked again, days")
    month: str = told("month of the draw, YYYY-MM")


def build(door: Door, _query: Query) -> AdvocatesContext:
    """The page of advocates."""
    now, book = present(door), book_of(door)
    as_of = door.as_of or now
    year, month = {"since": as_of - timedelta(days=YEAR)}, as_of.strftime("%Y-%m")
    asked, thanked = door.moves.cases.noted(ASKED), door.moves.cases.noted(THANKED)
    lately = sorted(who for who, when in asked.items() if when > as_of - timedelta(days=ASKED_DAYS))
    values: dict[str, object] = {"since": as_of - timedelta(days=BOUGHT_DAYS), "month": month, "asked": lately}
    drawn = rows(door, MAY_ASK, values)
    plays = {name for name, play in book.plays.items() if play.kind == "advocate"}
    own = [case for case in door.moves.cases.queue(now=now) if case.arm == "act" and case.play_id in plays]
    team = _team(book)
    placed, spoke, referred = one(door, COUNTS), one(door, SPOKE, year), one(door, REFERRED, year)

    def count(row: Row, name: str, table: str, column: str = "", **key: object) -> Figure:
        return Figure(row.get(name), "count", explain=explain_address(table, column, **key))

    return AdvocatesContext(
        ready=door.as_of is not None,
        advocates=count(placed, "advocates", "customer_overview", "segment", segment="advocate"),
        supers=count(placed, "supers", "customer_overview", "segment", segment="super_advocate"),
        spoke=count(spoke, "times", "interaction", "kind", kind="defence"),
        spoke_people=Figure(spoke.get("people"), "count"),
        referred=count(referred, "times", "referral"),
        referred_people=Figure(referred.get("people"), "count"),
        came=count(referred, "came", "referral", "converted", converted="true"),
        cases=lines(door, own[:CASES], book, now),
        more_cases=max(len(own) - CASES, 0),
        speakers=_speakers(rows(door, SPEAKERS, year), thanked, team),
        drawn=[_drawn(row, team) for row in drawn],
        may_ask=int(drawn[0]["base"]) if drawn else 0,
        asked_lately=len(lately),
        bought_days=BOUGHT_DAYS,
        asked_days=ASKED_DAYS,
        month=month,
    )


def _team(book: Book) -> str:
    """Whose work it is to thank and ask: the team of the plays for advocates, else the first one."""
    own = [play.team for play in book.playbook.plays if play.kind == "advocate"]
    return next(iter([*own, *book.teams]), "advocates")


def _speakers(found: Sequence[Row], thanked: Mapping[str, datetime], team: str) -> list[Speaker]:
    made = []
    for row in found:
        consent = _consent(row)
        if not consent.allows("marketing"):
            continue
        customer, kept = row["customer_id"], _kept(row).get("sharing")
        did = [f"spoke up for us {row['spoke']} {'time' if row['spoke'] == 1 else 'times'}"] if row["spoke"] else []
        if row["brought"]:
            did.append(f"referred {row['brought']}" + (f", of whom {row['came']} came" if row["came"] else ""))
        quote = consent.said_of("sharing") + (f", noted by {kept['by']}" if kept and kept.get("by") else "")
        made.append(
            Speaker(
                customer, row["name"] or "", card_address(customer), did, day(row["newest"]),
                (row["segment"] or "") if consent.profile else "", consent.said_of("marketing"), quote,
                day(thanked[customer]) if customer in thanked else "",
                {
                    "thanked": button("thanked", customer, team), "yes": button("consent", customer, "sharing", "yes"),
                    "no": button("consent", customer, "sharing", "no"),
                },
            )
        )  # fmt: skip
    return made[:MOST]


def _drawn(row: Row, team: str) -> Drawn:
    return Drawn(
        row["customer_id"], row["name"] or "", card_address(row["customer_id"]), day(row["newest"]),
        _consent(row).said_of("marketing"), button("asked", row["customer_id"], team),
    )  # fmt: skip


def _consent(row: Row) -> Consent:
    return consent_of(row["consent_emotion"], row["objections"], row["consents"])


def _kept(row: Row) -> dict[str, Any]:
    try:
        found = json.loads(row["consents"]) if row["consents"] else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


PAGE = Page("advocates", "/advocates", "Advocates", build, AdvocatesContext, menu="Advocates")
