"""The labels of a VOC dataset: `labelmap.txt`, `dataset_meta.json`, or VOC's own twenty."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from datumpb.dataset.text_lines import line_place, numbered_lines, read_text
from datumpb.errors import InvalidItemError, SourceFormatError
from datumpb.formats.voc.layout import KEY, LABELMAP, META_FILE
from datumpb.formats.voc.palette import PALETTE, VOID, Colour
from datumpb.model.categories import Categories, LabelCategories, LabelCategory, MaskCategories

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FIELDS = 4
_COLOUR = re.compile(r"\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*", re.ASCII)
_MAX_SHADE = 255

_NAMES = (
    *("background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
)
_PARTS = ("head", "hand", "foot")
_ACTIONS = (
    *("other", "jumping", "phoning", "playinginstrument", "reading", "ridingbike", "ridinghorse", "running"),
    *("takingphoto", "usingcomputer", "walking"),
)


@dataclass(slots=True)
class Entry:
    """A label: one line of `labelmap.txt`."""

    name: str
    colour: Colour | None = None
    parts: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)


def voc_entries() -> list[Entry]:
    """Return the labels of VOC itself: background, the twenty, and the void around objects."""
    entries = [Entry(name, colour) for name, colour in zip(_NAMES, PALETTE, strict=False)]
    person = entries[_NAMES.index("person")]
    person.parts, person.actions = list(_PARTS), list(_ACTIONS)
    return [*entries, Entry("ignored", VOID)]


def read_entries(root: Path) -> list[Entry] | None:
    """Return the labels that a dataset says it has; None where it does not say.

    Raises:
        SourceFormatError: The file that says it is not what it should be.
    """
    if (root / META_FILE).is_file():
        return _read_meta(root / META_FILE)
    if (root / LABELMAP).is_file():
        return _read_labelmap(root / LABELMAP)
    return None


def _read_labelmap(path: Path) -> list[Entry]:
    entries: dict[str, Entry] = {}
    for number, line in numbered_lines(path, path.parent):
        if line.startswith("#"):
            continue
        fields = [part.strip() for part in line.split(":")]
        colour = _COLOUR.fullmatch(fields[1]) if len(fields) == _FIELDS else None
        shades = tuple(map(int, colour.groups())) if colour else ()
        if len(fields) != _FIELDS or not fields[0] or (fields[1] and not shades) or max(shades, default=0) > _MAX_SHADE:
            message = f'a label such as "person:192,128,128:head,hand:walking" expected, not {line!r}'
            raise SourceFormatError(message, path, line_place(number))
        if fields[0] in entries:
            message = f"label {fields[0]!r} has a line already"
            raise SourceFormatError(message, path, line_place(number))
        entries[fields[0]] = Entry(
            fields[0], cast("Colour", shades) if shades else None, _split(fields[2]), _split(fields[3])
        )
    return list(entries.values())


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []


def _read_meta(path: Path) -> list[Entry]:
    """Read Datumaro's file: a list of labels; parts and actions by their numbers; colours in a list of its own."""
    try:
        data = json.loads(read_text(path, path.parent))
    except (ValueError, RecursionError) as error:
        message = f"JSON is malformed: {error}"
        raise SourceFormatError(message, path) from error
    data = _of(dict, data, "the file", path)
    names = _texts(data.get("labels", []), "labels", path)
    parts, actions = (_of(dict, data.get(key, {}), key, path) for key in ("parts", "actions"))
    entries = {
        name: Entry(
            name,
            parts=_texts(parts.get(str(index), []), "parts", path),
            actions=_texts(actions.get(str(index), []), "actions", path),
        )
        for index, name in enumerate(names)
    }
    coloured = _texts(list(_of(dict, data.get("label_map", {}), "label_map", path).values()), "label_map", path)
    colours = _of(list, data.get("segmentation_colors", []), "segmentation_colors", path)
    for name, colour in zip(coloured, colours, strict=False):
        entry = entries.setdefault(name, Entry(name))
        if colour is not None:
            shades = _of(list, colour, "segmentation_colors", path)
            if len(shades) != 3 or not all(type(shade) is int and 0 <= shade <= _MAX_SHADE for shade in shades):  # noqa: PLR2004 -- red, green, blue
                message = f"three numbers from 0 to 255 expected, not {colour!r}"
                raise SourceFormatError(message, path, "segmentation_colors")
            entry.colour = cast("Colour", tuple(shades))
    for name in coloured[len(colours) :]:
        entries.setdefault(name, Entry(name))
    return list(entries.values())


