"""Commands as a person or a script meets them: outputs, exit codes, errors with a next step."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.company import FILES, needed

from heartline.cli import heartline, main
from heartline.cli.console import print_rows
from heartline.facts.lock import one_writer
from heartline.simulate import simulate
from heartline.workspace import Workspace


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A small simulated company, loaded and run; (workspace folder, folder of the files)."""
    root = tmp_path_factory.mktemp("company")
    simulate(root / "import", customers=150, seed=5, months=12)
    with Workspace.create(root / "ws", {"emotion_model": "bulk"}) as workspace:
        for name in FILES:
            workspace.ingest(name, [root / "import" / f"{name}.parquet"])
        workspace.run()
    return root / "ws", root / "import"


def call(*arguments: object):
    return CliRunner().invoke(heartline, [str(argument) for argument in arguments], catch_exceptions=False)


def console(*arguments: object, **environment: str):
    """The real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from heartline.cli import main; main()", *map(str, arguments)],
        capture_output=True, text=True, timeout=600, env=os.environ | environment,
    )  # fmt: skip


def entered(*arguments: object):
    """The same in this process, which begins sooner: what ``main`` leaves with and says on which stream."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(err):
        patched.setattr(sys, "argv", ["heartline", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
    return subprocess.CompletedProcess(sys.argv, left.value.code, out.getvalue(), err.getvalue())


def test_show_gives_the_same_rows_in_every_format(company, tmp_path):
    folder, _ = company
    chosen = ["show", "customer_overview", "-w", folder, "--columns", "customer_id,segment,connection",
              "--where", "orders > 3", "--order", "customer_id asc nulls last", "--limit", 7]  # fmt: skip
    as_json = json.loads(call(*chosen, "--format", "json").output)
    assert len(as_json) == 7
    done = console(*chosen, "--format", "csv")
    as_csv = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["customer_id"] for row in as_csv] == [row["customer_id"] for row in as_json]
    call(*chosen, "--format", "parquet", "-o", tmp_path / "x.parquet")
    assert pq.read_table(tmp_path / "x.parquet").to_pylist() == as_json
    assert as_json[0]["customer_id"] in call(*chosen).output


def test_loading_the_same_files_again_changes_nothing(company):
    folder, files = company
    report = json.loads(call("ingest", "purchase", files / "purchase.parquet", "-w", folder, "--json").output)
    assert (report["new"], report["replaced"], report["quarantined"]) == (0, 0, 0)
    assert report["unchanged"] == report["read"] > 0


def test_explain_opens_a_figure_to_rows_steps_settings_and_notes(company):
    folder, _ = company
    row = json.loads(call("show", "connection", "-w", folder, "--limit", 1, "--format", "json").output)[0]
    told = json.loads(
        call("explain", "connection", "--key", f"customer_id={row['customer_id']}", "-w", folder, "--json").output
    )
    assert told["analysis"] == "connection"
    assert told["as_of"] == "2026-06-30T00:00:00"
    assert told["settings"]["evidence_half_life_days"] == 180.0
    assert dict(told["inputs"])["interaction"] > 0
    assert told["steps"][-1][1].strip().lower().startswith(("select", "with"))
    assert {r["customer_id"] for r in told["rows"]} == {row["customer_id"]}
    text = call("explain", "connection", "-w", folder, "--sql").output
    assert "Made by connection as of 2026-06-30" in text
    assert "-- connection" in text


def test_an_earlier_as_of_sees_only_what_had_happened(company, tmp_path):
    _, files = company
    names = [analysis.name for analysis in needed("touchpoint_visit", "feeling", "journey", "connection")]
    with Workspace.create(tmp_path / "ws") as workspace:
        for name in FILES:
            workspace.ingest(name, [files / f"{name}.parquet"])
    report = json.loads(call("run", *names, "--as-of", "2025-12-31", "-w", tmp_path / "ws", "--json").output)
    assert report["as_of"] == "2025-12-31T00:00:00"
    late = "select count(*) as n from {} where {} >= timestamp '2025-12-31'"
    with Workspace(tmp_path / "ws") as workspace:
        for name, time in (("touchpoint_visit", "occurred_at"), ("feeling", "occurred_at"), ("journey", "ended_at")):
            assert workspace.query(late.format(name, time)).to_pylist() == [{"n": 0}]
        assert workspace.query("select max(period_end) as t from connection").to_pylist()[0]["t"].year == 2025
        assert (
            workspace.query("select count(*) as n from interaction").to_pylist()[0]["n"]
            > report["rows"]["touchpoint_visit"]
        )


def test_a_fact_in_the_far_future_does_not_move_the_day_that_is_looked_from(tmp_path):
    call("init", tmp_path / "ws")
    (tmp_path / "o.csv").write_text(
        "purchase_id,customer_id,occurred_at,revenue\no1,c1,2025-01-01T12:00,10\no2,c1,2199-01-02,5\n"
    )
    call("ingest", "purchase", tmp_path / "o.csv", "-w", tmp_path / "ws")
    with Workspace(tmp_path / "ws") as workspace:
        assert workspace.last_moment() == datetime(2025, 1, 2)


def test_naming_one_analysis_needs_the_ones_before_it_at_the_same_moment(company):
    folder, _ = company
    written = json.loads(call("run", "value", "-w", folder, "--json").output)["rows"]
    assert written.keys() == {"customer_value", "value_total", "value_covariate"}
    done = entered("run", "loyalty", "--as-of", "2025-12-31", "-w", folder)
    assert done.returncode == 1
    assert "has not been computed as of 2025-12-31" in done.stderr
    assert "next:" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["show", "customers", "-w", "."], 1, "there is no table customers"),
        (["ingest"], 1, "no file given"),
        (["ingest", "--show-mapping"], 1, "does not say of which export"),
        (["ingest", "--from", "zendesks", "."], 1, "did you mean zendesk"),
        (["ingest", "--from", "webvtt", "--set", "employees", "."], 1, "KEY=VALUE with one of employees"),
        (["ingest", "--set", "start=2025-03-01", "."], 1, "of no use without --from"),
        (["ingest", "interaction", "--from", "zendesk", "."], 1, "says already what the files become"),
        (["run", "-w", "nowhere"], 1, "heartline init nowhere"),
        (["ingest", "purchase", "missing.csv"], 1, "there is no file missing.csv"),
        (["run", "--as-of", "soon", "-w", "."], 1, "holds no heartline.toml"),
        (["show"], 2, "Missing argument"),
        (["show", "coverage", "--format", "xml"], 2, "is not one of"),
    ],
)
def test_mistakes_are_answered_with_a_next_step_and_an_exit_code(arguments, code, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = entered(*arguments)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_export_is_recognised_loaded_by_name_and_its_mapping_can_be_changed(tmp_path):
    call("init", tmp_path / "ws", "--timezone", "Europe/Berlin")
    file = tmp_path / "tickets.csv"
    file.write_text(
        "Id,Requester,Requester email,Subject,Status,Via,Created at\n"
        "7,Ida,ida@shop.example,Late,Open,Mail,2025-07-01 09:30\n"
    )
    told = call("ingest", "--suggest", file).output
    assert f"looks like a Zendesk export: heartline ingest --from zendesk {file}" in told
    report = json.loads(call("ingest", "--from", "zendesk", file, "-w", tmp_path / "ws", "--json").output)
    assert (report["new"], report["written"]["customer"]) == (1, 1)
    shown = call("ingest", "--from", "zendesk", "--show-mapping").output
    (tmp_path / "own.toml").write_text(shown.replace("support_ticket", "help_desk"))
    call("ingest", "--map", tmp_path / "own.toml", file, "-w", tmp_path / "ws")
    with Workspace(tmp_path / "ws") as workspace:
        found = workspace.query("select touchpoint, occurred_at from interaction").to_pylist()
    assert found == [{"touchpoint": "help_desk", "occurred_at": datetime(2025, 7, 1, 7, 30)}]


def test_a_file_of_which_nothing_is_said_is_answered_with_how_to_load_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tickets.csv").write_text(
        "Id,Requester,Subject,Status,Via,Created at\n7,Ida,Late,Open,Mail,2025-07-01\n"
    )
    (tmp_path / "own.csv").write_text("who,when\na,2025-07-01\n")
    for name, told in (
        ("tickets.csv", "heartline ingest --from zendesk tickets.csv"),
        ("own.csv", "heartline ingest --suggest own.csv"),
    ):
        done = entered("ingest", name)
        assert done.returncode == 1
        assert told in done.stderr


