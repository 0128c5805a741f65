"""What the measurement of speed compares with is what it says, and every run reads the same texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from benchmarks.batched import Batched
from benchmarks.roberta_shape import Shape, graph, parameters_of, write
from benchmarks.short_texts import FEWEST, MOST, short_texts

from heartline.emotion.train.messages import own_messages
from heartline.emotion.wordpiece import WordPieces

SMALL = Shape(layers=2, hidden=32, heads=4, wide=64, pieces=50, places=40, labels=28)
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "late", "again", "thank", "you", "##s", "parcel"]
TEXTS = ["late again", "thank you", "parcel late again thanks you " * 4]


def test_the_shape_has_the_parameters_of_roberta_base() -> None:
    # The classifier of 28 labels in wide use: 85,054,464 in layers, 39,000,576 before them, 612,124 after them.
    assert Shape().parameters() == 85_054_464 + 39_000_576 + 612_124
    assert sum(np.prod(size) for name, size in Shape().encoder() if name.startswith("encoder")) == 85_054_464


def test_a_graph_holds_the_parameters_of_its_shape() -> None:
    assert parameters_of(graph(SMALL)) == SMALL.parameters()


def network(shape: Shape, whole_numbers: Path | None = None) -> Batched:
    if whole_numbers:
        write(whole_numbers, shape)
    model = str(whole_numbers) if whole_numbers else graph(shape).SerializeToString()
    return Batched(onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]), WordPieces(VOCABULARY))


def test_rows_keep_the_order_of_texts(tmp_path: Path) -> None:
    found = network(SMALL, tmp_path / "small.onnx")
    p = found.score(TEXTS)
    assert p.shape == (3, 28)
    assert np.all((p > 0) & (p < 1))
    assert len(np.unique(p, axis=0)) == 3
    np.testing.assert_array_equal(found.score(TEXTS[::-1])[::-1], p)


def test_padding_is_masked() -> None:
    # Before whole numbers, whose scales are those of a batch. Without the mask the gap is 1e-4.
    found = network(SMALL)
    np.testing.assert_allclose(found.score(TEXTS[:1])[0], found.score(TEXTS)[0], atol=1e-6)


def test_short_texts_are_the_same_in_every_run() -> None:
    messages = [message.text for message in own_messages()]
    texts = short_texts(messages, 3000)
    assert texts == short_texts(messages, 3000)
    assert texts[:100] == short_texts(messages, 100)
    assert texts != short_texts(messages, 3000, seed=1)
    assert len(set(texts)) == 3000
    assert {len(text.split()) for text in texts} == set(range(FEWEST, MOST + 1))


def test_too_few_messages_are_said() -> None:
    with pytest.raises(ValueError, match="give 1 different texts, not 2"):
        short_texts(["my parcel is late again", "thank you"], 2)
