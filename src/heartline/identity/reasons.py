"""Why a member is part of its customer: a tree of the surest ties from the founder to each member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from heartline.identity.clusters import Numbers
from heartline.identity.doubts import in_common
from heartline.tables import table

ALONE, FOUNDER = "alone", "founder"
_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Tied:
    """Ties of one kind that lie within customers: ``a`` < ``b``; the smaller ``rank``, the surer.

    known: from when each could be known, microseconds; words: what to say of each, None: the kind says it
    """

    kind: str
    rank: float
    a: Numbers
    b: Numbers
    known: Numbers
    words: Sequence[str] | None


class Reasons:
    """Rows of ``member`` out of members by seniority, the customer of each by its founder's number, and the ties."""

    def __init__(self, members: pa.Table, labels: Numbers, ties: Sequence[Tied]) -> None:
        self._members = members
        self._labels = labels
        self._ties = ties
        self._size = len(labels)

    def table(self) -> pa.Table:
        """The table ``member``, sorted by member_id."""
        size, labels = self._size, self._labels
        of = table("member").arrow_schema()
        if not size:
            return of.empty_table()
        parent, tie = self._tree()
        counts = np.bincount(labels, minlength=size)[labels]
        founder = (labels == np.arange(size)) & (counts > 1)
        kinds = pa.array([one.kind for one in self._ties] + [ALONE, FOUNDER], pa.string())
        number = np.where(tie >= 0, self._of(tie), np.where(founder, len(self._ties) + 1, len(self._ties)))
        columns = {
            "customer_id": self._members.column("own_id").take(pa.array(labels)),
            "member_id": self._members.column("member_id"),
            "own_id": self._members.column("own_id"),
            "first_seen_at": self._members.column("first_seen_at"),
            "matched_by": kinds.take(pa.array(number)),
            "reason": self._words(parent, tie, founder, counts),
            "since": self._since(parent, tie),
            "customer_today": self._members.column("own_id").take(pa.array(labels)),
        }
        return pa.table({name: columns[name] for name in of.names}, schema=of).sort_by("member_id")

    def _tree(self) -> tuple[Numbers, Numbers]:
        """Parent of each member and the number of the tie that leads there; -1 where there is none."""
        size = self._size
        parent, tie = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
        if not self._ties:
            return parent, tie
        a = np.concatenate([one.a for one in self._ties])
        b = np.concatenate([one.b for one in self._ties])
        rank = np.concatenate([np.full(len(one.a), one.rank + 1.0) for one in self._ties])
        # of several ties between two members the surest; within a rank the more senior partner
        order = np.lexsort((a, rank, b, a))
        pair = a[order] * size + b[order]
        first = np.r_[True, pair[1:] != pair[:-1]]
        chosen = order[first]
        weight = rank[chosen] + a[chosen] / (size + 1.0)
        graph = coo_matrix((weight, (a[chosen], b[chosen])), shape=(size + 1, size + 1)).tocsr()
        tree = minimum_spanning_tree(graph).tocoo()
        founders = np.unique(self._labels[a])
        root = np.full(len(founders), size)
        joined = coo_matrix(
            (
                np.ones(len(tree.row) + len(founders)),
                (np.r_[tree.row, root], np.r_[tree.col, founders]),
            ),
            shape=(size + 1, size + 1),
        ).tocsr()
        _, before = breadth_first_order(joined, size, directed=False)
        before = before[:size].astype(np.int64)
        inside = (before >= 0) & (before < size)
        at = np.flatnonzero(inside)
        parent[at] = before[at]
        low, high = np.minimum(at, parent[at]), np.maximum(at, parent[at])
        tie[at] = chosen[np.searchsorted(pair[first], low * size + high)]
        return parent, tie

    def _of(self, tie: Numbers) -> Numbers:
        """Which kind of ties each tie belongs to."""
        edges = np.cumsum([len(one.a) for one in self._ties])
        found: Numbers = np.searchsorted(edges, tie, side="right").astype(np.int64)
        return found

    def _words(self, parent: Numbers, tie: Numbers, founder: Numbers, counts: Numbers) -> pa.Array:
        ids = self._members.column("member_id").combine_chunks()
        said = np.full(self._size, "no other member is known to be this person", object)
        said[founder] = [f"known first of {count} members" for count in counts[founder].tolist()]
        starts = np.r_[0, np.cumsum([len(one.a) for one in self._ties])]
        at = np.flatnonzero(tie >= 0)
        kinds = self._of(tie[at]) if len(at) else at
        for number, one in enumerate(self._ties):
            mine = at[kinds == number]
            partners = ids.take(pa.array(parent[mine])).to_pylist()
            if one.words is None:
                said[mine] = [f"{in_common(one.kind)} as {partner}" for partner in partners]
            else:
                places = (tie[mine] - starts[number]).tolist()
                said[mine] = [f"{one.words[place]}: {partner}" for place, partner in zip(places, partners, strict=True)]
        return pa.array(said.tolist(), pa.string())

    def _since(self, parent: Numbers, tie: Numbers) -> pa.Array:
        """From when each could be known to be part of its customer: when the last tie on the way to the founder was."""
        known = np.concatenate([one.known for one in self._ties]) if self._ties else np.zeros(0, np.int64)
        since = np.full(self._size, _NEVER, np.int64)
        at = np.flatnonzero(parent >= 0)
        since[at] = known[tie[at]]
        while len(at):
            later = since[parent[at]]
            grown = at[later > since[at]]
            if not len(grown):
                break
            since[grown] = since[parent[grown]]
        return pc.if_else(pa.array(since == _NEVER), pa.scalar(None, pa.int64()), pa.array(since)).cast(
            pa.timestamp("us")
        )
