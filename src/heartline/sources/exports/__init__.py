"""Exports of other tools: one module each, all listed here; the one that a file is of, and how it is opened."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from heartline.errors import MappingError, SourceError
from heartline.sources.added import with_added
from heartline.sources.export import Export
from heartline.sources.exports import (
    chatwoot,
    chatwoot_csat,
    delighted,
    formbricks,
    gong,
    google_play,
    hubspot,
    intercom,
    mbox,
    posthog,
    qualtrics,
    questionnaire,
    shopify_customers,
    shopify_orders,
    slack,
    srt,
    surveymonkey,
    trustpilot,
    trustpilot_csv,
    typeform,
    typeform_csv,
    webvtt,
    whisper,
    zendesk,
)
from heartline.sources.file_bytes import FileBytes
from heartline.sources.header import told_names
from heartline.sources.mapping import Mapping
from heartline.sources.open_file import open_file
from heartline.sources.raw import Source
from heartline.sources.reshaped import Renamed, Reshaped

EXPORTS: dict[str, Export] = {
    module.EXPORT.name: module.EXPORT
    for module in (
        chatwoot,
        chatwoot_csat,
        delighted,
        formbricks,
        gong,
        google_play,
        hubspot,
        intercom,
        mbox,
        posthog,
        qualtrics,
        questionnaire,
        shopify_customers,
        shopify_orders,
        slack,
        srt,
        surveymonkey,
        trustpilot,
        trustpilot_csv,
        typeform,
        typeform_csv,
        webvtt,
        whisper,
        zendesk,
    )
}
"""Every export, by its name."""


def export_named(name: str) -> Export:
    """The export of this name; MappingError lists them where there is none."""
    if name not in EXPORTS:
        close = difflib.get_close_matches(name, EXPORTS, 1, 0.5)
        raise MappingError(
            f"there is no export {name}",
            f"one of {', '.join(EXPORTS)}",
            f"did you mean {close[0]}?" if close else "see docs/how-to/exports.md",
        )
    return EXPORTS[name]


def recognised(path: Path) -> Export | None:
    """The export that a file is of: the one whose signature says most, None where no one knows it."""
    found = _header(path)
    head = _head(path)
    best: tuple[int, Export | None] = (0, None)
    for export in EXPORTS.values():
        names = {*found}
        for name, others in export.options.get("also_named", {}).items():
            if not names.isdisjoint(others):
                names.add(name)
        sure = max((len(signature) for signature in export.signatures if signature <= names), default=0)
        if not sure and export.looks is not None and export.looks(path, head):
            sure = 1
        if sure > best[0]:
            best = (sure, export)
    return best[1]


def open_mapped(path: Path, mapping: Mapping | None) -> Source:
    """Open a file as its mapping says: as an export or a plain table, with the columns' usual names."""
    if mapping is None:
        return open_file(path)
    options = mapping.options
    export = export_named(options.export) if options.export else None
    opened = export.opener if export is not None and export.opener is not None else open_file

    def plain() -> Source:
        source = opened(path, options)
        if options.also_named or options.optional:
            return Reshaped(source, Renamed(options.also_named, options.optional, source.notes))
        return source

    return with_added(plain, path, mapping) if mapping.adds else plain()


def check_mapped(source: Source, mapping: Mapping) -> None:
    """MappingError when the file lacks a column that the mapping needs; it says so of known other headers."""
    if not mapping.options.export:
        mapping.check(source.columns, source.name)
        return
    export = export_named(mapping.options.export)
    header: Sequence[str] = getattr(source, "header", source.columns)
    needed = [*export.needs]
    needed += [name for mapped in mapping.tables for name in mapped.sources if name not in mapping.options.optional]
    missing = [name for name in dict.fromkeys(needed) if name not in source.columns]
    if not missing:
        return
    other = export.other_header(header)
    told = f"{source.name} has no column {', '.join(missing)}, which {export.title} needs; found: {told_names(header)}"
    if other is not None:
        raise MappingError(f"{told}. This is the header of {other.version}: {other.changed}", "", export.fetch)
    raise MappingError(
        told,
        f"the columns of {export.title}",
        f"{export.fetch}; or change a copy of the mapping: heartline ingest --from {export.name} --show-mapping",
    )


def keeps_rows(mapping: Mapping | None) -> bool:
    """Whether each row of the source is one row of the file, so that a row broken as a whole can be mended alone."""
    if mapping is None:
        return True
    return not mapping.adds and (not mapping.options.export or export_named(mapping.options.export).opener is None)


def _header(path: Path) -> list[str]:
    try:
        source = open_file(path)
    except SourceError:
        return []
    source.close()
    return source.columns


def _head(path: Path) -> str:
    try:
        opened = FileBytes(path)
    except SourceError:
        return ""
    try:
        return next(opened.blocks(), b"")[: 1 << 16].decode("utf-8", "replace")
    finally:
        opened.close()
