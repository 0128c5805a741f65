"""E-mail and IP addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from heartline.privacy.checksums import Span

LONGEST_LOCAL, LONGEST_DOMAIN = 320, 255
_V4 = re.compile(r"(?<![\w.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w]|\.\d)")
# A number of four parts after one of these is that of a program.
_VERSION = re.compile(
    r"(?:\bv|ver|version|versions|build|release|firmware|ios|android|windows|app|update|updated to|software|driver|"
    r"patch|revision|rev|chrome|safari|firefox|section|chapter|kapitel|abschnitt|§)[\s.:#-]*$",
    re.IGNORECASE,
)
_V6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:%[0-9A-Za-z]{1,15})?(?![\w:])")


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses, also with letters beyond ASCII; the address ends before a full stop that ends a sentence."""
    at = text.find("@")
    after = 0
    while at >= 0:
        start = at
        while start > max(after, at - LONGEST_LOCAL) and (text[start - 1].isalnum() or text[start - 1] in "._%+-'&="):
            start -= 1
        while start < at and text[start] in ".-'&=":
            start += 1
        end = _domain_end(text, at + 1) if start < at and text[at - 1] != "." else 0
        if end:
            after = end
            yield start, end
        at = text.find("@", max(at + 1, end))


def _domain_end(text: str, start: int) -> int:
    """The place after a domain with a top level; 0 where there is none."""
    end = start
    while end < min(len(text), start + LONGEST_DOMAIN) and (text[end].isalnum() or text[end] in ".-"):
        end += 1
    labels = text[start:end].split(".")
    whole: list[str] = []
    for label in labels:
        if not label or label.startswith("-") or label.endswith("-"):
            whole += [label.rstrip("-")] if label.rstrip("-") and not label.startswith("-") else []
            break
        whole.append(label)
    # "anna@shop.example.Please call": the next sentence was not parted by a blank
    while len(whole) > 2 and whole[-1][:1].isupper() and not whole[-2][:1].isupper():
        whole.pop()
    while len(whole) > 1 and not ((whole[-1].isalpha() and len(whole[-1]) > 1) or whole[-1].startswith("xn--")):
        whole.pop()
    return start + len(".".join(whole)) if len(whole) > 1 else 0


def ips(text: str) -> Iterator[Span]:
    """IPv4 addresses with a part of 10 or more, not after a word for a version, and IPv6 addresses of three groups or
    more: those of whole numbers below 10 are versions and chapters, short ones are no person's."""
    for found in _V4.finditer(text):
        parts = [int(part) for part in found.groups()]
        if (
            max(parts) <= 255
            and max(parts) >= 10
            and not _VERSION.search(text, max(0, found.start() - 16), found.start())
        ):
            yield found.span()
    if text.count(":") < 2:
        return
    for found in _V6.finditer(text):
        address = found[0].partition("%")[0]
        groups = [group for group in address.split(":") if group]
        if len(groups) >= 3 and any(char.isdigit() for char in address) and _is_v6(address):
            yield found.span()


def _is_v6(address: str) -> bool:
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True
