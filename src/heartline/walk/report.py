"""A walk and a map for scripts (plain values) and for people (one HTML file that needs nothing else)."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from heartline.walk.atlas import Map
from heartline.walk.effort import effort, is_busy
from heartline.walk.faults import FAULTS, faults, waits_unjudged
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
.film img{max-width:100%;max-height:420px;box-sizing:border-box;border:1px solid #c9ced6;border-radius:4px}
.film .bad img{border:3px solid #b3261e}.film figcaption{font-size:14px}li{overflow-wrap:anywhere}
.wide{overflow-x:auto}table{border-collapse:collapse}
td,th{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid #dfe3e8;vertical-align:top}.n{text-align:right}
"""


Values = Mapping[str, Any]
"""A walk as ``walk_values`` gives it."""


_UNJUDGED = "Texts over pictures and the like, up to {} on a page: whether they are too faint to read was not judged."

_WAITS = (
    "{} waited for longer than is allowed; whether the site is slow was not judged, as the machine that "
    "walked had more to do than it could."
)
_BUSY = "Taken on a busy machine: up to {:g} s of the waiting may be its own, so that effort may be {:g} at the least."


def cautions(values: Values) -> list[str]:
    """What has to be known of the figures of a walk before they are believed, in words."""
    waits, cost = values.get("waits_unjudged", ()), values.get("effort", {})
    several = f"Steps {', '.join(map(str, waits))} were"
    told = [_WAITS.format(several if len(waits) > 1 else f"Step {waits[0]} was")] if waits else []
    whole, late = cost.get("effort"), cost.get("late", 0.0)
    return [*told, _BUSY.format(late, round(whole - late, 2))] if is_busy(whole, late) else told


def walk_values(walk: Walk) -> dict[str, Any]:
    """A walk as plain values, without pictures and without what was entered."""
    script = walk.script
    blocked = [one for step in walk.steps for one in step.noise.blocked]
    return {
        "walk": script.walk, "persona": script.persona, "goal": script.goal, "origin": script.origin,
        "device": walk.device, "network": script.network, "ended": walk.ended, "reached": walk.reached,
        "effort": asdict(effort(walk)), "shortest": script.shortest, "faults": [asdict(one) for one in faults(walk)],
        "blocked": sorted(set(blocked)), "blocked_requests": len(blocked),
        "steps": [_step_values(one) for one in walk.steps], "undone": list(walk.undone),
        "waits_unjudged": waits_unjudged(walk), "unjudged": max((step.look.unjudged for step in walk.steps), default=0),
    }  # fmt: skip


def _step_values(step: StepRecord) -> dict[str, Any]:
    return {
        "step": step.number, "verb": step.verb, "words": step.words, "outcome": step.outcome, "clicks": step.clicks,
        "keystrokes": step.keystrokes, "seconds": step.seconds, "waiting": step.waiting, "late": step.late,
        "amount": step.amount, "address": re.sub(r"[?#].*", "", step.look.address), "title": step.look.title,
        "picture": step.shot,
    }  # fmt: skip


def map_values(found: Map) -> dict[str, Any]:
    """A map as plain values."""
    return asdict(found)


def walk_page(walks: Sequence[Walk]) -> str:
    """Walks as one HTML file: figures, faults, film strip, steps."""
    return page_of([(walk_values(one), one.shots) for one in walks])


def page_of(walks: Sequence[tuple[Values, Sequence[bytes]]]) -> str:
    """The same from values and pictures (JPEG) as they were kept; a walk whose pictures are gone is shown without."""
    title = "Walks" if len(walks) > 1 else f"Walk: {walks[0][0]['goal']}"
    return whole_page(title, "".join(_one(values, pictures) for values, pictures in walks))


def whole_page(title: str, body: str) -> str:
    """HTML in the look of a report of a walk, as a file that needs nothing else."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>'
        f"{body}</body></html>\n"
    )


def _one(walk: Values, pictures: Sequence[bytes]) -> str:
    cost, shortest = walk["effort"], walk["shortest"]
    figures = [
        ("effort, in clicks", f"{cost['effort']:g}"), ("clicks", cost["clicks"]), ("keystrokes", cost["keystrokes"]),
        ("seconds waited beyond the first", f"{cost['waiting']:g}"), ("errors", cost["errors"]),
        ("steps", f"{cost['steps']}" + (f" (shortest known: {shortest})" if shortest else "")),
        ("seconds", f"{cost['seconds']:.1f}"),
    ]  # fmt: skip
    shown = "".join(f"<div><b>{value}</b>{name}</div>" for name, value in figures)
    lines = "".join(map(_fault, walk["faults"]))
    blocked = walk["blocked_requests"]
    said = "requests to other addresses were blocked; what they bring was not seen."
    kept = f"<p class=muted>{blocked} {said}</p>" if blocked else ""
    kept += "".join(f"<p class=muted>{escape(one)}</p>" for one in cautions(walk))
    unjudged = walk.get("unjudged", 0)
    kept += f"<p class=muted>{_UNJUDGED.format(unjudged)}</p>" if unjudged else ""
    rows = "".join(
        f"<tr><td class=n>{one['step']}<td>{escape(one['verb'])}<td>{escape(one['words'])}<td>{one['outcome']}"
        f"<td class=n>{one['clicks']}<td class=n>{one['keystrokes']}<td class=n>{one['waiting']:.2f}"
        f"<td>{escape(one['address'])}"
        for one in walk["steps"]
    )
    return (
        f"<h1>{escape(walk['goal'])}</h1><p>{escape(walk['persona'])} on {escape(walk['origin'])}, {walk['device']}: "
        f"{ENDED[walk['ended']]}.</p><div class=figures>{shown}</div>"
        f"<h2>Faults</h2>{f'<ul>{lines}</ul>' if lines else '<p>None of those that are looked for.</p>'}"
        f"{kept}<h2>The way</h2><div class=film>{_film(walk, pictures)}</div><h2>Steps</h2><div class=wide><table>"
        "<tr><th>step<th><th>what<th>outcome<th>clicks<th>keystrokes<th>waiting, s<th>address"
        f"{rows}</table></div>"
    )


def _fault(fault: Values) -> str:
    more = f" and {fault['pages'] - 1} more" if fault["pages"] > 1 else ""
    return (
        f"<li><b>{escape(FAULTS[fault['name']])}</b> (step {fault['step']}, {escape(fault['page'])}{more}): "
        f"{escape(fault['evidence'])}</li>"
    )


def _film(walk: Values, pictures: Sequence[bytes]) -> str:
    """A frame for each picture, with the steps that were done on it."""
    at: dict[int, set[str]] = defaultdict(set)
    for fault in walk["faults"]:
        at[fault["step"]].add(FAULTS[fault["name"]])
    frames: dict[int, list[Values]] = defaultdict(list)
    for step in walk["steps"]:
        frames[step["picture"]].append(step)
    out = []
    for number, steps in sorted(frames.items()):
        wrong = sorted({said for step in steps for said in at.get(step["step"], ())})
        told = ", ".join(f"{one['step']} {one['verb']} “{one['words']}”" for one in steps)
        said = f"<br><b>{escape('; '.join(wrong))}</b>" if wrong else ""
        seen = "<p class=muted>The picture is not kept any more.</p>"
        if number < len(pictures):
            picture = base64.b64encode(pictures[number]).decode()
            seen = f'<img alt="The page after step {steps[0]["step"]}" src="data:image/jpeg;base64,{picture}">'
        out.append(
            f"<figure{' class=bad' if wrong else ''}>{seen}<figcaption>{escape(told)}{said}</figcaption></figure>"
        )
    return "".join(out)
