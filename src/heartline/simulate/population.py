"""People as they are: households, names, addresses, numbers and devices, and what of it changed lately."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import numpy as np
import numpy.typing as npt

from heartline.simulate.given_names import (
    CITY_HEADS,
    CITY_TAILS,
    NICKNAMES,
    STREET_KINDS,
    STREETS,
    family_names,
    given_names,
)
from heartline.simulate.slips import without_marks

_DOMAINS = ("mail.example", "post.example", "inbox.example", "webmail.example", "brief.example", "online.example",
            "fastmail.example", "hausnetz.example")  # fmt: skip
_DOMAIN_SHARES = (0.34, 0.2, 0.13, 0.1, 0.08, 0.06, 0.05, 0.04)


@dataclass(frozen=True)
class Rates:
    """How people are, as shares unless said. Where no source is named the figure was chosen.

    Sources: shared e-mail of couples: Pew Research Center 2014, *Couples, the Internet, and Social Media*. Moves: 8.4 %
    of people in a year, US Census Bureau, Current Population Survey 2021, over ``years``. Twins: 31 of 1,000 births,
    CDC 2021; here of households with two children. Slips: Damerau 1964 for their kind; their number is set so that
    given and family names of one person in two records differ about as often as between two collections of a British
    cohort (12 % and 18 %: Lam and others 2024, International Journal of Population Data Science).
    """

    years: float = 3.0
    household_of: tuple[float, ...] = (0.62, 0.25, 0.08, 0.05)  # households with 1, 2, 3, 4 customers
    couple: float = 0.8  # of households with two customers; the others are a parent with a child, or share a flat
    couple_one_name: float = 0.7
    twins: float = 0.031
    same_name_as_parent: float = 0.01
    shared_email: float = 0.27
    child_uses_parents_email: float = 0.3
    second_email: float = 0.38
    email_changed: float = 0.12
    phone_changed: float = 0.18
    number_given_again: float = 0.1  # of the numbers that somebody gave up
    landline: float = 0.45
    moved_in_a_year: float = 0.084
    name_changed: float = 0.025  # of women
    nickname: float = 0.15  # of those whose name has one
    second_given_name: float = 0.08
    shared_device: float = 0.4  # of households of two or more
    business: float = 0.02  # writes from a mailbox that 2 to 4 colleagues use


@dataclass
class Person:
    """One person. ``before``: the value of earlier records; empty where nothing changed."""

    number: int
    household: int
    given: str
    second_given: str
    nickname: str
    family: str
    family_before: str
    birthday: str
    email: str
    email_before: str
    email_second: str
    email_shared: str
    phone: str
    phone_before: str
    landline: str
    address: tuple[str, str, str, str]
    address_before: tuple[str, str, str, str] | None
    mailbox: str
    devices: list[str] = field(default_factory=list)


def draw_population(count: int, seed: int, rates: Rates) -> list[Person]:
    """``count`` people, household by household; the same for the same seed."""
    draws, rng = np.random.default_rng((seed, 71)), Random(f"population {seed}")  # noqa: S311  a simulation
    female = draws.random(count) < 0.5
    world = _World(rng, rates, given_names(draws, female), family_names(draws, 2 * count), _places(rng), female)
    people: list[Person] = []
    for household, size in enumerate(draws.choice((1, 2, 3, 4), count, p=rates.household_of)):
        people += world.household(household, len(people), min(int(size), count - len(people)))
        if len(people) == count:
            break
    _numbers_again(rng, rates, people)
    _mailboxes(rng, rates, people)
    return people


@dataclass
class _World:
    rng: Random
    rates: Rates
    given: list[str]
    families: list[str]
    places: list[tuple[str, str]]
    female: npt.NDArray[np.bool_]
    taken: set[str] = field(default_factory=set)

    def household(self, number: int, first: int, size: int) -> list[Person]:
        """The people of one household."""
        rng, rates = self.rng, self.rates
        address, old_address = self._address(), self._address()
        moved = rng.random() < 1 - (1 - rates.moved_in_a_year) ** rates.years
        landline = f"{rng.randint(201, 989)}{rng.randint(100000, 9999999)}" if rng.random() < rates.landline else ""
        family = self.families[2 * first]
        flat_share = size == 2 and rng.random() < (1 - rates.couple) / 2
        parent_child = size == 2 and not flat_share and rng.random() < (1 - rates.couple) / (1 + rates.couple)
        born = rng.randint(1942, 1996)
        device = f"hh{number:06d}-{rng.randrange(16**6):06x}" if rng.random() < rates.shared_device else ""
        found: list[Person] = []
        for place in range(size):
            child = place >= (1 if parent_child else 2) and not flat_share
            own_name = (
                flat_share or (place == 1 and not child and rng.random() >= rates.couple_one_name)
            ) and place > 0
            person = self._person(first + place, number, self.families[2 * (first + place)] if own_name else family,
                                  born + rng.randint(22, 38) if child else born + rng.randint(-5, 5))  # fmt: skip
            while person.given in [other.given for other in found]:
                person.given, person.nickname = self.given[rng.randrange(len(self.given))], ""
            if child and rng.random() < rates.same_name_as_parent:
                person.given, person.nickname = found[0].given, ""
            if place and not child and not flat_share and rng.random() < rates.shared_email:
                shared = found[0].email if rng.random() < 0.6 else self._new_email(f"familie.{family}", "", 0)
                person.email_shared = found[0].email_shared = shared
            if child and rng.random() < rates.child_uses_parents_email:
                person.email_shared = found[0].email
            if place == 3 and child and rng.random() < rates.twins:
                person.birthday, person.family = found[-1].birthday, found[-1].family
            person.landline = landline
            person.address = self._address() if child and rng.random() < 0.2 else address
            person.address_before = old_address if moved else None
            if device and size > 1:
                person.devices.append(device)
            found.append(person)
        return found

    def _person(self, number: int, household: int, family: str, born: int) -> Person:
        rng, rates = self.rng, self.rates
        given = self.given[number]
        likes = given in NICKNAMES and rng.random() < rates.nickname
        year = min(max(born, 1930), 2010)
        birthday = f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        second = self.given[rng.randrange(len(self.given))] if rng.random() < rates.second_given_name else ""
        changed = bool(self.female[number]) and rng.random() < rates.name_changed
        before = self.families[2 * number + 1] if changed else ""
        phone = f"150{rng.randint(1000000, 99999999)}"
        return Person(
            number, household, given, second if second != given else "", rng.choice(NICKNAMES[given]) if likes else "",
            family, before, birthday,
            email=self._new_email(given, before or family, year),
            email_before=self._new_email(given, before or family, year) if rng.random() < rates.email_changed else "",
            email_second=self._new_email(given, family, year) if rng.random() < rates.second_email else "",
            email_shared="", phone=phone,
            phone_before=f"150{rng.randint(1000000, 99999999)}" if rng.random() < rates.phone_changed else "",
            landline="", address=("", "", "", ""), address_before=None, mailbox="",
            devices=[f"d{number:06d}-{n}{rng.randrange(16**6):06x}" for n in range(rng.choice((1, 1, 2, 3)))],
        )  # fmt: skip

    def _new_email(self, given: str, family: str, year: int) -> str:
        rng = self.rng
        one, two = (without_marks(name, True).lower().replace(" ", "") for name in (given, family))
        if not two:
            local = one
        else:
            local = rng.choice((f"{one}.{two}", f"{one}.{two}", f"{one[0]}.{two}", f"{one}{two}", f"{two}.{one}",
                                f"{one}{year % 100:02d}", f"{one}_{two}", f"{two}{rng.randint(1, 999)}",
                                f"{rng.choice(_HANDLES)}{rng.choice(_HANDLES)}{rng.randint(1, 99)}"))  # fmt: skip
            if rng.random() < 0.5:  # the plain one was taken long ago
                local += str(rng.choice((year, year % 100, rng.randint(1, 9999))))
        address = f"{local}@{rng.choices(_DOMAINS, _DOMAIN_SHARES)[0]}"
        while address in self.taken:
            local, at, domain = address.partition("@")
            address = f"{local}{rng.randint(0, 9)}{at}{domain}"
        self.taken.add(address)
        return address

    def _address(self) -> tuple[str, str, str, str]:
        rng = self.rng
        postcode, city = self.places[int(len(self.places) * rng.random() ** 1.6)]  # few places hold many
        street = f"{rng.choice(STREETS)}{rng.choices(STREET_KINDS, (6, 2, 1, 1, 1))[0]}"
        return street, str(rng.randint(1, 120)) + rng.choice(("", "", "", "", "a", "b")), postcode, city


_HANDLES = ("sonne", "wolke", "tiger", "biker", "gaming", "blume", "hase", "stern", "berg", "kicker", "pixel", "mond",
            "rocket", "panda", "lilly", "nordsee", "angler", "garten", "foto", "musik")  # fmt: skip


def _places(rng: Random) -> list[tuple[str, str]]:
    """Postcodes with their towns; a town may have several, and towns of one name lie apart."""
    found = []
    for _ in range(420):
        city = rng.choice(CITY_HEADS) + rng.choice(CITY_TAILS)
        first = rng.randint(1000, 99000)
        found += [(f"{first + n:05d}", city) for n in range(rng.choice((1, 1, 1, 2, 6)))]
    return found


def _numbers_again(rng: Random, rates: Rates, people: list[Person]) -> None:
    """Some given-up numbers are somebody else's now."""
    for person in people:
        if person.phone_before and rng.random() < rates.number_given_again:
            people[rng.randrange(len(people))].phone = person.phone_before


def _mailboxes(rng: Random, rates: Rates, people: list[Person]) -> None:
    """Colleagues who write from one mailbox of their firm."""
    buyers = [person for person in people if rng.random() < rates.business]
    rng.shuffle(buyers)
    firm = 0
    while buyers:
        role = rng.choice(("info", "office", "einkauf", "kontakt", "buero", "bestellung", "verwaltung"))
        for _ in range(min(rng.choice((2, 2, 3, 4)), len(buyers))):
            buyers.pop().mailbox = f"{role}@firma-{firm:05d}.example"
        firm += 1
