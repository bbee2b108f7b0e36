"""A COCO file, looked through once: its lists stay in the file, and what joins them is noted."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import msgspec
import numpy as np

from datumpb.dataset.json_start import keys_by_depth, read_start
from datumpb.dataset.places import Located
from datumpb.formats.coco.columns import Column
from datumpb.formats.coco.elements import Elements
from datumpb.formats.coco.jsonvalues import JsonObject, check, get
from datumpb.formats.coco.known_file import KnownFile, unreadable
from datumpb.formats.coco.parsing import NOT_READ, parse_part
from datumpb.formats.coco.scan import MAX_SIZE, Run, scan, scan_list

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.formats.coco.scan import Value
    from datumpb.formats.coco.whole_numbers import WholeNumbers

_LISTS = frozenset({"images", "annotations"})


class _Image(msgspec.Struct, gc=False):
    id: Any = None
    file_name: Any = None


class _Annotation(msgspec.Struct, gc=False):
    id: Any = None
    image_id: Any = None


_IMAGES = msgspec.json.Decoder(list[_Image])
_ANNOTATIONS = msgspec.json.Decoder(list[_Annotation])


@dataclass(slots=True)
class Images:
    """The images of a file, in its order.

    Attributes:
        elements: Where they are.
        ids: The code of each one's id.
        names: The hash of each one's file name.
        stems: The hash of its file name without the extension.
    """

    elements: Elements = field(default_factory=Elements)
    ids: Column = field(default_factory=lambda: Column("i8"))
    names: Column = field(default_factory=lambda: Column("i8"))
    stems: Column = field(default_factory=lambda: Column("i8"))


@dataclass(slots=True)
class Annotations:
    """The annotations of a file, in its order.

    Attributes:
        elements: Where they are.
        ids: The code of each one's id.
        owners: The code of each one's image id.
    """

    elements: Elements = field(default_factory=Elements)
    ids: Column = field(default_factory=lambda: Column("i8"))
    owners: Column = field(default_factory=lambda: Column("i8"))


@dataclass(slots=True)
class Document:
    """The parts of a COCO file.

    Attributes:
        file: The file.
        images: Its images; empty where it has none.
        annotations: Its annotations; empty where it has none.
        categories: Its categories; empty where it has none.
        others: Everything else at the top level.
        missing: Which of images, annotations and categories it does not have at all.
    """

    file: KnownFile
    images: Images = field(default_factory=Images)
    annotations: Annotations = field(default_factory=Annotations)
    categories: list[JsonObject] = field(default_factory=list)
    others: JsonObject = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.file.path

    def forget_joined(self) -> None:
        """Let go of all that only served to join the lists: what is left is where the images are."""
        self.images = Images(self.images.elements)
        self.annotations = Annotations()


def load(path: Path, task: str, numbers: WholeNumbers) -> Document:
    """Look through a COCO file of a task.

    Args:
        path: The file.
        task: The task.
        numbers: Gives codes to ids.

    Raises:
        SourceFormatError: It cannot be read, is not JSON, or not COCO.
    """
    with _opened(path) as file:
        document = Document(KnownFile.of(path, file))
        with Located(path):
            if task == "results":
                _check_start(file, path, b"[", list)
                for run in scan_list(file, path, "annotations"):
                    _add_annotations(document, run, numbers)
                return document
            _check_start(file, path, b"{", dict)
            found = {}
            for part in scan(file, path, _LISTS):
                if isinstance(part, Run):
                    (_add_images if part.key == "images" else _add_annotations)(document, part, numbers)
                else:
                    found[part.key] = part.value
                    _begin(document, part)
            document.missing = [key for key in ("images", "annotations", "categories") if key not in found]
            if "images" in document.missing or ("annotations" in document.missing and task != "image_info"):
                get(found, document.missing[0], list)
            for key in _LISTS:
                check(found.pop(key, []), list, key)
            document.categories = _objects(check(found.pop("categories", []), list, "categories"), "categories")
            document.others = found
    return document


def _begin(document: Document, part: Value) -> None:
    """Forget a list that stands in the file a second time, as a parser does."""
    if part.key == "images":
        document.images = Images()
    elif part.key == "annotations":
        document.annotations = Annotations()


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def _check_start(file: IO[bytes], path: Path, first: bytes, kind: type) -> None:
    """Make sure that a file begins with a map or list; one that does not is parsed, to say what it is."""
    start = file.read(MAX_SIZE >> 10).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    if start[:1] != first and start:
        check(parse_part(file.read(MAX_SIZE), path, 0), kind, "")


def _objects(entries: list[object], name: str, first: int = 0) -> list[JsonObject]:
    for index, entry in enumerate(entries):
        if type(entry) is not dict:
            check(entry, dict, f"{name}[{first + index}]")
    return entries  # type: ignore[return-value]  # checked above


def _add_images(document: Document, run: Run, numbers: WholeNumbers) -> None:
    images = document.images
    entries = _decoded(_IMAGES, run)
    if entries is None:
        found = _parsed(document.path, run, len(images.ids))
        entries = [_Image(entry.get("id"), entry.get("file_name")) for entry in found]
    ids, names = [entry.id for entry in entries], [entry.file_name for entry in entries]
    if not {int}.issuperset(map(type, ids)) or not {str}.issuperset(map(type, names)):
        for place, entry in _located(document.path, run, "images", len(images.ids)):
            with place:
                get(entry, "id", int)
                get(entry, "file_name", str)
    images.elements.append(run.offsets, run.sizes)
    images.ids.append(numbers.encode(ids))
    images.names.append(np.array([*map(hash, names)], np.int64))
    images.stems.append(np.array([hash(posixpath.splitext(name)[0]) for name in names], np.int64))


def _add_annotations(document: Document, run: Run, numbers: WholeNumbers) -> None:
    annotations = document.annotations
    entries = _decoded(_ANNOTATIONS, run)
    if entries is None:
        found = _parsed(document.path, run, len(annotations.ids))
        entries = [_Annotation(entry.get("id"), entry.get("image_id")) for entry in found]
    owners = [entry.image_id for entry in entries]
    if not {int}.issuperset(map(type, owners)):
        for place, entry in _located(document.path, run, "annotations", len(annotations.ids)):
            with place:
                get(entry, "image_id", int)
    annotations.elements.append(run.offsets, run.sizes)
    annotations.ids.append(numbers.encode([entry.id for entry in entries]))
    annotations.owners.append(numbers.encode(owners))


def _decoded(decoder: msgspec.json.Decoder[Any], run: Run) -> list[Any] | None:
    """Return what joins the objects of a run; None where something is in it that the decoder does not take."""
    try:
        entries: list[Any] = decoder.decode(run.text)
    except NOT_READ:
        return None
    return entries if len(entries) == len(run.offsets) else None


def _parsed(path: Path, run: Run, first: int) -> list[JsonObject]:
    return _objects(parse_part(run.text, path, run.start), run.key, first)


def _located(path: Path, run: Run, key: str, first: int) -> Iterator[tuple[Located, JsonObject]]:
    """Yield the objects of a run, each with its place, to find the one that is wrong."""
    for index, entry in enumerate(_parsed(path, run, first), first):
        yield Located(path, key, index), entry


def sniff(path: Path) -> str | None:
    """Tell by its first bytes which COCO task a file holds; None where it is not COCO."""
    text = read_start(path)
    keys = keys_by_depth(text)
    if text.startswith("["):
        return "results" if "image_id" in keys.get(2, ()) else None
    top = keys.get(1, {})
    if not text.startswith("{") or "items" in top or not ({"images", "annotations", "licenses"} & top.keys()):
        return None
    inner = keys.get(3, {})
    if "images" not in top and "licenses" not in top and "image_id" not in inner:
        return None
    found = {"segments_info": "panoptic", "caption": "captions", "keypoints": "person_keypoints"}
    return next((task for key, task in found.items() if key in inner), "instances")
