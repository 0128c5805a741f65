"""A mail server on loopback that keeps what it is handed, in memory, and fails as it is told to."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

LONGEST_S = 20.0


def certificate(folder: Path) -> tuple[Path, Path]:
    """Key and certificate of localhost, signed by itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    key, made = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
         "-out", made, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, made


class PostOffice:
    """``fails``: command after which it fails (MAIL, RCPT, DATA, or END for the end of the mail), with an answer, or
    with none: then it ends the connection; ``drips``: its greeting never ends; ``tls``: key and certificate."""

    def __init__(self, tls: tuple[Path, Path] | None = None, at_once: bool = False) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.signed_in: list[str] = []
        self.encrypted = 0
        self.fails: dict[str, str] = {}
        self.drips = False
        self.ended = threading.Event()
        self._context: ssl.SSLContext | None = None
        self._at_once = at_once
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(tls[1], tls[0])
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> PostOffice:
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join(LONGEST_S)
        self._listening.close()

    def _listen(self) -> None:
        while not self.ended.is_set():
            with suppress(TimeoutError):
                opened, _ = self._listening.accept()
                thread = threading.Thread(target=self._serve, args=(opened,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, opened: socket.socket) -> None:
        with suppress(OSError):
            opened.settimeout(LONGEST_S)
            if self._at_once and self._context:
                opened = self._context.wrap_socket(opened, server_side=True)
                self.encrypted += 1
            self._talk(opened)
        opened.close()

    def _talk(self, opened: socket.socket, greeting: bool = True) -> None:
        if self.drips:
            while not self.ended.wait(0.02):
                opened.sendall(b"2")
            return
        reading = opened.makefile("rb")
        say = opened.sendall
        if greeting:
            say(b"220 sink ready\r\n")
        while line := reading.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word in self.fails:
                if not self.fails[word]:
                    return
                say(self.fails[word].encode() + b"\r\n")
            elif word == "EHLO":
                offered = ["sink", "AUTH PLAIN", *(["STARTTLS"] if self._context and not self.encrypted else [])]
                for place, one in enumerate(offered, 1):
                    say(f"250{'-' if place < len(offered) else ' '}{one}\r\n".encode())
            elif word == "STARTTLS" and self._context:
                say(b"220 go on\r\n")
                with self._context.wrap_socket(opened, server_side=True) as private:
                    self.encrypted += 1
                    self._talk(private, greeting=False)
                return
            elif word == "AUTH":
                self.signed_in.append(line)
                say(b"235 welcome\r\n")
            elif word == "DATA":
                say(b"354 go on\r\n")
                lines = []
                while (one := reading.readline()) != b".\r\n":
                    lines.append(one)
                if "END" in self.fails:
                    if not self.fails["END"]:
                        self._keep(b"".join(lines))  # it has the mail, and its answer is lost
                        return
                    say(self.fails["END"].encode() + b"\r\n")
                    continue
                self._keep(b"".join(lines))
                say(b"250 taken\r\n")
            elif word == "QUIT":
                say(b"221 bye\r\n")
                return
            else:
                say(b"250 fine\r\n")

    def _keep(self, written: bytes) -> None:
        self.raw.append(written)
        read = message_from_bytes(written, policy=default)
        assert isinstance(read, EmailMessage)
        self.mails.append(read)
