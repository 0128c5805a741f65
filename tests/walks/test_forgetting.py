"""Who forgets a walk has walked all the same; who is forgotten wholly has never been there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from heartline.cli import heartline
from heartline.errors import WalkError
from heartline.facts.lock import one_writer
from heartline.walk.guided import Begin, Done, Ended
from heartline.walks import forgetting
from heartline.workspace import Workspace

NOON = datetime(2026, 7, 1, 12)
GUIDE = """kind: guided
walk: unbox
persona: Anybody
goal: use it
place: at home
steps:
  - do: Open it.
    touchpoint: parcel
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "w") as made:
        yield made


def walk(workspace: Workspace, walk_id: str, day: int, walker: str | None = "Robin", *points: str) -> None:
    """A guided walk on a day, past some points of connection."""
    moment = (NOON + timedelta(days=day)).isoformat()
    own = {"walk_id": walk_id, "script": "unbox", "walker": walker}
    rows = {
        "walk": [{**own, "goal": "use it", "kind": "guided", "role": "decides", "started_at": moment,
                  "ended_at": moment, "ended": "goal", "steps": 1}],
        "walk_step": [
            {**own, "interaction_id": f"{walk_id}-{at}", "number": at, "occurred_at": moment, "what": "Open it.",
             "touchpoint": point, "outcome": "done", "felt_valence": 0.5, "note": f"by {walker}"}
            for at, point in enumerate(points or ("parcel",), 1)
        ],
    }  # fmt: skip
    workspace.walks.outbox.put(walk_id, workspace.walks.forgotten.told(rows))
    workspace.walks.settle()


def nth(workspace: Workspace) -> dict[str, int | None]:
    return {one.walk_id: one.nth for one in workspace.walks.past()}


def first_at_point(workspace: Workspace) -> set[str]:
    """Walks whose feeling counts as that of somebody who came there for the first time."""
    found = workspace.query(
        "select walk_id from walk_step where walker is not null and coalesce(forgotten_before, 0) = 0 "
        "qualify row_number() over (partition by lower(trim(walker)), touchpoint order by occurred_at) = 1"
    )
    return {row["walk_id"] for row in found.to_pylist()}


def test_the_second_walk_stays_the_second_when_the_first_is_forgotten(workspace):
    walk(workspace, "a", 0, "Robin", "parcel", "manual")
    walk(workspace, "b", 1, " ROBIN ", "parcel", "hotline")
    walk(workspace, "o", 1, "Tove")
    assert workspace.walks.forget("a")
    assert nth(workspace) == {"a": None, "b": 2, "o": 1}
    steps = {one["touchpoint"]: one["forgotten_before"] for one in workspace.walks.steps("b")}
    assert steps == {"parcel": 1, "hotline": None}  # there they came for the first time
    assert first_at_point(workspace) == {"b", "o"}  # b by the hotline alone
    (way,) = workspace.walks.standing()
    assert way.walkers == {"ROBIN": 2, "Tove": 1}


@pytest.mark.parametrize("gone", [["b"], ["a", "b"], ["b", "a"]])
def test_whichever_is_forgotten_those_that_remain_keep_their_number(workspace, gone):
    for day, walk_id in enumerate("abc"):
        walk(workspace, walk_id, day)
    for walk_id in gone:
        assert workspace.walks.forget(walk_id)
    kept = {"a": 1, "b": 2, "c": 3}
    assert nth(workspace) == {one: None if one in gone else number for one, number in kept.items()}
    before = {one["before"] for one in json.loads(workspace.walks.forgotten._file.read_text())["marks"]}
    assert before == {(NOON + timedelta(days=2)).isoformat()}  # that of c: none tells when another began


def test_who_walks_again_after_forgetting_the_only_one_is_no_first_time_walker(workspace):
    walk(workspace, "a", 0)
    workspace.walks.forget("a")
    later = (datetime.now() - NOON).days + 2
    walk(workspace, "b", later)
    walk(workspace, "o", later, "Tove")
    assert (nth(workspace)["b"], nth(workspace)["o"]) == (2, 1)
    guesses = workspace.walks.guesses
    assert guesses.asked("robin", ["parcel", "manual"]) == ["manual"]
    (kept,) = guesses.add("Robin", "decides", {"parcel": 0.5})
    assert (kept.walks_before, kept.counts) == (2, False)


