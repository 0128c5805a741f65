"""The way in to everything that people do for customers; ``Workspace.moves`` is one."""

from __future__ import annotations

from heartline.action.house import House


class Moves:
    """Cases, promises, notices and briefs of one workspace, each a part of its own."""

    def __init__(self, house: House) -> None:
        self.house = house
