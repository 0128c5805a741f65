"""The records database on PostgreSQL: the same loads, counts and quarantine as on SQLite."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.action.small_house import SmallHouse
from tests.action.test_opening import book, play, visit

from heartline.action.cases import Cases, standing_table
from heartline.action.promises import Promises
from heartline.errors import CaseError
from heartline.records import corrections, deliveries, feeds, inbox, keys, notices, receivers, webhooks
from heartline.records.corrections import Correction, Reading
from heartline.records.deliveries import Delivery
from heartline.records.load_lines import fold_load
from heartline.records.store import LoadRow, Records, now
from heartline.workspace import Workspace


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test's own on loopback."""
    pytest.importorskip("psycopg", reason="needs the extra postgres")
    programs = _programs()
    if programs is None:
        pytest.skip("needs PostgreSQL's server programs (Debian: apt-get install postgresql)")
    owner: dict[str, str] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("needs the user postgres, since PostgreSQL refuses to run as root")
        owner = {"user": "postgres"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="heartline-pg-"))
    if owner:
        shutil.chown(folder, "postgres")

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=folder, timeout=600, **owner
        )

    call("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "heartline")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    call("pg_ctl", "-D", str(folder / "data"), "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        call("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "heartline", "heartline")
        yield f"postgresql+psycopg://heartline@127.0.0.1:{port}/heartline"
    finally:
        call("pg_ctl", "-D", str(folder / "data"), "-w", "-m", "fast", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_a_workspace_keeps_its_records_on_postgresql(postgres_url, tmp_path):
    orders = tmp_path / "orders.csv"
    orders.write_text("purchase_id,customer_id,occurred_at,revenue\no1,c1,2026-01-01,10\no2,c1,2026-01-02,ten\n")
    with Workspace.create(tmp_path / "ws", {"records_url": postgres_url}) as workspace:
        first = workspace.ingest("purchase", [orders])
        again = workspace.ingest("purchase", [orders])
        assert (first.new, first.quarantined) == (1, 1)
        assert (again.new, again.replaced, again.unchanged, again.quarantined) == (0, 0, 1, 1)
    with Workspace(tmp_path / "ws") as workspace:
        assert workspace.query("select count(*) as n from purchase").to_pylist() == [{"n": 1}]
        assert [(row["line"], row["column"]) for row in workspace.quarantine()] == [(3, "revenue")]
        assert len(workspace.loads()) == 2
    assert not (tmp_path / "ws" / "records.db").exists()


def test_corrections_on_postgresql(postgres_url):
    records = Records(postgres_url)
    try:
        reading = Reading("scored", ("anger",), (), None, None, "service", -0.5)
        for by in ("Ann", "Bob"):
            made = corrections.add(records, Correction("t1", "c1", None, "m1", reading, reading, by))
        assert corrections.newest(records, customer_id="c1") == [made]
        assert [one.by for one in corrections.history(records, "t1")] == ["Bob", "Ann"]
        for _ in range(2):
            corrections.add_draws(records, [corrections.Draw("t1", "m1", None)])
        assert len(corrections.draws(records, "m1")) == 1
    finally:
        records.close()


def test_keys_and_inbox_on_postgresql(postgres_url):
    records = Records(postgres_url)
    try:
        key = keys.create(records, "till")
        assert keys.owner(keys.every(records), key) == "till"
        keys.revoke(records, "till")
        keys.create(records, "till")
        body = b'{"a": "\x00\xff"}'
        first = inbox.Arrival("m1", "call", "till", "2026-01-01T00:00:00+00:00", None, body)
        row = inbox.Arrival(None, "row/purchase", "till", "2026-01-01T00:00:00+00:00", "sent", b"{}")
        for _ in range(2):
            with records.writing() as connection:
                inbox.add(connection, [first, row, first])
        found = inbox.waiting(records, 10, 1 << 20)
        assert [arrival for _, arrival in found] == [first, row, row]
        assert len(inbox.waiting(records, 2, 1 << 20)) == 2
        assert len(inbox.waiting(records, 10, 1)) == 1
        with records.writing() as connection:
            inbox.take_away(connection, [found[0].seq, found[1].seq])
        assert [one.seq for one in inbox.waiting(records, 10, 1 << 20)] == [found[2].seq]
    finally:
        records.close()


def test_feeds_and_folded_loads_on_postgresql(postgres_url):
    records = Records(postgres_url)
    feeds.write(records, "till", "query", {"cursor": "at"})
    feeds.begin(records, "till")
    load = LoadRow("20260101-till-0000", "purchase", ["query/till"], now(), now(), 3, 2, 0, 1, 0, 0.1, feed="till")
    for number in (1, 2):
        with records.writing() as connection:
            fold_load(connection, load)
            feeds.move_cursor(connection, "till", {"kind": "whole", "value": str(number)})
            feeds.keep_file(connection, "till", feeds.FileRow("a.csv", f"stamp {number}", "digest", feeds.LOADED))
    feeds.end(records, "till", 6, "")
    (row,) = feeds.every(records)
    assert (row.cursor, row.status, row.rows, row.runs) == ({"kind": "whole", "value": "2"}, feeds.OK, 6, 1)
    assert feeds.files(records, "till")["a.csv"].stamp == "stamp 2"
    found = records.load(load.load_id)
    assert (found.loads, found.read, found.feed) == (2, 6, "till")
    feeds.write(records, "till", "query", {"cursor": "other"})
    assert feeds.cursor(records, "till") is None
    assert feeds.remove(records, "till")
    assert not feeds.remove(records, "till")
    records.close()


def test_webhooks_and_deliveries_on_postgresql(postgres_url):
    records = Records(postgres_url)
    try:
        assert webhooks.create(records, "spring", "typeform", "a secret of ours") == "spring"
        place = webhooks.create(records, "old", "chatwoot", None)
        every = webhooks.every(records)
        assert webhooks.found(every, "typeform", "spring").secret == "a secret of ours"
        assert webhooks.found(every, "chatwoot", place).name == "old"
        first = Delivery("d1", "2026-01-01T00:00:00+00:00", "a", 1.0)
        second = Delivery("d2", "2026-04-01T00:00:00+00:00", "a", 2.5)
        with records.writing() as connection:
            webhooks.count(connection, {"spring": 2}, {"old": 1})
            deliveries.keep(connection, [first, second, first], "2025-01-01")
        assert deliveries.known(records, ["d1", "d2", "d3"]) == {"d1", "d2"}
        assert deliveries.newest(records, ["a", "b"]) == {"a": 2.5}
        with records.writing() as connection:
            deliveries.keep(connection, [Delivery("d3", "2026-04-02T00:00:00+00:00")], "2026-03-01")
        assert deliveries.known(records, ["d1", "d2", "d3"]) == {"d2", "d3"}
        assert [(one.taken, one.ignored) for one in webhooks.every(records)] == [(2, 0), (0, 1)]
        assert webhooks.revoke(records, "spring")
        assert webhooks.every(records)[0].secret is None
    finally:
        records.close()


def test_notices_on_postgresql(postgres_url):
    records = Records(postgres_url)
    at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    try:
        for name in ("one", "two"):
            receivers.create(records, name, "webhook", "https://a.example/", (), {"teams": ["care"]}, "whsec_x")
        number = receivers.named(records, "one").receiver_id
        for key in ("k1", "k1", "k2"):
            with records.writing() as connection:
                notices.add(connection, "case.opened", {"team": "care", "customer_id": "c1"}, key, at)
        with records.writing() as connection:
            assert notices.due(connection, at) == [number, receivers.named(records, "two").receiver_id]
            assert receivers.lease(connection, number, "me", at, at + timedelta(seconds=60))
            assert not receivers.lease(connection, number, "another", at, at + timedelta(seconds=60))
            first, second = notices.waiting(connection, number, at, 10)
            notices.delivered(connection, [first.seq], at)
            notices.failed(connection, second.seq, "it answered 500", at, at + timedelta(hours=1))
            receivers.answered(connection, number, "it answered 500", at + timedelta(seconds=5), off=False)
            receivers.give_back(connection, number, "me")
            assert not receivers.lease(connection, number, "me", at, at), "it rests"
            notices.hasten(connection, number, at)
            assert [one.tries for one in notices.waiting(connection, number, at, 10)] == [1]
            notices.failed(connection, second.seq, "it answered 500", at, None)
            receivers.answered(connection, number, "", None, off=True)
        assert (receivers.named(records, "one").status, receivers.named(records, "one").failures) == ("off", 0)
        receivers.switch(records, "one", on=True)
        assert notices.counts(records)[number] == {"delivered": 1, "dead": 1}
        assert notices.replay(records, receiver="one") == 1
        assert notices.replay(records, [first.notice_id]) == 1
        assert notices.tidy(records, at + timedelta(days=1)) == 0
        assert receivers.remove(records, "two") == 2
        with records.writing() as connection:
            assert notices.forget(connection, "c1") == 4
    finally:
        records.close()


def test_cases_and_promises_on_postgresql(postgres_url, tmp_path):
    names = [f"k{number}" for number in range(12)]
    visits = [visit(one, -0.9) for one in names]
    tables = {"customer": [{"customer_id": one} for one in names], "touchpoint_visit": visits}
    tables["interaction"] = [
        {name: one[name] for name in ("interaction_id", "customer_id", "occurred_at")} for one in visits
    ]
    house = SmallHouse(tmp_path, tables, records=postgres_url)
    try:
        reports, acted, late = [], [], []
        together = threading.Barrier(4)

        def work(who: str) -> None:
            cases = Cases(house, book(play(who), play("both")))
            together.wait()
            reports.append(cases.open_due())
            together.wait()
            try:
                acted.append(cases.act("1", who, "called").acted_by)
            except CaseError as refused:
                late.append(str(refused))

        threads = [threading.Thread(target=work, args=(f"p{number}",)) for number in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(one.customer_id for report in reports for one in report.opened) == sorted(names)
        assert len(acted) == 1
        assert [f"acted by {acted[0]}" in one for one in late] == [True] * 3
        cases = Cases(house, book())
        cases.close("1", "Ada", "done")
        assert [one.verb for one in cases.history("1")] == ["opened", "acted", "closed"]
        first, second, *_ = cases.queue()
        cases.snooze(first.case_id, datetime(2999, 1, 1), "Ada", at=datetime(2998, 6, 1))
        assert len(cases.escalate_due(datetime(2998, 6, 1))) == 11
        promises = Promises(house)
        made = promises.add("k0", "a call", "Ada", datetime(2026, 1, 2), at=datetime(2026, 1, 1), case_id="1")
        assert (made.promise_id, made.case_id, promises.overdue()) == ("P-000001", "C-000001", [made])
        assert promises.settle("1", "kept").status == "kept"
        assert standing_table(house.records).num_rows == 12
        assert second.team == "care"
    finally:
        house.close()
