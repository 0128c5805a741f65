"""What a run of a feed did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from heartline.ingest.load import LoadReport


@dataclass(frozen=True)
class FeedReport:
    """One run. Counts are those of its loads together; see LoadReport.

    cursor: how far it was read; loaded, known, renamed: files; waiting: files still being written; failed: file and why
    would_read: rows or files that a dry run would read; fault: why the run failed as a whole, else empty
    """

    feed: str
    kind: str
    seconds: float = 0.0
    read: int = 0
    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    skipped: int = 0
    quarantined: int = 0
    written: dict[str, int] = field(default_factory=dict)
    cursor: str = ""
    loaded: list[str] = field(default_factory=list)
    known: int = 0
    renamed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    would_read: int | None = None
    fault: str = ""

    def with_load(self, load: LoadReport) -> FeedReport:
        """The report with what one more load did."""
        written = dict(self.written)
        for name, rows in load.written.items():
            written[name] = written.get(name, 0) + rows
        return replace(
            self, read=self.read + load.read, new=self.new + load.new, replaced=self.replaced + load.replaced,
            unchanged=self.unchanged + load.unchanged, skipped=self.skipped + load.skipped,
            quarantined=self.quarantined + load.quarantined, written=written, notes=[*self.notes, *load.notes],
            reasons=[*self.reasons, *load.reasons][:5],
        )  # fmt: skip

    @property
    def ok(self) -> bool:
        """Whether all went well."""
        return not self.fault and not self.failed
