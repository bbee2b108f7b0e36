"""Images from bytes: what their messages say, or nothing."""

from __future__ import annotations

import pytest
from google.protobuf.message import DecodeError
from hypothesis import assume, given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.image_bytes import read_image
from datumpb.codec.media import decode_media, media_to_bytes
from datumpb.model.media import Image, MediaRef
from tests.support import strategies

PATHS = st.text(st.characters(codec="utf-8", exclude_characters="\0/\\:"), min_size=1, max_size=40)
USUAL = st.builds(lambda path, *size: Image(MediaRef("x" + path), *size), PATHS, *[st.integers(128, 16383)] * 2)


def assert_like_its_message(data: bytes) -> Image | None:
    found = read_image(data, None)
    assert found is None or found == decode_media(messages.Media.FromString(data), None)
    return found


@given(st.sampled_from([*strategies.MEDIA_BY_TYPE.values()]).flatmap(lambda media: media))
def test_any_medium(media: object) -> None:
    assert_like_its_message(media_to_bytes(media))  # type: ignore[arg-type]  # a medium of any kind


@given(USUAL)
def test_usual_images_are_read(image: Image) -> None:
    assume(len(media_to_bytes(image)) < 128)
    assert assert_like_its_message(media_to_bytes(image)) == image


@given(USUAL, st.data())
def test_damaged_bytes(image: Image, data: st.DataObject) -> None:
    damaged = bytearray(media_to_bytes(image))
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        messages.Media.FromString(bytes(damaged))
    except DecodeError:
        return
    assert_like_its_message(bytes(damaged))


@pytest.mark.parametrize(
    ("image", "read"),
    [
        (Image(MediaRef("a"), 128, 16383), True),
        (Image(MediaRef("a" * 112), 480, 640), True),
        (Image(MediaRef("a" * 116), 480, 640), False),
        (Image(MediaRef("a"), 127, 640), False),
        (Image(MediaRef("a"), 480, 16384), False),
        (Image(MediaRef("a"), 480), False),
        (Image(MediaRef("a", size=3), 480, 640), False),
        (Image(None, 480, 640), False),
        (Image(), False),
    ],
)
def test_which_are_read(image: Image, read: bool) -> None:
    assert (assert_like_its_message(media_to_bytes(image)) is not None) == read


def test_a_path_without_characters() -> None:
    image = assert_like_its_message(bytes.fromhex("0a0a 0a02 0a00 10e003 188005"))
    assert image == Image(MediaRef(""), 480, 640)
