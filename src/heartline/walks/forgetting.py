"""Walks of people are forgotten: one of somebody's, or everything that names them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from heartline.walks import past
from heartline.walks.past import Past, same_name

if TYPE_CHECKING:
    from heartline.walks.book import Walks


def forget_walk(walks: Walks, walk_id: str) -> bool:
    """Delete what is kept of a walk, and leave a mark where a person walked; see ``Walks.forget``."""
    walks.kept.of(walk_id)  # no id: said before anything is done
    made = next((one for one in walks.past() if one.walk_id == walk_id), None)
    if made is None or not made.walker:
        return _bare(walks, walk_id)
    steps = walks.steps(walk_id)
    points = [one["touchpoint"] for one in steps if one["touchpoint"] and one["outcome"] != "left_out"]
    walks.forgotten.leave(made.walker, made.script, points, walk_id, made.started_at, _next(walks, made))
    gone = _bare(walks, walk_id)
    walks.forgotten.over(walk_id)
    for one in walks.past():
        if one.walk_id != walk_id and same_name(one.walker) == same_name(made.walker):
            _counted(walks, one.walk_id)
    walks.settle()
    return gone


def forget_walker(walks: Walks, name: str) -> tuple[int, int]:
    """Delete all that names a person; gives how many walks and how many guesses there were."""
    who = same_name(name)
    if not who:
        return 0, 0
    own = {one.walk_id for one in walks.past() if same_name(one.walker) == who}
    own |= {one.about.walk_id for one in walks.guided.every() if same_name(one.about.walker) == who}
    for walk_id in sorted(own):
        _bare(walks, walk_id)
    guesses = walks.guesses.forget(name)
    walks.forgotten.wipe(name)
    walks.settle()
    return len(own), guesses


def _bare(walks: Walks, walk_id: str) -> bool:
    gone = walks.kept.forget(walk_id)
    rows = past.without_words(walks.house, walks.outbox, walk_id)
    if rows:
        walks.outbox.put(walk_id, rows)
        walks.settle()
    return gone or bool(rows)


def _next(walks: Walks, made: Past) -> datetime:
    """When the same person's next walk began or was opened; now, where there is none."""
    who = same_name(made.walker)
    later = [one.started_at for one in walks.past() if same_name(one.walker) == who and one.walk_id != made.walk_id]
    later += [
        one.about.opened_at.astimezone(UTC).replace(tzinfo=None)
        for one in walks.guided.every()
        if one.course.ended is None and same_name(one.about.walker) == who and one.about.walk_id != made.walk_id
    ]
    now = datetime.now(UTC).replace(tzinfo=None)
    return min((one for one in later if one >= made.started_at), default=max(now, made.started_at))


def _counted(walks: Walks, walk_id: str) -> None:
    """A walk that remains knows how many before it were forgotten."""
    rows = past.rows_of_walk(walks.house, walks.outbox, walk_id)
    told = walks.forgotten.told(rows)
    if told != rows:
        walks.outbox.put(walk_id, told)
