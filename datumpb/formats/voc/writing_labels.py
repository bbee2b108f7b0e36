"""The labels of a dataset as VOC has them: which have a line in `labelmap.txt`, and their colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.plain_losses import count_categories
from datumpb.formats.voc.labelmap import Entry, is_only_part, parts_of
from datumpb.formats.voc.layout import KEY
from datumpb.formats.voc.objects import FLAGS
from datumpb.formats.voc.palette import BACKGROUND, Colour, complete
from datumpb.model.categories import Categories, LabelCategories, LabelCategory

if TYPE_CHECKING:
    from datumpb.dataset.losses import LossReport

_BACKGROUND_LABEL = "background"


class WritingLabels:
    """What is written of the categories.

    Attributes:
        labels: All labels.
        colours: The colours of labels with a line of their own, each different.
    """

    def __init__(self, categories: Categories, losses: LossReport) -> None:
        """Take the categories, and count what VOC cannot hold of them."""
        self.labels = list(categories.labels or [])
        self._own = [index for index, label in enumerate(self.labels) if not is_only_part(label)]
        given = categories.masks.colormap if categories.masks is not None else {}
        self._given = {index: colour for index, colour in given.items() if index in set(self._own)}
        self.colours: dict[int, Colour] = complete(self._own, self._given)
        self._actions = {index: self._actions_of(self.labels[index], losses) for index in self._own}
        for index in given:
            if index not in self._given or self.colours[index] != given[index]:
                losses.add("colour of a part, or one that another label has", self._name(index))
        if categories.masks is not None and categories.masks.attributes:
            losses.add("list of attributes of masks", ", ".join(categories.masks.attributes))
        self._count(categories, losses)

    def names(self) -> dict[int, str]:
        """Return the names of labels with a line of their own, by their indices."""
        return {index: self.labels[index].name for index in self._own}

    def actions(self) -> list[str]:
        """Return the names of all actions, in order."""
        return list(dict.fromkeys(name for names in self._actions.values() for name in names))

    def is_background(self, label: int) -> bool:
        """Tell whether a label has the colour of the background."""
        return self.colours.get(label) == BACKGROUND

    def entries(self, *, painted: bool) -> list[Entry]:
        """Return the lines of `labelmap.txt`.

        Args:
            painted: Whether there are pictures of masks: then all labels need their colours, and so does the
                background, as Datumaro takes no colour that no label has.
        """
        colours = self.colours if painted else self._given
        entries = [
            Entry(self.labels[index].name, colours.get(index), self._parts_of(self.labels[index]), self._actions[index])
            for index in self._own
        ]
        if painted and BACKGROUND not in self.colours.values():
            names = {entry.name for entry in entries}
            name = _BACKGROUND_LABEL
            while name in names:
                name += "_"
            entries.append(Entry(name, BACKGROUND))
        return entries

    def _name(self, index: int) -> str:
        return self.labels[index].name if index < len(self.labels) else str(index)

    def _parts_of(self, label: LabelCategory) -> list[str]:
        """Return the parts that a label may have, of those that there still are, and those that were renamed."""
        names = {one.name for one in self.labels}
        listed = [name for name in parts_of(label) if name in names]
        own = [one.name for one in self.labels if is_only_part(one) and one.parent == label.name]
        return list(dict.fromkeys([*listed, *own]))

    @staticmethod
    def _actions_of(label: LabelCategory, losses: LossReport) -> list[str]:
        """Return the attributes of a label, which are its actions in VOC."""
        fine = [name for name in label.attributes if name == name.strip() and name and not set(name) & set(",:\n\r")]
        if len(fine) < len(label.attributes):
            losses.add("attribute of a label whose name cannot stand in a list of actions", label.name)
        return fine

    def _count(self, categories: Categories, losses: LossReport) -> None:
        names = {label.name for label in self.labels}
        plain = [
            LabelCategory(
                label.name,
                "" if is_only_part(label) and label.parent in names else label.parent,
                infos={key: info for key, info in label.infos.items() if key != KEY},
            )
            for label in self.labels
        ]
        known = categories.labels if categories.labels is not None else LabelCategories()
        listed = [name for name in known.attributes if name not in FLAGS]
        count_categories(
            Categories(LabelCategories(plain, known.groups, listed), None, categories.points, categories.tabular),
            losses,
        )
