"""How a site is explored, as it is written down: what is looked for, how far, and what is never opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from heartline.errors import WalkError
from heartline.walk.access import Access
from heartline.walk.addresses import like
from heartline.walk.reading import content_of, shaped, tree_of
from heartline.walk.script import Device, Every, Name, Network, origin_of
from heartline.walk.verbs import Words

SALE = ("address:*checkout*",)
HUMAN = ("way:tel:*",)
DENY = ("*logout*", "*sign-out*", "*delete*", "*unsubscribe*", "*payment*")
Rule = Annotated[str, msgspec.Meta(pattern=r"^(address|text|way):.{1,300}$")]
Pattern = Annotated[str, msgspec.Meta(min_length=2, max_length=300, pattern=r"^[/*]")]
_MANUAL = "docs/how-to/walk.md"


class Reach(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How far is looked.

    pages, seconds: most in all; rate: most pages a second
    alike: most pages whose addresses differ only in numbers and values, so that a calendar comes to an end
    search: a harmless word for forms that only look for something; none: no form is used
    menus: whether what is folded away is opened; screens: how far a page that goes on is scrolled
    keyboard: whether each page is gone through by the Tab key
    """

    pages: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 100
    seconds: Annotated[float, msgspec.Meta(ge=1, le=36_000)] = 300.0
    rate: Annotated[float, msgspec.Meta(ge=0.01, le=50)] = 1.0
    alike: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 12
    search: Words | None = None
    menus: bool = True
    screens: Annotated[int, msgspec.Meta(ge=0, le=50)] = 2
    keyboard: bool = True


class Rules(Reach, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is looked for and how far.

    sale, human: where a page is one; ``address:/pattern*`` its path with query, ``text:words`` what is written on it,
    ``way:pattern*`` the address of something on it that can be pressed (tel:, mailto:)
    deny: patterns of addresses that are never opened; robots: whether robots.txt is obeyed
    """

    sale: Annotated[tuple[Rule, ...], msgspec.Meta(max_length=50)] = SALE
    human: Annotated[tuple[Rule, ...], msgspec.Meta(max_length=50)] = HUMAN
    deny: Annotated[tuple[Pattern, ...], msgspec.Meta(max_length=200)] = DENY
    robots: bool = True

    def denies(self, path: str) -> bool:
        """Whether an address, with or without its origin, is never opened."""
        return like(path, self.deny)


class Exploration(Reach, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A YAML file of rules. kind: ``explore``; walk: its name; origin: what is explored; the rest as in ``Rules``.

    deny: besides those that are never opened anyway; access: what a protected test site asks for first
    """

    kind: Literal["explore"]
    walk: Name
    origin: Words
    sale: Annotated[tuple[Rule, ...], msgspec.Meta(min_length=1, max_length=50)] = SALE
    human: Annotated[tuple[Rule, ...], msgspec.Meta(min_length=1, max_length=50)] = HUMAN
    deny: Annotated[tuple[Pattern, ...], msgspec.Meta(max_length=200)] = ()
    device: Device = "desktop"
    network: Network = "full"
    access: Access | None = None
    every: Every | None = None

    def given(self, options: Mapping[str, Any]) -> Exploration:
        """The same with other values for some of its fields. WalkError where one does not fit."""
        try:
            return msgspec.convert(msgspec.to_builtins(self) | dict(options), Exploration)
        except msgspec.ValidationError as error:
            raise WalkError(
                f"an option does not fit: {error}", "RULE: address:…, text:… or way:…; PATTERN: begins with / or *",
                "heartline walk explore --help",
            ) from error  # fmt: skip

    def rules(self, robots: bool = True) -> Rules:
        """The rules in it. robots: whether robots.txt is obeyed, which a workspace says and no file."""
        reach = {name: getattr(self, name) for name in Reach.__struct_fields__}
        return Rules(sale=self.sale, human=self.human, deny=(*DENY, *self.deny), robots=robots, **reach)


def read_rules(file: Path) -> Exploration:
    """The rules in a YAML file. WalkError with file and line, what stands there, and how to mend it."""
    return parse_rules(content_of(file), file.name)


def parse_rules(content: bytes, file: str = "explore.yaml") -> Exploration:
    """As ``read_rules``, from bytes."""
    node = tree_of(content, file, "kind, walk, origin")
    told = shaped(node, Exploration, _MANUAL)
    return msgspec.structs.replace(told, origin=origin_of(told.origin, f"{file}, line {node.at(['origin']).line}"))


def explores(content: bytes) -> bool:
    """Whether a YAML file says that it is of this kind."""
    return any(line.split("#")[0].replace(" ", "").strip("'\"\r") == "kind:explore" for line in _lines(content))


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").split("\n")
