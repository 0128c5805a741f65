"""Corrections: a person says what a text says where the model read it otherwise, or that the model is right.

What they say is kept with who and when, counts at the next run, is measured as drift, and can be trained on.
"""

from heartline.corrections.decide import LAYERS, Edit, Judged, correct, judged, standing_of
from heartline.corrections.drawing import draw
from heartline.corrections.drift import Drift, DriftLine, drift
from heartline.corrections.rows import Exported, TrainingRow, export, history, rows, standing_table
from heartline.records.corrections import Correction, Reading

__all__ = [
    "LAYERS", "Correction", "Drift", "DriftLine", "Edit", "Exported", "Judged", "Reading", "TrainingRow", "correct",
    "draw", "drift", "export", "history", "judged", "rows", "standing_of", "standing_table",
]  # fmt: skip
