"""A person's walk as one HTML file: what they did, how they felt, what they saw and wrote."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from heartline.walk.report import whole_page
from heartline.walks.past import Past

_KINDS = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_ENDED = {"goal": "reached the goal", "given_up": "gave up"}


def guided_page(made: Past, steps: Sequence[Mapping[str, Any]], folder: Path) -> str:
    """The report of a guided walk. steps: its rows of ``walk_step``; folder: where its photos are, if any."""
    figures = [
        ("minutes", f"{made.seconds / 60:.0f}"), ("steps", str(made.steps)),
        ("felt, in the mean, -1 to 1", "not told" if made.felt is None else f"{made.felt:+.2f}"),
    ]  # fmt: skip
    shown = "".join(f"<div><b>{escape(value)}</b>{name}</div>" for name, value in figures)
    who = escape(made.walker or "Somebody")
    release = f", release {escape(made.release)}" if made.release else ""
    rows = "".join(
        f"<tr><td class=n>{step['number']}<td>{escape(step['what'])}<td>{escape(step['touchpoint'] or '')}"
        f"<td>{escape(step['outcome'])}<td class=n>{_minutes(step)}<td class=n>{_felt(step)}"
        for step in steps
    )
    body = (
        f"<h1>{escape(made.goal)}</h1><p>{who}, {made.started_at:%Y-%m-%d}{release}: "
        f"{_ENDED.get(made.ended, 'did not reach the goal')}.</p><div class=figures>{shown}</div>"
        f"<h2>The way</h2><div class=film>{''.join(_frame(step, folder) for step in steps)}</div><h2>Steps</h2><table>"
        f"<tr><th>step<th>what<th>touchpoint<th>outcome<th>minutes<th>felt{rows}</table>"
    )
    return whole_page(f"Walk: {made.goal}", body)


def _frame(step: Mapping[str, Any], folder: Path) -> str:
    bad = step["outcome"] == "failed" or (step["felt_valence"] is not None and step["felt_valence"] <= -0.5)
    felt = " · ".join(part for part in (_felt(step), (step["feelings"] or "").replace("_", " ")) if part)
    note = f"<br>“{escape(step['note'])}”" if step["note"] else ""
    caption = f"{step['number']} {escape(step['what'])}<br><b>{escape(felt)}</b>{note}"
    return f"<figure{' class=bad' if bad else ''}>{_photo(step, folder)}<figcaption>{caption}</figcaption></figure>"


def _photo(step: Mapping[str, Any], folder: Path) -> str:
    name = step["photo"] or ""
    file = folder / name
    if not name or file.parent != folder or file.suffix not in _KINDS or not file.is_file():
        return ""
    picture = base64.b64encode(file.read_bytes()).decode()
    return f'<img alt="Photo of step {step["number"]}" src="data:{_KINDS[file.suffix]};base64,{picture}">'


def _felt(step: Mapping[str, Any]) -> str:
    return "" if step["felt_valence"] is None else f"{step['felt_valence']:+.2f}"


def _minutes(step: Mapping[str, Any]) -> str:
    return "" if step["duration_s"] is None else f"{step['duration_s'] / 60:.1f}"
