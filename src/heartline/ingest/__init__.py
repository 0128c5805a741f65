"""Files into facts: read, map, check, set bad rows aside, load, mend.

Puts the rooms sources, facts and records together.
"""

from heartline.ingest.load import LoadReport, Progress, ingest, new_load_id
from heartline.ingest.mending import export_quarantine, quarantine_rows, replay_quarantine
from heartline.sources.suggest import SuggestedMapping, suggest

__all__ = [
    "LoadReport", "Progress", "SuggestedMapping", "export_quarantine", "ingest", "new_load_id", "quarantine_rows",
    "replay_quarantine", "suggest",
]  # fmt: skip
