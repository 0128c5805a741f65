"""A playbook to begin with, in the project's own words; `heartline playbook init` writes it into a workspace."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from heartline.errors import PlaybookError
from heartline.playbook.reading import ENDINGS


def write(folder: Path) -> list[Path]:
    """Write the files of the starter into a folder, made where there is none; gives what was written.

    PlaybookError where a file of a playbook is there already: nobody's own words are written over.
    """
    if folder.is_dir() and any(file.suffix.lower() in ENDINGS for file in folder.rglob("*")):
        raise PlaybookError(
            f"{folder} holds a playbook already", "change its files, or move the folder away first", rule="init.there"
        )
    written = []
    with as_file(files(__package__)) as source:
        for file in sorted(source.rglob("*.yaml")):
            target = folder / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
            written.append(target)
    return written
