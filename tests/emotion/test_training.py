"""The training of networks from end to end, on an encoder of 16 dimensions that is made here: nothing is fetched."""

from __future__ import annotations

import dataclasses
import string
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="training needs the extra train: pip install 'heartline[train]'")
pytest.importorskip("torch", reason="training needs the extra train: pip install 'heartline[train]'")
pytest.importorskip("transformers", reason="training needs the extra train: pip install 'heartline[train]'")
pytest.importorskip("onnx", reason="training needs the extra train: pip install 'heartline[train]'")

import torch
from transformers import BertConfig, BertModel

from heartline.emotion.head import COLUMNS, DECIDED, MAIN, SIGNAL, SUBJECT, Head
from heartline.emotion.load import load_folder, session
from heartline.emotion.network import NetworkModel
from heartline.emotion.train import pipeline, teacher
from heartline.emotion.train.checkpoints import Checkpoints
from heartline.emotion.train.finetune import ask, fit
from heartline.emotion.train.graph import encoder_graph
from heartline.emotion.train.messages import fold_of
from heartline.emotion.train.network import Network, averaged, loss_of, open_network, shortened
from heartline.emotion.train.network_save import Made, encoder_weights, entered, head_of, whole_words, write_network
from heartline.emotion.train.pool import Pool
from heartline.emotion.train.recipe import Fitting, StudentRecipe, TeacherRecipe
from heartline.emotion.train.rows import GOEMOTIONS, Rows
from heartline.emotion.train.student import cut, lessons, vocabulary
from heartline.emotion.wordpiece import WordPieces

WORDS = [
    "the", "was", "so", "rude", "thank", "you", "late", "again", "lovely", "kind", "refund",
    "my", "where", "is", "it", "good", "bad", "never", "back", "food", "bus",
]  # fmt: skip
QUICK = Fitting(epochs=4, rate=3e-3, head_rate=3e-2, pieces=120, most=8, half=False)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    letters = list(string.ascii_lowercase)
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{c}" for c in letters), *WORDS, ".", "!", "?"]
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    torch.manual_seed(1)
    shape = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=130,
        initializer_range=0.5,
    )
    BertModel(shape).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def texts() -> list[str]:
    draw = np.random.default_rng(5)
    return [" ".join(draw.choice(WORDS, draw.integers(2, 14))) + f" {k % 7}." for k in range(60)]


def _rows(texts: list[str], source: str) -> Rows:
    """Anger where somebody was rude, gratitude where thanks are given; one main emotion and subject each."""
    targets = np.zeros((len(texts), len(COLUMNS)), np.float32)
    rude = np.array(["rude" in text for text in texts], bool)
    targets[:, 2], targets[:, 15] = rude, ["thank" in text for text in texts]
    targets[:, SIGNAL.start + 2] = rude
    targets[:, MAIN.start + 11], targets[:, MAIN.start + 6] = rude, ~rude
    targets[:, SUBJECT.start], targets[:, SUBJECT.start + 5] = rude, ~rude
    targets[:, SUBJECT.stop :] = np.where(rude, 0.1, 0.7)[:, None]
    return Rows(texts, targets, np.ones_like(targets), [source] * len(texts))


def _fitted(encoder: Path, texts: list[str], seed: int, layers: tuple[int, ...] | None = None) -> Network:
    network = open_network(encoder, seed)
    network = shortened(network, layers) if layers else network
    rows = _rows(texts, "own:made")
    pieces = cut(WordPieces(vocabulary(encoder)), texts)
    fit(network, pieces, rows.targets, rows.weights, QUICK, seed, 0, lambda _: None)
    return network


@pytest.fixture(scope="module")
def network(encoder: Path, texts: list[str]) -> Network:
    return _fitted(encoder, texts, 3)


