"""Learning from corrections: what people say is learnt, what nobody said is kept, and both are shown before."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from heartline.corrections import TrainingRow
from heartline.emotion.head import COLUMNS, DECIDED, MAIN, SUBJECT, VALENCE, Head
from heartline.emotion.load import CHECK
from heartline.emotion.refit import STRENGTHS, Corrected, chosen_strength, head_by_fold, log_loss, refit
from heartline.errors import CorrectionError
from heartline.learn import check_rows, targets

WIDTH = 12


@pytest.fixture
def head() -> Head:
    draw = np.random.default_rng(1)
    weights = draw.normal(0, 0.5, (WIDTH, len(COLUMNS))).astype(np.float32)
    return Head(weights, np.full(len(COLUMNS), -1.0, np.float32), np.full(DECIDED.stop, 0.5, np.float32))


def corrected_for(head: Head, truth: Head, n: int, seed: int) -> Corrected:
    """Texts whose labels another head gives: the truth that people see and the model does not yet."""
    x = np.random.default_rng(seed).normal(0, 1, (n, WIDTH)).astype(np.float32)
    z = x @ truth.weights + truth.offsets
    wanted = (z > 0).astype(np.float32)
    for group in (MAIN, SUBJECT):
        wanted[:, group] = z[:, group] == z[:, group].max(axis=1, keepdims=True)
    known = np.zeros(wanted.shape, dtype=bool)
    known[:, DECIDED] = known[:, MAIN] = known[:, SUBJECT] = True
    return Corrected(x, wanted, known)


def other(head: Head, column: int) -> Head:
    """A head that sees one label quite otherwise."""
    weights = head.weights.copy()
    weights[:, column] = -weights[:, column]
    return Head(weights, head.offsets, head.thresholds)


def test_a_label_that_people_see_otherwise_is_learnt_from_texts_that_were_left_out(head: Head) -> None:
    truth = other(head, 3)
    corrected = corrected_for(head, truth, 300, 2)
    rehearsed = np.random.default_rng(3).normal(0, 1, (200, WIDTH)).astype(np.float32)
    p = head_by_fold(head, corrected, rehearsed, 1.0)
    before = 1 / (1 + np.exp(-(corrected.features @ head.weights[:, 3] + head.offsets[3])))
    was, now = (((each > 0.5) == corrected.wanted[:, 3]).mean() for each in (before, p[:, 3]))
    assert now > 0.85 > 0.5 > was


def test_rehearsal_keeps_what_nobody_corrected(head: Head) -> None:
    corrected = corrected_for(head, other(head, 3), 40, 2)
    rehearsed = np.random.default_rng(3).normal(0, 1, (500, WIDTH)).astype(np.float32)
    fresh = np.random.default_rng(4).normal(0, 1, (500, WIDTH)).astype(np.float32)

    def moved(rehearsal: float) -> float:
        fitted = refit(head, corrected, rehearsed, 1.0, rehearsal)
        return float(np.abs(fresh @ (fitted.weights - head.weights) + fitted.offsets - head.offsets).mean())

    assert moved(500.0) < 0.7 * moved(1.0)


def test_a_column_that_nobody_judged_does_not_move(head: Head) -> None:
    corrected = corrected_for(head, other(head, 3), 40, 2)
    fitted = refit(head, corrected, corrected.features, 3.0)
    assert np.array_equal(fitted.weights[:, VALENCE], head.weights[:, VALENCE])
    assert not np.array_equal(fitted.weights[:, 3], head.weights[:, 3])


def test_the_more_it_holds_back_the_less_it_changes(head: Head) -> None:
    corrected = corrected_for(head, other(head, 3), 60, 2)
    change = [
        float(np.abs(refit(head, corrected, corrected.features, s).weights - head.weights).sum()) for s in STRENGTHS
    ]
    assert change == sorted(change, reverse=True)


def test_confirming_what_the_model_says_hardly_changes_its_decisions(head: Head) -> None:
    confirmed = corrected_for(head, head, 200, 5)
    fitted = refit(head, confirmed, confirmed.features, chosen_strength(head, confirmed, confirmed.features))
    fresh = np.random.default_rng(6).normal(0, 1, (500, WIDTH)).astype(np.float32)
    was, now = ((fresh @ h.weights + h.offsets)[:, DECIDED] > 0 for h in (head, fitted))
    assert (was == now).mean() > 0.95


def test_log_loss_counts_only_what_a_person_judged(head: Head) -> None:
    corrected = corrected_for(head, head, 5, 7)
    p = np.full(corrected.wanted.shape, 0.5, np.float32)
    assert log_loss(p, corrected) == pytest.approx(np.log(2))
    nothing = Corrected(corrected.features, corrected.wanted, np.zeros_like(corrected.known))
    assert log_loss(p, nothing).tolist() == [0] * 5


def test_labels_of_people_become_targets_in_the_order_of_the_columns() -> None:
    row = TrainingRow(
        "i1", "text", None, None, ("anger",), ("effort", "complaint"), None, "frustration", None, -0.5, ""
    )
    made = targets([row], np.zeros((1, WIDTH), np.float32))
    told = {COLUMNS[j] for j in np.flatnonzero(made.wanted[0] == 1)}
    assert told == {"anger", "signal_effort", "signal_complaint", "main_frustration"}
    assert made.wanted[0, VALENCE] == 0.25
    unjudged = {COLUMNS[j].split("_")[0] for j in np.flatnonzero(~made.known[0])}
    assert unjudged == {"motivator", "about", "intensity", "arousal"}


def test_the_shipped_check_messages_can_be_read_and_hold_every_common_label() -> None:
    rows = check_rows(CHECK)
    assert len(rows) > 300
    assert {s for row in rows for s in row.signals} >= {"effort", "complaint", "request", "leaving", "attachment"}
    assert all(row.valence is not None and row.main_emotion for row in rows)


def test_a_broken_check_file_is_named_by_its_line_and_never_quoted(tmp_path: Path) -> None:
    file = tmp_path / "check.jsonl"
    file.write_text(json.dumps({"text": "fine", "emotions": [], "signals": []}) + '\n{"text": "secret words"\n')
    with pytest.raises(CorrectionError) as error:
        check_rows(file)
    assert "line 2" in str(error.value)
    assert "secret" not in str(error.value)


def test_check_messages_are_the_own_messages_that_are_held_back() -> None:
    pytest.importorskip("sklearn", reason="the training's reader of messages needs the extra train")
    from heartline.emotion.train.messages import held_back, own_messages

    kept = {message.text for message in own_messages() if held_back(message.text)}
    assert {row.text for row in check_rows(CHECK)} == kept
