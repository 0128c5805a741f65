"""The house's plan, read from the syntax tree: who may import whom, and what nothing may be called.

The table below is design §3 with the rooms that were added since (docs/decisions/rooms-meet-at-tables.md).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "heartline"

# Room: what it may import of Heartline (a room, or one module of it) and of other packages.
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "settings": ({"errors"}, set()),
    "tables": ({"errors"}, {"pyarrow"}),
    "engines": ({"errors", "settings", "tables"}, {"pyarrow"}),
    "facts": ({"errors", "tables"}, {"numpy", "pyarrow"}),
    "survey": ({"errors"}, set()),
    "sources": ({"errors", "survey", "tables"}, {"msgspec", "numpy", "pyarrow"}),
    "stats": ({"errors"}, {"numpy", "scipy"}),
    "emotion": ({"errors"}, {"numpy", "scipy"}),
    "conduct": ({"errors"}, set()),
    "analysis": (
        {"errors", "tables", "engines.steps", "engines.functions", "stats"},
        {"numpy", "pyarrow"},
    ),
    "records": ({"errors", "settings"}, {"sqlalchemy"}),
    "identity": (
        {"engines.base", "engines.functions", "engines.steps", "errors", "records", "settings", "tables"},
        {"numpy", "pyarrow", "scipy", "msgspec"},
    ),
    "simulate": ({"tables", "stats", "errors"}, {"numpy", "pyarrow", "scipy"}),
    "members": (
        {"engines.base", "errors", "facts", "identity", "records", "runner", "settings", "tables", "__version__"},
        {"numpy", "pyarrow"},
    ),
    "runner": (
        {"identity.mapped", "analysis.base", "engines.base", "engines.steps", "errors", "tables", "settings",
         "__version__"},
        set(),
    ),
    "predictions": (
        {"analysis.life", "analysis.outcomes", "engines.base", "engines.steps", "errors", "facts", "tables",
         "__version__"},
        {"pyarrow"},
    ),
    "backtest": (
        {"analysis.base", "analysis.outcomes", "analysis.registry", "engines.base", "engines.steps", "errors",
         "facts.lock", "predictions", "runner", "stats", "tables", "workspace", "__version__"},
        {"numpy", "pyarrow"},
    ),
    "reader": ({"engines.duckdb", "facts", "identity.ids", "identity.mapped", "tables", "errors"}, {"pyarrow"}),
    "explain": ({"facts.derived", "tables", "errors"}, {"pyarrow"}),
    "investing": ({"analysis.investment_plan", "errors", "settings", "stats.allocation"}, {"numpy", "pyarrow"}),
    "privacy": ({"errors"}, {"msgspec", "numpy", "pyarrow"}),
    "ingest": (
        {"errors", "facts", "privacy", "records", "settings", "sources", "tables"},
        {"msgspec", "numpy", "pyarrow"},
    ),
    "live": (
        {"errors", "facts", "ingest", "records", "settings", "sources", "tables"},
        {"msgspec", "numpy", "pyarrow", "sqlalchemy", "starlette"},
    ),
    "feeds": (
        {"errors", "facts", "ingest", "live.archive", "records", "settings", "sources", "tables"},
        {"msgspec", "numpy", "pyarrow", "sqlalchemy"},
    ),
    "score": ({"emotion", "errors", "sources.open_file", "sources.raw"}, {"numpy", "pyarrow"}),
    "debrief": (
        {"analysis.conduct_read", "conduct", "emotion", "errors", "sources", "tables"},
        set(),
    ),
    "learn": ({"corrections", "emotion", "errors"}, {"numpy"}),
    "corrections": (
        {"analysis.consent", "engines.duckdb", "errors", "records", "settings", "stats.intervals", "tables"},
        {"pyarrow"},
    ),
    "hypotheses": ({"errors", "records", "settings", "tables"}, {"pyarrow"}),
    "room": ({"emotion", "errors", "playbook"}, {"numpy"}),
    "line_file": (set(), set()),
    "rooms": ({"emotion", "errors", "line_file", "room"}, set()),
    "transcript": ({"errors", "room.turn", "sources"}, set()),
    "playbook": ({"errors", "tables"}, {"msgspec", "yaml"}),
    "walk": ({"errors", "playbook.misfit", "playbook.nodes", "tables.words"}, {"msgspec"}),
    "walks": (
        {"action", "errors", "facts", "ingest", "line_file", "privacy", "records", "settings", "sources", "tables",
         "walk", "__version__"},
        {"msgspec", "numpy", "pyarrow"},
    ),
    "action": (
        {"analysis.consent", "engines.duckdb", "errors", "playbook", "records", "settings", "tables",
         "live.signature", "__version__"},
        {"msgspec", "pyarrow", "sqlalchemy"},
    ),
    "workspace": (
        {"action", "analysis.base", "analysis.registry", "corrections", "engines", "errors", "explain", "facts",
         "feeds", "hypotheses", "ingest", "live", "identity", "members", "predictions", "reader", "records", "rooms",
         "runner", "settings", "tables", "walks", "__version__"},
        {"pyarrow"},
    ),
    "web": (
        {"workspace", "action", "corrections", "errors", "hypotheses", "investing", "playbook", "room", "rooms",
         "settings", "tables", "explain", "walk", "walks"},
        {"fastapi", "jinja2", "markupsafe", "msgspec", "pyarrow", "starlette", "uvicorn", "vl_convert", "xlsxwriter"},
    ),
    "cli": (
        {"workspace", "corrections", "errors", "identity.decide", "learn", "records.identity", "settings", "tables",
         "backtest", "hypotheses", "ingest", "investing", "explain", "score", "simulate",
         "conduct", "debrief", "survey", "web.app", "web.brief", "records.decisions", "feeds", "room", "transcript",
         "walk", "walks", "action", "playbook", "live.archive", "live.event_map", "live.hook_tools",
         "live.signature",
         "records.keys", "records.notices", "records.receivers", "records.webhooks",
         "emotion", "__version__"},
        {"click", "pyarrow", "rich"},
    ),
}  # fmt: skip

# One module that may do more than its room, with the reason.
BEYOND: dict[str, tuple[set[str], str]] = {
    "engines.duckdb": ({"duckdb"}, "the only place that imports DuckDB"),
    "engines.spark": ({"pyspark", "py4j"}, "the only place that imports Spark"),
    "stats.topics": ({"sklearn", "threadpoolctl"}, "the only place that fits topics"),
    "stats.chances": ({"sklearn", "threadpoolctl"}, "the only place that fits trees"),
    "analysis.text_emotion": ({"heartline.emotion"}, "the one analysis that reads words"),
    "analysis.conduct_read": (
        {"heartline.conduct", "heartline.emotion"},
        "the one analysis that reads employees' words",
    ),
    "analysis.questionnaire": ({"heartline.survey"}, "which items make a scale is written there alone"),
    "sources.identifiers": ({"phonenumbers"}, "an extra: only where a region of telephone numbers is set"),
    "identity.linkage": ({"splink"}, "an extra: the only place that compares records; it brings its own DuckDB"),
    "emotion.load": ({"onnxruntime"}, "the only place that opens a network"),
    "emotion.adapter_files": ({"tokenizers"}, "an extra of its own"),
    "emotion.refit": ({"threadpoolctl"}, "comes with scikit-learn"),
    "walk.browser": ({"playwright"}, "an extra: the only place that drives a browser"),
    "walk.frozen": ({"greenlet"}, "an extra: asks a tab beside the walk that waits for it"),
    "web.brief.pdf": ({"typst"}, "an extra: the only place that sets PDF"),
    "emotion.train": ({"sklearn", "onnx", "onnxruntime", "torch", "transformers"}, "an extra of its own"),
}

# Imports inside a function, each with the reason; every other import stands at the top of its file.
LATE: dict[tuple[str, str], str] = {
    ("workspace", "heartline.engines.spark"): "an extra: only where the settings choose it",
    ("workspace", "heartline.live.service"): "the web stack: only where a server is started",
    ("identity.linkage", "splink"): "an extra: only where the setting identity is probable",
    ("stats.topics", "sklearn.decomposition"): "heavy: only where topics are fitted",
    ("stats.topics", "sklearn.exceptions"): "heavy: only where topics are fitted",
    ("stats.topics", "sklearn.feature_extraction.text"): "heavy: only where topics are fitted",
    ("stats.topics", "threadpoolctl"): "comes with scikit-learn",
    ("stats.chances", "sklearn.ensemble"): "heavy: only where something is fitted",
    ("stats.chances", "threadpoolctl"): "comes with scikit-learn",
    ("tables.shape", "pyarrow"): "reading the data model costs nothing",
    ("sources.identifiers", "phonenumbers"): "an extra: only where a region of telephone numbers is set",
    ("members", "heartline.identity.linkage"): "an extra: only where the settings choose it",
    ("web.app", "uvicorn"): "only when a server is started, not when the app is tested",
    ("emotion.load", "onnxruntime"): "heavy: only when a model is opened",
    ("emotion.adapter_files", "tokenizers"): "an extra: only for a model that somebody brings",
    ("cli.room", "heartline.emotion"): "the text model is loaded only where a conversation is read",
    ("cli.score", "heartline.score"): "the text model is loaded only by this command",
    ("cli.conduct", "heartline.debrief"): "the text model is loaded only by this command",
    ("walk.browser", "playwright.sync_api"): "an extra: only where a walk is walked",
    ("walk.frozen", "greenlet"): "an extra: comes with playwright",
    ("web.brief.pdf", "typst"): "an extra: only where a PDF is asked for",
    ("cli.brief", "heartline.web.brief.files"): "the web stack: only where a brief is made",
    ("cli.brief", "heartline.web.brief.sending"): "the web stack: only where a brief is made",
    ("cli.brief", "heartline.web.brief.text"): "the web stack: only where a brief is made",
    ("cli.demo", "heartline.web.app"): "only when the demo serves",
    ("cli.doctor", "heartline.emotion"): "the doctor reports a broken part instead of failing with it",
    ("emotion.train.__main__", "heartline.emotion.train.pipeline"): "torch: only to train, not to write a card",
    ("emotion.train.graph", "onnxruntime"): "heavy: only where ranges are measured",
    ("cli.serve", "heartline.web.app"): "only when a server is started",
    ("cli.serve", "heartline.web.brief.sending"): "only when a server is started",
}

NAMELESS = {"utils", "util", "common", "helpers", "helper", "manager", "managers", "misc", "stuff", "core"}
LONGEST = 400


@dataclass(frozen=True)
class Import:
    """One imported module: where, what, and whether inside a function or for types only."""

    module: str
    target: str
    line: int
    late: bool
    types_only: bool


def module_name(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(text: str, module: str) -> Iterator[Import]:
    """All imports of a file; ``from heartline import x`` counts as an import of ``heartline.x``."""

    def walk(node: ast.AST, late: bool, types_only: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(module, alias.name, child.lineno, late, types_only)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{module}, line {child.lineno}: a relative import"
                base = str(child.module)
                for alias in child.names:
                    joined = f"{base}.{alias.name}"
                    whole = base.startswith("heartline") and (base == "heartline" or is_module(joined))
                    yield Import(module, joined if whole else base, child.lineno, late, types_only)
            else:
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                checking = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
                yield from walk(child, late or inside, types_only or checking)

    yield from walk(ast.parse(text), False, False)


def is_module(name: str) -> bool:
    path = SOURCE.joinpath(*name.split(".")[1:])
    return path.is_dir() or path.with_suffix(".py").exists()


def within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def faults_of(found: Import) -> Iterator[str]:
    """What is wrong with one import."""
    where = f"{found.module}, line {found.line}: {found.target}"
    room = found.module.split(".")[0]
    more = set().union(*(names for key, (names, _) in BEYOND.items() if within(found.module, {key})))
    top = found.target.split(".")[0]
    if top == "heartline":
        inside = found.target.removeprefix("heartline.")
        own = within(inside, {room}) and (room != "analysis" or is_part_of(found.module, inside))
        if not (own or within(inside, ROOMS[room][0]) or within(found.target, more)):
            yield f"{where} is another room"
    elif top not in sys.stdlib_module_names and top not in ROOMS[room][1] | more:
        yield f"{where} is a package that this room does not use"
    if found.late and (found.module, found.target) not in LATE:
        yield f"{where} is imported inside a function without a reason in LATE"


def is_part_of(module: str, inside: str) -> bool:
    """Whether an analysis imports something that is no analysis itself: registry lists all, others never each other."""
    if module == "analysis.registry" or inside == "analysis":
        return True
    file = SOURCE.joinpath(*inside.split(".")).with_suffix(".py")
    return file.exists() and not any(
        isinstance(node, ast.Assign | ast.AnnAssign) and "ANALYSIS" in ast.dump(node)
        for node in ast.parse(file.read_text("utf-8")).body
    )


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """One circle through each name that is part of one."""
    found: list[list[str]] = []
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            found.append([*path[path.index(name) :], name])
        elif name not in done:
            for other in sorted(edges.get(name, ())):
                visit(other, [*path, name])
            done.add(name)

    for name in sorted(edges):
        visit(name, [])
    return found


FILES = sorted(SOURCE.rglob("*.py"))
IMPORTS = [one for file in FILES for one in imports_of(file.read_text("utf-8"), module_name(file, SOURCE))]


def test_every_room_is_in_the_table() -> None:
    assert {module_name(file, SOURCE).split(".")[0] for file in FILES} - {""} <= set(ROOMS)


def test_imports_keep_to_the_table() -> None:
    assert [fault for one in IMPORTS if one.module for fault in faults_of(one)] == []


def test_late_imports_are_still_there() -> None:
    there = {(one.module, one.target) for one in IMPORTS if one.late}
    assert set(LATE) - there == set()


def test_rooms_have_no_circle() -> None:
    rooms: dict[str, set[str]] = {}
    for one in IMPORTS:
        if one.module and one.target.startswith("heartline.") and not one.types_only:
            rooms.setdefault(one.module.split(".")[0], set()).add(one.target.split(".")[1])
    assert circles({room: others - {room} for room, others in rooms.items()}) == []


def test_files_have_no_circle() -> None:
    files: dict[str, set[str]] = {}
    for one in IMPORTS:
        if one.target.startswith("heartline.") and not one.types_only:
            files.setdefault(one.module, set()).add(one.target.removeprefix("heartline."))
    assert circles(files) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: module_name(file, SOURCE) or "heartline")
def test_a_file_has_a_noun_and_an_end(file: Path) -> None:
    assert not NAMELESS & set(module_name(file, SOURCE).split("."))
    assert len(file.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize(
    ("module", "text", "said"),
    [
        ("stats.shapley", "import duckdb", "a package that this room does not use"),
        ("stats.shapley", "from heartline.tables import TABLES", "another room"),
        ("stats.shapley", "from heartline import tables", "another room"),
        ("analysis.loyalty", "from heartline.analysis.value import ANALYSIS", "another room"),
        ("analysis.loyalty", "from heartline.analysis import value", "another room"),
        ("analysis.loyalty", "from heartline.engines.duckdb import DuckDBEngine", "another room"),
        ("analysis.loyalty", "from heartline.emotion import EMOTIONS", "another room"),
        ("engines.duckdb", "import pyspark", "a package that this room does not use"),
        ("workspace", "import pyspark.sql", "a package that this room does not use"),
        ("settings", "def read():\n    import tomllib", "inside a function"),
        ("settings", "class A:\n    def read(self):\n        from heartline import errors", "inside a function"),
    ],
)
def test_the_reader_sees_faults(module: str, text: str, said: str) -> None:
    faults = [fault for one in imports_of(text, module) for fault in faults_of(one)]
    assert len(faults) == 1
    assert said in faults[0]


def test_the_reader_sees_circles() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c", "a"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
