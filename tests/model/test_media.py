"""Media: where bytes come from, and which files a medium refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datumpb.errors import MediaNotFoundError
from datumpb.model import media as model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Shelf:
    def chunks(self, ref: model.MediaRef) -> Iterator[bytes]:
        yield f"{ref.path} ".encode()
        yield b"from the shelf"

    def plain_file(self, ref: model.MediaRef) -> None:
        pass


def test_bytes_come_from_memory_then_source_then_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"from disk")
    assert model.MediaRef(str(path), b"inline", source=Shelf()).read() == b"inline"
    assert model.MediaRef("a", source=Shelf()).read() == b"a from the shelf"
    assert model.MediaRef(str(path)).read() == b"from disk"


def test_bytes_that_are_nowhere_are_not_found(tmp_path: Path) -> None:
    with pytest.raises(MediaNotFoundError, match="not part of the dataset"):
        model.MediaRef().read()
    with pytest.raises(MediaNotFoundError, match=r"a\.jpg: cannot read"):
        model.MediaRef(str(tmp_path / "a.jpg")).read()


A, B, C = model.MediaRef("a"), model.MediaRef("b"), model.MediaRef("c")


@pytest.mark.parametrize(
    ("media", "refs"),
    [
        (None, []),
        (model.Image(), []),
        (model.Image(A), [A]),
        (model.PointCloud(A, [model.Image(B), model.Image(), model.Image(C)]), [A, B, C]),
        (model.PointCloud(None, [model.Image(B)]), [B]),
        (model.Video(A), [A]),
        (model.VideoFrame(model.Video(A), 1), [A]),
        (model.MultiframeImage(A, [model.Image(B)]), [A, B]),
        (model.GenericMedia(A), [A]),
        (model.TableRow(A, 1), [A]),
        (model.TableRow(None, 1), []),
    ],
)
def test_every_file_of_a_medium_is_listed(media: model.Media | None, refs: list[model.MediaRef]) -> None:
    assert model.media_refs(media) == refs
