"""Labels are one contract: what the tables declare, what GoEmotions publishes, and what has a place among feelings."""

from __future__ import annotations

from pathlib import Path

from heartline.emotion import ABOUT, AFFECT, EMOTIONS, MAIN_EMOTIONS, SIGNALS
from heartline.emotion.labels import STATUSES
from heartline.tables import words


def test_labels_are_those_of_the_tables() -> None:
    assert words.EMOTIONS == EMOTIONS
    assert words.SIGNALS == SIGNALS
    assert words.ABOUT == ABOUT
    assert words.MAIN_EMOTIONS == MAIN_EMOTIONS
    assert words.FEELING_STATUS == STATUSES
    assert set(AFFECT) == set(EMOTIONS)
    assert all(-1 <= v <= 1 and 0 <= a <= 1 for v, a in AFFECT.values())


def test_labels_follow_the_data_set(shared_data: Path) -> None:
    assert tuple((shared_data / "goemotions" / "emotions.txt").read_text().split()) == EMOTIONS
