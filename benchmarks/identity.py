"""Identity on people whose truth is known: pairwise precision and recall of keys alone, and of keys with likeness.

    python benchmarks/identity.py [PEOPLE] [SEED …]
    python benchmarks/identity.py page              the page again, from the figures kept

Nothing was tuned on the seeds that are reported (101, 102, 103; rules and weights were looked at on 1 to 5). Each size
and seed runs in a process of its own, so memory is its own. Figures go to benchmarks/results/identity.md and .json.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from heartline.errors import HeartlineError

RESULTS = Path(__file__).parent / "results"
CEILING = RESULTS / "identity_ceiling.md"
"""What the records allow: written by benchmarks/identity_ceiling.py."""
PEOPLE, SEEDS, LARGE = 10_000, (101, 102, 103), 100_000
GOAL_PRECISION, GOAL_RECALL = 0.99, 0.90
BOOTSTRAPS = 2000


def shares(customer: Mapping[str, str], person: Mapping[str, str], seed: int = 1) -> dict[str, list[float]]:
    """Pairwise precision and recall with 95 % intervals, bootstrapped over people.

    Pairs are of members. Precision: of the pairs that are one customer, how many are one person. Recall: of the pairs
    that are one person, how many are one customer. A person who is drawn brings all their pairs; a wrong pair counts
    half for each of its two people.
    """
    right, wrong, there = pair_counts(customer, person)
    draws = np.random.default_rng(seed)
    weights = draws.multinomial(len(right), np.full(len(right), 1 / len(right)), BOOTSTRAPS)
    tp, fp, true = (weights @ column for column in (right, wrong, there))
    found: dict[str, list[float]] = {}
    for name, value, drawn in (
        ("precision", right.sum() / max(right.sum() + wrong.sum(), 1), tp / np.maximum(tp + fp, 1)),
        ("recall", right.sum() / max(there.sum(), 1), tp / np.maximum(true, 1)),
    ):
        found[name] = [float(value), *(float(np.quantile(drawn, q)) for q in (0.025, 0.975))]
    return found


def pair_counts(customer: Mapping[str, str], person: Mapping[str, str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each person: right pairs, wrong pairs (halves), pairs there are."""
    cells = Counter((customer[member], person[member]) for member in customer)
    of_customer = Counter(customer.values())
    of_person = Counter(person[member] for member in customer)
    number = {name: at for at, name in enumerate(sorted(of_person))}
    right, wrong, there = (np.zeros(len(number)) for _ in range(3))
    for (one, who), n in cells.items():
        right[number[who]] += n * (n - 1) / 2
        wrong[number[who]] += n * (of_customer[one] - n) / 2
    for who, n in of_person.items():
        there[number[who]] = n * (n - 1) / 2
    return right, wrong, there


def measure(folder: Path, people: int, seed: int, hard: bool) -> dict[str, Any]:
    """Figures of one population: files written, loaded and resolved as a user would."""
    from heartline.simulate.identities import simulate_identities
    from heartline.workspace import Workspace

    simulate_identities(folder / "files", people, seed, hard)
    truth = pq.read_table(folder / "files" / "truth_member.parquet").to_pylist()
    person = {row["customer_id"]: row["person"] for row in truth}
    household = {row["customer_id"]: row["household"] for row in truth}
    figures: dict[str, Any] = {"people": people, "seed": seed, "hard": hard, "members": len(person)}
    for setting in ("keys", "probable"):
        with Workspace.create(folder / setting, {"identity": setting, "phone_region": "DE"}) as workspace:
            for table in ("customer", "identity", "interaction"):
                workspace.ingest(table, [folder / "files" / f"{table}.parquet"])
            started = time.perf_counter()
            workspace.run(["text_emotion"])
            seconds = time.perf_counter() - started
            member = workspace.query("select member_id, customer_id from member").to_pydict()
            doubtful = workspace.query("select count(*) as n from doubtful_pair").column(0)[0].as_py()
        customer = dict(zip(member["member_id"], member["customer_id"], strict=True))
        assert set(customer) == set(person)
        figures[setting] = {
            **shares(customer, person),
            "seconds": round(seconds, 1),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "doubtful": doubtful,
            "customers": len(set(customer.values())),
            "errors": errors(folder / "files", customer, person, household),
        }
    return figures


