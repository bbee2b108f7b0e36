"""Folders as sources of media: the same where they give the same bytes. What they give: test_media."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datumpb.container.media_file import EncryptedMediaFolder
from datumpb.container.remote_media import RemoteMediaFolder
from datumpb.model.media_folder import MediaFolder
from datumpb.storage.location import RemotePath, location
from tests.support.samples import KEY

if TYPE_CHECKING:
    from pathlib import Path


def test_the_same_source(tmp_path: Path) -> None:
    sources = [
        MediaFolder(tmp_path),
        MediaFolder(tmp_path / "a"),
        EncryptedMediaFolder(tmp_path, None),
        EncryptedMediaFolder(tmp_path, KEY),
    ]
    again = [
        MediaFolder(str(tmp_path)),
        MediaFolder(tmp_path / "a"),
        EncryptedMediaFolder(tmp_path, None),
        EncryptedMediaFolder(str(tmp_path), KEY),
    ]
    for place, source in enumerate(sources):
        assert [source == other for other in again] == [place == index for index in range(4)]
        assert hash(source) == hash(again[place])


def test_the_same_url() -> None:
    pytest.importorskip("fsspec", reason="fsspec is not installed: pip install 'datumpb[remote]'")
    one, same, other = (location(f"memory://media/{name}") for name in ("a", "a", "b"))
    assert isinstance(one, RemotePath)
    assert isinstance(same, RemotePath)
    assert isinstance(other, RemotePath)
    source = RemoteMediaFolder(one, None)
    assert source == RemoteMediaFolder(same, None)
    assert hash(source) == hash(RemoteMediaFolder(same, None))
    assert source != RemoteMediaFolder(other, None)
    assert source != RemoteMediaFolder(one, KEY)
    assert source != one
