"""Audiences: customers of whom conditions hold, for a purpose; who objects to the purpose is left out and counted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from heartline.action.house import House
from heartline.analysis.consent import objects_to
from heartline.engines.duckdb import DuckDBFunctions
from heartline.errors import TableError
from heartline.playbook.conditions import CONDITIONS, Condition
from heartline.tables import PURPOSES

_ASKED = re.compile(r"\s*(\w+)\s*(>=|<=|=)\s*(.+?)\s*")


@dataclass(frozen=True)
class Asked:
    """One condition: a figure at least or at most, or a word that is one of several."""

    of: Condition
    sign: str
    number: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Audience:
    """Who was found: a row a customer with the values asked for; met: of how many all conditions hold; objecting: of
    these, how many object to what they are wanted for, or to what was read or worked out of them, and are left out."""

    rows: pa.Table
    purposes: tuple[str, ...]
    met: int
    objecting: int


def asked(text: str) -> Asked:
    """A condition as people write it: ``p_leaving>=0.5``, ``connection<=40``, ``segment=advocate|super_advocate``.

    TableError for a name that is none, a word that the column cannot hold, or what is no condition.
    """
    found = _ASKED.fullmatch(text)
    if found is None:
        raise TableError(
            f"{text[:60]!r} is no condition", "NAME>=NUMBER, NAME<=NUMBER or NAME=WORD|WORD", "e.g. p_leaving>=0.5"
        )
    name, sign, value = found.groups()
    if name not in CONDITIONS:
        raise TableError(f"nothing is called {name[:60]}", f"one of {', '.join(CONDITIONS)}", "correct the name")
    of = CONDITIONS[name]
    if of.kind == "word":
        words = tuple(part.strip() for part in value.split("|"))
        strange = [word for word in words if of.allowed and word not in of.allowed]
        if sign != "=" or strange:
            allowed = f"one or several of {', '.join(of.allowed)}" if of.allowed else "words"
            raise TableError(f"{name} is a word", f"{name}=WORD|WORD with {allowed}", "correct the condition")
        return Asked(of, sign, 0.0, words)
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise TableError(f"{name} is a number", f"{name}{sign}NUMBER ({of.unit})", "correct the number")
    return Asked(of, sign, number, ())


def audience(house: House, conditions: Sequence[str], purposes: Sequence[str], names: bool = False) -> Audience:
    """Customers of whom every condition holds, by id; what is not known of a customer never meets one.

    purposes: of ``tables.PURPOSES``, what they are wanted for. Whoever objects to one of them is left out, and so is
    who objected to profiling or to the reading of their words since the run that worked out what is asked for.
    TableError for an unknown purpose or a wrong condition.
    """
    if not purposes or set(purposes) - set(PURPOSES):
        strange = ", ".join(sorted(set(purposes) - set(PURPOSES)))[:60]
        raise TableError(
            f"there is no purpose {strange}" if strange else "it is not said what the audience is for",
            f"one of {', '.join(PURPOSES)}", "--for marketing, or --for contact",
        )  # fmt: skip
    each = [asked(text) for text in conditions]
    judged = {"emotion"} if any(one.of.sentiment for one in each) else set()
    needed = sorted({*purposes, *(["profiling"] if each else []), *judged})
    against = " or ".join(objects_to(DuckDBFunctions(), purpose) for purpose in needed)
    values: dict[str, object] = {}
    joined: list[str] = []
    columns = {"name": "k.name"} if names else {}
    for place, one in enumerate(each):
        joined.append(f"join ({one.of.sql}) c{place} on c{place}.customer_id = k.customer_id and {_holds(one, place)}")
        values[f"v{place}"] = list(one.words) if one.words else one.number
        columns[one.of.name] = f"c{place}.value"
    shown = "".join(f", {column} as {name}" for name, column in columns.items())
    found = house.query(
        f"select k.customer_id{shown}, u.customer_id is not null and ({against}) as objecting "
        f"from customer_overview k left join customer u on u.customer_id = k.customer_id {' '.join(joined)} "
        "order by k.customer_id",
        values,
    )
    objecting = found.column("objecting")
    left_out = sum(objecting.to_pylist())
    kept = found.filter(pc.invert(objecting)).drop_columns(["objecting"])
    return Audience(kept, tuple(purposes), found.num_rows, left_out)


def _holds(one: Asked, place: int) -> str:
    if one.words:
        return f"list_contains(cast($v{place} as varchar[]), c{place}.value)"
    return f"c{place}.value {one.sign} $v{place}"
