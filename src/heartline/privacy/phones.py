"""Telephone numbers, by how people write them and by the words before them.

A number that could as well be that of an order is one only after a word for a telephone; one with a country's code, or
grouped as only telephone numbers are, needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from heartline.privacy.checksums import Span

FEWEST, MOST = 7, 15
"""Digits of a number; 15 by ITU-T E.164."""
NEAR = 40
"""Characters before a number in which a word can say what it is."""

_RUN = re.compile(r"(?:\+ ?)?\(?(?:\+ ?)?\d(?:[ ().\-/]{0,3}\d)*")
_APART = re.compile(r" ?/ | {2,}| - ")
_CODE_LIST = """
1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82
84 86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235
236 237 238 239 240 241 242 243 244 245 246 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264
265 266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376
377 378 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593
594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692
800 850 852 853 855 856 870 880 881 886 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977
992 993 994 995 996 998
"""
_CODES = frozenset(_CODE_LIST.split())
"""Country calling codes (ITU-T E.164)."""

_DATE = re.compile(
    r"(?<!\d)(?<!\d[./-])(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)?\d\d|(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2})(?![./-]?\d)"
)
_NANP = re.compile(r"(?:1[ .-]?)?(?:\([2-9]\d\d\)[ .-]{0,2}|[2-9]\d\d[ .-]{1,2})[2-9]\d\d[ .-]\d{4}")
_AREA = re.compile(r"\(0?\d{2,5}\)[ -]{0,2}\d{2,5}(?:[ -]\d{2,5}){0,3}")
_TRUNK = re.compile(
    r"0[1-9]\d{0,4}(?:[ /-]{1,3}\d{2,8}){1,4}|0\d(?:[ .-]\d\d){4}|"
    r"\(0[1-9]\d{0,4}\)[ /-]{0,3}\d{2,8}(?:[ -]\d{2,8}){0,3}"
)
_TRUNK_WHOLE = re.compile(r"0[1-9]\d{8,10}")
_CHINA = re.compile(r"1[3-9]\d[ -]\d{4}[ -]\d{4}")

_TELEPHONE = (
    r"tel|telephone|phone|phones|ph|mobile|mob|cell|cellphone|landline|fax|whatsapp|call|calls|calling|callback|ring|"
    r"reach|reached|text|sms|dial|dialled|telefon|telefonnummer|telefonnr|mobil|mobilnummer|handy|handynummer|"
    r"rufnummer|festnetz|anrufen|anruf|erreichbar|erreichen|durchwahl|tel[eé]fono|m[oó]vil|celular|llame|llamar|"
    r"ll[aá]mame|t[eé]l[eé]phone|portable|appeler|appelez|telefone|telem[oó]vel|ligar|cellulare|chiamare|telefoon|"
    r"bellen|puhelin|telefonnumre|ringe|ringa"
)
_OTHER = (
    r"order|orders|ord|invoice|tracking|track|parcel|shipment|ticket|case|ref|reference|booking|confirmation|"
    r"reservation|account|acct|member|membership|customer|client|contract|policy|claim|serial|model|sku|article|item|"
    r"product|part|imei|flights?|flts?|zip|postcode|voucher|coupon|code|pin|id|isbn|ean|upc|vat|tax|ssn|receipt|transaction|"
    r"bestellung|bestellnummer|bestellnr|auftrag|auftragsnummer|rechnung|rechnungsnummer|sendung|sendungsnummer|"
    r"kunde|kundennummer|kundennr|vertrag|vertragsnummer|vorgang|vorgangsnummer|artikel|artikelnummer|seriennummer|"
    r"buchung|buchungsnummer|aktenzeichen|konto|kontonummer|plz|gutschein|pedido|factura|commande|facture|ordine|"
    r"fattura|encomenda|bestelling|factuur|v|version|paid|pay|price|cost|amount|total|score|isin|wkn|hrb"
)
_VERBS = frozenset(("call", "calls", "calling", "ring", "reach", "reached", "text", "sms", "dial", "dialled"))
_SURE = 9
_CUE = re.compile(rf"\b(?:(?P<telephone>{_TELEPHONE})|(?P<other>{_OTHER}))\b|(?P<sign>[#№$€£¥])", re.IGNORECASE)
_UNIT = re.compile(
    r"\s?(?:[%€$£¥]|(?:eur|usd|gbp|chf|euro|euros|dollars?|pounds?|km|kg|[kmgt]b|miles|points|punkte)\b)", re.IGNORECASE
)


def phones(text: str) -> Iterator[Span]:
    """Telephone numbers of 7 to 15 digits; never dates, and never what a word before it says to be another number."""
    for run in _RUN.finditer(text):
        start, end = run.span()
        if end - start < FEWEST or (start and _touches(text[start - 1])) or (end < len(text) and _touches(text[end])):
            continue
        if _is_phone(text, start, end):
            yield start, _with_bracket(text, start, end)
            continue
        at = start
        parts = [(found.start(), found.end()) for found in _APART.finditer(text, start, end)]
        for upto, onward in [*parts, (end, end)] if parts else ():
            if _is_phone(text, at, upto):
                yield at, upto
            at = onward


def _is_phone(text: str, start: int, end: int) -> bool:
    written = text[start:end]
    digits = "".join(char for char in written if "0" <= char <= "9")
    if not FEWEST <= len(digits) <= MOST or _DATE.search(written):
        return False
    if "+" in written:
        return _has_code(digits)
    near = list(_CUE.finditer(text, max(0, start - NEAR), start))
    last = near[-1] if near else None
    if (last is not None and not last["telephone"]) or _UNIT.match(text, end):
        return False
    if last is not None and len(digits) <= 13 and not _is_number(written):
        # "reached level 4155552": a verb says less than a noun does
        return len(written) > len(digits) or len(digits) >= _SURE or last[0].lower() not in _VERBS
    if digits.startswith("00"):
        return _has_code(digits[2:]) and (len(digits) < len(written) or len(digits) >= 11)
    return any(form.fullmatch(written) for form in (_NANP, _AREA, _TRUNK, _TRUNK_WHOLE, _CHINA)) and (
        not written.startswith("0") or 9 <= len(digits) <= 12
    )


def _has_code(digits: str) -> bool:
    """Whether digits begin with a country's code and are as long as an international number."""
    return 8 <= len(digits) <= MOST and any(digits[:size] in _CODES for size in (1, 2, 3))


def _is_number(written: str) -> bool:
    """Whether it is grouped as a number that one reads aloud as a whole: 1.234.567."""
    return bool(re.fullmatch(r"\d{1,3}(?:\.\d{3})+", written))


def _with_bracket(text: str, start: int, end: int) -> int:
    """A bracket that the number opened closes with it."""
    written = text[start:end]
    return end + 1 if written.count("(") > written.count(")") and text[end : end + 1] == ")" else end


def _touches(char: str) -> bool:
    return char.isalnum() or char in "_@"
