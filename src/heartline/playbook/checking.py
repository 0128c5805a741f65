"""`heartline playbook check`: everything that is wrong in a playbook, each with file, line, rule and mend.

Docs: ``docs/how-to/playbook.md`` lists the rules.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from heartline.errors import PlaybookError
from heartline.playbook.faults import Fault
from heartline.playbook.places import Places
from heartline.playbook.promises import promises
from heartline.playbook.reading import load
from heartline.playbook.references import references
from heartline.playbook.standards import plays, standards
from heartline.playbook.triggers import triggers
from heartline.playbook.wording import Tone, wording


def check(folder: Path, tone: Tone | None = None, touchpoints: Collection[str] | None = None) -> list[Fault]:
    """All faults and warnings, by file and line; empty: nothing to mend.

    tone: reads a template as a customer's words are read; touchpoints: those of the workspace's contacts. Without
    them neither is looked at. Where files have not the shape of a playbook, only that is told.
    """
    try:
        loaded = load(folder)
    except PlaybookError as error:
        return [Fault.of(error)]
    if loaded.playbook is None:
        return list(loaded.faults)
    playbook, at = loaded.playbook, Places(loaded.root)
    found = [
        *references(playbook, at, touchpoints),
        *triggers(playbook, at),
        *standards(playbook, at),
        *plays(playbook, at),
        *promises(playbook, at),
        *wording(playbook, at, tone),
    ]
    return sorted(set(found), key=lambda fault: (fault.file, fault.line, fault.rule, fault.got))
