"""What an analysis is: the tables it reads and writes, and its stages.

A stage condenses rows on the engine (steps), brings small steps into memory (collect), fits on small arrays (fit),
and may send rows through a Python function in batches (maps). Later stages read everything that earlier ones made.
The last stage has one step for each table that the analysis writes, called like the table.

The runner hides everything after ``as_of`` before an analysis sees it, so no analysis can look ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.errors import AnalysisError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Context:
    """What an analysis is told: the moment it looks from, and the settings it declared.

    as_of: UTC without an offset; nothing at or after it has happened yet
    settings: values of the settings that the analysis names in ``settings``
    """

    as_of: datetime
    settings: Mapping[str, str | int | float | bool]

    def number(self, name: str) -> float:
        """A declared setting as a float."""
        return float(self._get(name))

    def whole(self, name: str) -> int:
        """A declared setting as an int."""
        return int(self._get(name))

    def text(self, name: str) -> str:
        """A declared setting as a string."""
        return str(self._get(name))

    def _get(self, name: str) -> str | int | float | bool:
        if name not in self.settings:
            raise AnalysisError(
                f"setting {name} was not declared", f"one of {', '.join(self.settings)}", "add it to `settings`"
            )
        return self.settings[name]

    def period_ends(self) -> list[datetime]:
        """Ends of the last ``periods`` months, oldest first, the last of them ``as_of`` itself."""
        return [months_before(self.as_of, back) for back in reversed(range(self.whole("periods")))]


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time some calendar months earlier, or that month's last day where it is shorter."""
    index = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(index, 12)
    day = moment.day
    while True:
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            day -= 1


@dataclass(frozen=True)
class Fit:
    """What fitting gave.

    tables: small Arrow tables, readable by name in later stages
    values: parameters for later stages and for `explain` (JSON-ready)
    notes: sentences that a reader of the result must know: base sizes, fallbacks, what was left out
    """

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class BatchMap:
    """Rows of ``source`` sent through a picklable function; readable as ``target`` with ``schema``."""

    source: str
    function: Callable[[pa.RecordBatch], pa.RecordBatch]
    schema: pa.Schema
    target: str


Values = Mapping[str, Any]
StepsFunction = Callable[[Functions, Context, Values], Sequence[Step]]
FitFunction = Callable[[Mapping[str, "pa.Table"], Context, Values], Fit]
MapsFunction = Callable[[Context, Values], Sequence[BatchMap]]


@dataclass(frozen=True)
class Stage:
    """One round of steps → collect → fit → maps.

    steps: SQL to run, given the engine's functions, the context and all fitted values so far
    collect: names of small steps to bring into memory for ``fit``
    fit: gives tables, values and notes
    maps: batches to send through Python after the fit
    """

    steps: StepsFunction
    collect: tuple[str, ...] = ()
    fit: FitFunction | None = None
    maps: MapsFunction | None = None


@dataclass(frozen=True)
class Analysis:
    """A named analysis.

    name: also the name of its method card in ``docs/explanation/`` (with dashes)
    reads: tables that its steps read
    may_read: of them, those that it can do without: empty where they have not been made
    writes: tables that it makes; the last stage has a step of the same name for each
    settings: names of the settings that it is told
    about: one sentence
    """

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    settings: tuple[str, ...]
    about: str
    stages: tuple[Stage, ...]
    may_read: tuple[str, ...] = ()


def in_order(analyses: Sequence[Analysis]) -> list[Analysis]:
    """The analyses so that every table is written before it is read; AnalysisError names a circle or two writers."""
    writer: dict[str, Analysis] = {}
    for analysis in analyses:
        for name in analysis.writes:
            if name in writer:
                raise AnalysisError(f"{analysis.name} and {writer[name].name} both write {name}", "one writer a table")
            writer[name] = analysis
    done: list[Analysis] = []
    visiting: list[str] = []

    def visit(analysis: Analysis) -> None:
        if analysis in done:
            return
        if analysis.name in visiting:
            raise AnalysisError(f"analyses read each other in a circle: {' → '.join([*visiting, analysis.name])}")
        visiting.append(analysis.name)
        for name in analysis.reads:
            if name in writer and writer[name] is not analysis:
                visit(writer[name])
        visiting.pop()
        done.append(analysis)

    for analysis in analyses:
        visit(analysis)
    return done
