"""Customer: who is this, how do they feel, how bonded are they, what is at risk, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from heartline.web.change import Change, compare
from heartline.web.consent import Consent, consent_of
from heartline.web.door import Door, Row
from heartline.web.figures import Figure, explain_address
from heartline.web.next_moves import NEXT, NextMove, next_moves
from heartline.web.page import BadAddress, Chart, ChartQuery, MissingPage, Page, Query, told
from heartline.web.timeline import Event, timeline
from heartline.web.words import RISKS

PART = 40
EVIDENCE = (("words_n", "texts"), ("survey_n", "survey answers"), ("behaviour_n", "unpaid acts"))
LAST = datetime(9999, 1, 1)
CONSENT = """
select name, first_seen_at, consent_emotion, objections, consents from customer where customer_id = $id limit 1
"""
KNOWN_AS = """
select member_id, reason from member where customer_id = $id
order by matched_by in ('alone', 'founder') desc, since asc nulls last, member_id
"""
OVERVIEW = "select * from customer_overview where customer_id = $id limit 1"
BOND = "select * from connection where customer_id = $id order by period_end desc nulls last"
LOYALTY = "select * from loyalty where customer_id = $id order by period_end desc nulls last limit 1"
VALUE = "select * from customer_value where customer_id = $id limit 1"
BETRAYAL = "select * from betrayal where customer_id = $id limit 1"
LEDGER = "select * from ledger where customer_id = $id limit 1"
FELT = """
select interaction_id, occurred_at, touchpoint, channel, felt_valence, felt_from, baseline, surprise
from touchpoint_visit
where customer_id = $id and felt_valence is not null order by occurred_at desc nulls last, interaction_id limit 400
"""


@dataclass(frozen=True)
class Risk:
    """One risk: stored name, words, and its probability within the horizon."""

    name: str
    text: str
    p: Figure


@dataclass(frozen=True)
class Betrayal:
    """How probable betrayal is and why.

    p: probability; factors: each factor in words with its figure, those that are known
    reasons: what speaks for it, in words; revenge, avoidance: months from now with the probability then
    """

    p: Figure
    factors: Sequence[tuple[str, Figure]]
    reasons: Sequence[str]
    revenge: Sequence[tuple[int, Figure]]
    avoidance: Sequence[tuple[int, Figure]]


@dataclass(frozen=True)
class CustomerContext:
    """What the page of one customer shows."""

    customer_id: str = told("id as the company's sources gave it, or that of the person whom several of them know")
    known_as: Sequence[tuple[str, str]] = told("ids of the sources that are this person, each with why; empty: one id")
    name: str = told("name; empty: not told")
    first_seen: datetime | None = told("first known moment")
    last_seen: datetime | None = told("last contact or purchase")
    consent: Consent = told("what the customer allows")
    consent_text: str = told("the same in words")
    profile: bool = told("whether bond, segment, risks and value may be shown")
    connection: Change | None = told("bond at the end of the latest period against the one before")
    evidence: Sequence[tuple[str, int]] = told("kinds of evidence behind the bond and how many pieces of each")
    thin: bool = told("whether the bond rests mostly on what customers in general are like")
    satisfaction: Figure = told("satisfaction at the end of the latest period")
    pathway: str = told("stage on the way to connection; empty: not enough evidence")
    motivators: Sequence[str] = told("what moves this customer, strongest first; empty: none seen or not judged")
    segment: str = told("stored name of the segment; empty: not placed")
    rule: str = told("rule that placed the customer, in words")
    segment_before: str = told("segment one period before; empty: not known then")
    risks: Sequence[Risk] = told("each risk with its probability")
    risk_days: int | None = told("horizon of the risks, days")
    reasons: Sequence[str] = told("what speaks for the risks, most telling first")
    next_moves: Sequence[NextMove] = told("what the customer may do or feel next; empty: nothing to learn it from")
    next_days: int | None = told("horizon of the next moves, days")
    betrayal: Betrayal | None = told("how probable it is that they feel betrayed, and why; none: nothing to judge by")
    harm: Figure = told("own expected value that goes with hurt")
    help: Figure = told("what those they referred brought and are expected to bring")
    assumed: str = told("what harm and help assume, in words")
    value: Figure = told("value expected over the horizon")
    stake: Figure = told("expected value × probability of leaving")
    p_alive: Figure = told("probability of still being a customer")
    horizon_days: int | None = told("how far ahead value is looked at, days")
    referral: Figure = told(
        "what people whom this customer referred are expected to bring; unknown: nobody, or not told"
    )
    value_note: str = told("method of the value and why, where it is a fallback")
    orders: Figure = told("orders so far")
    revenue: Figure = told("revenue so far")
    unknown: Sequence[str] = told("what is not known about this customer, in words")
    events: Sequence[Event] = told("time line, newest first")
    older: str = told("address of the older part of the time line; empty at its end")
    charts: dict[str, Chart] = told("charts by name; empty where nothing may be shown")


def _rows(door: Door, query: Query, sql: str) -> list[Row]:
    customer = query["customer_id"]
    found: list[Row] = door.customer_query(customer, sql, {"id": customer}).to_pylist()
    return found


def _consent(door: Door, query: Query) -> tuple[Row, Consent]:
    row = next(iter(_rows(door, query, CONSENT)), {})
    return row, consent_of(row.get("consent_emotion"), row.get("objections"), row.get("consents"))


def bond_rows(door: Door, query: Query) -> list[Row]:
    """Connection and satisfaction of each period; nothing for who objects to profiling."""
    if "customer_id" not in query:
        raise BadAddress("the address names no customer", "customer_id", "open the chart from a customer's page")
    if not _consent(door, query)[1].profile:
        return []
    return [
        {
            "period_end": row["period_end"],
            "connection": row["connection"],
            "low": row["connection_low"],
            "high": row["connection_high"],
            "satisfaction": row["satisfaction"],
            "evidence_count": row["evidence_count"],
            "explain": explain_address(
                "connection", "connection", customer_id=query["customer_id"], period_end=row["period_end"]
            ),
        }
        for row in reversed(_rows(door, query, BOND))
        if row["connection"] is not None
    ]


def felt_rows(door: Door, query: Query) -> list[Row]:
    """Felt valence of the latest 400 felt contacts; those read from words only with consent."""
    if "customer_id" not in query:
        raise BadAddress("the address names no customer", "customer_id", "open the chart from a customer's page")
    allowed = _consent(door, query)[1]
    return [
        {
            **row,
            "touchpoint": row["touchpoint"].replace("_", " "),
            "source": row["felt_from"],
            "baseline": row["baseline"] if allowed.profile else None,
            "surprise": row["surprise"] if allowed.profile else None,
            "explain": explain_address(
                "touchpoint_visit",
                "felt_valence",
                customer_id=query["customer_id"],
                interaction_id=row["interaction_id"],
            ),
        }
        for row in reversed(_rows(door, query, FELT))
        # what they told by a rating is theirs to tell; the rest would be read off them
        if allowed.read or row["felt_from"] == "rating"
    ]


def _before(query: Query) -> datetime:
    text = query.get("before", "")
    if not text:
        return LAST
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as cause:
        raise BadAddress("before is not a moment", "YYYY-MM-DDTHH:MM:SS", "correct the address") from cause
    return moment.replace(tzinfo=None)


def build(door: Door, query: Query) -> CustomerContext:
    """The page of one customer, by any id they ever had; MissingPage for an id that no fact knows."""
    customer = door.customer_of(query["customer_id"])
    query = {**query, "customer_id": customer}
    told_row, consent = _consent(door, query)
    overview: dict[str, Any] = next(iter(_rows(door, query, OVERVIEW)), {})
    events, older = timeline(door, customer, _before(query), PART, consent, query)
    if not told_row and not overview and not events:
        raise MissingPage(
            "there is no customer with this id", "an id of the table customer", "search the Customers page"
        )
    profile = consent.profile
    bonds = _rows(door, query, BOND) if profile else []
    loyalty: dict[str, Any] = next(iter(_rows(door, query, LOYALTY)), {}) if profile else {}
    value: dict[str, Any] = next(iter(_rows(door, query, VALUE)), {}) if profile else {}
    following = _rows(door, query, NEXT) if profile else []
    hurt: dict[str, Any] = next(iter(_rows(door, query, BETRAYAL)), {}) if profile and consent.read else {}
    ledger: dict[str, Any] = next(iter(_rows(door, query, LEDGER)), {}) if profile else {}
    bond: dict[str, Any] = bonds[0] if bonds else {}
    unit = value.get("currency") or overview.get("currency") or door.settings.text("currency")

    def at(table: str, column: str, **more: object) -> str:
        return explain_address(table, column, customer_id=customer, **more)

    period = loyalty.get("period_end")
    return CustomerContext(
        customer_id=customer,
        known_as=[(row["member_id"], row["reason"]) for row in _rows(door, query, KNOWN_AS)],
        name=told_row.get("name") or overview.get("name") or "",
        first_seen=overview.get("first_seen_at") or told_row.get("first_seen_at"),
        last_seen=overview.get("last_seen_at"),
        consent=consent,
        consent_text=consent.text,
        profile=profile,
        connection=compare(_bond(bond, customer), _bond(bonds[1] if len(bonds) > 1 else {}, customer))
        if bond
        else None,
        evidence=[(word, bond.get(column) or 0) for column, word in EVIDENCE] if bond else [],
        thin=bool(bond.get("thin")),
        satisfaction=Figure(
            bond.get("satisfaction"),
            "score",
            n=bond.get("satisfaction_n"),
            explain=at("connection", "satisfaction", period_end=bond.get("period_end")),
        ),
        pathway=bond.get("pathway") or "",
        motivators=(bond.get("motivators") or "").split(),
        segment=loyalty.get("segment") or "",
        rule=loyalty.get("rule") or "",
        segment_before=(overview.get("segment_before") or "") if profile else "",
        risks=[
            Risk(
                name,
                text,
                Figure(loyalty.get(f"p_{name}"), "share", explain=at("loyalty", f"p_{name}", period_end=period)),
            )
            for name, text in RISKS.items()
        ]
        if profile
        else [],
        risk_days=loyalty.get("horizon_days"),
        reasons=[part.strip() for part in (loyalty.get("reasons") or "").split(";") if part.strip()],
        next_moves=next_moves(following, customer),
        next_days=following[0]["horizon_days"] if following else None,
        betrayal=_betrayal(hurt, customer) if hurt.get("p_betrayal") is not None else None,
        harm=_money(ledger, "harm", unit, customer),
        help=_money(ledger, "help", unit, customer),
        assumed=ledger.get("assumed") or "",
        value=Figure(
            value.get("expected_value"),
            "money",
            unit,
            value.get("expected_value_low"),
            value.get("expected_value_high"),
            explain=at("customer_value", "expected_value"),
        ),
        referral=Figure(
            value.get("referral_value") if value.get("referral_n") else None,
            "money",
            unit,
            value.get("referral_value_low"),
            value.get("referral_value_high"),
            value.get("referral_n"),
            at("customer_value", "referral_value"),
        ),
        stake=Figure(
            overview.get("value_at_stake") if profile else None,
            "money",
            unit,
            explain=at("customer_overview", "value_at_stake"),
        ),
        p_alive=Figure(value.get("p_alive"), "share", explain=at("customer_value", "p_alive")),
        horizon_days=value.get("horizon_days"),
        value_note=_value_note(value),
        orders=Figure(overview.get("orders"), "count", explain=at("customer_overview", "orders")),
        revenue=Figure(overview.get("revenue"), "money", unit, explain=at("customer_overview", "revenue")),
        unknown=_unknown(bond, loyalty, value, overview, profile),
        events=events,
        older=f"/customers/{quote(customer, safe='')}?before={older.isoformat()}" if older else "",
        charts={
            chart.name: Chart(chart.name, f"customer_id={quote(customer, safe='')}", chart.rows(door, query))
            for chart in PAGE.charts
        },
    )


def _bond(row: Row, customer: str) -> Figure:
    if not row:
        return Figure(None, "score")
    address = explain_address("connection", "connection", customer_id=customer, period_end=row["period_end"])
    return Figure(
        row["connection"], "score", "", row["connection_low"], row["connection_high"], row["evidence_count"], address
    )


def _betrayal(row: Row, customer: str) -> Betrayal:
    def share(column: str) -> Figure:
        return Figure(row.get(column), "share", explain=explain_address("betrayal", column, customer_id=customer))

    factors = (
        ("The brand is part of who they are", "self_relevance"),
        ("A promise or fairness was broken", "breach"),
        ("How bad it felt", "severity"),
        ("What was done about it failed", "failed_recovery"),
        ("They see bad intent in it", "motive"),
        ("Their words speak of betrayal", "words"),
    )
    return Betrayal(
        share("p_betrayal"),
        [
            (text, share(column))
            for text, column in factors
            # half-way says that nothing is known of what was done
            if row.get(column) is not None and (column, row[column]) != ("failed_recovery", 0.5)
        ],
        [part.strip() for part in (row.get("reasons") or "").split(";") if part.strip()],
        *(
            [(month, share(f"p_{what}" + (f"_month_{month}" if month else ""))) for month in (0, 1, 3, 6)]
            for what in ("revenge", "avoidance")
        ),
    )


def _money(row: Row, name: str, unit: str, customer: str) -> Figure:
    address = explain_address("ledger", name, customer_id=customer)
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    return Figure(row.get(name), "money", row.get("currency") or unit, low, high, explain=address)


def _value_note(value: Row) -> str:
    if not value:
        return ""
    method = {"bg_nbd": "BG/NBD and Gamma-Gamma"}.get(
        value.get("method") or "", (value.get("method") or "").replace("_", " ")
    )
    reason = f": {value['reason']}" if value.get("reason") else ""
    return f"{method}{reason}"


def _unknown(bond: Row, loyalty: Row, value: Row, overview: Row, profile: bool) -> list[str]:
    if not profile:
        return ["Bond, segment, risks and value are not shown: the customer has not agreed, or objects."]
    said = []
    if not bond or bond.get("connection") is None:
        said.append("Whether there is a bond: nothing that speaks for or against one.")
    elif bond.get("thin"):
        said.append("How bonded this person is: the figure rests mostly on what customers in general are like.")
    if bond.get("satisfaction") is None:
        said.append("How satisfied they are: no rating and no answer.")
    if not bond.get("survey_n"):
        said.append("What they would say themselves: no survey answer on the bond.")
    if loyalty.get("p_leaving") is None:
        said.append("Whether they are leaving: not enough evidence.")
    if value.get("expected_value") is None:
        said.append("What they are worth: no purchase to learn from.")
    felt, contacts = overview.get("felt_n") or 0, overview.get("interactions") or 0
    if contacts > felt:
        said.append(f"How {contacts - felt} of {contacts} contacts felt: no words, no rating, no telling behaviour.")
    return said


PAGE = Page(
    "customer",
    "/customers/{customer_id:path}",
    "Customer",
    build,
    CustomerContext,
    charts=(ChartQuery("customer_bond", bond_rows), ChartQuery("customer_felt", felt_rows)),
)
