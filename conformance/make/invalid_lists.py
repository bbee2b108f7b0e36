"""Files to refuse: INDEX and FOOTER that say something else than the file has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.make.case import ALL, VERIFY, Case, invalid
from conformance.make.entries import item, some
from conformance.make.forge import Envelope, Forge, RawBlock
from conformance.make.frames import frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb import messages

_BLOCKS = [some(2), some(2, 2)]
_HUGE = (2**32, 2**63, 2**64 - 1)
_DAMAGED = ("DamagedFile", "Limit")


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name, note, modes, change in _indexes():
        yield invalid(f"index-{name}", note, Forge(_BLOCKS, index=change), *_DAMAGED, modes=modes)
    for name, note, modes, change_footer in _footers():
        yield invalid(f"footer-{name}", note, Forge(_BLOCKS, footer=change_footer), *_DAMAGED, modes=modes)
    yield from _places()
    yield from _bodies()
    yield from _ids()


def _indexes() -> Iterator[tuple[str, str, tuple[str, ...], Callable[[messages.Index], object]]]:
    def block(number: int, **values: int) -> Callable[[messages.Index], object]:
        def change(index: messages.Index) -> None:
            for name, value in values.items():
                setattr(index.blocks[number], name, value)

        return change

    def ids(change: Callable[[list[int]], object]) -> Callable[[messages.Index], object]:
        def changed(index: messages.Index) -> None:
            numbers = list(index.item_id_crc32)
            change(numbers)
            index.item_id_crc32[:] = numbers

        return changed

    yield "block-lost", "a block that is not listed", ALL, lambda index: index.blocks.pop(0)
    yield "block-twice", "a block listed twice", ALL, lambda index: index.blocks.append(index.blocks[0])
    yield "blocks-swapped", "the offsets of two blocks swapped", ALL, _swap("offset")
    yield "numbers-swapped", "the numbers of two blocks swapped", ALL, _swap("seq")
    yield "order", "blocks listed in another order", VERIFY, lambda index: index.blocks.reverse()
    yield "crc32", "another checksum of a block", ALL, block(0, crc32=1)
    yield "points-to-header", "a block where HEADER is", ALL, block(0, offset=37)
    yield "points-to-0", "a block where PREAMBLE is", ALL, block(0, offset=0, size=37, seq=0)
    yield "points-between", "a block where no record begins", ALL, block(1, offset=100)
    yield "size-0", "a block of no bytes", ALL, block(1, size=0)
    yield "size-1", "a block of one byte", ALL, block(1, size=1)
    yield "counts-shifted", "items counted in the block before theirs", ALL, _shift_counts
    for count in (0, 1, 3, 2**32 - 1):
        yield f"count-{count}", f"a block of 2 items said to have {count}", ALL, block(1, item_count=count)
    yield "id-lost", "an id that is not listed", ALL, ids(lambda numbers: numbers.pop(0))
    yield "id-added", "an id of no item", ALL, ids(lambda numbers: numbers.append(0))
    yield "id-other", "another id listed", VERIFY, ids(lambda numbers: numbers.__setitem__(1, numbers[1] ^ 1))
    yield "ids-swapped", "two ids swapped", VERIFY, ids(lambda numbers: numbers.reverse())
    yield "nothing", "an INDEX with nothing in it", ALL, lambda index: index.Clear()


def _swap(field: str) -> Callable[[messages.Index], object]:
    def swap(index: messages.Index) -> None:
        first, second = index.blocks
        kept = getattr(first, field)
        setattr(first, field, getattr(second, field))
        setattr(second, field, kept)

    return swap


def _shift_counts(index: messages.Index) -> None:
    index.blocks[0].item_count, index.blocks[1].item_count = 3, 1


def _footers() -> Iterator[tuple[str, str, tuple[str, ...], Callable[[messages.Footer], object]]]:
    def field(name: str, value: int) -> Callable[[messages.Footer], object]:
        return lambda footer: setattr(footer, name, value)

    def entry(**values: int) -> Callable[[messages.Footer], object]:
        def change(footer: messages.Footer) -> None:
            for name, value in values.items():
                setattr(footer.index[0], name, value)

        return change

    for count in (0, 3, 5, 2**63, 2**64 - 1):
        yield f"items-{count}", f"FOOTER counts {count} items, there are 4", ALL, field("item_count", count)
    yield "index-lost", "FOOTER lists no INDEX", ALL, lambda footer: footer.ClearField("index")
    yield "index-twice", "FOOTER lists INDEX twice", ALL, lambda footer: footer.index.append(footer.index[0])
    yield "index-crc32", "another checksum of INDEX", ALL, entry(crc32=1)
    yield "index-seq", "another number of INDEX", ALL, entry(seq=4)
    yield "index-size-0", "an INDEX of no bytes", ALL, entry(size=0)
    yield "index-at-meta", "INDEX where META is", ALL, entry(offset=100)
    yield "index-block-count", "other blocks of INDEX counted", VERIFY, entry(block_count=1)
    yield "index-item-count", "other items of INDEX counted", VERIFY, entry(item_count=5)
    for name, note, change in _statistics():
        yield f"statistics-{name}", note, VERIFY, change


def _statistics() -> Iterator[tuple[str, str, Callable[[messages.Footer], object]]]:
    def added(part: object, name: str) -> None:
        setattr(part, name, getattr(part, name) + 1)

    yield "missing", "no statistics", lambda footer: footer.ClearField("statistics")
    yield "total", "another count of annotations", lambda footer: added(footer.statistics, "annotation_count")
    yield "type", "another count of a type", lambda footer: added(footer.statistics.types[0], "count")
    yield "type-lost", "a type that is not counted", lambda footer: footer.statistics.types.pop()
    yield "type-other", "a type that does not occur", lambda footer: added(footer.statistics.types[1], "type")
    yield "label", "another count of a label", lambda footer: added(footer.statistics.labels[0], "count")
    yield "label-other", "a label that does not occur", lambda footer: added(footer.statistics.labels[0], "label_index")
    yield "unlabelled", "another count without label", lambda footer: added(footer.statistics, "unlabelled_count")


def _places() -> Iterator[Case]:
    for number in _HUGE:
        for name in ("offset", "size", "seq"):

            def index(message: messages.Index, name: str = name, number: int = number) -> None:
                setattr(message.blocks[1], name, number)

            def footer(message: messages.Footer, name: str = name, number: int = number) -> None:
                setattr(message.index[0], name, number)

            note = f"{name} {number}"
            case_name = f"{name}-{number}"
            yield invalid(f"index-{case_name}", f"a block of {note}", Forge(_BLOCKS, index=index), *_DAMAGED)
            yield invalid(f"footer-index-{case_name}", f"INDEX of {note}", Forge(_BLOCKS, footer=footer), *_DAMAGED)


def _bodies() -> Iterator[Case]:
    for number, name in ((5, "index"), (6, "footer")):
        for what, body in (("garbage", b"\x08"), ("empty", b"")):
            forge = Forge(_BLOCKS, before={number: _body(body)})
            yield invalid(f"{name}-{what}", f"{name} is no message" if body else f"{name} says nothing", forge)

    def shifted(indexes: list[messages.Index]) -> None:
        moved = indexes[1].item_id_crc32.pop(0)
        indexes[0].item_id_crc32.append(moved)

    note = "an id is listed in the INDEX before that of its block"
    yield invalid("index-ids-shifted", note, Forge(_BLOCKS, index_runs=[1, 1], indexes=shifted), modes=VERIFY)
    swapped = Forge(_BLOCKS, index_runs=[1, 1], footer=lambda footer: footer.index.reverse())
    yield invalid("footer-index-order", "FOOTER lists INDEX records in another order", swapped, modes=VERIFY)

    # A million ids in an INDEX of a few bytes: what is kept of INDEX must not outgrow the file.
    def many(index: messages.Index) -> None:
        index.blocks[0].item_count = 10**6
        index.item_id_crc32.extend([0] * (10**6 - 2))

    def count(footer: messages.Footer) -> None:
        footer.item_count = 10**6 + 2

    def packed(envelope: Envelope) -> None:
        envelope.codec, envelope.payload = 2, frame(envelope.payload)

    bomb = Forge(_BLOCKS, index=many, footer=count, before={5: packed})
    yield invalid("index-bomb", "an INDEX of a million items in a file of a few hundred bytes", bomb, *_DAMAGED)


def _body(body: bytes) -> Callable[[Envelope], None]:
    def change(envelope: Envelope) -> None:
        envelope.payload, envelope.raw_size = body, len(body)

    return change


def _ids() -> Iterator[Case]:
    twice = Forge([[item("a"), item("b"), item("a")]])
    yield invalid("ids-twice", "an id twice in a block", twice, modes=VERIFY)
    apart = Forge([[item("a"), item("b")], [item("c"), item("a")]])
    yield invalid("ids-twice-apart", "an id twice in a file", apart, modes=VERIFY)
    yield invalid("block-empty", "a block without items", Forge([some(1), RawBlock(b"")]), modes=VERIFY)
