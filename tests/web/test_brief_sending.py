"""The brief by notice: once a week, at its day and hour, and never with a customer's name or words in it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from heartline.action import mail
from heartline.action.answer import TAKEN, Answer
from heartline.action.channels import FILES, Channels
from heartline.errors import AnalysisError
from heartline.web.brief.sending import Weekly, is_due, next_time, send, week_of

from . import brief_rows

if TYPE_CHECKING:
    from .conftest import Double

WEDNESDAY = datetime(2026, 7, 1, 8)


def house(double: type[Double], **environment: str) -> Double:
    made = double(brief_rows.rows(), brief_rows.AS_OF, environment=environment)
    made.moves.notices.add_webhook("board", "https://board.example/in", topics=("brief",))
    made.moves.notices.add_webhook("care", "https://care.example/in", topics=("case.opened",))
    return made


def test_a_week_is_told_once_and_only_to_who_wants_it(double: type[Double]) -> None:
    made = house(double)
    assert send(made, WEDNESDAY) == 1
    assert send(made, WEDNESDAY + timedelta(days=2)) == 0  # Friday of the same week
    assert send(made, WEDNESDAY + timedelta(days=5)) == 1
    log = made.moves.notices.log()
    assert [notice.receiver for notice in log] == ["board", "board"]
    assert {notice.topic for notice in log} == {"brief"}


def test_what_is_told_holds_the_page_and_nobodys_name_or_words(double: type[Double]) -> None:
    made = house(double, HEARTLINE_BRIEF_QUOTES="everywhere")
    send(made, WEDNESDAY)
    body = made.moves.notices.log()[0].body
    said = json.dumps(body, ensure_ascii=False)
    assert body["title"] == "Meadow & Sons: What to decide this week"
    assert body["path"] == "/brief"
    assert any("Judge: does code denied stop people" in line for line in body["lines"])
    assert "Name " not in said
    assert "Words of" not in said
    assert "k00" not in said


def test_an_email_carries_the_page_and_a_program_does_not(
    double: type[Double], monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[EmailMessage] = []
    posted: list[bytes] = []

    def take(server: object, made: EmailMessage, within_s: float) -> Answer:
        handed.append(made)
        return TAKEN

    def post(address: str, headers: object, body: bytes) -> Answer:
        posted.append(body)
        return TAKEN

    monkeypatch.setattr(mail, "send", take)
    made = house(double, HEARTLINE_SMTP_HOST="localhost", HEARTLINE_SMTP_FROM="desk@shop.example")
    made.moves.notices.add_mail("chief", "chief@shop.example", topics=("brief",))
    assert send(made, WEDNESDAY) == 2
    made.moves.notices.deliver(now=WEDNESDAY + timedelta(minutes=1), post=post)
    (letter,) = handed
    (page,) = letter.iter_attachments()
    assert page.get_filename() in ("brief-2026-W27.pdf", "brief-2026-W27.html")
    content = page.get_content()
    assert content == (made.root / "briefs" / str(page.get_filename())).read_bytes()
    assert content[:5] == b"%PDF-" or content[:9] == b"<!doctype"
    assert "Judge: does code denied stop people" in str(letter.get_body(("plain",)))
    assert b"briefs" not in posted[0]
    assert b".pdf" not in posted[0]


def test_a_file_that_is_none_of_the_folders_is_never_sent(double: type[Double]) -> None:
    made = house(double)
    root = made.moves.house.root
    (root / "secret.pdf").write_bytes(b"x")
    (root / FILES).mkdir()
    (root / FILES / "page.html").write_bytes(b"page")
    channels = Channels(made.settings, lambda _: None, root=root)
    body = {"files": ["../secret.pdf", "/etc/passwd", "page.html", "gone.pdf", "page.html"]}
    found = SimpleNamespace(body=body)
    assert channels._files([found]) == [("page.html", b"page")]  # type: ignore[list-item]


def test_it_is_sent_on_its_day_from_its_hour_on_in_the_houses_zone(double: type[Double]) -> None:
    made = house(
        double, HEARTLINE_BRIEF_DAY="wednesday", HEARTLINE_BRIEF_HOUR="7", HEARTLINE_TIMEZONE="America/New_York"
    )
    weekly = Weekly(made)
    sent = {}
    moment = datetime(2026, 6, 29)  # Monday
    while moment < datetime(2026, 7, 13):
        if told := weekly(moment):
            sent[moment] = told
        moment += timedelta(minutes=20)
    here = [moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("America/New_York")) for moment in sent]
    assert [f"{moment:%A %H:%M %d}" for moment in here] == ["Wednesday 07:00 01", "Wednesday 07:00 08"]


def test_a_desk_that_was_closed_on_the_day_sends_nothing_late(double: type[Double]) -> None:
    made = house(double, HEARTLINE_BRIEF_DAY="monday")
    weekly = Weekly(made)
    assert weekly(datetime(2026, 7, 7, 9)) == 0  # Tuesday
    assert not is_due(made, datetime(2026, 7, 7, 9))
    assert weekly(datetime(2026, 7, 6, 23)) == 1


def test_another_desk_of_the_same_workspace_does_not_tell_again(double: type[Double]) -> None:
    made = house(double, HEARTLINE_BRIEF_DAY="wednesday")
    assert Weekly(made)(WEDNESDAY) == 1
    assert Weekly(made)(WEDNESDAY + timedelta(hours=1)) == 0


def test_without_a_day_or_a_run_nothing_is_sent(double: type[Double]) -> None:
    assert Weekly(house(double))(WEDNESDAY) == 0
    never = double(as_of=None, environment={"HEARTLINE_BRIEF_DAY": "wednesday"})
    assert Weekly(never)(WEDNESDAY) == 0
    with pytest.raises(AnalysisError, match="heartline run"):
        send(never, WEDNESDAY)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 7, 1, 8), "2026-07-06 07:00"),
        (datetime(2026, 7, 6, 4, 59), "2026-07-06 07:00"),
        (datetime(2026, 7, 6, 5), "2026-07-13 07:00"),  # 07:00 in Berlin has come
    ],
)
def test_when_it_is_sent_next(double: type[Double], now: datetime, then: str) -> None:
    made = double(environment={"HEARTLINE_BRIEF_DAY": "monday", "HEARTLINE_TIMEZONE": "Europe/Berlin"})
    found = next_time(made, now)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == then
    assert next_time(double(), now) is None


def test_the_week_is_that_of_the_houses_zone(double: type[Double]) -> None:
    sunday_night = datetime(2026, 7, 5, 23)
    assert week_of(double(), sunday_night) == "brief:2026-W27"
    assert week_of(double(environment={"HEARTLINE_TIMEZONE": "Asia/Tokyo"}), sunday_night) == "brief:2026-W28"
