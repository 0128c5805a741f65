"""The words that columns may hold: one spelling for each thing."""

from __future__ import annotations

CHANNELS = ("store", "web", "app", "email", "social", "call", "chat", "mail", "event", "partner", "survey")
OUTCOMES = ("completed", "abandoned", "failed")
DIRECTIONS = ("inbound", "outbound")
SPEAKERS = ("customer", "employee")
CONSTRUCTS = ("nps", "csat", "ces", "emotion", "motivator", "attachment", "importance", "performance", "understood")
FELT_FROM = ("words", "rating", "behaviour", "none")
FEELING_STATUS = ("scored", "abstained", "unsupported_language", "empty")
SEGMENTS = ("dissenter", "defector", "at_risk", "indifferent", "content", "advocate", "super_advocate")
PATHWAY = ("unconnected", "satisfied", "differentiated", "connected")

EMOTIONS = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
    "disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief",
    "joy", "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise",
    "neutral",
)  # fmt: skip
SIGNALS = (
    "effort", "ease", "disrespect", "respect", "recognition", "unrecognised", "empathy", "no_empathy", "betrayal",
    "revenge", "leaving", "staying", "recommending", "attachment", "complaint", "request", "confusion",
)  # fmt: skip
MAIN_EMOTIONS = (
    "delight", "gratitude", "trust", "relief", "anticipation", "amusement", "neutral", "confusion", "worry",
    "disappointment", "frustration", "anger", "contempt", "sadness",
)  # fmt: skip
MOTIVATORS = (
    "security", "belonging", "freedom", "thrill", "success", "standing_out", "well_being", "confidence_in_future",
    "being_myself", "order", "doing_good",
)  # fmt: skip
READING_OBJECTIONS = ("all", "emotion", "emotions", "emotion_reading", "feelings")
"""Words in `customer.objections` that forbid the reading of feelings, beside `consent_emotion` = false."""
PROFILE_OBJECTIONS = ("all", "profile", "profiling", "scoring")
"""Words in `customer.objections` that forbid bond, segment, risk and value of the person."""
ABOUT = ("service", "product", "price", "process", "brand", "none")
