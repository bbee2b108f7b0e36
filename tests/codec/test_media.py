"""Media: every kind through bytes, defaults that take no space, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.media import decode_media, media_to_bytes
from datumpb.errors import DamagedFileError, InvalidItemError, MediaPathError
from datumpb.model import media as model
from tests.support import strategies


def encoded(media: Any) -> messages.Media:  # noqa: ANN401 -- anything, to see it refused
    return messages.Media.FromString(media_to_bytes(media))


@pytest.mark.parametrize("kind", strategies.MEDIA_BY_TYPE, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_kind_comes_back_identical(kind: type, data: st.DataObject) -> None:
    media = data.draw(strategies.MEDIA_BY_TYPE[kind])
    assert type(media) is kind
    assert decode_media(messages.Media.FromString(encoded(media).SerializeToString()), None) == media


EMPTY: list[model.Media] = [
    model.Image(),
    model.PointCloud(),
    model.Video(),
    model.VideoFrame(model.Video(), 0),
    model.MultiframeImage(),
    model.GenericMedia(),
    model.TableRow(None, 0),
]


def test_every_kind_of_the_schema_is_known() -> None:
    kinds = {field.name for field in messages.Media.DESCRIPTOR.oneofs_by_name["kind"].fields}
    assert {encoded(media).WhichOneof("kind") for media in EMPTY} == kinds
    assert set(strategies.MEDIA_BY_TYPE) == {type(media) for media in EMPTY} == set(model.MEDIA_TYPES)


@pytest.mark.parametrize("media", EMPTY, ids=lambda media: type(media).__name__)
def test_what_is_empty_is_still_there(media: model.Media) -> None:
    assert decode_media(messages.Media.FromString(encoded(media).SerializeToString()), None) == media


@pytest.mark.parametrize(
    ("media", "wire"),
    [
        (model.Image(), "0a00"),
        (model.Image(model.MediaRef()), "0a020a00"),
        (model.Image(model.MediaRef("a", b"", 0, 0), 0, 0), "0a120a0c0a0161120018002500000000" + "10001800"),
        (model.Image(model.MediaRef("a", encrypted=True)), "0a070a050a01612801"),
        (model.Video(), "1a00"),
        (model.Video(step=2, start_frame=1, end_frame=0), "1a06100218012000"),
        (model.TableRow(None, 1), "3a021001"),
    ],
)
def test_the_wire(media: model.Media, wire: str) -> None:
    assert encoded(media).SerializeToString(deterministic=True).hex() == wire


@pytest.mark.parametrize(
    ("media", "problem"),
    [
        (None, "None is no medium"),
        (model.MediaRef("a"), "of type MediaRef is no medium"),
        (model.Image("a.jpg"), "media file 'a.jpg' is no MediaRef"),  # type: ignore[arg-type]  # wrong on purpose
        (model.Image(None, 1.5), "image height 1.5 is not an integer"),  # type: ignore[arg-type]  # wrong on purpose
        (model.Image(None, 1, 2**32), "image width 4294967296 is not from"),
        (model.Image(model.MediaRef(b"a")), "media path b'a' is not text"),  # type: ignore[arg-type]  # wrong on purpose
        (model.Image(model.MediaRef(data="a")), "media data 'a' is not bytes"),  # type: ignore[arg-type]  # wrong on purpose
        (model.Image(model.MediaRef(size=-1)), "media size -1 is not from"),
        (model.Image(model.MediaRef(crc32=2**32)), "media crc32 4294967296 is not from"),
        (model.Image(model.MediaRef(encrypted=1)), "media encrypted 1 is not true or false"),  # type: ignore[arg-type]  # wrong on purpose
        (model.PointCloud(None, [None]), "image None is no Image"),  # type: ignore[list-item]  # wrong on purpose
        (model.MultiframeImage(None, [model.Image(None, -1)]), "image height -1 is not from"),
        (model.Video(step=0), "video step 0 is not from 1"),
        (model.Video(start_frame=-1), "video start_frame -1 is not from"),
        (model.Video(end_frame=-1), "video end_frame -1 is not from"),
        (model.VideoFrame(None, 0), "video None is no Video"),  # type: ignore[arg-type]  # wrong on purpose
        (model.VideoFrame(model.Video(), -1), "video frame index -1 is not from"),
        (model.TableRow(None, 2**64), "table row index 18446744073709551616 is not from"),
    ],
)
def test_what_cannot_be_held_is_refused(media: object, problem: str) -> None:
    with pytest.raises(InvalidItemError, match=f"^{problem}"):
        encoded(media)


REF = model.MediaRef("../a")


@pytest.mark.parametrize(
    "media",
    [
        model.Image(REF),
        model.PointCloud(REF),
        model.PointCloud(None, [model.Image(REF)]),
        model.Video(REF),
        model.VideoFrame(model.Video(REF), 0),
        model.MultiframeImage(REF),
        model.MultiframeImage(None, [model.Image(REF)]),
        model.GenericMedia(REF),
        model.TableRow(REF, 0),
    ],
)
def test_no_file_may_lie_outside(media: model.Media) -> None:
    with pytest.raises(MediaPathError):
        encoded(media)


def test_a_video_of_step_0_is_damaged() -> None:
    with pytest.raises(DamagedFileError, match="step 0"):
        decode_media(messages.Media(video=messages.Video(step=0)), None)


def test_no_kind_is_none() -> None:
    assert decode_media(messages.Media(), None) is None
