"""Members' records made comparable: every part in one spelling, fillers gone, values under which records may meet."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from heartline.identity.names import Name, NameReader, fold, of_household, roots

USED_BY_MANY = 5
"""An address or number that goes with so many different given names is a filler or a role mailbox, and says nothing."""
MEET_AT_MOST = 60
"""A value under which more records than this meet brings none of them together: pairs grow with its square."""
PRESETS = frozenset({"1900-01-01", "1901-01-01", "1970-01-01"})
"""Dates that forms are filled with."""

COMPARED = pa.schema(
    [
        ("member_id", pa.string()),
        ("given", pa.string()),
        ("given_roots", pa.list_(pa.int64())),
        ("given_others", pa.list_(pa.string())),
        ("given_count", pa.int64()),
        ("family", pa.string()),
        ("family_parts", pa.list_(pa.string())),
        ("email", pa.string()),
        ("email_local", pa.string()),
        ("email_shared", pa.bool_()),
        ("phone", pa.string()),
        ("phone_shared", pa.bool_()),
        ("birth", pa.string()),
        ("birth_turned", pa.string()),
        ("street", pa.string()),
        ("house", pa.string()),
        ("postcode", pa.string()),
        ("city", pa.string()),
        ("address", pa.string()),
        *((f"meet_{name}", pa.string()) for name in ("email", "local", "phone", "name", "family_birth", "given_birth",
                                                     "family_place", "given_street", "address", "initials_birth")),
    ]
)  # fmt: skip
"""One row a member, in the order of the records.

given, family: folded; a given name that is not told is taken from the mailbox that bears one
given_roots: what it has in common with its other forms; given_others: further given names; given_count: records with it
email_shared, phone_shared: whether records with clearly different given names have the same one
birth_turned: the date with day and month exchanged; address: street, house and postcode as one; NULL where one lacks
meet_…: records meet where one of these is equal; NULL where it is not known, or too many have it
"""

MEETINGS = tuple(name for name in COMPARED.names if name.startswith("meet_"))


def compared(records: pa.Table, keys: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """Rows of ``COMPARED`` for rows of ``pairs.RECORDS`` and ``pairs.KEYS``, and notes on what was left out."""
    rows: dict[str, list[Any]] = {name: records.column(name).to_pylist() for name in records.schema.names}
    rows["email"] = [email.strip().lower() if email else None for email in rows["email"]]
    for kind in ("email", "phone"):
        rows[kind] = _or_hash(rows["member_id"], rows[kind], kind, keys)
    reader = NameReader(rows["name"])
    names = list(map(reader.read, rows["name"]))
    emails, emails_shared = _by_many(rows["email"], names)
    # of several who use a mailbox, it does not say who wrote no name
    names = [
        name if name.given or shared else replace(name, given=reader.owner(email))
        for name, email, shared in zip(names, emails, emails_shared, strict=True)
    ]
    phones, phones_shared = _by_many([_digits(phone) for phone in rows["phone"]], names)
    births = _births(rows["birth_date"])
    places = [_place(*each) for each in zip(rows["street"], rows["postcode"], rows["city"], strict=True)]
    made = [
        _row(member, name, email, phone, birth, place)
        for member, name, email, phone, birth, place in zip(
            rows["member_id"], names, emails, phones, births, places, strict=True
        )
    ]
    met = Counter(row["given"] for row in made)
    for row, email_shared, phone_shared in zip(made, emails_shared, phones_shared, strict=True):
        row |= {"email_shared": email_shared or of_household(row["email"]), "phone_shared": phone_shared}
        row["given_count"] = met[row["given"]]
    left_out = _meetings(made)
    dropped = sum(old is not None and new is None for old, new in zip(rows["email"], emails, strict=True))
    dropped_phones = sum(bool(old) and new is None for old, new in zip(rows["phone"], phones, strict=True))
    notes = (
        f"{len(made)} records compared; {dropped} e-mail addresses and {dropped_phones} numbers say nothing: "
        "fillers, or people of many names use them",
        *((f"values that more than {MEET_AT_MOST} records have bring none together: {left_out}",) if left_out else ()),
    )
    return pa.Table.from_pylist(made, schema=COMPARED), notes


def _or_hash(members: Sequence[str], values: Sequence[str | None], kind: str, keys: pa.Table) -> list[str | None]:
    """The values; where only hashes are kept, those: equal or not is all that can be said of them then."""
    ours = keys.filter(pc.equal(keys.column("kind"), kind))
    hashes = dict(zip(ours.column("member_id").to_pylist(), ours.column("value_hash").to_pylist(), strict=True))
    return [
        value if value is not None or member not in hashes else f"#{hashes[member]}"
        for member, value in zip(members, values, strict=True)
    ]


def alike_given(one: str | None, other: str | None) -> bool:
    """Whether two given names may be of one person: equal, a nickname, an initial, or nearly the same; unknown is."""
    if one is None or other is None or one == other:
        return True
    if len(one) == 1 or len(other) == 1 or one.startswith(other) or other.startswith(one):
        return one[0] == other[0]
    return bool(set(roots(one)) & set(roots(other))) or _one_slip(one, other)


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter changed, was left out or added, or two were exchanged; at four letters or more."""
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) == len(other):
        exchanged = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
        return exchanged or one[at + 1 :] == other[at + 1 :]
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[at + 1 :] == shorter[at:]


