"""How processes end: stopped by a signal, out of room, or without anybody to read their output."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.cli.endings import describe_os_error, ending, naming, without_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]
    Tree = Callable[[Path], dict[str, bytes]]

DEADLINE = 60
posix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


@contextlib.contextmanager
def started(arguments: list[str], shell: str = 'exec "$@"') -> Iterator[subprocess.Popen[str]]:
    """Start the command through a line of shell, and leave no process behind."""
    command = ["sh", "-c", shell, "sh", sys.executable, "-m", "datumpb", *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_begin,  # noqa: PLW1509 -- no other thread is at work here
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _begin() -> None:
    os.setpgrp()  # a terminal sends Ctrl-C to a whole group
    # Tests that run in the background of a shell are told to ignore Ctrl-C, or by nohup the end of the terminal, and so
    # are their children.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def wait_for_reader(fifo: Path) -> int:
    """Wait until a process has opened a named pipe for reading, and return our end of it."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):  # nobody reads yet
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.01)
    pytest.fail("the process has not come to the picture")


def ask_until_it_ends(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Ask again every few seconds, as a person would: a signal may come just before a read that then waits for ever."""
    start = asked = time.monotonic()
    while process.poll() is None and time.monotonic() < start + DEADLINE:
        time.sleep(0.05)
        if time.monotonic() > asked + 3:
            process.send_signal(number)
            asked = time.monotonic()


@posix
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    ("number", "status", "word"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 129, "the terminal was closed"),
    ],
)
def test_stopped_in_the_middle_of_a_convert(
    plain: Path, tmp_path: Path, tree: Tree, number: signal.Signals, status: int, word: str, times: int
) -> None:
    fifo = plain / "images" / "train" / "b c.png"
    fifo.unlink()
    os.mkfifo(fifo)
    before = tree(plain)
    output = tmp_path / "out"
    arguments = ["convert", "-i", str(plain), "-o", str(output), "-f", "datumpb", "--save-media"]
    arguments += ["--encryption", "--key-file", str(tmp_path / "new.key")]
    with started(arguments) as process:
        end = wait_for_reader(fifo)
        in_the_middle = sorted(path.name for path in tmp_path.iterdir())
        for _ in range(times):
            process.send_signal(number)
        ask_until_it_ends(process, number)
        out, err = process.communicate(timeout=DEADLINE)
        os.close(end)
    assert len(in_the_middle) > len(["coco", "new.key", "plain"])
    assert (process.returncode, out, err) == (status, "", f"datumpb: error: {word}\n")
    assert tree(plain) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["coco", "plain"]


@posix
def test_ctrl_c_reaches_worker_processes_too_and_only_one_line_is_said(plain: Path, tmp_path: Path) -> None:
    fifo = plain / "images" / "train" / "b c.png"
    fifo.unlink()
    os.mkfifo(fifo)
    arguments = ["convert", "-i", str(plain), "-o", str(tmp_path / "out"), "-f", "datumpb", "--save-media"]
    with started([*arguments, "--num-workers", "2"]) as process:
        end = wait_for_reader(fifo)
        os.killpg(process.pid, signal.SIGINT)
        os.close(end)  # the thread that copies media waits for no signal, but for its file
        _, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, err) == (130, "datumpb: error: interrupted\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["coco", "plain"]


@posix
@pytest.mark.parametrize("name", ["INT", "HUP"])
def test_a_signal_that_is_ignored_stays_ignored(plain: Path, tmp_path: Path, name: str) -> None:
    picture = plain / "images" / "train" / "b c.png"
    content = picture.read_bytes()
    picture.unlink()
    os.mkfifo(picture)
    arguments = ["convert", "-i", str(plain), "-o", str(tmp_path / "out"), "-f", "datumpb", "--save-media"]
    with started(arguments, f'trap "" {name}; exec "$@"') as process:
        end = wait_for_reader(picture)
        process.send_signal(signal.Signals[f"SIG{name}"])
        os.write(end, content)
        os.close(end)
        _, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, err) == (0, "")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A dataset whose items, as text, are more than a pipe holds."""
    items = [dp.Item(str(number), attributes={"text": "x" * 1000}) for number in range(1000)]
    dp.Dataset.from_iterable(items).export(tmp_path / "large", "datumpb")
    return tmp_path / "large"


@posix
def test_a_reader_that_goes_away_is_no_error(large: Path) -> None:
    with started(["cat", str(large)]) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith('{"id":"0"')
        process.stdout.close()
        assert process.stderr.read() == ""
        process.wait(DEADLINE)
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["cat", "info", "keygen"])
def test_no_room_for_the_output(large: Path, command: str) -> None:
    arguments = [command, *([str(large)] if command != "keygen" else [])]
    with started(arguments, 'exec "$@" >/dev/full') as process:
        _, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, err) == (1, "datumpb: error: standard output: No space left on device\n")


@posix
def test_no_room_for_the_dataset(large: Path, tmp_path: Path, tree: Tree) -> None:
    before = tree(tmp_path)
    arguments = ["convert", "-i", str(large), "-o", str(tmp_path / "out"), "-f", "datumpb"]
    with started(arguments, 'ulimit -f 4; exec "$@"') as process:
        _, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    assert err == f"datumpb: error: {tmp_path / 'out'}: File too large\n"
    assert tree(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["large"]


def test_names_that_are_no_text(datumpb_process: Run, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    for arguments in (["detect", tmp_path / name], ["cat", tmp_path / name]):
        outcome = datumpb_process(*arguments, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
        assert outcome.error.count("no such file") == 1


def test_the_module_is_the_command(datumpb_process: Run) -> None:
    outcome = datumpb_process("--version")
    assert (outcome.status, outcome.out) == (0, f"datumpb {dp.__version__}\n")


def test_what_the_system_says() -> None:
    assert describe_os_error(OSError(errno.ENOSPC, "No space left", "/a/b")) == "/a/b: No space left"
    assert describe_os_error(OSError(errno.ENOSPC, "No space left")) == "No space left"
    assert describe_os_error(OSError("odd")) == "odd"


def test_naming_fills_in_what_is_missing() -> None:
    with pytest.raises(OSError, match="a") as caught, naming("out"):
        raise OSError(errno.ENOSPC, "a")
    assert caught.value.filename == "out"
    with pytest.raises(OSError, match="a") as caught, naming("out"):
        raise OSError(errno.ENOSPC, "a", "in")
    assert caught.value.filename == "in"


def test_keys_are_taken_out_of_texts() -> None:
    key = dp.generate_key()
    assert without_keys(f"no file {key}!") == "no file datum-(key)!"
    assert without_keys("datum-dataset-2024/annotations") == "datum-dataset-2024/annotations"


def test_warnings_are_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    with ending():
        for _ in range(2):
            warnings.warn("left out", dp.UnknownDataWarning, stacklevel=1)
    assert capsys.readouterr().err == "datumpb: warning: left out\n"


@posix
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed(plain: Path, tmp_path: Path, closed: str) -> None:
    arguments = ["convert", "-i", str(plain), "-o", str(tmp_path / "out"), "-f", "datumpb", "--num-workers", "2"]
    with started(arguments, f'exec "$@" {closed}') as process:
        assert process.communicate()[1] == ""
        assert process.returncode == 0
    assert len(dp.Dataset.import_from(tmp_path / "out")) == len(dp.Dataset.import_from(plain)) > 0
