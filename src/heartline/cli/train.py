"""`heartline train`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.emotion.refit_figures import Change
from heartline.errors import CorrectionError
from heartline.learn import Learnt, accept, learn
from heartline.settings import set_value
from heartline.workspace import SETTINGS_FILE


@click.command()
@click.option("--from-corrections", "asked", is_flag=True, help="Fit the last layer to what people corrected.")
@click.option("--check", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.jsonl",
              help="Labelled messages on which before and after are compared, as `correct --export` writes them; "
                   "default: those that are shipped.")  # fmt: skip
@click.option("--accept", "accepted", is_flag=True, help="Use it from the next run on, if it helps.")
@click.option("--even-so", is_flag=True, help="With --accept: also where it got worse on the check messages.")
@workspace_option
@json_option
def train(asked: bool, check: Path | None, accepted: bool, even_so: bool, folder: Path, as_json: bool) -> None:
    """Let the text model learn from corrections, and show what it gained and lost before it is used.

    The encoder stays as it is; only the last layer changes, held near to what it was. Where it decides no better than
    before on texts that it has not learnt from, it is not offered. Nothing leaves this machine.
    """
    if not asked:
        raise CorrectionError(
            "nothing to learn from was named", "--from-corrections", "the shipped models are trained from a checkout"
        )
    with opened(folder) as workspace:
        found = learn(workspace, check=check)
        refusal = found.refusal()
        taken = accepted and (refusal is None or (found.helps and even_so))
        path = accept(found, folder, even_so) if taken else None
        if path:
            set_value(folder / SETTINGS_FILE, "emotion_model", path)
    if as_json:
        told = asdict(found)
        del told["head"]
        print_json(told | {"forgets": found.forgets, "accepted": path})
    else:
        _print(found)
        if path:
            click.echo(f"Accepted: {SETTINGS_FILE} now says emotion_model = {path}")
            click.echo(f"Next: heartline run -w {folder}; to go back, set emotion_model = {found.base!r}")
        elif refusal is None:
            click.echo(f"Nothing has changed yet. Next: heartline train --from-corrections --accept -w {folder}")
        elif not accepted:
            click.echo(f"NOT OFFERED: {refusal} Nothing was written.")
    if accepted and not path and refusal:
        raise refusal


def _print(found: Learnt) -> None:
    unread = f"; {found.left_out:,} could not be read" if found.left_out else ""
    click.echo(f"Fitted to {found.rows:,} corrected texts on {found.base_version}{unread}")
    if found.helps:
        told = ", ".join(f"{kind} (held back by {strength:g})" for kind, strength in found.strengths.items())
        click.echo(f"What changes: {told}. All else stays as it is.")
    else:
        click.echo("Nothing gets better; the figures are those of the best try.")
    if found.otherwise:
        most = ", ".join(f"{what} {count:,}" for what, count in found.otherwise[:8])
        click.echo(f"What people say otherwise, and in how many texts: {most}")
    print_rows([_row(one) for one in found.gained], list(_row(found.gained[0])), "Corrected texts not learnt from")
    print_rows([_row(one) for one in found.kept], list(_row(found.kept[0])), "Check messages that nobody corrected")
    if found.labels:
        rows = [
            {"label": one.label, "messages": one.base, "F1 before": f"{one.before:.3f}", "F1 after": f"{one.after:.3f}"}
            for one in found.labels
        ]
        print_rows(rows, list(rows[0]), "Labels that moved on the check messages, worst first")


def _row(one: Change) -> dict[str, str]:
    return {
        "what": one.what,
        "texts": f"{one.base:,}",
        "before": f"{one.before:.3f}",
        "after": f"{one.after:.3f}",
        "difference (95 %)": f"{one.low:+.3f} to {one.high:+.3f}",
    }
