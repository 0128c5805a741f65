"""What the hard records allow: how much a judge finds who is taught with the truth, beside what the rules find.

    python benchmarks/identity_ceiling.py [PEOPLE]

Trees are boosted on pairs of seeds 1 to 3, with the truth, and judge those of 4 and 5. That is no proof of what is
possible; but whatever such a judge does not find either is rather lost by the records than by the rules. The seeds that
are reported elsewhere (101 to 103) are not touched. The page goes to benchmarks/results/identity_ceiling.md, and
`identity.py page` puts it into identity.md.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from sklearn.ensemble import HistGradientBoostingClassifier

from heartline.errors import HeartlineError
from heartline.identity.clusters import components
from heartline.identity.comparing import MEETINGS, compared
from heartline.identity.likeness import alike, dates_agree
from heartline.identity.names import fold, of_household
from heartline.identity.pairs import KEYS, RECORDS
from heartline.simulate.identities import SYSTEMS, simulate_identities
from heartline.workspace import Workspace
from identity import CEILING, pair_counts

PEOPLE, TAUGHT, TRIED = 6000, (1, 2, 3), (4, 5)
GOAL = 0.99
MEET_AT_MOST = 60
COMMON = ("email", "phone", "given", "family", "birth", "address")
NOT_TOLD = math.nan


def people_met(folder: Path) -> list[dict[str, Any]]:
    """One row a record: what ``comparing`` makes of it, its cookies, card, account, and whose it is."""
    rows = pq.read_table(folder / "customer.parquet").rename_columns({"customer_id": "member_id"})
    table, _ = compared(rows.select(RECORDS.names).cast(RECORDS), KEYS.empty_table())
    held: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in pq.read_table(folder / "identity.parquet").to_pylist():
        held[row["customer_id"], row["kind"]].add(row["value"])
    truth = {row["customer_id"]: row for row in pq.read_table(folder / "truth_member.parquet").to_pylist()}
    told = dict(zip(rows.column("member_id").to_pylist(), rows.column("name").to_pylist(), strict=True))
    found: list[dict[str, Any]] = table.to_pylist()
    for row in found:
        member = row["member_id"]
        local = fold(row["email_local"] or "")
        row |= {
            "cookie": held[member, "cookie"], "card": next(iter(held[member, "loyalty_card"]), None),
            "account": next(iter(held[member, "alias"]), member), "told": told[member] is not None,
            "person": truth[member]["person"], "system": truth[member]["system"],
            "letters": "".join(filter(str.isalpha, local)), "digits": "".join(filter(str.isdigit, local)),
        }  # fmt: skip
    return found


def that_meet(rows: list[dict[str, Any]]) -> np.ndarray:
    """Pairs that have anything in common by which one would look for them: an identifier, a name, a household."""
    at: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        for name in (*MEETINGS, "email_local", "birth", "card", "account", "family"):
            at[name, row[name]].append(n)
        for cookie in row["cookie"]:
            at["cookie", cookie].append(n)
        if row["given"] and row["family"]:
            at["initial", row["given"][0], row["family"]].append(n)
            for root in row["given_roots"]:
                at["root", root, row["family"]].append(n)
        if len(row["letters"]) >= 6:
            at["letters", "".join(sorted(row["letters"]))].append(n)
        for cut in range(len(row["phone"] or "")):
            at["digit", cut, row["phone"][:cut] + row["phone"][cut + 1 :]].append(n)
    pairs = {
        pair
        for key, who in at.items()
        if key[-1] is not None and 1 < len(who) <= MEET_AT_MOST
        for pair in combinations(who, 2)
    }
    return np.array(sorted(pairs))


class Seen:
    """What is seen of a pair: what agrees, how rare it is, who else uses it, and what the mailbox is called."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        self._met = {name: Counter(row[name] for row in rows) for name in COMMON}
        self._full = Counter((row["given"], row["family"]) for row in rows)
        users: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._unnamed: Counter[str | None] = Counter(row["email"] for row in rows if not row["told"])
        for row in rows:
            for name in ("email", "phone"):
                if row["told"] and row["given"]:
                    users[name, row[name]].add(row["given"])
            for cookie in row["cookie"] if row["given"] else ():
                users["cookie", cookie].add(row["given"])
        self._users = {key: len(given) for key, given in users.items()}
        self._several = {
            key: any(not alike(a, b) for a, b in combinations(sorted(given), 2)) for key, given in users.items()
        }

    def of(self, i: int, j: int) -> list[float]:
        """Numbers of one pair, NaN where nothing can be said."""
        a, b = self._rows[i], self._rows[j]
        devices, met = a["cookie"] & b["cookie"], self._met.items()
        systems = sorted(next(n for n, one in enumerate(SYSTEMS) if one.name == row["system"]) for row in (a, b))
        found = [
            _given(a, b), _near(a["family"], b["family"]), _near(a["email"], b["email"]), _same(a, b, "email_local"),
            _near(a["phone"], b["phone"]), _same(a, b, "birth"), _same(a, b, "address"), _same(a, b, "house"),
            _near(a["street"], b["street"]), _same(a, b, "postcode"), _same(a, b, "card"), _same(a, b, "digits"),
            _same(a, b, "letters"),
            float(dates_agree(a["birth"], b["birth"])) if a["birth"] and b["birth"] else NOT_TOLD,
            float(a["account"] == b["account"]), float(len(devices)) if a["cookie"] and b["cookie"] else NOT_TOLD,
            float(min((self._users.get(("cookie", one), 0) for one in devices), default=-1)),
            float(a["told"]) + float(b["told"]), 5.0 * systems[0] + systems[1], float(of_household(a["email"])),
            *sorted(math.log(self._full[row["given"], row["family"]]) for row in (a, b)),
            *(max((math.log(n[row[name]]) for row in (a, b) if row[name]), default=-1) for name, n in met),
            *sorted(_called(one, other) for one, other in ((a, a), (b, b))),
            *sorted(_called(one, other) for one, other in ((a, b), (b, a))),
            float(_year(a, b) or _year(b, a)),
        ]  # fmt: skip
        for name in ("email", "phone"):
            key = (name, a[name])
            one = a[name] is not None and a[name] == b[name]
            found += [float(self._several.get(key, False)), float(self._users.get(key, 0))] if one else [NOT_TOLD] * 2
        return [*found, float(self._unnamed[a["email"]]) if a["email"] and a["email"] == b["email"] else NOT_TOLD]


