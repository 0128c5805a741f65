"""The command line: one thin command per verb of the workspace.

Exit codes: 0 done; 1 something the user can mend (the message says what was got, what was expected, what to do
next); 2 the command was used wrongly; 3 done, but with ``--strict`` something needs a look (rows in quarantine).
"""

from __future__ import annotations

import sys

import click

from heartline import __version__
from heartline.cli.data import ingest, init, quarantine
from heartline.cli.demo import demo
from heartline.cli.doctor import doctor
from heartline.cli.run import explain, run, show
from heartline.cli.score import score
from heartline.cli.serve import serve
from heartline.errors import HeartlineError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="heartline")
def heartline() -> None:
    """How customers feel at every point of connection, what it is worth, and what to do next.

    A workspace is a folder. Start with `heartline demo`, or with `heartline init` and `heartline ingest`.

    Exit codes: 0 done, 1 an error you can mend, 2 wrong usage, 3 done but something needs a look (--strict).
    """


for command in (demo, init, ingest, quarantine, run, show, score, explain, serve, doctor):
    heartline.add_command(command)


def main() -> None:
    """Entry point of the command ``heartline``."""
    try:
        heartline.main(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except click.Abort:
        click.echo("Stopped. What was loaded or computed before is unchanged.", err=True)
        sys.exit(130)
    except HeartlineError as error:
        click.echo(f"Error: {error.got.rstrip('.')}.", err=True)
        if error.expected:
            click.echo(f"  expected: {error.expected}", err=True)
        if error.next_step:
            click.echo(f"  next:     {error.next_step}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
