from __future__ import annotations

import io
from typing import TYPE_CHECKING

import datumaro as dm
import numpy as np
import PIL.Image
import pytest
from datumaro.components import media as dm_media

import datumpb as dp
from datumpb.integrations.datumaro.media_in import MediaIn
from datumpb.integrations.datumaro.media_out import MediaOut
from datumpb.model.media import media_refs
from tests.support import bridge
from tests.support.samples import KEY, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.integrations.datumaro.foreign import Foreign

KINDS = [
    kind for kind in dp.MediaType if kind not in {dp.MediaType.UNSPECIFIED, dp.MediaType.NONE, dp.MediaType.GENERIC}
]


def to_datumaro(media: dp.Media | None, losses: dp.LossReport) -> Foreign:
    return MediaOut().convert(media, "item", losses)


def from_datumaro(media: Foreign) -> dp.Media | None:
    losses = dp.LossReport()
    converted = MediaIn().convert(media, "item", losses)
    assert not losses
    return converted


@pytest.mark.parametrize("kind", KINDS)
def test_media_of_every_kind_come_back(kind: dp.MediaType, tmp_path: Path) -> None:
    for media in bridge.media(tmp_path)[kind]:
        losses = dp.LossReport()
        back = from_datumaro(to_datumaro(media, losses))
        assert not losses
        if media is None or media_refs(media)[0].data is None:
            assert back == media
        else:
            assert type(back) is type(media)
            assert [ref.read() for ref in media_refs(back)] == [ref.read() for ref in media_refs(media)]


def test_encrypted_media_are_fetched_when_asked_for(tmp_path: Path) -> None:
    kinds = [dp.MediaType.IMAGE, dp.MediaType.POINT_CLOUD, dp.MediaType.TABLE_ROW]
    media = [one for kind in kinds for one in bridge.media(tmp_path / "in")[kind] if one is not None]
    items = [dp.Item(str(number), media=one) for number, one in enumerate(media)]
    dataset = dp.Dataset.from_iterable(items)
    dataset.export(tmp_path / "out", "datumpb", save_media=True, encryption=True, encryption_key=KEY)
    stored = list(dp.Dataset.import_from(tmp_path / "out", encryption_key=KEY))
    losses = dp.LossReport()
    out = MediaOut()
    converted = [out.convert(item.media, item.id, losses) for item in stored]
    assert not losses
    assert np.array_equal(converted[0].data, dm.Image.from_bytes(bridge.png()).data)
    assert converted[3].data == bridge.CLOUD
    assert converted[3].extra_images[0].bytes == bridge.png()
    assert converted[-1].data() == {"age": 3, "kind": "a"}
    assert converted[-1].table is converted[-2].table
    for item, one in zip(stored, converted, strict=True):
        back = from_datumaro(one)
        if not isinstance(back, dp.TableRow):  # its table has no file any more: it is written anew
            assert [ref.read() for ref in media_refs(back)] == [ref.read() for ref in media_refs(item.media)]
    (tmp_path / "out" / str(media_refs(stored[0].media)[0].path)).unlink()
    with pytest.raises(dp.MediaNotFoundError):
        _ = converted[0].data


