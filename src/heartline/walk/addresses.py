"""Which addresses are the same page, and which are alike."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from heartline.walk.robots import plain

_TRACKING = re.compile(
    r"utm_\w+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_ga|_gl|_hs\w+|mkt_tok|"
    r"pk_\w+|mtm_\w+|ref_src|phpsessid|jsessionid|aspsessionid\w*|sid|sessionid|session_id|cfid|cftoken",
    re.I,
)
_SESSION = re.compile(r";(jsessionid|sid|phpsessid)=[^/?;]*", re.I)
_INDEX = re.compile(r"/index\.(html?|php|aspx?|jsp)$", re.I)
_NUMBERED = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+", re.I)


def inside(address: str, origin: str) -> str | None:
    """Path with query of an address on the origin, without fragment; None for any other."""
    try:
        told = urlsplit(address)
    except ValueError:
        return None
    if f"{told.scheme}://{told.netloc}".lower() != origin:
        return None
    return urlunsplit(("", "", told.path or "/", told.query, ""))


def clean(path: str) -> str:
    """Without what only tells where a visitor came from or who they are: tracking, session ids."""
    told = urlsplit(path)
    kept = [(name, value) for name, value in parse_qsl(told.query, True) if not _TRACKING.fullmatch(name)]
    same = len(kept) == len(parse_qsl(told.query, True))
    return urlunsplit(("", "", _SESSION.sub("", told.path) or "/", told.query if same else urlencode(kept), ""))


def key_of(path: str) -> str:
    """One spelling for all addresses of a page: as ``clean``, parameters in order, no slash at the end, no index."""
    told = urlsplit(clean(path))
    whole = re.sub(r"/{2,}", "/", _INDEX.sub("/", told.path)).rstrip("/") or "/"
    asked = urlencode(sorted(parse_qsl(told.query, True)))
    return plain(whole) + (f"?{asked}" if asked else "")


def family(path: str) -> str:
    """What endless lists have in common: the path with numbers left open, and the names of its parameters."""
    told = urlsplit(key_of(path))
    names = sorted({name for name, _ in parse_qsl(told.query, True)})
    return _NUMBERED.sub("#", told.path) + (f"?{'&'.join(names)}" if names else "")


def in_sitemap(text: str) -> tuple[list[str], bool]:
    """Addresses in a sitemap, and whether it is a list of further ones. Entities are those of XML alone."""
    found = re.findall(r"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]+)", text)
    plainly = [one.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"') for one in found]
    return [one.replace("&apos;", "'").replace("&amp;", "&") for one in plainly], "<sitemapindex" in text
