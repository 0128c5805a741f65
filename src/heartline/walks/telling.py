"""Tells those who asked to be told: a way has become longer, a walk of a person is due. Never who walked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from heartline.action.notices import Notices
from heartline.walks.standing import Standing

LONGER, DUE = "walk.longer", "walk.due"
FRESH = timedelta(days=1)
"""How long after a walk its being longer is still news; a receiver that is added later is not told of old ones."""


def tell(notices: Notices, ways: Sequence[Standing], now: datetime) -> int:
    """Tell of every browser's way that has become longer, and every guided walk that is due, each once; gives how many.

    A guided walk that was longer is told nobody: it is one person's, and few walk.
    """
    told = 0
    for way in ways:
        found = way.change
        fresh = way.last is not None and now - way.last.ended_at <= FRESH
        if way.kind == "browser" and found is not None and found.verdict == "longer" and found.new and fresh:
            body = {
                "title": f"The way has become {found.word}: {way.goal}",
                "lines": [
                    *(one.words for one in found.reasons),
                    f"on {way.device}, network {way.network}, beside {len(found.before)} earlier",
                    f"release before: {found.release_before or 'not told'}; now: {found.now.release or 'not told'}",
                ],
                "path": f"/walks/{way.script}",
            }
            told += notices.tell(LONGER, body, found.now.walk_id, now)
        if way.kind == "guided" and way.due:
            last = f"{way.last.started_at:%Y-%m-%d}" if way.last else "never"
            body = {
                "title": f"Somebody should walk: {way.goal}",
                "lines": [f"every {way.every}; last walked: {last}"],
                "path": f"/walks/{way.script}",
            }
            key = f"{way.script}:{way.last.walk_id if way.last else 'first'}"
            told += notices.tell(DUE, body, key, now)
    return told