def _same(a: dict[str, Any], b: dict[str, Any], name: str) -> float:
    return float(a[name] == b[name]) if a[name] and b[name] else NOT_TOLD


def _near(one: str | None, other: str | None) -> float:
    if not one or not other:
        return NOT_TOLD
    return 2.0 if one == other else float(alike(one, other))


def _given(a: dict[str, Any], b: dict[str, Any]) -> float:
    one, other = a["given"], b["given"]
    if not one or not other:
        return NOT_TOLD
    if one == other:
        return 4.0 if len(one) > 1 else 2.0
    if set(a["given_roots"]) & set(b["given_roots"]) or other in a["given_others"] or one in b["given_others"]:
        return 3.0
    return (2.0 if min(len(one), len(other)) == 1 else 1.0) if alike(one, other) else 0.0


def _called(mailbox: dict[str, Any], named: dict[str, Any]) -> float:
    """What of a name a mailbox bears: 3 given name, 2 family name and initial, 1 family name; -1: another initial."""
    letters, given, family = mailbox["letters"], named["given"], named["family"] or "~"
    if not letters or not given:
        return -9.0
    if len(given) > 2 and given in letters:
        return 3.0
    rest = letters.replace(family, "", 1)
    return 0.0 if rest == letters else 1.0 if len(rest) != 1 else 2.0 if rest == given[0] else -1.0


