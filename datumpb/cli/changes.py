"""Options by which a command takes only some items of a dataset, or other labels."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import datumpb as dp

    _Command = TypeVar("_Command", bound=Callable[..., Any])

_SELECTION = (
    click.option("--subset", metavar="NAME", multiple=True, help="Take only these subsets (may be repeated)."),
    click.option("--label", metavar="NAME", multiple=True, help="Take only items that have one of these labels."),
    click.option("--id", metavar="PATTERN", multiple=True,
                 help="Take only items whose id fits one of these, such as 'street/*'."),
    click.option("--attribute", metavar="NAME=VALUE", multiple=True,
                 help="Take only items that have this attribute, or an annotation with it."),
    click.option("--drop-others", is_flag=True, help="Of these items, leave out all annotations that do not fit."),
)  # fmt: skip
_LABELS = (
    click.option("--rename-label", metavar="OLD=NEW", multiple=True,
                 help="Rename a label; several with one new name become one."),
    click.option("--drop-label", metavar="NAME", multiple=True, help="Drop a label and all of its annotations."),
    click.option("--keep-label", metavar="NAME", multiple=True, help="Drop all labels but these."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items to take; each attribute is the option of its name."""

    subset: tuple[str, ...]
    label: tuple[str, ...]
    id: tuple[str, ...]
    attribute: tuple[str, ...]
    drop_others: bool

    def __bool__(self) -> bool:
        """Tell whether anything was asked."""
        return bool(self.subset or self.label or self.id or self.attribute)

    def apply(self, dataset: dp.Dataset) -> dp.Dataset:
        """Return the dataset with those items only.

        Raises:
            OptionError: There is no such subset or label.
        """
        if self.drop_others and not (self.label or self.attribute):
            message = "--drop-others needs --label or --attribute"
            raise click.UsageError(message)
        if not self:
            return dataset
        return dataset.select(
            subsets=self.subset or None,
            labels=self.label or None,
            ids=self.id or None,
            attributes=_pairs("--attribute", self.attribute) or None,
            drop_others=self.drop_others,
        )


@dataclass(frozen=True, slots=True)
class LabelChanges:
    """What becomes of labels; each attribute is the option of its name."""

    rename_label: tuple[str, ...]
    drop_label: tuple[str, ...]
    keep_label: tuple[str, ...]

    def apply(self, dataset: dp.Dataset) -> dp.Dataset:
        """Return the dataset with other labels.

        Raises:
            OptionError: There is no such label, or the options contradict each other.
        """
        if not (self.rename_label or self.drop_label or self.keep_label):
            return dataset
        rename = _pairs("--rename-label", self.rename_label)
        return dataset.relabel(rename=rename, drop=self.drop_label, keep=self.keep_label or None)


def selection_options(command: _Command) -> _Command:
    """Add the options of `Selection`, which the command gets as its argument `selection`."""
    return _packed(command, "selection", Selection, _SELECTION)


def label_options(command: _Command) -> _Command:
    """Add the options of `LabelChanges`, which the command gets as its argument `changes`."""
    return _packed(command, "changes", LabelChanges, _LABELS)


def _packed(command: _Command, argument: str, kind: type[Any], options: Sequence[Callable[[Any], Any]]) -> _Command:
    @functools.wraps(command)
    def packed(**values: Any) -> object:  # noqa: ANN401 -- values of all options
        return command(**{argument: kind(**{field.name: values.pop(field.name) for field in fields(kind)})}, **values)

    result: Any = packed
    for option in reversed(options):
        result = option(result)
    return result  # type: ignore[no-any-return]  # what click's decorators return


def _pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            message = f"{option} {text!r}: two parts with '=' between them expected"
            raise click.UsageError(message)
        found[name] = value
    return found
