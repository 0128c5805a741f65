"""Guesses: how somebody thinks that customers feel at a point of connection, said before they walk there."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from heartline.errors import WalkError
from heartline.tables.walks import WALKER_ROLES
from heartline.walk.guided import FACES as TAPPED
from heartline.walks.forgotten import Forgotten
from heartline.walks.house import House
from heartline.walks.outbox import Outbox
from heartline.walks.past import same_name

FACES: Mapping[str, float] = {word: valence for valence, word in TAPPED}
"""The five faces by their names, and the felt valence that each stands for: that of one to five stars."""
COUNTING_ROLE = "decides"
_COLUMNS = {
    "walk_guess": ("guess_id", "guesser", "role", "touchpoint", "valence", "guessed_at", "walks_before"),
    "walk_step": ("interaction_id", "walk_id", "walker", "touchpoint", "outcome", "occurred_at"),
}
_LONGEST = 120
_MOST = 500


@dataclass(frozen=True)
class Guess:
    """What one person thinks that customers feel at one point of connection.

    valence: -1 to 1; guessed_at: UTC without an offset; walks_before: guided walks past this point that this person
    had made before
    """

    guess_id: str
    guesser: str
    role: str
    touchpoint: str
    valence: float
    guessed_at: datetime
    walks_before: int

    @property
    def counts(self) -> bool:
        """Whether the empathy gap counts it, if no later one of the same person stands in its place."""
        return self.role == COUNTING_ROLE and self.walks_before == 0


class Guesses:
    """Guesses of one workspace. Names are told apart without regard to capitals and blanks around them."""

    def __init__(self, house: House, outbox: Outbox, forgotten: Forgotten) -> None:
        self._house, self._outbox, self._forgotten = house, outbox, forgotten

    def add(self, guesser: str, role: str, values: Mapping[str, float], at: datetime | None = None) -> list[Guess]:
        """Keep guesses of one person: point of connection and valence, -1 to 1; gives them as kept, on disk.

        role: one of ``tables.walks.WALKER_ROLES``; at: when they were made; None: now, or with the setting
        ``clock = facts`` just before the moment that the last run looked from.
        WalkError for a name, role, point or valence that cannot be; then nothing is kept.
        """
        name = _named(guesser, "who guesses")
        if role not in WALKER_ROLES:
            raise WalkError(f"there is no role {role}", f"one of {', '.join(WALKER_ROLES)}", "say which of them it is")
        if not values:
            raise WalkError("no guess", "one face at least", "go back and tap one; leave out what you have no idea of")
        if len(values) > _MOST:
            raise WalkError(f"{len(values)} guesses", f"at most {_MOST}", "guess at fewer points of connection")
        told = {_named(touchpoint, "a point of connection"): _valence(value) for touchpoint, value in values.items()}
        moment = self._moment() if at is None else _plain(at)
        walked = self._walks_past(name, at)
        made = [
            Guess(secrets.token_hex(10), name, role, touchpoint, value, moment, len(walked.get(touchpoint, ())))
            for touchpoint, value in told.items()
        ]
        rows = [asdict(one) | {"guessed_at": moment.isoformat()} for one in made]
        self._outbox.put(f"guess-{secrets.token_hex(10)}", {"walk_guess": rows})
        self._outbox.settle()
        return made

    def of(self, guesser: str) -> list[Guess]:
        """All that one person guessed, oldest first."""
        found = self._rows("walk_guess", "guesser", guesser)
        made = [
            Guess(
                str(row["guess_id"]), str(row["guesser"]), str(row["role"]), str(row["touchpoint"]),
                float(row["valence"]), _moment(row["guessed_at"]), int(row["walks_before"]),
            )
            for row in found
        ]  # fmt: skip
        return sorted(made, key=lambda one: (one.guessed_at, one.guess_id))

    def asked(self, guesser: str, touchpoints: Sequence[str]) -> list[str]:
        """Of these points of connection those that a person has neither guessed nor walked past, in the same order."""
        done = {one.touchpoint for one in self.of(guesser)} | set(self._walks_past(guesser, None))
        return [one for one in dict.fromkeys(touchpoints) if one not in done]

    def forget(self, guesser: str) -> int:
        """Put a name that nobody bears in the place of this one; gives how many guesses it stood at.

        They stay one person's, since one person counts once.
        """
        nobody = f"forgotten {secrets.token_hex(8)}"
        rows = [asdict(one) | {"guesser": nobody, "guessed_at": one.guessed_at.isoformat()} for one in self.of(guesser)]
        if rows:  # by its name loaded after those that wait
            self._outbox.put(f"guess-z{secrets.token_hex(10)}", {"walk_guess": rows})
            self._outbox.settle()
        return len(rows)

    def _walks_past(self, walker: str, before: datetime | None) -> dict[str, set[str]]:
        """Guided walks of one person by point of connection; those that began there before a moment, or all."""
        found: dict[str, set[str]] = {}
        for row in self._rows("walk_step", "walker", walker):
            past = row.get("touchpoint") and row["outcome"] != "left_out"
            if past and (before is None or _moment(row["occurred_at"]) < _plain(before)):
                found.setdefault(row["touchpoint"], set()).add(row["walk_id"])
        for number, mark in enumerate(self._forgotten.of(walker, None if before is None else _plain(before))):
            for point in mark.points:
                found.setdefault(point, set()).add(f"forgotten {number}")
        return found

    def _rows(self, table: str, column: str, name: str) -> list[dict[str, Any]]:
        """Rows of one person, from the facts and from what is on its way there."""
        # first what is on its way: what arrives meanwhile is then seen twice, not missed; a row is known by its id
        waiting = self._outbox.held(table)
        kept = self._house.query(f"select {', '.join(_COLUMNS[table])} from {table} where {column} is not null")
        who = same_name(name)
        own = {
            row[_COLUMNS[table][0]]: row for row in (*waiting, *kept.to_pylist()) if same_name(row.get(column)) == who
        }
        return list(own.values())

    def _moment(self) -> datetime:
        last = self._house.as_of
        if self._house.settings.text("clock") == "facts" and last is not None:
            return last - timedelta(seconds=1)
        return datetime.now(UTC).replace(tzinfo=None)


def _named(text: str, what: str) -> str:
    found = " ".join(text.split())
    if not found or len(found) > _LONGEST or not found.isprintable():
        raise WalkError(f"{what} is not told", f"a name of at most {_LONGEST} signs", "write a name")
    return found


def _valence(value: float) -> float:
    if not math.isfinite(value) or not -1 <= value <= 1:
        raise WalkError(f"a guess of {value}", "-1 (very bad) to 1 (very good)", "choose one of the five faces")
    return float(value)


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else _plain(datetime.fromisoformat(str(value)))
