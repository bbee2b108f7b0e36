"""What comes of reading a faulty file: the fault is told, does not matter, or passes for sound, which is wrong."""

from __future__ import annotations

import enum
import shutil
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import datumpb as dp
from datumpb.cli.keys import Key
from datumpb.cli.verification import verify_path
from datumpb.container.recover import recover_file
from datumpb.container.verify import inspect_file
from datumpb.dataset.recovery import recover_folder
from tests.support.faults.targets import MEDIA_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.faults.targets import Target


class Outcome(enum.Enum):
    """What came of a way of reading."""

    DETECTED = "detected"
    HARMLESS = "harmless"
    WRONG = "WRONG"


class WrongError(Exception):
    """Something was handed out that is not what was written, or withheld without a word."""


Way: TypeAlias = "Callable[[Target], bool]"


def judge(target: Target, data: bytes) -> tuple[dict[str, Outcome], list[str]]:
    """Read a faulty file in every way.

    Args:
        target: What the file was.
        data: What it is now.

    Returns:
        The outcome of each way, and what was wrong.
    """
    outcomes, wrong = {}, []
    target.path.write_bytes(data)
    try:
        for name, way in (MEDIA_WAYS if target.is_media else WAYS).items():
            outcomes[name], what = _outcome(way, target)
            wrong += [f"{name}: {what}"] if what else []
    finally:
        target.path.write_bytes(target.data)
    others = {outcome for name, outcome in outcomes.items() if name in {"sequential", "random"}}
    if outcomes["verify"] == Outcome.HARMLESS and others != {Outcome.HARMLESS}:
        outcomes["verify"] = Outcome.WRONG
        wrong.append("verify: sound, but does not read as it was written")
    return outcomes, wrong


def _outcome(way: Way, target: Target) -> tuple[Outcome, str | None]:
    try:
        return (Outcome.DETECTED if way(target) else Outcome.HARMLESS), None
    except WrongError as error:
        return Outcome.WRONG, str(error)
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is none of the errors that tell of a fault
        return Outcome.WRONG, f"{type(error).__name__}: {error}"


def _check(condition: bool, what: str) -> None:
    if not condition:
        raise WrongError(what)


def _told(use: Callable[[], None]) -> bool:
    """Tell whether a use ends with one of the errors that say that a file or medium cannot be trusted."""
    try:
        use()
    except (dp.FileError, dp.KeyProblemError, dp.MediaError, dp.DatasetError):
        return True
    return False


def sequential(target: Target) -> bool:
    """Iterate over all items."""
    with dp.DatumReader(target.path, target.key) as reader:
        return any([_told(partial(_all_items, reader, target)), _told(partial(_meta, reader, target))])


def _all_items(reader: dp.DatumReader, target: Target) -> None:
    count = 0
    for count, item in enumerate(reader, 1):
        _check(count <= len(target.items), f"item {count} of {len(target.items)}")
        _check(item == target.items[count - 1], f"item {count - 1} is another")
    _check(count == len(target.items), f"{count} items")


def _meta(reader: dp.DatumReader, target: Target) -> None:
    _check(reader.meta == target.meta, "another META")


def at_random(target: Target) -> bool:
    """Ask for each item by its index and its id, backwards; intact ones may be handed out."""
    with dp.DatumReader(target.path, target.key) as reader:
        told = [_told(partial(use, reader, target)) for use in (_length, _nobody, _meta)]
        for item in reversed(list(enumerate(target.items))):
            told += [_told(partial(use, reader, *item)) for use in (_by_index, _by_id, _is_in)]
        return any(told)


def _length(reader: dp.DatumReader, target: Target) -> None:
    _check(len(reader) == len(target.items), f"{len(reader)} items")


def _nobody(reader: dp.DatumReader, _: Target) -> None:
    _check("item-none" not in reader, "it has an item that was never written")


def _by_index(reader: dp.DatumReader, place: int, item: dp.Item) -> None:
    with _found(f"item {place}"):
        _check(reader[place] == item, f"item {place} is another")


