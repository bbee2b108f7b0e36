"""A COCO file, parsed: one JSON document, errors told by line and column, its parts checked for their types."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.errors import SourceFormatError
from datumpb.formats.coco.jsonvalues import JsonObject, check, get
from datumpb.formats.coco.places import Located

if TYPE_CHECKING:
    from pathlib import Path

PREFIX_SIZE = 1 << 16
"""How much of a file is looked at to tell what it is, in bytes."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?|[\[\]{}]', re.DOTALL)


@dataclass(slots=True)
class Document:
    """The parts of a COCO file.

    Attributes:
        path: The file.
        images: Its images; empty where it has none.
        annotations: Its annotations; empty where it has none.
        categories: Its categories; empty where it has none.
        others: Everything else at the top level.
        missing: Which of images, annotations and categories it does not have at all.
    """

    path: Path
    images: list[JsonObject]
    annotations: list[JsonObject]
    categories: list[JsonObject]
    others: JsonObject
    missing: list[str]


def load(path: Path, task: str) -> Document:
    """Parse a COCO file of a task.

    Raises:
        SourceFormatError: It cannot be read, is not JSON, or not COCO.
    """
    data = parse(path)
    with Located(path):
        return _document(path, data, task)


def parse(path: Path) -> object:
    """Parse a JSON file.

    Raises:
        SourceFormatError: It cannot be read, or is not JSON in UTF-8.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return json.loads(text)
    except OSError as error:
        message = f"cannot read this file: {error.strerror}"
        raise SourceFormatError(message, path) from error
    except UnicodeDecodeError as error:
        message = "not UTF-8 text"
        raise SourceFormatError(message, path, f"byte {error.start}") from error
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg}"
        raise SourceFormatError(message, path, f"line {error.lineno} column {error.colno}") from error
    except (RecursionError, ValueError) as error:
        message = f"JSON that cannot be parsed: {error}"
        raise SourceFormatError(message, path) from error


def _document(path: Path, data: object, task: str) -> Document:
    if task == "results":
        return Document(path, [], _objects(check(data, list, ""), "annotations"), [], {}, [])
    top: JsonObject = check(data, dict, "")
    missing = [key for key in ("images", "annotations", "categories") if key not in top]
    if "images" in missing or ("annotations" in missing and task != "image_info"):
        get(top, missing[0], list)
    parts = {key: _objects(check(top.pop(key, []), list, key), key) for key in ("images", "annotations", "categories")}
    return Document(path, **parts, others=top, missing=missing)


def _objects(entries: list[object], name: str) -> list[JsonObject]:
    for index, entry in enumerate(entries):
        if type(entry) is not dict:
            check(entry, dict, f"{name}[{index}]")
    return entries  # type: ignore[return-value]  # checked above


def sniff(path: Path) -> str | None:
    """Tell by its first bytes which COCO task a file holds; None where it is not COCO."""
    try:
        with path.open("rb") as file:
            text = file.read(PREFIX_SIZE).decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    except OSError:
        return None
    keys = _keys(text)
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


def _keys(text: str) -> dict[int, dict[str, None]]:
    """Return the keys at each depth of a JSON text that may be cut off."""
    keys: dict[int, dict[str, None]] = {}
    depth = 0
    for token in _TOKEN.finditer(text):
        first = token.group()[0]
        if first in "[{":
            depth += 1
        elif first in "]}":
            depth -= 1
        elif token.group(1):
            keys.setdefault(depth, {})[token.group()[1:].rsplit('"', 1)[0]] = None
    return keys