@pytest.fixture(scope="module")
def written(encoder: Path, texts: list[str], network: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models")
    return _written(encoder, texts, network, out)


def _written(encoder: Path, texts: list[str], network: Network, out: Path) -> Path:
    pieces = vocabulary(encoder)
    head = Head(*head_of(network), np.full(DECIDED.stop, 0.2, np.float32))
    made = Made("tiny", {"made": 60}, {"seed": 3})
    return write_network(network, head, pieces, cut(WordPieces(pieces), texts), made, out)


def _opened(folder: Path) -> NetworkModel:
    model = load_folder(folder, threads=2)
    assert isinstance(model, NetworkModel)
    return model


def test_the_same_seed_gives_the_same_weights(encoder: Path, texts: list[str], network: Network) -> None:
    again, other = _fitted(encoder, texts, 3), _fitted(encoder, texts, 4)
    same = [torch.equal(a, b) for a, b in zip(network.state_dict().values(), again.state_dict().values(), strict=True)]
    assert all(same)
    assert not torch.equal(network.head.weight, other.head.weight)


def test_words_are_frozen_and_the_rest_learns(encoder: Path, network: Network) -> None:
    before, after = encoder_weights(open_network(encoder, 3)), encoder_weights(network)
    same = {name for name in before if np.array_equal(before[name], after[name])}
    # A key's bias moves every score of attention alike, so it learns nothing.
    assert {name for name in same if "key.bias" not in name} == {"embeddings.word_embeddings.weight"}


def test_fitting_lowers_the_loss(encoder: Path, texts: list[str], network: Network) -> None:
    rows = _rows(texts, "own:made")
    pieces = cut(WordPieces(vocabulary(encoder)), texts)
    wanted, weights = torch.from_numpy(rows.targets), torch.from_numpy(rows.weights)
    losses = [
        float(loss_of(torch.from_numpy(ask(n, pieces, 0, half=False)), wanted, weights))
        for n in (open_network(encoder, 3), network)
    ]
    assert losses[1] < 0.8 * losses[0]


def test_unknown_cells_do_not_count() -> None:
    z = torch.zeros(1, len(COLUMNS))
    wanted, weights = torch.zeros_like(z), torch.zeros_like(z)
    assert float(loss_of(z, wanted, weights)) == 0.0
    weights[0, 0] = 2.0
    assert float(loss_of(z, wanted, weights)) == pytest.approx(2 * np.log(2))
    wanted[0, MAIN.start], weights[0, MAIN] = 1.0, 1.0
    assert float(loss_of(z, wanted, weights)) == pytest.approx(2 * np.log(2) + np.log(14))


def test_the_exported_encoder_says_what_torch_says(
    encoder: Path, texts: list[str], network: Network, written: Path, tmp_path: Path
) -> None:
    import onnx

    cutter = WordPieces(vocabulary(encoder))
    expected = np.vstack([ask(network, [p], 0, half=False) for p in cut(cutter, texts)])
    weights = encoder_weights(network)
    file = tmp_path / "float.onnx"
    onnx.save(encoder_graph(weights, range(2), 2), str(file))
    exact = session(file)
    for text, z in zip(cut(cutter, texts), expected, strict=True):
        adds = exact.run(["adds"], {"x": entered(weights, text), "head": head_of(network)[0]})[0]
        np.testing.assert_allclose(adds[0].mean(axis=0) + head_of(network)[1], z, atol=2e-4)
    model = _opened(written)
    whole = model.features(texts) @ model.head.weights + model.head.offsets
    assert np.corrcoef(whole.ravel(), expected.ravel())[0, 1] > 0.995
    assert np.abs(whole - expected).mean() < 0.05 * expected.std()


def test_a_network_with_relu_is_written_as_it_was_fitted(
    encoder: Path, texts: list[str], network: Network, tmp_path: Path
) -> None:
    changed = shortened(network, (0, 1), "relu")
    assert shortened(changed, (0,), "relu").encoder.config.hidden_act == "relu"
    pieces = cut(WordPieces(vocabulary(encoder)), texts)
    expected = np.vstack([ask(changed, [p], 0, half=False) for p in pieces])
    assert np.abs(expected - np.vstack([ask(network, [p], 0, half=False) for p in pieces])).max() > 1e-3
    model = _opened(_written(encoder, texts, changed, tmp_path))
    whole = model.features(texts) @ model.head.weights + model.head.offsets
    assert np.corrcoef(whole.ravel(), expected.ravel())[0, 1] > 0.995


def test_values_far_greater_than_the_others_do_not_drown_them(
    encoder: Path, texts: list[str], network: Network, tmp_path: Path
) -> None:
    uneven = averaged([network])
    with torch.no_grad():
        for layer in uneven.encoder.encoder.layer:
            layer.attention.output.LayerNorm.weight[3] *= 60.0
            layer.intermediate.dense.weight[:, 3] /= 60.0
    pieces = cut(WordPieces(vocabulary(encoder)), texts)
    expected = np.vstack([ask(uneven, [p], 0, half=False) for p in pieces])
    model = _opened(_written(encoder, texts, uneven, tmp_path))
    whole = model.features(texts) @ model.head.weights + model.head.offsets
    assert np.abs(whole - expected).mean() < 0.03 * expected.std()


def test_networks_are_averaged_and_left_as_they_are(encoder: Path) -> None:
    networks = [open_network(encoder, 3), open_network(encoder, 4)]
    before = networks[0].head.weight.clone()
    found = averaged(networks)
    assert torch.allclose(found.head.weight, (before + networks[1].head.weight) / 2)
    assert torch.equal(networks[0].head.weight, before)


def test_a_written_model_scores_a_text_alike_in_any_company(written: Path, texts: list[str]) -> None:
    model = _opened(written)
    together = model.score(texts)
    order = np.random.default_rng(2).permutation(len(texts))
    shuffled = model.score([texts[i] for i in order])
    alone = [model.score([text]) for text in texts[:7]]
    for field in dataclasses.fields(together):
        values = getattr(together, field.name)
        np.testing.assert_array_equal(getattr(shuffled, field.name), values[order])
        np.testing.assert_array_equal(np.concatenate([getattr(s, field.name) for s in alone]), values[:7])
    assert (together.status == "scored").any()


def test_the_same_network_gives_the_same_files(
    encoder: Path, texts: list[str], network: Network, written: Path, tmp_path: Path
) -> None:
    again = _written(encoder, texts, network, tmp_path)
    assert (again / "config.json").read_bytes() == (written / "config.json").read_bytes()


def test_each_size_has_words_of_its_own(encoder: Path, texts: list[str], network: Network, tmp_path: Path) -> None:
    pieces = cut(WordPieces(vocabulary(encoder)), texts)
    rows = _rows(texts, "own:made")
    before = network.encoder.embeddings.word_embeddings.weight.clone()
    small = shortened(network, (1,))
    fit(small, pieces, rows.targets, rows.weights, QUICK, 1, 0, lambda _: None)
    moved = (small.encoder.embeddings.word_embeddings.weight != before).any(1).detach().numpy()
    assert 5 < moved.sum() <= len({piece for text in pieces for piece in text})
    assert (network.encoder.embeddings.word_embeddings.weight == before).all()
    large = _opened(_written(encoder, texts, network, tmp_path / "large")).score(texts).p_emotion
    little = _opened(_written(encoder, texts, small, tmp_path / "little")).score(texts).p_emotion
    assert np.abs(large - little).max() > 0.01


def test_whole_words_are_within_half_a_step() -> None:
    vectors = np.random.default_rng(1).normal(size=(5, 8)).astype(np.float32)
    numbers, scales = whole_words(vectors)
    assert np.abs(numbers).max(axis=1).tolist() == [127] * 5
    assert (np.abs(numbers * scales[:, None] - vectors) <= scales[:, None] / 2 + 1e-6).all()


def test_a_kept_network_is_not_fitted_again(encoder: Path, tmp_path: Path) -> None:
    kept = Checkpoints(tmp_path, lambda _: None)
    fitted: list[int] = []

    def learn(network: Network) -> None:
        fitted.append(1)
        with torch.no_grad():
            network.head.bias += 1.0

    for key in ("a", "a", "b"):
        found = kept.network("one", key, lambda: open_network(encoder, 3), learn)
        assert float(found.head.bias.detach().mean()) == 1.0
    assert len(fitted) == 2


def test_lessons_mix_labels_and_answers() -> None:
    reddit, customers = _rows(["rude"], GOEMOTIONS), _rows(["thank you"], "own:made")
    customers.weights[:, SIGNAL] = 0.0
    pool = Pool(reddit, customers, ["nobody labelled this"], _rows([], "own:made"))
    answers = np.full((3, len(COLUMNS)), 0.5, np.float32)
    recipe = StudentRecipe("made", (0,), QUICK, reddit_labels=0.3, customer_labels=0.4, unlabelled=0.6)
    targets, weights = lessons(pool, answers, recipe)
    assert targets[0, 2] == pytest.approx(0.3 * 1 + 0.7 * 0.5)
    assert targets[0, SIGNAL.start + 2] == 0.5
    assert targets[1, 15] == pytest.approx(0.4 * 1 + 0.6 * 0.5)
    assert targets[1, SIGNAL.start] == 0.5
    assert weights[2, 0] == pytest.approx(0.6)
    assert (targets[2] == 0.5).all()


def test_a_text_that_comes_twice_is_in_one_fold() -> None:
    folds = fold_of(["a", "b", "c", "a"] * 20, 3)
    assert folds[0] == folds[3]
    assert set(fold_of([str(k) for k in range(100)], 3).tolist()) == {0, 1, 2}


def test_a_whole_course_ends_in_a_model_and_goes_on_where_it_was(
    encoder: Path, texts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Pool(
        _rows(texts[:24], GOEMOTIONS), _rows(texts[24:48], "own:made"), texts[48:54], _rows(texts[54:], "own:x")
    )
    monkeypatch.setattr(pipeline, "encoder_folder", lambda *_: encoder)
    monkeypatch.setattr(pipeline, "gathered", lambda *_: pool)
    monkeypatch.setattr(teacher, "evaluation_texts", lambda _: [])
    monkeypatch.setattr(teacher, "rated_rows", lambda *_: _rows(["it was good"], "rated"))
    started = TeacherRecipe("all-minilm-l6-v2", second=QUICK, first=QUICK, reddit_share=0.5)
    monkeypatch.setattr(pipeline, "TEACHERS", {"made": started})
    monkeypatch.setattr(pipeline, "STUDENTS", {"small": StudentRecipe("small", (1,), QUICK)})
    monkeypatch.setattr(pipeline, "TIMES", {"small": 2})
    versions = []
    for _ in range(2):
        said: list[str] = []
        course = pipeline.Course(tmp_path, tmp_path, tmp_path / "work", ("made",), said.append)
        model = _opened(course.write("small", tmp_path / "models", seed=2, folds=3, asked=2))
        versions.append(model.version)
    assert versions[0] == versions[1]
    assert [line for line in said if "fit" in line] == []
    assert "small-fold2: kept from before" in said
    assert len(model.score(["you was so rude to my bus"]).status) == 1
