"""What every model of feeling promises: texts in, probabilities out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Scores:
    """What a model says about n texts; row i belongs to text i.

    Nothing is missing as a number without its reason: look at `status` first.

    Attributes
    ----------
    status: (n,) str. ``scored``: at least one emotion or signal reached its threshold; or, of a model that gives
        valence by labels, the direction of valence did. ``abstained``: the text was read, no label is sure enough;
        probabilities hold, decided labels are empty and valence, arousal and intensity are NaN.
        ``unsupported_language``, ``empty``: not read; every number is NaN.
    p_emotion: (n, 28) float32 in 0..1, calibrated, order of `labels.EMOTIONS`; NaN where not read, and in the columns
        of labels that this model does not judge
    p_signal: (n, 17) float32 in 0..1, order of `labels.SIGNALS`; NaN in the same way
    valence: (n,) float32 in -1..1; NaN unless scored, or where this model does not judge it
    arousal: (n,) float32 in 0..1; NaN in the same way
    intensity: (n,) float32 in 0..1; NaN in the same way
    emotions: (n,) str, decided emotions by falling probability, joined by a space; empty unless scored;
        None where this model judges no emotion
    signals: (n,) str, decided signals in the same way; empty means none, None that this model judges no signal
    motivators: (n,) str, decided motivators in the same way
    main_emotion: (n,) str, one of `labels.MAIN_EMOTIONS`; empty unless scored; None where this model does not judge it
    about: (n,) str, one of `labels.ABOUT`; empty unless scored; None where this model does not judge it
    evidence: (n,) str, JSON list of ``{"kind", "label", "start", "end"}``: for each decided label (kind ``emotion``,
        ``signal`` or ``motivator``) the span of the given text (characters, end exclusive) that carries it most;
        neutral has none. ``[]`` where nothing was decided.
    """

    status: NDArray[np.str_]
    p_emotion: NDArray[np.float32]
    p_signal: NDArray[np.float32]
    valence: NDArray[np.float32]
    arousal: NDArray[np.float32]
    intensity: NDArray[np.float32]
    emotions: NDArray[np.object_]
    signals: NDArray[np.object_]
    motivators: NDArray[np.object_]
    main_emotion: NDArray[np.object_]
    about: NDArray[np.object_]
    evidence: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.status)


class EmotionModel(Protocol):
    """A model that reads how a text feels.

    The row of a text is the same, to the last bit, whatever other texts are scored with it and in which order.
    A model sees texts only, never a table or a customer, and neither keeps nor logs them.
    """

    @property
    def name(self) -> str:
        """Short name, such as ``default``."""

    @property
    def version(self) -> str:
        """Changes whenever any score may change; written beside every score."""

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the languages it reads; ``*`` alone means any."""

    def score(self, texts: Sequence[str | None]) -> Scores:
        """Scores of each text; None and texts that say nothing, not even a number, "?" or an emoji, are ``empty``."""
