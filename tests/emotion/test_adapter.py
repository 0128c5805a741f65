"""Somebody else's model: a network of known sums, so that every figure can be worked out by hand."""

from __future__ import annotations

import json
import math
import os
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from click.testing import CliRunner
from tests.emotion.small_network import SENTIMENT, TICKETS, build, mapped, ticket_model
from tests.engines.compare import OnBoth

from heartline.analysis.base import Context
from heartline.analysis.text_emotion import ANALYSIS, score_batch
from heartline.cli import heartline
from heartline.emotion import EMOTIONS, SIGNALS, load_model
from heartline.emotion.adapter import BroughtModel
from heartline.emotion.label_guess import suggest
from heartline.errors import ModelError
from heartline.score import score_file
from heartline.tables import table

onnx = pytest.importorskip("onnx")
tokenizers = pytest.importorskip("tokenizers")


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    return ticket_model(tmp_path / "tickets")


@pytest.fixture
def sentiment(tmp_path: Path) -> Path:
    """One of three; good: 1/10, 1/10, 8/10; bad: 3/5, 1/5, 1/5."""
    weights = {"good": {"positive": math.log(8.0)}, "bad": {"negative": math.log(3.0)}}
    return mapped(build(tmp_path / "sentiment", ("negative", "neutral", "positive"), weights), SENTIMENT)


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def test_sigmoid_labels_by_hand(tickets: Path) -> None:
    model = load_model(str(tickets))
    assert (model.name, model.languages) == ("tickets", ("en",))
    scores = model.score(["I am angry", "the blue box", "thanks, but I quit", "und nicht", "  ", None])
    assert scores.status.tolist() == [
        "scored", "abstained", "scored", "unsupported_language", "empty", "empty",
    ]  # fmt: skip
    anger, gratitude, leaving = EMOTIONS.index("anger"), EMOTIONS.index("gratitude"), SIGNALS.index("leaving")
    # furious 2, annoyed 1: anger is the larger of the two, not one or the other as if they had nothing in common.
    assert scores.p_emotion[0, anger] == pytest.approx(sigmoid(2.0), abs=1e-6)
    assert scores.p_emotion[0, gratitude] == pytest.approx(sigmoid(-2.0), abs=1e-6)
    # sigmoid(2) + sigmoid(-2) = 1: nothing is left over for neutral.
    assert scores.valence[0] == pytest.approx(-0.85 * sigmoid(2.0) + 0.85 * sigmoid(-2.0), abs=1e-6)
    assert scores.arousal[0] == pytest.approx(0.85 * sigmoid(2.0) + 0.45 * sigmoid(-2.0), abs=1e-6)
    # log 1.4 gives 1.4 / 2.4 = 0.583, under the 0.6 of leaving and over the 0.5 of all others.
    assert scores.p_signal[2, leaving] == pytest.approx(1.4 / 2.4, abs=1e-6)
    assert scores.emotions.tolist() == ["anger", "", "gratitude", "", "", ""]
    assert scores.signals.tolist() == [""] * 6
    assert np.isnan(scores.valence[[1, 3, 4, 5]]).all()
    assert np.isnan(scores.intensity).all()
    assert np.isnan(scores.p_emotion[0, EMOTIONS.index("joy")])
    assert np.isnan(scores.p_signal[0, SIGNALS.index("complaint")])
    assert np.isnan(scores.p_emotion[3:]).all()
    assert {*scores.motivators, *scores.main_emotion, *scores.about} == {None}


def test_what_no_label_claims_is_neutral(tickets: Path) -> None:
    thresholds = TICKETS.replace('"signal:leaving" = 0.6', '"signal:leaving" = 0.5')
    scores = load_model(str(mapped(tickets, thresholds))).score(["I quit"])
    w = sigmoid(-2.0)
    assert scores.signals[0] == "leaving"
    assert scores.valence[0] == pytest.approx(-0.85 * w + 0.85 * w, abs=1e-6)
    assert scores.arousal[0] == pytest.approx(0.85 * w + 0.45 * w + 0.1 * (1 - 2 * w), abs=1e-6)


