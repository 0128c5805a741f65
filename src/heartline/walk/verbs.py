"""What can be done in one step of a walk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from heartline.errors import WalkError
from heartline.playbook.nodes import Node
from heartline.walk.reading import fault_at

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Point = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"^\S(.*\S)?$")]
"""A touchpoint or a stage, written as in the facts."""
Secret = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9_]{0,59}$")]
"""Name of a variable of the environment."""
Role = Literal["button", "link", "checkbox", "radio", "tab", "menuitem", "switch", "option"]
Key = Literal[
    "Enter", "Escape", "Tab", "Space", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "PageDown", "PageUp", "Home",
    "End", "Backspace", "Delete",
]  # fmt: skip
VERBS = (
    "open", "click", "fill", "choose", "expect", "expect_address", "price", "hover", "press", "scroll", "upload",
    "wait",
)  # fmt: skip
ENTERING = ("fill", "choose", "upload")
"""What needs a value."""
LOOKING = ("expect", "expect_address", "price", "wait")
"""What changes nothing on a page."""
PAPERS = (".pdf", ".png", ".txt", ".csv")
"""Kinds of files that a walk makes for an upload."""


def secret(name: str, environment: Mapping[str, str] | None = None) -> str:
    """What stands in a variable of the environment. WalkError where it is not set."""
    found = (os.environ if environment is None else environment).get(name)
    if not found:
        raise WalkError(f"the variable {name} is not set", "what is to be entered", f"export {name}=…")
    return found


class Step(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename={"value": "with"}
):
    """One step: exactly one of VERBS.

    open: an address on the origin, ``/…``; click: visible text, label or name of what is pressed, of one role
    fill, choose: label of the field, ``with`` what is entered, or ``secret``, the variable of the environment with it
    expect: text that has to be seen; expect_address: how the path has to begin; price: the amount beside this text
    hover: what the pointer is held over; press: a key; scroll: text until which the page is scrolled; wait: seconds
    upload: label of the field, ``with`` the name of a file, which the walk makes itself
    if_there: left out where it is not there; go_on: where it fails, the walk goes on
    touchpoint, stage: where it stands in the journey, written as in the facts; holds until another step says otherwise
    """

    open: Words | None = None
    click: Words | None = None
    fill: Words | None = None
    choose: Words | None = None
    expect: Words | None = None
    expect_address: Words | None = None
    price: Words | None = None
    hover: Words | None = None
    press: Key | None = None
    scroll: Words | None = None
    upload: Words | None = None
    wait: Annotated[float, msgspec.Meta(gt=0, le=60)] | None = None
    value: Words | None = None
    secret: Secret | None = None
    role: Role | None = None
    if_there: bool = False
    go_on: bool = False
    touchpoint: Point | None = None
    stage: Point | None = None

    @property
    def verb(self) -> str:
        """What is done."""
        return next(verb for verb in VERBS if getattr(self, verb) is not None)

    @property
    def words(self) -> str:
        """What it is done to."""
        return str(getattr(self, self.verb)) if self.wait is None else f"{self.wait:g}"

    def entered(self, environment: Mapping[str, str] | None = None) -> str:
        """What is typed or chosen. WalkError where its variable is not set."""
        return self.value or "" if self.secret is None else secret(self.secret, environment)


def check_step(step: Step, at: Node) -> None:
    """WalkError where a step does not say one thing that can be done. at: where it stands in its file."""
    given = [verb for verb in VERBS if getattr(step, verb) is not None]
    has = [one for one in (step.value, step.secret) if one is not None]
    if len(given) != 1:
        said = f"a step has {', '.join(given) or 'nothing to do'}"
        raise fault_at(at, said, f"give exactly one of {', '.join(VERBS)}")
    verb = given[0]
    if verb in ENTERING and len(has) != 1:
        raise fault_at(at, f"`{verb}` has {len(has) or 'no'} values", "give `with`, or `secret`")
    if verb not in ENTERING and has:
        raise fault_at(at, f"`{verb}` takes no value", "take out `with` and `secret`")
    if step.role and verb not in ("click", "hover"):
        raise fault_at(at, f"`{verb}` takes no role", "take out `role`")
    if step.open is not None and (not step.open.startswith("/") or step.open.startswith("//")):
        raise fault_at(at, "`open` is no path on the origin", "begin it with one /")
    if verb == "upload" and not (step.value or "").lower().endswith(PAPERS):
        raise fault_at(at, "`upload` names no file that a walk can make", f"a name that ends with {', '.join(PAPERS)}")
