"""Learning from corrections: what people say is learnt, what nobody said is kept, and both are shown before."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from heartline.corrections import TrainingRow
from heartline.emotion.head import COLUMNS, DECIDED, MAIN, SUBJECT, VALENCE, Head
from heartline.emotion.load import CHECK
from heartline.emotion.refit import UNSEEN, Corrected, refit
from heartline.emotion.refit_choice import STRENGTHS, by_fold, log_loss
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
    return Corrected(x, wanted, known, known)


def other(head: Head, column: int) -> Head:
    """A head that sees one label quite otherwise."""
    weights = head.weights.copy()
    weights[:, column] = -weights[:, column]
    return Head(weights, head.offsets, head.thresholds)


def test_a_label_that_people_see_otherwise_is_learnt_from_texts_that_were_left_out(head: Head) -> None:
    truth = other(head, 3)
    corrected = corrected_for(head, truth, 300, 2)
    rehearsed = np.random.default_rng(3).normal(0, 1, (200, WIDTH)).astype(np.float32)
    p = by_fold(head, corrected, rehearsed, 1.0)
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


def test_a_label_that_fewer_than_three_texts_see_otherwise_stays(head: Head) -> None:
    x = np.random.default_rng(5).normal(0, 1, (60, WIDTH)).astype(np.float32)
    agreeing = corrected_for(head, head, 60, 5)
    two, three = (agreeing.wanted.copy() for _ in range(2))
    two[:2, 3], three[:3, 3] = 1 - two[:2, 3], 1 - three[:3, 3]
    known = agreeing.known
    for wanted, moves in ((two, False), (three, True)):
        fitted = refit(head, Corrected(agreeing.features, wanted, known, known), x, 10.0)
        assert np.array_equal(fitted.weights, head.weights) is not moves


def test_what_nobody_was_shown_weighs_little(head: Head) -> None:
    """Where the model of today decides a label that was not shown to the person, they did not take it away."""
    corrected = corrected_for(head, head, 60, 5)
    wanted = corrected.wanted.copy()
    wanted[:30, 3] = 1 - wanted[:30, 3]
    half = corrected.known.copy()
    half[3:30, 3] = False
    seen, unseen = (
        refit(head, Corrected(corrected.features, wanted, corrected.known, flags), corrected.features, 10.0)
        for flags in (corrected.known, half)
    )
    far, near = (np.abs(one.weights - head.weights).sum() for one in (seen, unseen))
    assert 0 < near < far
    assert UNSEEN < 1


def test_the_same_words_are_never_on_both_sides_of_a_fold(head: Head) -> None:
    """Ten copies of each of 20 texts with labels at random: nothing can be learnt from one text about another."""
    few = corrected_for(head, head, 20, 8)
    wanted = few.wanted.copy()
    wanted[:, 3] = np.random.default_rng(9).integers(0, 2, 20)
    copies = Corrected(few.features, wanted, few.known, few.known).rows(np.repeat(np.arange(20), 10))
    p = by_fold(head, copies, few.features, 1.0)[:, 3]
    assert ((p > 0.5) == (copies.wanted[:, 3] > 0.5)).mean() < 0.9


def test_log_loss_counts_only_what_a_person_judged(head: Head) -> None:
    corrected = corrected_for(head, head, 5, 7)
    p = np.full(corrected.wanted.shape, 0.5, np.float32)
    assert log_loss(p, corrected) == pytest.approx(np.log(2))
    none = np.zeros_like(corrected.known)
    nothing = Corrected(corrected.features, corrected.wanted, none, none)
    assert log_loss(p, nothing).tolist() == [0] * 5


def test_labels_of_people_become_targets_in_the_order_of_the_columns() -> None:
    row = TrainingRow(
        "i1", "text", None, None, ("anger",), ("effort", "complaint"), None, "frustration", None, -0.5, "",
        ("emotion:joy",),
    )  # fmt: skip
    made = targets([row], np.zeros((1, WIDTH), np.float32))
    told = {COLUMNS[j] for j in np.flatnonzero(made.wanted[0] == 1)}
    assert told == {"anger", "signal_effort", "signal_complaint", "main_frustration"}
    assert made.wanted[0, VALENCE] == 0.25
    assert {COLUMNS[j] for j in np.flatnonzero(made.seen[0, DECIDED])} == {
        "anger", "joy", "signal_effort", "signal_complaint",
    }  # fmt: skip
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
