"""A first mapping for somebody else's model: labels that are called as ours, and a few that everybody calls alike."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from heartline.emotion.label_map import FILE, labels_of, read_config
from heartline.emotion.labels import EMOTIONS, MOTIVATORS, SIGNALS
from heartline.errors import ModelError

_GUESSED_LENGTH = 256
_SENTIMENT = {
    "positive": 1.0, "pos": 1.0, "neutral": 0.0, "neu": 0.0, "negative": -1.0, "neg": -1.0,
    "very_positive": 1.0, "very_negative": -1.0,
    "5_stars": 1.0, "4_stars": 0.5, "3_stars": 0.0, "2_stars": -0.5, "1_star": -1.0,
}  # fmt: skip
_FOUND_BY_PLAIN_NAME = {
    **{label: f"motivator:{label}" for label in MOTIVATORS},
    **{label: f"signal:{label}" for label in SIGNALS},
    **{label: f"emotion:{label}" for label in EMOTIONS},  # "confusion" is a signal too; alone it means the feeling
}


def plain(label: str) -> str:
    """A label without what differs by habit only: case, blanks, dashes."""
    return re.sub(r"[\s_-]+", "_", label.strip().lower()).strip("_")


def guess(theirs: Sequence[str]) -> dict[str, tuple[str, str]]:
    """For each label of theirs (what it may mean, a remark where a person must look).

    "neutral" beside emotions is our emotion; beside "positive" and "negative" it is valence 0. "positive" is half as
    strong where "very positive" is there too. LABEL_0 and its kin say nothing and are left to the person.
    """
    names = {plain(label) for label in theirs}
    of_sentiment = bool(names & (set(_SENTIMENT) - {"neutral", "neu"}))
    graded = bool(names & {"very_positive", "very_negative"})
    found: dict[str, tuple[str, str]] = {}
    for label in theirs:
        name = plain(label)
        if of_sentiment and name in _SENTIMENT:
            value = _SENTIMENT[name] / (2.0 if graded and not name.startswith("very") else 1.0)
            found[label] = (f"valence:{value}", "")
        elif name in _FOUND_BY_PLAIN_NAME:
            remark = "CHECK: or signal:confusion" if name == "confusion" else ""
            found[label] = (_FOUND_BY_PLAIN_NAME[name], remark)
        elif re.fullmatch(r"label_\d+", name):
            found[label] = ("ignore", "CHECK: the name says nothing and cannot be guessed; the model's card tells")
        else:
            found[label] = ("ignore", "CHECK: no label of ours is called so")
    return found


def suggest(folder: Path) -> str:
    """Text of a first `heartline_model.toml` for the model in a folder.

    Every line that a person should look at ends with a remark CHECK. Raises ModelError where config.json cannot be
    read or its labels cannot be told.
    """
    config = read_config(folder)
    theirs = labels_of(config)
    problem = config.get("problem_type")
    sigmoid = problem == "multi_label_classification" or len(theirs) == 1
    told = problem in ("multi_label_classification", "single_label_classification")
    longest = config.get("max_position_embeddings")
    # Some families keep two positions for themselves, so that 514 means 512.
    length = min(_GUESSED_LENGTH, longest - 2) if isinstance(longest, int) and longest > 10 else _GUESSED_LENGTH
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-._")[:60] or "own-model"
    lines = [
        "# What this model's labels mean in Heartline. Look at every line that says CHECK.",
        '# Meanings: emotion:…, signal:…, motivator:…, valence:NUMBER (-1 bad to 1 good), ignore; several: ["…", "…"].',
        "",
        f"name = {_text(name)}",
        'languages = ["en"]  # CHECK: languages that the model reads; ["*"]: any, without a test',
        f"activation = {_text('sigmoid' if sigmoid else 'softmax')}"
        + ("" if told else "  # CHECK: config.json has no problem_type; sigmoid: labels may go together"),
        f"max_length = {length}  # pieces of a text that are read",
        "evidence_words = 32  # words tried for evidence, each a run of the model; 0: no evidence, faster",
        "",
        "[thresholds]  # probability from which a label is said",
        "default = 0.5",
        "",
        "[labels]  # theirs = ours",
    ]
    for label, (meaning, remark) in guess(theirs).items():
        lines.append(f"{_text(label)} = {_text(meaning)}" + (f"  # {remark}" if remark else ""))
    return "\n".join(lines) + "\n"


def write_suggestion(folder: Path, replace: bool = False) -> Path:
    """Write the first mapping into the model's folder; its path. ModelError where one is there, unless `replace`."""
    file = folder / FILE
    text = suggest(folder)
    if file.exists() and not replace:
        raise ModelError(f"{folder.name} has a {FILE}", "none yet", "edit it, or use --force to write it anew")
    file.write_text(text, encoding="utf-8")
    return file


def _text(value: str) -> str:
    """As TOML writes it: the escapes of JSON are TOML's too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
