"""Engines: the only place where DuckDB or Spark is imported."""