def _of(kind: type, value: object, place: str, path: Path) -> Any:  # noqa: ANN401 -- of that kind
    if type(value) is not kind:
        message = f"a {'map' if kind is dict else 'list'} expected, not {value!r}"
        raise SourceFormatError(message, path, place)
    return value


def _texts(values: object, place: str, path: Path) -> list[str]:
    texts = _of(list, values, place, path)
    if not all(isinstance(text, str) and text for text in texts):
        message = f"names expected, not {values!r}"
        raise SourceFormatError(message, path, place)
    return cast("list[str]", texts)


def categories_of(entries: list[Entry], *, masks: bool) -> Categories:
    """Return the categories of labels; parts that are no labels themselves come behind them.

    Args:
        entries: The labels.
        masks: Whether there are pictures of masks, whose colours are the palette's where no label has one.
    """
    names = {entry.name for entry in entries}
    labels = [
        LabelCategory(
            entry.name, attributes=list(entry.actions), infos={KEY: {"parts": [*entry.parts]}} if entry.parts else {}
        )
        for entry in entries
    ]
    owners: dict[str, list[str]] = {}
    for entry in entries:
        for part in entry.parts:
            if part not in names:
                owners.setdefault(part, []).append(entry.name)
    for part, of in owners.items():
        labels.append(LabelCategory(part, of[0] if len(of) == 1 else "", infos={KEY: {"part": True}}))
    colours = {index: entry.colour for index, entry in enumerate(entries) if entry.colour is not None}
    if not colours and masks:
        colours = dict(enumerate(PALETTE[: len(entries)]))
    return Categories(LabelCategories(labels), MaskCategories(colours) if colours else None)


def parts_of(label: LabelCategory) -> list[str]:
    """Return the names of the parts that a label may have."""
    kept = label.infos.get(KEY)
    parts = kept.get("parts") if isinstance(kept, dict) else None
    return [part for part in parts if isinstance(part, str)] if isinstance(parts, list) else []


def is_only_part(label: LabelCategory) -> bool:
    """Tell whether a label is nothing but a part of others."""
    kept = label.infos.get(KEY)
    return isinstance(kept, dict) and kept.get("part") is True


def labelmap_text(entries: Iterable[Entry]) -> str:
    """Return the contents of `labelmap.txt`.

    Raises:
        InvalidItemError: A name cannot stand in it, or stands for two labels.
    """
    lines = ["# label:color_rgb:parts:actions"]
    seen: set[str] = set()
    for entry in entries:
        _check_name("label", entry.name, ":")
        if entry.name.startswith("#"):
            message = f"label {entry.name!r}: a line of {LABELMAP} that starts with # is a remark"
            raise InvalidItemError(message)
        if entry.name in seen:
            message = f"label {entry.name!r}: two labels of one name cannot be told apart in VOC"
            raise InvalidItemError(message)
        seen.add(entry.name)
        for name in (*entry.parts, *entry.actions):
            _check_name("part or action", name, ":,")
        colour = ",".join(map(str, entry.colour or ()))
        lines.append(":".join([entry.name, colour, ",".join(entry.parts), ",".join(entry.actions)]))
    return "".join(f"{line}\n" for line in lines)


def _check_name(what: str, name: str, forbidden: str) -> None:
    if not name or name != name.strip() or any(char in name for char in f"\n\r{forbidden}"):
        message = f"{what} {name!r}: a name that cannot stand in {LABELMAP}"
        raise InvalidItemError(message)
