"""Every error of the library, in one tree.

::

    DatumpbError
    ├── FileError                     a .datum file cannot be used; has path and offset
    │   ├── NotADatumFileError        it is something else
    │   ├── DamagedFileError          a bit flipped, a record missing, out of place or from another file
    │   │   ├── TruncatedFileError    it ends too early: cut off, or never finished
    │   │   ├── ShardError            a shard of a subset is missing, or from another writing of it
    │   │   └── AuthenticationError   an encrypted record is not what was written: damaged, moved or forged
    │   ├── RemoteError               storage behind a URL cannot be reached, or refuses
    │   │   └── RemoteNotFoundError   nothing is there
    │   ├── ChangedFileError          it was replaced while it was read
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
    │   ├── QueryError                an SQL query is wrong, or fails
    │   ├── MissingExtraError         it needs a library that is not installed
    │   └── BridgeError               a library behind a bridge failed at it
    ├── WorkerError                   a worker process ended, or cannot be used
    └── ClosedError                   a reader or writer is used after it was closed

A message is one line that a person can act on. It never shows a key.

Two warnings stand beside the tree: `UnknownDataWarning`, for what a later version wrote and this one leaves out, and
`LossWarning`, for what a bridge to another library cannot hold where nobody counts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from typing import TypeAlias

    from datumpb.storage.location import RemotePath

    AnyPath: TypeAlias = str | os.PathLike[str] | RemotePath


def _one_line(path: AnyPath) -> str:
    # A name may come from a file that someone else made, with a line break or what a terminal obeys.
    text = str(path)
    return text if text.isprintable() else repr(text)


def _escaped(text: str) -> str:
    # As above, and where the name of a column or the message of a library is part of what is told.
    return text if text.isprintable() else "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


class DatumpbError(Exception):
    """The root of all errors that the library raises on purpose.

    What to do: catch this one where any failure means the same to you; its text is one line for a person.
    """

    def __str__(self) -> str:
        """One line."""
        return _escaped(super().__str__())


class FileError(DatumpbError):
    """A `.datum` file cannot be used.

    What to do: read the message; it names the file and the byte. Where the system could not open or read the file,
    look at its path, its permissions and the disk.

    Attributes:
        path: The file, as the caller named it.
        offset: Where in the file, in bytes from its start; None where no place is to blame.
    """

    def __init__(self, message: str, path: AnyPath | None = None, offset: int | None = None) -> None:
        """Keep what is wrong and where; the text becomes ``path: message (at byte offset)``."""
        super().__init__(message, path, offset)
        self.message = message
        self.path = path
        self.offset = offset

    def __str__(self) -> str:
        """One line with file and place."""
        where = f"{_one_line(self.path)}: " if self.path is not None else ""
        place = f" (at byte {self.offset})" if self.offset is not None else ""
        return _escaped(f"{where}{self.message}{place}")


class NotADatumFileError(FileError):
    """The file is something else than a `.datum` file.

    What to do: look whether it is the file that you mean. A dataset of another format is read by
    `Dataset.import_from` or `datumpb convert`; `datumpb detect` tells which one it is.
    """


class DamagedFileError(FileError):
    """The file is not what was written: a bit flipped, or a record is missing, out of place or from another file.

    What to do: take the file from its original or a backup. `datumpb verify` lists all that is wrong with it, and
    `datumpb recover` saves what is intact.
    """


class TruncatedFileError(DamagedFileError):
    """The file ends too early: it was cut off, or its writer never finished.

    What to do: copy the file again, if it is a copy; run the export again, if its writer was stopped. Otherwise
    `datumpb recover` saves all blocks before the end.
    """


class ShardError(DamagedFileError):
    """The shards of a subset are not what was written together: one is missing, doubled, or from another writing.

    What to do: copy the file that is named from where the dataset came from, with the others, and remove shards of
    older writings. `datumpb recover` makes a smaller dataset of those that are left.
    """


class AuthenticationError(DamagedFileError):
    """An encrypted record is not what the owner of the key wrote there.

    What to do: do not trust the file: it is damaged, or somebody changed it. Take it from its original; `datumpb
    recover` saves what authenticates.
    """


class RemoteError(FileError):
    """Storage behind a URL cannot be reached, refuses, or does not do what reading takes.

    What to do: see what the message says of the cause: the network, credentials, or a server without range requests.
    What may pass by itself was tried several times.
    """


class RemoteNotFoundError(RemoteError):
    """There is nothing at a URL.

    What to do: look at the URL. Object stores tell the same of what the account must not see.
    """


class ChangedFileError(FileError):
    """A file was replaced while it was read, so that what was read before does not belong to it.

    What to do: open the dataset again.
    """


class UnsupportedFileError(FileError):
    """The file needs a newer reader: a higher major version, or a required feature that this one does not know.

    What to do: install a newer datumpb; the message names the version or feature that the file needs.
    """


class LimitError(FileError):
    """The file asks for more memory than the reader grants.

    What to do: nothing, where the file comes from a stranger: it may be made to exhaust memory. A file of your own
    was written with a larger `max_record_size` than any reader grants, or by another writer with more parts in a record
    than any does; write it anew, with smaller items.
    """


class KeyProblemError(DatumpbError):
    """Something is wrong with the encryption key.

    What to do: see which of its kinds it is. No message shows the key.
    """


class InvalidKeyError(KeyProblemError):
    """The text is not a key: `datum-` and 44 characters of URL-safe base64.

    What to do: give the whole text, as `datumpb keygen` wrote it, and nothing else; a file of a key holds just that.
    """


class MissingKeyError(KeyProblemError):
    """The file is encrypted, and no key was given.

    What to do: give the key: `encryption_key=` in Python, `--key-file` or `$DATUMPB_ENCRYPTION_KEY` on the command
    line.
    """


class WrongKeyError(KeyProblemError):
    """The file was encrypted with another key.

    What to do: find the key that the file was written with: after `datumpb rekey` other copies of a dataset still
    have the old one. Without it nothing can be read; no key can be made to fit.
    """


class UnexpectedKeyError(KeyProblemError):
    """A key was given, and the file is not encrypted: it may have been replaced by a plain one.

    What to do: find out why the file is plain. If it is meant to be, leave the key away.
    """


class InvalidItemError(DatumpbError, ValueError):
    """An item, category or value that the format cannot hold.

    What to do: correct the item before it is written; the message says which value of which item cannot be held.
    """


class DuplicateItemError(InvalidItemError):
    """Two items of a subset have the same id.

    What to do: give the items other ids, or drop one; `merge` has `--on-duplicate` for it.
    """


class ItemNotFoundError(DatumpbError, LookupError):
    """No item has this id or index.

    What to do: look at the spelling and the subset; `id in reader` tells whether an item is there, `datumpb cat`
    lists all.
    """

    def __str__(self) -> str:
        """One line, without the quotes that a LookupError would add."""
        return _escaped(str(self.args[0])) if self.args else ""


class MediaError(DatumpbError):
    """The media of an item cannot be had.

    What to do: see which of its kinds it is. Annotations can be read all the same.

    Attributes:
        path: The media's path, or None where it has none.
    """

    def __init__(self, message: str, path: AnyPath | None = None) -> None:
        """Keep what is wrong with which file; the text becomes ``path: message``."""
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        """One line with the file."""
        return _escaped(f"{_one_line(self.path)}: {self.message}" if self.path is not None else self.message)


class MediaNotFoundError(MediaError):
    """The media file is not there, or its bytes are not part of the dataset.

    What to do: put the file back where the message says, or export with `save_media=True` from where the media are.
    """


class MediaPathError(MediaError):
    """The media's path leads out of the dataset.

    What to do: nothing, where the dataset comes from a stranger: it tries to reach files of yours. In one of your
    own, put the media into its folder.
    """


class MediaMismatchError(MediaError):
    """The media file is not the one that the item means: other size, checksum or path, or plain where encrypted.

    What to do: put back the file that was there when the dataset was written, or write the dataset anew from its
    source.
    """


class DatasetError(DatumpbError):
    """A dataset cannot be used as asked.

    What to do: see which of its kinds it is; the message says what cannot be done.
    """


class UnknownFormatError(DatasetError):
    """No format has this name, or none (or more than one) fits the folder.

    What to do: name the format; `datumpb formats` lists all of them.
    """


class SourceFormatError(DatasetError):
    """A source file does not follow its format.

    What to do: correct the source file at the place that the message names.

    Attributes:
        path: The file.
        place: Where in it, such as a line or a JSON key; None where no place is to blame.
    """

    def __init__(self, message: str, path: AnyPath | None = None, place: str | None = None) -> None:
        """Keep what is wrong and where; the text becomes ``path: place: message``."""
        super().__init__(message, path, place)
        self.message = message
        self.path = path
        self.place = place

    def __str__(self) -> str:
        """One line with file and place."""
        path = None if self.path is None else _one_line(self.path)
        return _escaped(": ".join(part for part in (path, self.place, self.message) if part is not None))


class OutputExistsError(DatasetError):
    """The output is there already, and overwriting was not asked for.

    What to do: choose another output, or ask for overwriting.
    """


class OutputBusyError(DatasetError):
    """Another writer is making the same output at this moment.

    What to do: wait for it, or choose another path. The message names the hidden file that it works in.
    """


class LossyConversionError(DatasetError):
    """The target format cannot hold everything, and a strict export was asked for; nothing was written.

    What to do: drop `strict` if the losses are acceptable, or choose a format that can hold everything, as `datumpb`
    can.

    Attributes:
        losses: One line for each kind of loss, the most frequent first.
    """

    def __init__(self, losses: list[str]) -> None:
        """Keep what would be lost."""
        super().__init__(losses)
        self.losses = losses

    def __str__(self) -> str:
        """One line with all kinds of loss."""
        return _escaped(f"the format cannot hold everything, so nothing was written: {'; '.join(self.losses)}")


class OptionError(DatasetError, TypeError):
    """An option that a format does not know or cannot honour.

    What to do: look at the options that the message lists, or at `datumpb formats`.
    """


class QueryError(DatasetError):
    """An SQL query is wrong, asks for what is not allowed, or fails.

    What to do: correct the SQL; docs/arrow.md has the views and what is allowed.
    """


class MissingExtraError(DatasetError):
    """It needs a library that is not installed; the message says what to install.

    What to do: install what the message names.
    """


class BridgeError(DatasetError):
    """A library behind a bridge failed at what it was asked to do.

    What to do: the message has what that library said; its own documentation may know more.
    """


class WorkerError(DatumpbError):
    """A worker process ended before its work was done, or cannot be used. There is no output.

    What to do: where it was killed, see whether memory ran out, and take fewer workers (`--num-workers`,
    `num_workers`). Items of a class that only the script itself has cannot be sent to workers. With one worker, all is
    done in the process itself.
    """


class ClosedError(DatumpbError, ValueError):
    """A reader or writer is used after it was closed.

    What to do: use it inside of its `with` block, or open it again.
    """


class UnknownDataWarning(UserWarning):
    """A file holds an annotation, a medium or the like that only a later version knows; it is left out on reading.

    What to do: install a newer datumpb, if you need it. The file keeps it.
    """


class LossWarning(UserWarning):
    """A dataset holds what the library that it was handed to cannot; told once for each kind of loss.

    What to do: see whether the loss matters to what the library is asked to do.
    """
