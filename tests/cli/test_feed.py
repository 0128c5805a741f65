"""`heartline feed` and `heartline ingest --sql | --folder`: what a data engineer types, and what cron hears."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from heartline.cli import heartline
from heartline.errors import HeartlineError
from heartline.workspace import Workspace

SQL = "select id as purchase_id, who as customer_id, at as occurred_at, 5 as revenue, changed from paid"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "shop").close()
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table paid (id, who, at, changed)")
        connection.executemany("insert into paid values (?, 'c1', '2026-01-01', ?)", [(n, n) for n in range(3)])
    connection.close()
    (tmp_path / "in").mkdir()
    return tmp_path


def call(place: Path, *arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(heartline, [*arguments, "-w", str(place / "shop")], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def test_add_run_list_remove(place: Path) -> None:
    url = f"sqlite:///{place / 'shop.db'}"
    assert "no feeds" in call(place, "feed", "list").stdout
    assert "no feeds" in call(place, "feed", "run", "--all").stdout
    added = call(
        place, "feed", "add", "till", "purchase", "--sql", SQL, "--from-url", url, "--cursor", "changed"
    ).stdout
    assert "would read 3 rows, up to 2" in added
    assert "heartline feed run till" in added
    assert "would read 3 rows" in call(place, "feed", "run", "till", "--dry-run").stdout
    assert "3 new" in call(place, "feed", "run", "till").stdout
    (report,) = json.loads(call(place, "feed", "run", "--all", "--json").stdout)
    assert (report["feed"], report["unchanged"], report["fault"]) == ("till", 3, "")
    (row,) = json.loads(call(place, "feed", "list", "--json").stdout)
    assert (row["name"], row["up_to"], row["runs"], row["rows"], row["status"]) == ("till", "2", 2, 6, "ok")
    assert "till" in call(place, "feed", "list").stdout
    assert "Removed" in call(place, "feed", "remove", "till").stdout


def test_a_feed_that_fails_does_not_stop_the_others(place: Path) -> None:
    url = f"sqlite:///{place / 'shop.db'}"
    call(place, "feed", "add", "a", "purchase", "--sql", SQL, "--from-url", url, "--cursor", "changed")
    call(place, "feed", "add", "b", "interaction", "--folder", str(place / "in"), "--settle", "0")
    with sqlite3.connect(place / "shop.db") as connection:
        connection.execute("alter table paid rename to spent")
    connection.close()
    visits = "interaction_id,customer_id,occurred_at,channel,touchpoint\ni1,c1,2026-01-01,web,x\ni2,c1,hm,web,x\n"
    (place / "in" / "a.csv").write_text(visits, encoding="utf-8")
    done = call(place, "feed", "run", "--all", code=1)
    assert "a: failed." in done.stderr
    assert "b: read 2 rows" in done.stdout
    assert "1 files new or changed" in done.stdout
    call(place, "feed", "run", "b", "--full", "--strict", code=3)
    rows = {row["name"]: row for row in json.loads(call(place, "feed", "list", "--json").stdout)}
    assert (rows["a"]["status"], rows["a"]["failures"], rows["b"]["status"]) == ("failed", 1, "ok")
    assert "no such table: paid" in rows["a"]["fault"]


def test_ingest_reads_a_query_or_a_folder_and_goes_on_where_it_ended(place: Path) -> None:
    url = f"sqlite:///{place / 'shop.db'}"
    query = ("ingest", "purchase", "--sql", SQL, "--from-url", url, "--cursor", "changed", "--overlap", "0")
    assert "3 new" in call(place, *query).stdout
    assert "read 1 rows" in call(place, *query).stdout
    assert "read 3 rows" in call(place, *query, "--full").stdout
    (place / "in" / "a.csv").write_text(
        "interaction_id,customer_id,occurred_at,channel,touchpoint\ni1,c1,2026-01-01,web,x\n", encoding="utf-8"
    )
    folder = ("ingest", "interaction", "--folder", str(place / "in"), "--pattern", "*.csv", "--settle", "0")
    assert "1 new" in call(place, *folder).stdout
    assert "0 files new or changed, 1 known" in call(place, *folder).stdout
    (place / "in" / "b.csv").write_text("nothing\n", encoding="utf-8")
    assert "failed: b.csv" in call(place, *folder, code=1).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ingest", "purchase", "--sql", SQL), "no database is named"),
        (("ingest", "--sql", SQL, "--from-url", "sqlite://"), "what becomes of the rows"),
        (("ingest", "purchase", "--sql", SQL, "--folder", "."), "a query and a folder at once"),
        (("ingest", "purchase", "--pattern", "*.csv"), "of no use without --folder"),
        (("ingest", "purchase", "shop.db", "--full"), "together with files"),
        (("ingest", "--from", "zendesk", "--sql", SQL, "--from-url", "sqlite://"), "reads files, not queries"),
        (("ingest", "--from", "segment", "--show-mapping"), "has no mapping file"),
        (("feed", "run"), "not said which feed"),
        (("feed", "run", "x", "--all"), "not said which feed"),
        (("feed", "add", "x", "purchase"), "not said what is read"),
        (
            ("feed", "add", "x", "purchase", "--sql", SQL, "--from-url", "sqlite://", "--password", "pw"),
            "in the command",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(place: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(HeartlineError, match=said):
        CliRunner().invoke(heartline, [*arguments, "-w", str(place / "shop")], catch_exceptions=False)
