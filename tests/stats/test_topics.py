"""Topics: planted ones come back, the same texts give the same topics, and too few are refused."""

from __future__ import annotations

import numpy as np
import pytest

from heartline.errors import StatisticsError
from heartline.stats.topics import topics

PLANTED = (
    ("parcel", "late", "driver", "tracking"), ("refund", "money", "invoice", "charged"),
    ("friendly", "staff", "advice", "smile"), ("app", "login", "crash", "update"),
)  # fmt: skip


def texts(rng, count=600):
    truth = rng.integers(0, len(PLANTED), count)
    noise = [f"n{at}" for at in range(30)]
    made = [
        [*rng.choice(PLANTED[of], 3, replace=False).tolist(), *rng.choice(noise, 2, replace=False).tolist()]
        for of in truth
    ]
    return truth, made, sorted({word for one in made for word in one})


def test_planted_topics_come_back():
    truth, made, vocabulary = texts(np.random.default_rng(2))
    found = topics(made, vocabulary, 4)
    of = [next(at for at, words in enumerate(PLANTED) if found.words[topic][0] in words) for topic in range(4)]
    assert sorted(of) == [0, 1, 2, 3]
    assert np.mean(np.array(of)[found.main] == truth) > 0.95
    again = topics(made, vocabulary, 4)
    assert again.words == found.words
    assert (again.main == found.main).all()


def test_texts_without_a_known_word_have_no_topic_and_few_texts_none():
    _, made, vocabulary = texts(np.random.default_rng(2))
    assert topics([*made, ["unheard"]], vocabulary, 4).main[-1] == -1
    with pytest.raises(StatisticsError):
        topics(made[:3], vocabulary, 4)


def test_factors_that_do_not_come_to_rest_are_told_of_without_a_warning(monkeypatch):
    _, made, vocabulary = texts(np.random.default_rng(2))
    assert topics(made, vocabulary, 4).settled
    monkeypatch.setattr("heartline.stats.topics._MOST_STEPS", 2)
    assert not topics(made, vocabulary, 4).settled  # a warning would be an error here
