"""`heartline correct`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from heartline import corrections
from heartline.cli.console import json_option, opened, print_json, print_rows, shown_value, workspace_option
from heartline.corrections import Drift, DriftLine, Edit, Judged, Reading
from heartline.errors import CorrectionError
from heartline.tables import ABOUT, MAIN_EMOTIONS
from heartline.workspace import Workspace

NOT_RANDOM = "Texts that people picked are not a random sample: people pick what looks wrong."


@click.command()
@click.argument("interaction_id", required=False)
@click.option("--add", multiple=True, metavar="LABEL", help="Label that holds: emotion:, signal: or motivator:NAME.")
@click.option("--remove", multiple=True, metavar="LABEL", help="Label that does not hold, written as for --add.")
@click.option("--main-emotion", metavar="NAME", help=f"The strongest feeling: {', '.join(MAIN_EMOTIONS)}.")
@click.option("--about", metavar="NAME", help=f"What it is mainly about: {', '.join(ABOUT)}.")
@click.option("--valence", type=int, metavar="STEP", help="How it feels: -2 very bad, -1, 0, 1, 2 very good.")
@click.option("--right", is_flag=True, help="All of it is right as it stands.")
@click.option("--by", default="", metavar="NAME", help="Who says so.")
@click.option("--note", default="", help="Why, in your own words; it must never hold words of the customer.")
@click.option("--list", "listed", is_flag=True, help="List corrections, newest first; of one text with its id.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many, for --list.")
@click.option("--drift", "drifted", is_flag=True, help="How often people take a label away or add one, by channel.")
@click.option("--draw", "number", type=click.IntRange(1, 10_000), metavar="N",
              help="Draw N texts of each channel at random for people to look at; print their ids.")  # fmt: skip
@click.option("--export", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.jsonl",
              help="Write corrected texts and their labels, to train on. It holds customers' words.")  # fmt: skip
@workspace_option
@json_option
def correct(
    interaction_id: str | None, add: tuple[str, ...], remove: tuple[str, ...], main_emotion: str | None,
    about: str | None, valence: int | None, right: bool, by: str, note: str, listed: bool, limit: int, drifted: bool,
    number: int | None, file: Path | None, folder: Path, as_json: bool,
) -> None:  # fmt: skip
    """Say what the text INTERACTION_ID says where the model read it otherwise, or that the model is right.

    Without options it shows the text and what stands. What you leave as it stands counts as seen and right; the newest
    word on a text holds from the next `heartline run` on, and earlier ones are kept.
    """
    edit = Edit(add, remove, main_emotion, about, valence, right)
    _check_one(edit, listed, drifted, number, file, interaction_id)
    with opened(folder) as workspace:
        if listed:
            _print_list(workspace, interaction_id, limit, as_json)
        elif drifted:
            _print_drift(workspace.drift(), as_json, folder)
        elif number is not None:
            _print_draw(workspace, number, as_json, folder)
        elif file is not None:
            _write(workspace, file, as_json)
        elif edit.nothing:
            _print_text(corrections.judged(workspace, interaction_id or ""), as_json, folder)
        else:
            kept = workspace.correct(interaction_id or "", edit, by, note)
            if as_json:
                print_json(asdict(kept))
                return
            click.echo(f"Kept correction {kept.correction_id} by {kept.by}: {_said(kept.said)}.")
            click.echo(f"Next: it counts from the next run on: heartline run -w {folder}")


def _check_one(
    edit: Edit, listed: bool, drifted: bool, number: int | None, file: Path | None, interaction_id: str | None
) -> None:
    """One thing at a time: what would be passed over is refused."""
    asked = [name for name, given in (("--list", listed), ("--drift", drifted), ("--draw", number is not None),
             ("--export", file is not None)) if given]  # fmt: skip
    asked += [] if edit.nothing else ["a correction"]
    if len(asked) > 1:
        raise CorrectionError(
            f"{' and '.join(asked)} were asked for together", "one of them", "give one command after the other"
        )
    if interaction_id and asked and asked[0] in ("--drift", "--draw", "--export"):
        raise CorrectionError(f"{asked[0]} takes no INTERACTION_ID", "the option alone", "leave the id out")
    if not interaction_id and asked in ([], ["a correction"]):
        raise CorrectionError(
            "no text was named",
            "an INTERACTION_ID, or one of --list, --drift, --draw, --export",
            "`heartline show feeling` lists the ids of texts that were read",
        )


def _print_text(text: Judged, as_json: bool, folder: Path) -> None:
    if as_json:
        print_json(asdict(text))
        return
    click.echo(f"{text.interaction_id}, customer {text.customer_id}, {text.channel or 'channel not told'}:")
    click.echo(f"  {shown_value(text.text)}")
    click.echo(f"Model {text.model_version}: {_said(text.shown)}.")
    if text.last:
        click.echo(f"{text.last.by}, {_minute(text.last.at)} UTC: {_said(text.standing)}.")
    click.echo(
        f"Next: heartline correct {text.interaction_id} --by NAME -w {folder}, with --right, or with --add, --remove, "
        "--main-emotion, --about, --valence"
    )


def _print_list(workspace: Workspace, interaction_id: str | None, limit: int, as_json: bool) -> None:
    rows = [
        {
            "correction": one.correction_id,
            "at": _minute(one.at),
            "by": one.by,
            "text": one.interaction_id,
            "channel": one.channel,
            "shown": _said(one.shown),
            "said": _said(one.said),
            "note": one.note or None,
            "model": one.model_version,
        }
        for one in corrections.history(workspace, interaction_id, limit)
    ]
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("Nobody has corrected " + ("this text." if interaction_id else "a text yet."))
    else:
        print_rows(rows, list(rows[0]))


def _print_drift(found: Drift, as_json: bool, folder: Path) -> None:
    if as_json:
        print_json(asdict(found))
        return
    if found.lines:
        rows = [_drift_row(line) for line in found.lines]
        print_rows(rows, list(rows[0]), f"Drift of {found.model_version}, worst first")
    else:
        click.echo("Nobody has looked at a text that this model read yet.")
    click.echo(f"Shares with 90 % intervals, of the texts behind them; under {found.min_base} not enough evidence.")
    click.echo(f"{NOT_RANDOM} Lines marked drawn rest on texts drawn at random alone.")
    if found.elsewhere:
        click.echo(f"{found.elsewhere:,} corrections of other model versions are left out.")
    if found.undecided:
        click.echo(f"{found.undecided:,} texts about which the model had decided nothing are left out.")
    if found.drawn:
        parts = ", ".join(f"{channel or 'channel not told'} {seen} of {n}" for channel, n, seen in found.drawn)
        click.echo(f"Looked at of those drawn: {parts}. Look at all of them: skipping hard ones is choosing too.")
    else:
        click.echo(f"Next: heartline correct --draw {found.min_base} -w {folder} draws texts at random to look at")


def _drift_row(line: DriftLine) -> dict[str, Any]:
    return {
        "channel": line.channel or "not told",
        "label": line.label,
        "read": line.read,
        "looked at": line.looked_at,
        "sample": "drawn" if line.drawn else "picked",
        "removed": _share(line.removed_share, line.removed_low, line.removed_high, line.removed, line.removed_of),
        "added": _share(line.added_share, line.added_low, line.added_high, line.added, line.added_of),
    }


def _share(share: float | None, low: float | None, high: float | None, count: int, base: int) -> str:
    counted = f"{count:,} of {base:,}"
    if share is None or low is None or high is None:
        return f"not enough evidence ({counted})"
    return f"{share:.1%} ({low:.1%} to {high:.1%}; {counted})"


def _print_draw(workspace: Workspace, number: int, as_json: bool, folder: Path) -> None:
    drawn = corrections.draw(workspace, number)
    if as_json:
        print_json(drawn)
        return
    if not drawn:
        click.echo("There is no text left to draw: all that were read have been drawn.")
        return
    print_rows(drawn, ("channel", "interaction_id", "customer_id", "looked_at"), "Drawn at random")
    click.echo(f"\n{len(drawn):,} texts, marked as drawn. Look at every one, also where the model is right: --right.")
    click.echo(f"Next: heartline correct INTERACTION_ID -w {folder}, or the customer's page on the desk")


def _write(workspace: Workspace, file: Path, as_json: bool) -> None:
    wrote = corrections.export(workspace, file)
    if as_json:
        print_json(asdict(wrote))
        return
    click.echo(f"Wrote {wrote.rows:,} corrected texts to {file}. They hold what customers wrote: keep the file safe.")
    if wrote.withheld:
        click.echo(f"  {wrote.withheld:,} left out: their customers do not want their words to be read.")
    if wrote.gone:
        click.echo(f"  {wrote.gone:,} left out: the texts are no longer among the facts.")


def _said(reading: Reading) -> str:
    """A reading on one line."""
    if reading.status != "scored":
        return f"nothing decided ({reading.status.replace('_', ' ')})"
    parts = [" ".join(reading.emotions or ()) or "no emotion", " ".join(reading.signals or ()) or "no signal"]
    parts += [" ".join(reading.motivators)] if reading.motivators else []
    parts += [f"mainly {reading.main_emotion}"] if reading.main_emotion else []
    parts += [f"about {reading.about}"] if reading.about else []
    parts += [f"valence {reading.valence:+.2f}"] if reading.valence is not None else []
    return ", ".join(parts).replace("_", " ")


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")
