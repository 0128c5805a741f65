"""Write keys: shown once, kept as a hash, known by their name, gone when revoked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from heartline.errors import AccessError
from heartline.records import keys
from heartline.records.store import Records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    made = Records(tmp_path / "r.db")
    yield made
    made.close()


def test_a_key_opens_under_its_name(records: Records) -> None:
    first, second = keys.create(records, "shop"), keys.create(records, "till")
    assert first != second
    assert len(first) >= 47
    known = keys.every(records)
    assert (keys.owner(known, first), keys.owner(known, second)) == ("shop", "till")
    assert keys.owner(known, first[:-1]) is None
    assert keys.owner(known, "") is None
    assert keys.owner(known, keys.hash_of(first)) is None
    assert keys.owner(known, "\ud800") is None


def test_only_the_hash_is_kept(records: Records, tmp_path: Path) -> None:
    key = keys.create(records, "shop")
    assert keys.every(records)[0].key_hash == keys.hash_of(key)
    records.close()
    assert all(key.encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_name_is_taken_once_until_it_is_revoked(records: Records) -> None:
    old = keys.create(records, "shop")
    with pytest.raises(AccessError, match="already"):
        keys.create(records, "shop")
    keys.revoke(records, "shop")
    with pytest.raises(AccessError, match="no key shop"):
        keys.revoke(records, "shop")
    new = keys.create(records, "shop")
    known = keys.every(records)
    assert (keys.owner(known, old), keys.owner(known, new)) == (None, "shop")
    assert [(key.name, key.revoked_at is None) for key in known] == [("shop", False), ("shop", True)]


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "ä", "x" * 65, "a\n"])
def test_odd_names_are_refused(records: Records, name: str) -> None:
    with pytest.raises(AccessError, match="no name"):
        keys.create(records, name)
