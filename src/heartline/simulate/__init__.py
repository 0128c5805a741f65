"""Companies with known truth, to try Heartline on and to test it against.

``simulate(folder)`` lives through the months of an invented retailer week by week and writes the files that
such a company would export, in Heartline's own import columns, beside the truth that no company has.
See docs/explanation/simulated-company.md for what is planted and what it cannot tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from heartline.simulate.deeds import Action
from heartline.simulate.retailer import simulate_retailer
from heartline.simulate.truth import SEGMENTS, Truth

__all__ = ["SEGMENTS", "Action", "Truth", "simulate"]


def simulate(
    folder: Path,
    customers: int = 5000,
    seed: int = 1,
    months: int = 18,
    texts: bool = True,
    end: date = date(2026, 6, 30),
    progress: Callable[[int, int], None] | None = None,
    interactions_per_customer: float | None = None,
    actions: Sequence[Action] | None = None,
) -> Truth:
    """Write a simulated company into ``folder`` and return what is true of it.

    Parameters
    ----------
    folder: made if missing; files of the same names are replaced
    customers: how many, at least 50
    seed: same arguments, same files, byte for byte (with the same versions of numpy and pyarrow)
    months: length before ``end``, 6-60; rounded to whole weeks
    texts: False leaves every text NULL and writes no employee replies: several times faster
    end: midnight (UTC) at its start is the first moment not simulated
    progress: called with (customers done, customers in all) after every chunk
    interactions_per_customer: mean number of interaction rows a customer, reached by more or fewer small
        visits; None: about 26 in 18 months
    actions: what people of the company do for single customers, to which the world answers; an empty sequence is the
        world to compare with: the same people meet the same chances, whatever is done for them or others. None: as
        ever, chance in one stream, so no week of it can be compared with one of these

    Writes ``customer``, ``interaction``, ``purchase``, ``survey_response``, ``referral``, ``spend``,
    ``option``, ``funnel``, ``initiative`` (.parquet, Heartline's own import columns), ``truth.json``,
    ``truth_customer.parquet`` and ``truth_interaction.parquet``, with actions also ``truth_action.parquet``.

    Raises
    ------
    StatisticsError: an argument is out of its range
    """
    truth = simulate_retailer(folder, customers, seed, months, texts, end, progress, interactions_per_customer, actions)
    (folder / "truth.json").write_text(json.dumps(truth.as_dict(), indent=2, sort_keys=True) + "\n", "utf-8")
    return truth
