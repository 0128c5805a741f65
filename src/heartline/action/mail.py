"""A notice as an e-mail: text with an HTML alternative, handed to the house's own mail server.

The Message-ID follows from the notice's id, so that a server or program that has the mail already can know it when the
answer to the first try was lost. The password comes from the environment alone (HEARTLINE_SMTP_PASSWORD).
"""

from __future__ import annotations

import hashlib
import io
import mimetypes
import re
import smtplib
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Any

from heartline.action.answer import TAKEN, Answer
from heartline.action.message import Message
from heartline.action.posting import Reading, is_own, left, trusted
from heartline.errors import NoticeError
from heartline.settings import Settings

PASSWORD = "HEARTLINE_SMTP_PASSWORD"  # noqa: S105  the name of a variable
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
LONGEST_SUBJECT = 150


@dataclass(frozen=True)
class MailServer:
    """The mail server of the house; security is starttls, ssl or none."""

    host: str
    port: int
    user: str
    sender: str
    security: str
    password: str = field(default="", repr=False)


def mail_server(settings: Settings, environment: Mapping[str, str]) -> MailServer:
    """The server of the settings. NoticeError where it is not told, or a password would go in the open."""
    server = MailServer(
        settings.text("smtp_host"), settings.whole("smtp_port"), settings.text("smtp_user"),
        settings.text("smtp_from"), settings.text("smtp_security"), environment.get(PASSWORD, ""),
    )  # fmt: skip
    if not server.host or not server.sender:
        raise NoticeError(
            "no mail server is told" if not server.host else "it is not told from whom mails come",
            "the settings smtp_host and smtp_from", "set them in heartline.toml",
        )  # fmt: skip
    address_of(parseaddr(server.sender)[1])
    if server.user and server.security == "none" and not is_own(server.host):
        raise NoticeError(
            "the password of the mail server would go in the open", 'smtp_security = "starttls" or "ssl"',
            "change smtp_security",
        )  # fmt: skip
    return server


def address_of(text: str) -> str:
    """One e-mail address; NoticeError where it is none, several, or would break a header in two."""
    if not _ADDRESS.fullmatch(text) or ".." in text:
        raise NoticeError("this is no e-mail address", "one address such as desk@shop.example", "correct the address")
    return text


def compose(
    messages: Sequence[Message], ids: Sequence[str], company: str, sender: str, to: str, at: datetime,
    files: Sequence[tuple[str, bytes]] = (),
) -> EmailMessage:  # fmt: skip
    """One mail of one notice, or of those of a day; ``files``: name and content of what goes with it."""
    made = EmailMessage(policy=SMTP)
    subject = messages[0].title if len(messages) == 1 else f"{len(messages)} notices of Heartline"
    made["Subject"] = _header(f"{subject} – {company}" if company else subject)[:LONGEST_SUBJECT]
    made["From"], made["To"] = _header(sender), address_of(to)
    made["Date"] = format_datetime(at)
    identity = ids[0] if len(ids) == 1 else hashlib.sha256(" ".join(ids).encode()).hexdigest()[:32]
    made["Message-ID"] = f"<{identity}@{parseaddr(sender)[1].partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n\n".join(_text(one) for one in messages))
    made.add_alternative(
        '<!doctype html><html><body style="font-family:sans-serif;max-width:40em">'
        + "<hr>".join(_html(one) for one in messages)
        + "</body></html>",
        subtype="html",
    )
    for name, content in files:
        main, _, kind = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        made.add_attachment(content, maintype=main, subtype=kind, filename=name)
    return made


def send(server: MailServer, mail: EmailMessage, within_s: float) -> Answer:
    """Hand one mail to the server, all within ``within_s`` seconds; raises nothing. One recipient, so that no part of
    them can be refused."""
    try:
        _hand_over(server, mail, time.monotonic() + within_s)
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _ in error.recipients.values()), default=450)
        return Answer(False, f"the recipient was refused ({code})", never=code >= 500)
    except smtplib.SMTPDataError as error:
        return Answer(False, f"the mail was refused ({error.smtp_code})", never=error.smtp_code >= 500)
    except smtplib.SMTPNotSupportedError:
        return Answer(False, "the mail server cannot do what smtp_security and smtp_user ask", everything=True)
    except smtplib.SMTPAuthenticationError as error:
        return Answer(False, f"the mail server did not take the password ({error.smtp_code})", everything=True)
    except smtplib.SMTPResponseException as error:
        return Answer(False, f"the mail server answered {error.smtp_code}", everything=True)
    except smtplib.SMTPException:
        return Answer(False, "the mail server ended the connection, or did not answer in time", everything=True)
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message.lower()
        return Answer(False, f"the mail server's certificate is not to be trusted ({why})", everything=True)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        return Answer(False, f"the mail server cannot be reached ({why})", everything=True)
    return TAKEN


def _hand_over(server: MailServer, mail: EmailMessage, until: float) -> None:
    opened = (_TlsClocked if server.security == "ssl" else _Clocked)(server.host, server.port, until)
    try:
        if server.security == "starttls":
            opened.starttls(context=trusted())
        if server.user:
            opened.login(server.user, server.password)
        opened.send_message(mail)
        with suppress(smtplib.SMTPException, OSError):  # it was taken, however the server says goodbye
            opened.quit()
    finally:
        opened.close()


class _Clocked(smtplib.SMTP):
    """A connection whose every answer has only the time that is left in all."""

    def __init__(self, host: str, port: int, until: float, **options: Any) -> None:
        self._until = until
        super().__init__(host, port, timeout=left(until), **options)

    def getreply(self) -> tuple[int, bytes]:
        """An answer of the server; SMTPServerDisconnected where the time is over."""
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(Reading(self.sock, self._until))
        return super().getreply()


class _TlsClocked(_Clocked, smtplib.SMTP_SSL):
    """The same, by TLS from the beginning."""

    def __init__(self, host: str, port: int, until: float) -> None:
        super().__init__(host, port, until, context=trusted())


def _header(text: str) -> str:
    return " ".join(text.split())


def _text(message: Message) -> str:
    lines = [message.title]
    lines += [f"Customer {message.who}"] * bool(message.who) + [f"- {reason}" for reason in message.reasons]
    lines += [f"{what}: {value}" for what, value in message.facts]
    return "\n".join([*lines, message.link])


def _html(message: Message) -> str:
    parts = [f"<h2>{escape(message.title)}</h2>"]
    if message.who:
        parts.append(f"<p>Customer <strong>{escape(message.who)}</strong></p>")
    if message.reasons:
        parts.append(f"<ul>{''.join(f'<li>{escape(reason)}</li>' for reason in message.reasons)}</ul>")
    if message.facts:
        parts.append(f"<p>{'<br>'.join(f'{escape(what)}: {escape(value)}' for what, value in message.facts)}</p>")
    parts.append(f'<p><a href="{escape(message.link)}">Open on the desk</a></p>')
    return "".join(parts)