def test_a_guided_walk_knows_of_forgotten_ones_when_it_is_over(workspace):
    workspace.walks.scripts_folder.mkdir()
    (workspace.walks.scripts_folder / "unbox.yaml").write_text(GUIDE)
    walk(workspace, "a", 0)
    guided = workspace.walks.guided
    began = NOON.replace(tzinfo=UTC) + timedelta(days=1)
    opened = guided.open("unbox", "Robin", now=began)
    workspace.walks.forget("a")  # while the next one goes on
    at = round(began.timestamp() * 1000) + 60_000
    told = {
        "event-0000": Begin(n=0, at=at, step=1),
        "event-0001": Done(n=1, at=at, step=1),
        "event-0002": Ended(n=2, at=at, how="goal"),
    }
    guided.take(opened, told, at, began + timedelta(minutes=2))
    assert nth(workspace) == {"a": None, opened: 2}


def test_a_mark_holds_no_name_and_nothing_of_the_walk(workspace):
    walk(workspace, "20260701T120000-aa", 0)
    workspace.walks.forget("20260701T120000-aa")
    told = workspace.walks.forgotten._file.read_text().lower()
    for part in ("robin", "20260701", "2026-07-01", "0.5", "decides"):
        assert part not in told
    assert workspace.walks.forgotten._file.stat().st_mode & 0o077 == 0
    other = Workspace.create(workspace.root.parent / "other")
    with other:
        walk(other, "a", 0)
        other.walks.forget("a")
        codes = [one.walks.forgotten.of("Robin")[0].code for one in (workspace, other)]
    assert codes[0] != codes[1]  # who has one workspace knows nothing of the other


def test_forgetting_that_was_broken_off_counts_once_when_it_is_done_again(workspace, monkeypatch):
    walk(workspace, "a", 0)
    walk(workspace, "b", 1)

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(forgetting, "_bare", crash)
        with pytest.raises(KeyboardInterrupt):
            workspace.walks.forget("a")
    assert workspace.walks.forget("a")
    assert nth(workspace) == {"a": None, "b": 2}
    assert 'going": "a' not in workspace.walks.forgotten._file.read_text()


@pytest.mark.parametrize("settled", [True, False])
def test_who_is_forgotten_wholly_is_named_nowhere_and_walks_for_the_first_time(workspace, settled):
    for day, walk_id in enumerate("abc"):
        walk(workspace, walk_id, day)
    walk(workspace, "o", 0, "Tove")
    workspace.walks.guesses.add("Robin", "decides", {"parcel": 0.5, "manual": 0.0})
    workspace.walks.guesses.add("Tove", "decides", {"parcel": 1.0})
    workspace.walks.forget("a")
    if settled:
        assert workspace.walks.forget_walker(" robin ") == (2, 2)
    else:  # while somebody else writes facts
        with one_writer(workspace.root / ".writer", "loaded"):
            workspace.walks.forget_walker("Robin")
        workspace.walks.settle()
    workspace.facts.sweep(timedelta(0))
    assert workspace.walks.forgotten.of("Robin") == []
    assert nth(workspace) == {"a": None, "b": None, "c": None, "o": 1}
    rows = workspace.query("select guesser, valence from walk_guess order by valence").to_pylist()
    nobody = {row["guesser"] for row in rows} - {"Tove"}
    assert [row["valence"] for row in rows] == [0.0, 0.5, 1.0]
    assert len(nobody) == 1  # still one person's
    assert [file.name for file in workspace.root.rglob("*") if file.is_file() and _names(file)] == []
    walk(workspace, "d", 9)
    assert nth(workspace)["d"] == 1
    assert workspace.walks.forget_walker("") == (0, 0)


def _names(file: Path) -> bool:
    if file.suffix == ".parquet":
        return "robin" in json.dumps(pq.read_table(file).to_pylist(), default=str).lower()
    return b"robin" in file.read_bytes().lower()


def test_on_the_command_line(workspace):
    walk(workspace, "a", 0)
    workspace.close()
    run = CliRunner()
    wrong = run.invoke(heartline, ["walk", "forget", "-w", str(workspace.root)])
    assert wrong.exit_code == 2
    done = run.invoke(heartline, ["walk", "forget", "--walker", "robin", "-w", str(workspace.root)])
    assert "No name stands any more at 1 walk and 0 guesses" in done.output
    for name in ("robin", "Robbin", " "):  # a slip of the pen must not look as if somebody was forgotten
        with pytest.raises(WalkError, match="nobody walked or guessed under"):
            run.invoke(
                heartline, ["walk", "forget", "--walker", name, "-w", str(workspace.root)], catch_exceptions=False
            )


def test_who_has_but_marks_is_forgotten_wholly_on_the_command_line(workspace):
    walk(workspace, "a", 0)
    workspace.walks.forget("a")
    workspace.close()
    done = CliRunner().invoke(heartline, ["walk", "forget", "--walker", "Robin", "-w", str(workspace.root)])
    assert (done.exit_code, "Marks deleted: 1." in done.output) == (0, True)
