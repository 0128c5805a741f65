"""The words of a letter: its text part, and of that what its writer wrote, without quotations and signature."""

from __future__ import annotations

import re
from email.message import Message
from html.parser import HTMLParser

LONGEST_HTML = 1 << 20
"""Characters of HTML that are read; more is pictures and style."""

_CUT = frozenset(("divRplyFwdMsg", "appendonsend", "OLK_SRC_BODY_SECTION"))
_QUOTES = ("gmail_quote", "gmail_attr", "gmail_signature", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote")
_SILENT = frozenset(("script", "style", "head", "title", "template"))
_BREAKS = frozenset(
    ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol", "hr", "pre")
)
_WROTE = re.compile(
    r"^\s*(?:On|Am|Le|El|Den|Op|Il|Em|Dnia|W dniu)\b[^\n]{4,300}?\b(?:wrote|schrieb|a écrit|escribió|skrev|schreef|"
    r"ha scritto|escreveu|napisał)\b[^\n]{0,120}:\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^\s*-{2,}\s*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Weitergeleitete Nachricht|Oprindelig "
    r"meddelelse|Opprinnelig melding|Ursprungligt meddelande|Message d'origine|Message original|Mensaje original|"
    r"Oorspronkelijk bericht|Messaggio originale|Mensagem original)\s*-{2,}\s*$",
    re.IGNORECASE,
)
_SENDER = re.compile(r"^\s*\*?(?:From|Von|Fra|Från|De|Van|Da)\s?:\*?\s*\S", re.IGNORECASE)
_HEADER = re.compile(
    r"^\s*\*?(?:Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Sendt|Til|Emne|Dato|Skickat|Till|Ämne|Envoyé|À|Objet|"
    r"Enviado|Para|Asunto|Assunto|Verzonden|Aan|Onderwerp|Inviato|Oggetto)\s?:\*?\s",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"^\s*(?:Sent from (?:my |Yahoo|Mail for|Outlook)|Get Outlook for |Von meinem \S+ gesendet|Gesendet (?:von|mit) |"
    r"Sendt fra min |Skickat från min |Envoyé (?:de|depuis) mon |Enviado desde mi |Inviato da |Verstuurd vanaf mijn )",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^ {0,3}>")
_BLANKS = re.compile(r"[^\S\n]+")


def words_of(letter: Message) -> tuple[str, str]:
    """The whole text of a letter, and what of it its writer wrote; blank where it has no text part."""
    part = _text_part(letter)
    if part is None:
        return "", ""
    text = _decoded(part).replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() != "text/html":
        return text.strip(), own_words(text)
    reader = _Letter()
    reader.feed(text[:LONGEST_HTML])
    reader.close()
    return _tidy(reader.all), own_words(_tidy(reader.own))


def own_words(text: str) -> str:
    """A letter's text without quoted lines and what introduces them, forwarded letters and signature."""
    lines = text.split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.rstrip() == "--" or _ORIGINAL.match(line) or _is_header(lines, at):
            break
        if intro := _introduction(lines, at):
            following = next((one for one in lines[at + intro :] if one.strip()), "")
            if not _QUOTED.match(following):
                break
            at += intro
            continue
        if not _QUOTED.match(line) and not _DEVICE.match(line):
            kept.append(line.rstrip())
        at += 1
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    # the rule that Outlook draws above what it quotes
    return re.sub(r"\n*_{10,}$", "", text).strip()


def _introduction(lines: list[str], at: int) -> int:
    """How many lines from here on say who wrote what is quoted below; they may be wrapped."""
    for count in (1, 2, 3):
        joined = " ".join(line.strip() for line in lines[at : at + count])
        if len(joined) < 500 and any(sign.isdigit() for sign in joined) and _WROTE.match(joined):
            return count
    return 0


def _is_header(lines: list[str], at: int) -> bool:
    return bool(_SENDER.match(lines[at])) and sum(bool(_HEADER.match(line)) for line in lines[at + 1 : at + 6]) >= 2


def _text_part(letter: Message) -> Message | None:
    if letter.get_content_disposition() == "attachment":
        return None
    kind = letter.get_content_type()
    if kind in ("text/plain", "text/html") and not letter.is_multipart():
        return letter
    if not letter.is_multipart() or not kind.startswith("multipart/"):
        return None
    parts = [_text_part(part) for part in letter.get_payload() if isinstance(part, Message)]
    # a part without headers has the length 0 and counts as false
    found = [part for part in parts if part is not None]
    if kind == "multipart/alternative":
        plain = [part for part in found if part.get_content_type() == "text/plain" and part.get_payload(decode=True)]
        found = plain or found
    return found[0] if found else None


def _decoded(part: Message) -> str:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes):
        return ""
    told = part.get_content_charset() or ""
    for charset in filter(None, (told, "utf-8")):
        try:
            return body.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def _tidy(parts: list[str]) -> str:
    lines = (_BLANKS.sub(" ", line).strip() for line in "".join(parts).split("\n"))
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()


class _Letter(HTMLParser):
    """The text of a letter in HTML, and of it what stands in no quotation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.all: list[str] = []
        self.own: list[str] = []
        self._silent = 0
        self._over = False
        self._quote = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if self._quote:
            self._depth += tag == self._quote
        else:
            given = {name: value or "" for name, value in attrs}
            self._over = self._over or given.get("id", "") in _CUT
            if tag == "blockquote" or any(name in given.get("class", "") for name in _QUOTES):
                self._quote, self._depth = tag, 1
        if tag in _BREAKS:
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in _SILENT), 0)
        if tag == self._quote:
            self._depth -= 1
            if not self._depth:
                self._quote = ""
        if tag in _BREAKS:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._add(data.replace("\n", " "))

    def _add(self, text: str) -> None:
        self.all.append(text)
        if not self._quote and not self._over:
            self.own.append(text)
