"""Fractions in SQL text are doubles, on every engine.

Left alone, ``0.1`` is an exact decimal on both engines, but DuckDB and Spark give the quotient and product of
decimals other scales, so ``1.0 / 3`` would differ in the seventh digit without a word.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|(?<![\w.])(?P<fraction>\d+\.\d*|\.\d+)(?![\w.])")


def doubles(sql: str) -> str:
    """The same SQL with an exponent of zero after every fraction: ``0.5`` becomes ``0.5e0``, text stays as it is."""
    return _TOKEN.sub(lambda found: f"{found[0]}e0" if found["fraction"] else found[0], sql)
