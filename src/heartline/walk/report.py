"""A walk and a map for scripts (plain values) and for people (one HTML file that needs nothing else)."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from heartline.walk.effort import effort
from heartline.walk.explorer import Map
from heartline.walk.faults import FAULTS, Fault, faults
from heartline.walk.step import StepRecord, Walk

ENDED = {
    "goal": "reached the goal", "no_goal": "went to the end, and the goal was not reached",
    "failed": "ended where a step could not be done", "steps": "ended at the most steps allowed",
    "seconds": "ended at the most seconds allowed",
}  # fmt: skip
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff;margin:0 auto;max-width:1180px;padding:24px}
h1{margin:0}h2{margin:40px 0 8px}p{margin:4px 0}.muted{color:#586070}.figures{display:flex;flex-wrap:wrap;gap:24px}
.figures b{display:block;font-size:24px}ul{padding-left:20px}
.film{display:flex;gap:12px;overflow-x:auto;padding:8px 0}.film figure{margin:0;flex:0 0 auto;width:260px}
.film img{width:100%;height:190px;object-fit:cover;object-position:top;border:1px solid #c9ced6;border-radius:4px}
.film .bad img{border:3px solid #b3261e}.film figcaption{font-size:14px}table{border-collapse:collapse}
td,th{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid #dfe3e8;vertical-align:top}.n{text-align:right}
"""


def walk_values(walk: Walk) -> dict[str, Any]:
    """A walk as plain values, without pictures and without what was entered."""
    script = walk.script
    return {
        "walk": script.walk, "persona": script.persona, "goal": script.goal, "origin": script.origin,
        "device": walk.device, "network": script.network, "ended": walk.ended, "reached": walk.reached,
        "effort": asdict(effort(walk)), "faults": [asdict(one) for one in faults(walk)],
        "blocked": sorted({one for step in walk.steps for one in step.noise.blocked}),
        "steps": [_step_values(one) for one in walk.steps], "undone": list(walk.undone),
    }  # fmt: skip


def _step_values(step: StepRecord) -> dict[str, Any]:
    return {
        "step": step.number, "verb": step.verb, "words": step.words, "outcome": step.outcome, "clicks": step.clicks,
        "keystrokes": step.keystrokes, "seconds": step.seconds, "waiting": step.waiting, "amount": step.amount,
        "address": step.look.address, "title": step.look.title,
    }  # fmt: skip


def map_values(found: Map) -> dict[str, Any]:
    """A map as plain values."""
    return asdict(found)


def walk_page(walks: Sequence[Walk]) -> str:
    """Walks as one HTML file: figures, faults, film strip, steps."""
    title = "Walks" if len(walks) > 1 else f"Walk: {walks[0].script.goal}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>'
        f"{''.join(map(_one, walks))}</body></html>\n"
    )


def _one(walk: Walk) -> str:
    script, cost, found = walk.script, effort(walk), faults(walk)
    at: dict[int, list[Fault]] = defaultdict(list)
    for fault in found:
        at[fault.step].append(fault)
    figures = [
        ("effort, in clicks", f"{cost.effort:g}"), ("clicks", cost.clicks), ("keystrokes", cost.keystrokes),
        ("seconds waited beyond the first", f"{cost.waiting:g}"), ("errors", cost.errors),
        ("steps", f"{cost.steps}" + (f" (shortest known: {script.shortest})" if script.shortest else "")),
        ("seconds", f"{walk.seconds:.1f}"),
    ]  # fmt: skip
    shown = "".join(f"<div><b>{value}</b>{name}</div>" for name, value in figures)
    lines = "".join(
        f"<li><b>{escape(FAULTS[one.name])}</b> (step {one.step}, {escape(one.page)}"
        f"{f' and {one.pages - 1} more' if one.pages > 1 else ''}): {escape(one.evidence)}</li>"
        for one in found
    )
    blocked = len([one for step in walk.steps for one in step.noise.blocked])
    kept = f"<p class=muted>{blocked} requests to other addresses were blocked; what they bring was not seen.</p>"
    rows = "".join(
        f"<tr><td class=n>{one.number}<td>{escape(one.verb)}<td>{escape(one.words)}<td>{one.outcome}"
        f"<td class=n>{one.clicks}<td class=n>{one.keystrokes}<td class=n>{one.waiting:.2f}"
        f"<td>{escape(one.look.address)}"
        for one in walk.steps
    )
    return (
        f"<h1>{escape(script.goal)}</h1><p>{escape(script.persona)} on {escape(script.origin)}, {walk.device}: "
        f"{ENDED[walk.ended]}.</p><div class=figures>{shown}</div>"
        f"<h2>Faults</h2>{f'<ul>{lines}</ul>' if lines else '<p>None of those that are looked for.</p>'}"
        f"{kept if blocked else ''}<h2>The way</h2><div class=film>{_film(walk, at)}</div><h2>Steps</h2><table>"
        "<tr><th>step<th><th>what<th>outcome<th>clicks<th>keystrokes<th>waiting, s<th>address"
        f"{rows}</table>"
    )


def _film(walk: Walk, at: dict[int, list[Fault]]) -> str:
    """A frame for each picture, with the steps that were done on it."""
    frames: dict[int, list[StepRecord]] = defaultdict(list)
    for step in walk.steps:
        frames[step.shot].append(step)
    out = []
    for number, steps in sorted(frames.items()):
        wrong = sorted({FAULTS[fault.name] for step in steps for fault in at.get(step.number, ())})
        told = ", ".join(f"{one.number} {one.verb} “{one.words}”" for one in steps)
        picture = base64.b64encode(walk.shots[number]).decode()
        said = f"<br><b>{escape('; '.join(wrong))}</b>" if wrong else ""
        out.append(
            f'<figure{" class=bad" if wrong else ""}><img alt="The page after step {steps[0].number}" '
            f'src="data:image/jpeg;base64,{picture}"><figcaption>{escape(told)}{said}</figcaption></figure>'
        )
    return "".join(out)