def _by_id(reader: dp.DatumReader, _: int, item: dp.Item) -> None:
    with _found(item.id):
        _check(reader[item.id] == item, f"{item.id} is another item")


@contextmanager
def _found(what: str) -> Iterator[None]:
    try:
        yield
    except dp.ItemNotFoundError as error:
        message = f"{what} is not found"
        raise WrongError(message) from error


def _is_in(reader: dp.DatumReader, _: int, item: dp.Item) -> None:
    _check(item.id in reader, f"{item.id} is not in the file")


def verify(target: Target) -> bool:
    """Verify the file."""

    def inspect() -> None:
        inspection = inspect_file(target.path, target.key)
        if inspection.faults:
            raise inspection.faults[0].error
        _check(inspection.opened, "not looked into")

    return _told(inspect)


def recover(target: Target) -> bool:
    """Recover the file; what is written has to be sound, and hold what the original held, in order.

    Where the fault was to put most of another file in, it may be recovered as that one, without what is left of the
    original: items of both are never to be mixed.
    """
    with _empty(target.root.parent / "recovered") as folder:
        made = folder / target.path.name
        try:
            complete = recover_file(target.path, made, target.key).complete
        except (dp.FileError, dp.KeyProblemError):
            _check(not made.exists(), "it failed, and left a file")
            return True
        _check(not inspect_file(made, target.key).faults, "it wrote a damaged file")
        with dp.DatumReader(made, target.key) as reader:
            items, meta = list(reader), reader.meta
    files = [(target.items, target.meta), *target.other_contents]
    orders = [iter(originals) for originals, _ in files]
    _check(any(all(item in order for item in items) for order in orders), "other items, or in another order")
    _check(not complete or (items, meta) in files, f"it calls {len(items)} of {len(target.items)} items complete")
    return not complete or items != target.items


def media_in_order(target: Target) -> bool:
    """Iterate over the items, and read what one shows piece by piece."""
    return _shown(target, lambda reader: next(iter(reader)))


def media_at_random(target: Target) -> bool:
    """Ask for an item by its id, and read what it shows at once."""
    return _shown(target, lambda reader: reader[target.items[-1].id])


def _shown(target: Target, pick: Callable[[dp.DatumReader], dp.Item]) -> bool:
    with dp.DatumReader(target.root / "annotations" / "train.datum", target.key) as reader:
        media = pick(reader).media
    assert isinstance(media, dp.Image)
    assert media.file is not None
    file, got = media.file, b""

    def read() -> None:
        nonlocal got
        for chunk in file.chunks():
            got += chunk
            _check(target.media.startswith(got), "other bytes than were written")
        _check(got == target.media, f"{len(got)} of {len(target.media)} bytes")

    return _told(read)


def verify_media(target: Target) -> bool:
    """Verify the dataset and its media."""
    key = None if target.key is None else Key(target.key, "the campaign's")
    return bool(verify_path(target.root, key, media=True).faults)


def recover_media(target: Target) -> bool:
    """Recover the dataset; media files that are not what they were must not be in the new one, and be told of."""
    with _empty(target.root.parent / "recovered") as folder:
        recovery = recover_folder(target.root, folder / "new", target.key)
        lost = MEDIA_PATH in recovery.lost_media
        _check(lost == (not (folder / "new" / MEDIA_PATH).exists()), "told of the wrong loss")
        with dp.DatumReader(folder / "new" / "annotations" / "train.datum", target.key) as reader:
            media = reader[0].media
            assert isinstance(media, dp.Image)
            assert media.file is not None
            _check(lost or media.file.read() == target.media, "other bytes than were written")
        return lost


@contextmanager
def _empty(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


WAYS: dict[str, Way] = {"sequential": sequential, "random": at_random, "verify": verify, "recover": recover}
MEDIA_WAYS: dict[str, Way] = {
    "sequential": media_in_order,
    "random": media_at_random,
    "verify": verify_media,
    "recover": recover_media,
}
