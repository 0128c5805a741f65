"""Who is who in a conversation: which speaker works for the company, and which customer the others are."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from heartline.errors import MappingError

CUSTOMER, EMPLOYEE = "customer", "employee"
KEYS = ("employees", "customers", "customer", "unnamed", "own_domains", "direction")
"""Keys of ``[file]`` that say who is who."""

_SIDES = (CUSTOMER, EMPLOYEE)
_DIRECTIONS = ("inbound", "outbound")


@dataclass(frozen=True)
class People:
    """What a mapping tells of the people in a file of conversations.

    ``employees`` and ``customers`` are names or addresses as the file writes them, ``*`` is any text; where only one of
    the two is told, everybody else is the other. ``customer`` is the id that all customers of the file get,
    ``unnamed`` the side of words of which the file does not say who said them. Addresses in ``own_domains`` are
    employees', other addresses customers'. ``direction`` says of a mailbox whose senders nobody knows who wrote.
    """

    employees: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    customer: str = ""
    unnamed: str = ""
    own_domains: tuple[str, ...] = ()
    direction: str = ""

    def named(self, *known_as: str) -> str:
        """The side on which a name or address is told to be; blank where neither list names it."""
        if _any(self.employees, known_as):
            return EMPLOYEE
        return CUSTOMER if _any(self.customers, known_as) else ""

    def side(self, name: str, address: str = "", by_file: str = "") -> str:
        """``customer``, ``employee``, or blank where nothing decides it; ``by_file`` is what the file itself says."""
        if not name and not address:
            return by_file or self.unnamed
        if told := self.named(name, address) or by_file:
            return told
        domain = address.rpartition("@")[2].lower()
        if domain and self.own_domains:
            own = any(domain == one or domain.endswith("." + one) for one in self.own_domains)
            return EMPLOYEE if own else CUSTOMER
        if bool(self.employees) != bool(self.customers):
            return CUSTOMER if self.employees else EMPLOYEE
        return ""


def people_of(options: Mapping[str, Any], where: str) -> People:
    """What the keys of ``[file]`` tell; MappingError for a side that there is not."""
    unnamed, direction = str(options.get("unnamed", "")), str(options.get("direction", ""))
    for key, value, known in (("unnamed", unnamed, _SIDES), ("direction", direction, _DIRECTIONS)):
        if value and value not in known:
            raise MappingError(
                f"{key} in {where} is none that is known", f"{key} = {' or '.join(known)}", "see docs/how-to/exports.md"
            )
    return People(
        _several(options.get("employees", ())), _several(options.get("customers", ())),
        str(options.get("customer", "")).strip(), unnamed,
        tuple(one.lower().lstrip("@.") for one in _several(options.get("own_domains", ()))), direction,
    )  # fmt: skip


def _several(given: object) -> tuple[str, ...]:
    values = given if isinstance(given, list | tuple) else [given]
    return tuple(text for value in values if (text := str(value).strip()))


def _any(patterns: tuple[str, ...], values: tuple[str, ...]) -> bool:
    plain = [" ".join(value.split()).casefold() for value in values if value]
    return any(fnmatch.fnmatchcase(value, pattern.casefold()) for pattern in patterns for value in plain)
