"""`heartline notify`, `heartline audience` and `heartline case calendar`, as a person and a script use them."""

from __future__ import annotations

import json
import re
import shlex
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from standardwebhooks import Webhook
from tests.action.loopback import Loopback, answer

from heartline.cli import heartline
from heartline.errors import NoticeError
from heartline.records.notices import TOPICS
from heartline.settings import load_settings
from heartline.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "shop", {"notice_timeout_s": 1.0}).close()
    return tmp_path / "shop"


PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "notices.md").read_text(encoding="utf-8")


def run(folder: Path, *arguments: str, said: str = "") -> Result:
    return CliRunner().invoke(heartline, [*arguments, "-w", str(folder)], input=said, catch_exceptions=False)


def call(folder: Path, *arguments: str, said: str = "") -> str:
    done = run(folder, *arguments, said=said)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_from_adding_to_replaying(folder: Path) -> None:
    assert "Nobody is told" in call(folder, "notify", "list")
    with Loopback(answer(410)) as receiver:
        secret = call(folder, "notify", "add", "webhook", "shop", receiver.address, "--topic", "brief").strip()
        assert secret.startswith("whsec_")
        with Workspace(folder) as workspace:
            assert workspace.moves.notices.tell("brief", {"title": "Brief"}, "week 1") == 1
            assert workspace.moves.notices.tell("case.opened", {"case_id": "C-1"}, "C-1") == 0
        assert json.loads(call(folder, "notify", "send", "--json")) == {"taken": 0, "failed": 1, "dead": 0}
        (line,) = json.loads(call(folder, "notify", "list", "--json"))
        assert (line["status"], line["waiting"], line["to"]) == ("off", 1, "127.0.0.1")
        assert secret not in json.dumps(line) + call(folder, "notify", "list")
        (looked,) = [one for one in json.loads(call(folder, "doctor", "--json")) if one["what"] == "notices/shop"]
        assert (looked["state"], looked["next_step"]) == ("to do", "heartline notify on shop")
        receiver.manner = answer(200)
        assert call(folder, "notify", "test", "shop").strip() == "Taken by shop."
        call(folder, "notify", "on", "shop")
        (notice,) = json.loads(call(folder, "notify", "log", "--json"))
        assert (notice["status"], notice["tries"], notice["fault"]) == ("waiting", 1, "it answered 410: it is gone")
        assert notice["notice_id"][:12] in call(folder, "notify", "log")
        assert "Nothing was given up." in call(folder, "notify", "dead")
        assert "0 notices wait" in call(folder, "notify", "replay", "--receiver", "shop", "--since", "2020-01-01")
        assert "1 notices wait" in call(folder, "notify", "replay", notice["notice_id"])
        assert call(folder, "notify", "send").strip() == "Taken: 1. Not taken: 0."
        told = Webhook(secret).verify(receiver.asked[-1].body, dict(receiver.asked[-1].headers))
        assert (told["type"], told["data"]["title"]) == ("brief", "Brief")
        assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 2, "the test, and the one notice"
    done = CliRunner().invoke(heartline, ["notify", "replay", "-w", str(folder)])
    assert done.exit_code == 2
    assert call(folder, "notify", "remove", "shop").startswith("Removed: shop.")


def test_a_channel_of_slack_never_shows_its_address(folder: Path) -> None:
    address = "https://hooks.example/services/T0/B0/sesame"
    shown = call(folder, "notify", "add", "slack", "care", "--team", "care", said=f"{address}\n")
    shown += call(folder, "notify", "list") + call(folder, "notify", "list", "--json")
    assert "sesame" not in shown
    assert json.loads(call(folder, "notify", "list", "--json"))[0]["teams"] == "care"


def test_a_team_that_the_playbook_does_not_know_is_warned_of(folder: Path) -> None:
    (folder / "playbook").mkdir()
    (folder / "playbook" / "teams.yaml").write_text("teams:\n  - {team: care, name: Care}\n")
    add = ("notify", "add", "webhook")
    assert "No team cara" in run(folder, *add, "a", "http://127.0.0.1:9/", "--team", "cara").stderr
    assert "No team" not in run(folder, *add, "b", "http://127.0.0.1:9/", "--team", "care").stderr


def test_a_receiver_that_refuses_the_test_says_why(folder: Path) -> None:
    with Loopback(answer(403)) as receiver:
        call(folder, "notify", "add", "webhook", "shop", receiver.address)
        with pytest.raises(NoticeError, match="it answered 403"):
            run(folder, "notify", "test", "shop")


def test_a_secret_of_the_receiver_is_read_from_the_input(folder: Path) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    done = run(folder, "notify", "add", "webhook", "shop", "https://a.example/", "--own-secret", said=f"{secret}\n")
    assert done.exit_code == 0
    assert secret not in done.output


def test_what_can_be_asked_of_an_audience(folder: Path) -> None:
    listed = call(folder, "audience", "--conditions")
    assert "p_leaving" in listed
    assert "segment" in listed
    done = CliRunner().invoke(heartline, ["audience", "--for", "selling", "-w", str(folder)])
    assert done.exit_code == 2


def test_an_empty_calendar(folder: Path, tmp_path: Path) -> None:
    call(folder, "case", "calendar", "--out", str(tmp_path / "made.ics"))
    made = (tmp_path / "made.ics").read_bytes()
    assert made.startswith(b"BEGIN:VCALENDAR\r\n")
    assert made.endswith(b"END:VCALENDAR\r\n")


def test_notices_go_while_the_desk_is_served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback() as receiver:
        call(folder, "notify", "add", "webhook", "shop", receiver.address)

        def served(workspace: Workspace, *_: object) -> None:
            workspace.moves.notices.tell("case.opened", {"case_id": "C-1"}, "C-1")
            until = time.monotonic() + 20
            while not receiver.asked and time.monotonic() < until:
                time.sleep(0.02)

        monkeypatch.setattr("heartline.web.app.serve", served)
        call(folder, "serve")
        assert [json.loads(asked.body)["data"]["case_id"] for asked in receiver.asked] == ["C-1"]
    (notice,) = json.loads(call(folder, "notify", "log", "--json"))
    assert notice["status"] == "delivered"


def test_the_how_to_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    block = re.search(r"<!-- commands -->\n```sh\n(.*?)```", PAGE, re.S)
    assert block
    for line in block[1].splitlines():
        said = "https://hooks.example/services/T0/B0/sesame\n" if line.startswith("echo") else ""
        done = CliRunner().invoke(heartline, shlex.split(line.rpartition("| ")[2])[1:], input=said)
        assert done.exit_code == 0, done.output
    listed = CliRunner().invoke(heartline, ["notify", "list", "--json", "-w", "shop"])
    assert [one["name"] for one in json.loads(listed.stdout)] == ["crm", "care-channel"]


def test_the_how_to_names_every_topic_and_step() -> None:
    for topic in set(TOPICS) - {"test"}:
        assert f"`{topic}`" in PAGE
    steps = load_settings(None, {}).text("notice_retries").replace("s", " s").replace("m", " min").replace("h", " h")
    assert all(step in PAGE for step in re.findall(r"\d+ \w+", steps))
