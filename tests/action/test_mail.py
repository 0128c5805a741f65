"""Notices by e-mail: what arrives, what a refusal means, and that nobody can put a header of their own into one."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from tests.action.loopback import bare_house
from tests.action.post_office import PostOffice, certificate
from tests.stopwatch import quickest

from heartline.action import mail as mails
from heartline.action.message import Message
from heartline.action.notices import Notices
from heartline.action.sending import Sent
from heartline.errors import NoticeError

BODY = {
    "case_id": "C-000007", "customer_id": "k1", "team": "care", "reasons": "waited <long>; größer als sonst",
    "due_at": "2026-03-04T12:00:00",
}  # fmt: skip


@contextmanager
def mailing(tmp_path: Path, office: PostOffice, **settings: str) -> Iterator[Notices]:
    told = {
        "smtp_host": "localhost", "smtp_port": str(office.port), "smtp_security": "none",
        "smtp_from": "Heartline <heartline@shop.example>", "company": "Grüne Wiese", **settings,
    }  # fmt: skip
    with bare_house(tmp_path, told) as house:
        notices = Notices(house)
        notices.add_mail("care", "care@shop.example")
        yield notices


def soon(minutes: float) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def test_what_arrives(tmp_path: Path) -> None:
    with PostOffice() as office, mailing(tmp_path, office) as notices:
        notices.tell("case.opened", BODY, "C-000007")
        assert notices.deliver() == Sent(taken=1)
        (notice,) = notices.log()
    (mail,) = office.mails
    assert mail["Subject"] == "New case: C-000007 – Grüne Wiese"
    assert (mail["From"], mail["To"]) == ("Heartline <heartline@shop.example>", "care@shop.example")
    assert mail["Message-ID"] == f"<{notice.notice_id}@shop.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().splitlines() == [
        "New case: C-000007", "Customer k1", "- waited <long>", "- größer als sonst", "Team: care",
        "Due: 2026-03-04 12:00 UTC", "https://desk.example/case/C-000007",
    ]  # fmt: skip
    assert "<li>waited &lt;long&gt;</li><li>größer als sonst</li>" in page.get_content()
    assert '<a href="https://desk.example/case/C-000007">' in page.get_content()


def test_the_answer_is_lost_and_the_mail_comes_again_as_the_same(tmp_path: Path) -> None:
    with PostOffice() as office, mailing(tmp_path, office) as notices:
        office.fails = {"END": ""}
        notices.tell("case.opened", BODY, "C-000007")
        assert notices.deliver() == Sent(failed=1)
        office.fails = {}
        assert notices.deliver(soon(1)) == Sent(taken=1)
    assert len({mail["Message-ID"] for mail in office.mails}) == 1
    assert len(set(office.raw)) <= 2
    assert office.mails[0]["Date"] == office.mails[1]["Date"]


@pytest.mark.parametrize(
    ("fails", "dead", "fault"),
    [
        ({"RCPT": "550 nobody"}, 1, "the recipient was refused (550)"),
        ({"RCPT": "451 later"}, 0, "the recipient was refused (451)"),
        ({"END": "554 spam"}, 1, "the mail was refused (554)"),
        ({"END": "452 full"}, 0, "the mail was refused (452)"),
        ({"MAIL": "421 busy"}, 0, "the mail server answered 421"),
        ({"EHLO": "", "HELO": ""}, 0, "the mail server ended the connection, or did not answer in time"),
    ],
)
def test_what_a_refusal_means(tmp_path: Path, fails: dict[str, str], dead: int, fault: str) -> None:
    with PostOffice() as office, mailing(tmp_path, office) as notices:
        office.fails = fails
        notices.tell("case.opened", BODY, "C-000007")
        assert notices.deliver() == Sent(failed=1, dead=dead)
        (notice,) = notices.log()
        assert notice.fault == fault
        assert notice.status == ("dead" if dead else "waiting")
        office.fails = {}
        if dead:
            notices.replay([notice.notice_id])
        assert notices.deliver(soon(2)) == Sent(taken=1)
    assert len(office.mails) == 1


def test_a_server_that_drips_or_is_away_holds_nobody(tmp_path: Path) -> None:
    with PostOffice() as office, mailing(tmp_path, office) as notices:
        office.drips = True
        tries = count()

        def deliver() -> None:
            number = next(tries)
            notices.tell("case.opened", BODY, f"C-{number}")
            assert notices.deliver(soon(600 * number)) == Sent(failed=1)

        assert quickest(deliver, 1.5) < 1.5
    away = notices.test("care")
    assert away.fault == "the mail server cannot be reached (connection refused)"


def test_a_password_goes_only_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, made = certificate(tmp_path)
    monkeypatch.setattr(mails, "trusted", lambda: ssl.create_default_context(cafile=made))
    monkeypatch.setenv("HEARTLINE_SMTP_PASSWORD", "correct horse")
    for security, at_once in (("starttls", False), ("ssl", True)):
        with PostOffice((key, made), at_once) as office:
            folder = tmp_path / security
            folder.mkdir()
            with mailing(folder, office, smtp_security=security, smtp_user="desk") as notices:
                notices.tell("case.opened", BODY, "C-000007")
                assert notices.deliver() == Sent(taken=1)
        assert office.encrypted == 1
        assert base64.b64decode(office.signed_in[0].split(" ")[2]) == b"\0desk\0correct horse"
        assert b"correct horse" not in (folder / "records.db").read_bytes()
    with PostOffice() as bare:
        (tmp_path / "bare").mkdir()
        with mailing(tmp_path / "bare", bare, smtp_security="starttls", smtp_user="desk") as notices:
            assert notices.test("care").fault == "the mail server cannot do what smtp_security and smtp_user ask"
        assert bare.signed_in == []
    with (
        bare_house(tmp_path, {"smtp_host": "mail.example", "smtp_from": "a@b.example", "smtp_user": "desk",
                               "smtp_security": "none"}) as house,
        pytest.raises(NoticeError, match="in the open"),
    ):  # fmt: skip
        Notices(house).add_mail("care", "care@shop.example")


def test_a_certificate_of_nobody_is_not_trusted(tmp_path: Path) -> None:
    with PostOffice(certificate(tmp_path)) as office, mailing(tmp_path, office, smtp_security="starttls") as notices:
        assert notices.test("care").fault.startswith("the mail server's certificate is not to be trusted")
    assert office.mails == []


@pytest.mark.parametrize(
    "address",
    ["", "care", "a@b@c", "a b@c.example", "a@c.example\r\nBcc: x@y.example", "a@c.example,b@c.example",
     "<a@c.example>", "ä@c.example", "a@c..example"],
)  # fmt: skip
def test_what_is_no_address(tmp_path: Path, address: str) -> None:
    with PostOffice() as office, mailing(tmp_path, office) as notices, pytest.raises(NoticeError):
        notices.add_mail("other", address)


def test_no_header_of_somebody_elses() -> None:
    evil = Message("Case\r\nBcc: x@y.example", "k1", ["a\r\nb"], [], "https://desk.example/")
    made = mails.compose([evil], ["ntc_1"], "Shop\nX-Other: 1", "a@b.example", "c@d.example", datetime.now(UTC))
    assert set(made.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "MIME-Version"
    }  # fmt: skip
    assert made["Subject"] == "Case Bcc: x@y.example – Shop X-Other: 1"
    head = made.as_bytes().split(b"\r\n\r\n")[0]
    assert b"\nBcc:" not in head
    assert b"\nX-Other:" not in head


def test_a_day_in_one_mail(tmp_path: Path) -> None:
    at = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    with PostOffice() as office, mailing(tmp_path, office, timezone="Europe/Berlin") as notices:
        notices.remove("care")
        notices.add_mail("daily", "care@shop.example", digest="07:30")
        for number in range(3):
            notices.tell("case.opened", BODY | {"case_id": f"C-{number}"}, f"C-{number}", at + timedelta(hours=number))
        assert notices.deliver(datetime(2026, 3, 3, 6, 29, tzinfo=UTC)) == Sent()
        office.fails = {"END": "451 later"}
        assert notices.deliver(datetime(2026, 3, 3, 6, 30, tzinfo=UTC)) == Sent(failed=3)
        office.fails = {}
        assert notices.deliver(datetime(2026, 3, 3, 6, 40, tzinfo=UTC)) == Sent(taken=3)
        assert notices.deliver(datetime(2026, 3, 4, 6, 30, tzinfo=UTC)) == Sent()
    (mail,) = office.mails
    assert mail["Subject"] == "3 notices of Heartline – Grüne Wiese"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert [f"C-{number}" in plain.get_content() for number in range(3)] == [True] * 3
