"""Every choice of the training in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Choices, made on folds of the training data only. Costs are inverse ridge strengths.

    seed: folds, own messages and samples
    folds: folds for calibration and thresholds
    least_texts: features in fewer texts are not looked at
    emotion_features, signal_features: features kept for each of the two
    own_messages, own_weight: how many own messages, and what one counts against an annotated one
    rated_each: reviews taken of each rating and source, for valence
    quiet_texts, quiet_weight: GoEmotions texts taken as examples that say nothing about a service
    emotion_scale: scale of the emotions' log odds beside the unit-length features
    valence_emotion_weight: what a GoEmotions text counts in the fit of valence
    clip: quantile of a column's weights that becomes 127
    """

    seed: int = 20
    folds: int = 5
    least_texts: int = 3
    emotion_features: int = 24_000
    signal_features: int = 6_000
    emotion_cost: float = 15.0
    service_cost: float = 5.0
    valence_cost: float = 4.0
    own_messages: int = 4_000
    own_weight: float = 1.0
    rated_each: int = 600
    quiet_texts: int = 5_000
    quiet_weight: float = 0.2
    emotion_scale: float = 0.35
    valence_emotion_weight: float = 0.15
    clip: float = 0.9999
