"""Conduct: what a reply and a conversation show of a code of conduct, with the words that show it. Text in, marks out.

Signs are rules of the project's own in English; nothing here learns, and nothing here is about a person: a reader is
given words and sides, never a name. Which language a text is in is told by a function that the caller brings.
See docs/explanation/conduct.md for sources, what was measured, and what it cannot tell.
"""

from heartline.conduct.conversation import MEASURES, STATUS, Finding, Turn, read_conversation
from heartline.conduct.promises import Promise, due_at, promises_in
from heartline.conduct.reply import MECHANISMS, Reply, read_reply
from heartline.conduct.signs import Mark

__all__ = [
    "MEASURES", "MECHANISMS", "STATUS", "Finding", "Mark", "Promise", "Reply", "Turn", "due_at", "promises_in",
    "read_conversation", "read_reply",
]  # fmt: skip
