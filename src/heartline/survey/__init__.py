"""Questions to ask customers, in several languages, and how answers are known again when they come back.

The items stand in ``items.toml``; docs/how-to/ask-customers.md says how to ask them, docs/explanation/questionnaire.md
what they measure and how they are scored.
"""

from heartline.survey.items import ASKED, LANGUAGES, PROMPT, SCALE, Item, Match, item, items, labels, match
from heartline.survey.sheet import sheet

__all__ = [
    "ASKED", "LANGUAGES", "PROMPT", "SCALE", "Item", "Match", "item", "items", "labels", "match", "sheet",
]  # fmt: skip
