"""The command line: one thin command per verb of the workspace.

Exit codes: 0 done; 1 something the user can mend (the message says what was got, what was expected, what to do
next); 2 the command was used wrongly; 3 done, but with ``--strict`` something needs a look (rows in quarantine).
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import Any

import click

from heartline import __version__
from heartline.errors import HeartlineError, WorkspaceError

COMMANDS = {
    "demo": ("demo", "Build a simulated company, run every analysis, serve the desk."),
    "init": ("data", "Make a new workspace folder."),
    "ingest": ("data", "Load CSV, Parquet or JSON Lines files, a query or a folder, or propose a mapping."),
    "feed": ("feed", "Queries and folders that are read again and again, each time what is new."),
    "quarantine": ("data", "List, export and replay rows that could not be loaded."),
    "run": ("run", "Run the analyses, as of a moment."),
    "backtest": ("backtest", "Replay the past and hold what was said against what came."),
    "show": ("show", "Show the rows of a table, or write them to a file."),
    "score": ("score", "Score the texts of any file."),
    "model": ("model", "Bring your own text model."),
    "invest": ("invest", "Print the best plan under a budget."),
    "brief": ("brief", "What to decide this week, and one page for each stage's people."),
    "decision": ("decision", "Say what was decided, on which figure, and what came of it."),
    "explain": ("explain", "Say how a table came to be."),
    "correct": ("correct", "Say what a text says where the model read it otherwise."),
    "consent": ("consent", "Say what a customer agrees or objects to, or show it."),
    "identity": ("identity", "Say who is one customer, and look why."),
    "survey": ("survey", "Questions to ask customers, as a table for form tools."),
    "playbook": ("playbook", "What customers are meant to feel, and who does what when: check, show, begin."),
    "funnel": ("funnel", "Say which cause stands behind drop-off, and since when it is fixed."),
    "notify": ("notify", "Tell programs, channels and people of cases and briefs."),
    "audience": ("audience", "Write customers of whom conditions hold, but for who objects."),
    "conduct": ("conduct", "Hold your own conversations against the code, for yourself alone."),
    "room": ("room", "Read a recorded conversation: peak, turning points, what stayed open."),
    "walk": ("walk", "Become the customer: walk your own site in a real browser."),
    "case": ("case", "Customers to be cared for: what to do, who does it, what was done."),
    "promise": ("promise", "What single customers were promised, and whether it was kept."),
    "train": ("train", "Let the text model learn from corrections."),
    "serve": ("serve", "Serve the desk in the browser, and take events over HTTP."),
    "key": ("key", "Keys with which other programs send events and rows."),
    "events": ("events", "Say what events become."),
    "doctor": ("doctor", "Look at the installation and a workspace."),
}
"""Each command: the file of this folder that holds it, and what `heartline --help` says of it."""


class Commands(click.Group):
    """Loads the file of a command when it is called for, so that help and completion answer at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of a first day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"heartline.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """As click's own, but a reader that has seen enough (`| head`) is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _close_quietly()
            raise click.exceptions.Exit(0) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and what they do, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="heartline")
def heartline() -> None:
    """How customers feel at every point of connection, what it is worth, and what to do next.

    A workspace is a folder. Start with `heartline demo`, or with `heartline init` and `heartline ingest`.

    Exit codes: 0 done, 1 an error you can mend, 2 wrong usage, 3 done but something needs a look (--strict).
    """


def _close_quietly() -> None:
    """Nobody reads the output stream any more: what is still buffered goes nowhere, without a word at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refused(error: OSError) -> HeartlineError:
    """What the operating system refused, as an error with a next step. Paths only, no content."""
    place = f" {error.filename}" if isinstance(error.filename, str) else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WorkspaceError(f"there is no room left to write{place}", "free disk space", "make room, then try again")
    why = (error.strerror or type(error).__name__).lower()
    return WorkspaceError(
        f"cannot open or write{place}: {why}",
        "a folder that exists and may be written",
        "check the path and its rights",
    )


def main() -> None:
    """Entry point of the command ``heartline``."""
    try:
        code = heartline.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except click.Abort:
        click.echo("Stopped. What was loaded or computed before is unchanged.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        _close_quietly()
        sys.exit(0)
    except (HeartlineError, OSError) as caught:
        error = caught if isinstance(caught, HeartlineError) else _refused(caught)
        click.echo(f"Error: {error.got.rstrip('.')}.", err=True)
        if error.expected:
            click.echo(f"  expected: {error.expected}", err=True)
        if error.next_step:
            click.echo(f"  next:     {error.next_step}", err=True)
        sys.exit(1)
