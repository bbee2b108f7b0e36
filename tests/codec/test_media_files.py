from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb import messages
from datumpb.codec.media_files import media_files
from tests.support.item_messages import encode_item
from tests.support.media_kinds import media_items, refs_of

if TYPE_CHECKING:
    from pathlib import Path


def test_every_reference_of_every_kind_is_found(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    for item in media_items(tmp_path / "sources"):
        for ref in refs_of(item):  # a file's path of this machine cannot be written
            ref.path = None if ref.path is None else ref.path.removeprefix(f"{tmp_path}/").replace("sources/", "")
        found = {(ref.path, ref.data) for ref in media_files(encode_item(item))}
        assert found == {(ref.path or "", ref.data or b"") for ref in refs_of(item)}


def test_what_is_changed_is_changed_in_the_item() -> None:
    item = messages.Item(id="a")
    item.media.image.file.path = "x.png"
    for ref in media_files(item):
        ref.encrypted = True
    assert item.media.image.file.encrypted


def test_looking_adds_nothing() -> None:
    item = messages.Item(id="a", annotations=[messages.Annotation()])
    before = item.SerializeToString()
    assert not list(media_files(item))
    assert item.SerializeToString() == before
