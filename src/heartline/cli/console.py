"""What every command prints with: progress on the error stream, results on the output stream."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

from heartline.workspace import Workspace

workspace_option = click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    envvar="HEARTLINE_WORKSPACE",
    show_default="this folder, or $HEARTLINE_WORKSPACE",
    help="The workspace folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


# What customers wrote must not steer the terminal that it is shown on.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@contextmanager
def opened(folder: Path) -> Iterator[Workspace]:
    """The workspace in a folder, closed at the end."""
    with Workspace(folder) as workspace:
        yield workspace


def print_json(value: Any) -> None:
    """JSON on the output stream."""
    click.echo(json_text(value))


def json_text(value: Any) -> str:
    """JSON with times in ISO format."""
    return json.dumps(value, indent=2, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str = "") -> None:
    """A table a person can read; a missing value is a dash. One that is too wide is turned: a line a column."""
    # Piped into a file there is no terminal to fit into.
    console = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 160)
    by_column = [_shown_column([row.get(name) for row in rows]) for name in columns]
    cells = [list(row_cells) for row_cells in zip(*by_column, strict=True)]
    widths = [min(40, max(map(len, [name, *column]))) for name, *column in zip(columns, *cells, strict=True)]
    if title:
        console.print(title, style="bold")
    if sum(widths) + 2 * len(widths) <= console.width or not rows:
        shown = RichTable(header_style="bold", box=None, pad_edge=False)
        for name in columns:
            numeric = any(isinstance(row.get(name), int | float) for row in rows)
            shown.add_column(name, justify="right" if numeric else "left", overflow="fold")
        for row_cells in cells:
            shown.add_row(*row_cells)
        console.print(shown)
        return
    side_by_side = max(1, (console.width - max(map(len, columns))) // 32)
    for start in range(0, len(rows), side_by_side):
        turned = RichTable(show_header=False, box=None, pad_edge=False)
        turned.add_column(style="bold")
        for _ in cells[start : start + side_by_side]:
            turned.add_column(overflow="fold", max_width=30)
        for place, name in enumerate(columns):
            turned.add_row(name, *(row_cells[place] for row_cells in cells[start : start + side_by_side]))
        console.print(turned)
        console.print()


def _shown_column(values: Sequence[Any]) -> list[str]:
    """Values of one column; fractions of like size with as many decimals each, so that points stand under points."""
    shown = [shown_value(value) for value in values]
    sizes = [abs(value) for value in values if isinstance(value, float)]
    if not sizes or max(sizes) >= 1000 or any(0 < size < 0.01 for size in sizes):
        return shown
    digits = max(len(text.partition(".")[2]) for text, value in zip(shown, values, strict=True) if value is not None)
    return [
        f"{value:.{digits}f}" if isinstance(value, float) else text for text, value in zip(shown, values, strict=True)
    ]


def shown_value(value: Any) -> str:
    """A value as a person reads it: a dash for missing, three significant decimals, times without microseconds."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}" if (value.hour or value.minute) else f"{value:%Y-%m-%d}"
    return _UNSEEN.sub("\ufffd", str(value))


@contextmanager
def progress_bar(quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on the error stream; call it with (what, done, total). Without a terminal, one line for each new what."""
    if quiet:
        yield lambda *_: None
        return
    if not sys.stderr.isatty():
        told: set[str] = set()

        def line(what: str, *_: int) -> None:
            if what not in told:
                told.add(what)
                click.echo(f"  {what} …", err=True)

        yield line
        return
    columns = (
        TextColumn("  {task.description:<28}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=max(total, 1))
