"""One script: whether its way becomes longer, what the last walk met, picture by picture, and how people felt on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heartline.errors import WalkError
from heartline.walk.faults import FAULTS
from heartline.walk.guide import Guide
from heartline.walk.report import cautions
from heartline.walk.script import Script
from heartline.walks.past import Past
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, explain_address, minute, plain
from heartline.web.page import Chart, ChartQuery, MissingPage, Page, Query, choice, told
from heartline.web.ways import ENDED, WayLine, cost, on_what, way_line

FELT = """
select s.number, min(s.what) as what, min(s.touchpoint) as touchpoint, count(s.felt_valence) as n,
    avg(s.felt_valence) as mean, min(s.felt_valence) as low, max(s.felt_valence) as high
from walk_step s join walk w on w.walk_id = s.walk_id
where w.script = $script and w.kind = 'guided' and coalesce(w.script_version, '') = $version
    and s.felt_valence between -1 and 1
group by s.number order by s.number
"""
_LONGEST = 48


@dataclass(frozen=True)
class Frame:
    """One picture of the last walk. address: empty where it is not kept; wrong: faults met on it, in words"""

    address: str
    alt: str
    caption: str
    wrong: Sequence[str]


@dataclass(frozen=True)
class FaultLine:
    """One fault of the last walk, and what was seen."""

    says: str
    step: int
    page: str
    pages: int
    evidence: str


@dataclass(frozen=True)
class StepLine:
    """One step of the last walk. felt: by the walker's own tap; note: what they wrote; both unknown of a browser"""

    number: int
    what: str
    touchpoint: str
    outcome: str
    seconds: Figure
    waited: Figure
    clicks: Figure
    keys: Figure
    felt: Figure
    note: str
    wrong: Sequence[str]


@dataclass(frozen=True)
class LastWalk:
    """The walk that is shown. figures: name and figure; blocked: requests to other addresses that were blocked"""

    walk_id: str
    when: str
    on: str
    release: str
    ended: str
    reached: bool
    figures: Sequence[tuple[str, Figure]]
    blocked: int


@dataclass(frozen=True)
class WalkScriptContext:
    """What the page of a script shows."""

    script: str = told("name of the script")
    goal: str = told("what is to be reached")
    persona: str = told("who walks, as the script says; empty where its file is gone")
    where: str = told("site or place that is walked; empty where its file is gone")
    kind: str = told("browser, or guided: a person walks")
    every: str = told("how often it is to be walked; empty where the script does not say")
    ways: Sequence[WayLine] = told("the script on each device, with its last walk and what changed")
    walkers: Sequence[tuple[str, int]] = told("people who walked it under the names they gave, and how often")
    devices: Sequence[str] = told("devices that a walk can be shown of")
    device: str = told("device chosen; empty: the last walk on any")
    last: LastWalk | None = told("the last walk; empty where nobody has walked")
    cautions: Sequence[str] = told("what has to be known of its figures before they are believed")
    film: Sequence[Frame] = told("pictures of it in their order")
    faults: Sequence[FaultLine] = told("what was wrong on it, in the order of its steps")
    steps: Sequence[StepLine] = told("its steps")
    keep_days: int = told("days after which pictures and notes are deleted")
    charts: dict[str, Chart] = told("charts by name")


def trend_rows(door: Door, query: Query) -> list[Row]:
    """Every walk of the script, oldest first: effort of a browser's, minutes of a person's."""
    walks = _walks(door, query)
    releases: dict[str, str | None] = {}
    made: list[Row] = []
    for walk in walks:
        way, found = on_what(walk), cost(walk)
        new = walk.release is not None and releases.get(way) != walk.release
        releases[way] = walk.release or releases.get(way)
        made.append(
            {
                "script": walk.script, "started_at": walk.started_at, "cost": found.value,
                "unit": "effort, in clicks" if walk.effort is not None else "minutes", "way": way,
                "release": walk.release or "not told", "new_release": walk.release if new else None,
                "ended": ENDED[walk.ended], "reached": "goal reached" if walk.reached else "not reached",
                "steps": walk.steps, "faults": walk.faults, "explain": found.explain,
            }
        )  # fmt: skip
    return made


def felt_rows(door: Door, query: Query) -> list[Row]:
    """How people felt at each step of a guided walk, with the script as it was walked last; nobody by name."""
    guided = [one for one in _walks(door, query, "guided") if one.kind == "guided"]
    if not guided:
        return []
    last = guided[-1]
    asked = {"script": last.script, "version": last.script_version or ""}
    return [
        row
        | {
            "name": f"{row['number']}. {_short(row['what'])}", "place": plain(row["touchpoint"]),
            "explain": explain_address("walk_step", "felt_valence", script=last.script, number=row["number"]),
        }
        for row in rows(door, FELT, asked)
    ]  # fmt: skip


