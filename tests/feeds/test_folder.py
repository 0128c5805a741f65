"""A folder that is read again: new and changed files by content, each alone; bad, unfinished, lost ones harm none."""

from __future__ import annotations

import gzip
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from heartline.errors import MappingError, SourceError
from heartline.feeds import folder_run
from heartline.feeds.feed import Way

if TYPE_CHECKING:
    from tests.feeds.conftest import Shop


def test_new_and_changed_files_only(shop: Shop) -> None:
    shop.csv("a.csv", 1, 2)
    shop.csv("b.csv", 3)
    feed = shop.dir()
    report = shop.run(feed)
    assert (report.loaded, report.new, report.known) == (["a.csv", "b.csv"], 3, 0)
    assert (shop.run(feed).loaded, shop.run(feed).known) == ([], 2)
    shop.csv("a.csv", 1, 2, 4)
    shop.csv("c.csv", 5)
    report = shop.run(feed)
    assert (report.loaded, report.new, report.unchanged, report.known) == (["a.csv", "c.csv"], 2, 2, 1)
    assert shop.ids() == ["f1", "f2", "f3", "f4", "f5"]


def test_content_counts_not_the_date(shop: Shop) -> None:
    file = shop.csv("a.csv", 1, said="good")
    feed = shop.dir()
    shop.run(feed)
    told = file.stat()
    shop.csv("a.csv", 1, said="poor")  # as long as before, and dated back
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert shop.run(feed).replaced == 1
    assert shop.words() == {"f1": "poor"}
    os.utime(file)
    assert shop.run(feed).loaded == []


def test_renamed_and_deleted_files_change_nothing(shop: Shop) -> None:
    file = shop.csv("a.csv", 1)
    shop.csv("b.csv", 2)
    feed = shop.dir(pattern="**/*.csv")
    shop.run(feed)
    (shop.folder / "done").mkdir()
    file.rename(shop.folder / "done" / "z.csv")
    (shop.folder / "b.csv").unlink()
    report = shop.run(feed)
    assert (report.loaded, report.renamed, report.read) == ([], ["done/z.csv"], 0)
    assert shop.ids() == ["f1", "f2"]
    shop.csv("b.csv", 2)
    assert shop.run(feed).loaded == []


def test_a_copy_is_loaded_and_doubles_nothing(shop: Shop) -> None:
    shop.csv("a.csv", 1)
    feed = shop.dir()
    shop.run(feed)
    shop.csv("copy of a.csv", 1)
    report = shop.run(feed)
    assert (report.loaded, report.unchanged) == (["copy of a.csv"], 1)


def test_a_bad_file_does_not_stop_the_others(shop: Shop) -> None:
    shop.csv("a.csv", 1)
    (shop.folder / "b.csv").write_text("something,else\n1,2\n", encoding="utf-8")
    (shop.folder / "c.csv").write_bytes(gzip.compress(b"interaction_id,customer_id\n")[:-5])
    (shop.folder / "d.csv").write_bytes(b"")
    shop.csv("e.csv", 2)
    feed = shop.dir()
    report = shop.run(feed)
    assert report.loaded == ["a.csv", "e.csv"]
    assert [name for name, _ in report.failed] == ["b.csv", "c.csv", "d.csv"]
    assert not report.ok
    (row,) = shop.workspace.feeds.every()
    assert (row.status, row.failures) == ("failed", 1)
    assert row.fault.startswith("b.csv: ")
    shop.csv("b.csv", 3)
    (shop.folder / "c.csv").unlink()
    (shop.folder / "d.csv").unlink()
    report = shop.run(feed)
    assert (report.loaded, report.known, report.ok) == (["b.csv"], 2, True)


