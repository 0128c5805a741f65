"""`heartline brief`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from heartline.cli.console import opened, workspace_option


@click.command()
@click.option("--full", is_flag=True, help="Everything; else what goes on one page.")
@click.option(
    "--stage", default="", metavar="NAME", help="Brief of a role or stage: product, marketing, sales, support …"
)
@click.option("--html", "form", flag_value="html", help="One HTML file that needs nothing else.")
@click.option("--pdf", "form", flag_value="pdf", help="PDF (extra pdf); not --full: exactly one page.")
@click.option("--text", "form", flag_value="txt", default=True, help="Plain text (the default).")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; else the screen.")
@click.option("--send", "sends", is_flag=True, help="Tell receivers of the topic brief; once a week at most.")
@workspace_option
def brief(full: bool, stage: str, form: str, output: Path | None, sends: bool, folder: Path) -> None:
    """What to decide this week: standing, broken standards and their owners, patterns, decisions to look back on.

    Customers' own words stand in a stage's brief on the screen only, unless the setting brief_quotes says otherwise.
    """
    from heartline.web.brief.files import made, paper_of  # the web stack: only where a brief is made
    from heartline.web.brief.sending import next_time, send
    from heartline.web.brief.text import text

    with opened(folder) as workspace:
        if sends:
            told = send(workspace)
            sent = workspace.moves.notices.deliver()
            following = next_time(workspace, datetime.now(UTC).replace(tzinfo=None))
            if told:
                click.echo(
                    f"Told {told} receiver{'' if told == 1 else 's'}. Taken: {sent.taken}. Not taken: {sent.failed}."
                )
            else:
                click.echo("Nobody was told: no receiver wants briefs, or this week's was told already.")
            if following:
                click.echo(f"Next: a served desk sends one on {following:%A, %Y-%m-%d at %H:%M}.")
            return
        if output is None and form == "txt":
            quotes = workspace.settings.text("brief_quotes") != "off"
            click.echo(text(paper_of(workspace, stage, quotes), full), nl=False)
            return
        file = output or Path(f"brief{'-' + stage if stage else ''}{'-full' if full else ''}.{form}")
        file.write_bytes(made(workspace, form, full, stage, datetime.now(UTC).replace(tzinfo=None)))  # type: ignore[arg-type]
    click.echo(f"Wrote {file}.")
