"""Ultralytics' data.yaml: names of labels, places of pictures, and what the numbers mean."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datumpb.dataset.yaml_map import read_yaml_map
from datumpb.errors import SourceFormatError
from datumpb.formats.yolo.paths import find_inner

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.values import Value

TASKS = ("detect", "segment", "obb", "pose")
SUBSETS = ("train", "val", "test")
OWN_KEYS = ("path", "names", "nc", "kpt_shape", "kpt_names", "task")
"""The keys that this library gives a meaning to, besides those of subsets."""

_MOST_LABELS = 1_000_000
_MOST_KEYPOINTS = 10_000


@dataclass(slots=True)
class Settings:
    """What holds for the whole dataset.

    Attributes:
        labels: The names of labels.
        places: For each subset, the lists or folders that are named.
        path: Where they start from.
        keypoints: How many keypoints an object has, and how many numbers each; None: no keypoints.
        keypoint_names: Their names by label, where given.
        task: What the numbers mean, where it says so.
        others: All other keys.
    """

    labels: list[str]
    places: dict[str, list[str]] = field(default_factory=dict)
    path: str = ""
    keypoints: tuple[int, int] | None = None
    keypoint_names: dict[int, list[str]] = field(default_factory=dict)
    task: str | None = None
    others: dict[str, Value] = field(default_factory=dict)


def read_settings(path: Path) -> Settings:
    """Read a YAML file.

    Raises:
        SourceFormatError: It is not YAML, or not what Ultralytics allows.
    """
    data = read_yaml_map(path)
    try:
        settings = Settings(_labels(data), path=_text(data, "path"))
        settings.keypoints = _keypoints(data)
        settings.keypoint_names = _keypoint_names(data, settings)
        settings.task = data["task"] if data.get("task") in TASKS else None
    except SourceFormatError as error:
        raise SourceFormatError(error.message, path, error.place) from None
    for key, value in data.items():
        if key in OWN_KEYS:
            continue
        places = [value] if isinstance(value, str) else value
        is_places = isinstance(places, list) and bool(places) and all(isinstance(place, str) for place in places)
        if key in SUBSETS and value not in (None, "", []):
            if not is_places:
                message = "a path or a list of paths expected"
                raise SourceFormatError(message, path, key)
            settings.places[key] = places
        elif is_places and all(_is_place(path.parent, settings.path, place) for place in places):
            settings.places[key] = places
        elif key not in SUBSETS:
            settings.others[key] = _plain(value)
    return settings


def _is_place(root: Path, start: str, value: str) -> bool:
    """Tell whether the value of a key that is no known one names pictures: it looks like a path, and leads to them."""
    found = find_inner(root, start, value) if "/" in value or value.endswith(".txt") else None
    return found is not None and found != ""


def _labels(data: dict[str, Any]) -> list[str]:
    names, count = data.get("names"), data.get("nc")
    if count is not None and (type(count) is not int or not 0 <= count <= _MOST_LABELS):
        message = f"the number of labels expected, not {count!r}"
        raise SourceFormatError(message, None, "nc")
    if names is None:
        if count is None:
            message = "missing"
            raise SourceFormatError(message, None, "names")
        return [f"class_{index}" for index in range(count)]
    if isinstance(names, dict):
        for index in range(len(names)):
            if index not in names:
                message = f"numbers from 0 without a gap expected; there is no {index}"
                raise SourceFormatError(message, None, "names")
        names = [names[index] for index in range(len(names))]
    labels = _names(names, "names")
    if count is not None and count != len(labels):
        message = f"there are {len(labels)} names, not {count}"
        raise SourceFormatError(message, None, "nc")
    return labels


def _names(names: object, place: str) -> list[str]:
    if not isinstance(names, list):
        message = "a list of names expected"
        raise SourceFormatError(message, None, place)
    for index, name in enumerate(names):
        if not isinstance(name, str) and type(name) is not int:
            message = f"text expected, not {name!r}: put it in quotes"
            raise SourceFormatError(message, None, f"{place}[{index}]")
    return [str(name) for name in names]


def _keypoints(data: dict[str, Any]) -> tuple[int, int] | None:
    shape = data.get("kpt_shape")
    if shape is None:
        return None
    numbers = isinstance(shape, list) and len(shape) == 2 and all(type(part) is int for part in shape)  # noqa: PLR2004 -- a pair
    if not numbers or not 1 <= shape[0] <= _MOST_KEYPOINTS or shape[1] not in {2, 3}:
        message = f"how many keypoints, and 2 or 3 numbers each, expected, not {shape!r}"
        raise SourceFormatError(message, None, "kpt_shape")
    return shape[0], shape[1]


def _keypoint_names(data: dict[str, Any], settings: Settings) -> dict[int, list[str]]:
    given = data.get("kpt_names")
    if given is None or settings.keypoints is None:
        return {}
    if isinstance(given, list):
        given = dict.fromkeys(range(len(settings.labels)), given)
    if not isinstance(given, dict) or not all(type(key) is int and 0 <= key < len(settings.labels) for key in given):
        message = "a list of names for each label's number expected"
        raise SourceFormatError(message, None, "kpt_names")
    found = {key: _names(names, f"kpt_names[{key}]") for key, names in given.items()}
    if any(len(names) != settings.keypoints[0] for names in found.values()):
        message = f"{settings.keypoints[0]} names for each label expected, as kpt_shape says"
        raise SourceFormatError(message, None, "kpt_names")
    return found


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        message = f"a path expected, not {value!r}"
        raise SourceFormatError(message, None, key)
    return value


def _plain(value: object) -> Value:
    """Return a value of YAML as one that an info may have: dates become text, and so do keys."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(part) for part in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, float, str, bytes)) else str(value)
