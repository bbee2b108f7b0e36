"""Sound files: every kind of value, ids of every script, and the media that items show."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import datumpb as dp
from conformance.make.case import Case, valid
from conformance.make.entries import item, written
from conformance.make.forge import Forge
from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTEGERS = [0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 2**64, -(2**64), 10**40, -(10**40)]
_DOUBLES = [0.0, -0.0, 1.0, 0.1, 1e22, 1.7976931348623157e308, 5e-324, math.nan, math.inf, -math.inf, 123456789.125]
_TEXTS = ["", "a", "\0", '\\"/\b\f\n\r\t', "é", "e\u0301", "日本語", "😀", "\u2028\u2029", "\ufeff", "\uffff", "<&>'"]
_IDS = [
    *("a", "a/b/c", "../x", "/", ".", " ", " a", "a ", "A", "0", "-1", "null", "item\n", "\0", "a\0", "\t"),
    *("é", "e\u0301", "ß", "SS", "日本語", "😀", "👩‍👩‍👧", "\u202eabc", "\ufeff", "\uffff", "\u0085", "z" * 1000),
    *("C:\\x", "a\\b", "%2E", "a.jpg", "datum-x"),
]


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield valid("values-scalars", "null, bools, integers, doubles, text and bytes", _scalars())
    yield valid("values-nested", "lists and maps in each other, 30 deep and empty", _nested())
    yield valid("ids", "ids of all scripts, none normalised; 1 is not 01", Forge([[item(name) for name in _IDS]]))
    # The best known pair of words with one CRC-32.
    colliding = [item(name, dp.Caption(name)) for name in ("plumless", "other", "buckeroo")]
    yield valid("ids-of-one-crc32", "two ids whose CRC-32 is the same", Forge([colliding[:2], colliding[2:]]))
    for name, kinds in _media().items():
        entries = [item(f"{name} {number}", media=media) for number, media in enumerate(kinds)]
        yield valid(f"media-{name}", f"{name}: with all of its fields, with few, with none", Forge([entries]))
    yield _defaults()


def _scalars() -> Forge:
    values: dict[str, list[Any]] = {
        "integers": _INTEGERS,
        "doubles": _DOUBLES,
        "texts": _TEXTS,
        "bytes": [b"", b"\0", bytes(range(256))],
        "bools": [True, False],
        "null": [None],
    }
    entries = [
        item(kind, attributes={str(index): value for index, value in enumerate(found)})
        for kind, found in values.items()
    ]
    entries.append(item("keys", attributes=dict.fromkeys(_TEXTS)))
    entries.append(item("of annotations", dp.Label(attributes={"deep": list(values["doubles"]), "n": 2**70})))
    return Forge([entries])


def _nested() -> Forge:
    lists: Any = 1
    maps: Any = "deep"
    both: Any = None
    for depth in range(30):
        lists, maps = [lists], {str(depth): maps}
        both = [both, depth] if depth % 2 else {"": both}
    empty: dict[str, Any] = {
        "list": [],
        "map": {},
        "lists": [[], [[]]],
        "maps": {"a": {}, "": {"": {}}},
        "mixed": [{}, [], None, "", b""],
    }
    deep = {"lists": lists, "maps": maps, "both": both}
    return Forge([[item("empty", attributes=empty), item("30 deep", dp.Tabular(deep), attributes=deep)]])


def _media() -> dict[str, list[Any]]:
    full = dp.MediaRef("a/b.bin", b"bytes", 2**64 - 1, 2**32 - 1, encrypted=True)
    zero = dp.MediaRef("é/日本.jpg", b"", 0, 0)
    image, nothing = dp.Image(full, 2**32 - 1, 0), dp.Image()
    most = 2**64 - 1
    return {
        "image": [image, dp.Image(zero, 480, 640), dp.Image(dp.MediaRef("a.jpg")), dp.Image(dp.MediaRef()), nothing],
        "point-cloud": [dp.PointCloud(full, [image, nothing]), dp.PointCloud(zero), dp.PointCloud()],
        "video": [dp.Video(full, 2, 3, 0), dp.Video(zero, most, most, most), dp.Video()],
        "video-frame": [dp.VideoFrame(dp.Video(full, 5), most), dp.VideoFrame(dp.Video(), 0)],
        "multiframe-image": [
            dp.MultiframeImage(full, [image, nothing]),
            dp.MultiframeImage(None, []),
            dp.MultiframeImage(),
        ],
        "generic": [dp.GenericMedia(full), dp.GenericMedia()],
        "table-row": [dp.TableRow(full, most), dp.TableRow(None, 0)],
        "none": [None],
    }


def _defaults() -> Case:
    message = messages.Item(id="a")
    message.media.video.step = 1
    message.media.video.start_frame = message.media.video.end_frame = 0
    other = messages.Item(id="b")
    other.media.video_frame.SetInParent()
    note = "optional fields that are there with their default, messages that are there and empty"
    return valid("media-defaults", note, Forge([[written(message), written(other)]]))
