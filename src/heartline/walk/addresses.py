"""Which addresses are the same page, and which are alike."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from heartline.walk.robots import plain

_TRACKING = re.compile(
    r"utm_\w+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_ga|_gl|_hs\w+|mkt_tok|"
    r"pk_\w+|mtm_\w+|ref_src|phpsessid|jsessionid|aspsessionid\w*|sid|sessionid|session_id|cfid|cftoken",
    re.I,
)
_SESSION = re.compile(r";(jsessionid|sid|phpsessid)=[^/?;]*", re.I)
_INDEX = re.compile(r"/index\.(html?|php|aspx?|jsp)$", re.I)
_ORIGIN = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#]*", re.I)
_NUMBERED = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+", re.I)


def path_of(address: str) -> str:
    """Path with query of an address with or without its origin, without fragment. Two slashes begin a path like any."""
    path = _ORIGIN.sub("", address).partition("#")[0]
    return path if path.startswith("/") else f"/{path}"


def like(address: str, patterns: Iterable[str]) -> bool:
    """Whether path and query are like one of the patterns (``*``, ``?``), whatever is in capitals or written as %XX."""
    path = path_of(address).lower()
    spelt = {path, unquote(path).lower()}
    return any(fnmatch.fnmatchcase(one, pattern.lower()) for pattern in patterns for one in spelt)


def inside(address: str, origin: str) -> str | None:
    """Path with query of an address on the origin, without fragment; None for any other."""
    try:
        told = urlsplit(address)
    except ValueError:
        return None
    return path_of(address) if f"{told.scheme}://{told.netloc}".lower() == origin else None


def clean(path: str) -> str:
    """Without what only tells where a visitor came from or who they are: tracking, session ids."""
    whole, mark, asked = path.partition("?")
    given = parse_qsl(asked, True)
    kept = [(name, value) for name, value in given if not _TRACKING.fullmatch(name)]
    if kept != given:
        asked = urlencode(kept)
    return (_SESSION.sub("", whole) or "/") + (mark + asked if asked else "")


def key_of(path: str) -> str:
    """One spelling for all addresses of a page: as ``clean``, parameters in order, no slash at the end, no index."""
    told, _, given = clean(path).partition("?")
    whole = re.sub(r"/{2,}", "/", _INDEX.sub("/", told)).rstrip("/") or "/"
    asked = urlencode(sorted(parse_qsl(given, True)))
    return plain(whole) + (f"?{asked}" if asked else "")


def family(path: str) -> str:
    """What endless lists have in common: the path with numbers left open, and the names of its parameters."""
    told, _, given = key_of(path).partition("?")
    names = sorted({name for name, _ in parse_qsl(given, True)})
    return _NUMBERED.sub("#", told) + (f"?{'&'.join(names)}" if names else "")


def in_sitemap(text: str) -> tuple[list[str], bool]:
    """Addresses in a sitemap, and whether it is a list of further ones. Entities are those of XML alone."""
    found = re.findall(r"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]+)", text)
    plainly = [one.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"') for one in found]
    return [one.replace("&apos;", "'").replace("&amp;", "&") for one in plainly], "<sitemapindex" in text
