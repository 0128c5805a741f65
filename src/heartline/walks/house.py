"""What walks need of a workspace, and nothing else."""

from __future__ import annotations

from typing import Protocol

from heartline.action import Moves, house
from heartline.facts.store import FactStore


class House(house.House, Protocol):
    """``heartline.workspace.Workspace`` is one; tests bring a small one of their own."""

    @property
    def facts(self) -> FactStore:
        """The facts."""

    @property
    def moves(self) -> Moves:
        """Where those are told who asked to be: ``moves.notices``."""
