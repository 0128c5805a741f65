"""Teams compared by the signs of service, each contact against the usual rate of its point of connection.

A team is compared as a whole, never a person: from ten customers and `min_base` contacts on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.fitted import fitted_table, numbers
from heartline.analysis.ingredients_fit import BEHAVIOUR, LEAST_TEAM, PERIODS, SIGNS, WORDS
from heartline.analysis.periods import windows
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.stats.clusters import clustered_mean
from heartline.stats.components import shrunken
from heartline.stats.intervals import Z90
from heartline.stats.multiple import differ_at_all, false_discovery

FALSE_SHARE = 0.1
"""Among signs by which teams are called different at most this share is expected to be chance."""
LEAST_HITS = 10  # times that something happened, over all teams, before they are compared by it


def gather_teams(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """Sums over customers of each sign per team: what came, and what is usual where the team was at work."""
    return (
        *_sums("words", WORDS, "ingredient_said", counted=False),
        *_sums("behaviour", BEHAVIOUR, "ingredient_done", counted=True),
        Step("team_sums", "select * from words_team_sums union all select * from behaviour_team_sums"),
    )


def _sums(kind: str, signs: Sequence[str], source: str, counted: bool) -> tuple[Step, ...]:
    def base(sign: str, row: str = "") -> str:
        return f"{row}n_{sign}" if counted else "1.0"

    usual = ", ".join(
        f"sum(case when {base(sign)} is not null then p_{sign} end) / nullif(sum({base(sign)}), 0) as u_{sign}"
        for sign in signs
    )
    own = ", ".join(
        f"sum({base(sign, 'c.')}) as n_{sign}, sum(case when {base(sign, 'c.')} is not null then c.p_{sign} end)"
        f" as p_{sign}, sum(case when {base(sign, 'c.')} is not null then u.u_{sign} end) as e_{sign},"
        f" sum(case when {base(sign, 'c.')} is not null then u.u_{sign} * (1.0 - u.u_{sign}) end) as v_{sign}"
        for sign in signs
    )
    at_work = "slice is not null and team <> ''"
    return (
        Step(
            f"{kind}_team_usual",
            f"select touchpoint, {usual} from {source} where {at_work} group by touchpoint",
            keep=True,
        ),
        Step(
            f"{kind}_team_own",
            f"select c.team, c.customer_id, {own} from {source} c join {kind}_team_usual u"
            " on u.touchpoint = c.touchpoint where c.slice is not null and c.team <> ''"
            " group by c.team, c.customer_id",
            keep=True,
        ),
        Step(
            f"{kind}_team_sums",
            " union all ".join(
                f"select team, '{sign}' as sign, count(*) as customers, sum(n_{sign}) as n, sum(p_{sign}) as hits,"
                f" sum(e_{sign}) as usual, sum(v_{sign}) as by_chance, sum(n_{sign} * n_{sign}) as n_squares,"
                f" sum((p_{sign} - e_{sign}) * (p_{sign} - e_{sign})) as off_squares,"
                f" sum(n_{sign} * (p_{sign} - e_{sign})) as products from {kind}_team_own where n_{sign} > 0"
                " group by team"
                for sign in signs
            ),
        ),
    )


def fit_teams(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Differences of teams from what is usual where they work, shrunken within each sign."""
    found = tables["team_sums"]
    enough = np.asarray(
        (numbers(found, "customers") >= LEAST_TEAM) & (numbers(found, "n") >= context.whole("min_base")), dtype=bool
    )
    found = found.filter(pa.array(enough))
    customers, n, hits, usual, by_chance, n_squares, off_squares, products = (
        numbers(found, name)
        for name in ("customers", "n", "hits", "usual", "by_chance", "n_squares", "off_squares", "products")
    )
    signs = np.asarray(found.column("sign"))
    believed = np.full((3, len(n)), np.nan)
    alike = np.full(len(SIGNS), np.nan)
    for number, sign in enumerate(SIGNS):
        mine = signs == sign
        happened = SIGNS[sign][2] == "behaviour"
        if mine.sum() < 2 or not hits[mine].sum() >= (LEAST_HITS if happened else 1e-9):
            continue
        sums = (each[mine] for each in (customers, n, hits - usual, n_squares, off_squares, products))
        mean, _, high = clustered_mean(*sums)
        # that nothing ever happened to a team's customers is no proof that nothing can: what is rare spreads little
        # where it came seldom by chance, so no team's error is below what all teams' spread, or a binomial count, makes
        common = np.sqrt(off_squares[mine].sum() / n[mine].sum() / n[mine])
        chance = np.sqrt(by_chance[mine]) / n[mine] if happened else 0.0
        error = np.maximum(np.maximum((high - mean) / Z90, common), np.maximum(chance, 1e-9))
        believed[:, mine] = shrunken(mean, error**2)
        alike[number] = differ_at_all(mean, error**2)
    # first whether teams differ by a sign at all, over all signs at once; then which of them, by the shrunken interval
    of_sign = dict(zip(SIGNS, false_discovery(alike).tolist(), strict=True))
    q = np.array([of_sign[sign] for sign in signs.tolist()], np.float64)
    sure = (q <= FALSE_SHARE) & ((believed[1] > 0) | (believed[2] < 0))
    verdict = np.where(sure, np.where(believed[0] > 0, "more", "less"), "none").astype(object)
    periods = windows(context.as_of, context.whole("window_months"), PERIODS)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, expected = hits / n, usual / n
    columns: dict[str, Iterable[Any]] = {
        "period_start": [periods[0][0]] * len(n), "period_end": [periods[-1][1]] * len(n),
        "team": np.asarray(found.column("team")), "sign": signs,
        "ingredient": [SIGNS[sign][0] for sign in signs], "side": [SIGNS[sign][1] for sign in signs],
        "source": [SIGNS[sign][2] for sign in signs],
        "n": n, "customers": customers, "rate": rate, "expected": expected,
        "difference": believed[0], "difference_low": believed[1], "difference_high": believed[2], "q": q,
        "verdict": [told if known else None for told, known in zip(verdict, np.isfinite(believed[0]), strict=True)],
    }  # fmt: skip
    compared = int(np.isfinite(believed[0]).sum())
    notes = (
        f"{len(set(columns['team']))} teams compared by {int(np.isfinite(alike).sum())} signs of service; of the signs"
        f" by which they are called different at most {FALSE_SHARE:.0%} are expected to be chance.",
    )
    return Fit({"team_known": fitted_table("team_difference", columns)}, {}, notes if compared else ())
