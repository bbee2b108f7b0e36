"""Datasets of several files in one input, and what is done with a dataset once a format has opened it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datumpb.codec.items import decode_item
from datumpb.codec.meta import encode_meta
from datumpb.model.media import media_refs
from tests.fuzz.harness import OnlyTypedErrors
from tests.support.item_messages import encode_item

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.source import DatasetSource
    from datumpb.model.item import Item

_START = re.compile(rb"(?:\A|\n)--- ([\w. /-]{1,80})\n")
_MOST_FILES = 16


def pack(folder: Path) -> bytes:
    """Make one input of the files in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"\n".join(
        b"--- " + path.relative_to(folder).as_posix().encode() + b"\n" + path.read_bytes() for path in files
    )


def unpack(data: bytes, folder: Path) -> None:
    """Make the files of an input, none of them outside of the folder."""
    names = list(_START.finditer(data))[:_MOST_FILES]
    ends = [name.start() for name in names[1:]] + [len(data)]
    for name, end in zip(names, ends, strict=False):
        parts = name[1].decode().split("/")
        path = folder.joinpath(*parts)
        if any(not part.strip(". ") for part in parts) or not path.is_relative_to(folder):
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data[name.end() : end])
        except OSError:  # a file where a folder should be, or the other way round
            continue


def use(source: DatasetSource, root: Path) -> bool:
    """Read a dataset in every way; return whether it has items that were read to the last one.

    What it says is stored as it is, and its media are inside of its folder.
    """
    whole = False
    for subset in source.subsets():
        with OnlyTypedErrors():
            encode_meta(source.meta(subset))
        with OnlyTypedErrors():
            ids = [_checked(item, root) for item in source.items(subset)]
            assert source.count(subset) == len(ids)
            for item_id in ids[:1] + ids[-1:]:
                assert source.item(item_id, subset).id == item_id
            whole = whole or bool(ids)
    return whole


def _checked(item: Item, root: Path) -> str:
    with OnlyTypedErrors():
        assert decode_item(encode_item(item), item.subset, None) == item
    for ref in media_refs(item.media):
        with OnlyTypedErrors():
            plain = ref.plain_file()
            assert plain is None or plain.resolve().is_relative_to(root.resolve())
            ref.read()
    return item.id
