"""robots.txt as RFC 9309 has it: groups by agent, the longest rule wins, ``*`` and ``$``; besides, Crawl-delay."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

AGENT = "heartline-walk"
_MOST = 500 * 1024
"""Characters that are read; what follows is left out, as the RFC allows."""
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True)
class Robots:
    """What a site asks of us.

    rules: whether it allows, and the pattern; delay: seconds between pages; sitemaps: addresses of them
    """

    rules: tuple[tuple[bool, str], ...] = ()
    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()

    def allows(self, path: str) -> bool:
        """Whether a path with query may be opened: the longest pattern that fits decides, of two an Allow."""
        if path == "/robots.txt":
            return True
        told = plain(path)
        fitting = [(len(pattern), allow) for allow, pattern in self.rules if _fits(pattern, told)]
        return max(fitting, default=(0, True))[1]


NOTHING = Robots(((False, "/"),))
"""Where robots.txt fails with the site's own error, nothing may be opened."""


def read_robots(text: str, agent: str = AGENT) -> Robots:
    """The rules for an agent: those of every group that names it, else those for all."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    delays: dict[str, float] = {}
    sitemaps: list[str] = []
    named: list[str] = []
    ruled = False  # a name after a rule begins another group
    for line in text[:_MOST].lstrip("\ufeff").splitlines():
        key, mark, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not mark:
            continue
        if key == "user-agent":
            named = [] if ruled else named
            ruled = False
            token = re.match(r"[A-Za-z_-]+|\*", value)
            if token:
                named.append(token[0].lower())
                groups.setdefault(token[0].lower(), [])
        elif key in ("allow", "disallow"):
            ruled = True
            for one in named if value else ():
                groups[one].append((key == "allow", plain(value, pattern=True)))
        elif key == "crawl-delay":
            ruled = True
            if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value):
                delays.update(dict.fromkeys(named, float(value)))
        elif key == "sitemap" and value:
            sitemaps.append(value)
    own = agent.lower() if agent.lower() in groups else "*"
    return Robots(tuple(groups.get(own, ())), delays.get(own, 0.0), tuple(sitemaps))


def plain(path: str, pattern: bool = False) -> str:
    """One spelling for each path with query, as the RFC compares them (2.2.2, 2.2.3).

    What needs no %XX has none, all else has it in capitals; so have ``:`` and ``/`` in the query, and ``*`` and ``$``
    outside of patterns, where they mean themselves.
    """
    told, mark, asked = path.partition("?")
    free = "=+;:@,!'()~-._#[]&" + ("*$" if pattern else "")
    return _spelt(told, f"/{free}") + mark + _spelt(asked, f"?{free}".replace(":", ""))


def _spelt(text: str, free: str) -> str:
    out = []
    for part in re.split(r"(%[0-9A-Fa-f]{2})", text):
        if re.fullmatch(r"%[0-9A-Fa-f]{2}", part):
            sign = unquote_to_bytes(part).decode("latin-1")
            out.append(sign if _UNRESERVED.fullmatch(sign) else part.upper())
        else:
            out.append(quote(part, safe=free))
    return "".join(out)


def _fits(pattern: str, path: str) -> bool:
    """Each part at the first place behind the one before: no pattern takes longer than a walk along the path."""
    end = pattern.endswith("$")
    first, *rest = (pattern[:-1] if end else pattern).split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not rest:
        return not end or at == len(path)
    last = rest.pop() if end else ""
    for part in rest:
        at = path.find(part, at) + len(part)
        if at < len(part):
            return False
    return path.endswith(last) and at + len(last) <= len(path)
