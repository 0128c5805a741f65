"""Why a play asks for a customer, in words that anybody understands; never the customer's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from heartline.playbook.conditions import Condition
from heartline.playbook.shape import ContactTrigger

_CALLED = {
    "p_leaving": "probability of leaving", "p_silent_leaving": "probability of leaving in silence",
    "p_gone": "probability of having left", "p_betrayal": "probability of feeling betrayed",
    "p_revenge": "probability of an attack", "p_alive": "probability of still being a customer",
    "p_avoidance": "probability of staying away", "staying": "staying (-1 to 1)", "promoting": "promoting (-1 to 1)",
    "connection": "connection (of 100)", "satisfaction": "satisfaction (of 100)",
    "self_relevance": "brand as part of themselves (of 1)", "pathway": "on the way to connection",
    "evidence_count": "pieces of evidence", "expected_value": "expected value",
    "expected_purchases": "purchases expected", "severity": "severity of the worst breach",
    "worst_touchpoint": "worst at", "segment_before": "segment before",
    "felt_mean": "usually feels", "felt_last": "felt at the last contact", "last_touchpoint": "last contact at",
    "value_at_stake": "value at stake",
}  # fmt: skip


_RECOVERY = (
    "what was done about it failed too", "nothing is known to have been done about it", "it was put right since",
)  # fmt: skip


def contact_reason(asked: ContactTrigger, row: Mapping[str, Any], moment: datetime) -> str:
    """Of a contact: how it felt and ended, and which of the signals and emotions that were asked for were read."""
    parts = []
    by_feeling = asked.felt is not None or asked.signals or asked.emotions or asked.outcomes
    if row["felt"] is not None and by_feeling:
        parts.append(f"felt {_signed(row['felt'])}")
    if asked.outcomes and row["outcome"]:
        parts.append(row["outcome"])
    said = set((row["signals"] or "").split())
    emotions = set((row["emotions"] or "").split())
    named = [one.replace("_", " ") for one in (*asked.signals, *asked.emotions) if one in said | emotions]
    if named:
        parts.append(f"words of {' and '.join(dict.fromkeys(named))}")
    place = (row["touchpoint"] or row["stage"] or row["channel"] or "a contact").replace("_", " ")
    return f"{', '.join(parts) or 'was in contact'} at {place} on {day(row['occurred_at'], moment)}"


def customer_reason(of: Condition, value: Any) -> str:
    """Of what a customer is like."""
    called = _CALLED.get(of.name, of.name.replace("_", " "))
    if of.name.startswith("next_"):
        called = of.meaning.removesuffix(" within the horizon")
    if of.name == "failed_recovery":
        return _RECOVERY[0] if value >= 0.75 else _RECOVERY[1] if value > 0.25 else _RECOVERY[2]
    if isinstance(value, bool):
        return called if value else f"not: {called}"
    if isinstance(value, str):
        return f"{called} {value.replace('_', ' ')}"
    if called.startswith("probability"):
        return f"{called} {value:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
    if of.unit in ("-1 to 1", "-2 to 2"):
        return f"{called} {_signed(value)}"
    return f"{called} {value:,.0f}" if isinstance(value, int) or abs(value) >= 100 else f"{called} {value:.2g}"


def promise_reason(asked: str, row: Mapping[str, Any]) -> str:
    """Of a promise in the register."""
    verb = "is overdue since" if asked == "overdue" else "was broken on"
    return f"promise {row['promise_id']} {verb} {day(row['promise_since'], row['moment'])}"


def day(moment: datetime, seen_from: datetime) -> str:
    """A day, with its year where that is another one."""
    return f"{moment.day} {moment:%B}" + ("" if moment.year == seen_from.year else f" {moment.year}")


def _signed(value: float) -> str:
    shown = f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")
    return "0.0" if shown.endswith("0.0") and abs(value) < 0.5 else shown
