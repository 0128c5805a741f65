"""Feeling of a text: text in, probabilities out. Weights are read by `load_model`, not by importing."""

from __future__ import annotations

from heartline.emotion.labels import ABOUT, AFFECT, EMOTIONS, MAIN_EMOTIONS, MOTIVATORS, SIGNALS
from heartline.emotion.load import available, load_model
from heartline.emotion.model import EmotionModel, Scores

__all__ = [
    "ABOUT",
    "AFFECT",
    "EMOTIONS",
    "MAIN_EMOTIONS",
    "MOTIVATORS",
    "SIGNALS",
    "EmotionModel",
    "Scores",
    "available",
    "load_model",
]
