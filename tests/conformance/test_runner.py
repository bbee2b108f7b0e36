"""The runner of the conformance suite: readers that are wrong fail it, and say where."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from conformance import run as runner
from conformance.compare import difference
from conformance.programs import Batch, OneShot, kind_of
from conformance.readers import PROJECT, NoReaderError, Reader, SpeedError, find
from conformance.suite import SuiteCase, load, parse_lines

if TYPE_CHECKING:
    from pathlib import Path

CASES = {case.name: case for case in load()}
SOUND, ENCRYPTED, DAMAGED = CASES["one-block"], CASES["one-block-encrypted"], CASES["bit-payload-block-3"]
VERIFIED, MEDIA = CASES["ids-twice"], CASES["media-file-many-records"]
FEW = [SOUND, ENCRYPTED, DAMAGED, CASES["key-wrong"], VERIFIED, MEDIA, CASES["media-path"]]
JOBS = [(case, mode) for case in FEW for mode in case.modes()]


def reader(tmp_path: Path, body: str, timeout: float = 60) -> Reader:
    """Make a reader of a Python program; `lines` are those that a right one prints."""
    program = tmp_path / "program.py"
    program.write_text(
        f"import argparse, json, sys, time\nsys.path.insert(0, {str(PROJECT)!r})\n"
        "from conformance.python_reader import lines as right\n"
        "parser = argparse.ArgumentParser()\n"
        "for name in ('mode', 'file', '--key-file', '--path'): parser.add_argument(name)\n"
        "chosen = parser.parse_args()\n"
        "lines = list(right(chosen.mode, chosen.file, chosen.key_file, chosen.path))\n"
        "def show():\n"
        "    for line in lines: print(json.dumps(line))\n"
        "    sys.exit('error' in lines[-1])\n" + body
    )
    return Reader("fake", (sys.executable, str(program)), timeout)


def failed(found: list[str | None]) -> set[str]:
    return {f"{case.name} {mode}" for (case, mode), problem in zip(JOBS, found, strict=True) if problem is not None}


EVERY = {f"{case.name} {mode}" for case, mode in JOBS}
LENIENT = {"ids-twice items", "ids-twice random"}


def test_a_right_reader_passes_once_for_each_answer_or_in_batches(tmp_path: Path) -> None:
    assert kind_of(find("python").command, PROJECT) is Batch
    assert failed(find("python").faults(JOBS)) == set()
    assert failed(reader(tmp_path, "show()").faults(JOBS)) == set()


def test_a_reader_that_accepts_everything_fails(tmp_path: Path) -> None:
    body = "print(json.dumps({'end': 1}))"
    assert failed(reader(tmp_path, body).faults(JOBS)) == EVERY - LENIENT - {
        f"{case.name} verify" for case in (SOUND, ENCRYPTED)
    }


def test_a_reader_that_refuses_everything_fails_for_sound_files_and_other_classes(tmp_path: Path) -> None:
    body = "print(json.dumps({'error': 'DamagedFile', 'message': 'no'})); sys.exit(1)"
    wrong = {f"{case.name} {mode}" for case in (SOUND, ENCRYPTED, MEDIA, CASES["key-wrong"]) for mode in case.modes()}
    assert failed(reader(tmp_path, body).faults(JOBS)) == wrong


@pytest.mark.parametrize(
    "change",
    [
        "lines[1]['coordinates'][0][0] = -0.0",
        "lines[1]['coordinates'][0][3] += 1e-15 * 8",
        "lines[1]['item']['annotations'][0]['labelIndex'] = 1",
        "del lines[1]['item']['id']",
        "lines[1]['item']['more'] = None",
        "del lines[0]",
        "lines.insert(1, lines[1])",
        "lines[-1]['end'] = 2",
        "lines[0]['meta']['mediaType'] = 2",
    ],
)
def test_a_reader_that_changes_one_value_fails(tmp_path: Path, change: str) -> None:
    body = f"if chosen.mode == 'random':\n    {change}\nshow()"
    jobs = [(SOUND, "items"), (SOUND, "random")]
    right, wrong = reader(tmp_path, body).faults(jobs)
    assert right is None
    assert wrong is not None


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("time.sleep(600)", "hangs"),
        ("sys.exit(3)", "exit status 3"),
        ("import os; os.abort()", "exit status -6"),
        ("print('no JSON')", "no JSON"),
        ("print('[]')", "exit status|elements|expected"),
        ("print(json.dumps(lines[-1])); sys.exit(1)", "exit status 1"),
        ("print(json.dumps({'error': 'DamagedFile'}))", "exit status 0"),
        ("sys.exit('it went wrong')", "says: it went wrong"),
    ],
)
def test_a_reader_that_hangs_crashes_or_babbles_fails(tmp_path: Path, body: str, text: str) -> None:
    (problem,) = reader(tmp_path, body, timeout=5 if "sleep" in body else 60).faults([(SOUND, "items")])
    assert problem is not None
    assert any(part in problem for part in text.split("|"))


@pytest.mark.parametrize(
    ("answer", "text"),
    [("time.sleep(600)", "hangs"), ("os.abort()", "exit status -6"), ("print('{}'); os._exit(0)", "fields")],
)
def test_a_program_that_dies_in_a_batch_fails_and_is_started_again(tmp_path: Path, answer: str, text: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import json, os, sys, time\n"
        "for line in sys.stdin:\n"
        "    if 'random' in line:\n"
        f"        {answer}; sys.stdout.flush()\n"
        '    print(json.dumps({"end": 1})); print(json.dumps({"status": 0}), flush=True)\n'
    )
    fake = Reader("fake", (sys.executable, str(program)), timeout=5)
    assert kind_of(fake.command, PROJECT) is Batch
    before, died, after = fake.faults([(SOUND, "verify"), (SOUND, "random"), (SOUND, "verify")])
    assert before is None
    assert died is not None
    assert text in died
    assert after is None


def test_a_program_that_knows_no_batches_is_run_for_each_answer(tmp_path: Path) -> None:
    assert kind_of(reader(tmp_path, "").command, PROJECT) is OneShot


def test_kinds_of_an_error_pass_for_it_but_not_the_other_way_round() -> None:
    line = [{"error": "TruncatedFile", "message": ""}]
    assert DAMAGED.fault("items", 1, line) is None
    cut = CASES["cut-last-byte"]
    assert cut.fault("items", 1, line) is None
    assert cut.fault("items", 1, [{"error": "DamagedFile", "message": ""}]) is not None


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("1", "1.0"),
        ("100000000000000000000", "1e20"),
        ("-0.0", "-0"),
        ('{"f32": [0.1]}', '{"f32": [0.10000000149011612]}'),
        ('{"coordinates": [[], [1]]}', '{"coordinates": [[1.0]]}'),
        ('{"a": 1, "b": [2]}', '{"b": [2], "a": 1}'),
    ],
)
def test_the_same_in_other_words_is_no_difference(expected: str, found: str) -> None:
    assert difference(parse_lines(expected), parse_lines(found)) is None


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("0", "-0.0"),
        ("1", "true"),
        ("1", '"1"'),
        ("null", "0"),
        ('"NaN"', "0"),
        ("0.1", "0.10000000149011612"),
        ('{"f64": [0.1]}', '{"f64": [0.10000000149011612]}'),
        ('{"f32": [0.1]}', '{"f32": [0.10000001]}'),
        ('{"f32": [1e300]}', '{"f32": [1e301]}'),
        ('{"a": 1}', '{"a": 1, "b": 2}'),
        ("[1, 2]", "[1]"),
        ("[1, 2]", "[2, 1]"),
        ("{}", "[]"),
    ],
)
def test_what_differs_is_a_difference(expected: str, found: str) -> None:
    assert difference(parse_lines(expected), parse_lines(found)) is not None
    assert difference(parse_lines(found), parse_lines(expected)) is not None


def test_the_matrix_counts_cases_and_failures_are_named(tmp_path: Path) -> None:
    fake = reader(tmp_path, "if chosen.mode == 'random': lines[-1]['end'] = 7\nshow()")
    failures = runner.run([fake], [SOUND, DAMAGED])
    assert [str(failure).split(":")[0:2] for failure in failures] == [["fake", " one-block (random)"]]
    rows = [line.split() for line in runner.matrix([fake], [SOUND, DAMAGED], failures).splitlines()]
    assert rows == [["fake"], ["files", "0/1"], ["refuse:", "envelope,", "zstd", "1/1"], ["all", "1/2"]]


def test_the_exit_status_tells_whether_all_readers_are_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(["--only", "one-block", "--no-speed"]) == 0
    assert runner.main(["--only", "no case has this name", "--no-speed"]) == 1
    program = tmp_path / "true"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    assert runner.main(["--reader", f"mine={program}", "--only", "one-block", "--no-speed"]) == 1
    assert "mine: one-block (items): exit status 0, last line {}" not in capsys.readouterr().out


def test_readers_that_are_not_there_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("cobol", "mine=/no/such/program", "mine="):
        with pytest.raises(NoReaderError, match=name.split("=", maxsplit=1)[0]):
            find(name)
    with pytest.raises(SystemExit):
        runner.main(["--reader", "cobol"])
    assert "cobol" in capsys.readouterr().err


def test_a_speed_that_is_not_told_is_an_error(tmp_path: Path) -> None:
    fake = reader(tmp_path, "")
    with pytest.raises(SpeedError, match="fake"):
        fake.speed(SOUND.file)


def test_every_case_says_what_it_is_about() -> None:
    def told(case: SuiteCase) -> Any:  # noqa: ANN401 -- any JSON
        return json.dumps([case.group, case.note])

    assert all(case.group and case.note for case in CASES.values()), [told(case) for case in CASES.values()]
