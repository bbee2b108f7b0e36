"""The labels of a dataset that does not say which it has: VOC's own, or those that its files name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.image_files import find_files
from datumpb.dataset.inner_path import refuse_links_out
from datumpb.formats.voc.elements import parse
from datumpb.formats.voc.labelmap import Entry, voc_entries
from datumpb.formats.voc.layout import ACTION, ANNOTATIONS, MAIN
from datumpb.formats.voc.palette import BACKGROUND

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.formats.voc.elements import Element
    from datumpb.formats.voc.lists import Lists


def discover_entries(root: Path, lists: Lists) -> list[Entry]:
    """Return the labels, after a look into all XML files.

    They are VOC's own where these are enough. Else they are the background and those that there are, by their names.

    Raises:
        SourceFormatError: A file cannot be read.
    """
    found: dict[str, Entry] = {name: Entry(name) for name in lists.said(MAIN)}
    if (root / ANNOTATIONS).is_dir():
        for path in find_files(root, ANNOTATIONS, extension=".xml"):
            refuse_links_out(root, root / path)
            for node in parse(root / path, "annotation").find_all("object"):
                _add(found, node)
    own = {entry.name: entry for entry in voc_entries()}
    if all(name in own and _fits(entry, own[name]) for name, entry in found.items()):
        return list(own.values())
    background = found.pop("background", Entry("background"))
    background.colour = BACKGROUND
    said = sorted(lists.said(ACTION))
    for entry in found.values():
        entry.actions += [name for name in said if entry.actions and name not in entry.actions]
    return [background, *(found[name] for name in sorted(found))]


def _add(found: dict[str, Entry], node: Element) -> None:
    name = node.find("name")
    if name is None or not name.text.strip():
        return  # an error that is told where the object is read
    entry = found.setdefault(name.text.strip(), Entry(name.text.strip()))
    for part in node.find_all("part"):
        named = part.find("name")
        if named is not None and named.text.strip() not in {"", *entry.parts}:
            entry.parts.append(named.text.strip())
    actions = node.find("actions")
    entry.actions += [
        child.tag for child in (actions.children if actions is not None else []) if child.tag not in entry.actions
    ]


def _fits(found: Entry, own: Entry) -> bool:
    return set(found.parts) <= set(own.parts) and set(found.actions) <= set(own.actions)
