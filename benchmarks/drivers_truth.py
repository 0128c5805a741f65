"""Whether drivers find what was planted in simulated companies; the figures of docs/explanation/drivers.md.

python benchmarks/drivers_truth.py [CUSTOMERS] [SEED ...]     40,000 customers and seeds 101 to 103 without a choice

About ten minutes and 4 GB a company of 40,000 on one core; most of it is reading the texts.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from heartline.simulate import simulate
from heartline.workspace import Workspace

FACTS = ("customer", "interaction", "purchase", "survey_response", "referral", "spend")
ANALYSES = ("text_emotion", "touchpoints", "connection", "drivers")
AS_OF = datetime(2026, 6, 30)
SHOWN = ("thank_you_note", "account_opening", "delivery", "support_call", "loyalty_programme", "payment")


def company(customers: int, seed: int) -> list[Mapping[str, Any]]:
    """Rows of `driver` of one simulated company."""
    with tempfile.TemporaryDirectory(prefix="heartline-drivers-") as folder:
        root = Path(folder)
        simulate(root / "files", customers=customers, seed=seed)
        with Workspace.create(root / "workspace", {"emotion_model": "bulk"}) as workspace:
            for name in FACTS:
                workspace.ingest(name, [root / "files" / f"{name}.parquet"])
            workspace.run(ANALYSES, AS_OF)
            rows: list[Mapping[str, Any]] = workspace.query("select * from driver", {}).to_pylist()
            return rows


def _share(row: Mapping[str, Any], name: str) -> str:
    if row[name] is None:
        return "not told"
    return f"{100 * row[name]:.1f} % ({100 * row[name + '_low']:.1f} to {100 * row[name + '_high']:.1f})"


def main(customers: int, seeds: list[int]) -> None:
    """Print the touchpoints that something was planted at, for connection and for leaving."""
    for seed in seeds:
        rows = company(customers, seed)
        for outcome in ("connection", "leaving"):
            mine = {row["touchpoint"]: row for row in rows if row["outcome"] == outcome}
            hidden = [name for name, row in mine.items() if row["class"] == "hidden_driver"]
            explained = _share(mine[SHOWN[0]], "r2")
            print(f"seed {seed}, {outcome}: explained {explained}; hidden drivers: {', '.join(hidden) or 'none'}")
            for name in SHOWN:
                row = mine[name]
                print(f"  {name:18s} stated {row['stated']:.2f}, derived {_share(row, 'derived')},"
                      f" {row['class'] or 'left open'}, {row['kind'] or 'no sort'}, floor {row['floor']},"
                      f" spend {row['spend_verdict'] or 'not told'}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000, [int(seed) for seed in sys.argv[2:]] or [101, 102, 103])
