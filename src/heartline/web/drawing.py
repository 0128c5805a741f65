"""Charts: Vega-Lite files of ``web/charts``, painted in a theme, drawn in the browser or as SVG and PNG here.

A file names colours as ``token:<name>``; its ``usermeta`` holds the reading guide. The browser's library comes out of
the installed package vl-convert, is made once, and is kept in a cache folder under the versions it holds.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert

from heartline.web.door import Row
from heartline.web.figures import NARROW
from heartline.web.tokens import TOKENS, Theme

FOLDER = Path(__file__).parent / "charts"
VEGALITE = "6.4"
LOCALE = {"decimal": ".", "thousands": NARROW, "grouping": [3], "currency": ["", ""], "minus": "\u2212"}
_SNIPPET = "window.heartlineEmbed = vegaEmbed;"
_lock = threading.Lock()


@dataclass(frozen=True)
class Guide:
    """How to read a chart.

    title: what it is called
    shows: what it shows
    read: how to read it
    next: what to do next
    columns: (field, heading, kind) of each column of its table view
    broad: whether it needs more width than a telephone has, and is moved sideways there
    """

    title: str
    shows: str
    read: str
    next: str
    columns: tuple[tuple[str, str, str], ...]
    broad: bool


def names() -> tuple[str, ...]:
    """Names of all charts."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.json")))


@lru_cache(maxsize=64)
def _file(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=64)
def guide(name: str) -> Guide:
    """The reading guide of a chart."""
    meta = _file(name)["usermeta"]
    columns = tuple((field, heading, kind) for field, heading, kind in meta["columns"])
    return Guide(meta["title"], meta["shows"], meta["read"], meta["next"], columns, "least_width" in meta)


def _painted(part: Any, colours: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _painted(value, colours) for key, value in part.items()}
    if isinstance(part, list):
        return [_painted(value, colours) for value in part]
    if isinstance(part, str) and part.startswith("token:"):
        return colours[part.removeprefix("token:")]
    return part


def _config(colours: Mapping[str, str]) -> dict[str, Any]:
    words = {"labelColor": colours["muted"], "titleColor": colours["muted"], "labelFontSize": 12, "titleFontSize": 12}
    return {
        "background": "transparent",
        "font": "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif",
        "view": {"stroke": "transparent"},
        "axis": {
            **words,
            "gridColor": colours["line"],
            "domainColor": colours["edge"],
            "tickColor": colours["edge"],
            "titleFontWeight": "normal",
            "labelPadding": 6,
            "titlePadding": 10,
            "labelLimit": 150,
            "gridOpacity": 0.7,
        },
        "legend": {
            **words,
            "titleFontWeight": "normal",
            "symbolType": "circle",
            "orient": "top",
            "titleOrient": "left",
            "symbolBaseFillColor": colours["edge"],
            "symbolBaseStrokeColor": colours["edge"],
        },
        "text": {"color": colours["ink"], "fontSize": 12},
        "rule": {"color": colours["edge"]},
        "mark": {"tooltip": True},
        "bar": {"color": colours["d6"]},
        "line": {"color": colours["accent"], "strokeWidth": 2},
        "point": {"filled": True, "color": colours["accent"], "opacity": 1},
        "area": {"color": colours["accent"]},
    }


def _plain(value: object) -> object:
    # a sum of whole numbers comes as a Decimal, which would be drawn as text, or not at all
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def spec(name: str, values: Sequence[Row], theme: Theme, width: int | None = None) -> dict[str, Any]:
    """A complete Vega-Lite specification with its rows.

    width: in pixels; None lets the chart fill the place it is put in (browser only)
    """
    colours = TOKENS[theme]
    drawn: dict[str, Any] = _painted({key: part for key, part in _file(name).items() if key != "usermeta"}, colours)
    drawn["$schema"] = f"https://vega.github.io/schema/vega-lite/v{VEGALITE.split('.')[0]}.json"
    drawn["description"] = guide(name).shows
    drawn["config"] = {**_config(colours), **drawn.get("config", {})}
    drawn["data"] = {"name": "rows", "values": [{key: _plain(value) for key, value in row.items()} for row in values]}
    if isinstance(drawn.get("height"), dict):
        # Vega-Lite cannot fill a width and step a height at once without a warning; the number of lines is known here.
        lines = {str(row.get(drawn["encoding"]["y"]["field"])) for row in values}
        drawn["height"] = drawn["height"]["step"] * max(len(lines), 1)
    drawn["width"] = width if width is not None else "container"
    return drawn


def svg(name: str, values: Sequence[Row], theme: Theme) -> str:
    """The chart as an SVG image."""
    drawn = {**spec(name, values, theme, 760), "background": TOKENS[theme]["surface"], "padding": 16}
    drawn_text: str = vl_convert.vegalite_to_svg(drawn, vl_version=VEGALITE, format_locale=LOCALE)
    return drawn_text


def png(name: str, values: Sequence[Row], theme: Theme) -> bytes:
    """The chart as a PNG image at twice the screen's resolution."""
    drawn = {**spec(name, values, theme, 760), "background": TOKENS[theme]["surface"], "padding": 16}
    image: bytes = vl_convert.vegalite_to_png(drawn, vl_version=VEGALITE, scale=2, format_locale=LOCALE)
    return image


def bundle_version() -> str:
    """Version of the browser's library: of the package and of what it holds."""
    return f"{version('vl-convert-python')}-{vl_convert.get_vega_version()}-{VEGALITE}"


def bundle(cache: Path | None = None) -> str:
    """The browser's drawing library as JavaScript text; made once, then read from the cache.

    cache: folder to keep it in; None takes ``$XDG_CACHE_HOME/heartline`` or ``~/.cache/heartline``.
    A folder that cannot be written only costs the making, about a second, once per start.
    """
    home = cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "heartline"
    return _bundle(home / f"vega-{bundle_version()}.js")


@lru_cache(maxsize=2)
def _made(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
        if text.endswith("//whole\n"):
            return text
    except OSError:
        pass
    text = vl_convert.javascript_bundle(_SNIPPET, vl_version=VEGALITE) + "\n//whole\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
    except OSError:
        pass
    return text


def _bundle(file: Path) -> str:
    with _lock:
        return _made(file)
