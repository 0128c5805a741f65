"""`heartline playbook`."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from heartline.cli.booklet import print_playbook
from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.cli.rehearse import rehearse
from heartline.conduct import read_reply
from heartline.emotion import language, load_model, words
from heartline.errors import PlaybookError
from heartline.playbook import starter
from heartline.playbook.checking import check as check_files
from heartline.playbook.conditions import CONDITIONS
from heartline.playbook.faults import Fault
from heartline.playbook.reading import FOLDER
from heartline.playbook.schema import schema_text
from heartline.playbook.spoken import builtins, only
from heartline.playbook.wording import Reading, Tone
from heartline.workspace import Workspace


@click.group()
def playbook() -> None:
    """What customers are meant to feel, how people behave, and who does what when.

    The files stand in the folder `playbook` of a workspace; keep them in your own version control.
    """


playbook.add_command(rehearse)


@playbook.command()
@workspace_option
def init(folder: Path) -> None:
    """Write a playbook to begin with, in files to change."""
    with opened(folder) as workspace:
        target = workspace.root / FOLDER
        written = starter.write(target)
    click.echo(f"Wrote {len(written)} files to {target}: " + ", ".join(_below(written, target)) + ".")
    click.echo(f"Next: put your own words, teams and touchpoints in, then heartline playbook check -w {folder}")


@playbook.command()
@click.option("--no-tone", is_flag=True, help="Do not let the text model read the templates.")
@click.option("--strict", is_flag=True, help="Exit with 3 when there are warnings.")
@workspace_option
@json_option
def check(no_tone: bool, strict: bool, folder: Path, as_json: bool) -> None:
    """Say what is wrong in the files, where, by which rule, and how to mend it. Exits with 1 where there is a fault."""
    with opened(folder) as workspace:
        target = workspace.root / FOLDER
        there = workspace.fact_rows("interaction") > 0
        touchpoints = _touchpoints(workspace) if there else None
        found = check_files(target, None if no_tone else _tone(workspace), touchpoints)
        _must_exist(target, folder)
    faults = [one for one in found if one.severity == "fault"]
    warnings = [one for one in found if one.severity == "warning"]
    if as_json:
        print_json({"faults": [asdict(one) for one in faults], "warnings": [asdict(one) for one in warnings]})
    else:
        for one in found:
            _print_fault(one)
        told = f"{_count(faults, 'fault')}, {_count(warnings, 'warning')}"
        click.echo(f"{told}." if found else "Nothing to mend.")
        if not there:
            click.echo("Touchpoints were not looked at: the workspace has no contacts yet.")
    if faults or (strict and warnings):
        sys.exit(1 if faults else 3)


@playbook.command()
@click.argument("name", required=False)
@workspace_option
@json_option
def show(name: str | None, folder: Path, as_json: bool) -> None:
    """Print the playbook to read, or one play or rule by its NAME."""
    with opened(folder) as workspace:
        held = workspace.moves.playbook()
        _must_exist(workspace.root / FOLDER, folder)
    if held is None:
        raise PlaybookError("the playbook of this workspace has no file", f"heartline playbook init -w {folder}")
    chosen = held if name is None else only(held, name)
    if as_json:
        print_json(builtins(chosen))
        return
    print_playbook(chosen, held.teams)


@playbook.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file.")
def schema(output: Path | None) -> None:
    """Print the JSON Schema of the files, for editors."""
    if output is None:
        click.echo(schema_text(), nl=False)
        return
    output.write_text(schema_text(), encoding="utf-8")
    click.echo(f"Wrote {output}. Begin each file with: # yaml-language-server: $schema={output}")


@playbook.command()
@json_option
def triggers(as_json: bool) -> None:
    """List what `trigger: customer:` may ask of a customer."""
    if as_json:
        print_json([asdict(one) for one in CONDITIONS.values()])
        return
    rows = [
        {
            "name": one.name,
            "takes": "at_least, at_most" if one.kind == "number" else "one_of",
            "unit": one.unit or ("a word" if one.kind == "word" else ""),
            "meaning": one.meaning + (f" ({', '.join(one.allowed)})" if one.allowed else ""),
            "from": f"{one.table}.{one.column}",
            "feeling": "yes" if one.sentiment else "no",
        }
        for one in CONDITIONS.values()
    ]
    print_rows(rows, list(rows[0]))
    click.echo("\nfeeling: it tells how a customer feels; a play that asks for praise must not hang on it.")


def _below(files: Iterable[Path], folder: Path) -> list[str]:
    return [file.relative_to(folder).as_posix() for file in files]


def _must_exist(target: Path, folder: Path) -> None:
    if not target.is_dir():
        raise PlaybookError("this workspace has no playbook", f"heartline playbook init -w {folder}")


def _touchpoints(workspace: Workspace) -> set[str]:
    return set(workspace.query("select distinct touchpoint from interaction").column(0).to_pylist())


def _tone(workspace: Workspace) -> Tone:
    """Templates are read by the workspace's own text model, and as replies are read for conduct."""
    model = load_model(workspace.settings.text("emotion_model"))

    def read(text: str) -> Reading | None:
        valence = float(model.score([text]).valence[0])
        felt = None if math.isnan(valence) else valence
        low = words.lower(words.cut(text))
        if not language.is_english(low, words.tokens(low)):  # signs of conduct are English
            return Reading(felt)
        reply = read_reply(text)
        return Reading(felt, reply.disrespect, reply.empathy, reply.politeness)

    return read


def _count(found: Sequence[Fault], word: str) -> str:
    return f"{len(found)} {word}{'' if len(found) == 1 else 's'}"


def _print_fault(one: Fault) -> None:
    place = f"playbook/{one.file}:{one.line}" if one.file else "playbook"
    click.echo(f"{place}  {one.severity} {one.rule}")
    click.echo(f"  got:  {one.got}")
    click.echo(f"  mend: {one.mend}\n")
