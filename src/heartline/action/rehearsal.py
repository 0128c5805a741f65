"""A playbook run over history: what it would have opened, for whom that is too much, and whom it never reaches.

Nothing is written. Every guard and limit of opening is kept as then, in memory, from an empty register of cases on;
every case that is opened is taken to be acted on and closed at its deadline.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations, groupby
from typing import Any, Literal

from heartline.action import saying
from heartline.action.house import House
from heartline.action.known import only_today, periods_of
from heartline.action.limits import LEFT_ALONE, OBJECTS, OFTEN, OPEN, REASONS, Ledger, Past, arm, outbound
from heartline.action.opening import in_order
from heartline.action.people import of_today
from heartline.action.triggers import Wanted, wanted
from heartline.errors import CaseError
from heartline.playbook.shape import Limits, Play, Playbook
from heartline.records import promises as kept_promises
from heartline.records.cases import ACT, HOLD_OUT

Step = Literal["day", "week"]
EXAMPLES = 3
MOST_MOMENTS = 1100
_NO_LIMITS = Limits(contacts=10**6, per_days=1, open_cases=10**6)


@dataclass(frozen=True)
class RehearsedPlay:
    """One play over the time. asked: times that it asked for somebody; customers: how many different ones

    not_opened: times by reason; examples: reasons in words, of different customers; skipped: why it could not be
    rehearsed, empty where it could
    """

    play_id: str
    team: str
    asked: int
    customers: int
    opened: int
    held_out: int
    not_opened: dict[str, int]
    examples: list[str]
    skipped: str = ""


@dataclass(frozen=True)
class RehearsedTeam:
    """A team's load. days_over: moments at which more came than it can take up until the next

    longest_queue: most cases that would have stood in its queue if it took up ``per_day`` and no more; None: not told
    """

    team: str
    cases: int
    per_day: int | None
    busiest_day: datetime | None
    on_busiest_day: int
    days_over: int | None
    longest_queue: int | None


@dataclass(frozen=True)
class Overlap:
    """Two plays that asked for the same customers at the same moment."""

    play_a: str
    play_b: str
    customers: int


@dataclass(frozen=True)
class Rehearsal:
    """What `rehearse` found.

    cases: those of plays that act; pestered: customers who would have been contacted more often than the limits allow
    if nothing held the plays back; never_reached: customers whom plays asked for and whom only limits kept from ever
    being opened; loads: cases opened by (team, moment)
    """

    first: datetime
    last: datetime
    step: Step
    moments: int
    cases: int
    customers: int
    plays: list[RehearsedPlay]
    teams: list[RehearsedTeam]
    overlaps: list[Overlap]
    pestered: int
    most_contacts: int
    never_reached: int
    objecting: int
    opened: list[tuple[datetime, str, str, str]] = field(repr=False)
    notes: list[str] = field(default_factory=list)


def rehearse(house: House, playbook: Playbook, first: datetime, last: datetime, step: Step = "day") -> Rehearsal:
    """Run a playbook over history. ``opened`` lists (moment, play, customer, arm) in the order they were opened.

    first, last: moments to look from, both included, the last not after that of the last run
    """
    moments = _moments(house, saying.utc(first), saying.utc(last), step)
    promises = of_today(house, kept_promises.listed(house.records))
    plays = in_order(playbook)
    skipped = {play.play: _skipped(house, play, moments) for play in plays}
    asked = {play.play: list(wanted(house, play, moments, promises)) for play in plays if not skipped[play.play]}
    everybody = {one.customer_id for some in asked.values() for one in some}
    since = moments[0] - timedelta(days=playbook.limits.per_days)
    contacts = outbound(house, everybody, since, moments[-1])
    with_limits = _run(playbook.limits, plays, moments, asked, contacts)
    without = _run(_NO_LIMITS, plays, moments, asked, contacts)
    acting = [one for one in with_limits.opened if one[3] == ACT]
    reached = {customer for _, _, customer, _ in with_limits.opened}
    often = without.ledger.most_contacts(playbook.limits.per_days)
    held_back = {one for why in (OPEN, OFTEN, LEFT_ALONE) for one in with_limits.customers[why]}
    return Rehearsal(
        moments[0], moments[-1], step, len(moments), len(acting), len({customer for _, _, customer, _ in acting}),
        [_play(play, asked.get(play.play, []), with_limits, skipped[play.play]) for play in plays],
        _teams(playbook, acting, moments, step), _overlaps(asked),
        sum(count > playbook.limits.contacts for count in often.values()), max(often.values(), default=0),
        len(held_back - reached), len(with_limits.customers[OBJECTS]), with_limits.opened,
        _notes(house, plays, skipped, moments),
    )  # fmt: skip


class _Run:
    """One pass over the moments."""

    def __init__(self, limits: Limits) -> None:
        self.ledger = Ledger(limits)
        self.opened: list[tuple[datetime, str, str, str]] = []
        self.refused: dict[str, Counter[str]] = defaultdict(Counter)
        self.customers: dict[str, set[str]] = {why: set() for why in REASONS}

    def meet(self, one: Wanted) -> None:
        """Open for one customer, or say why not."""
        play = one.play
        why = OBJECTS if one.objects else self.ledger.refusal(play, one.customer_id, one.moment, one.opened_for)
        if why:
            self.refused[play.play][why] += 1
            self.customers[why].add(one.customer_id)
            return
        drawn = arm(play, one.customer_id)
        due = one.moment + timedelta(hours=play.deadline_hours)
        done = None if drawn == HOLD_OUT else due
        for other in self.ledger.gives_way(play, one.customer_id, one.moment) if drawn == ACT else ():
            other.acted_at, other.ended_at = None, one.moment
        past = Past(play.play, drawn, play.priority, one.moment, due, done, done or one.moment)
        self.ledger.remember(one.customer_id, past, one.opened_for)
        self.opened.append((one.moment, play.play, one.customer_id, drawn))


def _run(
    limits: Limits, plays: Sequence[Play], moments: Sequence[datetime], asked: Mapping[str, Sequence[Wanted]],
    contacts: Mapping[str, list[Any]],
) -> _Run:  # fmt: skip
    run = _Run(limits)
    run.ledger.reached(contacts["customer_id"], contacts["occurred_at"])
    at: dict[tuple[datetime, str], list[Wanted]] = {}
    for name, some in asked.items():
        for moment, here in groupby(some, key=lambda one: one.moment):
            at[moment, name] = list(here)
    for moment in moments:
        for play in plays:
            for one in at.get((moment, play.play), ()):
                run.meet(one)
    return run


def _moments(house: House, first: datetime, last: datetime, step: Step) -> list[datetime]:
    newest = house.as_of
    if newest is None:
        raise CaseError("nothing was computed yet", "a run", "heartline run")
    if first > last or last > newest:
        raise CaseError(
            f"from {first:%Y-%m-%d} to {last:%Y-%m-%d}", f"a time that ends by the last run, {newest:%Y-%m-%d}",
            "choose another --from or --to",
        )  # fmt: skip
    days = _days(step)
    count = (last - first).days // days + 1
    if count > MOST_MOMENTS:
        raise CaseError(f"{count} moments", f"at most {MOST_MOMENTS}", "choose a shorter time, or --step week")
    return [first + timedelta(days=days * number) for number in range(count)]


def _days(step: Step) -> int:
    return 7 if step == "week" else 1


def _skipped(house: House, play: Play, moments: Sequence[datetime]) -> str:
    names = only_today(play)
    if not names or all(moment == house.as_of for moment in moments):
        return ""
    return f"asks for {', '.join(names)}, known of today alone"


def _play(play: Play, asked: Sequence[Wanted], run: _Run, skipped: str) -> RehearsedPlay:
    arms = Counter(drawn for _, name, _, drawn in run.opened if name == play.play)
    opened = {(moment, customer) for moment, name, customer, _ in run.opened if name == play.play}
    examples: list[str] = []
    for one in asked:
        if (one.moment, one.customer_id) in opened and one.reasons not in examples:
            examples.append(one.reasons)
        if len(examples) == EXAMPLES:
            break
    return RehearsedPlay(
        play.play, play.team, len(asked), len({one.customer_id for one in asked}), arms[ACT], arms[HOLD_OUT],
        dict(run.refused[play.play].most_common()), examples, skipped,
    )  # fmt: skip


def _teams(
    playbook: Playbook, acting: Iterable[tuple[datetime, str, str, str]], moments: Sequence[datetime], step: Step
) -> list[RehearsedTeam]:
    of = {play.play: play.team for play in playbook.plays}
    loads: dict[str, Counter[datetime]] = defaultdict(Counter)
    for moment, play, _, _ in acting:
        loads[of[play]][moment] += 1
    per_day = {one.team: one.per_day for one in playbook.teams}
    found = []
    for team in sorted({*per_day, *loads}):
        load, able = loads[team], per_day.get(team)
        busiest = max(load, key=lambda moment: (load[moment], -moments.index(moment)), default=None)
        over, longest = None, None
        if able is not None:
            over, queue, longest = 0, 0, 0
            for moment in moments:
                came = load.get(moment, 0)
                over += came > able * _days(step)
                queue = max(0, queue + came - able * _days(step))
                longest = max(longest, queue)
        on_it = 0 if busiest is None else load[busiest]
        found.append(RehearsedTeam(team, load.total(), able, busiest, on_it, over, longest))
    return found


def _overlaps(asked: Mapping[str, Sequence[Wanted]]) -> list[Overlap]:
    plays: dict[tuple[datetime, str], list[str]] = defaultdict(list)
    for name, some in asked.items():
        for one in some:
            plays[one.moment, one.customer_id].append(name)
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (_, customer), names in plays.items():
        for pair in combinations(names, 2):
            pairs[pair].add(customer)
    found = [Overlap(first, second, len(some)) for (first, second), some in pairs.items()]
    return sorted(found, key=lambda one: (-one.customers, one.play_a, one.play_b))


def _notes(house: House, plays: Sequence[Play], skipped: Mapping[str, str], moments: Sequence[datetime]) -> list[str]:
    found = [f"{name} was not rehearsed: it {why}." for name, why in skipped.items() if why]
    asking = [play for play in plays if not skipped[play.play]]
    since = periods_of(house, asking)
    for name, earliest in since.items():
        if earliest is None or earliest > moments[0]:
            told = "nothing" if earliest is None else f"nothing before {earliest:%Y-%m-%d}"
            found.append(f"{name} tells {told}; until then plays that ask for it are silent.")
    if since:
        found.append(
            "What customers were like is taken from the end of the last month before each day, not from the day."
        )
    return found
