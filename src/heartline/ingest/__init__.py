"""Files into facts: read, map, check, set bad rows aside, load, mend.

Puts the rooms sources, facts and records together.
"""

from heartline.ingest.fed import ingest_source
from heartline.ingest.load import LoadReport, Progress, ingest, new_load_id
from heartline.ingest.mending import export_quarantine, quarantine_rows, replay_quarantine
from heartline.sources.export import Export
from heartline.sources.exports import EXPORTS, export_named, recognised
from heartline.sources.mapping import Mapping
from heartline.sources.suggest import SuggestedMapping, suggest
from heartline.sources.toml_text import toml_text

__all__ = [
    "EXPORTS", "Export", "LoadReport", "Mapping", "Progress", "SuggestedMapping", "export_named", "export_quarantine",
    "ingest", "ingest_source", "new_load_id", "quarantine_rows", "recognised", "replay_quarantine", "suggest",
    "toml_text",
]  # fmt: skip
