"""Learning from corrections: the last layer is fitted again, and what it gained and lost is shown before it is used.

What it gained is measured on corrected texts that it has not learnt from (folds), what it lost on messages that nobody
corrected: the ones shipped for this (`emotion/check`), or a file of one's own. Both before and after.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline import corrections
from heartline.corrections import TrainingRow
from heartline.corrections.house import House, refused
from heartline.emotion import ABOUT, MAIN_EMOTIONS, load_model
from heartline.emotion.decide import LABELS
from heartline.emotion.head import COLUMNS, DECIDED, MAIN, MOTIVATOR, SUBJECT, VALENCE, Head, chances
from heartline.emotion.load import CHECK, write_corrected
from heartline.emotion.network import NetworkModel
from heartline.emotion.refit import LEAST, Corrected, chosen_strength, head_by_fold, log_loss, refit
from heartline.errors import CorrectionError, ModelError

F32 = NDArray[np.float32]

REHEARSED = 2000
"""Texts of the workspace that nobody corrected, read anew so that nothing is forgotten."""
_ENOUGH = 10
_RESAMPLES = 1000
_REHEARSAL = f"""
select v.text from verbatim v
where v.speaker = 'customer' and v.text <> '' and v.customer_id not in ({refused()})
order by md5(v.interaction_id) nulls last, v.interaction_id nulls last limit {REHEARSED}
"""


@dataclass(frozen=True)
class Change:
    """One figure before and after; the interval is the 95 % bootstrap interval of the difference over texts.

    what: what is measured; base: texts behind it
    """

    what: str
    base: int
    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True)
class LabelChange:
    """F1 of one label on the check messages, before and after; base: messages that have it."""

    label: str
    base: int
    before: float
    after: float


@dataclass(frozen=True)
class Learnt:
    """A fitted head that nobody uses yet, and what is known of it.

    base: the model that was fitted on; rows: corrected texts; left_out: those too short or of another language
    strength: how near the head stays to what it was
    gained: on corrected texts not learnt from; kept: on check messages; labels: those whose F1 moved by 0.01 or more
    """

    base: str
    base_version: str
    rows: int
    left_out: int
    strength: float
    gained: tuple[Change, ...]
    kept: tuple[Change, ...]
    labels: tuple[LabelChange, ...]
    head: Head


def learn(house: House, seed: int = 0, check: Path | None = None) -> Learnt:
    """Fit the head of the workspace's model to its corrections.

    check: messages with labels as `heartline correct --export` writes them, instead of the shipped ones

    Raises ModelError where the model has no head of this kind, CorrectionError where fewer than 20 texts are
    corrected.
    """
    name = house.settings.text("emotion_model")
    model = load_model(name)
    if not isinstance(model, NetworkModel):
        raise ModelError(
            f"the model {model.name} cannot learn from corrections",
            "default or bulk, or a model made from them",
            "set emotion_model = 'default', or keep the corrections: they count at every run as they are",
        )
    rows = corrections.rows(house)
    features = model.features([row.text for row in rows]) if rows else np.empty((0, 0), np.float32)
    read = _read(features)
    if int(read.sum()) < LEAST:
        raise CorrectionError(
            f"{int(read.sum())} corrected texts can be learnt from",
            f"at least {LEAST}",
            "correct or confirm more: `heartline correct --draw 20` names texts to look at",
        )
    corrected = targets([row for row, fine in zip(rows, read, strict=True) if fine], features[read])
    texts = house.query(_REHEARSAL).column(0).to_pylist()
    rehearsed = model.features(texts) if texts else np.empty((0, features.shape[1]), np.float32)
    rehearsed = rehearsed[_read(rehearsed)]
    strength = chosen_strength(model.head, corrected, rehearsed, seed)
    head = refit(model.head, corrected, rehearsed, strength)
    known = check_rows(check or CHECK)
    checked = model.features([row.text for row in known])
    fine = _read(checked)
    measured = targets([row for row, one in zip(known, fine, strict=True) if one], checked[fine])
    before, after = (_chances(h, measured.features) for h in (model.head, head))
    return Learnt(
        base=name,
        base_version=model.version,
        rows=len(corrected.features),
        left_out=len(rows) - len(corrected.features),
        strength=strength,
        gained=_gained(model.head, corrected, rehearsed, strength, seed),
        kept=_kept(measured, before, after, model.head.thresholds, seed),
        labels=_labels(measured, before, after, model.head.thresholds),
        head=head,
    )


def accept(learnt: Learnt, folder: Path) -> str:
    """Write the head beside the workspace's other files; gives the path that `emotion_model` takes."""
    digest = hashlib.sha256(learnt.head.weights.tobytes() + learnt.head.offsets.tobytes()).hexdigest()[:10]
    target = folder / "models" / f"corrected-{digest}"
    write_corrected(target, learnt.base, learnt.base_version, learnt.head, learnt.rows)
    return str(target.resolve())


