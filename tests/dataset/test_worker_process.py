"""A worker process: what it loads, what it says, and what reaches it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.dataset.worker_process import WorkerProcess
from tests.support.processes import say, session_of, threads_for_numpy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def started() -> Iterator[WorkerProcess]:
    process = WorkerProcess()
    try:
        yield process
    finally:
        process.end()
        process.close()


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "script.py"
    path.write_text(textwrap.dedent(script), "utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(
        [sys.executable, path], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_what_is_printed_is_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    with started() as process:
        assert process.ask(say, [1, 2]) == ([1, 2], [], None)
    assert capfd.readouterr() == ("", "1\n2\n")


def test_what_is_printed_goes_nowhere_in_a_process_without_stderr(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with started() as process:
        assert process.ask(say, [1, 2]) == ([1, 2], [], None)
    assert capfd.readouterr() == ("", "")


def test_warnings_come_back() -> None:
    with started() as process:
        results, seen, error = process.ask(warn, [7])
    assert (results, error) == ([7], None)
    assert [(text, category) for text, category, *_ in seen] == [("7 is odd", UserWarning)]


def warn(batch: list[int]) -> list[int]:
    import warnings  # noqa: PLC0415 -- this runs elsewhere

    warnings.warn(f"{batch[0]} is odd", stacklevel=1)
    return batch


def test_a_script_need_not_guard_what_it_runs(tmp_path: Path) -> None:
    (tmp_path / "subprocess.py").write_text("raise SystemExit('the wrong module')\n", "utf-8")
    (tmp_path / "pickle.py").write_text("raise SystemExit('the wrong module')\n", "utf-8")
    script = """
        import sys
        own = sys.path.pop(0)  # as with python -P
        import datumpb as dp
        sys.path.append(own)
        print("once")
        items = [dp.Item(str(n), annotations=[dp.Label(label=0)]) for n in range(200)]
        dp.Dataset.from_iterable(items, categories=["cat"]).export("out", "datumpb", num_workers=2)
        with dp.DatumReader("out/annotations/default.datum") as reader:
            print(len(reader))
    """
    done = run(script, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "once\n200\n", "")


def test_what_only_the_script_has_is_refused(tmp_path: Path) -> None:
    script = """
        import datumpb as dp

        class Mine(dp.Item):
            pass

        try:
            dp.Dataset.from_iterable([Mine("a")]).export("out", "datumpb", num_workers=2)
        except dp.WorkerError as error:
            print(error)
    """
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("a worker process cannot load what it is sent (")
    assert done.stdout.endswith("): use one worker (num_workers=1)\n")
    assert done.stderr == ""


@pytest.mark.skipif(os.name != "posix", reason="sessions of POSIX")
def test_a_terminal_does_not_reach_it() -> None:
    with started() as process:
        (session,), _, _ = process.ask(session_of, [0])
        assert session != os.getsid(0)


def test_it_leaves_other_cores_to_other_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with started() as process:
        assert process.ask(threads_for_numpy, [0])[0] == ["1"]
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    with started() as process:
        assert process.ask(threads_for_numpy, [0])[0] == ["3"]


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_one_that_has_ended() -> None:
    process = WorkerProcess()
    process.end()
    with pytest.raises(dp.WorkerError, match=f"killed by signal {int(signal.SIGKILL)}"):
        process.ask(say, [1])
    process.close()
