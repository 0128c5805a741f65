"""Is it English? Own sentences, and BRIGHTER where it is at hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from heartline.emotion.language import is_english
from heartline.emotion.words import lower, marks_as_words, tokens


def _english(text: str) -> bool:
    low = lower(text)
    return is_english(low, tokens(low))


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?",
        "ok",
        "Zoë from the café in São Paulo was lovely",
        "I flew with José to München and it was great",
        "😡",
        "12345",
        "Refund.",
        "Der Spiegel is the magazine that I read",
        "SIM blocked",
        "OS crash",
        "Bra too small",
        "MOT cancelled",
        "EU roaming charges",
        "LA branch closed",
        "Bin missed",
        "Met expectations",
        "Dove soap leaking",
        "min order stupid",
        "@somebody booked w/ friends, 5 min",
    ],
)
def test_english_or_too_short_to_tell(text: str) -> None:
    assert _english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ich möchte mein Geld zurück, das ist eine Frechheit",
        "Le colis n'est jamais arrivé et personne ne répond",
        "El pedido no ha llegado y nadie me contesta",
        "O produto chegou quebrado e não consigo falar com vocês",
        "Il pacco non è arrivato e nessuno risponde",
        "Het pakket is niet aangekomen en niemand neemt op",
        "Paketet har inte kommit och ingen svarar",
        "Paczka nie przyszła i nikt nie odbiera",
        "包裹还没有到，没有人接电话",
        "Посылка не пришла",
        "Schlechter Kundenservice",
        "Super Service, schnelle Lieferung",
        "Remboursez moi",
        "Excelente atención",
        "Péssimo atendimento",
        "Slechte klantenservice",
        "Usel kundservice",
        "Tusen takk for rask hjelp",
        "Hrozný servis, už nikdy více",
        "Miert nem mukodik az alkalmazas",
        "Berbat hizmet",
        "Huono asiakaspalvelu",
        "Pelayanan buruk sekali",
        "Dich vu te qua, toi rat that vong",
        "Ang bagal ng serbisyo nyo",
        "Paisa wapas karo bhai",
        "Asante sana kwa msaada",
    ],
)
def test_other_languages(text: str) -> None:
    assert not _english(text)


def test_brighter(shared_data: Path) -> None:
    def refused(name: str) -> float:
        path = shared_data / "brighter_semeval2025" / f"track_a_dev_{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            texts = [row["text"] for row in csv.DictReader(file)]
        return sum(not _english(t) for t in texts) / len(texts)

    assert refused("eng") <= 0.02
    assert min(refused(n) for n in ("deu", "ptbr", "chn", "swe")) >= 0.85
    assert refused("esp") >= 0.75


def test_marks_of_masked_text_are_read_as_words_and_every_place_stays() -> None:
    text = "[email] and [name]'s [NAME] [other] (card) [card]"
    assert marks_as_words(text) == "(email) and (name)'s [NAME] [other] (card) (card)"
    assert len(marks_as_words(text)) == len(text)
