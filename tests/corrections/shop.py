"""The texts of a small shop, and a customer of it who does not want their words to be read."""

from __future__ import annotations

from datetime import datetime

from heartline.workspace import Workspace

AS_OF = datetime(2026, 5, 1)
TEXTS = {
    "thanks": ("ann", "web", "Thank you so much, that was wonderful help!"),
    "rude": ("ann", "call", "Your agent was rude to me. I will never buy from you again."),
    "german": ("ben", "web", "Ich warte noch auf die Antwort und das ist nicht gut."),
    "late": ("ben", "email", "The parcel was late again and I am very disappointed with the delivery."),
    "later_no": ("cleo", "web", "I love this shop, thank you for the quick delivery."),
}


def refuse(workspace: Workspace, customer: str, objection: str = "") -> None:
    """The customer refuses the reading of their words, or objects to it."""
    file = workspace.root.parent / f"no-{customer}.csv"
    consent = "" if objection else "no"
    file.write_text(
        f"customer_id,first_seen_at,consent_emotion,objections\n{customer},2026-01-01,{consent},{objection}\n",
        encoding="utf-8",
    )
    workspace.ingest("customer", [file])
