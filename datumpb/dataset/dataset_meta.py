"""`dataset_meta.json`: an optional list of custom labels beside the annotations, as Datumaro has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from datumpb.dataset.layout import DATASET_META
from datumpb.errors import SourceFormatError
from datumpb.model.categories import Categories, LabelCategories, MaskCategories

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.storage.location import Location


def read_dataset_meta(root: Location) -> Categories | None:
    """Return the labels, and the mask colours where given, that `dataset_meta.json` lists; None without the file.

    Raises:
        SourceFormatError: The file is not what it should be.
    """
    path = root / DATASET_META
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise SourceFormatError(error.msg, path, f"line {error.lineno} column {error.colno}") from error
    except UnicodeDecodeError as error:
        message = "not UTF-8"
        raise SourceFormatError(message, path, f"byte {error.start}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists in lists in lists
        message = "not JSON that anyone would write"
        raise SourceFormatError(message, path) from error
    except OSError as error:
        message = f"cannot read: {error.strerror}"
        raise SourceFormatError(message, path) from error
    if not isinstance(document, dict):
        message = "expected a JSON object"
        raise SourceFormatError(message, path)
    label_map = document.get("label_map", {})
    names = document.get("labels", list(label_map.values()) if isinstance(label_map, dict) else None)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        message = "expected a list of names"
        raise SourceFormatError(message, path, "labels")
    return Categories(LabelCategories.from_names(names), _read_colors(document, label_map, names, path))


def write_dataset_meta(root: Path, categories: Categories) -> None:
    """Write `dataset_meta.json` with the names of all labels, and the mask colours where there are any."""
    labels = [label.name for label in categories.labels or ()]
    document: dict[str, object] = {"labels": labels}
    if categories.masks is not None:
        colormap = {index: color for index, color in categories.masks.colormap.items() if index < len(labels)}
        document["label_map"] = {str(index): labels[index] for index in colormap}
        document["segmentation_colors"] = [list(color) for color in colormap.values()]
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (root / DATASET_META).write_text(text + "\n", "utf-8")


def _read_colors(
    document: dict[str, object], label_map: object, names: list[str], path: Location
) -> MaskCategories | None:
    colors = document.get("segmentation_colors")
    if colors is None or not isinstance(label_map, dict):
        return None
    size = 3
    well_formed = isinstance(colors, list) and len(colors) == len(label_map)
    if not isinstance(colors, list) or not well_formed:
        message = f"expected {len(label_map)} colours, one for each entry of label_map"
        raise SourceFormatError(message, path, "segmentation_colors")
    colormap = {}
    for name, color in zip(label_map.values(), colors, strict=True):
        components = color if isinstance(color, list) else []
        if len(components) != size or not all(type(part) is int and 0 <= part < 256 for part in components):  # noqa: PLR2004 -- a byte
            message = "expected red, green and blue from 0 to 255"
            raise SourceFormatError(message, path, "segmentation_colors")
        if name in names:
            colormap[names.index(name)] = (components[0], components[1], components[2])
    return MaskCategories(colormap)
