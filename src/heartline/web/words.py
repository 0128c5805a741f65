"""How stored words are written for people, and which of them are good or bad news."""

from __future__ import annotations

from heartline.web.figures import plain

SEGMENT_NAMES = {
    "dissenter": "Dissenters", "defector": "Defectors", "at_risk": "Satisfied, at risk",
    "indifferent": "Satisfied, indifferent", "content": "Satisfied, content", "advocate": "Advocates",
    "super_advocate": "Super-advocates", "new": "Not known before", "all": "All customers",
}  # fmt: skip

SEGMENT_ONE = {
    "dissenter": "dissenter", "defector": "defector", "at_risk": "satisfied, at risk",
    "indifferent": "satisfied, indifferent", "content": "satisfied, content", "advocate": "advocate",
    "super_advocate": "super-advocate",
}  # fmt: skip

RISKS = {
    "leaving": "Leaving", "silent_leaving": "Leaving without complaint", "betrayal": "Feeling betrayed",
    "revenge": "Attacking the company",
}  # fmt: skip

MOVE_NAMES = {
    "complaint": "Complaining", "silent_leaving": "Leaving in silence", "repeat_purchase": "Buying again",
    "referral": "Referring somebody", "feeling_bad": "Next contact feels bad",
    "feeling_neutral": "Next contact feels neutral", "feeling_good": "Next contact feels good",
}  # fmt: skip

FELT_FROM = {
    "words": "read from words", "rating": "read from the rating", "behaviour": "inferred from behaviour",
    "none": "not known",
}  # fmt: skip

STATUS = {
    "abstained": "The model was not sure enough to name a feeling.",
    "unsupported_language": "Written in a language that this model cannot read.",
    "empty": "No words to read.",
}  # fmt: skip

_GOOD = frozenset({
    "admiration", "amusement", "approval", "caring", "desire", "excitement", "gratitude", "joy", "love",
    "optimism", "pride", "relief", "ease", "respect", "recognition", "empathy", "staying", "recommending",
    "attachment",
})  # fmt: skip
_BAD = frozenset({
    "anger", "annoyance", "disappointment", "disapproval", "disgust", "embarrassment", "fear", "grief",
    "nervousness", "remorse", "sadness", "effort", "disrespect", "unrecognised", "no_empathy", "betrayal",
    "revenge", "leaving", "complaint",
})  # fmt: skip

_COVERAGE = {
    ("visits", "words"): "visits read from words", ("visits", "rating"): "visits read from a rating",
    ("visits", "behaviour"): "visits inferred from behaviour", ("visits", "none"): "visits of which nothing is known",
    ("texts", "scored"): "texts with a feeling read", ("texts", "abstained"): "texts the model is unsure of",
    ("texts", "unsupported_language"): "texts in a language it cannot read", ("texts", "empty"): "texts without words",
    ("texts", "objected: not read"): "texts not read: objected",
    ("texts", "an employee spoke: not read"): "texts not read: an employee's",
    ("customers", "objected to reading feelings"): "customers who object",
    ("customers", "no words, rating or answer"): "customers who said nothing",
    ("customers", "connection judged on own evidence"): "customers judged on own evidence",
}  # fmt: skip


def coverage_name(measure: str, part: str) -> str:
    """A line of coverage in words: of what, and which part of it."""
    return _COVERAGE.get((measure, part), f"{measure} {part}".replace("_", " "))


def tone(label: str) -> str:
    """``good``, ``bad`` or ``plain``: how a decided label is marked."""
    return "good" if label in _GOOD else "bad" if label in _BAD else "plain"


def tone_of_valence(valence: float | None) -> str:
    """``good`` above 0.2, ``bad`` below -0.2, else ``plain``."""
    if valence is None:
        return "plain"
    return "good" if valence > 0.2 else "bad" if valence < -0.2 else "plain"


def segment(name: str | None) -> str:
    """One customer's segment in words."""
    return SEGMENT_ONE.get(name or "", plain(name)) if name else "not placed"