def test_softmax_sentiment_by_hand(sentiment: Path) -> None:
    scores = load_model(str(sentiment)).score(["a good one", "a bad one", "a box"])
    assert scores.status.tolist() == ["scored", "scored", "abstained"]
    assert scores.valence[:2] == pytest.approx([0.7, -0.4], abs=1e-6)
    assert np.isnan(scores.valence[2])
    assert np.isnan(scores.p_emotion).all()
    assert np.isnan(scores.arousal).all()
    assert {*scores.emotions, *scores.signals} == {None}, "not judged, which is not the same as none"


def test_softmax_labels_of_one_meaning_add_up(tmp_path: Path) -> None:
    stars = tuple(f"{n} star{'s' * (n > 1)}" for n in range(1, 6))
    weights = {"bad": {"1 star": math.log(3.0), "2 stars": math.log(2.0)}}
    folder = build(tmp_path / "stars", stars, weights, problem="single_label_classification")
    (folder / "heartline_model.toml").write_text(suggest(folder))
    scores = load_model(str(folder)).score(["bad"])
    # 3, 2, 1, 1, 1 of 8; no star reaches a half, the bad side does.
    assert scores.status.tolist() == ["scored"]
    assert scores.valence[0] == pytest.approx((-3 - 1 + 0 + 0.5 + 1) / 8, abs=1e-6)
    text = suggest(folder).replace('"valence:-1.0"', '["valence:-1.0", "signal:complaint"]')
    mapped(folder, text.replace('"valence:-0.5"', '["valence:-0.5", "signal:complaint"]'))
    complaint = load_model(str(folder)).score(["bad"])
    assert complaint.p_signal[0, SIGNALS.index("complaint")] == pytest.approx(5 / 8, abs=1e-6)
    assert complaint.signals[0] == "complaint"


def test_an_opset_that_is_too_new_is_told(sentiment: Path) -> None:
    file = next(sentiment.rglob("*.onnx"))
    network = onnx.load(file)
    network.opset_import[0].version = 99
    onnx.save(network, file)
    with pytest.raises(ModelError, match="opset not newer than onnxruntime"):
        load_model(str(sentiment))


def test_signs_that_say_nothing_are_not_read(sentiment: Path) -> None:
    assert load_model(str(sentiment)).score(["-", "...", "/", "bad"]).status.tolist() == ["empty"] * 3 + ["scored"]


def test_a_text_does_not_depend_on_its_neighbours(tickets: Path) -> None:
    model = load_model(str(tickets))
    texts = ["angry", "thanks thanks", "I am so very angry and I quit now", "", "quit", None, "the box " * 30] * 60
    together = model.score(texts)
    for order in (list(range(len(texts)))[::-1], [2], [0, 6]):
        part = model.score([texts[i] for i in order])
        for name in ("p_emotion", "p_signal", "valence", "arousal", "emotions", "status", "evidence"):
            assert np.array_equal(
                getattr(part, name), getattr(together, name)[order], equal_nan=name[0] in "pva"
            ), name  # fmt: skip


def test_evidence_is_the_word_that_carries_the_label(tickets: Path) -> None:
    model = load_model(str(tickets))
    assert isinstance(model, BroughtModel)
    text = "Well, Angry is what the box made me, thanks"
    spans = json.loads(model.score([text]).evidence[0])
    assert {(s["kind"], s["label"], text[s["start"] : s["end"]]) for s in spans} == {
        ("emotion", "anger", "Angry"),
        ("emotion", "gratitude", "thanks"),
    }
    assert model.score([text], evidence=False).evidence[0] == "[]"
    assert load_model(str(mapped(tickets, "evidence_words = 0\n" + TICKETS))).score([text]).evidence[0] == "[]"
    few = load_model(str(mapped(tickets, "evidence_words = 3\n" + TICKETS))).score([text]).evidence[0]
    assert [s["label"] for s in json.loads(few)] == ["anger"], "only the first three words are tried"