def test_a_fault_that_nobody_foresaw_is_that_of_one_file(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.csv("a.csv", 1)
    shop.csv("b.csv", 2)
    feed = shop.dir()
    opened = folder_run.open_mapped

    def odd(path: Any, mapping: Any) -> Any:
        if path.name == "a.csv":
            raise RuntimeError
        return opened(path, mapping)

    monkeypatch.setattr(folder_run, "open_mapped", odd)
    report = shop.run(feed)
    assert (report.loaded, report.failed) == (["b.csv"], [("a.csv", "it could not be loaded (RuntimeError)")])


def test_unfinished_files_are_left_alone(shop: Shop) -> None:
    for name in ("a.csv.tmp", "b.csv.part", ".c.csv", "~d.csv", "e.csv.crdownload"):
        shop.csv(name, 1)
    (shop.folder / ".hidden").mkdir()
    shop.csv(".hidden/f.csv", 1)
    feed = shop.dir(pattern="**/*")
    report = shop.run(feed)
    assert (report.loaded, report.failed) == ([], [])
    assert report.notes
    (shop.folder / "a.csv.tmp").rename(shop.folder / "a.csv")
    assert shop.run(feed).loaded == ["a.csv"]


def test_a_file_that_grows_is_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    file = shop.csv("a.csv", *range(50))
    waited: list[float] = []

    def grows(seconds: float) -> None:
        waited.append(seconds)
        with file.open("a", encoding="utf-8") as out:
            out.write(f"f{50 + len(waited)},c1,2026-01-01,web,x,fine\n")

    with monkeypatch.context() as patched:
        patched.setattr(time, "sleep", grows)
        report = shop.run(shop.dir(settle_s=20.0))
    assert (report.waiting, report.loaded) == (["a.csv"], [])
    assert 10 < waited[0] <= 20.05
    os.utime(file, (time.time() - 21, time.time() - 21))
    report = shop.run(shop.dir(settle_s=20.0))
    assert (report.waiting, report.loaded, report.new) == ([], ["a.csv"], 50 + len(waited))


def test_a_young_file_is_read_in_the_same_run(shop: Shop) -> None:
    shop.csv("a.csv", 1)
    assert shop.run(shop.dir(settle_s=0.3)).loaded == ["a.csv"]


def test_a_file_that_changes_while_it_is_read_is_not_half_loaded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    file = shop.csv("a.csv", 1)
    opened = folder_run.open_mapped

    def slow(path: Any, mapping: Any) -> Any:
        source = opened(path, mapping)
        shop.csv("a.csv", 1, 2)
        return source

    with monkeypatch.context() as patched:
        patched.setattr(folder_run, "open_mapped", slow)
        report = shop.run(shop.dir())
    assert (report.loaded, report.failed, report.waiting) == ([], [], [file.name])
    assert shop.rows() == []
    assert shop.run(shop.dir()).new == 2


def test_files_of_one_name_in_two_folders_are_two(shop: Shop, tmp_path: Any) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[[table]]\nname = "interaction"\ncolumns = { interaction_id = "@row", customer_id = "customer_id", '
        'occurred_at = "occurred_at", channel = "channel", touchpoint = "touchpoint" }\n',
        encoding="utf-8",
    )
    shop.csv("1/a.csv", 1)
    shop.csv("2/a.csv", 2)
    shop.run(shop.dir(pattern="**/*.csv", way=Way(mapping=str(mapping))))
    assert shop.ids() == ["1/a.csv:2", "2/a.csv:2"]


def test_full_loads_every_file_again_and_a_dry_run_none(shop: Shop) -> None:
    shop.csv("a.csv", 1)
    feed = shop.dir()
    report = shop.run(feed, dry_run=True)
    assert (report.would_read, report.loaded, shop.rows()) == (1, ["a.csv"], [])
    shop.run(feed)
    report = shop.run(feed, full=True)
    assert (report.loaded, report.unchanged) == (["a.csv"], 1)
    (line,) = shop.workspace.loads()
    assert (line["loads"], line["files"], line["feed"]) == (2, ["a.csv"], "drop")


def test_a_folder_that_is_not_there_is_a_fault_and_changes_nothing(shop: Shop) -> None:
    shop.csv("a.csv", 1)
    shop.run(shop.dir())
    shop.folder.rename(shop.folder.with_name("elsewhere"))
    with pytest.raises(SourceError, match="there is no folder"):
        shop.run(shop.dir())
    assert shop.ids() == ["f1"]
    for feed, said in (
        (shop.dir("x", pattern="../*"), "leaves the folder"),
        (shop.dir("x", way=Way()), "what becomes of the rows"),
        (shop.dir("x", way=Way(export="nonsense")), "no export nonsense"),
    ):
        with pytest.raises((SourceError, MappingError), match=said):
            shop.workspace.feeds.add(feed)


def test_a_folder_without_a_name_goes_on_where_it_ended(shop: Shop) -> None:
    shop.csv("a.csv", 1)
    assert shop.workspace.feeds.run_once(shop.dir()).new == 1
    shop.csv("b.csv", 2)
    report = shop.workspace.feeds.run_once(shop.dir())
    assert (report.known, report.new) == (1, 1)
