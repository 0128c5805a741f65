"""Corrections: a person says what a text says where the model read it otherwise, or that the model is right.

What they say is kept with who and when, counts at the next run, is measured as drift, and can be trained on.
"""

from heartline.corrections.decide import Edit, Judged, correct, judged
from heartline.corrections.drawing import draw
from heartline.corrections.drift import Drift, DriftLine, drift
from heartline.corrections.rows import Exported, TrainingRow, export, rows, standing_table

__all__ = [
    "Drift", "DriftLine", "Edit", "Exported", "Judged", "TrainingRow", "correct", "draw", "drift", "export", "judged",
    "rows", "standing_table",
]  # fmt: skip
