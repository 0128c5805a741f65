"""A company that meets the same people in a shop, at a help desk, in stores, by newsletter and in an app.

Nobody tells these systems apart who is who: names are misspelt, couples share an address, numbers change hands. Who
each record belongs to is written beside the files, to test against:

    python -m heartline.simulate.identities FOLDER --people 10000 --seed 1
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from heartline.errors import StatisticsError
from heartline.simulate.population import Person, Rates, draw_population
from heartline.simulate.slips import address_format, heard, phone_format, slip, without_marks, wrong_birthday

END = datetime(2026, 6, 30, tzinfo=UTC)
KIOSKS = 12


@dataclass(frozen=True)
class System:
    """One system and what its records hold, as shares of its records.

    people: share of people who have a record in it; again: of these, how many have a second one
    by_staff: typed by staff who hear it, so there are more slips; nickname: whether people go by one here
    account: names the account in the shop of those who have one (a ticket's customer number, the app's sign-in); card:
    holds the number of the loyalty card of those who have one
    """

    name: str
    people: float
    again: float
    by_staff: bool
    nickname: bool
    named: float
    email: float
    phone: float
    address: float
    birthday: float
    device: float
    account: float
    card: float


SYSTEMS = (
    System("shop", 0.72, 0.10, False, False, 0.99, 1.0, 0.85, 0.97, 0.30, 0.85, 0.0, 0.25),
    System("desk", 0.28, 0.08, True, True, 0.94, 0.90, 0.60, 0.15, 0.0, 0.0, 0.50, 0.0),
    System("store", 0.38, 0.04, True, False, 0.98, 0.70, 0.85, 0.90, 0.70, 0.0, 0.0, 1.0),
    System("news", 0.42, 0.06, False, True, 0.85, 1.0, 0.0, 0.0, 0.0, 0.75, 0.0, 0.0),
    System("app", 0.30, 0.05, False, True, 0.85, 0.95, 0.75, 0.0, 0.40, 1.0, 0.70, 0.3),
)
THIN = (
    System("shop", 0.72, 0.10, False, False, 0.99, 1.0, 0.75, 0.97, 0.25, 0.9, 0.0, 0.25),
    System("desk", 0.28, 0.08, True, True, 0.92, 0.82, 0.45, 0.10, 0.0, 0.0, 0.35, 0.0),
    System("store", 0.38, 0.04, True, False, 0.97, 0.55, 0.75, 0.85, 0.60, 0.0, 0.0, 1.0),
    System("news", 0.42, 0.06, False, True, 0.45, 1.0, 0.0, 0.0, 0.0, 0.4, 0.0, 0.0),
    System("app", 0.30, 0.05, False, True, 0.75, 0.85, 0.60, 0.0, 0.35, 1.0, 0.50, 0.2),
)
"""The same systems where forms ask for little: more than half of the newsletter's are an address, no more."""
_CHANNEL = {"shop": ("web", "checkout"), "desk": ("email", "support"), "store": ("store", "checkout"),
            "news": ("email", "newsletter"), "app": ("app", "app_visit")}  # fmt: skip


@dataclass(frozen=True)
class Slips:
    """Shares of values that come out otherwise than they are; of what customers type, and of what staff type."""

    given: tuple[float, float] = (0.015, 0.04)
    family: tuple[float, float] = (0.02, 0.06)
    email: tuple[float, float] = (0.012, 0.04)
    phone: tuple[float, float] = (0.012, 0.025)
    birthday: tuple[float, float] = (0.012, 0.03)
    street: tuple[float, float] = (0.03, 0.06)
    no_marks: float = 0.25  # written by a keyboard or system without umlauts
    spelt_out: float = 0.8  # of these, ä as ae
    capitals: float = 0.04
    family_first: float = 0.05
    initial_only: float = 0.04
    given_only: float = 0.25  # of the newsletter's names
    second_given_shown: float = 0.3  # of those who have one
    old_value: float = 0.25  # records that still hold the value from before a change
    second_email: float = 0.08  # records in which those with two use the second
    shared_email: float = 0.25  # records in which those who share one use it
    mailbox: float = 0.6
    landline: float = 0.15
    no_address_known: float = 0.006  # a filler such as none@none.example instead of an e-mail address
    filler_phone: float = 0.006
    guest: float = 0.008  # "Guest" instead of a name
    other_card: float = 0.03
    kiosk: float = 0.004  # records made at a public terminal of a store


_FILLER_EMAIL = ("none@none.example", "noreply@shop.example", "kunde@shop.example")
_FILLER_PHONE = ("00000000", "0123456789", "11111111")


HARD = Slips(given_only=0.4, second_email=0.2, old_value=0.35, shared_email=0.5)
"""People who change mailboxes more, and couples who write each second time from the one they share."""


