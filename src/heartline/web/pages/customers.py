"""Customers: find one, or a group, among a million: search, filter, sort, page and download on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from heartline.tables import KNOWN_OBJECTIONS, PATHWAY, PROFILE_OBJECTIONS, READING_OBJECTIONS, SEGMENTS
from heartline.tables import table as table_of
from heartline.web.consent import Consent, consents
from heartline.web.door import Door, Row, one, rows
from heartline.web.figures import Figure, explain_address
from heartline.web.page import BadAddress, Page, Query, choice, told, whole
from heartline.web.words import RISKS, SEGMENT_NAMES

PER_PAGE = 50

# column, heading, whether the first click sorts downwards, whether it is shown on a narrow screen
COLUMNS = (
    ("name", "Customer", False),
    ("segment", "Segment", False),
    ("connection", "Connection", True),
    ("satisfaction", "Satisfaction", True),
    ("felt_mean", "Felt", True),
    ("p_leaving", "Leaving", True),
    ("value_at_stake", "At stake", True),
    ("expected_value", "Expected value", True),
    ("interactions", "Contacts", True),
    ("last_seen_at", "Last seen", True),
)
SORTABLE = tuple(column.name for column in table_of("customer_overview"))
DOWNLOAD = SORTABLE


@dataclass(frozen=True)
class Heading:
    """One heading of the list: what it says, the address that sorts by it, and how it is sorted now."""

    column: str
    text: str
    address: str
    sorted: str


@dataclass(frozen=True)
class CustomerLine:
    """One customer of the list. Withheld lines show the id and the contacts only."""

    customer_id: str
    name: str
    segment: str
    connection: Figure
    satisfaction: Figure
    felt: Figure
    p_leaving: Figure
    value_at_stake: Figure
    expected_value: Figure
    interactions: Figure
    last_seen: str
    withheld: bool


@dataclass(frozen=True)
class CustomersContext:
    """What the list shows."""

    q: str = told("what was searched for: a part of the name or of the id")
    segment: str = told("segment chosen; empty: all")
    pathway: str = told("stage on the way to connection chosen; empty: all")
    risk: str = told("risk chosen; empty: none")
    at_least: str = told("smallest probability of the chosen risk, 0 to 1, as in the address")
    sort: str = told("column sorted by")
    direction: str = told("asc or desc")
    headings: Sequence[Heading] = told("headings with the addresses that sort")
    lines: Sequence[CustomerLine] = told("customers of this page of the list")
    total: int = told("customers that match")
    known: int = told("customers in the workspace")
    first: int = told("number of the first line shown; 0 where none is")
    last: int = told("number of the last line shown")
    previous: str = told("address of the page before; empty at the start")
    following: str = told("address of the next page; empty at the end")
    download: str = told("address of the whole filtered list as CSV")
    segments: Sequence[tuple[str, str]] = told("segments to choose from: stored name and words")
    pathways: Sequence[str] = told("stages to choose from")
    risks: Sequence[tuple[str, str]] = told("risks to choose from: stored name and words")


def where(query: Query) -> tuple[str, dict[str, object]]:
    """The condition and its parameters from the address; only known words reach the SQL text."""
    parts: list[str] = []
    values: dict[str, object] = {}
    q = query.get("q", "").strip()[:200]
    if q:
        parts.append("(contains(lower(name), lower($q)) or contains(lower(customer_id), lower($q)))")
        values["q"] = q
    if segment := choice(query, "segment", SEGMENTS):
        parts.append("segment = $segment")
        values["segment"] = segment
    if pathway := choice(query, "pathway", PATHWAY):
        parts.append("pathway = $pathway")
        values["pathway"] = pathway
    if risk := choice(query, "risk", tuple(RISKS)):
        parts.append(f"p_{risk} >= $at_least")
        values["at_least"] = _at_least(query)
    return (" where " + " and ".join(parts) if parts else ""), values


def order(query: Query) -> tuple[str, str]:
    """Column and direction from the address; what is at stake, largest first, without a choice."""
    sort = choice(query, "sort", SORTABLE, "value_at_stake")
    return sort, choice(query, "dir", ("asc", "desc"), "asc" if query.get("sort") else "desc")


def build(door: Door, query: Query) -> CustomersContext:
    """One page of the list."""
    condition, values = where(query)
    sort, direction = order(query)
    total = int(one(door, f"select count(*) as n from customer_overview{condition}", values).get("n") or 0)
    known = total if not condition else int(one(door, "select count(*) as n from customer_overview").get("n") or 0)
    last_page = max((total - 1) // PER_PAGE, 0)
    page = whole(query, "page", 1, 1, last_page + 1) - 1
    # Sorting carries two columns only; the rest of the fifty rows is fetched afterwards.
    found = rows(
        door,
        f"with shown as (select customer_id, {sort} as sorted from customer_overview{condition} "
        f"order by {sort} {direction} nulls last, customer_id limit {PER_PAGE} offset {page * PER_PAGE}) "
        "select o.* from shown join customer_overview o on o.customer_id = shown.customer_id "
        f"order by shown.sorted {direction} nulls last, o.customer_id",
        values,
    )
    allowed = consents(door, [row["customer_id"] for row in found])
    currency = door.settings.text("currency")
    kept = {name: query[name] for name in ("q", "segment", "pathway", "risk", "at_least") if query.get(name)}

    def address(**change: object) -> str:
        pairs = {**kept, "sort": sort, "dir": direction, **change}
        return "/customers?" + urlencode({key: value for key, value in pairs.items() if value not in ("", None)})

    return CustomersContext(
        q=query.get("q", "").strip()[:200],
        segment=query.get("segment", ""),
        pathway=query.get("pathway", ""),
        risk=query.get("risk", ""),
        at_least=query.get("at_least", "0.5"),
        sort=sort,
        direction=direction,
        headings=[
            Heading(
                column,
                text,
                address(sort=column, dir=_flipped(direction) if column == sort else "desc" if down else "asc"),
                direction if column == sort else "",
            )
            for column, text, down in COLUMNS
        ],
        lines=[_line(row, allowed.get(row["customer_id"], Consent()), currency) for row in found],
        total=total,
        known=known,
        first=page * PER_PAGE + 1 if found else 0,
        last=page * PER_PAGE + len(found),
        previous=address(page=page) if page > 0 else "",
        following=address(page=page + 2) if page < last_page else "",
        download="/customers.csv?" + urlencode({**kept, "sort": sort, "dir": direction}),
        segments=[(name, SEGMENT_NAMES[name]) for name in SEGMENTS],
        pathways=PATHWAY,
        risks=tuple(RISKS.items()),
    )


def _flipped(direction: str) -> str:
    return "desc" if direction == "asc" else "asc"


def _at_least(query: Query) -> float:
    text = query.get("at_least") or "0.5"
    try:
        value = float(text)
    except ValueError as cause:
        raise BadAddress("at_least is not a number", "0 to 1", "correct the address") from cause
    if not 0 <= value <= 1:
        raise BadAddress("at_least is out of range", "0 to 1", "correct the address")
    return value


def _line(row: Row, consent: Consent, currency: str) -> CustomerLine:
    customer = row["customer_id"]

    def at(column: str) -> str:
        return explain_address("customer_overview", column, customer_id=customer)

    unit = row["currency"] or currency
    open_ = consent.profile

    def shown(column: str) -> float | None:
        value: float | None = row[column] if open_ else None
        return value

    return CustomerLine(
        customer,
        row["name"] or "",
        row["segment"] or "" if open_ else "",
        Figure(
            shown("connection"),
            "score",
            "",
            shown("connection_low"),
            shown("connection_high"),
            row["evidence_count"],
            at("connection"),
        ),
        Figure(shown("satisfaction"), "score", explain=at("satisfaction")),
        Figure(row["felt_mean"] if consent.read else None, "valence", n=row["felt_n"], explain=at("felt_mean")),
        Figure(shown("p_leaving"), "share", explain=at("p_leaving")),
        Figure(shown("value_at_stake"), "money", unit, explain=at("value_at_stake")),
        Figure(
            shown("expected_value"),
            "money",
            unit,
            shown("expected_value_low"),
            shown("expected_value_high"),
            explain=at("expected_value"),
        ),
        Figure(row["interactions"], "count", explain=at("interactions")),
        row["last_seen_at"].strftime("%Y-%m-%d") if row["last_seen_at"] else "–",
        not open_,
    )


def download_sql(query: Query) -> tuple[str, dict[str, object]]:
    """SELECT of the whole filtered list for CSV. Texts that a spreadsheet would run as a formula get a quote in front;
    who refused or objected to profiling is listed without what was worked out about them."""
    condition, values = where(query)
    sort, direction = order(query)
    judged = {
        "felt_mean",
        "felt_last",
        "satisfaction",
        "connection",
        "connection_low",
        "connection_high",
        "evidence_count",
        "pathway",
        "segment",
        "segment_before",
        "p_leaving",
        "p_silent_leaving",
        "p_betrayal",
        "p_revenge",
        "reasons",
        "expected_value",
        "expected_value_low",
        "expected_value_high",
        "value_at_stake",
        "felt_n",
    }
    shown = []
    for column in table_of("customer_overview"):
        text = f"o.{column.name}"
        if column.type == "string":
            text = f"case when regexp_matches({text}, '^[=+\\-@\\t\\r]') then concat('''', {text}) else {text} end"
        if column.name in judged:
            text = f"case when {_WITHHELD} then null else {text} end"
        shown.append(f"{text} as {column.name}")
    return (
        f"with o as (select * from customer_overview{condition}) select {', '.join(shown)} "
        f"from o left join customer c on c.customer_id = o.customer_id "
        f"order by o.{sort} {direction} nulls last, o.customer_id",
        values,
    )


_WITHHELD = (
    "(c.consent_emotion is false or regexp_matches(lower(c.objections), "
    f"'(^|[ ,;|])({'|'.join((*READING_OBJECTIONS, *PROFILE_OBJECTIONS))})([ ,;|]|$)') "
    f"or not regexp_matches(lower(c.objections), '^[ ,;|]*(({'|'.join(KNOWN_OBJECTIONS)})([ ,;|]+|$))*$'))"
)
"""Nothing may be shown of what was worked out on the customer; a word that is no purpose counts as all of them."""

PAGE = Page("customers", "/customers", "Customers", build, CustomersContext, menu="Customers")
