"""The mapping of what a webhook sends: that of the tool's export, or the workspace's own for this webhook."""

from __future__ import annotations

from pathlib import Path

from heartline.errors import MappingError
from heartline.records.quarantine import SENT
from heartline.sources.exports import EXPORTS
from heartline.sources.mapping import Mapping, load_mapping

FOLDER = "webhooks"
"""Below the workspace: ``webhooks/NAME.toml`` is a mapping that goes before that of the tool's export."""


def sent_name(tool: str, webhook: str) -> str:
    """What stands where rows name their source."""
    return f"{SENT}{tool}/{webhook}"


def own_mappings(root: Path) -> dict[str, Mapping]:
    """The workspace's own mappings by the names of their webhooks. MappingError says what is wrong with one."""
    return {file.stem: _own(file) for file in sorted((root / FOLDER).glob("*.toml"))}


def mapping_sent(root: Path, source: str) -> Mapping | None:
    """The mapping of a source that a webhook sent; None for any other source. MappingError for a wrong file."""
    tool, parted, webhook = source.removeprefix(SENT).partition("/")
    if not source.startswith(SENT) or not parted or tool not in EXPORTS:
        return None
    file = root / FOLDER / f"{webhook}.toml"
    return chosen(tool, _own(file) if file.exists() else None)


def chosen(tool: str, own: Mapping | None) -> Mapping:
    """The workspace's own mapping where there is one of this tool, else that of its export."""
    return own if own is not None and own.options.export == tool else EXPORTS[tool].mapping()


def _own(file: Path) -> Mapping:
    found = load_mapping(file)
    place = f"{FOLDER}/{file.name}"
    export = EXPORTS.get(found.options.export)
    if export is None or export.records is None:
        known = [name for name, one in EXPORTS.items() if one.records is not None]
        raise MappingError(
            f"{place} is no mapping of what a webhook sends",
            f"export = under [file], one of {', '.join(known)}",
            f"heartline ingest --from {known[0]} --show-mapping prints one to change",
        )
    found.check(list(export.records.columns), place)
    return found
