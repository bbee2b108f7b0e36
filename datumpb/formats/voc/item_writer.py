"""One item as VOC has it: the contents of its files, and what lists say about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.dataset.image_files import extension_of
from datumpb.errors import MediaNotFoundError
from datumpb.formats.voc import layout
from datumpb.formats.voc.elements import Element, element, render
from datumpb.formats.voc.grouping import DRAWN, VocObject, count_lost_fields, objects_of, shapes_of
from datumpb.formats.voc.layout import ANNOTATIONS, CLASSES, KEY, OBJECTS
from datumpb.formats.voc.object_writer import ObjectWriter
from datumpb.formats.voc.painting import Layer, paint
from datumpb.formats.voc.palette import BACKGROUND, VOID, VOID_NUMBER, Colour
from datumpb.formats.voc.rest import kept_of, restore
from datumpb.model.annotations import Annotation, Bbox, Label, Mask
from datumpb.model.geometry import bbox_of
from datumpb.model.media import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datumpb.dataset.losses import LossReport
    from datumpb.formats.voc.writing_labels import WritingLabels
    from datumpb.model.item import Item
    from datumpb.model.values import Value

Size = tuple[int, int]


@dataclass(slots=True)
class Written:
    """What is to be written of an item.

    Attributes:
        files: The contents of its files by their paths.
        lists: The folders whose lists it is in, where all tasks are written.
        labels: The labels of the whole picture: 1 or, where it is difficult, 0.
        parts: The numbers of the objects with parts.
        actions: What objects do, by their numbers.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    labels: dict[int, int] = field(default_factory=dict)
    parts: list[int] = field(default_factory=list)
    actions: dict[int, dict[str, bool]] = field(default_factory=dict)


