"""`heartline doctor`: is everything here that is needed, and is the workspace whole?"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from heartline import __version__
from heartline.cli.console import json_option, opened, print_json
from heartline.errors import HeartlineError
from heartline.tables import facts
from heartline.workspace import Workspace


@dataclass(frozen=True)
class Check:
    """One thing looked at: ok, missing (something optional), to do, or broken."""

    what: str
    state: str
    found: str
    next_step: str = ""


@click.command()
@click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="HEARTLINE_WORKSPACE",
    help="Also look at this workspace.",
)
@json_option
def doctor(folder: Path | None, as_json: bool) -> None:
    """Look at the installation and, with -w, at a workspace. Exit code 1 when something is broken."""
    checks = [*_installation(), *(_workspace(folder) if folder else ())]
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            click.echo(f"{check.state:<8}{check.what}: {check.found}")
            if check.next_step:
                click.echo(f"        next: {check.next_step}")
    sys.exit(1 if any(check.state == "broken" for check in checks) else 0)


def _installation() -> Iterator[Check]:
    yield Check("heartline", "ok", f"{__version__} on Python {platform.python_version()}, {platform.machine()}")
    for module, why in (("duckdb", "engine"), ("pyarrow", "files"), ("vl_convert", "charts"), ("fastapi", "desk")):
        there = importlib.util.find_spec(module) is not None
        yield Check(module, "ok" if there else "broken", f"{why}, {'installed' if there else 'not installed'}",
                    "" if there else "pip install heartline")  # fmt: skip
    yield _model("text model")
    spark, java = importlib.util.find_spec("pyspark") is not None, shutil.which("java")
    yield Check("spark (optional)", "ok" if spark and java else "missing",
                f"pyspark {'installed' if spark else 'not installed'}, Java {'found' if java else 'not found'}",
                "" if spark and java else 'pip install "heartline[spark]" and a Java 17 runtime')  # fmt: skip


def _model(what: str, name: str | None = None) -> Check:
    """`name`: as `emotion_model` says it; None: the shipped default."""
    from heartline.emotion import load_model  # weights load only here

    try:
        model = load_model(name) if name else load_model()
    except HeartlineError as error:
        return Check(what, "broken", error.got, error.next_step)
    return Check(what, "ok", f"{model.name} {model.version}")


def _workspace(folder: Path) -> Iterator[Check]:
    free = shutil.disk_usage(folder if folder.exists() else Path()).free / 1e9
    yield Check("disk", "ok" if free > 2 else "broken", f"{free:.1f} GB free", "" if free > 2 else "make room")
    try:
        with opened(folder) as workspace:
            yield Check("settings", "ok", str(workspace.root / "heartline.toml"))
            yield _model("its text model", workspace.settings.text("emotion_model"))
            for of in facts():
                files = workspace.facts.files(of.name)
                lost = [file for file in files if not file.exists()]
                if files or lost:
                    yield Check(f"facts/{of.name}", "broken" if lost else "ok",
                                f"{workspace.facts.rows(of.name):,} rows in {len(files)} files"
                                + (f", {len(lost)} files are missing" if lost else ""),
                                "restore the folder from a backup" if lost else "")  # fmt: skip
            waiting = workspace.waiting()
            yield Check("inbox", "to do" if waiting else "ok", f"{waiting:,} arrivals wait to be loaded",
                        "heartline run, or serve, which loads every few seconds" if waiting else "")  # fmt: skip
            bad = len(workspace.quarantine(100_000))
            yield Check("quarantine", "ok" if not bad else "to do", f"{bad:,} rows wait for mending",
                        "heartline quarantine list" if bad else "")  # fmt: skip
            yield from _notices(workspace)
            ran = workspace.as_of
            yield Check("analyses", "ok" if ran else "to do", f"as of {ran}" if ran else "not run yet",
                        "" if ran else "heartline run")  # fmt: skip
    except HeartlineError as error:
        yield Check("workspace", "broken", error.got, error.next_step)


def _notices(workspace: Workspace) -> Iterator[Check]:
    """Whether those who are to be told are told; nothing where nobody is."""
    receivers, counts = workspace.moves.notices.receivers(), workspace.moves.notices.counts()
    for one in receivers:
        dead = counts.get(one.receiver_id, {}).get("dead", 0)
        if one.status != "on":
            yield Check(f"notices/{one.name}", "to do", one.fault or "off", f"heartline notify on {one.name}")
        elif dead:
            found = f"{dead:,} notices were given up; {one.fault or 'it takes notices now'}"
            yield Check(f"notices/{one.name}", "to do", found, f"heartline notify replay --receiver {one.name}")
        else:
            yield Check(f"notices/{one.name}", "ok", one.fault or "takes notices")
