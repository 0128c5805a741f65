"""Moves: cases, what they brought, promises, notices, conduct and briefs."""

from heartline.action.moves import Moves

__all__ = ["Moves"]
