"""Memory that a load needed and the next one may not, given back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import pyarrow as pa


def _found() -> Callable[[int], int] | None:
    """The C library's own way to give memory back; None where it has none."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return None


_trim = _found()


def give_back() -> None:
    """Without it a server keeps the largest size that any load ever had, and a little more with each: what lives long
    comes to lie between what does not."""
    pa.default_memory_pool().release_unused()
    if _trim is not None:
        _trim(0)