def test_what_a_transcript_does_not_say_is_told_with_the_load(tmp_path):
    call("init", tmp_path / "ws")
    file = tmp_path / "call.vtt"
    file.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ida>Late.\n\n00:03.000 --> 00:04.000\n<v Bo, Jr>Sorry.\n")
    told = ["--set", "employees=Bo, Jr", "--set", "customer=c-1", "--set", "start=2025-03-01 10:00"]
    assert 'employees = ["Bo, Jr"]' in call("ingest", "--from", "webvtt", "--show-mapping", *told).output
    call("ingest", "--from", "webvtt", *told, file, "-w", tmp_path / "ws")
    with Workspace(tmp_path / "ws") as workspace:
        found = workspace.query("select customer_id, speaker, text from verbatim order by text").to_pylist()
    assert [tuple(row.values()) for row in found] == [("c-1", "customer", "Late."), ("c-1", "employee", "Sorry.")]


def test_rows_that_cannot_be_loaded_are_listed_mended_and_replayed(tmp_path):
    call("init", tmp_path / "ws")
    (tmp_path / "orders.csv").write_text(
        "purchase_id,customer_id,occurred_at,revenue\no1,c1,2026-01-01,10\no2,c1,2026-01-02,ten\no3,,2026-01-03,5\n"
    )
    done = entered("ingest", "purchase", tmp_path / "orders.csv", "-w", tmp_path / "ws", "--strict")
    assert done.returncode == 3
    assert "1 new" in done.stdout
    assert "2 in quarantine" in done.stdout
    rows = json.loads(call("quarantine", "list", "-w", tmp_path / "ws", "--json").output)
    assert sorted((row["line"], row["column"]) for row in rows) == [(3, "revenue"), (4, "customer_id")]
    call("quarantine", "export", tmp_path / "bad.csv", "-w", tmp_path / "ws")
    text = (tmp_path / "bad.csv").read_text(encoding="utf-8")
    (tmp_path / "bad.csv").write_text(text.replace("ten", "10.5"), encoding="utf-8")
    report = json.loads(call("quarantine", "replay", tmp_path / "bad.csv", "-w", tmp_path / "ws", "--json").output)
    assert (report["new"], report["quarantined"]) == (1, 1)
    assert len(json.loads(call("quarantine", "list", "-w", tmp_path / "ws", "--json").output)) == 1


