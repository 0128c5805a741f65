"""Scripts of walks as they stand in the folder ``walks``: one file each, of a browser or of a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from heartline.errors import WalkError
from heartline.walk.guide import Guide, read_walk
from heartline.walk.reading import content_of
from heartline.walk.rules import Exploration, explores, read_rules
from heartline.walk.script import Script

TAKEN = ("go", "guess")
"""Names that scripts cannot have: these addresses below ``/walks/`` lead elsewhere."""


@dataclass(frozen=True)
class Shelf:
    """All scripts of a folder, by name; errors: what is wrong with files that hold none, or one that is there twice.

    explorations: rules by which sites are explored, which stand there too
    """

    scripts: tuple[Script | Guide, ...]
    errors: tuple[WalkError, ...]
    explorations: tuple[Exploration, ...] = ()

    def named(self, name: str) -> Script | Guide:
        """The script of that name. WalkError where there is none, or where its name stands in two files."""
        for one in self.scripts:
            if one.walk == name:
                return one
        known = ", ".join(one.walk for one in self.scripts)
        unread = "".join(f"; {error.got}" for error in self.errors[:1])  # it may be the one that was meant
        expected = f"one of {known}" if known else "a script; the folder walks/ holds none"
        raise WalkError(
            f"there is no script {name}{unread}", expected,
            "give the name of a script, or the path of a file that ends in .yaml",
        )  # fmt: skip


def read_shelf(folder: Path) -> Shelf:
    """Every ``*.yaml`` and ``*.yml`` of a folder; one that is not there holds none. Never raises for what files say."""
    found: dict[str, tuple[str, Script | Guide]] = {}
    twice: set[str] = set()
    errors: list[WalkError] = []
    explorations: list[Exploration] = []
    for file in _files(folder):
        try:
            if explores(content_of(file)):
                explorations.append(read_rules(file))
                continue
            one = read_walk(file)
        except WalkError as error:
            errors.append(error)
            continue
        if one.walk in TAKEN:
            errors.append(WalkError(
                f"{file.name} is called {one.walk}", "another name: this one is taken by a page of the desk",
                "rename it after `walk:`",
            ))  # fmt: skip
        elif one.walk in found:
            twice.add(one.walk)
            errors.append(WalkError(
                f"{file.name} and {found[one.walk][0]} are both called {one.walk}", "one name a script",
                "rename one of them after `walk:`",
            ))  # fmt: skip
        else:
            found[one.walk] = (file.name, one)
    scripts = (one for name, (_, one) in sorted(found.items()) if name not in twice)
    return Shelf(tuple(scripts), tuple(errors), tuple(explorations))


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (one for one in sorted(folder.iterdir()) if one.suffix in (".yaml", ".yml") and one.is_file())
