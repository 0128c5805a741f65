"""What corrections need of a workspace; ``heartline.workspace.Workspace`` is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from heartline.analysis.consent import no_reading, no_research
from heartline.engines.duckdb import DuckDBFunctions
from heartline.records.store import Records
from heartline.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa


# What was written into a survey has no contact of its own.
CHANNEL = "case when i.interaction_id is null then 'survey' else i.channel end"


class House(Protocol):
    """Records, settings, and questions to the facts and the current derived tables."""

    @property
    def records(self) -> Records:
        """The records database."""

    @property
    def settings(self) -> Settings:
        """Settings of the workspace."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of one SELECT over all tables by name, with ``$name`` parameters."""

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The same, where tables keyed by customer hold only the bucket of that customer."""


def refused() -> str:
    """SELECT of the customers whose words may not be read: they refused, or they object. Obeyed wherever words are."""
    condition = no_reading(DuckDBFunctions())
    return f"select customer_id from customer where customer_id is not null and {condition}"


def not_for_research() -> str:
    """SELECT of the customers from whose texts nothing may be learnt: those above, and who objects to research."""
    condition = no_research(DuckDBFunctions())
    return f"select customer_id from customer where customer_id is not null and {condition}"


def model_version(house: House) -> str:
    """Version of the model that made the table ``feeling``; empty before the first run."""
    found = house.query("select model_version from feeling limit 1").column(0)
    return str(found[0].as_py()) if len(found) else ""
