"""The shipped light model: its promises of form, and a few feelings that nobody would dispute."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from heartline.emotion import AFFECT, EMOTIONS, MAIN_EMOTIONS, SIGNALS, available, load_model
from heartline.emotion.hashed import COLUMNS, HashedModel
from heartline.emotion.labels import ABOUT, STATUSES
from heartline.emotion.load import MODELS, load_folder
from heartline.errors import ModelError
from heartline.tables import words as table_words

TEXTS = [
    "Thank you so much, you saved my evening!",
    "I am so angry, this is a disgrace",
    None,
    "",
    " \x00\n\t ",
    "ok",
    "😍😍😍",
    "!!!",
    "They lost my parcel\x00 and nobody answers the phone",
    "Je ne suis pas content et vous ne répondez jamais à mes messages",
    "Warum dauert das so lange? Ich habe nicht mehr viel Zeit und bin sauer.",
    "これはひどいサービスです",
    "İSTANBUL was lovely, thanks",
    "word " * 2000,
    "\ud800 broken surrogate, sorry",
    "never again",
    "How do I change my booking?",
    "loooooooooove it",
]


@pytest.fixture(scope="module")
def model() -> HashedModel:
    found = load_model("hashed")
    assert isinstance(found, HashedModel)
    return found


def _rows(model: HashedModel, texts: list[str | None]) -> list[tuple[object, ...]]:
    scores = model.score(texts)
    columns = [getattr(scores, f.name) for f in dataclasses.fields(scores)]
    return [
        tuple(c[i].tobytes() if isinstance(c[i], np.ndarray | np.floating) else str(c[i]) for c in columns)
        for i in range(len(texts))
    ]


def test_labels_are_those_of_the_tables() -> None:
    assert table_words.EMOTIONS == EMOTIONS
    assert table_words.SIGNALS == SIGNALS
    assert table_words.ABOUT == ABOUT
    assert table_words.MAIN_EMOTIONS == MAIN_EMOTIONS
    assert table_words.FEELING_STATUS == STATUSES
    assert set(AFFECT) == set(EMOTIONS)
    assert all(-1 <= v <= 1 and 0 <= a <= 1 for v, a in AFFECT.values())


def test_labels_follow_the_data_set(shared_data: Path) -> None:
    assert tuple((shared_data / "goemotions" / "emotions.txt").read_text().split()) == EMOTIONS


def test_a_row_is_the_same_in_any_company(model: HashedModel) -> None:
    together = _rows(model, TEXTS)
    assert [_rows(model, [t])[0] for t in TEXTS] == together
    order = list(range(len(TEXTS)))
    random.Random(3).shuffle(order)
    assert _rows(model, [TEXTS[i] for i in order]) == [together[i] for i in order]
    assert _rows(model, TEXTS * 3)[: len(TEXTS)] == together
    assert _rows(load_folder(MODELS / "hashed"), TEXTS) == together


def test_hashes_do_not_move() -> None:
    """CRC-32 start values and framing decide what the weights mean: computed once, kept for ever."""
    from heartline.emotion.words import pair_hash, word_hashes

    assert word_hashes("ok")[0] == 1623714822
    assert len(word_hashes("ok")) == 1 + 3 + 2 + 1
    assert pair_hash("a", "b") != pair_hash("b", "a")


def test_status_says_why_a_number_is_missing(model: HashedModel) -> None:
    scores = model.score(TEXTS)
    status = dict(zip([str(t) for t in TEXTS], scores.status, strict=True))
    assert status["None"] == status[""] == status[" \x00\n\t "] == "empty"
    assert [scores.status[i] for i in (9, 10, 11)] == ["unsupported_language"] * 3
    assert scores.status[6] in ("scored", "abstained")
    read = np.isin(scores.status, ["scored", "abstained"])
    assert (~np.isnan(scores.p_emotion)).all(axis=1).tolist() == read.tolist()
    assert (~np.isnan(scores.valence)).tolist() == (scores.status == "scored").tolist()
    assert ((scores.p_emotion[read] >= 0) & (scores.p_emotion[read] <= 1)).all()
    scored = scores.status == "scored"
    assert (np.abs(scores.valence[scored]) <= 1).all()
    assert ((scores.arousal[scored] >= 0) & (scores.arousal[scored] <= 1)).all()
    assert ((scores.intensity[scored] >= 0) & (scores.intensity[scored] <= 1)).all()
    assert all((a in ABOUT) == (s == "scored") for a, s in zip(scores.about, scores.status, strict=True))


def test_decided_labels_are_those_over_their_threshold(model: HashedModel) -> None:
    scores = model.score(TEXTS)
    for i in np.flatnonzero(scores.status == "scored"):
        p = scores.p_emotion[i].astype(float)
        names = scores.emotions[i].split()
        assert set(names) == {e for e, v, t in zip(EMOTIONS, p, model.emotion_thresholds, strict=True) if v >= t - 1e-7}
        assert [p[EMOTIONS.index(n)] for n in names] == sorted((p[EMOTIONS.index(n)] for n in names), reverse=True)


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("Thank you so much for your help!", "gratitude"),
        ("I love this so much", "love"),
        ("I am so angry right now", "anger"),
        ("This makes me really sad", "sadness"),
        ("Wow, I did not expect that at all, what a surprise", "surprise"),
        ("I'm sorry, that was my mistake", "remorse"),
        ("How does this work?", "curiosity"),
        ("lol that is hilarious", "amusement"),
        ("I am scared of flying", "fear"),
        ("Great job everyone, amazing work", "admiration"),
        ("I was really disappointed", "disappointment"),
        ("That is disgusting", "disgust"),
    ],
)
def test_plain_feelings(model: HashedModel, text: str, emotion: str) -> None:
    assert emotion in model.score([text]).emotions[0].split()


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("The supervisor was rude and shouted at me", "disrespect"),
        ("I have called six times and am still waiting", "effort"),
        ("That was my last order, never again", "leaving"),
        ("I highly recommend it to everybody", "recommending"),
        ("Could you tell me when it will arrive?", "request"),
        ("The clerk was so friendly and helpful, thank you", "respect"),
        ("I have loved this brand for years, my favourite", "attachment"),
        ("I will take you to court and tell the press", "revenge"),
    ],
)
def test_plain_signals(model: HashedModel, text: str, signal: str) -> None:
    assert signal in model.score([text]).signals[0].split()


def test_good_is_above_bad(model: HashedModel) -> None:
    good = model.score(["I love it, thank you", "Wonderful people, great service", "Best day ever, so happy"])
    bad = model.score(["I hate it, a disgrace", "Horrible people, terrible service", "Worst day ever, so sad"])
    assert good.valence.min() > 0.3
    assert bad.valence.max() < -0.3


def test_evidence_carries_its_label(model: HashedModel) -> None:
    """Blanking the span lowers the label's probability, and the span lies inside the text."""
    texts = [
        "The room was fine but thank you so much for the flowers on Friday.",
        "I asked at noon. Your agent was rude and shouted. The weather was nice.",
        "We flew home on Sunday and I will never fly with you again because of it.",
        "On the whole 😡 I hate this bag, it came on Tuesday in a box.",
    ]
    scores = model.score(texts)
    found = 0
    for i, text in enumerate(texts):
        spans = json.loads(scores.evidence[i])
        assert spans
        for span in spans:
            assert 0 <= span["start"] < span["end"] <= len(text)
            without = model.score([text[: span["start"]] + " " + text[span["end"] :]])
            values, names = ("p_emotion", EMOTIONS) if span["kind"] == "emotion" else ("p_signal", SIGNALS)
            j = names.index(span["label"])
            assert getattr(without, values)[0, j] < getattr(scores, values)[i, j]
            found += 1
    assert found >= 4
    assert any(texts[0][s["start"] : s["end"]].startswith("thank") for s in json.loads(scores.evidence[0]))


