"""``python -m heartline.simulate FOLDER``: write a simulated company."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from heartline.errors import HeartlineError
from heartline.simulate import simulate


def main() -> int:
    """Read the command line, simulate, print the counts; 2 when an argument is out of range."""
    parser = argparse.ArgumentParser(prog="python -m heartline.simulate", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--months", type=int, default=18)
    parser.add_argument("--end", type=date.fromisoformat, default=date(2026, 6, 30), help="YYYY-MM-DD")
    parser.add_argument("--no-texts", action="store_true", help="leave every text empty")
    parser.add_argument("--interactions-per-customer", type=float, default=None)
    given = parser.parse_args()
    try:
        truth = simulate(
            given.folder,
            given.customers,
            given.seed,
            given.months,
            not given.no_texts,
            given.end,
            interactions_per_customer=given.interactions_per_customer,
        )
    except HeartlineError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for table, rows in truth.counts.items():
        sys.stdout.write(f"{table:20s}{rows:>12,}\n")
    for segment, share in truth.segments.items():
        sys.stdout.write(f"{segment:20s}{share:>12.1%}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
