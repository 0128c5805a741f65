"""Identifiers in one spelling each, and their hashes: the same mailbox or line, however it was typed, is one value."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from types import ModuleType

from heartline.errors import SettingsError

EMAIL, PHONE = "email", "phone"
ROLE_EMAIL, UNUSABLE_EMAIL, UNUSABLE_PHONE = "role_email", "unusable_email", "unusable_phone"
"""Kinds of what is nobody's own: a mailbox of a role, and what was written where a form had to be filled in."""

ROLES = frozenset(
    (
        "abuse", "accounting", "accounts", "admin", "administrator", "all", "anfrage", "ap", "ar", "bestellung",
        "billing", "bookings", "buchhaltung", "buero", "compras", "comptabilite", "contact", "contacto", "contatti",
        "customercare", "customerservice", "donotreply", "einkauf", "enquiries", "facturacion", "feedback", "finance",
        "hallo", "hello", "help", "helpdesk", "hi", "hola", "hostmaster", "hr", "info", "infos", "inquiries", "invoice",
        "invoices", "it", "jobs", "kontakt", "kundenservice", "legal", "mail", "mailerdaemon", "marketing", "media",
        "newsletter", "nobody", "noreply", "notifications", "office", "order", "orders", "payments", "personal",
        "postmaster", "press", "privacy", "purchasing", "rechnung", "rechnungen", "reception", "registration",
        "returns", "root", "sales", "security", "sekretariat", "service", "shop", "staff", "store", "support", "team",
        "tech", "test", "unknown", "ventas", "vertrieb", "verwaltung", "web", "webmaster", "welcome",
    )
)  # fmt: skip
"""Mailboxes of a role, not of a person, written without dots, hyphens and underscores."""

NONE = frozenset(("aa", "aaa", "asdf", "na", "nomail", "none", "notgiven", "unbekannt", "xx", "xxx"))
"""What is written before the ``@`` where a form had to be filled in."""

_TAGS = frozenset(
    (
        "fastmail.com", "gmail.com", "hotmail.com", "icloud.com", "live.com", "mac.com", "me.com", "outlook.com",
        "pm.me", "proton.me", "protonmail.com",
    )
)  # fmt: skip
"""Mail services that deliver ``ann+shop@`` to ``ann@``. Elsewhere the plus may be part of a name."""

_SHORTEST = 6  # digits of the shortest number that a person can have; below it are extensions and slips


def identifier_hash(kind: str | None, value: str | None, region: str = "") -> str | None:
    """SHA-256 (hex) of an identifier in one spelling; see ``one_spelling``."""
    if kind is None or value is None:
        return None
    return hashlib.sha256(one_spelling(kind, value, region).encode()).hexdigest()


def one_spelling(kind: str, value: str, region: str = "") -> str:
    """The value as it is compared: e-mail addresses by mailbox, telephone numbers by line, others as they are.

    region: two letters of the country whose numbers come without a country code; empty: those are compared by their
    digits. SettingsError where a region is given and the library that knows countries' numbers is not installed.
    """
    if kind == EMAIL:
        return mailbox(value)
    return line(value, region) if kind == PHONE else value.strip()


def mailbox(address: str) -> str:
    """The mailbox of an e-mail address: lower case, without what its service does not tell apart.

    Gmail (also under the name googlemail) passes over dots, and it and some others over ``+`` and what follows.
    """
    plain = unicodedata.normalize("NFKC", address).strip().strip("<>").removeprefix("mailto:").lower()
    name, at, domain = plain.rpartition("@")
    if not at:
        return plain
    domain = _ascii(domain.strip().rstrip("."))
    name = name.strip()
    domain = "gmail.com" if domain == "googlemail.com" else domain
    if domain in _TAGS:
        name = name.partition("+")[0] or name
    if domain == "gmail.com":
        name = name.replace(".", "") or name
    return f"{name}@{domain}"


def kind_of(kind: str, value: str) -> str:
    """The kind of an identifier, where its value is nobody's own that of ``ROLE_EMAIL`` and its like."""
    if kind == EMAIL:
        name, at, domain = mailbox(value).rpartition("@")
        if not at or not name or "." not in domain:
            return UNUSABLE_EMAIL
        return ROLE_EMAIL if is_role(value) else kind
    if kind == PHONE:
        digits = "".join(c for c in value if c.isdigit())
        runs = len(set(digits.lstrip("0"))) < 2 or digits.lstrip("0") in "1234567890123456789"
        return UNUSABLE_PHONE if len(digits) < _SHORTEST or runs else kind
    return kind


def is_role(address: str) -> bool:
    """Whether a mailbox is that of a role (``info@``, ``sales@``, ``no-reply@``) or of nobody, so of no one person."""
    name = mailbox(address).rpartition("@")[0]
    bare = re.sub(r"[._\-]|\+.*", "", name)
    return bare in ROLES or bare in NONE


def line(number: str, region: str = "") -> str:
    """A telephone number as E.164 where it can be read as one, else its digits."""
    plain = number.strip()
    digits = "".join(c for c in plain if c.isdigit())
    written = "+" + digits.removeprefix("00") if plain.startswith(("+", "00")) else digits
    if not region:
        return written
    library = _library()
    try:
        found = library.parse(plain, region)
    except library.NumberParseException:
        return written
    if not library.is_possible_number(found):
        return written
    return str(library.format_number(found, library.PhoneNumberFormat.E164))


@cache
def _library() -> ModuleType:
    try:
        import phonenumbers  # an extra: only where a region is set
    except ImportError as cause:
        raise SettingsError(
            "phone_region is set, and the library that knows countries' telephone numbers is not installed",
            "the extra `identity`",
            "pip install 'heartline[identity]', or leave phone_region empty",
        ) from cause
    found: ModuleType = phonenumbers
    return found


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
