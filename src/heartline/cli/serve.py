"""`heartline serve`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click

from heartline.cli.console import opened, workspace_option
from heartline.walks.schedule import Scheduled


@click.command()
@click.option("--host", help="Address to listen on; only loopback until sign-in exists.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port.")
@workspace_option
def serve(host: str | None, port: int | None, folder: Path) -> None:
    """Serve the desk of a workspace in the browser, take what programs send with a write key, and send notices."""
    from heartline.web.app import serve as serve_desk  # the web stack loads only here
    from heartline.web.brief.sending import Weekly

    def told(at: str) -> None:
        click.echo(f"The desk is at {at} (Ctrl+C ends it).")
        click.echo(f"Events and rows are taken at {at}v1/ with a key: heartline key create NAME --write -w {folder}")

    with opened(folder) as workspace:
        address = host or workspace.settings.text("host")
        number = workspace.settings.whole("port") if port is None else port
        # rooms and walks go when their time is over, looked at or not
        chores: list[Callable[[], object]] = [Weekly(workspace), workspace.rooms.purge, workspace.walks.chores]
        with ExitStack() as stack:
            if workspace.settings["walk_schedule"]:
                chores.append(stack.enter_context(Scheduled(workspace.root, workspace.walks)))
            live = stack.enter_context(workspace.live())
            stack.enter_context(workspace.moves.notices.sending(chores=chores))
            serve_desk(workspace, address, number, told, live.app)
