"""A walk as it is written down: who walks, what for, where, step by step, and when it is over."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from heartline.errors import WalkError
from heartline.playbook.nodes import Node
from heartline.walk.access import Access
from heartline.walk.addresses import like
from heartline.walk.reading import content_of, fault_at, shaped, tree_of
from heartline.walk.verbs import Step, Words, check_step

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Device = Literal["desktop", "mobile"]
Network = Literal["full", "slow_4g", "slow_3g"]
Channel = Literal["store", "web", "app", "email", "social", "call", "chat", "mail", "event", "partner", "survey"]
"""Ways of contact, as in the facts."""
Every = Annotated[str, msgspec.Meta(pattern=r"^[1-9]\d{0,2} (hour|day|week)s?$")]
"""How often a walk is to be made: ``12 hours``, ``7 days``, ``4 weeks``."""
Pattern = Annotated[str, msgspec.Meta(min_length=2, max_length=300, pattern=r"^[/*]")]


class Success(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The goal is reached where all that is given holds: a text is seen, the path begins so."""

    text: Words | None = None
    address: Words | None = None


class Stop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """When the walk is over without its goal.

    steps: most steps; seconds: most seconds in all; patience: seconds that one thing is looked and waited for
    """

    steps: Annotated[int, msgspec.Meta(ge=1, le=500)] = 60
    seconds: Annotated[float, msgspec.Meta(ge=1, le=3600)] = 180.0
    patience: Annotated[float, msgspec.Meta(ge=0.2, le=120)] = 10.0


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One walk.

    walk: its name; persona, goal: in words; origin: scheme and host that is walked, and nothing else
    account: whether the persona has an account, else a demand for one is a fault
    shortest: steps of the shortest way known, if any; slow: seconds of waiting above which a step is slow
    avoid: patterns of addresses (path with query) that the walk must not come to; every: how often it is to be made
    channel: way of contact, as in the facts; access: what a protected test site asks for
    glance: seconds that a new page is looked at before anything is done on it, so that what comes late is met
    """

    walk: Name
    persona: Words
    goal: Words
    origin: Words
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=500)]
    success: Success
    device: Device = "desktop"
    network: Network = "full"
    account: bool = False
    shortest: Annotated[int, msgspec.Meta(ge=1)] | None = None
    slow: Annotated[float, msgspec.Meta(gt=0, le=60)] = 3.0
    glance: Annotated[float, msgspec.Meta(ge=0, le=30)] = 2.5
    stop: Stop = Stop()
    access: Access | None = None
    avoid: Annotated[tuple[Pattern, ...], msgspec.Meta(max_length=50)] = ()
    every: Every | None = None
    channel: Channel = "web"

    def on(self, device: Device) -> Script:
        """The same walk on another device."""
        return msgspec.structs.replace(self, device=device)

    def astray(self, address: str) -> bool:
        """Whether this is an address, with or without its origin, that the walk must not come to."""
        return like(address, self.avoid)

    @property
    def version(self) -> str:
        """12 signs that change where what is done changes: steps, goal, rules; not with names, devices, addresses."""
        same = msgspec.structs.replace(
            self, walk="", persona="", origin="", device="desktop", network="full", access=None, every=None,
            channel="web", shortest=None,
            steps=tuple(msgspec.structs.replace(one, touchpoint=None, stage=None) for one in self.steps),
        )  # fmt: skip
        return hashlib.sha256(msgspec.json.encode(same)).hexdigest()[:12]


_UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


def period_of(every: str | None) -> timedelta | None:
    """``7 days`` as a span of time; None where nothing is told."""
    if every is None:
        return None
    number, unit = every.split()
    return int(number) * _UNITS[unit.removesuffix("s")]


def read_script(file: Path) -> Script:
    """The walk in a YAML file. WalkError with file and line, what stands there, and how to mend it."""
    return parse_script(content_of(file), file.name)


def parse_script(content: bytes, file: str = "walk.yaml") -> Script:
    """As ``read_script``, from bytes."""
    node = tree_of(content, file, "walk, persona, goal, origin, steps, success")
    script = shaped(node, Script, "docs/how-to/walk.md")
    _check(script, node)
    return msgspec.structs.replace(script, origin=origin_of(script.origin, f"{file}, line {node.at(['origin']).line}"))


def origin_of(text: str, where: str = "origin") -> str:
    """Scheme, host and port as browsers write them: no path, small letters, no default port. WalkError otherwise."""
    try:
        told = urlsplit(text.strip())
        port = told.port
    except ValueError:
        told, port = urlsplit(""), None
    host = (told.hostname or "").lower()
    bare = told.path in ("", "/") and not (told.query or told.fragment or told.username or told.password)
    if told.scheme not in ("http", "https") or not host or not bare:
        raise WalkError(f"{where}: {text!r} is no origin", "scheme and host, such as https://shop.example", "mend it")
    if not host.isascii():
        raise WalkError(f"{where}: {host} is not written as browsers write it", "xn--…", "copy it from a browser")
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[told.scheme]
    return f"{told.scheme}://{shown}" + (f":{port}" if port not in (None, usual) else "")


def check_origin(origin: str, listed: str) -> str:
    """The origin as browsers write it, if it is one of the workspace's own. WalkError where it is not.

    listed: the setting ``walk_origins``, parted by blanks
    """
    asked = origin_of(origin)
    own = [origin_of(one, "walk_origins") for one in listed.split()]
    if asked not in own:
        raise WalkError(
            f"{asked} is not among the sites that this workspace may walk",
            f"one of {', '.join(own)}" if own else "an origin listed in the setting walk_origins, and none is",
            f'if it is your own site, set walk_origins = "{" ".join([*own, asked])}" in heartline.toml',
        )
    return asked


def _check(script: Script, node: Node) -> None:
    for place, step in enumerate(script.steps):
        at = node.at(["steps", place])
        check_step(step, at)
        if step.open is not None and script.astray(step.open):
            raise fault_at(at, "`open` names an address that `avoid` forbids", "open another, or mend `avoid`")
    if script.steps[0].open is None:
        raise fault_at(node.at(["steps", 0]), "the first step opens nothing", "begin with `open: /`")
    if script.success.text is None and script.success.address is None:
        raise fault_at(node.at(["success"]), "`success` names nothing", "give `text`, `address`, or both")
    if script.access is not None and (script.access.user is None) != (script.access.password is None):
        raise fault_at(node.at(["access"]), "`access` has half of a sign-in", "give `user` and `password`, or neither")
