"""Claims: what is published of customers and their feelings, held against the company's own figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, Kind, decimal, explain_address, plain, written
from heartline.web.page import Page, Query, told

EVERY = "select * from claim order by position nulls last, claim"
VERDICTS = {
    "supported": ("holds here", "good"), "not_supported": ("does not hold here", "bad"),
    "not_enough_evidence": ("not enough evidence", ""),
}  # fmt: skip
KINDS: dict[str, Kind] = {"times": "spread", "share": "share", "correlation": "spread", "valence": "valence"}


@dataclass(frozen=True)
class ClaimLine:
    """One claim: its words, the published figure, the own one, the verdict and how it came about."""

    name: str
    wording: str
    published: str
    held_against: str
    own: Figure
    unit: str
    base: str
    verdict: str
    tone: str
    adjusted: bool
    computed: str
    reason: str
    source: str
    source_name: str


@dataclass(frozen=True)
class ClaimsContext:
    """What Claims shows."""

    claims: Sequence[ClaimLine] = told("the claims in their order; empty: nothing was worked out yet")
    supported: int = told("claims that hold here")
    refuted: int = told("claims that do not hold here")
    undecided: int = told("claims of which there is not enough evidence")


def build(door: Door, _query: Query) -> ClaimsContext:
    """The page of claims."""
    found = rows(door, EVERY)
    return ClaimsContext(
        claims=[_line(row) for row in found],
        supported=sum(row["verdict"] == "supported" for row in found),
        refuted=sum(row["verdict"] == "not_supported" for row in found),
        undecided=sum(row["verdict"] not in ("supported", "not_supported") for row in found),
    )


def _line(row: Row) -> ClaimLine:
    kind = KINDS.get(row["unit"] or "", "spread")
    verdict, tone = VERDICTS.get(row["verdict"] or "", VERDICTS["not_enough_evidence"])
    own = Figure(
        row["estimate"], kind, "", row["low"], row["high"], row["n"],
        explain_address("claim", "estimate", claim=row["claim"]),
    )  # fmt: skip
    key = json.loads(row["from_key"]) if row["from_key"] else {}
    table = row["from_table"] or ""
    return ClaimLine(
        name=row["claim"],
        wording=row["wording"] or plain(row["claim"]),
        published="" if row["published"] is None else _amount(row["published"], kind, row["unit"]),
        held_against=_held_against(row, kind),
        own=own,
        unit="×" if row["unit"] == "times" else "",
        base=f"{decimal(row['n'])} {row['unit_of_n'] or 'customers'}" if row["n"] else "",
        verdict=verdict,
        tone=tone,
        adjusted=bool(row["adjusted"]),
        computed=row["computed"] or "",
        reason=row["reason"] or "",
        source=explain_address(table, row["from_column"] or "", **key) if table else "",
        source_name=plain(table),
    )


def _amount(value: float, kind: Kind, unit: str | None) -> str:
    if kind == "share":
        return written(value, kind).replace(".0\u202f", "\u202f")
    return decimal(value, 0 if value == int(value) else 1) + ("\u202f×" if unit == "times" else "")


def _held_against(row: Row, kind: Kind) -> str:
    """The rule of the verdict in words; empty where none is told."""
    if row["threshold"] is None:
        return ""
    side = "less than" if row["direction"] == "below" else "more than"
    return f"{side} {_amount(row['threshold'], kind, row['unit'])}"


PAGE = Page("claims", "/claims", "Claims", build, ClaimsContext, menu="Claims")
