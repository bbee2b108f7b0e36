"""Some of a dataset's items: by subset, label, id or attribute. Memory does not grow with the number of items."""

from __future__ import annotations

import dataclasses
import fnmatch
import json
import re
from typing import TYPE_CHECKING

from datumpb.dataset.derived import DerivedSource, ids_of, parts_of
from datumpb.dataset.transforms.names import check_known
from datumpb.errors import ItemNotFoundError, OptionError
from datumpb.model.values import identical

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from datumpb.dataset.source import DatasetSource, SourcePart
    from datumpb.model.annotations import Annotation
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta
    from datumpb.model.values import Value


class SelectedSource(DerivedSource):
    """Those items of a dataset that fit all that is asked (a `DividedSource` where that is one).

    An annotation fits if it has one of the labels, where labels are asked for, and each of the attributes, itself or
    its item. An item fits if one of its annotations does, or if it has all attributes itself and no label is asked
    for; and if its id does. Categories stay as they are, and so does a subset that no item is left of.
    """

    def __init__(  # noqa: PLR0913 -- one for each thing that can be asked, by name
        self,
        source: DatasetSource,
        *,
        subsets: Collection[str] | None = None,
        labels: Collection[str] | None = None,
        ids: Collection[str] | None = None,
        attributes: Mapping[str, str] | None = None,
        drop_others: bool = False,
    ) -> None:
        """Say what is asked; what is None is not asked. Nothing is read yet.

        Args:
            source: The dataset.
            subsets: Names of subsets.
            labels: Names of labels, one of which an annotation has to have.
            ids: Patterns, one of which the whole id has to match: `*` is any text, also with "/" in it, `?` any
                character, `[ab]` one of these. Upper and lower case differ.
            attributes: Values by names. A value fits that is this text, or that this text stands for as JSON: "true"
                fits true and "true", "1" fits 1 and "1" but not 1.0.
            drop_others: Whether those annotations of an item that do not fit are left out.

        Raises:
            OptionError: The names of subsets are none at all.
        """
        if subsets is not None and not subsets:
            message = "no subset is chosen"
            raise OptionError(message)
        super().__init__(source)
        self._source = source
        self._subsets = None if subsets is None else list(subsets)
        self._labels = None if labels is None else list(labels)
        self._ids = None if ids is None else re.compile("|".join(map(fnmatch.translate, ids)) or r"(?!)")
        self._attributes = {name: _wanted(text) for name, text in (attributes or {}).items()}
        self._drop_others = drop_others
        self._choices: dict[str, _Choice] = {}
        self._counts: dict[str, int] = {}

    def subsets(self) -> list[str]:
        """Return the names of the subsets, in the order of the source.

        Raises:
            OptionError: A subset that was asked for is not there.
        """
        names = self._source.subsets()
        if self._subsets is None:
            return names
        check_known("subset", self._subsets, names)
        return [name for name in names if name in self._subsets]

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset."""
        return self._source.meta(self._known(subset))

    def parts(self, subset: str) -> Iterator[SourcePart]:
        """Yield the items of a subset that fit, in parts.

        Raises:
            OptionError: A label that was asked for is not there.
        """
        choice = self._choice(subset)
        return (_ChosenPart(part, choice) for part in parts_of(self._source, self._known(subset)))

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none with this id in this subset, or it does not fit.
            OptionError: A label that was asked for is not there.
        """
        found = self._choice(subset)(self._source.item(item_id, self._known(subset)))
        if found is None:
            message = f"item {item_id!r} of subset {subset!r} is not among those selected"
            raise ItemNotFoundError(message)
        return found

    def count(self, subset: str) -> int:
        """Return how many items of a subset fit: found out by looking at all of them once, or at their ids.

        Raises:
            OptionError: A label that was asked for is not there.
        """
        if not self._chooses():
            return self._source.count(self._known(subset))
        if subset not in self._counts:
            self._counts[subset] = sum(1 for _ in ids_of(self, subset))
        return self._counts[subset]

    def reads_to_count(self) -> bool:
        """Tell whether items are chosen by what they are."""
        return self._chooses() or super().reads_to_count()

    def _chooses(self) -> bool:
        return self._labels is not None or self._ids is not None or bool(self._attributes)

    def _known(self, subset: str) -> str:
        names = self.subsets()
        if subset not in names:
            message = f"no subset {subset!r}; there are: {', '.join(names)}"
            raise ItemNotFoundError(message)
        return subset

    def _choice(self, subset: str) -> _Choice:
        """Return what chooses the items of a subset, in whose categories labels have their numbers."""
        if subset not in self._choices:
            labels = None
            if self._labels is not None:
                names = [label.name for label in self._source.meta(subset).categories.labels or ()]
                check_known("label", self._labels, names)
                labels = frozenset(index for index, name in enumerate(names) if name in self._labels)
            self._choices[subset] = _Choice(self._ids, labels, self._attributes, self._drop_others)
        return self._choices[subset]


@dataclasses.dataclass(frozen=True, slots=True)
class _Choice:
    """Returns an item that fits, without the other annotations where they are to be left out; else None.

    Attributes:
        ids: What the id has to match.
        labels: Labels, one of which an annotation has to have.
        attributes: Values by names.
        drop_others: Whether annotations that do not fit are left out.
    """

    ids: re.Pattern[str] | None
    labels: frozenset[int] | None
    attributes: Mapping[str, tuple[str, Value]]
    drop_others: bool

    @property
    def by_id(self) -> bool:
        """Whether nothing but the id counts."""
        return self.labels is None and not self.attributes

    def has_id(self, item_id: str) -> bool:
        """Tell whether an id fits."""
        return self.ids is None or self.ids.match(item_id) is not None

    def __call__(self, item: Item) -> Item | None:
        if not self.has_id(item.id):
            return None
        if self.by_id:
            return item
        others = {name: wanted for name, wanted in self.attributes.items() if not _has(item.attributes, name, wanted)}
        fitting = [annotation for annotation in item.annotations if _fits(annotation, self.labels, others)]
        if not fitting and (self.labels is not None or others):
            return None
        return dataclasses.replace(item, annotations=fitting) if self.drop_others else item


@dataclasses.dataclass(frozen=True, slots=True)
class _ChosenPart:
    """The items of a part that fit (a `SourcePart`)."""

    part: SourcePart
    choice: _Choice

    def items(self, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        def is_asked(item_id: str) -> bool:
            return self.choice.has_id(item_id) and (wanted is None or wanted(item_id))

        asks = wanted is not None or self.choice.ids is not None
        return filter(None, map(self.choice, self.part.items(is_asked if asks else None)))

    def ids(self) -> Iterator[str]:
        if self.choice.by_id:
            return filter(self.choice.has_id, self.part.ids())
        return (item.id for item in self.items())


def _wanted(text: str) -> tuple[str, Value]:
    """Return the two values that a text stands for."""
    try:
        return text, json.loads(text)
    except ValueError:
        return text, text


def _has(attributes: Mapping[str, Value], name: str, wanted: tuple[str, Value]) -> bool:
    return name in attributes and any(identical(attributes[name], value) for value in wanted)


def _fits(annotation: Annotation, labels: frozenset[int] | None, wanted: Mapping[str, tuple[str, Value]]) -> bool:
    if labels is not None and annotation.label not in labels:
        return False
    return all(_has(annotation.attributes, name, value) for name, value in wanted.items())
