"""A COCO file, parsed: one JSON document, errors told by line and column, its parts checked for their types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.dataset.json_start import keys_by_depth, read_start
from datumpb.dataset.places import Located
from datumpb.errors import SourceFormatError
from datumpb.formats.coco.jsonvalues import JsonObject, check, get

if TYPE_CHECKING:
    from pathlib import Path


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
