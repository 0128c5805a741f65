"""Kept walks: in the facts once, in a folder whole, whatever comes in between, and gone when their time is over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.walk.test_faults import PAGE, Paper
from tests.walks.made import NOON, keep, script, walked

from heartline.errors import WalkError, WorkspaceError
from heartline.facts.lock import one_writer
from heartline.walk.recorder import walk
from heartline.walk.report import walk_page, walk_values
from heartline.walk.step import Deed
from heartline.walks.outbox import Outbox
from heartline.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "w") as made:
        yield made


def counts(workspace: Workspace) -> tuple[int, int]:
    return workspace.fact_rows("walk"), workspace.fact_rows("walk_step")


def test_a_walk_stands_in_the_facts_as_it_was(workspace):
    walk_id = keep(workspace, walked(clicks=3, waits=1.5, console=("x is not a function",)), release=" 2.0 ")
    (row,) = workspace.query("select * from walk").to_pylist()
    assert (row["walk_id"], row["script"], row["kind"], row["walker"]) == (walk_id, "look_around", "browser", None)
    assert (row["release"], row["device"], row["network"], row["ended"]) == ("2.0", "desktop", "full", "goal")
    assert (row["clicks"], row["keystrokes"], row["waiting_s"], row["errors"]) == (5, 3, 1.5, 0)
    assert row["effort"] == 5 + 3 / 5 + 1.5
    assert (row["started_at"], row["ended_at"]) == (NOON, NOON + timedelta(seconds=30))
    steps = workspace.walks.steps(walk_id)
    assert [(one["number"], one["what"], one["touchpoint"], one["stage"]) for one in steps] == [
        (1, "open /", "home", "awareness"), (2, "fill Name", "home", "awareness"),
        (3, "click Go", "checkout", "awareness"), (4, "expect Hello", "checkout", "awareness"),
    ]  # fmt: skip
    assert sum(one["clicks"] for one in steps) == row["clicks"]
    assert steps[0]["faults"] == "script_error"
    assert {one["channel"] for one in steps} == {"web"}
    assert "Ann" not in json.dumps(steps, default=str)


def test_every_outcome_of_a_step_is_one_that_the_facts_know(workspace):
    for outcome in ("done", "absent", "hidden", "covered", "refused"):
        keep(workspace, walked(Go=Deed(outcome)))
    told = workspace.query("select outcome, count(*) as n from walk_step where number = 3 group by outcome").to_pylist()
    assert {one["outcome"]: one["n"] for one in told} == {"done": 1, "failed": 4}
    assert not workspace.quarantine()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York"])
def test_numbers_and_times_are_read_the_same_in_every_workspace(tmp_path, zone):
    settings = {"timezone": zone, "currency": "INR", "mask_text": "all", "identity_hashed": True}
    with Workspace.create(tmp_path / "w", settings) as workspace:
        keep(workspace, walked(waits=1234.567))
        (row,) = workspace.query("select started_at, waiting_s, effort from walk").to_pylist()
    assert row["started_at"] == NOON
    # opening, typing and pressing are waited for, looking at what is there is not
    assert row["waiting_s"] == pytest.approx(3 * 1233.567, abs=0.01)
    assert row["effort"] == pytest.approx(3 + 3 / 5 + 3 * 1233.567, abs=0.01)


def test_the_report_of_a_kept_walk_is_that_of_the_walk(workspace):
    one = walked(console=("<b>bad</b>",))
    walk_id = keep(workspace, one)
    assert workspace.walks.report(walk_id) == walk_page([one])
    about = workspace.walks.kept.about(walk_id)
    assert {name: about[name] for name in walk_values(one)} == json.loads(json.dumps(walk_values(one)))
    assert "&lt;b&gt;bad" in workspace.walks.report(walk_id)


def test_what_is_typed_into_an_address_is_not_kept(workspace):
    looks = [replace(PAGE, address="https://shop.example/find?q=Ann+Example#x")] * 4
    walk_id = keep(workspace, walk(script(), Paper(looks=looks)))
    for file in workspace.walks.kept.of(walk_id).iterdir():
        assert b"Ann" not in file.read_bytes()
    assert "shop.example/find<" in workspace.walks.report(walk_id)


def test_walks_wait_while_somebody_writes_and_count_meanwhile(workspace):
    with one_writer(workspace.root / ".writer", "loaded"):
        first = keep(workspace)
        keep(workspace, walked(clicks=9), NOON + timedelta(days=7))
        assert counts(workspace) == (0, 0)
        past = workspace.walks.past()
        assert [one.effort for one in past] == [3.6, 11.6]
        assert workspace.walks.change(past).verdict == "longer"
        assert len(workspace.walks.steps(first)) == 4
    assert workspace.walks.settle() == 10
    assert counts(workspace) == (2, 8)
    assert [one.effort for one in workspace.walks.past()] == [3.6, 11.6]


class Gone(BaseException):
    """The end of a process, as far as files can tell."""


def loaded_once(workspace):
    for _ in range(2):
        workspace.walks.settle()
        assert counts(workspace) == (1, 4)
    (one,) = workspace.walks.past()
    assert workspace.walks.report(one.walk_id)
    assert (workspace.walks.outbox.waiting(), workspace.walks.kept.mend()) == (0, 0)


@pytest.mark.parametrize(
    ("place", "after"),
    [("kept.Kept._hand_on", False), ("outbox.Outbox.put", True), ("outbox.Outbox.settle", False)],
    ids=["before the outbox", "while it is handed on", "before the load"],
)
def test_an_end_at_any_place_loses_and_doubles_nothing(workspace, monkeypatch, place, after):
    name, method = f"heartline.walks.{place}".rsplit(".", 1)
    real = getattr(getattr(import_module(name.rsplit(".", 1)[0]), name.rsplit(".", 1)[1]), method)

    def ended(*given):
        if after:
            real(*given)
        raise Gone

    monkeypatch.setattr(f"{name}.{method}", ended)
    with pytest.raises(Gone):
        keep(workspace)
    monkeypatch.undo()
    loaded_once(workspace)


def test_a_process_killed_between_load_and_outbox_doubles_nothing(tmp_path):
    """Its rows are in the facts, and still in the outbox."""
    body = f"""
        import os
        from pathlib import Path
        from heartline.walks.outbox import Outbox
        from tests.walks.made import keep
        from heartline.workspace import Workspace
        real, calls = Outbox._load, []
        def gone(*given):
            done = real(*given)
            calls.append(done)
            if len(calls) == 2:
                os._exit(9)
            return done
        Outbox._load = gone
        keep(Workspace(Path({str(tmp_path / "w")!r})))
    """
    Workspace.create(tmp_path / "w").close()
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(body)], cwd=root, env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 9, done.stderr
    with Workspace(tmp_path / "w") as workspace:
        assert counts(workspace) == (1, 4)
        assert workspace.walks.outbox.waiting() == 1
        loaded_once(workspace)


def test_a_crash_while_pictures_are_written_leaves_nothing_that_looks_like_a_walk(workspace, monkeypatch):
    monkeypatch.setattr("heartline.walks.kept.os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk is full")))
    with pytest.raises(OSError, match="disk is full"):
        keep(workspace)
    monkeypatch.undo()
    assert (workspace.walks.settle(), counts(workspace)) == (0, (0, 0))
    assert len(list(workspace.walks.kept_folder.iterdir())) == 1
    workspace.walks.purge(NOON + timedelta(days=36500))
    assert list(workspace.walks.kept_folder.iterdir()) == []


def test_what_is_not_whole_yet_is_not_handed_on(workspace):
    making = workspace.walks.kept_folder / ".20260701T120000-0a1b2c3d" / "rows.json"
    making.parent.mkdir(parents=True)
    making.write_text("{")
    assert (workspace.walks.settle(), making.exists()) == (0, True)


def test_two_programs_may_hand_on_the_same_walk(workspace, monkeypatch):
    real = Outbox.put

    def twice(outbox, name, rows):
        real(outbox, name, rows)
        (workspace.walks.kept_folder / name / "rows.json").unlink()  # the other one was a moment faster

    monkeypatch.setattr(Outbox, "put", twice)
    keep(workspace)
    monkeypatch.undo()
    loaded_once(workspace)


def waiting_twice(workspace):
    """Two walks that wait, their ids in order, and the rows of the first with another release."""
    with one_writer(workspace.root / ".writer", "loaded"):
        ids = sorted([keep(workspace), keep(workspace, at=NOON + timedelta(days=7))])
    rows = json.loads((workspace.walks.kept_folder / "outbox" / f"{ids[0]}.json").read_text())
    rows["walk"][0]["release"] = "newer"
    return ids, rows


def test_rows_that_others_stand_for_meanwhile_never_come_after_them(workspace, monkeypatch):
    (first, _), newer = waiting_twice(workspace)
    outbox, real, inner = workspace.walks.outbox, Outbox._load, []

    def slowly(self, name, rows, source):
        if not inner:  # between reading and loading, another program has newer ones and loads them
            outbox.put(first, newer)
            inner.append(None)
            inner[0] = outbox.settle()
        return real(self, name, rows, source)

    monkeypatch.setattr(Outbox, "_load", slowly)
    monkeypatch.setattr("heartline.facts.lock.PATIENCE_S", 0.0)
    outbox.settle()
    assert inner == [0]
    monkeypatch.undo()
    outbox.settle()
    assert workspace.walks.past()[0].release == "newer"
    assert (counts(workspace), outbox.waiting()) == ((2, 8), 0)


def test_rows_are_loaded_in_the_order_of_their_names_or_later(workspace, monkeypatch):
    (first, _), _ = waiting_twice(workspace)
    real = Outbox._load

    def busy(self, name, rows, source):
        if source == first:
            raise WorkspaceError("the workspace is being loaded", "one writer", "wait")
        return real(self, name, rows, source)

    monkeypatch.setattr(Outbox, "_load", busy)
    assert (workspace.walks.settle(), workspace.walks.outbox.waiting()) == (0, 2)


def test_pictures_go_when_their_time_is_over_and_figures_stay(workspace):
    old, young = keep(workspace), keep(workspace, at=NOON + timedelta(days=10))
    (workspace.walks.kept_folder / "not a walk").mkdir()  # somebody's own
    assert workspace.walks.purge(NOON + timedelta(days=365)) == 0
    assert workspace.walks.purge(NOON + timedelta(days=366)) == 1
    with pytest.raises(WalkError, match="no pictures are kept"):
        workspace.walks.report(old)
    assert workspace.walks.report(young)
    assert counts(workspace) == (2, 8)
    assert workspace.walks.purge(NOON + timedelta(days=36500)) == 1
    assert (workspace.walks.kept_folder / "not a walk").is_dir()


def test_a_walk_is_forgotten_with_all_files_and_later_ones_can_still_be_compared(workspace):
    walk_id = keep(workspace)
    assert workspace.walks.forget(walk_id)
    assert not workspace.walks.forget(walk_id)
    assert not list(workspace.walks.kept_folder.rglob("*.jpg"))
    keep(workspace, walked(clicks=9), NOON + timedelta(days=7))
    assert workspace.walks.change(workspace.walks.past()).verdict == "longer"


@pytest.mark.parametrize("walk_id", ["", "..", "../facts", "outbox", ".hidden", "a/b", "x" * 81, "a\0b"])
def test_what_is_no_id_leads_nowhere(workspace, walk_id):
    keep(workspace)
    for asked in (workspace.walks.forget, workspace.walks.report, workspace.walks.kept.pictures):
        with pytest.raises(WalkError, match="is no walk"):
            asked(walk_id)
    assert counts(workspace) == (1, 4)


@pytest.mark.parametrize("release", ["x" * 121, "a\u202eb", "\x1b[31m"])
def test_a_release_has_a_name_that_can_be_shown(workspace, release):
    with pytest.raises(WalkError, match="release"):
        keep(workspace, release=release)
    assert counts(workspace) == (0, 0)


def test_the_report_of_a_persons_walk_shows_what_they_felt_wrote_and_photographed(workspace):
    folder = workspace.walks.kept_folder / "p1"
    folder.mkdir(parents=True)
    (folder / "one.png").write_bytes(b"photo")
    (workspace.root / "secret.png").write_bytes(b"elsewhere")
    own = {"walk_id": "p1", "script": "unbox", "walker": "<Robin>"}
    step = {**own, "occurred_at": NOON.isoformat(), "what": "Open it.", "outcome": "done", "duration_s": 90.0}
    workspace.walks.outbox.put("p1", {
        "walk": [{**own, "goal": "open & use it", "kind": "guided", "started_at": NOON.isoformat(),
                  "ended_at": (NOON + timedelta(minutes=9)).isoformat(), "ended": "given_up", "steps": 2}],
        "walk_step": [
            {**step, "interaction_id": "p1-1", "number": 1, "felt_valence": -0.5, "feelings": "anger sadness",
             "note": "<script>", "photo": "one.png"},
            {**step, "interaction_id": "p1-2", "number": 2, "photo": "../../secret.png"},
        ],
    })  # fmt: skip
    page = workspace.walks.report("p1")
    for part in (
        "open &amp; use it",
        "&lt;Robin&gt;",
        "gave up",
        "-0.50",
        "anger sadness",
        "“&lt;script&gt;”",
        "<b>3</b>",
    ):
        assert part in page
    assert page.count("data:image/png;base64,") == 1
    assert workspace.walks.forget("p1")
    with pytest.raises(WalkError, match="no pictures are kept"):
        workspace.walks.report("p1")


@pytest.mark.parametrize("settled", [True, False])
def test_a_person_is_forgotten_with_name_and_words(workspace, settled):
    own = {"walk_id": "p1", "script": "unbox", "walker": "Robin"}
    moment = NOON.isoformat()
    with nullcontext() if settled else one_writer(workspace.root / ".writer", "loaded"):
        workspace.walks.outbox.put("p1", {
            "walk": [{**own, "goal": "use it", "kind": "guided", "started_at": moment, "ended_at": moment,
                      "ended": "goal", "steps": 1, "role": "decides"}],
            "walk_step": [{**own, "interaction_id": "p1-1", "number": 1, "occurred_at": moment, "what": "Open it.",
                           "outcome": "done", "felt_valence": 0.5, "note": "stale", "photo": "one.png"}],
        })  # fmt: skip
        workspace.walks.settle()
        assert workspace.walks.forget("p1")
        assert not workspace.walks.forget("p1")
        (made,) = workspace.walks.past()
        assert (made.walker, made.nth, made.role, made.felt) == (None, None, "decides", 0.5)
    workspace.walks.settle()
    (step,) = workspace.query("select * from walk_step").to_pylist()
    assert (step["walker"], step["note"], step["photo"], step["felt_valence"]) == (None, None, None, 0.5)
    assert counts(workspace) == (1, 1)
    workspace.facts.sweep(timedelta(0))
    files = list((workspace.root / "facts" / "walk_step").rglob("*.parquet"))
    assert [pq.read_table(file).column("note").to_pylist() for file in files] == [[None]]
