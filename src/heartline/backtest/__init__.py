"""The past replayed: what would have been said then, kept beside what came, and how good it was."""

from heartline.backtest.replay import Replayed, backtest
from heartline.backtest.scores import scores

__all__ = ["Replayed", "backtest", "scores"]
