"""The objects of an XML file, as annotations: each a box with its flags and attributes, and the boxes of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.formats.voc.layout import KEY
from datumpb.formats.voc.numbers import read_box, read_flag
from datumpb.formats.voc.rest import rest_of
from datumpb.model.annotations import Bbox

if TYPE_CHECKING:
    from datumpb.formats.voc.elements import Element
    from datumpb.model.values import Value

FLAGS = ("truncated", "occluded", "difficult")
POSE = "pose"

_OBJECT = {"name", POSE, *FLAGS, "bndbox", "part", "actions", "attributes"}
_PART = {"name", "bndbox"}
_BOX = {"xmin", "ymin", "xmax", "ymax"}


def action_tag(action: str) -> str:
    """Return the name of the element of an action: as Datumaro, spaces become `_`, which also precedes digits."""
    return f"{'_' if action.isdigit() else ''}{action}".replace(" ", "_")


@dataclass(frozen=True, slots=True)
class ObjectReader:
    """Reads objects.

    Attributes:
        numbers: The indices of labels by their names.
        actions: For each label, the actions that it may have.
        with_parts: Whether parts are wanted.
        with_actions: Whether actions are wanted.
        one_based: Whether pixels count from 1.
    """

    numbers: dict[str, int]
    actions: list[list[str]]
    with_parts: bool
    with_actions: bool
    one_based: bool

    def read(self, root: Element, size: tuple[int, int] | None, said: dict[tuple[int, str], bool]) -> list[Bbox]:
        """Return the boxes of all objects, those of its parts behind each.

        An object's number in the file, from 1, is the id of its box, and the group of it and its parts.

        Args:
            root: The `<annotation>`.
            size: Height and width of the picture, where known.
            said: What lists say about actions, by the number of the object; it counts where the object says nothing.

        Raises:
            SourceFormatError: Something is missing, no number, outside of the picture, or of an unknown name.
        """
        found: list[Bbox] = []
        for number, node in enumerate(root.find_all("object"), 1):
            parts = node.find_all("part") if self.with_parts else []
            box = self._box(node, size, node.one("name"), _OBJECT)
            box.id = number
            attributes = {**_attributes(node), **box.attributes}
            if self.with_actions and box.label is not None:
                _add(attributes, self._actions(node, box.label, number, said), node)
            box.attributes = attributes
            found.append(box)
            for part in parts:
                found.append(self._box(part, size, part.one("name"), _PART))
                found[-1].group = box.group = number
        return found

    def _box(self, node: Element, size: tuple[int, int] | None, name: Element, known: set[str]) -> Bbox:
        label = self.numbers.get(name.leaf())
        if label is None:
            name.fail(f"unknown label {name.leaf()!r}")
        corners = node.one("bndbox")
        x, y, w, h = read_box(corners, one_based=self.one_based)
        if size is not None and (x > size[1] or y > size[0] or x + w < 0 or y + h < 0):
            corners.fail(f"<bndbox> is outside of the picture of width {size[1]} and height {size[0]}")
        rest = rest_of(node, known)
        if inner := rest_of(corners, _BOX):
            rest["bndbox"] = inner
        return Bbox(x, y, w, h, label=label, attributes={KEY: rest} if rest else {})

    def _actions(self, node: Element, label: int, number: int, said: dict[tuple[int, str], bool]) -> dict[str, Value]:
        names = {action_tag(action): action for action in self.actions[label]}
        found: dict[str, Value] = {}
        actions = node.at_most_one("actions")
        for child in actions.children if actions is not None else []:
            name = names.get(child.tag, child.tag)
            if name in found:
                child.fail(f"action {name!r} stands twice")
            found[name] = read_flag(child)
        for action in self.actions[label]:
            if (number, action) in said:
                found.setdefault(action, said[number, action])
        return found


def _attributes(node: Element) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for child in node.children:
        if child.tag in FLAGS:
            _add(found, {child.tag: read_flag(child)}, child)
        elif child.tag == POSE:
            _add(found, {POSE: _raw(child)}, child)
    attributes = node.at_most_one("attributes")
    for child in attributes.children if attributes is not None else []:
        if child.tag != "attribute" or not {part.tag for part in child.children} <= {"name", "value"}:
            child.fail("<attribute> with <name> and <value> expected")
        _add(found, {_raw(child.one("name")): _raw(child.one("value"))}, child)
    return found


def _raw(node: Element) -> str:
    node.leaf()
    return node.text


def _add(found: dict[str, Value], more: dict[str, Value], node: Element) -> None:
    for name, value in more.items():
        if name in found or name == KEY:
            node.fail(f"attribute {name!r} stands twice, or is not for files")
        found[name] = value