def test_a_wrong_setting_leaves_no_half_workspace_behind(tmp_path):
    for option, value in (("--currency", "Taler"), ("--timezone", "Mars/Olympus")):
        done = entered("init", tmp_path / "ws", option, value)
        assert (done.returncode, "next:" in done.stderr) == (1, True)
        assert not (tmp_path / "ws").exists()
    call("init", tmp_path / "ws", "--company", 'The "Old" Mill \\ Sons')
    with Workspace(tmp_path / "ws") as workspace:
        assert workspace.settings.text("company") == 'The "Old" Mill \\ Sons'


def test_what_the_system_refuses_is_an_error_with_a_next_step(company, tmp_path):
    folder, _ = company
    (tmp_path / "in.csv").write_text("words\nlovely\n")
    for arguments in (
        ["show", "connection", "-w", folder, "--format", "csv", "-o", tmp_path / "no" / "x.csv"],
        ["show", "connection", "-w", folder, "--format", "csv", "-o", "/dev/full"],
        ["quarantine", "export", tmp_path / "no" / "x.csv", "-w", folder],
        ["score", tmp_path / "in.csv", "--text", "words", "-o", tmp_path / "no" / "x.csv"],
        ["init", "/proc/ws"],
    ):
        # a full disk shows when a process ends, and with it what a text file was read by
        done = (console if {"/dev/full", "score"} & set(map(str, arguments)) else entered)(*arguments)
        assert done.returncode == 1, arguments
        assert "next:" in done.stderr
        assert "Traceback" not in done.stderr


def test_score_never_writes_over_the_file_it_reads(tmp_path):
    file = tmp_path / "in.csv"
    file.write_text("words\nlovely\n")
    done = entered("score", file, "--text", "words", "-o", file)
    assert done.returncode == 1
    assert file.read_text() == "words\nlovely\n"


def test_a_reader_that_has_seen_enough_is_no_error(company):
    folder, _ = company
    done = subprocess.run(
        f'{sys.executable} -c "from heartline.cli import main; main()" show touchpoint_visit -w "{folder}" '
        "--format json | head -1; exit ${PIPESTATUS[0]}",
        shell=True, executable="/bin/bash", capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "[\n", "")


def test_one_run_at_a_time(company):
    folder, _ = company
    with one_writer(folder / "derived" / ".writer"):
        done = console("run", "value", "-w", folder)
    assert done.returncode == 1
    assert "being computed by process" in done.stderr


def test_ctrl_c_in_a_run_leaves_the_earlier_one(company):
    folder, _ = company
    with Workspace(folder) as workspace:
        before = workspace.derived.current()
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from heartline.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "run", "-w", str(folder)], stderr=subprocess.PIPE, text=True
    ) as running:
        told = ""
        while "loyalty" not in told:  # DuckDB computes for most of it
            told += running.stderr.readline()
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert running.returncode == 130, rest
    assert "Traceback" not in rest
    with Workspace(folder) as workspace:
        assert workspace.derived.current() == before


