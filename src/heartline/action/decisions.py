"""The decisions log: what was decided, on which figure as it stood then, and what became of that figure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from heartline.action.evidence import Reading, of_kept, parse, read
from heartline.action.house import House
from heartline.errors import DecisionError
from heartline.records import decisions as kept
from heartline.records.decisions import Decision
from heartline.tables import DECISION_CAME

__all__ = ["Decision", "Decisions", "Standing"]

_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,80}")
_LONGEST = 500


@dataclass(frozen=True)
class Standing:
    """A decision and its figure today; now: None for a judgement, or where the figure can no longer be found."""

    decision: Decision
    now: Reading | None
    due: bool


class Decisions:
    """What the company decided; every function takes ``at`` or ``today``, the present moment unless told."""

    def __init__(self, house: House) -> None:
        self._house = house

    def add(
        self, what: str, by: str, evidence: str = "", judgement: bool = False, expected: str = "", review_on: str = "",
        at: datetime | None = None,
    ) -> Decision:  # fmt: skip
        """Keep a decision with the figure that it cites, as it stands now.

        evidence: address of a figure (``heartline.action.evidence``); judgement: decided without one, and says so
        review_on: day (ISO) from which on the brief asks what came of it

        DecisionError: no evidence and no judgement, a figure that is not known, no name, no such day.
        """
        moment = _moment(at)
        self._check(what, by, expected)
        if bool(evidence.strip()) == judgement:
            raise DecisionError(
                "it cites evidence and is marked as judgement" if judgement else "the decision cites no evidence",
                "the address of a figure, or the mark that it is a judgement: one of the two",
                "copy the address of the figure on the desk, or mark it as judgement",
            )
        decision = Decision(
            what.strip(), by.strip(), moment.isoformat(), "judgement", expected=expected.strip(),
            review_on=_day(review_on, moment.date()) if review_on else None,
        )  # fmt: skip
        if judgement:
            return kept.add(self._house.records, decision)
        asked = parse(evidence)
        found = read(self._house, asked)
        if found.value is None:
            raise DecisionError(
                "the figure that is cited is not known: not enough evidence",
                "a figure with a value",
                "cite another, or mark the decision as judgement",
            )
        few = found.n is not None and found.n < self._house.settings.whole("min_base")
        return kept.add(
            self._house.records,
            replace(
                decision, kind="single_request" if few else "pattern", evidence_table=asked.table,
                evidence_column=asked.column, evidence_key=asked.key_json, run_id=found.run_id,
                evidence_as_of=found.as_of, figure=found.value, low=found.low, high=found.high, n=found.n,
            ),
        )  # fmt: skip

    def review(self, decision_id: int, by: str, came: str, note: str = "", at: datetime | None = None) -> Decision:
        """Keep what came of a decision, with its figure as it stands now; once.

        came: as_expected, less, nothing, worse or not_known
        DecisionError: no such decision, reviewed before, no name, no such word.
        """
        self._check("review", by, note)
        if came not in DECISION_CAME:
            raise DecisionError(
                f"it came out {came[:40]!r}", f"one of {', '.join(DECISION_CAME)}", "choose one of them"
            )
        found = kept.named(self._house.records, decision_id)
        if found is None:
            raise DecisionError(f"there is no decision {decision_id}", "one of the log", "heartline decision list")
        now = self._now(found)
        done = kept.review(
            self._house.records,
            replace(
                found, reviewed_at=_moment(at).isoformat(), reviewed_by=by.strip(), came=came,
                review_note=note.strip(), later_figure=now.value if now else None, later_low=now.low if now else None,
                later_high=now.high if now else None, later_n=now.n if now else None,
                later_run_id=now.run_id if now else None,
            ),
        )  # fmt: skip
        if done is None:
            raise DecisionError(
                f"decision {decision_id} was reviewed on {(found.reviewed_at or '')[:10]}", "one that was not",
                "add a new decision where the old one no longer holds",
            )  # fmt: skip
        return done

    def log(self, limit: int = 100) -> list[Decision]:
        """Every decision, newest first."""
        return kept.newest(self._house.records, limit)

    def due(self, today: date | None = None) -> list[Standing]:
        """Decisions whose review is due and that nobody has reviewed, with their figure today."""
        day = (today or datetime.now(UTC).date()).isoformat()
        return [Standing(one, self._now(one), True) for one in kept.open_on(self._house.records, day)]

    def standing(self, limit: int = 20, today: date | None = None) -> list[Standing]:
        """The newest decisions with their figure today; of those reviewed, with the figure at the review."""
        day = (today or datetime.now(UTC).date()).isoformat()
        return [
            Standing(
                one,
                None if one.reviewed_at else self._now(one),
                one.reviewed_at is None and one.review_on is not None and one.review_on <= day,
            )
            for one in self.log(limit)
        ]

    def _now(self, decision: Decision) -> Reading | None:
        if decision.evidence_table is None or decision.evidence_column is None:
            return None
        try:
            return read(
                self._house, of_kept(decision.evidence_table, decision.evidence_column, decision.evidence_key or "{}")
            )
        except DecisionError:  # the row is gone: a touchpoint is no longer met, a cause no longer seen
            return None

    def _check(self, what: str, by: str, more: str) -> None:
        if not _NAME.fullmatch(by.strip()):
            raise DecisionError("it is not said by whom", "a name of at most 80 characters", "say who you are")
        if not what.strip():
            raise DecisionError("it is not said what was decided", "a sentence", "say what")
        for text in (what, more):
            if len(text) > _LONGEST:
                raise DecisionError(
                    f"a text of {len(text)} characters", f"at most {_LONGEST}", "write it shorter; link to the rest"
                )


def _moment(at: datetime | None) -> datetime:
    moment = at or datetime.now(UTC)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _day(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as cause:
        raise DecisionError(f"{text[:40]!r} is no day", "YYYY-MM-DD", "correct the day") from cause
    if day <= today:
        raise DecisionError("the day of the review is not ahead", "a day after today", "choose a later day")
    return day.isoformat()
