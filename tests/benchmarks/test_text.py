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


def test_the_shape_has_the_parameters_of_roberta_base() -> None:
    # The classifier of 28 labels in wide use: 85,054,464 in layers, 39,000,576 before them, 612,124 after them.
    assert Shape().parameters() == 85_054_464 + 39_000_576 + 612_124
    assert sum(np.prod(size) for name, size in Shape().encoder() if name.startswith("encoder")) == 85_054_464


def test_a_graph_holds_the_parameters_of_its_shape() -> None:
    assert parameters_of(graph(SMALL)) == SMALL.parameters()


def test_padding_changes_a_text_little_and_order_nothing(tmp_path: Path) -> None:
    write(tmp_path / "small.onnx", SMALL)
    session = onnxruntime.InferenceSession(str(tmp_path / "small.onnx"), providers=["CPUExecutionProvider"])
    network = Batched(session, WordPieces(VOCABULARY))
    texts = ["late again", "thank you", "parcel late again thanks you " * 4]
    p = network.score(texts)
    assert p.shape == (3, 28)
    assert np.all((p > 0) & (p < 1))
    assert len(np.unique(p.round(6), axis=0)) == 3
    np.testing.assert_array_equal(network.score(texts[::-1])[::-1], p)
    # Scales of whole numbers are those of the batch, so it is near, not equal; unmasked padding moves it far more.
    alone = network.score(texts[:1])
    assert np.abs(alone - p[0]).max() < 0.002


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