def test_a_long_text_is_read_at_both_ends_and_in_time(model: HashedModel) -> None:
    filler = "the box stood on the table " * 400
    ends = model.score([filler + " thank you so much, thank you", filler])
    j = EMOTIONS.index("gratitude")
    assert ends.p_emotion[0, j] > ends.p_emotion[1, j]


def test_unknown_and_damaged_models_say_what_to_do(tmp_path: Path) -> None:
    assert "hashed" in available()
    with pytest.raises(ModelError, match="no model is called 'oracle'"):
        load_model("oracle")
    for name in ("config.json", "weights.npz"):
        (tmp_path / name).write_bytes((MODELS / "hashed" / name).read_bytes())
    (tmp_path / "weights.npz").write_bytes((tmp_path / "weights.npz").read_bytes()[:-9])
    with pytest.raises(ModelError, match="not the file that"):
        load_folder(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["columns"] = list(reversed(COLUMNS))
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "weights.npz").write_bytes((MODELS / "hashed" / "weights.npz").read_bytes())
    with pytest.raises(ModelError, match="columns"):
        load_folder(tmp_path)


def test_small_and_light() -> None:
    """The wheel stays small; importing reads no weights, scoring needs neither scikit-learn nor an engine."""
    assert sum(p.stat().st_size for p in (MODELS / "hashed").iterdir()) < 2_500_000
    code = (
        "import sys, heartline.emotion as e; "
        "import heartline.emotion.load as l; "
        "assert 'heartline.emotion.train' not in sys.modules; "
        "e.load_model().score(['thank you']); "
        "bad = {'sklearn', 'torch', 'scipy', 'duckdb', 'pandas', 'pyarrow'} & set(sys.modules); "
        "assert not bad, bad"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_dev_macro_f1(model: HashedModel, shared_data: Path) -> None:
    """GoEmotions dev, thresholds from folds of train: the floor that a new model must not fall under."""
    truth, texts = [], []
    for line in (shared_data / "goemotions" / "dev.tsv").read_text(encoding="utf-8").strip("\n").split("\n"):
        text, labels, _ = line.split("\t")
        texts.append(text)
        truth.append(np.isin(np.arange(len(EMOTIONS)), [int(k) for k in labels.split(",")]))
    y = np.array(truth)
    decided = np.array([[e in joined.split() for e in EMOTIONS] for joined in model.score(texts).emotions])
    f1 = 2 * (y & decided).sum(0) / (y.sum(0) + decided.sum(0))
    assert f1.mean() >= 0.45
