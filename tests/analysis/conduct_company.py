"""Conversations of teams with planted conduct: how often each team keeps what, and what its customers feel next."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

import pyarrow as pa

from heartline.tables import TABLES

AS_OF = datetime(2026, 7, 1)
SETTINGS = {"conduct": "teams", "conduct_min": 20, "window_months": 3}
Rows = dict[str, list[dict[str, object]]]

ASKED = "My parcel with the lamp is broken and nobody told me anything. When will the new lamp come?"
KIND = "I am so sorry to hear that, I understand how frustrating this is."
SEES = "Thank you for telling us about the lamp."
ANSWER = "It takes three days, the new lamp is on its way."
RUDE = "Calm down, as I already told you, that is not my problem."
FLAT = "The form is on the website."
PROMISE = "I will call you back within 24 hours."


def arrow(given: Rows) -> dict[str, pa.Table]:
    return {name: pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema()) for name, rows in given.items()}


class Talks:
    """Conversations as they come."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.rows: Rows = {name: [] for name in ("verbatim", "interaction", "customer", "feeling", "touchpoint_visit")}
        self.count = 0

    def say(
        self, talk: str | None, customer: str, team: str | None, at: datetime, speaker: str, text: str,
        valence: float | None = None, channel: str = "chat",
    ) -> str:  # fmt: skip
        self.count += 1
        key = {"interaction_id": f"i{self.count:06d}", "customer_id": customer, "occurred_at": at}
        self.rows["interaction"].append(
            key | {"channel": channel, "touchpoint": "support_chat", "team": team, "conversation_id": talk,
                   "direction": "outbound" if speaker == "employee" else "inbound"}
        )  # fmt: skip
        self.rows["verbatim"].append(key | {"speaker": speaker, "text": text})
        if valence is not None:
            self.rows["feeling"].append(
                key | {"valence": valence, "signals": "", "status": "scored", "model_version": "t"}
            )
        return str(key["interaction_id"])

    def visit(self, customer: str, at: datetime, surprise: float, team: str | None = None) -> None:
        self.count += 1
        self.rows["touchpoint_visit"].append(
            {"interaction_id": f"v{self.count:06d}", "customer_id": customer, "occurred_at": at, "channel": "chat",
             "touchpoint": "support_chat", "felt_valence": surprise, "felt_from": "words", "surprise": surprise,
             "baseline_n": 3, "team": team}
        )  # fmt: skip

    def talk(
        self, team: str, customer: str, at: datetime, kind: bool = True, rude: bool = False, sees: bool = True,
        answers: bool = True, promises: bool = False, calls: bool = True, name: str | None = "",
    ) -> None:  # fmt: skip
        """One conversation; ``name`` None: no conversation id is told."""
        talk = f"t{self.count}" if name == "" else name
        minute = timedelta(minutes=1)
        self.say(talk, customer, team, at, "customer", ASKED, valence=-0.7)
        parts = [KIND * kind, SEES * sees, RUDE * rude, ANSWER if answers else FLAT, PROMISE * promises]
        self.say(talk, customer, team, at + minute, "employee", " ".join(part for part in parts if part))
        if promises and calls:
            later = at + timedelta(hours=20)
            self.say(f"{talk}b", customer, team, later, "employee", "Good morning, I am calling back.")

    def arrow(self) -> dict[str, pa.Table]:
        return arrow(self.rows)


def planted(teams: Mapping[str, Mapping[str, float]], talks: int = 60, seed: int = 1, gap: float = 0.0) -> Talks:
    """``talks`` conversations a team, each with a customer of their own, over a year; shares of each thing by team.

    gap: how much worse the next contact feels after a rude conversation
    """
    made = Talks(seed)
    draw = made.chance.random
    for team, shares in teams.items():
        for number in range(talks):
            customer = f"{team}-{number}"
            at = AS_OF - timedelta(days=1 + 350 * draw(), hours=24 * draw())
            rude = draw() < shares.get("rude", 0.0)
            made.talk(
                team, customer, at, kind=draw() < shares.get("kind", 0.5), rude=rude,
                sees=draw() < shares.get("sees", 0.5), answers=draw() < shares.get("answers", 0.8),
            )  # fmt: skip
            made.visit(customer, at + timedelta(days=3), 0.2 * (draw() - 0.5) - gap * rude, team)
    return made
