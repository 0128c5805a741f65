"""The events file: what an event becomes. The shipped one, and over it the workspace's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

from heartline.errors import MappingError
from heartline.sources.own_rows import check_names, required_columns
from heartline.tables import table

FILE = "events.toml"
HOW_TO = "see docs/how-to/live-events.md"
CALLS = ("identify", "track", "page", "screen", "group", "alias")
SAID = ("touchpoint", "stage", "kind", "outcome", "direction", "channel")
_GIVEN_BY_THE_CALL = ("interaction_id", "customer_id", "occurred_at", "known_at", "properties")


@dataclass(frozen=True)
class Rule:
    """What one event becomes.

    said: columns of the interaction that the rule gives
    take: column → properties, of which the first that is there is taken; set: column → value where nothing was taken
    purchase: column of the purchase → properties; empty: the event is no order
    leave_out: nothing is kept of the event
    """

    said: Dict[str, str] = field(default_factory=dict)
    take: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    set: Dict[str, str] = field(default_factory=dict)
    purchase: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    leave_out: bool = False


@dataclass(frozen=True)
class EventMap:
    """Rules by the plain name of the event and by the kind of the call, and the channels of libraries."""

    events: Dict[str, Rule]
    calls: Dict[str, Rule]
    libraries: Dict[str, str]
    otherwise: str

    def rule(self, call: str, event: str) -> Rule:
        """The rule of an event by its name, else of its kind of call; an empty one where nothing is said."""
        found = self.events.get(plain(event)) if event else None
        return found or self.calls.get(call) or Rule()

    def channel(self, library: str) -> str:
        """Channel of what came by this library and whose rule says none."""
        for beginning, channel in self.libraries.items():
            if library.startswith(beginning):
                return channel
        return self.otherwise


def plain(name: str) -> str:
    """A name in lower case, with ``_`` for whatever stands between its words."""
    return re.sub(r"[^\w]+", "_", name.strip().lower()).strip("_")


def shipped_text() -> str:
    """The events file that comes with Heartline."""
    return resources.files("heartline.live").joinpath(FILE).read_text(encoding="utf-8")


def load_event_map(root: Path | None = None) -> EventMap:
    """The shipped rules, with those of ``root/events.toml`` over them. MappingError says what is wrong and where."""
    made = read_event_map(shipped_text(), "Heartline's events.toml")
    file = None if root is None else root / FILE
    if file is None or not file.exists():
        return made
    own = read_event_map(file.read_text(encoding="utf-8"), FILE)
    return replace(
        made,
        events={**made.events, **own.events},
        calls={**made.calls, **own.calls},
        libraries={**own.libraries, **{k: v for k, v in made.libraries.items() if k not in own.libraries}},
        otherwise=own.otherwise or made.otherwise,
    )


def read_event_map(text: str, where: str) -> EventMap:
    """Rules out of one file, checked."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise MappingError(f"{where} is not valid TOML: {cause}", 'name = "value", one a line', HOW_TO) from cause
    _only(given, ("channel", "call", "event"), where)
    channel = given.get("channel", {})
    _only(channel, ("otherwise", "library"), f"[channel] in {where}")
    libraries = {str(name): str(value) for name, value in channel.get("library", {}).items()}
    for value in (*libraries.values(), *([channel["otherwise"]] if "otherwise" in channel else [])):
        _allowed("channel", str(value), f"[channel] in {where}")
    calls = {}
    for name, block in given.get("call", {}).items():
        _only({name: block}, CALLS, f"[call] in {where}")
        calls[str(name)] = _rule(block, f"[call.{name}] in {where}")
    events: dict[str, Rule] = {}
    for block in given.get("event", []):
        names = block.get("names", [])
        if not names or not isinstance(names, list):
            raise MappingError(f"{where} has an [[event]] without names", 'names = ["Product Viewed"]', HOW_TO)
        rule = _rule({k: v for k, v in block.items() if k != "names"}, f"{where}, event {names[0]}")
        for name in names:
            if plain(str(name)) in events:
                raise MappingError(f"{where} names the event {name} twice", "each name once", HOW_TO)
            events[plain(str(name))] = rule
    return EventMap(events, calls, libraries, str(channel.get("otherwise", "")))


def _rule(block: Dict[str, Any], where: str) -> Rule:
    _only(block, (*SAID, "take", "set", "purchase", "leave_out"), where)
    said = {name: str(block[name]) for name in SAID if name in block}
    for name, value in said.items():
        _allowed(name, value, where)
    take = {str(name): _paths(value) for name, value in block.get("take", {}).items()}
    constants = {str(name): str(value) for name, value in block.get("set", {}).items()}
    purchase = {str(name): _paths(value) for name, value in block.get("purchase", {}).items()}
    check_names(table("interaction"), [*take, *constants], where)
    for name in (*take, *constants):
        if name in _GIVEN_BY_THE_CALL:
            raise MappingError(f"{where} gives {name}, which comes with the call", "another column", HOW_TO)
    for name, value in constants.items():
        _allowed(name, value, where)
    check_names(table("purchase"), purchase, where)
    by_the_call = ("purchase_id", "customer_id", "occurred_at")
    lacking = [name for name in required_columns(table("purchase")) if name not in (*purchase, *by_the_call)]
    if purchase and lacking:
        raise MappingError(f"{where}: nothing is given for {', '.join(lacking)}", 'e.g. revenue = "total"', HOW_TO)
    return Rule(said, take, constants, purchase, bool(block.get("leave_out", False)))


def _allowed(name: str, value: str, where: str) -> None:
    of = table("interaction")
    allowed = of.column(name).allowed if name in of else ()
    if allowed and value not in allowed:
        raise MappingError(f"{where}: {name} = {value!r}", f"one of {', '.join(allowed)}", HOW_TO)


def _paths(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)


def _only(given: Dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    for name in given:
        if name not in allowed:
            raise MappingError(f"{where} has an unknown key {name}", f"one of {', '.join(allowed)}", HOW_TO)
