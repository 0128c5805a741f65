"""The labels that a model of feeling gives out, and where the emotions lie on valence and arousal.

The order is a contract: arrays in `Scores`, columns of weights and columns of the table `feeling` all follow it.
Emotions are the 27 of GoEmotions and neutral (Demszky et al. 2020), in the order that the data set publishes.

Main emotions are the one strongest feeling of a customer towards a company, in fourteen classes that a company can
act on (frustration is not anger, worry is not fear). Motivators are slow needs, in the customer's own words: what he
or she seeks, gets or misses here; most texts show none.

Valence and arousal of each emotion are a choice of this project. They were set by hand on a grid of 0.05 so that
signs and order agree with what published affect norms report for the same English words (Warriner, Kuperman and
Brysbaert 2013; Russell's circumplex, 1980). No norm file is copied or shipped. Changing a number here changes
arousal and the fallback valence, so it needs a new model version.
"""

from __future__ import annotations

from typing import Final

EMOTIONS: Final = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
    "disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief",
    "joy", "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise",
    "neutral",
)  # fmt: skip
SIGNALS: Final = (
    "effort", "ease", "disrespect", "respect", "recognition", "unrecognised", "empathy", "no_empathy", "betrayal",
    "revenge", "leaving", "staying", "recommending", "attachment", "complaint", "request", "confusion",
)  # fmt: skip
MOTIVATORS: Final = (
    "security", "belonging", "freedom", "thrill", "success", "standing_out", "well_being", "confidence_in_future",
    "being_myself", "order", "doing_good",
)  # fmt: skip
MAIN_EMOTIONS: Final = (
    "delight", "gratitude", "trust", "relief", "anticipation", "amusement", "neutral", "confusion", "worry",
    "disappointment", "frustration", "anger", "contempt", "sadness",
)  # fmt: skip
ABOUT: Final = ("service", "product", "price", "process", "brand", "none")
STATUSES: Final = ("scored", "abstained", "unsupported_language", "empty")

# emotion: (valence in -1..1, arousal in 0..1)
AFFECT: Final[dict[str, tuple[float, float]]] = {
    "admiration": (0.75, 0.45),
    "amusement": (0.75, 0.55),
    "anger": (-0.85, 0.85),
    "annoyance": (-0.60, 0.60),
    "approval": (0.45, 0.30),
    "caring": (0.60, 0.35),
    "confusion": (-0.25, 0.45),
    "curiosity": (0.15, 0.45),
    "desire": (0.45, 0.60),
    "disappointment": (-0.65, 0.45),
    "disapproval": (-0.55, 0.50),
    "disgust": (-0.80, 0.65),
    "embarrassment": (-0.50, 0.50),
    "excitement": (0.80, 0.90),
    "fear": (-0.75, 0.80),
    "gratitude": (0.85, 0.45),
    "grief": (-0.90, 0.55),
    "joy": (0.90, 0.65),
    "love": (0.95, 0.60),
    "nervousness": (-0.50, 0.70),
    "optimism": (0.60, 0.45),
    "pride": (0.70, 0.55),
    "realization": (0.05, 0.35),
    "relief": (0.60, 0.25),
    "remorse": (-0.60, 0.40),
    "sadness": (-0.75, 0.35),
    "surprise": (0.15, 0.80),
    "neutral": (0.00, 0.10),
}
