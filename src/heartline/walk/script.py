"""A walk as it is written down: who walks, what for, where, step by step, and when it is over."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from heartline.errors import PlaybookError, WalkError
from heartline.playbook.misfit import misfit
from heartline.playbook.nodes import Node, read_nodes

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Device = Literal["desktop", "mobile"]
Network = Literal["full", "slow_4g"]
Role = Literal["button", "link", "checkbox", "radio", "tab", "menuitem", "switch", "option"]
VERBS = ("open", "click", "fill", "choose", "expect", "expect_address", "price")


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"value": "with"}):
    """One step: exactly one of open, click, fill, choose, expect, expect_address, price.

    open: an address on the origin, ``/…``; click: visible text, label or name of what is pressed, of one role
    fill, choose: label of the field, ``with`` what is entered, or ``secret``, the variable of the environment with it
    expect: text that has to be seen; expect_address: how the path has to begin; price: the amount beside this text
    if_there: left out where it is not there; go_on: where it fails, the walk goes on
    """

    open: Words | None = None
    click: Words | None = None
    fill: Words | None = None
    choose: Words | None = None
    expect: Words | None = None
    expect_address: Words | None = None
    price: Words | None = None
    value: Words | None = None
    secret: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9_]{0,59}$")] | None = None
    role: Role | None = None
    if_there: bool = False
    go_on: bool = False

    @property
    def verb(self) -> str:
        """What is done."""
        return next(verb for verb in VERBS if getattr(self, verb) is not None)

    @property
    def words(self) -> str:
        """What it is done to."""
        return str(getattr(self, self.verb))

    def entered(self, environment: Mapping[str, str] | None = None) -> str:
        """What is typed or chosen. WalkError where its variable is not set."""
        if self.secret is None:
            return self.value or ""
        found = (os.environ if environment is None else environment).get(self.secret)
        if not found:
            raise WalkError(
                f"the variable {self.secret} is not set", "what is to be entered", f"export {self.secret}=…"
            )
        return found


class Success(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The goal is reached where all that is given holds: a text is seen, the path begins so."""

    text: Words | None = None
    address: Words | None = None


class Stop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the walk is over without its goal.

    steps: most steps; seconds: most seconds in all; patience: seconds that one thing is looked and waited for
    """

    steps: Annotated[int, msgspec.Meta(ge=1, le=500)] = 60
    seconds: Annotated[float, msgspec.Meta(ge=1, le=3600)] = 180.0
    patience: Annotated[float, msgspec.Meta(ge=0.2, le=120)] = 10.0


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One walk.

    walk: its name; persona, goal: in words; origin: scheme and host that is walked, and nothing else
    account: whether the persona has an account, else a demand for one is a fault
    shortest: steps of the shortest way known, if any; slow: seconds of waiting above which a step is slow
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
    stop: Stop = Stop()

    def on(self, device: Device) -> Script:
        """The same walk on another device."""
        return msgspec.structs.replace(self, device=device)


def read_script(file: Path) -> Script:
    """The walk in a YAML file. WalkError with file and line, what stands there, and how to mend it."""
    try:
        content = file.read_bytes()
    except OSError as cause:
        why = (cause.strerror or type(cause).__name__).lower()
        raise WalkError(f"{file.name} cannot be opened: {why}", "a script of a walk", "check its path") from cause
    return parse_script(content, file.name)


def parse_script(content: bytes, file: str = "walk.yaml") -> Script:
    """As ``read_script``, from bytes."""
    try:
        node = read_nodes(content, file)
    except PlaybookError as error:
        raise WalkError(f"{file}, line {error.line}: {error.what}", next_step=error.next_step) from error
    if node is None or node.kind != "mapping":
        raise WalkError(f"{file} holds no walk", "names with values: walk, persona, goal, origin, steps, success")
    try:
        script = msgspec.convert(node.plain(), Script)
    except msgspec.ValidationError as error:
        fault = misfit(node, Script, str(error), "the file")
        mend = fault.mend.replace("heartline playbook schema", "docs/how-to/walk.md")
        raise WalkError(f"{file}, line {fault.line}: {fault.got}", next_step=mend) from error
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
        given = [verb for verb in VERBS if getattr(step, verb) is not None]
        enters = given and given[0] in ("fill", "choose")
        has = [one for one in (step.value, step.secret) if one is not None]
        if len(given) != 1:
            said = f"a step has {', '.join(given) or 'nothing to do'}"
            raise _fault(at, said, f"give exactly one of {', '.join(VERBS)}")
        if enters and len(has) != 1:
            raise _fault(at, f"`{given[0]}` has {len(has) or 'no'} values", "give `with`, or `secret`")
        if not enters and has:
            raise _fault(at, f"`{given[0]}` takes no value", "take out `with` and `secret`")
        if step.role and step.click is None:
            raise _fault(at, f"`{given[0]}` takes no role", "take out `role`")
        if step.open is not None and (not step.open.startswith("/") or step.open.startswith("//")):
            raise _fault(at, "`open` is no path on the origin", "begin it with one /")
    if script.steps[0].open is None:
        raise _fault(node.at(["steps", 0]), "the first step opens nothing", "begin with `open: /`")
    if script.success.text is None and script.success.address is None:
        raise _fault(node.at(["success"]), "`success` names nothing", "give `text`, `address`, or both")


def _fault(at: Node, said: str, mend: str) -> WalkError:
    return WalkError(f"{at.file}, line {at.line}: {said}", next_step=mend)
