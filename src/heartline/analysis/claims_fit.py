"""What `claims` puts together in memory: each claim's own figure, its interval and its verdict."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Context, Fit, Values
from heartline.analysis.claims_list import CLAIMS, Claim
from heartline.stats.intervals import Z90, wilson_interval
from heartline.stats.rank_correlation import rank_correlation
from heartline.tables import table

LEAST_PLACES = 6  # points of connection before a rank correlation is told
OUTCOMES = ("connection", "value", "satisfaction")  # which outcome of the drivers is taken, the first that there is
Row = Mapping[str, Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Own:
    """The company's own figure. possible: what the truth may be, where it is wider than the interval; key: its row."""

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    reason: str | None = None
    possible: tuple[float, float] | None = None
    key: Mapping[str, Any] | None = None
    adjusted: bool = False
    outcome: str = ""


def fit(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """The table ``claim`` as rows."""
    found = {name: _sorted(rows) for name, rows in tables.items()}
    least = context.whole("min_base")
    rows = [_row(place, claim, _own(claim, found, least)) for place, claim in enumerate(CLAIMS, 1)]
    open_ = [row["claim"] for row in rows if row["verdict"] == "not_enough_evidence"]
    notes = (f"Of {len(rows)} claims {len(rows) - len(open_)} have a verdict; the others want more evidence.",)
    return Fit(tables={"claim_row": pa.Table.from_pylist(rows, table("claim").arrow_schema())}, notes=notes)


def verdict(own: Own, threshold: float, direction: str) -> str:
    """Supported or not where all that is possible lies on one side of the threshold."""
    if own.estimate is None or own.low is None or own.high is None:
        return "not_enough_evidence"
    low, high = own.possible or (own.low, own.high)
    above, below = low > threshold, high < threshold
    if direction == "below":
        above, below = below, above
    return "supported" if above else "not_supported" if below else "not_enough_evidence"


def _row(place: int, claim: Claim, own: Own) -> dict[str, Any]:
    said = verdict(own, claim.threshold, claim.direction)
    reason = own.reason
    if reason is None and said == "not_enough_evidence":
        reason = "the interval holds the threshold"
    return {
        "claim": claim.name, "published": claim.published, "estimate": own.estimate, "low": own.low, "high": own.high,
        "n": own.n, "verdict": said, "adjusted": own.adjusted, "position": place,
        "wording": claim.wording, "threshold": claim.threshold,
        "direction": claim.direction, "unit": claim.unit, "unit_of_n": claim.unit_of_n,
        "computed": claim.computed.format(outcome=own.outcome or "connection"), "from_table": claim.table,
        "from_key": json.dumps(own.key, sort_keys=True) if own.key else None, "from_column": claim.column or None,
        "reason": reason,
    }  # fmt: skip


def _own(claim: Claim, found: Mapping[str, Rows], least: int) -> Own:
    if claim.measure:
        return _worth(claim, found["claim_worth"])
    ways: Mapping[str, Callable[[Mapping[str, Rows], int], Own]] = {
        "disrespected_never_return": _stayed_away,
        "disrespected_stay_away_more": _stay_away_more,
        "six_in_ten_over_service": _over_service,
        "service_more_than_product": _service_or_product,
        "unhappy_do_not_complain": _silent,
        "customers_cannot_tell": _cannot_tell,
        "thanks_beat_opening_an_account": _thanks,
        "satisfaction_is_high_already": _satisfied,
        "carts_are_abandoned": _carts,
    }
    return ways[claim.name](found, least)


def _worth(claim: Claim, rows: Rows) -> Own:
    wanted = (claim.measure, claim.comparison, claim.kind)
    row = next((one for one in rows if (one["measure"], one["comparison"], one["kind"]) == wanted), None)
    if row is None:
        return Own(reason="the value of connection has not been worked out")
    key = dict(zip(("measure", "comparison", "kind"), wanted, strict=True))
    return Own(
        row["ratio"], row["ratio_low"], row["ratio_high"], row["n_connected"] + row["n_compared"], row["reason"],
        key=key, adjusted=claim.kind != "raw",
    )  # fmt: skip


def _share(hits: int, n: int, least: int, what: str) -> Own:
    if n < least:
        return Own(n=n, reason=f"{n} {what} are known; {least} are wanted")
    share, low, high = (float(each[0]) for each in wilson_interval([hits], [n]))
    return Own(share, low, high, n)


def _away(rows: Rows, disrespected: bool) -> tuple[int, int]:
    """(stayed away, all) of those who spoke of disrespect, or of the others."""
    mine = [row for row in rows if bool(row["disrespected"]) == disrespected]
    return sum(row["customers"] for row in mine if not row["returned"]), sum(row["customers"] for row in mine)


def _stayed_away(found: Mapping[str, Rows], least: int) -> Own:
    return _share(*_away(found["claim_away"], True), least, "customers who spoke of disrespect")


def _stay_away_more(found: Mapping[str, Rows], least: int) -> Own:
    """Ratio of two shares with the interval of its logarithm (Katz, Baptista, Azen & Pike 1978)."""
    (a, m), (b, n) = (_away(found["claim_away"], which) for which in (True, False))
    if m < least or n < least or min(a, b) == 0:
        return Own(n=m, reason=f"{m} who spoke of disrespect and {n} others are known, {a} and {b} of them stayed away")
    ratio, error = (a / m) / (b / n), float(np.sqrt(max(1 / a - 1 / m + 1 / b - 1 / n, 0.0)))
    return Own(ratio, ratio * float(np.exp(-Z90 * error)), ratio * float(np.exp(Z90 * error)), m + n)


def _leaving(found: Mapping[str, Rows], cause: str) -> Row:
    return next((row for row in found["claim_leaving"] if row["cause"] == cause), {})


def _over_service(found: Mapping[str, Rows], least: int) -> Own:
    service = _leaving(found, "service")
    if service.get("share") is None:
        return Own(n=int(service.get("leavers") or 0), reason="too few leavers met something that was about service")
    unknown = _unknown(found)
    possible = (float(service["share_low"]), min(float(service["share_high"]) + unknown, 1.0))
    reason = _open(possible, unknown, "service")
    return Own(
        service["share"], service["share_low"], service["share_high"], int(service["leavers"]), reason, possible,
        {"cause": "service"},
    )  # fmt: skip


def _service_or_product(found: Mapping[str, Rows], least: int) -> Own:
    both = [_leaving(found, cause) for cause in ("service", "product")]
    n = int(both[0].get("leavers") or 0)
    if any(row.get("share") is None or row["share"] <= 0 for row in both):
        return Own(n=n, reason="too little of leaving goes with service or with products to set one against the other")
    (service, product), unknown = both, _unknown(found)
    logs = [float(np.log(row["share"])) for row in both]
    errors = [(row["share_high"] - row["share_low"]) / (2 * Z90) / row["share"] for row in both]
    odds, error = logs[0] - logs[1], float(np.hypot(*errors))
    share, low, high = (float(1 / (1 + np.exp(-(odds + side * Z90 * error)))) for side in (0, -1, 1))
    # hurts of one kind may leave fewer traces than those of the other
    most_product = float(product["share_high"]) + unknown
    most_service = float(service["share_high"]) + unknown
    possible = (
        max(float(service["share_low"]), 0.0) / (max(float(service["share_low"]), 0.0) + most_product),
        most_service / (most_service + max(float(product["share_low"]), 0.0)),
    )
    return Own(share, low, high, n, _open(possible, unknown, "either"), possible)


def _unknown(found: Mapping[str, Rows]) -> float:
    """Share of leaving that goes with nothing known, at most."""
    return max(float(_leaving(found, "not_known").get("share_high") or 0.0), 0.0)


def _open(possible: tuple[float, float], unknown: float, what: str) -> str | None:
    if possible[0] <= 0.6 <= possible[1]:
        return f"up to {unknown:.0%} of leaving goes with nothing known, and may be {what}"
    return None


def _silent(found: Mapping[str, Rows], least: int) -> Own:
    told = [row for row in found["claim_iceberg"] if row["silent"] is not None]
    if not told:
        return Own(reason="too few customers are heard to say how many are unhappy and silent")
    row = max(told, key=lambda one: one["period_end"])
    if row["silent_high"] + row["told"] <= 0:
        return Own(n=int(row["customers"]), reason="nobody is unhappy")
    share, low, high = (
        row[name] / max(row[name] + row["told"], 1e-12) for name in ("silent", "silent_low", "silent_high")
    )
    end: datetime = row["period_end"]
    return Own(share, low, high, int(row["customers"]), key={"period_end": end.isoformat(), "cause": "all"})


def _drivers(found: Mapping[str, Rows]) -> tuple[str, Rows]:
    """Touchpoints whose derived importance is known, of the outcome that is nearest to what the claims are about."""
    rows = [row for row in found["claim_driver"] if row["derived"] is not None]
    named = [*OUTCOMES, *sorted({row["outcome"] for row in rows} - set(OUTCOMES))]
    outcome = next((one for one in named if any(row["outcome"] == one for row in rows)), "")
    return outcome, [row for row in rows if row["outcome"] == outcome]


def _cannot_tell(found: Mapping[str, Rows], least: int) -> Own:
    outcome, rows = _drivers(found)
    asked = [row for row in rows if row["stated"] is not None]
    n = len(asked)
    if n < LEAST_PLACES:
        why = f"{n} points of connection have both a stated and a derived importance; {LEAST_PLACES} are wanted"
        return Own(n=n, reason=why)
    rank, low, high = rank_correlation([row["stated"] for row in asked], [row["derived"] for row in asked])
    if not np.isfinite(rank):
        return Own(n=n, reason="all points of connection are alike in what is stated or derived")
    return Own(rank, low, high, n, outcome=outcome)


def _thanks(found: Mapping[str, Rows], least: int) -> Own:
    known = {row["place"]: row for row in found["claim_felt"]}
    note, opening = known.get("thanks"), known.get("opening")
    if note is None or opening is None:
        return Own(reason="of a thank-you note, or of opening an account, no feeling is known")
    n = min(int(note["customers"]), int(opening["customers"]))
    if n < least:
        return Own(n=n, reason=f"{n} customers are known at one of the two; {least} are wanted")
    error = float(np.sqrt(sum((row["spread"] or 0.0) / row["customers"] for row in (note, opening))))
    gap = float(note["felt"] - opening["felt"])
    return Own(gap, gap - Z90 * error, gap + Z90 * error, int(note["customers"] + opening["customers"]))


def _satisfied(found: Mapping[str, Rows], least: int) -> Own:
    row = found["claim_satisfied"][0]
    return _share(int(row["satisfied"] or 0), int(row["customers"] or 0), least, "customers with a rating or an answer")


def _carts(found: Mapping[str, Rows], least: int) -> Own:
    steps = [row for row in found["claim_step"] if row["drop_rate"] is not None]
    if not steps:
        return Own(reason="no step of a funnel is a cart, a checkout or a payment")
    # every cause of a step tells the same rate; `any` is the one to open
    row = max(steps, key=lambda one: (one["dropped"], one["funnel"], one["step"], one["cause"] == "any", one["cause"]))
    if row["reached"] < least:
        return Own(n=int(row["reached"]), reason=f"{row['reached']} attempts reached it; {least} are wanted")
    key = {name: row[name] for name in ("funnel", "step", "cause")}
    return Own(row["drop_rate"], row["drop_low"], row["drop_high"], int(row["reached"]), key=key)


def _sorted(rows: pa.Table) -> Rows:
    listed: Rows = sorted(rows.to_pylist(), key=lambda row: [str(row[name]) for name in rows.column_names])
    return listed
