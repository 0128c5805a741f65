"""`heartline demo`: a simulated company from files to desk."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import click

from heartline.cli.console import progress_bar
from heartline.cli.summary import print_summary
from heartline.errors import WorkspaceError
from heartline.playbook import starter
from heartline.settings import Value
from heartline.simulate import simulate
from heartline.simulate.replies import write_replies
from heartline.simulate.walkers import write_walks
from heartline.workspace import SETTINGS_FILE, Workspace

_TABLES = (
    "customer",
    "interaction",
    "purchase",
    "survey_response",
    "referral",
    "spend",
    "option",
    "funnel",
    "initiative",
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"))
@click.option("--customers", type=click.IntRange(min=100), default=3000, show_default=True, help="How many customers.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same company.")
@click.option("--fresh", is_flag=True, help="Remove an earlier demo in the folder first.")
@click.option("--serve/--no-serve", default=True, help="Serve the desk at the end.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port of the desk.")
def demo(folder: Path, customers: int, seed: int, fresh: bool, serve: bool, port: int | None) -> None:
    """Build a simulated company, run every analysis, print a summary and serve the desk."""
    started = time.perf_counter()
    source = folder / "import"
    if (folder / SETTINGS_FILE).exists():
        if not fresh:
            raise WorkspaceError(f"{folder} is a workspace already", "a new folder", "add --fresh to replace this demo")
        if not (source / "truth.json").exists():
            raise WorkspaceError(
                f"{folder} is a workspace that no demo made",
                "a folder made by `heartline demo`",
                "choose another folder",
            )
        shutil.rmtree(folder)
    # nobody works there, so nobody's conduct is looked at without being asked
    settings: dict[str, Value] = {
        "company": "Simulated retailer", "budget": 100_000.0, "conduct": "teams", "clock": "facts",
    }  # fmt: skip
    with Workspace.create(folder, settings) as workspace:
        click.echo(f"1/3 Simulating a company of {customers:,} customers (seed {seed}) into {source}", err=True)
        with progress_bar() as progress:
            simulate(source, customers, seed, progress=lambda done, total: progress("customers", done, total))
        replies, walks = write_replies(source), write_walks(source)
        click.echo("2/3 Loading its exports", err=True)
        with progress_bar() as progress:
            for number, name in enumerate(_TABLES):
                progress(name, number, len(_TABLES))
                workspace.ingest(name, [source / f"{name}.parquet", *([replies] if name == "interaction" else [])])
            for name, file in walks.items():
                workspace.ingest(name, [file])
            progress("loaded", len(_TABLES), len(_TABLES))
        starter.write(folder / "playbook")
        shutil.copytree(source / "walks", folder / "walks")
        click.echo("3/3 Facts → feelings → bonds → money → moves", err=True)
        with progress_bar() as progress:
            report = workspace.run(progress=progress)
        opened = workspace.moves.cases.open_due()
        print_summary(workspace)
        click.echo(
            f"\nThe starter's playbook opened {len(opened.opened):,} cases; {len(opened.held_out):,} customers were "
            "drawn to be left alone, so that what plays do can be told."
        )
        click.echo(
            f"\nBuilt in {time.perf_counter() - started:.0f} s; analyses took {sum(report.seconds.values()):.0f} s."
        )
        click.echo(f"The workspace is {folder}; what is really true of this company: {source / 'truth.json'}")
        if not serve:
            click.echo(f"Next: {_command()} serve -w {folder}")
            return
        from heartline.web.app import serve as serve_desk  # the web stack loads only here

        address = workspace.settings.text("host")
        number = workspace.settings.whole("port") if port is None else port

        def told(at: str) -> None:
            click.echo(f"The desk is at {at} (Ctrl+C ends it).")
            click.echo(f"Events are taken at {at}v1/ with a key: {_command()} key create NAME --write -w {folder}")

        with workspace.live() as live, workspace.moves.notices.sending():
            serve_desk(workspace, address, number, told, live.app)


def _command() -> str:
    """How to call Heartline again: by its name where the shell finds it, else by its place."""
    called = Path(sys.argv[0])
    if called.name != "heartline" or shutil.which("heartline"):
        return "heartline"
    return os.path.relpath(called)
