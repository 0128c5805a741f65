"""Opens what the playbook asks for: every play that is on, the most urgent first, each customer within the limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from heartline.action.house import House
from heartline.action.limits import OBJECTS, SAME, Ledger, arm, outbound, past_of
from heartline.action.people import of_today
from heartline.action.telling import tell
from heartline.action.triggers import Wanted, wanted
from heartline.playbook.shape import Play, Playbook
from heartline.records import cases as kept
from heartline.records import promises as kept_promises
from heartline.records.cases import HOLD_OUT, PENDING, Case, CaseEvent

BY_PLAY = "play"
"""Who opened a case that no person opened."""


@dataclass(frozen=True)
class PlayLine:
    """What became of those whom one play asked for: wanted = opened + held_out + the sum of not_opened."""

    play_id: str
    wanted: int
    opened: int
    held_out: int
    not_opened: dict[str, int]


@dataclass(frozen=True)
class TeamLine:
    """What a team has now; ``per_day``: cases that it can take up in a day, None: not told."""

    team: str
    opened: int
    to_do: int
    per_day: int | None

    @property
    def days(self) -> float | None:
        """Working days of what there is to do."""
        return None if self.per_day is None else self.to_do / self.per_day


@dataclass(frozen=True)
class OpenReport:
    """What `open_due` did at a moment; nobody whom a play asked for is missing in ``plays``.

    gave_way: cases on which nobody had begun, closed in favour of a more urgent play for the same customer
    """

    as_of: datetime
    opened: list[Case]
    held_out: list[Case]
    plays: list[PlayLine]
    teams: list[TeamLine]
    gave_way: list[Case] = field(default_factory=list)


def in_order(playbook: Playbook) -> list[Play]:
    """Plays that are on, the most urgent first, then as they stand in the files."""
    return sorted((play for play in playbook.plays if play.on), key=lambda play: play.priority)


def open_due(house: House, playbook: Playbook, moment: datetime, now: datetime | None) -> OpenReport:
    """Open cases at a moment, in one transaction; what was opened for the same trigger before is not opened again."""
    plays = in_order(playbook)
    promises = of_today(house, kept_promises.listed(house.records))
    asked = [one for play in plays for one in wanted(house, play, [moment], promises)]
    ledger = Ledger(playbook.limits)
    contacts = outbound(
        house, {one.customer_id for one in asked}, moment - timedelta(days=playbook.limits.per_days), moment
    )
    ledger.reached(contacts["customer_id"], contacts["occurred_at"])
    opened: list[Case] = []
    gave_way: list[Case] = []
    refused: dict[str, Counter[str]] = {play.play: Counter() for play in plays}
    with kept.deciding(house.records) as connection:
        longest = max((play.again_after_days for play in plays), default=0)
        earlier = kept.since(connection, moment - timedelta(days=max(longest, playbook.limits.per_days)))
        for case in of_today(house, earlier):
            ledger.remember(case.customer_id, past_of(case))
        ledger.remember_keys(kept.keys(connection))
        for one in asked:
            why = OBJECTS if one.objects else ledger.refusal(one.play, one.customer_id, moment, one.opened_for)
            made = None if why else _add(connection, one, playbook.version, now)
            if made is None:
                refused[one.play.play][why or SAME] += 1
                continue
            opened.append(made)
            for past in ledger.gives_way(one.play, one.customer_id, moment) if made.arm != HOLD_OUT else ():
                gave_way += _give_way(connection, past.case_id, made, now)
                past.ended_at = moment
            ledger.remember(made.customer_id, past_of(made), one.opened_for)
    acted = [case for case in opened if case.arm != HOLD_OUT]
    left = [case for case in opened if case.arm == HOLD_OUT]
    lines = _lines(plays, acted, left, refused)
    return OpenReport(moment, acted, left, lines, _team_lines(house, playbook, acted), gave_way)


def new_case(one: Wanted, version: str) -> Case:
    """The case of a customer whom a play asks for, not kept yet."""
    play = one.play
    drawn = arm(play, one.customer_id)
    return Case(
        customer_id=one.customer_id, arm=drawn, reasons=one.reasons, team=play.team, priority=play.priority,
        status="held_out" if drawn == HOLD_OUT else "open", as_of=one.moment, opened_at=one.moment, opened_by=BY_PLAY,
        horizon_days=play.helped.horizon_days, play_id=play.play, playbook=version or None,
        interaction_id=one.interaction_id, due_at=one.moment + timedelta(hours=play.deadline_hours),
        helped_by=play.helped.behaviour,
    )  # fmt: skip


def _add(connection: Connection, one: Wanted, version: str, now: datetime | None) -> Case | None:
    case = new_case(one, version)
    left = case.arm == HOLD_OUT
    event = CaseEvent("", one.moment, BY_PLAY, "held_out" if left else "opened", "" if left else one.play.play)
    made = kept.add(connection, case, one.opened_for, event)
    if made is not None and not left:
        tell(connection, "case.opened", made, now)
    return made


def _give_way(connection: Connection, case_id: str, to: Case, now: datetime | None) -> list[Case]:
    """Close a case that nobody has begun, since a more urgent one goes on for it; not where somebody just took it."""
    went = CaseEvent(case_id, to.opened_at, BY_PLAY, "merged", f"gives way to {to.case_id}, which is more urgent")
    values = {
        "status": "closed", "closed_at": to.opened_at, "closed_how": "duplicate", "merged_into": to.case_id,
        "snoozed_until": None,
    }  # fmt: skip
    closed = kept.change(connection, case_id, PENDING, values, went, only_free_for="")
    if closed is None:
        return []
    kept.note(
        connection, to.case_id,
        CaseEvent(to.case_id, to.opened_at, BY_PLAY, "took_over", f"{closed.case_id}: {closed.reasons}"),
    )  # fmt: skip
    tell(connection, "case.closed", closed, now)
    return [closed]


def _lines(
    plays: Sequence[Play], acted: Iterable[Case], left: Iterable[Case], refused: dict[str, Counter[str]]
) -> list[PlayLine]:
    opened, held = Counter(case.play_id for case in acted), Counter(case.play_id for case in left)
    return [
        PlayLine(
            play.play, opened[play.play] + held[play.play] + refused[play.play].total(), opened[play.play],
            held[play.play], dict(refused[play.play].most_common()),
        )
        for play in plays
    ]  # fmt: skip


def _team_lines(house: House, playbook: Playbook, acted: Iterable[Case]) -> list[TeamLine]:
    to_do = Counter(case.team for case in kept.listed(house.records, PENDING))
    opened = Counter(case.team for case in acted)
    per_day = {one.team: one.per_day for one in playbook.teams}
    return [
        TeamLine(team, opened[team], to_do[team], per_day.get(team)) for team in sorted({*to_do, *opened, *per_day})
    ]
