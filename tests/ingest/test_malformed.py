"""Whatever is in a file: a clear error or rows set aside, no good row lost, none doubled, no customer's word told.

The suite takes two hundred files; ``HEARTLINE_MALFORMED=10000`` takes ten thousand, and the packed bombs.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from unicodedata import category

import pyarrow.parquet as pq
import pytest
from tests.ingest.malformed import MUST, NEVER, OWN, RARE, Maker, Malformed
from tests.ingest.malformed_exports import BOMBS, bomb, export_file, misnamed, renamed
from tests.ingest.malformed_typed import TYPED
from tests.sources.exports.test_contract import SAMPLES

from heartline.errors import HeartlineError
from heartline.facts.store import FactStore
from heartline.ingest import LoadReport, ingest, replay_quarantine
from heartline.records import quarantine
from heartline.records.store import Records
from heartline.settings import load_settings
from heartline.sources.exports import recognised
from heartline.sources.mapping import Mapping, read_mapping
from heartline.tables import facts, table

FILES = int(os.environ.get("HEARTLINE_MALFORMED", "200"))
SEED = int(os.environ.get("HEARTLINE_MALFORMED_SEED", "1"))
FROM = int(os.environ.get("HEARTLINE_MALFORMED_FROM", "0"))
SECONDS, BOMB_SECONDS, MEGABYTES = 20.0, 90.0, 900
SETTINGS = load_settings(None, {})


class Told(logging.Handler):
    """All that was logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def files(folder: Path, numbers: Sequence[int]) -> Iterator[Malformed]:
    exports = list(SAMPLES)
    own = {**OWN, **TYPED, renamed: 5, misnamed: 1}
    for number in numbers:
        make = Maker(SEED, number, folder)
        if number % 5 in (1, 3):
            yield export_file(make, exports[number // 5 % len(exports)], SAMPLES)
        else:
            kinds = RARE if number % 500 == 7 else own
            (chosen,) = make.chance.choices(list(kinds), list(kinds.values()))
            yield chosen(make)


class Bench:
    """A fresh workspace for each file, and what the first one needed to be made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = Told()
        self._empty = folder / "empty.db"
        Records(self._empty).close()

    def judge(self, file: Malformed) -> str:
        """What became of the file; AssertionError where it should not have."""
        root = self.folder / "workspace"
        root.mkdir()
        shutil.copy(self._empty, root / "records.db")
        records = Records(root / "records.db")
        try:
            return self._judge(file, records, FactStore(root, records), root)
        finally:
            records.close()
            shutil.rmtree(root)
            if file.path.parent.parent == self.folder / "files":
                shutil.rmtree(file.path.parent)

    def _judge(self, file: Malformed, records: Records, store: FactStore, root: Path) -> str:
        self.told.lines.clear()
        _forget_peak()
        began = time.process_time()
        mapping = read_mapping(_mapped(file), "the mapping") if file.mapping else None
        if file.mapping:
            recognised(file.path)
        report, error = None, None
        try:
            report = ingest(records, store, SETTINGS, file.table, [file.path], mapping)
        except HeartlineError as refused:
            error = refused
        took, peak = time.process_time() - began, _peak_mb()
        assert took < (BOMB_SECONDS if "bomb" in file.kind else SECONDS), f"took {took:.1f} s of a processor"
        assert peak < MEGABYTES, f"needed {peak:.0f} MB"
        if error is not None:
            self._refused(file, error, records, store, root)
            return "refused"
        assert report is not None
        self._loaded(file, report, records, store, mapping)
        return "set aside" if report.quarantined else "loaded"

    def _refused(self, file: Malformed, error: HeartlineError, records: Records, store: FactStore, root: Path) -> None:
        assert file.refused != NEVER, f"refused: {error}"
        assert error.got
        assert error.expected or error.next_step
        self._silent(file, [str(error)])
        assert not [c for c in str(error) if c not in "\n\t" and category(c) in ("Cc", "Cs", "Zl", "Zp")], (
            "odd characters"
        )
        assert len(str(error)) < 5000
        assert records.loads() == []
        assert quarantine.count(records) == 0
        assert not any((root / "facts").rglob("*.parquet"))

    def _loaded(
        self, file: Malformed, report: LoadReport, records: Records, store: FactStore, mapping: Mapping | None
    ) -> None:
        assert file.refused != MUST, f"loaded: {report}"
        aside = list(quarantine.rows(records))
        found = {of.name: self._keys(store, of.name) for of in facts()}
        for name, keys in found.items():
            assert not keys or max(Counter(keys).values()) == 1, f"doubled in {name}"
        if file.table is not None:
            seen = Counter(_column(store, file.table, file.id_column))
            assert not file.good - set(seen), f"lost {len(file.good - set(seen))} of {len(file.good)} good rows"
            assert not [mark for mark in seen if any(bad in str(mark) for bad in file.bad)], (
                f"took a bad row: {[mark for mark in seen if any(bad in str(mark) for bad in file.bad)][:3]}"
            )
            kept = report.new + report.replaced + report.unchanged
            assert report.read == kept + report.quarantined + report.skipped
            assert len(aside) <= report.quarantined
            assert report.quarantined >= len(file.bad)
        for name, wanted in file.known.items():
            assert wanted <= {key[-1] for key in found[name]}, f"lost rows of {name}"
        said = [*report.notes, *report.reasons, *(f"{r.column} {r.shape} {r.reason} {r.expected}" for r in aside)]
        self._silent(file, said)
        if aside and file.table is not None:
            before = found
            replay_quarantine(records, store, SETTINGS)
            after = {of.name: self._keys(store, of.name) for of in facts()}
            assert {name: sorted(keys) for name, keys in after.items()} == {n: sorted(k) for n, k in before.items()}

    def _silent(self, file: Malformed, said: list[str]) -> None:
        for text in (*said, *self.told.lines):
            for word in file.words:
                assert word.lower() not in text.lower().replace(file.path.name.lower(), ""), "told a customer's words"

    @staticmethod
    def _keys(store: FactStore, name: str) -> list[tuple[str, ...]]:
        columns = table(name).key
        found: list[tuple[str, ...]] = []
        for path in store.files(name):
            read = pq.read_table(path, columns=list(columns), partitioning=None)
            found += zip(*(map(str, read.column(column).to_pylist()) for column in columns), strict=True)
        return found


def _column(store: FactStore, name: str, column: str) -> list[str]:
    found: list[str] = []
    for path in store.files(name):
        found += pq.read_table(path, columns=[column], partitioning=None).column(0).to_pylist()
    return found


def _mapped(file: Malformed) -> dict[str, object]:
    from heartline.sources.exports import export_named

    given = dict(file.mapping or {})
    return export_named(str(given.pop("export"))).told(given)


def _forget_peak() -> None:
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        _START[0] = _peak_mb(0.0)


_START = [0.0]


def _peak_mb(start: float | None = None) -> float:
    """Memory needed at most since it was asked to forget, over what was held then."""
    if sys.platform != "linux":
        return 0.0
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = float(status.split("VmHWM:")[1].split()[0]) / 1024
    return peak - (_START[0] if start is None else start)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    logging.getLogger().addHandler(made.told)
    yield made
    logging.getLogger().removeHandler(made.told)


def test_a_clear_error_or_rows_set_aside(bench: Bench) -> None:
    outcomes: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    for file in files(bench.folder / "files", range(FROM, FROM + FILES)):
        number = file.path.parent.name
        try:
            outcome = bench.judge(file)
        except Exception as fault:  # noqa: BLE001  every kind of fault counts, and all are told together
            faults.append(f"{number} {file.kind} ({file.table}): {type(fault).__name__}: {str(fault)[:300]}")
            outcome = "fault"
        outcomes[(file.kind.split(":")[0], outcome)] += 1
    told = "\n".join(faults[:60])
    assert not faults, f"{len(faults)} of {FILES} files (seed {SEED}):\n{told}"
    # the generator would be no good if everything went the same way
    assert (
        min(sum(n for (_, how), n in outcomes.items() if how == one) for one in ("refused", "set aside", "loaded")) > 9
    )
    if path := os.environ.get("HEARTLINE_MALFORMED_REPORT"):
        lines = [f"{kind}\t{how}\t{n}" for (kind, how), n in sorted(outcomes.items())]
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("kind", BOMBS if FILES >= 10_000 else BOMBS[:1])
def test_a_bomb_is_refused(bench: Bench, kind: str) -> None:
    allowed = ("refused", "loaded") if kind == "same row" else ("refused",)
    assert bench.judge(bomb(bench.folder / "bomb", kind)) in allowed
