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

    def table(
        self, ids: pa.Array, customers: pa.ChunkedArray, labels: Numbers, decided: Callable[[int, int], bool]
    ) -> pa.Table:
        """Rows of ``doubtful_pair``; without those who are one customer after all, or were decided on."""
        best: dict[tuple[int, int], _Doubt] = {}
        for doubt in self._found:
            one, other = sorted((int(labels[doubt.a]), int(labels[doubt.b])))
            if one == other or decided(doubt.a, doubt.b) or doubt.against == "a person keeps them apart":
                continue
            before = best.get((one, other))
            if before is None or (doubt.probability or 0.0) > (before.probability or 0.0) > 0:
                best[one, other] = doubt
        rows = []
        for doubt in best.values():
            a, b = sorted((doubt.a, doubt.b), key=lambda at: str(ids[at].as_py()))
            said = doubt.against if doubt.probability is not None else f"{in_common(doubt.kind)}; {doubt.against}"
            rows.append(
                {
                    "member_a": ids[a].as_py(), "member_b": ids[b].as_py(), "customer_a": customers[a].as_py(),
                    "customer_b": customers[b].as_py(), "found_by": doubt.kind, "probability": doubt.probability,
                    "reason": said,
                }
            )  # fmt: skip
        rows.sort(key=lambda row: (-(row["probability"] or 1.0), row["member_a"], row["member_b"]))
        return pa.Table.from_pylist(rows, schema=table("doubtful_pair").arrow_schema())