def test_words_of_customers_are_no_markup(tmp_path, capsys):
    print_rows([{"text": "[/b] :smile: [red]a\x1b[2Jb"}], ["text"])
    assert "[/b] :smile: [red]a\ufffd[2Jb" in capsys.readouterr().out


def test_show_refuses_what_it_would_ignore(company, tmp_path):
    folder, _ = company
    for arguments in (["connection", "-o", tmp_path / "x.txt"], ["quarantine", "--where", "line > 3"]):
        done = entered("show", *arguments, "-w", folder)
        assert (done.returncode, "next:" in done.stderr, done.stdout) == (1, True, "")
    assert (
        "No row of connection has customer_id=nobody"
        in call("explain", "connection", "--key", "customer_id=nobody", "-w", folder).output
    )


def test_points_stand_under_points(capsys):
    print_rows(
        [{"share": 11.0, "part": 0.1}, {"share": 3.1, "part": 0.25}, {"share": None, "part": 1.0}], ["share", "part"]
    )
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:4]] == [["11.0", "0.10"], ["3.1", "0.25"], ["–", "1.00"]]


def test_a_port_that_is_taken_says_so(company):
    folder, _ = company
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = console("serve", "-w", folder, "--port", other.getsockname()[1])
    assert (done.returncode, done.stdout) == (1, "")
    assert "--port" in done.stderr


def test_score_keeps_the_files_own_columns_and_order(tmp_path):
    (tmp_path / "in.csv").write_text("id,words\n7,I love this thank you so much\n3,\n5,This is a disgrace\n")
    for ending in ("csv", "parquet", "jsonl"):
        done = call("score", tmp_path / "in.csv", "--text", "words", "-o", tmp_path / f"out.{ending}", "--json")
        assert json.loads(done.output)["rows"] == 3
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert [row["id"] for row in rows] == ["7", "3", "5"]
    assert [row["status"] for row in rows] == ["scored", "empty", "scored"]
    assert float(rows[0]["valence"]) > 0.2 > -0.2 > float(rows[2]["valence"])
    assert rows[1]["valence"] == ""
    assert "gratitude" in rows[0]["emotions"].split()
    parquet = pq.read_table(tmp_path / "out.parquet").to_pylist()
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert parquet == lines
    done = console("score", tmp_path / "in.csv", "--text", "text", "-o", tmp_path / "x.csv")
    assert done.returncode == 1
    assert "one of id, words" in done.stderr


def test_doctor_looks_at_the_installation_and_the_workspace(company):
    folder, _ = company
    checks = {check["what"]: check["state"] for check in json.loads(call("doctor", "-w", folder, "--json").output)}
    assert checks["duckdb"] == checks["text model"] == checks["facts/interaction"] == checks["analyses"] == "ok"
    assert checks["its text model"] == "ok"


def test_doctor_says_when_the_model_of_a_workspace_cannot_be_opened(tmp_path):
    Workspace.create(tmp_path / "w", {"emotion_model": "of_old"}).close()
    done = call("doctor", "-w", tmp_path / "w", "--json")
    found = {check["what"]: check for check in json.loads(done.output)}["its text model"]
    assert (found["state"], done.exit_code) == ("broken", 1)
    assert "of_old" in found["found"]


def test_help_answers_without_loading_anything_heavy():
    code = (
        "import sys; from heartline.cli import heartline; heartline.main(['--help'], standalone_mode=False); "
        "print([m for m in ('pyarrow', 'numpy', 'duckdb', 'fastapi', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert done.stdout.strip().endswith("[]")


def test_a_run_needs_no_extra():
    code = (
        "import sys; import heartline.workspace, heartline.web.app, heartline.simulate; "
        "print([m for m in ('pyspark', 'sklearn', 'torch', 'sqlglot', 'playwright') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert done.stdout.strip() == "[]", done.stderr


def test_demo_makes_a_company_and_a_summary(tmp_path):
    done = console("demo", tmp_path / "demo", "--customers", "200", "--no-serve", HEARTLINE_EMOTION_MODEL="bulk")
    assert done.returncode == 0, done.stderr
    for words in ("Connection:", "Satisfaction:", "Segments", "Touchpoints that feel best and worst"):
        assert words in done.stdout
    gaps = json.loads(call("show", "empathy_gap", "--format", "json", "-w", tmp_path / "demo").output)
    assert {row["guessers"] for row in gaps} == {6}
    again = entered("demo", tmp_path / "demo", "--customers", "200", "--no-serve")
    assert again.returncode == 1
    assert "--fresh" in again.stderr
