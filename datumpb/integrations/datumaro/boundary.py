"""The boundary to Datumaro's plugins: what they raise and log becomes errors and losses of ours."""

from __future__ import annotations

import contextlib
import logging
import pickle
import re
import struct
import zipfile
from typing import TYPE_CHECKING

import cv2
from datumaro.components.errors import DatumaroError

from datumpb.errors import BridgeError, DatumpbError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.dataset.losses import LossReport

# Datumaro documents the first one, and lets everything through that its plugins, and the parsers under them, raise.
# Not listed: OSError, which says itself which file it is about.
_FAILURES = (
    DatumaroError,
    ArithmeticError,  # an image of size 0, overflowing coordinates
    AssertionError,  # its checks of arguments and files
    AttributeError,  # media or categories of another kind than a plugin expects
    EOFError,
    LookupError,  # labels, keys and columns that are not there
    NameError,
    RuntimeError,  # also what is not implemented, and too deep
    SyntaxError,  # XML, by ElementTree and lxml
    TypeError,
    ValueError,  # also JSON, YAML by values, UTF-8, pandas and pyarrow
    pickle.UnpicklingError,
    struct.error,
    zipfile.BadZipFile,
    cv2.error,
)
_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
_LONGEST_REASON = 300


@contextlib.contextmanager
def asking_datumaro(what: str, losses: LossReport) -> Iterator[None]:
    """Run code of Datumaro's.

    Args:
        what: What it is asked to do, for error messages, such as "voc: Datumaro cannot read it as 'voc'".
        losses: Counts the warnings that it logs: they say what it leaves out.

    Raises:
        MissingExtraError: It needs a package that is not installed.
        BridgeError: It fails.
    """
    handler = _Counting(losses)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    except DatumpbError:
        raise
    except ImportError as error:
        message = f"{what}: it needs the package {error.name}: pip install {error.name}"
        raise MissingExtraError(message) from error
    except _FAILURES as error:
        cause = _root_cause(error)
        if isinstance(cause, DatumpbError):
            raise cause from error
        if isinstance(cause, ImportError):
            message = f"{what}: it needs the package {cause.name}: pip install {cause.name}"
            raise MissingExtraError(message) from error
        message = f"{what}: {_reason(cause)}"
        raise BridgeError(message) from error
    finally:
        root.removeHandler(handler)


class _Counting(logging.Handler):
    """Counts warnings as losses; as there is a handler, `logging` prints nothing by itself."""

    def __init__(self, losses: LossReport) -> None:
        super().__init__()
        self._losses = losses

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.WARNING:
            return
        message = " ".join(record.getMessage().split())
        # Messages that differ in names and numbers only are of one kind.
        self._losses.add(f"Datumaro: {_PARTICULAR.sub('...', message)}", message)


def _root_cause(error: BaseException) -> BaseException:
    while error.__cause__ is not None and isinstance(error, DatumaroError):
        error = error.__cause__
    return error


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())[:_LONGEST_REASON]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
