"""Pairs of members that may be one person and were not joined: of each two customers the strongest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from heartline.identity.clusters import Numbers
from heartline.tables import table

WORDS = {
    "alias": "called the same by a source",
    "cookie": "met with the same device or browser",
    "crm_id": "same CRM number",
    "email": "same e-mail address",
    "loyalty_card": "same loyalty card",
    "phone": "same telephone number",
}
"""What members have in common, by kind of identifier."""


def in_common(kind: str) -> str:
    """What two members have in common, in words."""
    return WORDS.get(kind, f"same {kind.replace('_', ' ')}")


@dataclass(frozen=True)
class _Doubt:
    a: int
    b: int
    kind: str
    probability: float | None
    against: str


class Doubts:
    """Collects them; the first of two customers stays, or a more probable one."""

    def __init__(self) -> None:
        self._found: list[_Doubt] = []

    def add(self, a: int, b: int, kind: str, probability: float | None, against: str) -> None:
        """Two members, what they have in common (a kind of identifier, or probable), and what speaks against it."""
        self._found.append(_Doubt(a, b, kind, probability, against))

    def table(self, members: pa.Table, labels: Numbers, decided: Callable[[int, int], bool]) -> pa.Table:
        """Rows of ``doubtful_pair``; without those who are one customer after all, or were decided on.

        members: member_id and own_id by number; labels: number of the founder of each
        """
        best: dict[tuple[int, int], _Doubt] = {}
        for doubt in self._found:
            one, other = sorted((int(labels[doubt.a]), int(labels[doubt.b])))
            if one == other or decided(doubt.a, doubt.b) or doubt.against == "a person keeps them apart":
                continue
            before = best.get((one, other))
            if before is None or (doubt.probability or 0.0) > (before.probability or 0.0) > 0:
                best[one, other] = doubt
        ends = sorted({at for doubt in best.values() for at in (doubt.a, doubt.b)})
        chosen = pa.array(ends, pa.int64())
        ids = dict(zip(ends, members.column("member_id").take(chosen).to_pylist(), strict=True))
        owners = members.column("own_id").take(pa.array(labels[ends] if ends else [], pa.int64())).to_pylist()
        customers = dict(zip(ends, owners, strict=True))
        rows = []
        for doubt in best.values():
            a, b = sorted((doubt.a, doubt.b), key=lambda at: str(ids[at]))
            said = doubt.against if doubt.probability is not None else f"{in_common(doubt.kind)}; {doubt.against}"
            rows.append(
                {
                    "member_a": ids[a], "member_b": ids[b], "customer_a": customers[a], "customer_b": customers[b],
                    "found_by": doubt.kind, "probability": doubt.probability, "reason": said,
                }
            )  # fmt: skip
        rows.sort(key=lambda row: (-(row["probability"] or 1.0), row["member_a"], row["member_b"]))
        return pa.Table.from_pylist(rows, schema=table("doubtful_pair").arrow_schema())
