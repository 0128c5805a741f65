"""Learning from corrections: the last layer is fitted again, and what it gained and lost is shown before it is used.

What it gained is measured on corrected texts that it has not learnt from (folds), what it lost on messages that nobody
corrected: the ones shipped for this (`emotion/check`), or a file of one's own. Both before and after. A fit that gains
nothing is not offered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline import corrections
from heartline.corrections import TrainingRow
from heartline.corrections.house import House, not_for_research
from heartline.emotion import ABOUT, MAIN_EMOTIONS, load_model
from heartline.emotion.decide import LABELS
from heartline.emotion.head import COLUMNS, DECIDED, MAIN, MOTIVATOR, SUBJECT, VALENCE, Head
from heartline.emotion.load import CHECK, available, write_corrected
from heartline.emotion.network import NetworkModel
from heartline.emotion.refit import LEAST, LEAST_CHANGES, Corrected, agreed, probabilities
from heartline.emotion.refit_choice import choose
from heartline.emotion.refit_figures import Change, LabelChange, gained, kept, labels_moved
from heartline.errors import CorrectionError, ModelError

F32 = NDArray[np.float32]

REHEARSED = 1000
"""Texts of the workspace that nobody corrected, read anew so that nothing is forgotten."""
_REHEARSAL = f"""
select v.text from verbatim v
where v.speaker = 'customer' and v.text <> '' and v.customer_id not in ({not_for_research()})
order by md5(v.interaction_id) nulls last, v.interaction_id nulls last limit $number
"""


@dataclass(frozen=True)
class Learnt:
    """A fitted head that nobody uses yet, and what is known of it.

    base: the model that was fitted on; rows: corrected texts; left_out: those too short or of another language
    otherwise: what people say otherwise than the base, and in how many texts, most first
    helps: whether it decides anything better on corrected texts that it has not learnt from
    strengths: how hard each kind of decision that changes is held back; where nothing helps, those of the best try
    gained: on those; kept: on check messages; labels: those whose F1 moved by 0.01 or more
    """

    base: str
    base_version: str
    rows: int
    left_out: int
    otherwise: tuple[tuple[str, int], ...]
    helps: bool
    strengths: Mapping[str, float]
    gained: tuple[Change, ...]
    kept: tuple[Change, ...]
    labels: tuple[LabelChange, ...]
    head: Head

    @property
    def forgets(self) -> tuple[str, ...]:
        """What got worse beyond chance on the check messages."""
        return tuple(one.what for one in self.kept if one.worse)

    def refusal(self) -> CorrectionError | None:
        """Why it is not to be used, and what would help; None where it may."""
        if not self.helps:
            enough = sum(count >= LEAST_CHANGES for _, count in self.otherwise)
            return CorrectionError(
                f"these corrections do not yet improve the model {Path(self.base).name}: on texts that it has not "
                "learnt from it decides no better than before",
                f"fewer wrong decisions; so far {self.rows:,} texts, and {enough} labels that at least {LEAST_CHANGES} "
                "of them see otherwise",
                "correct more texts of the kind that goes wrong most; until then your corrections count text by text",
            )
        if self.forgets:
            return CorrectionError(
                f"it forgets: {', '.join(self.forgets)} got worse beyond chance on the check messages",
                "a gain that costs nothing elsewhere",
                "correct more texts, also those that are right (--right); or take it all the same with --even-so",
            )
        return None


def learn(house: House, seed: int = 0, check: Path | None = None) -> Learnt:
    """Fit the head of the workspace's model to its corrections.

    Where that model learnt from corrections before, the fit starts from the model under it: nothing is learnt twice,
    and the figures compare with a model that has seen no corrected text.

    check: messages with labels as `heartline correct --export` writes them, instead of the shipped ones

    Raises ModelError where the model has no head of this kind, CorrectionError where fewer than 20 texts are
    corrected.
    """
    name = _base(house.settings.text("emotion_model"))
    model = load_model(name)
    if not isinstance(model, NetworkModel):
        raise ModelError(
            f"the model {model.name} cannot learn from corrections",
            "default or bulk, or a model made from them",
            "set emotion_model = 'default', or keep the corrections: they count at every run as they are",
        )
    rows = corrections.rows(house)
    features = model.features([row.text for row in rows]) if rows else np.empty((0, 0), np.float32)
    read = _read(features)
    if int(read.sum()) < LEAST:
        raise CorrectionError(
            f"{int(read.sum())} corrected texts can be learnt from",
            f"at least {LEAST}",
            "correct or confirm more: `heartline correct --draw 20` names texts to look at",
        )
    corrected = targets([row for row, fine in zip(rows, read, strict=True) if fine], features[read])
    rehearsed = _rehearsed(house, model, {row.text for row in rows})
    known = check_rows(check or CHECK)
    checked = model.features([row.text for row in known])
    fine = _read(checked)
    if not fine.any():
        raise CorrectionError(
            "no check message can be read", "messages with English words", "name another file, or leave --check out"
        )
    measured = targets([row for row, one in zip(known, fine, strict=True) if one], checked[fine])
    choice = choose(model.head, corrected, rehearsed, measured, seed)
    before, after = (probabilities(h, measured.features) for h in (model.head, choice.head))
    thresholds = model.head.thresholds
    return Learnt(
        base=name,
        base_version=model.version,
        rows=len(corrected.features),
        left_out=len(rows) - len(corrected.features),
        otherwise=_otherwise(choice.before, thresholds, corrected),
        helps=choice.helps,
        strengths=choice.strengths,
        gained=gained(choice.before, choice.after, thresholds, corrected, seed),
        kept=kept(before, after, thresholds, measured, seed),
        labels=labels_moved(before, after, thresholds, measured),
        head=choice.head,
    )


def accept(learnt: Learnt, folder: Path, even_so: bool = False) -> str:
    """Write the head beside the workspace's other files; gives the path that `emotion_model` takes.

    Raises CorrectionError, and writes nothing, where it does not help, or where it forgets and not ``even_so``.
    """
    refusal = learnt.refusal()
    if refusal and not (learnt.helps and even_so):
        raise refusal
    digest = hashlib.sha256(learnt.head.weights.tobytes() + learnt.head.offsets.tobytes()).hexdigest()[:10]
    target = folder / "models" / f"corrected-{digest}"
    write_corrected(target, learnt.base, learnt.base_version, learnt.head, learnt.rows)
    return str(target.resolve())


def check_rows(file: Path) -> list[TrainingRow]:
    """Messages with labels, one JSON object a line. CorrectionError names a line that is none."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            told = json.loads(line)
            for key in ("emotions", "signals", "motivators", "removed"):
                told[key] = None if told.get(key) is None else tuple(told[key])
            told["removed"] = told["removed"] or ()
            found.append(TrainingRow(**{**_UNTOLD, **told}))
        except (ValueError, TypeError) as error:
            raise CorrectionError(
                f"{file.name}, line {number} is no message with labels ({type(error).__name__})",
                "a line as `heartline correct --export` writes it",
                "correct the line",
            ) from error
    return found