def _year(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return bool(a["digits"] and b["birth"]) and a["digits"] in (b["birth"][:4], b["birth"][2:4])


def grouped(count: int, pairs: np.ndarray, likely: np.ndarray, least: float, unseen: float) -> np.ndarray:
    """Groups by average linkage; a pair that does not meet counts as ``unseen``, a probability."""
    sums: list[dict[int, float]] = [{} for _ in range(count)]
    mine = [[n] for n in range(count)]
    for (i, j), p in zip(pairs.tolist(), likely.tolist(), strict=True):
        sums[i][j] = sums[j][i] = p - unseen  # so that what was not seen adds nothing
    for i, j in np.tile(pairs[np.argsort(-likely, kind="stable")], (2, 1)).tolist():
        one, other = (mine[at][0] for at in (i, j))
        if one == other or sums[one].get(other, -1.0) / (len(mine[one]) * len(mine[other])) + unseen < least:
            continue
        for third, value in sums[other].items():
            if third != one:
                sums[one][third] = sums[third][one] = sums[one].get(third, 0.0) + value
                del sums[third][other]
        sums[one].pop(other, None)
        sums[other] = {}
        mine[one].extend(mine[other])
        for member in mine[other]:
            mine[member] = mine[one]
    return np.array([members[0] for members in mine])


def judged(who: np.ndarray, person: np.ndarray) -> tuple[float, float]:
    """Pairwise precision and recall."""
    names = [str(n) for n in range(len(who))]
    right, wrong, there = (
        column.sum()
        for column in pair_counts(dict(zip(names, who, strict=True)), dict(zip(names, person, strict=True)))
    )
    return right / max(right + wrong, 1), right / max(there, 1)


def population(seed: int, people: int, rules: bool) -> dict[str, Any]:
    """Pairs that meet, what is seen of them and whether they are one; and what the rules make of it."""
    with tempfile.TemporaryDirectory(prefix="heartline-ceiling-") as name:
        folder = Path(name)
        simulate_identities(folder / "files", people, seed, hard=True)
        rows = people_met(folder / "files")
        found: dict[str, Any] = {"seed": seed, "person": np.array([row["person"] for row in rows])}
        if rules:
            with Workspace.create(folder / "ours", {"identity": "probable", "phone_region": "DE"}) as workspace:
                for table in ("customer", "identity", "interaction"):
                    workspace.ingest(table, [folder / "files" / f"{table}.parquet"])
                workspace.run(["text_emotion"])
                member = workspace.query("select member_id, customer_id from member").to_pydict()
            customer = dict(zip(member["member_id"], member["customer_id"], strict=True))
            found["ours"] = judged(np.array([customer[row["member_id"]] for row in rows]), found["person"])
    pairs, seen = that_meet(rows), Seen(rows)
    values = np.array([seen.of(i, j) for i, j in pairs.tolist()], np.float32)
    one = found["person"][pairs[:, 0]] == found["person"][pairs[:, 1]]
    return found | {"pairs": pairs, "values": values, "one": one}


def allowed(of: dict[str, Any], judge: HistGradientBoostingClassifier) -> dict[str, float]:
    """Shares of one population: what meets, what chains of true pairs reach, and what the judge finds at the goal."""
    person, pairs, one = of["person"], of["pairs"], of["one"]
    there = sum(n * (n - 1) // 2 for n in Counter(person.tolist()).values())
    chained = components(len(person), pairs[one][:, 0], pairs[one][:, 1])
    likely = judge.predict_proba(of["values"])[:, 1]
    order = np.argsort(-likely, kind="stable")
    right = np.cumsum(one[order])
    good = np.flatnonzero(right / np.arange(1, len(right) + 1) >= GOAL)
    some = likely > 0.02
    tried = [
        judged(grouped(len(person), pairs[some], likely[some], least, unseen), person)
        for unseen in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
        for least in np.arange(0.6, 0.98, 0.02)
        if least - unseen < 0.45
    ]
    return {
        "meets": float(one.sum() / there),
        "reached": judged(chained, person)[1],
        "pair by pair": float(right[good[-1]] / there) if len(good) else 0.0,
        "in groups": max((recall for precision, recall in tried if precision >= GOAL), default=0.0),
        "in groups, no wiser": max((recall for precision, recall in tried if precision >= of["ours"][0]), default=0.0),
    }


def main() -> None:
    """Teach, try, write the page."""
    people = int(sys.argv[1]) if sys.argv[1:] else PEOPLE
    taught = [population(seed, people, rules=False) for seed in TAUGHT]
    judge = HistGradientBoostingClassifier(max_iter=150, learning_rate=0.1, l2_regularization=5.0, random_state=1)
    judge.fit(np.concatenate([of["values"] for of in taught]), np.concatenate([of["one"] for of in taught]))
    tried = [population(seed, people, rules=True) for seed in TRIED]
    CEILING.write_text(written(people, tried, [allowed(of, judge) for of in tried]), encoding="utf-8")


def written(people: int, tried: list[dict[str, Any]], found: list[dict[str, float]]) -> str:
    """The page."""
    heads = [f"seed {of['seed']}" for of in tried]
    ours = [[f"{of['ours'][n]:.{digits}f}" for of in tried] for n, digits in ((1, 3), (0, 4))]
    says = {
        "meets": "have an identifier, a name or a household in common at all",
        "reached": "the same, or are reached over other records of the person: a judge who never errs",
        "pair by pair": f"found by the judge taught with the truth at precision {GOAL}, pair by pair",
        "in groups": f"found by that judge at precision {GOAL}, in groups, at the best threshold of many",
        "in groups, no wiser": "found by that judge at the precision of the rules",
    }
    lines = [
        "## What these records allow",
        "",
        f"Hard records of {people:,} people, written by `benchmarks/identity_ceiling.py`. A judge (boosted trees) is "
        "taught *with the truth* on seeds 1 to 3: which pairs are one person, from all that the records say of the two "
        "and of whoever shares something with them. It judges seeds 4 and 5, and is given the threshold that suits it "
        "best there. No proof of what is possible, but what it cannot tell either is rather lost by the records than "
        "by the rules.",
        "",
        f"| share of all true pairs that | {' | '.join(heads)} |",
        f"|---|{'---|' * len(tried)}",
        *(f"| {said} | {' | '.join(f'{one[name]:.3f}' for one in found)} |" for name, said in says.items()),
        f"| found by the rules, `probable` | {' | '.join(ours[0])} |",
        f"| at a precision of | {' | '.join(ours[1])} |",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        main()
    except HeartlineError as error:
        sys.exit(str(error))
