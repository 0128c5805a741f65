"""Cards and IBAN: published numbers, random ones with a right and a wrong check digit, and what is neither."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartline.privacy import masked
from heartline.privacy.checksums import IBAN_LENGTHS, issued, luhn, valid_iban

# Numbers that card schemes and payment services publish for tests; none is anybody's.
PUBLISHED_CARDS = (
    "4111111111111111", "4012888888881881", "4222222222222", "5555555555554444", "5105105105105100",
    "2223003122003222", "378282246310005", "371449635398431", "6011111111111117", "6011000990139424",
    "3530111333300000", "30569309025904", "38520000023237", "6200000000000005", "2200000000000004",
)  # fmt: skip
# Examples of the IBAN registry.
PUBLISHED_IBANS = (
    "DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606", "NL91ABNA0417164300",
    "CH9300762011623852957", "NO9386011117947", "MT84MALT011000012345MTLCAST001S", "ES9121000418450200051332",
    "AT611904300234573201", "BE68539007547034", "PL61109010140000071219812874", "SE4550000000058398257466",
    "IT60X0542811101000000123456", "BR9700360305000010009795493P1", "SA0380000000608010167519",
)  # fmt: skip


@pytest.mark.parametrize("card", PUBLISHED_CARDS)
def test_published_cards_are_masked_however_they_are_grouped(card: str) -> None:
    fours = [card[at : at + 4] for at in range(0, len(card), 4)]
    written = [card, " ".join(fours), "-".join(fours), " ".join(card), "\u200b".join(fours), "\u00a0".join(fours)]
    if len(card) in (14, 15):
        written = [card, f"{card[:4]} {card[4:10]} {card[10:]}", " ".join(card)]
    for one in written:
        assert masked(f"My card {one}, please.", ["card"]) == ("My card [card], please.", {"card": 1})


@pytest.mark.parametrize("iban", PUBLISHED_IBANS)
def test_published_ibans_are_masked_with_blanks_and_in_any_case(iban: str) -> None:
    fours = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
    for one in (iban, fours, fours.lower(), fours.replace(" ", "-")):
        assert masked(f"Konto {one} bitte", ["iban", "card"]) == ("Konto [iban] bitte", {"iban": 1})


@pytest.mark.parametrize(
    "text",
    [
        "Order 4111111111111112 never came.",  # a wrong check digit
        "Parcel 1111222233334444 is lost",  # no scheme issues it
        "tracking 94001118992231234567890",  # longer than any card
        "id A4111111111111111 and 4111111111111111_b",  # part of another number
        "4111 1111 and 1111 1111",
        "a share of 0.6579999999999999 and one of 0,6579999999999999",  # right by chance, but decimals
        "between 4111.11 and 1111.11, 1111 times 1111",
        "DE88370400440532013000",  # a wrong checksum
        "DE8937040044053201300",  # one short
        "XX89370400440532013000",
        "IN 12 days, AT 10 o'clock",
        "account no 9873 ssn no 8820",  # Norway's letters, and a checksum that is right by chance
    ],
)
def test_what_is_no_card_and_no_iban_stays(text: str) -> None:
    assert masked(text, ["card", "iban"]) == (text, {})


def with_check_digit(start: str) -> str:
    return next(start + digit for digit in string.digits if luhn(start + digit))


@given(
    st.sampled_from(["4", "51", "55", "2221", "2720", "6011", "65", "3528", "62"]), st.text(string.digits, min_size=15)
)
def test_any_card_of_a_scheme_is_found_and_a_wrong_digit_is_not(prefix: str, digits: str) -> None:
    card = with_check_digit((prefix + digits)[:15])
    assert issued(card)
    assert masked(f"({card})", ["card"])[0] == "([card])"
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    assert masked(wrong, ["card"])[0] == wrong


@given(st.sampled_from(sorted(IBAN_LENGTHS)), st.text(string.digits + string.ascii_uppercase, min_size=40, max_size=40))
def test_any_iban_is_valid_with_its_check_digits_only(country: str, account: str) -> None:
    account = "12345" + account[: IBAN_LENGTHS[country] - 9]
    rest = int("".join(str(int(char, 36)) for char in account + country + "00")) % 97
    iban = f"{country}{98 - rest:02d}{account}"
    assert valid_iban(iban)
    assert masked(iban, ["iban"])[0] == "[iban]"
    other = f"{country}{(98 - rest) % 97 + 2:02d}{account}"
    assert other == iban or not valid_iban(other) or int(other[2:4]) % 97 == int(iban[2:4]) % 97


@given(st.text(string.digits, min_size=2, max_size=19), st.integers(0, 17))
def test_luhn_sees_every_wrong_digit(digits: str, at: int) -> None:
    right = with_check_digit(digits)
    at %= len(right)
    wrong = right[:at] + str((int(right[at]) + 3) % 10) + right[at + 1 :]
    assert luhn(right)
    assert not luhn(wrong)