def build(door: Door, query: Query) -> WalkScriptContext:
    """The script of the address; ``?device=`` chooses whose last walk is shown. MissingPage where there is none."""
    name = query["script"]
    ways = [one for one in door.walks.standing() if one.script == name]
    if not ways:
        raise MissingPage(f"there is no walk {name}"[:80], "a script of the folder walks", "see /walks")
    script = next((one for one in door.walks.shelf.scripts if one.walk == name), None)
    walks = _walks(door, query)
    devices = sorted({one.device for one in walks if one.device})
    device = choice(query, "device", devices)
    shown = [one for one in walks if device in ("", one.device)]
    last = shown[-1] if shown else None
    about = door.walks.kept.about(last.walk_id) if last and last.kind == "browser" else None
    lines = [way_line(one) for one in ways]
    return WalkScriptContext(
        script=name,
        goal=ways[0].goal,
        persona=script.persona if script else "",
        where=_where(script),
        kind="guided" if isinstance(script, Guide) or (script is None and ways[0].kind == "guided") else "browser",
        every=(script.every or "") if script else "",
        ways=lines,
        walkers=[pair for line in lines for pair in line.walkers],
        devices=devices,
        device=device,
        last=_last(last, about) if last else None,
        cautions=cautions(about) if about else [],
        film=_film(door, last, about) if last else [],
        faults=[_fault(one) for one in (about or {}).get("faults", ())],
        steps=[_step(row) for row in door.walks.steps(last.walk_id)] if last else [],
        keep_days=door.settings.whole("walk_days"),
        charts={made.name: Chart(made.name, f"script={name}", made.rows(door, query)) for made in PAGE.charts},
    )


def _walks(door: Door, query: Query, kind: str = "") -> list[Past]:
    """Walks of the script that the address names; without one, of the first that was walked."""
    found = [one for one in door.walks.past() if kind in ("", one.kind)]
    name = query.get("script") or min((one.script for one in found), default="")
    return [one for one in found if one.script == name]


def _where(script: Script | Guide | None) -> str:
    return "" if script is None else script.place if isinstance(script, Guide) else script.origin


def _last(walk: Past, about: Mapping[str, Any] | None) -> LastWalk:
    own = explain_address("walk", walk_id=walk.walk_id) if walk.kind == "browser" else ""
    figures = [("effort, in clicks" if walk.effort is not None else "minutes", Figure(cost(walk).value, "number"))]
    for name, value in (("clicks", walk.clicks), ("keystrokes", walk.keystrokes), ("errors", walk.errors)):
        if value is not None:
            figures.append((name, Figure(value, "count", explain=own)))
    if walk.waiting_s is not None:
        figures.append(("seconds waited", Figure(walk.waiting_s, "number", explain=own)))
    shortest = f", {walk.shortest} at best" if walk.shortest else ""
    figures.append((f"steps{shortest}", Figure(walk.steps, "count", explain=own)))
    return LastWalk(
        walk.walk_id, minute(walk.started_at), on_what(walk), walk.release or "", ENDED[walk.ended], walk.reached,
        figures, int((about or {}).get("blocked_requests", 0)),
    )  # fmt: skip


def _film(door: Door, walk: Past, about: Mapping[str, Any] | None) -> list[Frame]:
    if about is None:
        return _photos(door, walk)
    wrong: dict[int, list[str]] = {}
    for fault in about["faults"]:
        wrong.setdefault(fault["step"], []).append(FAULTS.get(fault["name"], fault["name"]))
    frames: dict[int, list[Mapping[str, Any]]] = {}
    for step in about["steps"]:
        frames.setdefault(step["picture"], []).append(step)
    folder = door.walks.kept.of(walk.walk_id)
    made = []
    for number, steps in sorted(frames.items()):
        file = f"{number:02d}.jpg"
        met = dict.fromkeys(said for one in steps for said in wrong.get(one["step"], ()))
        made.append(Frame(
            f"/walks/shot/{walk.walk_id}/{file}" if (folder / file).is_file() else "",
            f"The page after step {steps[-1]['step']}",
            ", ".join(f"{one['step']} {one['verb']} “{one['words']}”" for one in steps), list(met),
        ))  # fmt: skip
    return made


def _photos(door: Door, walk: Past) -> list[Frame]:
    """Pictures that a person took on the way."""
    made = []
    for step in door.walks.steps(walk.walk_id):
        if step["photo"] and walk.kind == "guided":
            try:
                door.walks.guided.named(walk.walk_id).picture(step["photo"])
                address = f"/walks/photo/{walk.walk_id}/{step['photo']}"
            except WalkError:  # kept no longer
                address = ""
            made.append(Frame(address, f"Taken at step {step['number']}", f"{step['number']} {step['what']}", ()))
    return made


def _fault(told_: Mapping[str, Any]) -> FaultLine:
    says = FAULTS.get(told_["name"], plain(told_["name"]))
    return FaultLine(says, told_["step"], told_["page"], told_["pages"], told_["evidence"])


def _step(row: Mapping[str, Any]) -> StepLine:
    wrong = [FAULTS.get(one, plain(one)) for one in (row["faults"] or "").split()]
    return StepLine(
        int(row["number"]), row["what"], plain(row["touchpoint"]), plain(row["outcome"]),
        Figure(row["duration_s"], "number"), Figure(row["waiting_s"], "number"), Figure(row["clicks"], "count"),
        Figure(row["keystrokes"], "count"), Figure(row["felt_valence"], "valence"), row["note"] or "", wrong,
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


PAGE = Page(
    "walk_script", "/walks/{script}", "Walk", build, WalkScriptContext,
    charts=(ChartQuery("walk_trend", trend_rows), ChartQuery("walk_felt", felt_rows)),
)  # fmt: skip