def test_long_texts_are_read_to_max_length(tickets: Path) -> None:
    model = load_model(str(tickets))  # 16 pieces, two of them marks
    scores = model.score(["box " * 13 + "angry", "box " * 14 + "angry", "angry " + "box " * 13 + "angry " * 50])
    assert scores.status.tolist() == ["scored", "abstained", "scored"]
    assert scores.p_emotion[2, EMOTIONS.index("anger")] == pytest.approx(sigmoid(2.0), abs=1e-6)
    assert [(s["start"], s["end"]) for s in json.loads(scores.evidence[2])] == [(0, 5)], "the unread do not move in"


def test_neutral_has_no_evidence_and_the_tokenizers_own_filling_is_not_read(tmp_path: Path) -> None:
    folder = build(tmp_path / "two", ("joy", "neutral"), {"good": {"joy": 4.0}, "bad": {"neutral": 4.0}}, -2.0)
    mapped(folder, suggest(folder).replace("softmax", "sigmoid"))
    cutter = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    cutter.enable_padding(length=12)
    cutter.save(str(folder / "tokenizer.json"))
    scores = load_model(str(folder)).score(["so bad", "good and bad"])
    assert scores.emotions.tolist() == ["neutral", "joy neutral"]
    assert [[s["label"] for s in json.loads(spans)] for spans in scores.evidence] == [[], ["joy"]]
    # valence over emotions: joy 0.9, neutral 0; two labels at sigmoid(2) weigh more than one text.
    assert scores.valence[1] == pytest.approx(0.9 / 2, abs=1e-6)


def test_a_word_that_is_read_by_half_is_shown_whole(tickets: Path) -> None:
    cutter = tokenizers.Tokenizer.from_file(str(tickets / "tokenizer.json"))
    pre = tokenizers.pre_tokenizers
    cutter.pre_tokenizer = pre.Sequence([pre.Whitespace(), pre.Split("angry", "isolated")])
    cutter.save(str(tickets / "tokenizer.json"))
    text = "x x x x x angryquit thanks"  # eight pieces are read: two marks, five x, angry
    scores = load_model(str(mapped(tickets, TICKETS.replace("max_length = 16", "max_length = 8")))).score([text])
    assert scores.emotions[0] == "anger"
    assert [text[s["start"] : s["end"]] for s in json.loads(scores.evidence[0])] == ["angryquit"]


def test_a_text_of_one_word_without_marks_has_evidence(tickets: Path) -> None:
    config = json.loads((tickets / "tokenizer.json").read_text())
    (tickets / "tokenizer.json").write_text(json.dumps(config | {"post_processor": None}))
    scores = load_model(str(tickets)).score(["angry"])
    assert [(s["start"], s["end"]) for s in json.loads(scores.evidence[0])] == [(0, 5)]


def test_any_language_and_odd_characters(tickets: Path) -> None:
    model = load_model(str(mapped(tickets, TICKETS.replace('["en"]', '["*"]'))))
    assert model.score(["und nicht angry", "怒 angry", "angry \ud83d"]).status.tolist() == ["scored"] * 3
    batch = pa.record_batch(
        {
            "interaction_id": ["1", "2"],
            "customer_id": ["c", "c"],
            "occurred_at": pa.array([0, 0], pa.timestamp("us")),
            "language": ["de", "tlh"],
            "text": ["angry", "thanks"],
        }
    )
    rows = score_batch(batch, str(tickets)).to_pylist()
    assert [row["status"] for row in rows] == ["scored", "scored"]
    assert [row["emotions"] for row in rows] == ["anger", "gratitude"]
    assert (rows[0]["about"], rows[0]["main_emotion"], rows[0]["p_joy"], rows[0]["intensity"]) == (None,) * 4