_UNTOLD = dict.fromkeys(("interaction_id", "channel", "language", "main_emotion", "about", "valence"), None) | {
    "model_version": ""
}


def targets(rows: Sequence[TrainingRow], features: F32) -> Corrected:
    """Labels of people as numbers in the order of the head's columns, which a person judged, and which they saw."""
    wanted = np.zeros((len(rows), len(COLUMNS)), dtype=np.float32)
    known = np.zeros(wanted.shape, dtype=bool)
    seen = np.zeros(wanted.shape, dtype=bool)
    place = {label: j for j, label in enumerate(LABELS)}
    for i, row in enumerate(rows):
        known[i, DECIDED] = True
        known[i, MOTIVATOR] = row.motivators is not None
        for kind, labels in (("emotion", row.emotions), ("signal", row.signals), ("motivator", row.motivators or ())):
            for label in labels:
                wanted[i, place[kind, label]] = 1
        for removed in row.removed:
            kind, _, label = removed.partition(":")
            seen[i, place[kind, label]] = True
        for group, told, names in ((MAIN, row.main_emotion, MAIN_EMOTIONS), (SUBJECT, row.about, ABOUT)):
            if told:
                known[i, group] = True
                wanted[i, group.start + names.index(told)] = 1
        if row.valence is not None:
            known[i, VALENCE] = True
            wanted[i, VALENCE] = (row.valence + 1) / 2
    seen[:, DECIDED] |= wanted[:, DECIDED] > 0.5
    seen[:, DECIDED.stop :] = known[:, DECIDED.stop :]
    return Corrected(features, wanted, known, seen)


def _base(name: str) -> str:
    """The model under one that learnt from corrections; any other stays."""
    file = Path(name).expanduser() / "config.json"
    if name in available() or not file.is_file():
        return name
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return _base(str(told["base"])) if told["kind"] == "corrected" else name
    except (ValueError, KeyError, TypeError):
        return name  # what is wrong with it, opening it says


def _rehearsed(house: House, model: NetworkModel, but: set[str]) -> F32:
    """(R, H) features of texts of the workspace, without those whose words were corrected."""
    found = house.query(_REHEARSAL, {"number": REHEARSED + len(but)}).column(0).to_pylist()
    features = model.features([text for text in found if text not in but][:REHEARSED])
    return features[_read(features)]


def _otherwise(p: F32, thresholds: F32, corrected: Corrected) -> tuple[tuple[str, int], ...]:
    differs = (~agreed(p, thresholds, corrected) & corrected.seen).sum(axis=0)
    named = [(f"{kind}:{label}", int(differs[j])) for j, (kind, label) in enumerate(LABELS)]
    named += [("main emotion", int(differs[MAIN.start])), ("about", int(differs[SUBJECT.start]))]
    named += [("valence", int(differs[VALENCE]))]
    return tuple(sorted((one for one in named if one[1]), key=lambda one: -one[1]))


def _read(features: F32) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(features).any(axis=1), dtype=np.bool_)
