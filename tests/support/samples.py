"""Small things that many tests need: keys, items, files."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import datumpb as dp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KEY = "datum-" + base64.urlsafe_b64encode(bytes(range(32))).decode()
OTHER_KEY = "datum-" + base64.urlsafe_b64encode(bytes(range(1, 33))).decode()


def some_items(count: int) -> list[dp.Item]:
    """Make items that are all different and not empty."""
    return [
        dp.Item(
            f"item-{index}",
            subset="train",
            media=dp.Image(dp.MediaRef(f"images/train/item-{index}.jpg"), 4, 6),
            attributes={"number": index},
            annotations=[dp.Bbox(index, 2, 3, 4.5, label=index % 3, id=index), dp.Caption(f"caption {index}")],
        )
        for index in range(count)
    ]


def write(path: Path, items: Iterable[dp.Item], key: str | None = None) -> Path:
    """Write a file of subset train with three labels."""
    categories = dp.Categories.from_labels(["cat", "dog", "emu"])
    with dp.DatumWriter(path, subset="train", categories=categories, infos={"from": "a test"}, key=key) as writer:
        for item in items:
            writer.write(item)
    return path


def flipped(data: bytes, bit: int) -> bytes:
    """Return the data with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def one_line(error: BaseException, *names: object) -> str:
    """Return an error's text, which has to be one line, to name what it is about, and never to show a key."""
    text = str(error)
    assert text.isprintable(), repr(text)
    assert all(str(name) in text for name in names), text
    seen: BaseException | None = error
    told: list[BaseException] = []
    while seen is not None and seen not in told:  # Datumaro raises an error's cause while it handles that error
        told.append(seen)
        assert not any(key[6:] in f"{seen!s} {seen!r} {seen.args!r}" for key in (KEY, OTHER_KEY))
        seen = seen.__cause__ or seen.__context__
    return text
