"""The words that columns may hold: one spelling for each thing."""

from __future__ import annotations

CHANNELS = ("store", "web", "app", "email", "social", "call", "chat", "mail", "event", "partner", "survey")
OUTCOMES = ("completed", "abandoned", "failed")
DIRECTIONS = ("inbound", "outbound")
SPEAKERS = ("customer", "employee")
CONSTRUCTS = ("nps", "csat", "ces", "emotion", "motivator", "attachment", "importance", "performance", "understood",
              "self_relevance")  # fmt: skip
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
PURPOSES = {
    "emotion": "reading their words for feelings",
    "profiling": "working out bond, segment, risk and value of the person",
    "marketing": "advertising to them, and asking them to recommend",
    "contact": "getting in touch because of what was read or worked out",
    "research": "using their texts to train and check models",
    "sharing": "handing on what is known of them to others",
}
"""Purposes to which a customer agrees or objects, one by one; the list is closed."""
PURPOSE_WORDS = {
    "emotion": ("emotion", "emotions", "emotion_reading", "feelings"),
    "profiling": ("profiling", "profile", "scoring"),
    "marketing": ("marketing", "advertising", "newsletter", "newsletters", "promotion", "promotions", "ads"),
    "contact": ("contact", "contacting", "calls"),
    "research": ("research", "training"),
    "sharing": ("sharing", "disclosure", "third_parties"),
}
"""How each may be written. What is none of these words is kept, and counts as an objection to everything."""
EVERY_PURPOSE = "all"
READING_OBJECTIONS = (EVERY_PURPOSE, *PURPOSE_WORDS["emotion"])
"""Words in `customer.objections` that forbid the reading of feelings, beside `consent_emotion` = false."""
PROFILE_OBJECTIONS = (EVERY_PURPOSE, *PURPOSE_WORDS["profiling"])
"""Words in `customer.objections` that forbid bond, segment, risk and value of the person."""
RESEARCH_OBJECTIONS = (EVERY_PURPOSE, *PURPOSE_WORDS["research"])
"""Words in `customer.objections` that forbid learning from the person's texts."""
KNOWN_OBJECTIONS = (EVERY_PURPOSE, *(word for words in PURPOSE_WORDS.values() for word in words))
"""All words that are known in `customer.objections`."""
ABOUT = ("service", "product", "price", "process", "brand", "none")
MOVES = ("complaint", "silent_leaving", "repeat_purchase", "referral", "feeling_bad", "feeling_neutral", "feeling_good")
"""What a customer may do next, and how their next contact may feel."""

# Stages that most companies name, in the order in which they come; others follow in the order of their names.
STAGES = (
    "awareness", "discovery", "consideration", "evaluation", "onboarding", "purchase", "order", "delivery", "arrival",
    "use", "stay", "service", "support", "billing", "renewal", "loyalty", "advocacy", "leaving",
)  # fmt: skip


def stage_rank(stage: str | None) -> tuple[int, str]:
    """Where a stage stands in a journey; not told comes last."""
    if not stage:
        return (len(STAGES) + 1, "")
    return (STAGES.index(stage), stage) if stage in STAGES else (len(STAGES), stage)
