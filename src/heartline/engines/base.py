"""What an engine must be able to do. DuckDB and Spark do it; nothing else in Heartline knows which one runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from heartline.engines.functions import Functions
from heartline.engines.steps import Step

if TYPE_CHECKING:
    import pyarrow as pa

BatchFunction = Callable[["pa.RecordBatch"], "pa.RecordBatch"]


class Engine(Protocol):
    """Runs steps over Parquet files and small Arrow tables, and hands out Arrow.

    Times are UTC without an offset on every way in and out.
    """

    name: str
    functions: Functions

    def register_parquet(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        """Make files readable under a name with exactly these columns; no file makes an empty table.

        Columns that a file lacks are NULL; columns beyond the schema are not seen.
        """

    def register_arrow(self, name: str, table: pa.Table) -> None:
        """Make a small Arrow table readable under a name."""

    def run(self, steps: Sequence[Step]) -> None:
        """Make steps readable by their names. EngineError names the step that failed and the engine's reason."""

    def forget(self, names: Sequence[str]) -> None:
        """Drop steps and registered tables by name and free what they held; unknown names are no error."""

    def columns(self, name: str) -> list[str]:
        """Column names of a step or table, in order."""

    def fetch(self, query: str) -> pa.Table:
        """The rows of one SELECT as an Arrow table in memory."""

    def map_batches(self, source: str, function: BatchFunction, schema: pa.Schema, target: str) -> None:
        """Apply a function to every batch of a step; the result is readable as ``target``.

        The function is given Arrow and returns Arrow of ``schema``; it may not rely on batch size or order.
        It must be picklable: on Spark it runs in other processes.
        """

    def write(self, query: str, folder: Path) -> list[Path]:
        """Write a SELECT that has a column ``bucket`` as ``folder/bucket=<n>/*.parquet``; the files written.

        The column ``bucket`` is in the path only.
        """

    def close(self) -> None:
        """Free memory and temporary files."""
