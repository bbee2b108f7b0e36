"""Pictures with a palette: numbers and colours are those that pillow makes of them."""

from __future__ import annotations

import io
import zlib

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.errors import MediaMismatchError
from datumpb.model.pictures import decode, decode_numbers


def encoded(image: PIL.Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@given(st.lists(st.integers(0, 255), min_size=1, max_size=30), st.binary(min_size=768, max_size=768))
def test_as_pillow_converts_it(numbers: list[int], palette: bytes) -> None:
    image = PIL.Image.fromarray(np.array([numbers], np.uint8))
    image.putpalette(palette)
    data = encoded(image)
    found = decode_numbers(data)
    assert found is not None
    pixels, colours = found
    assert pixels.tolist() == [numbers]
    assert colours[pixels].tolist() == decode(data).tolist()


def test_a_number_that_is_not_in_the_palette() -> None:
    image = PIL.Image.fromarray(np.array([[0, 3]], np.uint8))
    image.putpalette(bytes(range(12)))
    data = bytearray(encoded(image))
    assert decode_numbers(bytes(data)) is not None
    start = data.index(b"PLTE") - 4
    size = int.from_bytes(data[start : start + 4], "big")
    chunk = b"PLTE" + bytes(range(6))
    data[start : start + 12 + size] = (6).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    assert decode_numbers(bytes(data)) is None
    assert decode(bytes(data)).shape == (1, 2, 3)


@pytest.mark.parametrize("mode", ["L", "RGB", "1", "RGBA", "I;16"])
def test_pictures_without_a_palette(mode: str) -> None:
    assert decode_numbers(encoded(PIL.Image.new(mode, (3, 2)))) is None


def test_what_is_no_picture() -> None:
    with pytest.raises(MediaMismatchError, match="not a picture that can be decoded"):
        decode_numbers(b"\x89PNG nothing", "a.png")
    with pytest.raises(MediaMismatchError):
        decode_numbers(encoded(PIL.Image.new("P", (30, 20)))[:60], "a.png")