def _by_many(values: Sequence[str | None], names: Sequence[Name]) -> tuple[list[str | None], list[bool]]:
    """The values without those of too many people, and which of the others several people use."""
    used: defaultdict[str, list[str]] = defaultdict(list)
    for value, name in zip(values, names, strict=True):
        if value is not None and name.given is not None and name.given not in used[value]:
            used[value].append(name.given)
    people = {value: _different(given) for value, given in used.items()}
    kept = [None if value is not None and people.get(value, 0) >= USED_BY_MANY else value for value in values]
    return kept, [value is not None and people.get(value, 0) > 1 for value in kept]


def _different(given: Sequence[str]) -> int:
    """How many of the names cannot be forms of one another, up to ``USED_BY_MANY``."""
    found: list[str] = []
    for name in sorted(given, key=lambda one: (-len(one), one)):
        if not any(alike_given(name, other) for other in found):
            found.append(name)
            if len(found) == USED_BY_MANY:
                break
    return len(found)


def _digits(phone: str | None) -> str | None:
    """The last nine digits: what is left of a number when the country and the leading 0 are gone."""
    if phone and phone.startswith("#"):
        return phone
    digits = "".join(letter for letter in phone or "" if letter.isdigit())
    return digits[-9:] if len(digits) >= 7 and len(set(digits)) > 2 else None


def _births(dates: Sequence[str | None]) -> list[str | None]:
    """Dates without the presets of forms: the well-known, and those met twelve times as often as others are."""
    counts = Counter(date for date in dates if date is not None)
    usual = sum(counts.values()) / max(len(counts), 1)
    preset = PRESETS | {date for date, n in counts.items() if n > max(10, 12 * usual)}
    return [None if date in preset else date for date in dates]


def _place(street: str | None, postcode: str | None, city: str | None) -> dict[str, str | None]:
    written = fold(street or "")
    number = re.search(r"\b(\d+\s?[a-z]?)\b\s*$", written) or re.match(r"\s*(\d+\s?[a-z]?)\b", written)
    house = number[1].replace(" ", "") if number else None
    rest = written[: number.start()] + written[number.end() :] if number else written
    rest = re.sub(r"strasse|straat|street\b|str\.?(?=\s|$)|str\.", "str", rest)
    rest = re.sub(r"[\W_]+", "", rest)
    code = re.sub(r"[\W_]+", "", fold(postcode or "")) or None
    found = {"street": rest or None, "house": house, "postcode": code, "city": fold(city).strip() if city else None}
    whole = None in (found["street"], house, code)
    return found | {"address": None if whole else f"{rest} {house} {code}"}


def _row(
    member: str, name: Name, email: str | None, phone: str | None, birth: str | None, place: Mapping[str, str | None]
) -> dict[str, Any]:
    given, family = name.given, name.family
    written = None if given is None or len(given) == 1 else given
    turned = f"{birth[:4]}-{birth[8:10]}-{birth[5:7]}" if birth and len(birth) == 10 else None
    local = email.partition("@")[0] if email and "@" in email else None
    return {
        "member_id": member, "given": given, "given_roots": list(roots(given)), "given_others": list(name.others),
        "family": family, "family_parts": family.split("-") if family else [], "email": email, "email_local": local,
        "phone": phone, "birth": birth, "birth_turned": turned, **place,
        "meet_email": email, "meet_local": local if local and len(local) >= 6 else None, "meet_phone": phone,
        "meet_name": _both(written, family), "meet_family_birth": _both(family, birth),
        "meet_given_birth": _both(written, birth), "meet_family_place": _both(family, place["postcode"]),
        "meet_given_street": _both(_both(written, place["street"]), place["house"]), "meet_address": place["address"],
        "meet_initials_birth": _both(_both(given and given[0], family and family[:2]), birth),
    }  # fmt: skip


def _both(one: str | None, other: str | None) -> str | None:
    return None if one is None or other is None else f"{one} {other}"


def _meetings(rows: list[dict[str, Any]]) -> str:
    """Takes away the values under which too many records would meet; says how many of each."""
    told = []
    for name in MEETINGS:
        counts = Counter(row[name] for row in rows if row[name] is not None)
        many = {value for value, n in counts.items() if n > MEET_AT_MOST}
        if many:
            told.append(f"{len(many)} of {name.removeprefix('meet_').replace('_', ' and ')}")
            for row in rows:
                if row[name] in many:
                    row[name] = None
    return _listed(told)


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
