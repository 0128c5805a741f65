"""What somebody else's labels mean: a wrong mapping says what is wrong, and only known names are guessed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.emotion.small_network import TICKETS, mapped, ticket_model

from heartline.emotion import load_model
from heartline.emotion.label_guess import guess
from heartline.emotion.label_map import read_label_map
from heartline.errors import ModelError


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    return ticket_model(tmp_path / "tickets")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('furious = "emotion:anger"\n', "", "no line for the model's furious"),
        ("[labels]", '[labels]\ncalm = "ignore"', "labels that the model does not have: calm"),
        ('"emotion:gratitude"', '"emotion:thankful"', "no label of ours"),
        ('"emotion:gratitude"', '"valence:2"', "no label of ours"),
        ('"emotion:gratitude"', "3", "no label of ours"),
        ('"signal:leaving" = 0.6', '"signal:revenge" = 0.6', "a threshold for signal:revenge"),
        ('"signal:leaving" = 0.6', "default = 60", "default = 60"),
        ("sigmoid", "tanh", "activation = 'tanh'"),
        ('["en"]', '["english"]', "languages = "),
        ("max_length = 16", "max_length = 2", "max_length = 2"),
        ("max_length = 16", "max_lenght = 16", "unknown key max_lenght"),
        ('name = "tickets"', "name = tickets", "not valid TOML"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(tickets: Path, old: str, new: str, said: str) -> None:
    assert old in TICKETS
    mapped(tickets, TICKETS.replace(old, new))
    with pytest.raises(ModelError, match=said) as caught:
        load_model(str(tickets))
    assert caught.value.expected
    assert "docs/how-to/bring-your-own-model.md" in caught.value.next_step


def test_only_motivators_or_nothing_is_refused(tickets: Path) -> None:
    labels = "\n".join(f'{name} = "ignore"' for name in ("furious", "annoyed", "grateful", "spam"))
    head = 'name = "x"\nlanguages = ["en"]\nactivation = "sigmoid"\n[labels]\n'
    with pytest.raises(ModelError, match="no label that means an emotion"):
        load_model(str(mapped(tickets, f'{head}{labels}\nquitting = "motivator:freedom"')))
    both = labels.replace('grateful = "ignore"', 'grateful = "emotion:gratitude"')
    scores = load_model(str(mapped(tickets, f'{head}{both}\nquitting = "motivator:freedom"'))).score(["thanks I quit"])
    assert scores.motivators[0] == "freedom"


@pytest.mark.parametrize(
    ("theirs", "meant"),
    [
        (("Anger", "joy", "neutral"), ["emotion:anger", "emotion:joy", "emotion:neutral"]),
        (("NEG", "NEU", "POS"), ["valence:-1.0", "valence:0.0", "valence:1.0"]),
        (
            ("Very Negative", "Negative", "Neutral", "Positive", "Very Positive"),
            ["valence:-1.0", "valence:-0.5", "valence:0.0", "valence:0.5", "valence:1.0"],
        ),
        (
            ("no empathy", "standing-out", "confusion"),
            ["signal:no_empathy", "motivator:standing_out", "emotion:confusion"],
        ),
        (("LABEL_0", "other"), ["ignore", "ignore"]),
    ],
)  # fmt: skip
def test_labels_are_guessed_by_name_only(theirs: tuple[str, ...], meant: list[str]) -> None:
    found = guess(theirs)
    assert [found[label][0] for label in theirs] == meant
    assert all(bool(remark) == (meaning == "ignore" or "confusion" in meaning) for meaning, remark in found.values())


def test_the_example_of_the_how_to_is_a_mapping(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "bring-your-own-model.md"
    example = re.search(r"```toml\n(name = .*?)```", page.read_text(encoding="utf-8"), re.S)
    assert example
    (tmp_path / "heartline_model.toml").write_text(example[1], encoding="utf-8")
    labels = read_label_map(tmp_path / "heartline_model.toml", ("furious", "annoyed", "happy", "cancellation", "spam"))
    assert labels.valence == ((0, -0.9), (1, -0.5), (2, 1.0))
    # furious 0.6, annoyed 0.3, happy 0.05: 0.05 of one text is claimed by none of them and counts as 0.
    ours = labels.ours((0.6, 0.3, 0.05, 0.5, 0.9))
    assert 2 * ours[-3] - 1 == pytest.approx(0.6 * -0.9 + 0.3 * -0.5 + 0.05, abs=1e-6)
    # Together more than one text: a mean.
    ours = labels.ours((0.9, 0.8, 0.3, 0.5, 0.9))
    assert 2 * ours[-3] - 1 == pytest.approx((0.9 * -0.9 + 0.8 * -0.5 + 0.3) / 2, abs=1e-6)
