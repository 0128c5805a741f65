"""Who is who: members into customers by what people decided, by keys, by cookies, by probable pairs, in this order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from heartline.identity.clusters import (
    ALIKE,
    CARD_REPLACED,
    NOTHING,
    SOURCE_SAYS,
    Clusters,
    Numbers,
    Tie,
    Told,
    Weighs,
)
from heartline.identity.doubts import Doubts
from heartline.identity.gather import Gathered
from heartline.identity.ids import ANONYMOUS, alias_hashes, own_ids
from heartline.identity.reasons import Reasons, Tied
from heartline.identity.rulings import Rulings
from heartline.identity.unclear import unclear
from heartline.identity.values import Values, chosen, hub_ties
from heartline.tables import table

COOKIE, ALIAS = "cookie", "alias"
PROBABLE, DECISION = "probable", "decision"
_SOURCES_OWN = {"alias", "crm_id"}
ANOTHER_CARD = 30
"""Another card or number of one kind divides the odds that two are one person by this: few have two of them."""


@dataclass(frozen=True)
class Rules:
    """Settings of the rules.

    kinds: kinds of identifiers that join, the surest first
    one_of: kinds of which a person has one
    most_members: an identifier of more members joins nobody
    threshold, review: probabilities from which a probable pair is joined, or shown for review
    """

    kinds: tuple[str, ...] = ("crm_id", "alias", "loyalty_card", "email", "phone", "cookie")
    one_of: tuple[str, ...] = ("loyalty_card", "crm_id")
    most_members: int = 10
    threshold: float = 0.95
    review: float = 0.5


@dataclass(frozen=True)
class Resolved:
    """Who is who at one moment.

    member, doubtful, shared: rows of the tables member, doubtful_pair, shared_identifier
    notes, values: for `heartline explain`
    """

    member: pa.Table
    doubtful: pa.Table
    shared: pa.Table
    notes: tuple[str, ...]
    values: Mapping[str, Any]

    def customers(self) -> dict[str, str]:
        """Customer of each member."""
        return dict(
            zip(self.member.column("member_id").to_pylist(), self.member.column("customer_id").to_pylist(), strict=True)
        )


def resolve(gathered: Gathered, rulings: Rulings, rules: Rules, pairs: pa.Table | None = None) -> Resolved:
    """Members into customers. The same facts and decisions give the same ids, in whatever order they were loaded.

    pairs: probable pairs (``probable_pair``); None: none are looked at
    """
    members = _by_seniority(gathered.members)
    return _Resolving(gathered, members, rulings, rules, pairs).resolved()


def _by_seniority(members: pa.Table) -> pa.Table:
    ids = members.column("member_id").combine_chunks()
    found = pa.table(
        {
            "member_id": ids,
            "own_id": pa.array(own_ids(ids.to_pylist()), pa.string()),
            "first_seen_at": members.column("first_seen_at").combine_chunks(),
        }
    )
    order = pc.sort_indices(found, sort_keys=[("first_seen_at", "ascending"), ("own_id", "ascending")])  # NULL last
    return found.take(order).combine_chunks()


class _Resolving:
    def __init__(
        self, gathered: Gathered, members: pa.Table, rulings: Rulings, rules: Rules, pairs: pa.Table | None
    ) -> None:
        self._gathered = gathered
        self._members = members
        self._rules = rules
        self._ids = members.column("member_id").chunk(0) if members.num_rows else pa.array([], pa.string())
        self._size = members.num_rows
        self._rank = {kind: number for number, kind in enumerate(rules.kinds, 1)}
        self._ruled = rulings.on(self._numbers)
        self._shared: list[tuple[str, str, int, str]] = []
        self._values = [found for kind in rules.kinds if (found := self._values_of(kind)) is not None]
        self._pairs = self._probable(pairs)
        self._clusters = Clusters(self._size, self._ruled.apart)
        self._doubts = Doubts()

    def resolved(self) -> Resolved:
        self._tell()
        self._values = [self._without_unclear(values) for values in self._values]
        self._clusters.follow(Tie(-number, a, b, DECISION, NOTHING) for number, (a, b) in self._ruled.joined_by())
        self._by_keys([values for values in self._values if values.kind != COOKIE])
        self._by_cookies([values for values in self._values if values.kind == COOKIE])
        self._by_pairs()
        labels = self._clusters.labels
        member = Reasons(self._members, labels, self._ties()).table()
        for held in self._clusters.held:
            self._doubts.add(held.tie.a, held.tie.b, held.tie.kind, None, held.against)
        doubtful = self._doubts.table(self._members, labels, self._ruled.is_decided)
        sizes = np.bincount(labels, minlength=1)
        joined = int((sizes > 1).sum())
        customers = int((sizes > 0).sum()) if self._size else 0
        notes = (
            f"{self._size:,} members are {customers:,} customers; {joined:,} of these are known by several members",
            f"{doubtful.num_rows:,} pairs are in doubt and were not joined: heartline identity review",
            f"{len(self._shared):,} identifiers that several members have join nobody",
            *self._ruled.notes,
        )
        values = {"members": self._size, "customers": customers, "joined": joined, "doubtful": doubtful.num_rows}
        return Resolved(member, doubtful, self._shared_table(), notes, {**values, "digest": digest(member)})

    # identifiers

    def _numbers(self, member_ids: Sequence[str]) -> Numbers:
        """Numbers of members by their ids; -1 for those that are not known (yet)."""
        found = pc.index_in(pa.array(member_ids, pa.string()), value_set=self._ids)
        return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), np.int64)

    def _values_of(self, kind: str) -> Values | None:
        rows = self._gathered.keys.filter(pc.equal(self._gathered.keys.column("kind"), kind))
        if kind == ALIAS:
            rows = self._with_named(rows)
        if not rows.num_rows:
            return None
        encoded = rows.column("value_hash").combine_chunks().dictionary_encode()
        # values by their hashes, so that numbers do not follow the order of rows
        order = np.argsort(np.asarray(encoded.dictionary.to_numpy(zero_copy_only=False), dtype="U64"), kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        code = place[np.asarray(encoded.indices, np.int64)]
        who = self._numbers(rows.column("member_id").to_pylist())
        known = np.asarray(rows.column("known_at").cast(pa.int64()).fill_null(_NEVER).to_numpy(), np.int64)
        sequence = np.lexsort((known, who, code))
        code, who, known = code[sequence], who[sequence], known[sequence]
        first = np.r_[True, (code[1:] != code[:-1]) | (who[1:] != who[:-1])] & (who >= 0)
        hashes = encoded.dictionary.take(pa.array(order)).to_pylist()
        return self._without_common(Values(kind, hashes, code[first], who[first], known[first]))

    def _with_named(self, rows: pa.Table) -> pa.Table:
        """Aliases, with the members that they name as members who have them."""
        aliases = self._gathered.aliases
        if not aliases.num_rows:
            return rows
        wanted = dict.fromkeys(aliases.column("value_hash").to_pylist())
        named = [(member, value) for member, value in alias_hashes(self._ids.to_pylist()) if value in wanted]
        more = pa.table(
            {
                "member_id": [member for member, _ in named], "kind": [ALIAS] * len(named),
                "value_hash": [value for _, value in named], "known_at": pa.nulls(len(named), pa.timestamp("us")),
            },
            schema=rows.schema,
        )  # fmt: skip
        return pa.concat_tables([aliases, more])

    def _without_common(self, values: Values) -> Values | None:
        """Only what several members have, and not too many of them."""
        counts = np.bincount(values.code, minlength=len(values.hashes))
        most = self._rules.most_members
        for number in np.flatnonzero(counts > most).tolist():
            why = f"more than {most} members have it (setting identity_most_members)"
            self._shared.append((values.kind, values.hashes[number], int(counts[number]), why))
        keep = (counts > 1) & (counts <= most)
        return chosen(values, keep) if keep.any() else None

    def _without_unclear(self, values: Values) -> Values:
        """Without the members of whom a value that several people use does not say who they are."""
        if values.kind in {*_SOURCES_OWN, COOKIE}:
            return values
        by_mailbox = values.kind == "email"
        named = self._codes[0][values.who]
        several = np.unique(np.stack([values.code, named])[:, named >= 0], axis=1)[0]
        asked = np.bincount(several, minlength=len(values.hashes)) > 1
        if by_mailbox:
            families = [at for at, one in self._clusters.told.items() if one.family_mailbox]
            asked[values.code[np.isin(values.who, families)]] = True
        starts = np.r_[values.starts(), len(values.code)]
        keep = np.ones(len(values.code), bool)
        for number in np.flatnonzero(asked).tolist():
            at = slice(starts[number], starts[number + 1])
            who = values.who[at].tolist()
            why = unclear([self._clusters.told.get(one, Told()) for one in who], by_mailbox)
            keep[at] = [not said for said in why]
            for one, said in zip(who, why, strict=True):
                for other in who if said else ():
                    if other != one:
                        self._doubts.add(min(one, other), max(one, other), values.kind, None, said)
        return Values(values.kind, values.hashes, values.code[keep], values.who[keep], values.known[keep])

    # by keys

    def _by_keys(self, given: Sequence[Values]) -> None:
        if not given:
            return
        a = np.concatenate([hub_ties(values)[0] for values in given])
        b = np.concatenate([hub_ties(values)[1] for values in given])
        doubtful = self._clusters.doubtful(a, b, self._codes)
        self._clusters.follow_all(a[~doubtful], b[~doubtful])
        held = np.unique(np.r_[a[doubtful], b[doubtful]])
        self._clusters.follow(tie for values in given for tie in self._all_ties(values, held))

    def _tell(self) -> None:
        """Ask for what can speak against a tie of all members who have one, once."""
        tied = [end for values in self._values if values.kind != COOKIE for end in hub_ties(values)]
        pairs = [self._pairs.a, self._pairs.b] if self._pairs is not None else []
        ruled = np.array([end for _, pair in self._ruled.joined_by() for end in pair], np.int64)
        asked = np.unique(np.concatenate([*tied, *pairs, ruled]).astype(np.int64))
        ids = self._ids.take(pa.array(asked)).to_pylist()
        told = self._gathered.told(ids)
        self._clusters.told = {int(at): told[name] for at, name in zip(asked, ids, strict=True) if name in told}
        self._codes = _codes(self._size, self._clusters.told, self._rules.one_of)

    def _all_ties(self, values: Values, among: Numbers) -> list[Tie]:
        """Every pair of members that have a value in common, of those among whom something is in doubt."""
        weighs = SOURCE_SAYS if values.kind in _SOURCES_OWN else Weighs()
        rank = self._rank[values.kind]
        inside = np.isin(values.who, among)
        found = []
        starts = values.starts()
        for number in np.unique(values.code[inside]).tolist():
            end = starts[number + 1] if number + 1 < len(starts) else len(values.code)
            who = values.who[starts[number] : end].tolist()
            found += [Tie(rank, a, b, values.kind, weighs) for i, a in enumerate(who) for b in who[i + 1 :]]
        return found

    # by cookies

    def _by_cookies(self, given: Sequence[Values]) -> None:
        """A cookie ties visitors to one customer; several customers with one cookie share a device."""
        for values in given:
            anonymous = pc.starts_with(self._ids.take(pa.array(values.who)), ANONYMOUS)
            named = ~np.asarray(anonymous.to_numpy(zero_copy_only=False), bool)
            a, b = hub_ties(values)
            labels = self._clusters.labels
            # all that a cookie leads to, also over several cookies, must hold one known customer at the most
            trial = Clusters(self._size, ())
            trial.labels = labels
            trial.follow_all(a, b)
            owners = np.unique(np.stack([trial.labels[values.who[named]], labels[values.who[named]]]), axis=1)
            several = np.zeros(self._size, np.int64)
            np.add.at(several, owners[0], 1)
            device = several[trial.labels[values.who]] > 1
            for number in np.unique(values.code[device]).tolist():
                who = values.who[values.code == number]
                known = np.unique(labels[values.who[(values.code == number) & named]])
                why = "several customers were met with it: a shared device"
                self._shared.append((values.kind, values.hashes[number], len(who), why))
                if len(known) == 2:
                    mine = values.who[(values.code == number) & named]
                    first = [int(mine[labels[mine] == label].min()) for label in known]
                    self._doubts.add(min(first), max(first), COOKIE, None, "both have other visits of their own")
            keep = np.ones(len(values.hashes), bool)
            keep[values.code[device]] = False
            a, b = hub_ties(chosen(values, keep))
            doubtful = self._clusters.doubtful(a, b, ())
            self._clusters.follow_all(a[~doubtful], b[~doubtful])
            pairs = zip(a[doubtful].tolist(), b[doubtful].tolist(), strict=True)
            self._clusters.follow(Tie(self._rank[COOKIE], x, y, COOKIE, NOTHING) for x, y in pairs)

    # by probable pairs

    def _probable(self, pairs: pa.Table | None) -> _Pairs | None:
        if pairs is None:
            return None
        ends = np.stack([self._numbers(pairs.column(name).to_pylist()) for name in ("member_a", "member_b")])
        known = (ends >= 0).all(axis=0)
        ends = np.sort(ends[:, known], axis=0)
        rows = pairs.filter(pa.array(known))
        at = np.asarray(rows.column("known_at").cast(pa.int64()).fill_null(_NEVER).to_numpy(), np.int64)
        probability = np.asarray(rows.column("probability").to_numpy(), np.float64)
        return _Pairs(ends[0], ends[1], probability, rows.column("reasons").to_pylist(), at)

    def _by_pairs(self) -> None:
        pairs = self._pairs
        if pairs is None:
            return
        sure = pairs.probability >= self._rules.threshold
        ends = zip(pairs.probability[sure].tolist(), pairs.a[sure].tolist(), pairs.b[sure].tolist(), strict=True)
        before = len(self._clusters.held)
        odds = ANOTHER_CARD * self._rules.threshold / max(1 - self._rules.threshold, 1e-9)
        self._clusters.follow(
            Tie(1 - p, a, b, PROBABLE, CARD_REPLACED if p >= odds / (1 + odds) else ALIKE) for p, a, b in ends
        )
        against = {(held.tie.a, held.tie.b): held.against for held in self._clusters.held[before:]}
        del self._clusters.held[before:]
        labels = self._clusters.labels
        shown = (pairs.probability >= self._rules.review) & (labels[pairs.a] != labels[pairs.b])
        for number in np.flatnonzero(shown).tolist():
            a, b = int(pairs.a[number]), int(pairs.b[number])
            why = "; ".join(part for part in (pairs.reasons[number], against.get((a, b), "")) if part)
            self._doubts.add(a, b, PROBABLE, float(pairs.probability[number]), why)

    # what was followed

    def _ties(self) -> list[Tied]:
        labels = self._clusters.labels
        found = [
            Tied(DECISION, 0.0, np.array([a]), np.array([b]), np.array([_NEVER]), [self._ruled.words(number)])
            for number, (a, b) in self._ruled.joined_by()
        ]
        for values in self._values:
            # a value may be had by several customers; within each the members are tied to the first of them
            order = np.lexsort((values.who, labels[values.who], values.code))
            code, who, known = values.code[order], values.who[order], values.known[order]
            first = np.r_[True, (code[1:] != code[:-1]) | (labels[who[1:]] != labels[who[:-1]])]
            hub = np.flatnonzero(first)[np.cumsum(first) - 1]
            at = np.maximum(known, known[hub])
            found.append(Tied(values.kind, self._rank[values.kind], who[hub][~first], who[~first], at[~first], None))
        if self._pairs is not None:
            pairs = self._pairs
            sure = (pairs.probability >= self._rules.threshold) & (labels[pairs.a] == labels[pairs.b])
            words = [f"{pairs.probability[i]:.1%} probable ({pairs.reasons[i]})" for i in np.flatnonzero(sure)]
            rank = 1.0 + len(self._rank)
            found.append(Tied(PROBABLE, rank, pairs.a[sure], pairs.b[sure], pairs.known[sure], words))
        return [one for one in found if len(one.a)]

    def _shared_table(self) -> pa.Table:
        rows = sorted(self._shared)
        names = table("shared_identifier").names
        columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
        return pa.table(columns, schema=table("shared_identifier").arrow_schema())


_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class _Pairs:
    a: Numbers
    b: Numbers
    probability: npt.NDArray[np.float64]
    reasons: list[str]
    known: Numbers


def _codes(size: int, told: Mapping[int, Told], one_of: Sequence[str]) -> list[Numbers]:
    """For names, birth dates and each kind of card: a number of what each member was told, -1 where nothing was."""
    at = np.fromiter(told, np.int64, len(told))
    said = [[one.name or one.borne or None for one in told.values()], [one.birth_date for one in told.values()]]
    for kind in one_of:
        cards = (one.one_of.get(kind) for one in told.values())
        said.append([" ".join(sorted(values)) if values else None for values in cards])
    codes = []
    for values in said:
        code = np.full(size, -1, np.int64)
        numbers = pa.array(values, pa.string()).dictionary_encode().indices
        code[at] = pc.fill_null(numbers, -1).to_numpy(zero_copy_only=False)
        codes.append(code)
    return codes


def digest(member: pa.Table) -> str:
    """A text that changes whenever one member belongs to another customer."""
    rows = member.select(["member_id", "customer_id"]).sort_by("member_id")
    joined = pc.binary_join_element_wise(rows.column(0), rows.column(1), "\x1f")
    hashed = hashlib.blake2b(digest_size=16)
    for one in joined.to_pylist():
        hashed.update(one.encode() + b"\x1e")
    return hashed.hexdigest()
