"""Live ingest of one workspace while it is served: keys, group commit and compactor, begun and ended together."""

from __future__ import annotations

from pathlib import Path

from starlette.types import ASGIApp

from heartline.facts.store import FactStore
from heartline.ingest.sent import own_mappings
from heartline.live.case import Opener
from heartline.live.commits import Committer
from heartline.live.compactor import EVERY_S, Compacting, Compactor
from heartline.live.event_map import load_event_map
from heartline.live.keyring import Keyring
from heartline.live.receiver import Receiver
from heartline.records.store import Records
from heartline.settings import Settings


class Live:
    """Use it in a ``with`` block; ``app`` answers below /v1/ while it is open."""

    def __init__(
        self, records: Records, facts: FactStore, settings: Settings, root: Path, every_s: float = EVERY_S,
        open_case: Opener | None = None,
    ) -> None:  # fmt: skip
        compactor = Compactor(records, facts, settings, load_event_map(root), own_mappings(root))
        self._committer = Committer(records, most_kept=settings.whole("inbox_limit"))
        self._compacting = Compacting(compactor, every_s)
        origins = settings.text("browser_origins").split()
        self.app: ASGIApp = Receiver(Keyring(records), self._committer, origins, open_case=open_case).app()

    def __enter__(self) -> Live:
        self._committer.__enter__()
        self._compacting.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Write what was put and end the load under way; what then waits is loaded at the next start."""
        self._committer.__exit__()
        self._compacting.stop()
