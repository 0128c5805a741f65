"""Whether a figure really moved: two estimates, their intervals, and a sentence that claims no more than they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from heartline.web.figures import Figure, written

Verdict = Literal["up", "down", "no_real_change", "unknown"]


@dataclass(frozen=True)
class Change:
    """How a figure compares with the period before.

    now, before: both figures with their intervals
    difference: now minus before, in the figures' unit; None where one is missing
    verdict: up or down only where the two 90 % intervals do not overlap; ``unknown`` where one has none.
        Intervals that do not overlap are a stricter test than the difference's own interval; the same customers
        stand behind both periods, so a real change may still be called no real change, seldom the reverse.
    """

    now: Figure
    before: Figure
    difference: float | None
    verdict: Verdict

    @property
    def text(self) -> str:
        """The comparison in words; empty where the figure itself is not known."""
        if not self.now.known:
            return ""
        if self.verdict == "unknown" or self.difference is None:
            return "no period to compare with" if not self.before.known else "not enough evidence to compare"
        before = written(self.before.value, self.before.kind, self.before.unit)
        if self.verdict == "no_real_change":
            return f"no real change from {before}"
        return f"{self.verdict} from {before}"

    @property
    def tone(self) -> str:
        """``good``, ``bad`` or ``plain``: how it is marked."""
        return {"up": "good", "down": "bad"}.get(self.verdict, "plain")


def compare(now: Figure, before: Figure) -> Change:
    """Compare two figures by their intervals."""
    if not now.known or not before.known or now.value is None or before.value is None:
        return Change(now, before, None, "unknown")
    difference = float(now.value) - float(before.value)
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return Change(now, before, difference, "unknown")
    verdict: Verdict = "up" if now.low > before.high else "down" if now.high < before.low else "no_real_change"
    return Change(now, before, difference, verdict)