def simulate_identities(folder: Path, people: int = 10_000, seed: int = 1, hard: bool = False) -> dict[str, Any]:
    """Write ``customer``, ``identity``, ``interaction`` (.parquet, Heartline's import columns) and the truth apart.

    people: 100 to 1,000,000; each has 2.3 records on average; seed: the same files for the same seed, byte for byte
    hard: records hold less, and people use more mailboxes: ``THIN`` and ``HARD``

    ``truth_member.parquet`` says of each ``customer_id`` which ``person`` it is, the ``system``, and the ``household``;
    ``truth.json`` has the rates and the counts, which are also returned.

    Raises StatisticsError for a number of people out of range.
    """
    if not 100 <= people <= 1_000_000:
        raise StatisticsError(f"people = {people} is out of range", "100 to 1,000,000", "choose another size")
    rates, slips, systems = Rates(), HARD if hard else Slips(), THIN if hard else SYSTEMS
    population = draw_population(people, seed, rates)
    rng = Random(f"records {seed}")  # noqa: S311  a simulation
    written = _Written()
    for person in population:
        _records_of(rng, slips, systems, person, written)
    folder.mkdir(parents=True, exist_ok=True)
    written.save(folder)
    truth = {
        "parameters": {"people": people, "seed": seed, "hard": hard},
        "rates": asdict(rates),
        "slips": asdict(slips),
        "systems": [asdict(system) for system in systems],
        "counts": {"people": people, "members": len(written.customers), "by_system": dict(written.counter)},
    }
    (folder / "truth.json").write_text(json.dumps(truth, indent=2, sort_keys=True) + "\n", "utf-8")
    return truth


class _Written:
    """Rows of the files as they come to be."""

    def __init__(self) -> None:
        self.customers: list[dict[str, Any]] = []
        self.identities: list[dict[str, Any]] = []
        self.interactions: list[dict[str, Any]] = []
        self.truth: list[dict[str, Any]] = []
        self.counter: Counter[str] = Counter()

    def save(self, folder: Path) -> None:
        text, time = pa.string(), pa.timestamp("us", tz="UTC")
        _save(folder / "customer.parquet", self.customers, pa.schema([
            ("customer_id", text), ("first_seen_at", time), ("name", text), ("email", text), ("phone", text),
            ("street", text), ("postcode", text), ("city", text), ("birth_date", text),
        ]))  # fmt: skip
        _save(folder / "identity.parquet", self.identities,
              pa.schema([("customer_id", text), ("kind", text), ("value", text), ("seen_at", time)]))  # fmt: skip
        _save(folder / "interaction.parquet", self.interactions, pa.schema([
            ("interaction_id", text), ("customer_id", text), ("occurred_at", time), ("channel", text),
            ("touchpoint", text), ("rating", pa.float64()), ("rating_min", pa.float64()), ("rating_max", pa.float64()),
        ]))  # fmt: skip
        _save(folder / "truth_member.parquet", self.truth, pa.schema([
            ("customer_id", text), ("person", text), ("system", text), ("household", text),
        ]))  # fmt: skip


def _save(file: Path, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), file, compression="zstd")


def _records_of(rng: Random, slips: Slips, systems: Sequence[System], person: Person, written: _Written) -> None:
    chosen = [system for system in systems if rng.random() < system.people] or [systems[0]]
    accounts: list[str] = []
    card = f"29{person.number:08d}0" if any(system.name == "store" for system in chosen) else ""
    for system in chosen:
        for _ in range(2 if rng.random() < system.again else 1):
            written.counter[system.name] += 1
            member = f"{system.name}-{rng.randrange(10**9):09d}{written.counter[system.name] % 97:02d}"
            seen = END - timedelta(seconds=rng.randrange(3 * 365 * 86_400))
            written.truth.append({
                "customer_id": member, "person": f"p{person.number:07d}", "system": system.name,
                "household": f"h{person.household:07d}",
            })  # fmt: skip
            row = {"customer_id": member, "first_seen_at": seen, **_record(rng, slips, system, person)}
            written.customers.append(row)
            if system.name == "shop":
                accounts.append(member)
            keys = _other_keys(rng, slips, system, person, accounts, card)
            written.identities += [
                {"customer_id": member, "kind": kind, "value": value, "seen_at": seen} for kind, value in keys
            ]
            _contacts(rng, system, member, seen, written)


def _record(rng: Random, slips: Slips, system: System, person: Person) -> dict[str, str | None]:
    """What one system knows of a person."""
    staff = int(system.by_staff)
    old = rng.random() < slips.old_value
    row: dict[str, str | None] = dict.fromkeys(
        ("name", "email", "phone", "street", "postcode", "city", "birth_date"), None
    )
    if rng.random() < system.named:
        row["name"] = _name(rng, slips, system, person, old)
    if rng.random() < system.email:
        row["email"] = _email(rng, slips, staff, person, old)
    if rng.random() < system.phone or (system.name in ("desk", "app") and row["email"] is None):
        row["phone"] = _phone(rng, slips, staff, person, old)
    if rng.random() < system.address:
        street, number, postcode, city = person.address_before if old and person.address_before else person.address
        if rng.random() < slips.street[staff]:
            street = slip(rng, street)
        row |= {"street": address_format(rng, street, number), "postcode": postcode, "city": city}
        if rng.random() < slips.street[staff] / 3:
            row["postcode"] = slip(rng, postcode, digits_only=True)
    if rng.random() < system.birthday:
        wrong = rng.random() < slips.birthday[staff]
        row["birth_date"] = wrong_birthday(rng, person.birthday) if wrong else person.birthday
    return row


