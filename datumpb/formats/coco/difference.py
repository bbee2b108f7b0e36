"""Round trip by construction: what a COCO entry says beyond what its natural model would be written as.

The rest is kept under the attribute `coco` of the item or annotation that the entry became, as a map of

    values   keys with another value than the one that follows from the model
    missing  keys that would be written but were not there
    order    the entry's position in its file, where it is not the one that it would be written at
    task     the task whose file it stands in, where the model does not tell
    rle      "text" or "list": the form of its run lengths, where it is not the usual one
    listed   false: pixels of a panoptic PNG that segments_info does not list

Of an item:

    images   for each task, values, missing and order of the image in its file; null: that file does not have it
    runs     for each task whose file is ordered by id in several runs, the item's one, where not the first
    panoptic values, missing and order of the panoptic annotation, and the PNG's size where it shows nothing

Nothing of this is there for normal data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats.coco.jsonvalues import JsonObject, same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datumpb.model.values import Value

KEY = "coco"
"""The attribute that holds the rest."""

TOP_LEVEL: JsonObject = {"info": {}, "licenses": []}
"""What is written at a file's top level, beside the lists, where nothing else is known."""

AREA_TOLERANCE = 1e-6
"""An area that lies this near to the one computed counts as the same."""

_SCALARS = frozenset({bool, int, float, str})

_KINDS = {"values": dict, "missing": list, "order": int, "task": str, "rle": str, "listed": bool, "images": dict,
          "panoptic": dict, "runs": dict}  # fmt: skip


def difference(derived: JsonObject, actual: JsonObject) -> JsonObject:
    """Return what turns the derived entry into the actual one: `values` and `missing`, each only where not empty."""
    values: JsonObject = {}
    for key, value in actual.items():
        if key not in derived:
            values[key] = value
            continue
        own = derived[key]
        if type(own) is type(value) and own == value and type(value) in _SCALARS:
            continue  # by far the most frequent case
        if not (same_area(own, value) if key == "area" else same(own, value)):
            values[key] = value
    rest: JsonObject = {"values": values} if values else {}
    if len(derived) + len(values) > len(actual):
        missing = [key for key in derived if key not in actual]
        if missing:
            rest["missing"] = missing
    return rest


def restore(derived: JsonObject, rest: Mapping[str, Value]) -> JsonObject:
    """Turn the derived entry into the actual one, in place."""
    values, missing = rest.get("values"), rest.get("missing")
    if isinstance(values, dict):
        derived.update(values)
    if isinstance(missing, list):
        for key in missing:
            derived.pop(str(key), None)
    return derived


def values_of(rest: object) -> JsonObject:
    """Return the `values` of a rest; empty where there are none."""
    values = rest.get("values") if isinstance(rest, dict) else None
    return values if isinstance(values, dict) else {}


def without(rest: JsonObject, key: str) -> JsonObject:
    """Return a rest without the value of a key."""
    return {**rest, "values": {name: value for name, value in values_of(rest).items() if name != key}}


def rest_of(attributes: Mapping[str, Value]) -> JsonObject:
    """Return the rest that is kept in attributes; empty where there is none, or the attribute means something else."""
    rest = attributes.get(KEY)
    if not isinstance(rest, dict) or not rest:
        return {}
    known = all(key in _KINDS and type(value) is _KINDS[key] for key, value in rest.items())
    return rest if known else {}


def plain_attributes(attributes: Mapping[str, Value], *others: str) -> dict[str, Value]:
    """Return attributes without the rest and without `others`."""
    if KEY in attributes and rest_of(attributes):
        others = (*others, KEY)
    return {key: value for key, value in attributes.items() if key not in others}


def same_area(derived: object, actual: object) -> bool:
    """Tell whether two areas are the same, but for the tolerance."""
    if type(actual) not in (int, float) or type(derived) not in (int, float):
        return same(derived, actual)
    try:
        near = abs(derived - actual) <= AREA_TOLERANCE  # type: ignore[operator]  # both are numbers
    except OverflowError:  # an integer beyond all floats
        near = False
    return near or same(derived, actual)
