"""One spelling for one mailbox and one line; what is nobody's own is called so."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartline.errors import SettingsError
from heartline.sources import identifiers
from heartline.sources.identifiers import identifier_hash, kind_of, line, mailbox, one_spelling


@pytest.mark.parametrize(
    ("written", "mailbox_of"),
    [
        (" Ann.Lee@Example.ORG ", "ann.lee@example.org"),
        ("a.n.n.lee+shop@googlemail.com", "annlee@gmail.com"),
        ("AnnLee@gmail.com", "annlee@gmail.com"),
        ("ann.lee+news@outlook.com", "ann.lee@outlook.com"),
        ("ann+lee@company.example", "ann+lee@company.example"),  # a plus may be part of a name
        ("<ann@example.org>", "ann@example.org"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@example.org.", "ann@example.org"),
        ("+@gmail.com", "+@gmail.com"),
        ("no address", "no address"),
    ],
)
def test_one_mailbox_has_one_spelling(written: str, mailbox_of: str) -> None:
    assert mailbox(written) == mailbox_of


@pytest.mark.parametrize(
    ("kind", "value", "finer"),
    [
        ("email", "info@firm.example", "role_email"),
        ("email", "No-Reply@firm.example", "role_email"),
        ("email", "support+de@firm.example", "role_email"),
        ("email", "kunden.service@firm.example", "role_email"),
        ("email", "none@none.example", "role_email"),
        ("email", "ann.info@firm.example", "email"),
        ("email", "n/a", "unusable_email"),
        ("email", "@firm.example", "unusable_email"),
        ("phone", "+49 30 123456", "phone"),
        ("phone", "0000000", "unusable_phone"),
        ("phone", "1111111", "unusable_phone"),
        ("phone", "0123456789", "unusable_phone"),
        ("phone", "110", "unusable_phone"),
        ("cookie", "info@firm.example", "cookie"),
    ],
)
def test_what_is_nobodys_own_is_called_so(kind: str, value: str, finer: str) -> None:
    assert kind_of(kind, value) == finer


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 901820", "DE", "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("(030) 901 820", "DE", "+4930901820"),
        ("020 7183 8750", "GB", "+442071838750"),
        ("(202) 456-1111", "US", "+12024561111"),
        ("06 698 1", "IT", "+39066981"),  # Italy keeps the zero
        ("+1 202-456-1111", "DE", "+12024561111"),
        ("030 901820", "", "030901820"),
        ("+49 30 901820", "", "+4930901820"),
        ("0049 30 901820", "", "+4930901820"),
        ("ask Ann", "DE", ""),
    ],
)
def test_one_line_has_one_number(written: str, region: str, number: str) -> None:
    if region:
        pytest.importorskip("phonenumbers", reason="the extra `identity` is not installed")
    assert line(written, region) == number


def test_without_the_library_a_region_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    identifiers._library.cache_clear()
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(SettingsError, match="identity"):
        line("030 901820", "DE")
    assert line("030 901820") == "030901820"
    identifiers._library.cache_clear()


@given(kind=st.sampled_from(["email", "phone", "cookie"]), value=st.text(max_size=40))
def test_any_text_has_a_spelling_that_is_its_own(kind: str, value: str) -> None:
    once = one_spelling(kind, value)
    assert one_spelling(kind, once) == once
    assert identifier_hash(kind, value) == identifier_hash(kind, once)
    kind_of(kind, value)