def test_both_engines_open_the_folder_and_agree(tickets: Path, on_both: OnBoth) -> None:
    texts = {"1": "I am angry", "2": "thanks a lot", "3": "und nicht", "4": "the box", "5": "angry thanks"}
    columns = ["interaction_id", "customer_id", "occurred_at", "speaker", "language", "text"]
    schema = table("verbatim").arrow_schema(columns)
    rows = [(i, "c", datetime(2026, 3, 1), "customer", None, text) for i, text in texts.items()]
    given = pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], schema=schema)
    context = Context(datetime(2026, 4, 1), {"emotion_model": str(tickets)})
    found = on_both(ANALYSIS, context, {"verbatim": given}, relative=0.0)["feeling"].to_pylist()
    assert {row["interaction_id"]: row["emotions"] for row in found} == {
        "1": "anger", "2": "gratitude", "3": None, "4": None, "5": "anger gratitude",
    }  # fmt: skip
    assert {row["model_version"] for row in found} == {load_model(str(tickets)).version}


def test_graphs_of_a_fixed_shape(tmp_path: Path) -> None:
    weights = {"angry": {"furious": 4.0}}
    one = build(tmp_path / "one", ("furious",), weights, -2.0, shape=(1, 12), where="onnx/model.onnx")
    text = (
        'name = "one"\nlanguages = ["en"]\nactivation = "sigmoid"\nmax_length = 12\n[labels]\nfurious = "emotion:anger"'
    )
    scores = load_model(str(mapped(one, text))).score(["angry", "so angry I am"])
    assert scores.p_emotion[:, EMOTIONS.index("anger")] == pytest.approx([sigmoid(2.0)] * 2, abs=1e-6)
    assert scores.evidence.tolist() == ["[]", "[]"]
    with pytest.raises(ModelError, match="takes 12 pieces, max_length is 13"):
        load_model(str(mapped(one, text.replace("12", "13"))))
    no_mask = build(tmp_path / "no_mask", ("furious",), weights, -2.0, inputs=("input_ids",))
    assert load_model(str(mapped(no_mask, text))).score(["so angry"]).evidence[0] == "[]"
    pairs = build(tmp_path / "pairs", ("furious",), weights, -2.0, shape=(2, "pieces"))
    with pytest.raises(ModelError, match="of 2 texts at once"):
        load_model(str(mapped(pairs, text)))
    strange = build(tmp_path / "strange", ("furious",), weights, inputs=("input_ids", "pixels"))
    with pytest.raises(ModelError, match="wants an input pixels"):
        load_model(str(mapped(strange, text)))


def test_the_version_changes_with_every_file(tickets: Path) -> None:
    seen = [load_model(str(tickets)).version]
    assert seen[0].startswith("tickets-")
    assert load_model(str(tickets)).version == seen[0]
    for name in ("tokenizer.json", "config.json", "heartline_model.toml"):
        with (tickets / name).open("a") as file:
            file.write("\n")
        seen.append(load_model(str(tickets)).version)
    config = tickets / "config.json"
    config.write_text(config.read_text()[:-1] + " ")  # of the same size
    os.utime(config, ns=(1, 1))
    seen.append(load_model(str(tickets)).version)
    kept_beside = tickets / "model.onnx_data"
    kept_beside.write_bytes(b"weights")
    seen.append(load_model(str(tickets)).version)
    network = tickets / "model.onnx"
    proto = onnx.load(str(network))
    proto.doc_string = "other"
    onnx.save(proto, str(network))
    os.utime(network, ns=(0, 0))
    seen.append(load_model(str(tickets)).version)
    assert len(set(seen)) == 7