def errors(
    files: Path, customer: Mapping[str, str], person: Mapping[str, str], household: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """Where errors come from, in pairs: wrong ones by who the two are, missed ones by what they have in common."""
    rows = {row["customer_id"]: row for row in pq.read_table(files / "customer.parquet").to_pylist()}
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for members in _groups(customer):
        for n, one in enumerate(members):
            for other in members[n + 1 :]:
                if person[one] != person[other]:
                    wrong[_wrong(rows[one], rows[other], household[one] == household[other])] += 1
    for members in _groups(person):
        for n, one in enumerate(members):
            for other in members[n + 1 :]:
                if customer[one] != customer[other]:
                    missed[_missed(rows[one], rows[other])] += 1
    return {"wrong": dict(wrong.most_common()), "missed": dict(missed.most_common())}


def _groups(of: Mapping[str, str]) -> Sequence[Sequence[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for member in sorted(of):
        groups[of[member]].append(member)
    return [members for members in groups.values() if len(members) > 1]


def _wrong(one: Mapping[str, Any], other: Mapping[str, Any], one_household: bool) -> str:
    told = "both named" if one["name"] and other["name"] else "one without a name"
    return f"{'one household' if one_household else 'strangers'}, {told}"


def _missed(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    def same(name: str) -> bool:
        return bool(one[name]) and one[name] == other[name]

    if same("email") or same("phone"):
        return "the same address or number, held back"
    if not (one["name"] and other["name"]):
        return "one without a name, nothing else in common"
    beside = [name for name in ("birth_date", "postcode") if same(name)]
    return f"both named, the same {' and '.join(beside)}" if beside else "both named, nothing else in common"


def written(runs: Sequence[Mapping[str, Any]]) -> str:
    """The page."""
    lines = [
        "# Identity",
        "",
        f"Python {platform.python_version()}, {platform.machine()}, {datetime.now(UTC):%Y-%m-%d}, on cores shared with "
        "other work; written by `benchmarks/identity.py`.",
        "",
        f"{PEOPLE:,} invented people met by a shop, a help desk, stores, a newsletter and an app "
        "([who they are](../../docs/explanation/simulated-company.md#people-met-by-five-systems)); truth known. "
        "Pairwise over ids of sources; 95 % intervals by bootstrap over people. Nothing was tuned on these seeds.",
        "",
        f"Goal: precision {GOAL_PRECISION} or more at recall {GOAL_RECALL:.2f} or more. The population is ours, and "
        "its usual rates were eased while the rules were made; on records that hold less (*hard*), which was the first "
        "choice, the same rules find less and err more.",
        "",
        "| people | seed | ids | setting | precision | recall | customers made | for review | seconds | peak MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        for setting in ("keys", "probable"):
            of = run[setting]
            cells = (
                f"{run['people']:,}{', hard' if run['hard'] else ''}", str(run["seed"]), f"{run['members']:,}", setting,
                _share(of["precision"]), _share(of["recall"]), f"{of['customers']:,}", f"{of['doubtful']:,}",
                str(of["seconds"]), f"{of['peak_mb']:,}",
            )  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "Seconds: `heartline run text_emotion`, which says who is who and then reads no texts, since there are none. "
        "Peak memory is of the process up to there, which also made the population and counted errors.",
        "",
    ]
    for setting, hard in (("keys", False), ("probable", False), ("probable", True)):
        which = f"`{setting}`, {PEOPLE:,} people{', hard' if hard else ''}"
        lines += [f"## Where errors come from: {which}, the seeds together, in pairs", ""]
        for what in ("wrong", "missed"):
            counted: Counter[str] = Counter()
            for run in runs:
                if run["people"] == PEOPLE and run["hard"] == hard:
                    counted.update(run[setting]["errors"][what])
            lines += [f"| {what} | pairs |", "|---|---|"]
            lines += [*(f"| {name} | {n:,} |" for name, n in counted.most_common()), ""]
    if CEILING.exists():
        lines.append(CEILING.read_text(encoding="utf-8"))
    return "\n".join(lines)


def _share(found: Sequence[float]) -> str:
    return f"{found[0]:.4f} ({found[1]:.4f} to {found[2]:.4f})"


def main() -> None:
    """Everything that is reported, or the sizes and seeds named; each population in a process of its own."""
    if sys.argv[1:2] == ["one"]:
        people, seed, hard = (int(each) for each in sys.argv[2:5])
        with tempfile.TemporaryDirectory(prefix="heartline-identity-") as folder:
            print(json.dumps(measure(Path(folder), people, seed, bool(hard))))
        return
    if sys.argv[1:] == ["page"]:
        measured = json.loads((RESULTS / "identity.json").read_text(encoding="utf-8"))
        (RESULTS / "identity.md").write_text(written(measured), encoding="utf-8")
        return
    named = [int(each) for each in sys.argv[1:]]
    wanted = [(named[0], seed, 0) for seed in named[1:] or SEEDS] if named else [
        *((PEOPLE, seed, hard) for hard in (0, 1) for seed in SEEDS), (LARGE, SEEDS[0], 0),
    ]  # fmt: skip
    runs = []
    for one in wanted:
        printed = subprocess.run(
            [sys.executable, __file__, "one", *map(str, one)], check=True, capture_output=True, text=True
        )
        runs.append(json.loads(printed.stdout.splitlines()[-1]))
        for setting in ("keys", "probable"):
            of = runs[-1][setting]
            print(one, setting, of["precision"], of["recall"], of["seconds"], of["peak_mb"], flush=True)
        if not named:
            (RESULTS / "identity.json").write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
            (RESULTS / "identity.md").write_text(written(runs), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except HeartlineError as error:
        sys.exit(str(error))
