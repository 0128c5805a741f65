"""`heartline model`: bring a text model of one's own."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click

from heartline.cli.console import json_option, print_json, print_rows
from heartline.emotion import load_model
from heartline.emotion.adapter import BroughtModel
from heartline.emotion.label_guess import write_suggestion
from heartline.errors import ModelError

SENTENCES = (
    "Thank you so much, Maria solved it in two minutes!",
    "I have been waiting for three weeks and nobody answers. I am furious.",
    "The parcel arrived on Tuesday.",
    "I am really disappointed, I expected more from you.",
    "I don't understand what this charge on my bill is for.",
    "If this happens again I will cancel and go to your competitor.",
    "Great, the third broken kettle in a row. Just what I needed.",
    "I have told all my friends to buy here.",
)
"""Written for this check: praise, anger, a plain fact, let-down, confusion, leaving, sarcasm, recommending."""

_folder = click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))


@click.group()
def model() -> None:
    """Bring your own text model: a Hugging Face text classifier exported to ONNX, in a FOLDER.

    Then `heartline score --model FOLDER`, or emotion_model = "FOLDER" in heartline.toml.
    """


@model.command(name="map")
@_folder
@click.option("--force", is_flag=True, help="Write it anew where there is one.")
def map_labels(folder: Path, force: bool) -> None:
    """Write a first heartline_model.toml into FOLDER: what the model's labels mean in Heartline."""
    file = write_suggestion(folder, force)
    marked = [line for line in file.read_text(encoding="utf-8").splitlines() if "# CHECK" in line]
    click.echo(f"Wrote {file}.")
    for line in marked:
        click.echo(f"  look at: {line}")
    click.echo(f"Next: read it, then heartline model check {folder}")


@model.command()
@_folder
@click.option("--text", "texts", multiple=True, help="A sentence to score; may be given several times.")
@json_option
def check(folder: Path, texts: tuple[str, ...], as_json: bool) -> None:
    """Open the model in FOLDER and score a few sentences (English ones of ours without --text)."""
    opened = load_model(str(folder))
    if not isinstance(opened, BroughtModel):
        raise ModelError(f"{folder.name} is a model of Heartline's own", "a model to be mapped", "heartline score")
    given = texts or SENTENCES
    rows = _rows(opened, given)
    if as_json:
        print_json({"name": opened.name, "version": opened.version, "languages": opened.languages, "texts": rows})
        return
    click.echo(f"{opened.name}, version {opened.version}, languages: {', '.join(opened.languages)}")
    for row in rows:
        theirs = ", ".join(f"{label} {p:.2f}" for label, p in row["theirs"].items())
        row["theirs"] = theirs
        row["evidence"] = ", ".join(f"{one['label']}: {one['words']}" for one in row["evidence"])
    print_rows(rows, ["text", "theirs", "status", "valence", "emotions", "signals", "evidence"])
    click.echo(
        f'Next: heartline score FILE --text COLUMN -o OUTPUT --model {folder}, or emotion_model = "{folder.resolve()}"'
    )


def _rows(opened: BroughtModel, texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """One row a text; `theirs` are the model's own three likeliest labels."""
    scores = opened.score(texts)
    rows = []
    for i, text in enumerate(texts):
        likeliest = sorted(opened.chances(text).items(), key=lambda found: -found[1])[:3]
        spans = json.loads(scores.evidence[i])
        rows.append(
            {
                "text": text,
                "theirs": {label: round(p, 4) for label, p in likeliest},
                "status": str(scores.status[i]),
                "valence": None if math.isnan(scores.valence[i]) else round(float(scores.valence[i]), 4),
                "arousal": None if math.isnan(scores.arousal[i]) else round(float(scores.arousal[i]), 4),
                "emotions": scores.emotions[i],
                "signals": scores.signals[i],
                "motivators": scores.motivators[i],
                "evidence": [{**span, "words": text[span["start"] : span["end"]]} for span in spans],
            }
        )
    return rows
