"""Objects, as elements of XML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.formats.voc.elements import Element, element, is_tag
from datumpb.formats.voc.layout import KEY
from datumpb.formats.voc.numbers import write_box
from datumpb.formats.voc.objects import FLAGS, POSE, action_tag
from datumpb.formats.voc.rest import kept_of, restore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.dataset.losses import LossReport
    from datumpb.formats.voc.grouping import VocObject
    from datumpb.model.annotations import Bbox
    from datumpb.model.categories import LabelCategory
    from datumpb.model.geometry import Box
    from datumpb.model.values import Value

_USUAL = {POSE: "Unspecified", "truncated": "0", "difficult": "0"}


@dataclass(frozen=True, slots=True)
class ObjectWriter:
    """Writes objects.

    Attributes:
        labels: The labels of the dataset.
        with_parts: Whether parts are written.
        with_actions: Whether actions are written.
        one_based: Whether pixels count from 1.
        losses: Counts what is lost.
    """

    labels: Sequence[LabelCategory]
    with_parts: bool
    with_actions: bool
    one_based: bool
    losses: LossReport

    def write(self, one: VocObject, box: Bbox | Box, item_id: str, *, usual: bool) -> Element:
        """Return the `<object>` of an object.

        Args:
            one: The object, which has a label.
            box: Its box.
            item_id: The item, to name where something is lost.
            usual: Whether to add what others expect in each object: pose, truncated and difficult.

        Raises:
            InvalidItemError: A box is not finite.
        """
        label = self.labels[one.head.label or 0]
        attributes = {name: value for name, value in one.head.attributes.items() if name != KEY}
        flags: dict[str, str] = dict(_USUAL) if usual else {}
        flags |= self._flags(attributes, item_id)
        node = element("object", [element("name", label.name)])
        node.children += [element(name, flags[name]) for name in (POSE, *FLAGS) if name in flags]
        self._end(node, box, kept_of(one.head.attributes))
        for part in one.parts if self.with_parts else []:
            child = element("part", [element("name", self.labels[part.label or 0].name)])
            self._end(child, part, kept_of(part.attributes))
            node.children.append(child)
        actions, rest = self.split(label, attributes)
        if actions and self.with_actions:
            node.children.append(element("actions", [element(tag, str(int(yes))) for tag, (_, yes) in actions.items()]))
        elif actions:
            self.losses.add("action of an object", item_id, len(actions))
        if pairs := self._pairs(rest, item_id):
            node.children.append(element("attributes", pairs))
        restore(node, {name: value for name, value in kept_of(one.head.attributes).items() if name != "bndbox"})
        return node

    def split(
        self, label: LabelCategory, attributes: dict[str, Value]
    ) -> tuple[dict[str, tuple[str, bool]], dict[str, Value]]:
        """Return the actions among attributes, with names and values by the names of their elements; and the rest."""
        actions: dict[str, tuple[str, bool]] = {}
        rest: dict[str, Value] = {}
        for name, value in attributes.items():
            tag = action_tag(name)
            if name in label.attributes and isinstance(value, bool) and is_tag(tag) and tag not in actions:
                actions[tag] = name, value
            else:
                rest[name] = value
        return actions, rest

    def _end(self, node: Element, box: Bbox | Box, kept: dict[str, Value]) -> None:
        corners = write_box(box, one_based=self.one_based)
        inner = kept.get("bndbox")
        if isinstance(inner, dict):
            restore(corners, inner)
        node.children.append(corners)
        if node.tag == "part":
            restore(node, {name: value for name, value in kept.items() if name != "bndbox"})

    def _flags(self, attributes: dict[str, Value], item_id: str) -> dict[str, str]:
        """Take pose and flags out of attributes."""
        found: dict[str, str] = {}
        for name in (POSE, *FLAGS):
            if name not in attributes:
                continue
            value = attributes.pop(name)
            if name == POSE and isinstance(value, str):
                found[name] = value
            elif name != POSE and isinstance(value, (bool, int)) and value in {0, 1}:
                found[name] = str(int(value))
                if not isinstance(value, bool):
                    self.losses.add("type of an attribute, which is true or false in VOC", f"{item_id}: {name}")
            else:
                self.losses.add("attribute whose name means something else in VOC", f"{item_id}: {name}")
        return found

    def _pairs(self, attributes: dict[str, Value], item_id: str) -> list[Element]:
        pairs = []
        for name, value in attributes.items():
            if isinstance(value, (bool, int, float)):
                self.losses.add("type of an attribute, which is text in VOC", f"{item_id}: {name}")
            elif not isinstance(value, str):
                self.losses.add("attribute that is neither text nor a number", f"{item_id}: {name}")
                continue
            pairs.append(element("attribute", [element("name", name), element("value", str(value))]))
        return pairs
