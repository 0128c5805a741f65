"""Conversations of two teams held against the code, what was promised in them, and what a team says of itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from heartline.tables import CONDUCT_MEASURES

KEPT = "I understand how <b>annoying</b> that must be, and I am sorry."
BROKEN = "Please fill in the form again."


def conduct(made: dict[str, list[dict[str, Any]]], as_of: datetime) -> None:
    """Amber keeps more than Birch; `c0001` refused since, so nothing is quoted of them; nobody was heard speaking."""
    began = as_of - timedelta(days=360)
    periods = [(as_of - timedelta(days=90 * back), as_of - timedelta(days=90 * (back - 1))) for back in (4, 3, 2, 1)]
    for span in (*periods, (began, as_of)):
        whole = span[0] == began and span[1] == as_of
        for team, away in (("amber", 0.1), ("birch", -0.1), ("", None)):
            for measure in CONDUCT_MEASURES:
                n = 0 if measure == "listening" else 120 if whole else 30
                row = {
                    "period_start": span[0], "period_end": span[1], "team": team, "measure": measure, "n": n,
                    "customers": n, "not_read": 2, "felt_kept_n": 0, "felt_broken_n": 0,
                }  # fmt: skip
                if n:
                    kept = 0.6 + (away or 0.0)
                    row |= {"kept": kept, "kept_low": kept - 0.07, "kept_high": kept + 0.07, "expected": 0.6}
                if n and away is not None and measure == "empathy":
                    row |= {"difference": away, "difference_low": away - 0.05, "difference_high": away + 0.05,
                            "q": 0.01, "verdict": "more" if away > 0 else "less"}  # fmt: skip
                if n and whole and not team:
                    row |= {"felt_kept": 0.1, "felt_broken": -0.2, "felt_gap": 0.3, "felt_gap_low": 0.2,
                            "felt_gap_high": 0.4, "felt_kept_n": 70, "felt_broken_n": 50}  # fmt: skip
                made["conduct_team"].append(row)
    for number in range(10):
        customer, team = f"c{number:04d}", ("amber", "birch")[number % 2]
        key = f"reply-{number}"
        text = f"Good morning. {KEPT} {BROKEN}"
        made["verbatim"].append(
            {"interaction_id": key, "customer_id": customer, "occurred_at": as_of - timedelta(days=5),
             "speaker": "employee", "text": text}
        )  # fmt: skip
        for measure, status, words in (("empathy", "kept", KEPT), ("recognition", "broken", BROKEN)):
            start = text.index(words)
            made["conduct"].append(
                {"conversation_id": f"talk-{number}", "customer_id": customer, "team": team,
                 "touchpoint": "support_chat", "ended_at": as_of - timedelta(days=5), "measure": measure,
                 "status": status, "p": 0.8, "interaction_id": key, "span_start": start,
                 "span_end": start + len(words), "sign": "interpretation"}
            )  # fmt: skip
    for number, status in enumerate(("kept", "broken", "open")):
        made["promise_heard"].append(
            {"interaction_id": f"reply-{number}", "customer_id": f"c{number:04d}", "conversation_id": f"talk-{number}",
             "team": "amber", "made_at": as_of - timedelta(days=5), "kind": "contact", "due_at": as_of,
             "status": status, "span_start": 0, "span_end": 12}
        )  # fmt: skip
    for team in ("amber", "birch"):
        made["team_outcome"].append(
            {"team": team, "period_start": began, "period_end": as_of, "visits": 200, "customers": 150, "felt": 0.05,
             "felt_low": 0.0, "felt_high": 0.1}
        )  # fmt: skip
    for month, mean, answers in (("2026-05", 3.2, 9), ("2026-06", 3.6, 11), ("2026-04", 1.0, 3)):
        made["team_pulse"].append(
            {"team": "amber", "period": month, "question": "I can do good work here", "mean": mean, "answers": answers,
             "scale_min": 1.0, "scale_max": 5.0}
        )  # fmt: skip