def test_missing_and_damaged_files_say_what_to_do(tickets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(match: str) -> str:
        with pytest.raises(ModelError, match=match) as caught:
            load_model(str(tickets))
        assert caught.value.expected
        return caught.value.next_step

    monkeypatch.setitem(sys.modules, "tokenizers", None)
    assert "heartline[models]" in said("tokenizers is not installed")
    monkeypatch.undo()
    whole = {p.name: p.read_bytes() for p in tickets.iterdir()}
    for name, content, match in (
        ("tokenizer.json", b"{", "tokenizer.json in tickets cannot be read"),
        ("model.onnx", b"no network", "model.onnx is no network"),
        ("config.json", b"{", "config.json in tickets cannot be read"),
        ("config.json", b'{"id2label": {"0": "a", "2": "b"}}', "does not number the labels"),
        ("config.json", b'{"id2label": {"0": "a", "1": "a"}}', "names a twice"),
        ("config.json", b'{"problem_type": "regression"}', "regression"),
        ("config.json", b'{"architectures": []}', "does not have: furious"),
    ):
        (tickets / name).write_bytes(content)
        assert "bring-your-own" in said(match) or match == "regression"
        (tickets / name).write_bytes(whole[name])
    (tickets / "tokenizer.json").unlink()
    said("has no tokenizer.json")
    (tickets / "heartline_model.toml").unlink()
    assert said("has no heartline_model.toml") == f"heartline model map {tickets}"
    (tickets / "model.onnx").unlink()
    said("has no ONNX file")


def test_a_network_that_does_not_fit_or_fails(tmp_path: Path, tickets: Path) -> None:
    labels = ("negative", "neutral", "positive")
    with pytest.raises(ModelError, match=r"shape \(1, 2\).*one number for each label"):
        load_model(str(mapped(build(tmp_path / "two", labels, {}, outputs=2), SENTIMENT)))
    model = load_model(str(tickets))
    with pytest.raises(ModelError, match="not finite") as caught:
        model.score(["angry at Mr Smith nan"])
    assert "Smith" not in str(caught.value)


def test_map_and_check_on_the_command_line(tmp_path: Path) -> None:
    def call(*arguments: object):
        return CliRunner().invoke(heartline, ["model", *map(str, arguments)])

    weights = {"good": {"positive": math.log(8.0)}}
    folder = build(tmp_path / 'my "own" one', ("negative", "neutral", "positive"), weights)
    done = call("map", folder)
    assert done.exit_code == 0, done.output
    assert 'look at: activation = "softmax"' in done.output
    assert 'name = "my-own-one"' in (folder / "heartline_model.toml").read_text()
    again = call("map", folder)
    assert isinstance(again.exception, ModelError)
    assert "--force" in again.exception.next_step
    assert call("map", folder, "--force").exit_code == 0
    rows = json.loads(call("check", folder, "--json", "--text", "good", "--text", "a box").output)["texts"]
    assert [(row["status"], row["valence"]) for row in rows] == [("scored", 0.7), ("abstained", None)]
    assert rows[0]["theirs"]["positive"] == pytest.approx(0.8, abs=1e-4)
    assert "positive 0.33" in call("check", folder).output
    (folder / "config.json").write_text('{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}')
    assert call("map", folder, "--force").output.count("cannot be guessed") == 2
    assert isinstance(call("check", folder).exception, ModelError)
    assert isinstance(
        call("check", Path(load_model.__code__.co_filename).parent / "models" / "bulk").exception, ModelError
    )


def test_score_of_a_file(sentiment: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,words\n1,good\n2,box\n")
    report = score_file(tmp_path / "in.csv", "words", tmp_path / "out.csv", str(sentiment))
    assert report.model_version.startswith("sentiment-")
    rows = pa_csv.read_csv(tmp_path / "out.csv").to_pylist()
    assert [(row["status"], row["valence"], row["p_joy"]) for row in rows] == [
        ("scored", pytest.approx(0.7, abs=1e-6), None),
        ("abstained", None, None),
    ]
