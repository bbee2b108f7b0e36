"""Every error of the library, in one tree.

::

    DatumpbError
    ├── FileError                     a .datum file cannot be used; has path and offset
    │   ├── NotADatumFileError        it is something else
    │   ├── DamagedFileError          a bit flipped, a record missing, out of place or from another file
    │   │   ├── TruncatedFileError    it ends too early: cut off, or never finished
    │   │   └── AuthenticationError   an encrypted record is not what was written: damaged, moved or forged
    │   ├── UnsupportedFileError      it needs a newer reader
    │   └── LimitError                it asks for more than a reader grants
    ├── KeyProblemError               something is wrong with the encryption key
    │   ├── InvalidKeyError           the text is not a key
    │   ├── MissingKeyError           the file is encrypted, and no key was given
    │   ├── WrongKeyError             the file was encrypted with another key
    │   └── UnexpectedKeyError        a key was given, and the file is not encrypted
    ├── InvalidItemError              an item, category or value that the format cannot hold; also a ValueError
    │   └── DuplicateItemError        two items of a subset have the same id
    ├── ItemNotFoundError             no item has this id or index; also a LookupError
    ├── MediaError                    the media of an item cannot be had; has path
    │   ├── MediaNotFoundError        the file is not there
    │   ├── MediaPathError            its path leads out of the dataset
    │   └── MediaMismatchError        the file is not the one that the item means
    ├── DatasetError                  a dataset cannot be used as asked
    │   ├── UnknownFormatError        no format has this name, or none fits the folder
    │   ├── SourceFormatError         a source file does not follow its format; has path and place
    │   ├── OutputExistsError         the output is there already
    │   ├── OutputBusyError           another writer is making the same output
    │   ├── LossyConversionError      the target format cannot hold everything, and that was asked for
    │   ├── OptionError               an option that a format does not know or cannot honour
    │   ├── MissingExtraError         it needs a library that is not installed
    │   └── BridgeError               a library behind a bridge failed at it
    └── ClosedError                   a reader or writer is used after it was closed

A message is one line that a person can act on. It never shows a key.

Two warnings stand beside the tree: `UnknownDataWarning`, for what a later version wrote and this one leaves out, and
`LossWarning`, for what a bridge to another library cannot hold where nobody counts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os


def _one_line(path: str | os.PathLike[str]) -> str:
    # A name may come from a file that someone else made, with a line break or what a terminal obeys.
    text = str(path)
    return text if text.isprintable() else repr(text)


class DatumpbError(Exception):
    """The root of all errors that the library raises on purpose."""


class FileError(DatumpbError):
    """A `.datum` file cannot be used.

    Attributes:
        path: The file, as the caller named it.
        offset: Where in the file, in bytes from its start; None where no place is to blame.
    """

    def __init__(self, message: str, path: str | os.PathLike[str] | None = None, offset: int | None = None) -> None:
        """Keep what is wrong and where; the text becomes ``path: message (at byte offset)``."""
        super().__init__(message, path, offset)
        self.message = message
        self.path = path
        self.offset = offset

    def __str__(self) -> str:
        """One line with file and place."""
        where = f"{_one_line(self.path)}: " if self.path is not None else ""
        place = f" (at byte {self.offset})" if self.offset is not None else ""
        return f"{where}{self.message}{place}"


class NotADatumFileError(FileError):
    """The file is something else than a `.datum` file."""


class DamagedFileError(FileError):
    """The file is not what was written: a bit flipped, or a record is missing, out of place or from another file."""


class TruncatedFileError(DamagedFileError):
    """The file ends too early: it was cut off, or its writer never finished."""


class AuthenticationError(DamagedFileError):
    """An encrypted record is not what the owner of the key wrote there."""


class UnsupportedFileError(FileError):
    """The file needs a newer reader: a higher major version, or a required feature that this one does not know."""


class LimitError(FileError):
    """The file asks for more memory than the reader grants."""


class KeyProblemError(DatumpbError):
    """Something is wrong with the encryption key."""


class InvalidKeyError(KeyProblemError):
    """The text is not a key: `datum-` and 44 characters of URL-safe base64."""


class MissingKeyError(KeyProblemError):
    """The file is encrypted, and no key was given."""


class WrongKeyError(KeyProblemError):
    """The file was encrypted with another key."""


class UnexpectedKeyError(KeyProblemError):
    """A key was given, and the file is not encrypted: it may have been replaced by a plain one."""


class InvalidItemError(DatumpbError, ValueError):
    """An item, category or value that the format cannot hold."""


class DuplicateItemError(InvalidItemError):
    """Two items of a subset have the same id."""


class ItemNotFoundError(DatumpbError, LookupError):
    """No item has this id or index."""

    def __str__(self) -> str:
        """One line, without the quotes that a LookupError would add."""
        return str(self.args[0]) if self.args else ""


class MediaError(DatumpbError):
    """The media of an item cannot be had.

    Attributes:
        path: The media's path, or None where it has none.
    """

    def __init__(self, message: str, path: str | os.PathLike[str] | None = None) -> None:
        """Keep what is wrong with which file; the text becomes ``path: message``."""
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        """One line with the file."""
        return f"{_one_line(self.path)}: {self.message}" if self.path is not None else self.message


class MediaNotFoundError(MediaError):
    """The media file is not there, or its bytes are not part of the dataset."""


class MediaPathError(MediaError):
    """The media's path leads out of the dataset."""


class MediaMismatchError(MediaError):
    """The media file is not the one that the item means: other size, checksum or path, or plain where encrypted."""


class DatasetError(DatumpbError):
    """A dataset cannot be used as asked."""


class UnknownFormatError(DatasetError):
    """No format has this name, or none (or more than one) fits the folder."""


class SourceFormatError(DatasetError):
    """A source file does not follow its format.

    Attributes:
        path: The file.
        place: Where in it, such as a line or a JSON key; None where no place is to blame.
    """

    def __init__(self, message: str, path: str | os.PathLike[str] | None = None, place: str | None = None) -> None:
        """Keep what is wrong and where; the text becomes ``path: place: message``."""
        super().__init__(message, path, place)
        self.message = message
        self.path = path
        self.place = place

    def __str__(self) -> str:
        """One line with file and place."""
        path = None if self.path is None else _one_line(self.path)
        return ": ".join(part for part in (path, self.place, self.message) if part is not None)


class OutputExistsError(DatasetError):
    """The output is there already, and overwriting was not asked for."""


class OutputBusyError(DatasetError):
    """Another writer is making the same output at this moment. Wait for it, or choose another path."""


class LossyConversionError(DatasetError):
    """The target format cannot hold everything, and a strict export was asked for; nothing was written.

    Attributes:
        losses: One line for each kind of loss, the most frequent first.
    """

    def __init__(self, losses: list[str]) -> None:
        """Keep what would be lost."""
        super().__init__(losses)
        self.losses = losses

    def __str__(self) -> str:
        """One line with all kinds of loss."""
        return f"the format cannot hold everything, so nothing was written: {'; '.join(self.losses)}"


class OptionError(DatasetError, TypeError):
    """An option that a format does not know or cannot honour."""


class MissingExtraError(DatasetError):
    """It needs a library that is not installed; the message says what to install."""


class BridgeError(DatasetError):
    """A library behind a bridge failed at what it was asked to do."""


class ClosedError(DatumpbError, ValueError):
    """A reader or writer is used after it was closed."""


class UnknownDataWarning(UserWarning):
    """A file holds an annotation, a medium or the like that only a later version knows; it is left out on reading."""


class LossWarning(UserWarning):
    """A dataset holds what the library that it was handed to cannot; told once for each kind of loss."""
