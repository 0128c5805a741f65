"""The messages that train: every committed line is valid and teaches something of its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from heartline.emotion.labels import MAIN_EMOTIONS, MOTIVATORS, SIGNALS
from heartline.errors import ModelError

pytest.importorskip("sklearn", reason="needs the extra train: pip install 'heartline[train]'")

from heartline.emotion.train.messages import (
    SECOND,
    TEXTS,
    annotated,
    key_of,
    own_messages,
    repeats,
)

GOOD = "-2|anger|3|complaint leaving|service|security|anger|The lift stopped twice and nobody came."


def _write(folder: Path, *lines: str, name: str = "some.txt") -> Path:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_committed_lines_are_valid_and_each_text_is_there_once() -> None:
    found = own_messages()
    lines = sum(len(file.read_text("utf-8").splitlines()) for file in TEXTS.glob("*.txt"))
    assert len(found) > 5_000
    # Answers of a word or two ("ok") may come in two files; the reader takes them once.
    assert lines - len(found) < 10


def test_no_message_repeats_another() -> None:
    assert [(a.place, b.place) for a, b in repeats(own_messages())] == []


def test_every_label_has_examples() -> None:
    found = own_messages()
    signals = Counter(s for m in found for s in m.judgement.signals)
    motivators = Counter(s for m in found for s in m.judgement.motivators or ())
    mains = Counter(m.judgement.main_emotion for m in found)
    assert min(signals[s] for s in SIGNALS) >= 60
    assert min(motivators[s] for s in MOTIVATORS) >= 40
    assert min(mains[s] for s in MAIN_EMOTIONS) >= 60


def test_annotations_are_valid_and_hold_no_text() -> None:
    found = annotated()
    assert len(found) > 2_000
    assert all(a.judgement.emotions is not None for a in found if a.source != "goemotions")


def test_a_key_is_the_start_of_the_sha_256() -> None:
    """FIPS 180-2's example: SHA-256 of "abc"."""
    assert key_of("abc") == "ba7816bf8f01cfea"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (GOOD.replace("|security", ""), "not 8 fields"),
        (GOOD + "|more", "not 8 fields"),
        (GOOD.replace("-2", "-3"), "a valence"),
        (GOOD.replace("|anger|3", "|rage|3"), "an emotion"),
        (GOOD.replace("|3|", "|4|"), "an intensity"),
        (GOOD.replace("leaving", "going"), "signals that are none"),
        (GOOD.replace("leaving", "complaint"), "one of signals twice"),
        (GOOD.replace("|service|", "|staff|"), "an about"),
        (GOOD.replace("security", "safety"), "motivators that are none"),
        (GOOD.replace("|anger|The", "||The"), "no goemotions"),
        (GOOD.replace("|anger|The", "|frustration|The"), "goemotions that are none"),
        (GOOD.split("|The")[0] + "| ", "no text"),
    ],
)
def test_a_bad_line_is_named_but_never_shown(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ModelError, match=rf"some.txt, line 2: {said}") as caught:
        own_messages(_write(tmp_path, GOOD, line))
    assert "lift" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0123456789abcdef|cfpb|0|neutral|0||none||neutral|more", "not 9 fields"),
        ("0123456789abcdeg|cfpb|0|neutral|0||none||neutral", "a key that is none"),
        ("0123456789abcdef|steam|0|neutral|0||none||neutral", "a source"),
        ("fedcba9876543210|cfpb|0|neutral|0||none||neutral", "a key that came before"),
    ],
)
def test_a_bad_annotation_is_named(tmp_path: Path, line: str, said: str) -> None:
    first = "fedcba9876543210|cfpb|-1|worry|1|request|process||nervousness"
    with pytest.raises(ModelError, match=f"some.labels, line 2: {said}"):
        annotated(_write(tmp_path, first, line, name="some.labels"))


def test_repeats_are_seen_and_contrasts_are_not(tmp_path: Path) -> None:
    lines = [
        GOOD,
        GOOD.replace("The lift stopped", "the LIFT stopped").replace("came.", "came!!"),
        "-1|frustration|1|complaint|product||annoyance|The hinge of the left door squeaks every single morning now",
        "-1|frustration|1|complaint|product||annoyance|The hinge of the left door squeaks every single morning again",
        "2|delight|1||product||joy|There was not one thing about the room that I would call noisy",
        "-2|anger|1|complaint|product||anger|There was not one thing about the room that I would call quiet",
    ]
    found = repeats(own_messages(_write(tmp_path, *lines)))
    assert [(a.place, b.place) for a, b in found] == [
        ("some.txt, line 1", "some.txt, line 2"),
        ("some.txt, line 3", "some.txt, line 4"),
    ]


def test_a_second_blind_reading_agrees_as_the_docs_say() -> None:
    """docs/explanation/text-emotion.md gives these shares; both readings were made under the guide."""
    first = {key_of(message.text): message.judgement for message in own_messages()}
    second = [(first[one.key], one.judgement) for one in annotated(SECOND, ("own",)) if one.key in first]
    assert len(second) == 300

    def share(name: str) -> float:
        return sum(getattr(a, name) == getattr(b, name) for a, b in second) / len(second)

    assert [round(share(name), 2) for name in ("valence", "main_emotion", "about")] == [0.75, 0.78, 0.82]
