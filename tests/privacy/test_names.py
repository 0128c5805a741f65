"""Names of the customer's own record, and names that are words as well."""

from __future__ import annotations

import pytest

from heartline.privacy import masked, names_of


@pytest.mark.parametrize(
    ("record", "text", "expected"),
    [
        ("Anna Berg", "anna here, ANNA'S order for Berg", "[name] here, [name]'S order for [name]"),
        ("Anna Berg", "Annas Paket, Berg, Anna", "[name]s Paket, [name]"),
        ("Berg, Anna", "I am Anna Berg.", "I am [name]."),
        ("Anna Berg", "banana Annabel annas-shop bergamot", "banana Annabel annas-shop bergamot"),
        ("Anne-Marie O'Brien", "Anne Marie O'Brien, anne-marie", "[name]"),
        ("Jürgen Müller", "jurgen mueller and Jürgen MÜLLER", "[name] and [name]"),
        ("Juergen Mueller", "Jürgen Müller", "[name]"),
        ("José García", "Jose garcia", "[name]"),
        ("J. R. Smithson", "J. R. Smithson writes. J is a letter", "[name] writes. J is a letter"),
        ("Dr. Ludwig van Hoven", "Ludwig van Hoven, a van came", "[name], a van came"),
        ("Will Smithers", "Will you help? I am Will. Will Smithers", "Will you help? I am [name]. [name]"),
        ("Will Smithers", "I will go where there is a will", "I will go where there is a will"),
        ("Rose Hart", "a Rose Gold phone, roses, the rose", "a Rose Gold phone, roses, the rose"),
        ("Rose Hart", "My name is Rose and i am happy", "My name is [name] and i am happy"),
        ("May Lang", "in May, from May to June. May I?", "in May, from May to June. May I?"),
        ("May Lang", "Dear May,\nthanks", "Dear [name],\nthanks"),
        ("Mark Stone", "please mark it. it is set in stone", "please mark it. it is set in stone"),
        ("Mark Stone", "could somebody tell Mark that it came", "could somebody tell [name] that it came"),
        ("Grace Joy", "What joy! Such grace", "What joy! Such grace"),
        ("Grace Joy", "It broke.\nBest regards,\nGrace", "It broke.\nBest regards,\n[name]"),
        ("Eva Klein", "Das Paket ist zu Klein, Frau Klein", "Das Paket ist zu Klein, Frau [name]"),
        ("Bo Li", "bo li. I am Bo Li", "bo li. I am [name]"),
        ("Blue Bottle GmbH", "the blue bottle; Blue Bottle GmbH", "the blue bottle; [name]"),
        ("山田太郎", "私は山田太郎です", "私は[name]です"),
        ("anna@shop.example", "anna, shop", "anna, shop"),
        ("", "anna", "anna"),
        ("Card Name", "the [card] and my card, Card Name", "the [card] and my card, [name]"),
    ],
)
def test_names(record: str, text: str, expected: str) -> None:
    assert masked(text, ["name"], names_of(record))[0] == expected
