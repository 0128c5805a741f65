"""Follow-ups as a calendar (iCalendar, RFC 5545): deadlines of cases, cases put off, promises that are due.

Written here: a calendar of single moments needs six properties, folding and escaping, about forty lines. The package
`icalendar` reads calendars as well, which nothing here does, and would be one more thing to install. Times are in UTC,
so that no time zone has to be described. A name of a customer never stands in it: calendars are synchronised widely.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from heartline import __version__
from heartline.action.channels import desk_of
from heartline.action.house import House
from heartline.action.message import address
from heartline.action.people import of_today
from heartline.records import cases as kept_cases
from heartline.records import promises as kept_promises
from heartline.records.cases import PENDING, Case
from heartline.records.promises import Promise

MOST_OCTETS = 75
LASTS = timedelta(minutes=30)
"""How long a follow-up is shown to take; it stands for the half hour before its deadline."""


@dataclass(frozen=True)
class FollowUp:
    """One entry. uid: the same for the same follow-up for ever; ends_at: the deadline, UTC; link: empty for none."""

    uid: str
    ends_at: datetime
    title: str
    text: str
    link: str
    changed_at: datetime


def calendar_of(house: House, team: str | None = None, owner: str | None = None) -> bytes:
    """The follow-ups of a workspace as a file: all, or of one team or owner; promises are their maker's."""
    cases = of_today(house, kept_cases.listed(house.records, PENDING, team, owner))
    promises = [] if team else of_today(house, kept_promises.listed(house.records, ("open",)))
    mine = [one for one in promises if owner in (None, one.made_by)]
    company = house.settings.text("company")
    domain = f"{hashlib.sha256(company.encode()).hexdigest()[:12]}.heartline"
    entries = follow_ups(cases, mine, desk_of(house.settings))
    return calendar(entries, f"Follow-ups of {owner or team or company}", domain)


def follow_ups(cases: Iterable[Case], promises: Iterable[Promise], desk: str) -> list[FollowUp]:
    """What is to be done when: by case its deadline, or the end of being put off; by promise the time it was made for.

    What is closed, acted on, held out or settled is left out, and so is what has no date.
    """
    made: list[FollowUp] = []
    for case in cases:
        if case.status not in PENDING:
            continue
        put_off = case.status == "waiting" and case.snoozed_until is not None
        moment = case.snoozed_until if put_off else case.due_at
        if moment is None:
            continue
        title = f"{'Look again at' if put_off else 'Due:'} {case.case_id} ({case.team})"
        # reasons that a person wrote may name somebody; those of plays are the house's own words
        reasons = case.reasons.split("; ") if case.play_id else []
        lines = [f"Customer {case.customer_id}", *reasons, f"Owner: {case.owner or 'nobody yet'}"]
        made.append(
            FollowUp(
                f"{case.case_id}-{'again' if put_off else 'due'}", moment, title, "\n".join(lines),
                address(desk, "case", case.case_id), case.opened_at,
            )
        )  # fmt: skip
    for promise in promises:
        if promise.status != "open" or promise.due_at is None:
            continue
        text = f"Customer {promise.customer_id}\nPromised by {promise.made_by}"
        title = f"Promise {promise.promise_id} is due"
        link = address(desk, "customers", promise.customer_id)
        made.append(FollowUp(promise.promise_id, promise.due_at, title, text, link, promise.made_at))
    return sorted(made, key=lambda one: (one.ends_at, one.uid))


def calendar(entries: Sequence[FollowUp], name: str, domain: str) -> bytes:
    """The calendar as a file. ``domain`` makes its uids differ from those of other houses."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Heartline//{__version__}//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}",
    ]  # fmt: skip
    for one in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escaped(one.uid)}@{escaped(domain)}",
            f"DTSTAMP:{_utc(one.changed_at)}",
            f"DTSTART:{_utc(one.ends_at - LASTS)}",
            f"DTEND:{_utc(one.ends_at)}",
            f"SUMMARY:{escaped(one.title)}",
            f"DESCRIPTION:{escaped(one.text)}",
            *([f"URL:{one.link}"] if one.link else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return b"".join(folded(line) for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """TEXT of RFC 5545, section 3.3.11: backslash, semicolon, comma and line ends escaped, other controls left out."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(sign for sign in plain if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) != 127))
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(sign, written)
    return plain


def folded(line: str) -> bytes:
    """A content line, cut after at most 75 octets and never inside a character, each part after the first indented."""
    parts: list[bytes] = []
    part = b""
    for sign in line:
        octets = sign.encode("utf-8", "replace")
        if len(part) + len(octets) > MOST_OCTETS:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"


def _utc(moment: datetime) -> str:
    known = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{known:%Y%m%dT%H%M%SZ}"
