"""The conformance suite: the Python column over all cases, the committed files, and the twins."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import ParseDict

import datumpb as dp
from conformance.make.__main__ import differences, made_files
from conformance.python_reader import lines
from conformance.suite import ROOT, SuiteCase, load, parse_lines
from datumpb import messages
from tests.support.document_reader import load_reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES = load()
TWINS = [case for case in CASES if not case.errors and case.path is None]
COORDINATES = [
    case for case in CASES if case.name.startswith("coordinates-") and case.errors and "absent" not in case.name
]
NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_python_reads_or_refuses_as_the_suite_says(case: SuiteCase) -> None:
    for mode in case.modes():
        key_file = None if case.key_file is None else str(case.key_file)
        printed = [json.dumps(line, allow_nan=False) for line in lines(mode, str(case.file), key_file, case.path)]
        answer = parse_lines("\n".join(printed))
        assert case.fault(mode, int("error" in answer[-1]), answer) is None


def test_the_committed_files_are_what_is_made() -> None:
    assert differences(made_files(), ROOT) == []


def test_a_changed_missing_or_added_file_is_noticed(tmp_path: Path) -> None:
    for folder in ("valid", "invalid", "keys"):
        (tmp_path / folder).mkdir()
    (tmp_path / "valid" / "a.datum").write_bytes(b"a")
    (tmp_path / "valid" / "b.datum").write_bytes(b"other")
    (tmp_path / "invalid" / "d.datum").write_bytes(b"d")
    found = differences({"valid/a.datum": b"a", "valid/b.datum": b"b", "valid/c.datum": b"c"}, tmp_path)
    names = ["valid/b.datum", "valid/c.datum", "invalid/d.datum"]
    assert [line.split(":")[0] for line in found] == [f"conformance/{name}" for name in names]


def test_the_suite_is_small_and_lists_all_of_its_files() -> None:
    files = [path for path in ROOT.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < 2_000_000
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.file for case in CASES} == {path for path in files if path.suffix == ".datum"}


@pytest.mark.parametrize("case", TWINS, ids=lambda case: case.name)
def test_the_reader_made_from_the_document_decodes_the_coordinates_of_the_twins(case: SuiteCase) -> None:
    decoded = load_reader().decoded
    shapes = [[decoded(message, *counts) for message, counts in coordinates(item)] for item in items(case)]
    told = [line["coordinates"] for line in case.twin[1:-1]]
    assert repr([as_floats(item) for item in shapes]) == repr([as_floats(item) for item in told])


@pytest.mark.parametrize("case", COORDINATES, ids=lambda case: case.name)
def test_the_reader_made_from_the_document_refuses_coordinates_that_are_wrong(case: SuiteCase) -> None:
    reader = load_reader()
    *_, wrong = items(case)
    with pytest.raises(reader.RefusedError):
        [reader.decoded(message, *counts) for message, counts in coordinates(wrong)]


def items(case: SuiteCase) -> list[messages.Item]:
    with dp.DatumReader(case.file, None if case.key_file is None else case.key_file.read_text("ascii")) as reader:
        return list(reader.messages())


def coordinates(item: messages.Item) -> Iterator[tuple[messages.Coordinates, tuple[int, int | None]]]:
    """Yield each message with its stride and how many numbers it has to have."""
    reader = load_reader()
    for annotation in item.annotations:
        kind = annotation.WhichOneof("kind")
        for _, value in [] if kind is None else getattr(annotation, kind).ListFields():
            if isinstance(value, messages.Coordinates):
                name = type(getattr(annotation, str(kind))).__name__
                yield value, (reader.STRIDES.get(name, 2), reader.COUNTS.get(name))


def as_floats(shapes: list[list[Any]]) -> list[list[float]]:
    return [[NUMBERS[n] if isinstance(n, str) else float(n) for n in shape] for shape in shapes if shape]


def test_the_reader_made_from_the_document_reads_what_carries_its_schema() -> None:
    reader = load_reader()
    read = 0
    for case in TWINS:
        if case.name in {"schema", "written-by-datumpb"}:
            with case.file.open("rb") as file:
                ids = [item.id for item in reader.Datum(file, None).items()]
            assert ids == [line["item"]["id"] for line in case.twin[1:-1]]
            read += 1
    assert read == 2


def test_the_suite_has_a_case_of_every_field_of_the_schema() -> None:
    seen: set[str] = set()
    for case in TWINS:
        for message in items(case):
            note_fields(message, seen)
        note_fields(ParseDict(case.twin[0]["meta"], messages.Meta()), seen)
    every: set[str] = set()
    for root in (messages.Meta.DESCRIPTOR, messages.Item.DESCRIPTOR):
        note_all(root, every)
    assert every - seen == set()


def note_fields(message: Any, seen: set[str]) -> None:  # noqa: ANN401 -- any message
    for field, value in message.ListFields():
        seen.add(field.full_name)
        if field.message_type is not None:
            for part in [value] if hasattr(value, "ListFields") else value:
                note_fields(part, seen)


def note_all(descriptor: Any, every: set[str]) -> None:  # noqa: ANN401 -- descriptors have no public type
    for field in descriptor.fields:
        if field.full_name not in every:
            every.add(field.full_name)
            if field.message_type is not None:
                note_all(field.message_type, every)
