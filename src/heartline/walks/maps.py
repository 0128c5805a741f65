"""Maps of sites that were explored: the latest of each, in a folder beside the walks."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from heartline.errors import WalkError
from heartline.facts.segments import sync_folder
from heartline.walk.atlas import Map
from heartline.walks.bare_map import bare

PREFIX = "map-"
_FILE = "map.json"
_ID = re.compile(r"map-[a-z0-9_-]{1,76}")


@dataclass(frozen=True)
class Explored:
    """One exploration. map_id: name of its folder; name: of its rules, empty where none stood in a file

    explored_at: UTC, no offset; found: as ``bare_map.bare`` gives it
    """

    map_id: str
    name: str
    device: str
    explored_at: datetime
    found: Map


class Maps:
    """The maps of one workspace: ``walked/map-<name>/map.json``. They are purged and forgotten as walks are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, found: Map, name: str, device: str, at: datetime) -> str:
        """Keep a map in the place of the one before it of the same name (or site) and device; gives its id.

        name: of the rules, empty where none stood in a file; at: UTC
        """
        moment = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
        map_id = _id_of(name, found.origin, device)
        kept = Explored(map_id, name, device, moment, bare(found))
        folder = self._folder / map_id
        folder.mkdir(parents=True, exist_ok=True)
        passing = folder / f".{secrets.token_hex(4)}"
        with passing.open("wb") as out:
            out.write(msgspec.json.encode(kept))
            out.flush()
            os.fsync(out.fileno())
        passing.replace(folder / _FILE)
        sync_folder(folder)
        sync_folder(self._folder)
        return map_id

    def every(self) -> list[Explored]:
        """All that are kept, the newest first."""
        return sorted(self._all(), key=lambda one: (one.explored_at, one.map_id), reverse=True)

    def named(self, map_id: str) -> Explored:
        """The map of that id; WalkError where none is kept, or none any more."""
        if _ID.fullmatch(map_id):
            found = self._read(self._folder / map_id / _FILE)
            if found is not None:
                return found
        raise WalkError("there is no such map", "one of the page Walks", "heartline walk explore")

    def _all(self) -> Iterator[Explored]:
        for file in self._folder.glob(f"{PREFIX}*/{_FILE}"):
            found = self._read(file)
            if found is not None:
                yield found

    def _read(self, file: Path) -> Explored | None:
        try:
            return msgspec.json.decode(file.read_bytes(), type=Explored)
        except (FileNotFoundError, msgspec.DecodeError):  # deleted a moment ago, or of another version
            return None


def _id_of(name: str, origin: str, device: str) -> str:
    told = urlsplit(origin)
    # a dot and a dash stay two things: a-b.example is another site than a.b.example
    site = re.sub(r"[^a-z0-9_]+", "-", f"{told.scheme}-{told.netloc}".lower().replace(".", "_")).strip("-")
    return f"{PREFIX}{name or site}"[:68] + ("-mobile" if device == "mobile" else "")
