"""Whatever stands in a mapping file: it is read, or MappingError says what cannot be so."""

from __future__ import annotations

import random
from typing import Any

import pytest

from heartline.errors import HeartlineError, MappingError
from heartline.sources.mapping import read_mapping

SOUND: dict[str, Any] = {
    "file": {
        "delimiter": ";", "encoding": "latin-1", "header": True, "columns": ["a", "b"], "decimal": ",",
        "optional": ["b"], "also_named": {"a": ["A"]}, "questions": {"q": "nps"}, "start": "2025-01-01 10:00",
    },
    "table": [
        {
            "name": "interaction",
            "columns": {
                "interaction_id": "a", "customer_id": {"first_of": ["b", {"column": "a", "prefix": "x:"}]},
                "occurred_at": ["c", "d"],
            },
            "constants": {"channel": "web", "touchpoint": "till"}, "values": {"channel": {"x": "web"}},
            "skip_when": {"a": ["x"]}, "only_when": {"b": "?*"}, "time": {"format": ["%d.%m.%Y"], "zone": "UTC"},
            "joined_by": "-", "keep_others": True,
        },
        {
            "name": "purchase", "group": {"by": ["a"], "revenue": "sum(b * c)", "occurred_at": "min(d)"},
            "columns": {"purchase_id": "a", "customer_id": "b"},
        },
    ],
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, 0, -1, 1.5, True, "", "x", "\0", "tab", [], {}, [[]], [{}], {"a": {}}, {"a": []}, ["a", 1], {"by": 5},
    {"format": {}}, {"": ""}, "é", "utf-16", "rot13", "base64", "sum(", "*" * 50,
)  # fmt: skip


def places(held: Any) -> list[tuple[Any, Any]]:
    found = []
    for key, value in list(held.items() if isinstance(held, dict) else enumerate(held)):
        found.append((held, key))
        if isinstance(value, dict | list):
            found += places(value)
    return found


def copied(held: Any) -> Any:
    if isinstance(held, dict):
        return {key: copied(value) for key, value in held.items()}
    return [copied(value) for value in held] if isinstance(held, list) else held


def read(given: Any) -> None:
    """Read it, or be told why not."""
    told = None
    try:
        read_mapping(given, "m.toml")
    except HeartlineError as error:
        told = error
    assert told is None or (told.got and (told.expected or told.next_step))


def test_the_sound_one_is_read() -> None:
    assert [mapped.target.name for mapped in read_mapping(copied(SOUND), "m").tables] == ["interaction", "purchase"]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_any_value_anywhere(odd: Any) -> None:
    for number in range(len(places(SOUND))):
        given = copied(SOUND)
        held, key = places(given)[number]
        held[key] = copied(odd)
        read(given)


def test_several_at_once() -> None:
    chance = random.Random(3)
    for _ in range(300):
        given = copied(SOUND)
        for _ in range(3):
            held, key = chance.choice(places(given))
            held[key] = copied(chance.choice(ODD))
        read(given)


@pytest.mark.parametrize(
    ("key", "value"),
    [("delimiter", ";;"), ("delimiter", '"'), ("encoding", "rot13"), ("decimal", "'"), ("columns", "a")],
)
def test_what_cannot_be_is_named(key: str, value: str) -> None:
    given = copied(SOUND)
    given["file"][key] = value
    with pytest.raises(MappingError, match=f"{key} in \\[file\\] in m.toml holds what it cannot be"):
        read_mapping(given, "m.toml")
