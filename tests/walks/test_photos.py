"""Pictures: only those that are, and nothing in them that is not shown."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.walks.pictures import JPEG, PNG, SECRET, WEBP, jpeg_with, png_with, webp_with

from heartline.errors import WalkError
from heartline.walks import photos
from heartline.walks.photos import bare


@pytest.mark.parametrize(("body", "ending"), [(JPEG, "jpg"), (PNG, "png"), (WEBP, "webp")])
def test_a_plain_picture_is_left_to_the_byte(body, ending):
    assert bare(body) == (body, ending)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (jpeg_with((0xE1, SECRET), (0xE2, b"ICC" + SECRET), (0xFE, SECRET), (0xED, SECRET), (0xE0, b"JFIF\0")), JPEG),
        (JPEG + SECRET, JPEG),
        (JPEG + jpeg_with((0xE1, SECRET)), JPEG),  # a second picture behind the first
        (jpeg_with((0xE1, b"")).replace(b"\xff\xe1", b"\xff\xff\xff\xe1"), JPEG),
        (png_with((b"eXIf", SECRET), (b"tEXt", SECRET), (b"tIME", b"\0" * 7)), PNG),
        (PNG + SECRET, PNG),
        (webp_with(0b1100, (b"EXIF", SECRET), (b"XMP ", SECRET)), WEBP),
        (WEBP + SECRET, WEBP),
    ],
)
def test_what_a_camera_writes_in_is_cut_out(body, left):
    made, _ = bare(body)
    assert made == left
    assert b"4711" not in made


def large(body: bytes, at: int, form: str) -> bytes:
    made = bytearray(body)
    struct.pack_into(form, made, at, photos.MOST_PIXELS + 1)
    return bytes(made)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no picture"),
        (b"GIF89a" + b"\0" * 40, "no picture"),
        (b"<svg onload='alert(1)'/>", "no picture"),
        (b"<html>" + JPEG, "no picture"),
        (b"%PDF-1.7", "no picture"),
        (b"\xff\xd8\xff", "cut off"),
        (b"\xff\xd8\xff\xd9", "shows nothing"),
        (JPEG[:-2], "cut off"),
        (JPEG[:200], "cut off"),
        (JPEG[:2] + b"<script>", "no picture"),
        (b"\xff\xd8\xff\xe0\0\x04ab<script>", "broken"),
        (PNG[:-12], "cut off"),
        (PNG[:40] + b"\0" + PNG[41:], "broken"),
        (PNG[:8] + PNG[33:], "broken"),
        (PNG[:33] + PNG[-12:], "shows nothing"),
        (png_with((b"acTL", b"\0" * 8)), "moves"),
        (png_with((b"NEWS", b"\0" * 8)), "unknown kind"),
        (WEBP[:60], "cut off"),
        (webp_with(0b10), "moves"),
        (webp_with(0, (b"ANMF", b"\0" * 24)), "moves"),
        (b"RIFF\x04\0\0\0WEBP", "shows nothing"),
        (large(JPEG, JPEG.index(b"\xff\xc0") + 5, ">H"), "by 4097 points|4097"),
        (b"\0" * (photos.MOST_BYTES + 1), "at most 4,000,000"),
    ],
)
def test_what_is_no_such_picture_is_refused(body, said):
    with pytest.raises(WalkError, match=said):
        bare(body)


@settings(max_examples=150)
@given(st.sampled_from([JPEG, PNG, WEBP]), st.data())
def test_whatever_is_broken_is_refused_or_bare(body, data):
    """No bytes break the reading, and what comes out once comes out the same again."""
    made = bytearray(body)
    for _ in range(data.draw(st.integers(1, 4))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    del made[data.draw(st.integers(1, len(made))) :]
    try:
        left, ending = bare(bytes(made))
    except WalkError:
        return
    assert bare(left) == (left, ending)