def test_an_inline_image_is_saved_as_it_is(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    PIL.Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(buffer, "jpeg", quality=30)
    image = to_datumaro(dp.Image.from_bytes(buffer.getvalue()), dp.LossReport())
    image.save(str(tmp_path / "a" / "b.jpg"))
    assert (tmp_path / "a" / "b.jpg").read_bytes() == buffer.getvalue()
    again = io.BytesIO()
    image.save(again)
    assert again.getvalue() == buffer.getvalue()
    image.save(str(tmp_path / "b.png"))
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")


def test_images_in_memory_become_pictures_with_the_same_pixels(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8)
    whole = dm.Image.from_numpy(pixels)
    roi = dm_media.RoIImage.from_image(whole, (1, 0, 3, 2))
    mosaic = dm_media.MosaicImage.from_image_roi_pairs([(whole, (0, 0, 6, 4))], (4, 6))
    for image in (whole, dm.Image.from_numpy(lambda: pixels), roi, mosaic):
        converted = from_datumaro(image)
        assert isinstance(converted, dp.Image)
        assert converted.file is not None
        assert converted.file.path == "item.png"
        assert converted.file.plain_file() is None
        assert np.array_equal(converted.pixels()[..., ::-1], image.data)  # BGR in Datumaro
    path = tmp_path / "a.bin"
    path.write_bytes(bridge.png())
    for data in (path.read_bytes(), path.read_bytes):
        converted = from_datumaro(dm.Image.from_bytes(data))
        assert isinstance(converted, dp.Image)
        assert converted.file is not None
        assert converted.file.path == "item.png"
        assert converted.file.read() == bridge.png()


def test_bytes_that_are_no_picture_have_no_extension() -> None:
    converted = from_datumaro(dm.Image.from_bytes(lambda: b"nothing"))
    assert isinstance(converted, dp.Image)
    assert converted.file is not None
    assert converted.file.path == "item"


@pytest.mark.parametrize("image", [dp.Image(None, 3, 4), dp.Image(), dp.Image(dp.MediaRef("/nowhere/a.png"), 3, 4)])
def test_an_image_without_bytes_stays_one(image: dp.Image) -> None:
    converted = to_datumaro(image, dp.LossReport())
    assert not converted.has_data
    assert from_datumaro(converted) == image


def test_a_table_without_a_file_is_written_as_one() -> None:
    table = dm_media.Table.from_list([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}])
    into = MediaIn()
    rows = [into.convert(row, "item", dp.LossReport()) for row in table]
    assert rows[0] == dp.TableRow(dp.MediaRef("table-0.csv"), 0)
    assert [media_refs(row)[0].read() for row in rows] == [b"a,b\n1,x\n2,y\n"] * 2
    assert media_refs(rows[0])[0] is media_refs(rows[1])[0]


@pytest.mark.parametrize(
    ("media", "loss"),
    [
        (dp.Image(None, 3), "height of an image without its width, or width without height"),
        (dp.Video(None, 0), "video with an impossible range of frames"),
        (dp.VideoFrame(dp.Video(None, 1, 5, 4), 0), "video with an impossible range of frames"),
        (dp.Video(dp.MediaRef(data=b"")), "bytes of a video that is no plain file of its own, which Datumaro needs"),
        (dp.MultiframeImage(), "picture of several frames without any file"),
        (dp.TableRow(None, 0), "row of a table that cannot be read"),
        (dp.TableRow(dp.MediaRef("/nowhere/a.csv"), 0), "row of a table that cannot be read"),
        (dp.TableRow(dp.MediaRef(data=b"a,b\n1,2\n"), 1), "row of a table that cannot be read"),
    ],
)
def test_what_datumaro_cannot_hold_is_counted(media: dp.Media, loss: str) -> None:
    losses = dp.LossReport()
    to_datumaro(media, losses)
    assert losses.counts == {loss: 1}


def test_media_of_an_unknown_type_are_counted() -> None:
    class Unknown(dm.MediaElement):  # type: ignore[misc]  # Datumaro has no types
        pass

    losses = dp.LossReport()
    assert MediaIn().convert(Unknown(), "item", losses) == dp.GenericMedia()
    assert losses.counts == {"media of a type that datumpb does not have (Unknown)": 1}


def test_pixels_that_datumaro_cannot_make_are_an_error_in_one_line() -> None:
    def fail() -> np.ndarray:
        message = "no such\nslice"
        raise IndexError(message)

    converted = from_datumaro(dm.Image.from_numpy(fail))
    with pytest.raises(dp.BridgeError) as caught:
        media_refs(converted)[0].read()
    one_line(caught.value, "item.png", "IndexError: no such slice")