def _name(rng: Random, slips: Slips, system: System, person: Person, old: bool) -> str:
    if system.name == "shop" and rng.random() < slips.guest:
        return rng.choice(("Guest", "Gast", "Kunde"))
    staff = int(system.by_staff)
    given = person.nickname if system.nickname and person.nickname and rng.random() < 0.6 else person.given
    family = person.family_before if old and person.family_before else person.family
    if rng.random() < slips.given[staff]:
        given = heard(rng, given) if staff else slip(rng, given)
    if rng.random() < slips.family[staff]:
        family = heard(rng, family) if staff else slip(rng, family)
    if person.second_given and rng.random() < slips.second_given_shown:
        given = f"{given} {person.second_given}"
    if rng.random() < slips.no_marks:
        spelt = rng.random() < slips.spelt_out
        given, family = without_marks(given, spelt), without_marks(family, spelt)
    if system.name == "news" and rng.random() < slips.given_only:
        return given
    if system.name == "desk" and rng.random() < 0.06:
        return f"{rng.choice(('Herr', 'Frau', 'Mr', 'Ms', 'Dr.'))} {family}"
    if rng.random() < slips.initial_only:
        given = f"{given[0]}."
    name = f"{family}, {given}" if rng.random() < slips.family_first else f"{given} {family}"
    return name.upper() if rng.random() < slips.capitals else name


def _email(rng: Random, slips: Slips, staff: int, person: Person, old: bool) -> str:
    if staff and rng.random() < slips.no_address_known:
        return rng.choice(_FILLER_EMAIL)
    if person.mailbox and rng.random() < slips.mailbox:
        return person.mailbox
    if person.email_shared and rng.random() < slips.shared_email:
        email = person.email_shared
    elif person.email_second and rng.random() < slips.second_email:
        email = person.email_second
    else:
        email = person.email_before if old and person.email_before else person.email
    if rng.random() < slips.email[staff]:
        local, _, domain = email.partition("@")
        email = f"{slip(rng, local)}@{domain}" if rng.random() < 0.8 else f"{local}@{slip(rng, domain)}"
    return email.capitalize() if rng.random() < 0.08 else email


def _phone(rng: Random, slips: Slips, staff: int, person: Person, old: bool) -> str:
    if rng.random() < slips.filler_phone:
        return rng.choice(_FILLER_PHONE)
    number = person.phone_before if old and person.phone_before else person.phone
    if person.landline and rng.random() < slips.landline:
        number = person.landline
    if rng.random() < slips.phone[staff]:
        number = slip(rng, number, digits_only=True)
    return phone_format(rng, number)


def _other_keys(
    rng: Random, slips: Slips, system: System, person: Person, accounts: list[str], card: str
) -> list[tuple[str, str]]:
    """Cards, accounts elsewhere, and the devices that were used; one of a household's may be the one they share."""
    found = []
    if card and rng.random() < system.card:
        # a lost card is replaced by one with another number
        found.append(("loyalty_card", card[:-1] + "1" if rng.random() < slips.other_card else card))
    if accounts and rng.random() < system.account:
        found.append(("alias", accounts[0]))
    if rng.random() < system.device:
        where = "app" if system.name == "app" else "web"
        used = {rng.choice(person.devices) for _ in range(rng.choice((1, 1, 2)))}
        found += [("cookie", f"{where}-{device}") for device in used]
        if rng.random() < slips.kiosk:
            found.append(("cookie", f"web-kiosk-{rng.randrange(KIOSKS):02d}"))
    return sorted(found)


def _contacts(rng: Random, system: System, member: str, seen: datetime, written: _Written) -> None:
    channel, touchpoint = _CHANNEL[system.name]
    for n in range(rng.choice((1, 1, 2, 3))):
        rated = rng.random() < 0.2
        written.interactions.append({
            "interaction_id": f"{member}-{n}", "customer_id": member, "channel": channel, "touchpoint": touchpoint,
            "occurred_at": min(seen + timedelta(seconds=rng.randrange(1, 400 * 86_400) if n else 0), END),
            "rating": float(rng.randint(1, 5)) if rated else None, "rating_min": 1.0 if rated else None,
            "rating_max": 5.0 if rated else None,
        })  # fmt: skip


def main() -> int:
    """Read the command line, write the files, print the counts."""
    parser = argparse.ArgumentParser(prog="python -m heartline.simulate.identities", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hard", action="store_true", help="records that hold less")
    given = parser.parse_args()
    truth = simulate_identities(given.folder, given.people, given.seed, given.hard)
    sys.stdout.write(json.dumps(truth["counts"]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
