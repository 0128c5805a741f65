"""Sends the brief to receivers of the topic ``brief``: once a week at most, by hand, by cron or while served."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from heartline.action.channels import FILES
from heartline.errors import AnalysisError, SettingsError
from heartline.web.brief.files import made
from heartline.web.brief.gather import gather
from heartline.web.brief.paper import Paper, of_brief, on_one_page
from heartline.web.door import Door, Once

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LINES = 40
_ITEMS, _LONGEST = 4, 300


def send(door: Door, now: datetime | None = None) -> int:
    """Tell every receiver that wants it; gives how many are told. The same week again tells nobody twice.

    now: UTC, default the present moment. Never in it: a customer's words or name.
    AnalysisError: nothing was computed yet.
    """
    moment = _utc(now)
    if door.as_of is None:
        raise AnalysisError("there is nothing to tell: no analysis has been run", "a run", "heartline run")
    asked, week = Once(door), week_of(door, moment)
    brief = gather(asked, moment)
    paper = of_brief(brief)
    body = {
        "title": f"{paper.company}: {paper.title}",
        "lines": lines(paper),
        "period": f"{brief.period_end:%Y-%m-%d}" if brief.period_end else "",
        "as_of": door.as_of.isoformat(),
        "path": "/brief",
        "files": [_file(asked, week, moment)],
    }
    return door.moves.notices.tell("brief", body, week, moment)


def _file(door: Door, week: str, now: datetime) -> str:
    """The one page of a week in the workspace's folder of files for e-mails: PDF where the extra is there, else HTML.

    What was written for a week stays: who is told later gets the same page.
    """
    folder = door.moves.house.root / FILES
    name = week.replace(":", "-")
    there = [f"{name}.{form}" for form in ("pdf", "html") if (folder / f"{name}.{form}").exists()]
    if there:
        return there[0]
    folder.mkdir(exist_ok=True)
    try:
        form, content = "pdf", made(door, "pdf", now=now)
    except SettingsError:  # without the extra
        form, content = "html", made(door, "html", now=now)
    (folder / f"{name}.{form}").write_bytes(content)
    return f"{name}.{form}"


class Weekly:
    """Called every minute while the desk is served: sends the brief on the day and from the hour of the settings on.

    It remembers the week that it sent, so that a brief is gathered once; the outbox keeps it from being told twice.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._sent = ""

    def __call__(self, now: datetime | None = None) -> int:
        """How many receivers were told; 0 before its time, without a day or a run, or where the week has had it."""
        moment = _utc(now)
        if self._door.as_of is None or not is_due(self._door, moment):
            return 0
        week = week_of(self._door, moment)
        if week == self._sent:
            return 0
        told = send(self._door, moment)
        self._sent = week
        return told


def is_due(door: Door, now: datetime) -> bool:
    """Whether this week's day and hour (settings ``brief_day`` and ``brief_hour``, in the workspace's zone) have come,
    and the day is not over: a desk that was closed on that day does not send a brief of yesterday."""
    day = door.settings.text("brief_day")
    if day == "off":
        return False
    here = now.replace(tzinfo=UTC).astimezone(door.settings.zone)
    return here.weekday() == DAYS.index(day) and here.hour >= door.settings.whole("brief_hour")


def week_of(door: Door, now: datetime) -> str:
    """The ISO week of a moment in the workspace's zone, by which a brief is told once."""
    year, week, _ = now.replace(tzinfo=UTC).astimezone(door.settings.zone).isocalendar()
    return f"brief:{year}-W{week:02d}"


def lines(paper: Paper) -> list[str]:
    """The one page in at most ``LINES`` lines of at most 300 characters."""
    shown = on_one_page(paper, _ITEMS)
    found = [shown.kicker, shown.lead]
    for block in shown.blocks:
        for item in block.items:
            behind = "; ".join([*(words for words, _ in item.figures), *([item.tag] if item.tag else [])])
            found.append(f"{block.heading}: {item.title}" + (f" ({behind})" if behind else ""))
    return [line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…" for line in found[:LINES]]


def next_time(door: Door, now: datetime) -> datetime | None:
    """When a brief is sent next by the settings, in the workspace's zone; None where no day is set."""
    day = door.settings.text("brief_day")
    if day == "off":
        return None
    here = now.replace(tzinfo=UTC).astimezone(door.settings.zone)
    ahead = (DAYS.index(day) - here.weekday()) % 7
    then = (here + timedelta(days=ahead)).replace(
        hour=door.settings.whole("brief_hour"), minute=0, second=0, microsecond=0
    )
    return then if then > here else then + timedelta(days=7)


def _utc(now: datetime | None) -> datetime:
    moment = now or datetime.now(UTC)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