class ItemWriter:
    """Writes items.

    Attributes:
        painted: Whether a picture of masks was made.
    """

    def __init__(self, labels: WritingLabels, task: str | None, *, one_based: bool, losses: LossReport) -> None:
        """Take what holds for all items."""
        self._labels = labels
        self._task = task
        self._losses = losses
        self._objects = ObjectWriter(
            labels.labels,
            with_parts=task in {None, "layout"},
            with_actions=task in {None, "action"},
            one_based=one_based,
            losses=losses,
        )
        self.painted = False

    def write(self, item: Item, size_of: Callable[[Item], Size | None]) -> Written:
        """Return what is to be written of an item.

        Args:
            item: The item.
            size_of: Tells the size of its picture, if need be by looking into it.

        Raises:
            InvalidItemError: Something of it cannot be written.
            MediaError: The size of its picture is needed, and nothing tells it.
        """
        written = Written()
        found, shapes = shapes_of(item, len(self._labels.labels), self._losses)
        self._add_labels(written, found, item)
        objects = objects_of(shapes, self._labels.labels)
        if self._task == "classification":
            for shape in shapes:
                self._losses.add(f"annotation of type {type(shape).__name__}", item.id)
            return written
        origin = KEY in item.attributes and self._task is None
        kept = kept_of(item.attributes)
        size = _known_size(item) if origin else size_of(item)
        drawn = self._task in {None, "segmentation"}
        nodes = self._nodes(written, objects, item, size, origin=origin) if layout.has_boxes(self._task) else []
        if drawn:
            written.files |= self._pictures(objects, item, lambda: size or size_of(item), kept, origin=origin)
        has_masks = any(isinstance(shape, DRAWN) for one in objects for shape in one.shapes) and drawn
        if layout.has_boxes(self._task) and (not origin or "annotation" in kept or nodes):
            head = kept.get("annotation")
            root = self._root(item, size, head if isinstance(head, dict) else {}, segmented=has_masks, origin=origin)
            root.children += nodes
            written.files[f"{ANNOTATIONS}/{item.id}.xml"] = render(root)
        self._count(objects, item, drawn=drawn)
        usual = layout.usual_lists(masks=has_masks, parts=bool(written.parts), actions=bool(written.actions))
        lists = kept.get("lists")
        known = isinstance(lists, list) and origin
        written.lists = (
            [name for name in layout.LIST_FOLDERS if name in lists] if known and isinstance(lists, list) else usual
        )
        return written

    def _add_labels(self, written: Written, labels: Sequence[Label], item: Item) -> None:
        for label in labels:
            if self._task not in {None, "classification"} or label.label not in self._labels.names():
                self._losses.add("annotation of type Label", item.id)
                continue
            difficult = label.attributes.get("difficult") is True
            if label.label in written.labels:
                self._losses.add("label that an item has twice", item.id)
            written.labels.setdefault(label.label, 0 if difficult else 1)
            attributes = {
                name: value for name, value in label.attributes.items() if name != "difficult" or not difficult
            }
            rest = Label(id=label.id, object_id=label.object_id, z_order=label.z_order, attributes=attributes)
            count_lost_fields(rest, item, self._losses, number=0, attributes=False)

    def _nodes(
        self, written: Written, objects: Sequence[VocObject], item: Item, size: Size | None, *, origin: bool
    ) -> list[Element]:
        nodes: list[Element] = []
        for one in objects:
            box = one.box or (None if origin else bbox_of(one.shapes))
            if one.head.label is None or box is None:
                if not (self._task is None and any(isinstance(shape, DRAWN) for shape in one.shapes)):
                    self._losses.add("object without a label or a box", item.id)
                continue
            x, y, w, h = (box.x, box.y, box.w, box.h) if isinstance(box, Bbox) else box
            if size is not None and (x > size[1] or y > size[0] or x + max(w, 0) < 0 or y + max(h, 0) < 0):
                self._losses.add("object outside of the picture", item.id)
                continue
            one.number = len(nodes) + 1
            nodes.append(self._objects.write(one, box, item.id, usual=not origin))
            if one.parts and self._objects.with_parts:
                written.parts.append(one.number)
            actions, _ = self._objects.split(self._labels.labels[one.head.label], one.head.attributes)
            if actions and self._objects.with_actions:
                written.actions[one.number] = dict(actions.values())
        return nodes

    def _root(self, item: Item, size: Size | None, kept: dict[str, Value], *, segmented: bool, origin: bool) -> Element:
        filename = f"{item.id}{extension_of(item.media)}"
        usual: dict[str, Value] = {"filename": filename, "segmented": str(int(segmented))}
        usual |= {name: value for name, value in kept.items() if name in usual}
        root = element("annotation", "")
        restore(root, {name: value for name, value in kept.items() if name == "folder"})
        restore(root, {"filename": usual["filename"]})
        restore(root, {name: value for name, value in kept.items() if name not in {"folder", "size", *usual}})
        inner = kept.get("size")
        if size is not None or inner is not None:
            node = element("size", [element("width", str(size[1])), element("height", str(size[0]))] if size else [])
            restore(node, inner if isinstance(inner, dict) else {} if origin else {"depth": "3"})
            root.children.append(node)
        restore(root, {"segmented": usual["segmented"]})
        return root

    def _pictures(
        self,
        objects: Sequence[VocObject],
        item: Item,
        size_of: Callable[[], Size | None],
        kept: dict[str, Value],
        *,
        origin: bool,
    ) -> dict[str, bytes]:
        """Return the pictures of masks of an item."""
        shapes = [(one, shape) for one in objects for shape in one.shapes if isinstance(shape, DRAWN)]
        wanted = layout.usual_pictures([shape for _, shape in shapes])
        named = kept.get("masks")
        if origin and isinstance(named, list):
            needed = {CLASSES: CLASSES in wanted, OBJECTS: any(shape.id for _, shape in shapes)}
            wanted = [folder for folder, need in needed.items() if need or folder in named]
        if self._task == "segmentation" and not wanted and size_of() is not None:
            wanted = [CLASSES, OBJECTS]
        if not wanted:
            return {}
        size = size_of() or next(((mask.height, mask.width) for _, mask in shapes if isinstance(mask, Mask)), None)
        if size is None:
            message = f"item {item.id!r}: the size of its picture is needed, and neither it nor the picture is there"
            raise MediaNotFoundError(message)
        taken = {one.number for one in objects if one.shapes and one.number is not None}
        layers = [self._layer(one, shape, item, taken, wanted, origin=origin) for one, shape in shapes]
        files, hidden = paint(layers, *size)
        if hidden:
            self._losses.add("mask that others hide, or a part of it", item.id, hidden)
        self.painted = True
        return {f"{folder}/{item.id}.png": files[folder] for folder in wanted}

    def _layer(  # noqa: PLR0913 -- all that decides about one number
        self, one: VocObject, shape: Annotation, item: Item, taken: set[int], wanted: list[str], *, origin: bool
    ) -> Layer:
        """Choose the colour and the number of a shape."""
        void = kept_of(shape.attributes).get("void") is True
        colour = (
            VOID
            if void and shape.label is None
            else self._labels.colours.get(-1 if shape.label is None else shape.label, BACKGROUND)
        )
        if one.mask_number is None or (origin and one.number is None):
            one.mask_number = self._number(one, shape, colour, taken, origin=origin)
            if not one.mask_number and not origin:
                self._losses.add("number of an object, of which a picture has 254", item.id)
        number = one.mask_number
        if colour == BACKGROUND and (CLASSES in wanted or not number):
            known = shape.label is not None and self._labels.is_background(shape.label)
            if not known or not number:
                self._losses.add("mask that has no colour of its own", item.id)
        return Layer(shape, colour, number)

    @staticmethod
    def _number(one: VocObject, shape: Annotation, colour: Colour, taken: set[int], *, origin: bool) -> int:
        """Choose a number for an object, 0 where none is left: that in the XML, where it comes from, or a free one."""
        if one.number is not None and one.number < VOID_NUMBER:
            return one.number
        if origin and 0 <= shape.id <= VOID_NUMBER:
            return shape.id
        if colour == VOID:
            return VOID_NUMBER
        free = next((number for number in range(1, VOID_NUMBER) if number not in taken), 0)
        number = shape.id if 0 < shape.id < VOID_NUMBER and shape.id not in taken else free
        taken.add(number)
        return number

    def _count(self, objects: Sequence[VocObject], item: Item, *, drawn: bool) -> None:
        """Count what of the objects does not come back."""
        boxed = layout.has_boxes(self._task)
        for one in objects:
            number = one.number or 0
            masked = one.mask_number or 0
            attributes = one.head.attributes
            if one.box is not None:
                count_lost_fields(one.box, item, self._losses, number=number, attributes=boxed)
                if not boxed:
                    self._losses.add("annotation of type Bbox", item.id)
            if one.parts and not self._objects.with_parts:
                self._losses.add("part of an object", item.id, len(one.parts))
            for part in one.parts:
                count_lost_fields(part, item, self._losses, number=0, attributes=False)
            for shape in one.shapes:
                same = boxed and shape.attributes == attributes
                count_lost_fields(shape, item, self._losses, number=masked, attributes=same)
                kind = type(shape).__name__
                if not drawn or not isinstance(shape, DRAWN):
                    self._losses.add(
                        f"{kind} beside a box" if one.box is not None else f"{kind}, written as its box", item.id
                    )
                elif not isinstance(shape, Mask):
                    self._losses.add(f"{kind}, drawn as a mask", item.id)


def _known_size(item: Item) -> Size | None:
    media = item.media
    if isinstance(media, Image) and media.height and media.width:
        return media.height, media.width
    return None