def check_rows(file: Path) -> list[TrainingRow]:
    """Messages with labels, one JSON object a line. CorrectionError names a line that is none."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            told = json.loads(line)
            for key in ("emotions", "signals", "motivators"):
                told[key] = None if told.get(key) is None else tuple(told[key])
            found.append(TrainingRow(**{**_UNTOLD, **told}))
        except (ValueError, TypeError) as error:
            raise CorrectionError(
                f"{file.name}, line {number} is no message with labels ({type(error).__name__})",
                "a line as `heartline correct --export` writes it",
                "correct the line",
            ) from error
    return found


_UNTOLD = dict.fromkeys(("interaction_id", "channel", "language", "main_emotion", "about", "valence"), None) | {
    "model_version": ""
}


def targets(rows: Sequence[TrainingRow], features: F32) -> Corrected:
    """Labels of people as numbers in the order of the head's columns, and which of them a person judged."""
    wanted = np.zeros((len(rows), len(COLUMNS)), dtype=np.float32)
    known = np.zeros(wanted.shape, dtype=bool)
    place = {label: j for j, label in enumerate(LABELS)}
    for i, row in enumerate(rows):
        known[i, DECIDED] = True
        known[i, MOTIVATOR] = row.motivators is not None
        for kind, labels in (("emotion", row.emotions), ("signal", row.signals), ("motivator", row.motivators or ())):
            for label in labels:
                wanted[i, place[kind, label]] = 1
        for group, told, names in ((MAIN, row.main_emotion, MAIN_EMOTIONS), (SUBJECT, row.about, ABOUT)):
            if told:
                known[i, group] = True
                wanted[i, group.start + names.index(told)] = 1
        if row.valence is not None:
            known[i, VALENCE] = True
            wanted[i, VALENCE] = (row.valence + 1) / 2
    return Corrected(features, wanted, known)


def _read(features: F32) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(features).any(axis=1), dtype=np.bool_)


def _chances(head: Head, features: F32) -> F32:
    return chances((features @ head.weights + head.offsets).astype(np.float32))


def _gained(head: Head, corrected: Corrected, rehearsed: F32, strength: float, seed: int) -> tuple[Change, ...]:
    before = _chances(head, corrected.features)
    after = head_by_fold(head, corrected, rehearsed, strength, seed)
    right = [
        ((p[:, DECIDED] >= head.thresholds) == (corrected.wanted[:, DECIDED] > 0.5)) | ~corrected.known[:, DECIDED]
        for p in (before, after)
    ]
    return (
        _change("labels as the person has them", right[0].mean(axis=1), right[1].mean(axis=1), seed),
        _change("texts with every label as the person has it", right[0].all(axis=1), right[1].all(axis=1), seed),
        _change("log-loss (less is better)", log_loss(before, corrected), log_loss(after, corrected), seed),
    )


def _kept(known: Corrected, before: F32, after: F32, thresholds: F32, seed: int) -> tuple[Change, ...]:
    right = [((p[:, DECIDED] >= thresholds) == (known.wanted[:, DECIDED] > 0.5)) | ~known.known[:, DECIDED]
             for p in (before, after)]  # fmt: skip
    told = known.known[:, MAIN.start]
    main = [p[told][:, MAIN].argmax(axis=1) == known.wanted[told][:, MAIN].argmax(axis=1) for p in (before, after)]
    rated = known.known[:, VALENCE]
    gaps = [2 * np.abs(p[rated, VALENCE] - known.wanted[rated, VALENCE]) for p in (before, after)]
    found = [_change("labels as they should be", right[0].mean(axis=1), right[1].mean(axis=1), seed)]
    if told.any():
        found.append(_change("main emotion right", main[0], main[1], seed))
    if rated.any():
        found.append(_change("error of valence (less is better)", gaps[0], gaps[1], seed))
    return tuple(found)


def _labels(known: Corrected, before: F32, after: F32, thresholds: F32) -> tuple[LabelChange, ...]:
    found = []
    for j, (kind, label) in enumerate(LABELS):
        true = known.wanted[:, j] > 0.5
        if true.sum() < _ENOUGH:
            continue
        scores = [_f1(true, p[:, j] >= thresholds[j]) for p in (before, after)]
        if abs(scores[0] - scores[1]) >= 0.01:
            found.append(LabelChange(f"{kind}:{label}", int(true.sum()), *scores))
    return tuple(sorted(found, key=lambda one: one.after - one.before))


def _f1(true: NDArray[np.bool_], told: NDArray[np.bool_]) -> float:
    return float(2 * (true & told).sum() / max(true.sum() + told.sum(), 1))


def _change(what: str, before: NDArray[np.generic], after: NDArray[np.generic], seed: int) -> Change:
    a, b = before.astype(np.float64), after.astype(np.float64)
    draw = np.random.default_rng(seed)
    gaps = [float((b - a)[draw.integers(0, len(a), len(a))].mean()) for _ in range(_RESAMPLES)]
    low, high = np.quantile(gaps, [0.025, 0.975])
    return Change(what, len(a), float(a.mean()), float(b.mean()), float(low), float(high))
