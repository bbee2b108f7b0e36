/// \file
/// Every error of the library, in one tree.
///
///     Error
///     ├── FileError                     a .datum file cannot be used; has path and offset
///     │   ├── NotADatumFileError        it is something else
///     │   ├── DamagedFileError          a bit flipped, a record missing, out of place or from another file
///     │   │   ├── TruncatedFileError    it ends too early: cut off, or never finished
///     │   │   └── AuthenticationError   an encrypted record is not what was written: damaged, moved or forged
///     │   ├── UnsupportedFileError      it needs a newer reader
///     │   └── LimitError                it asks for more than a reader grants
///     ├── KeyProblemError               something is wrong with the encryption key
///     │   ├── InvalidKeyError           the text is not a key
///     │   ├── MissingKeyError           the file is encrypted, and no key was given
///     │   ├── WrongKeyError             the file was encrypted with another key
///     │   └── UnexpectedKeyError        a key was given, and the file is not encrypted
///     ├── ItemNotFoundError             no item has this id or index
///     └── MediaError                    the media of an item cannot be had; has path
///         ├── MediaNotFoundError        the file is not there
///         ├── MediaPathError            its path leads out of the dataset
///         └── MediaMismatchError        the file is not the one that the item means
///
/// A message is one line that a person can act on. It never shows a key.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace datumpb {

/// The root of all errors that the library throws on purpose.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A `.datum` file cannot be used.
class FileError : public Error {
public:
    /// \param message What is wrong. Where it is may be added later, by `locate`.
    explicit FileError(std::string message);

    /// Name the file, and the place in it where something is wrong, unless they were named before.
    void locate(std::string_view path, std::optional<std::uint64_t> offset = std::nullopt);

    /// What is wrong, without the place.
    const std::string& message() const noexcept { return message_; }
    /// The file, as the caller named it; empty where it is not known.
    const std::string& path() const noexcept { return path_; }
    /// Where in the file, in bytes from its start; none where no place is to blame.
    std::optional<std::uint64_t> offset() const noexcept { return offset_; }
    /// One line: `path: message (at byte offset)`.
    const char* what() const noexcept override { return text_.c_str(); }

private:
    std::string message_;
    std::string path_;
    std::optional<std::uint64_t> offset_;
    std::string text_;
};

/// The file is something else than a `.datum` file.
class NotADatumFileError : public FileError {
public:
    using FileError::FileError;
};

/// The file is not what was written: a bit flipped, or a record is missing, out of place or from another file.
class DamagedFileError : public FileError {
public:
    using FileError::FileError;
};

/// The file ends too early: it was cut off, or its writer never finished.
class TruncatedFileError : public DamagedFileError {
public:
    using DamagedFileError::DamagedFileError;
};

/// An encrypted record is not what the owner of the key wrote there.
class AuthenticationError : public DamagedFileError {
public:
    using DamagedFileError::DamagedFileError;
};

/// The file needs a newer reader: a higher major version, or something else that this one does not know.
class UnsupportedFileError : public FileError {
public:
    using FileError::FileError;
};

/// The file asks for more memory than the reader grants.
class LimitError : public FileError {
public:
    using FileError::FileError;
};

/// Something is wrong with the encryption key.
class KeyProblemError : public Error {
public:
    using Error::Error;
};

/// The text is not a key: `datum-` and 44 characters of URL-safe base64.
class InvalidKeyError : public KeyProblemError {
public:
    using KeyProblemError::KeyProblemError;
};

/// The file is encrypted, and no key was given.
class MissingKeyError : public KeyProblemError {
public:
    using KeyProblemError::KeyProblemError;
};

/// The file was encrypted with another key.
class WrongKeyError : public KeyProblemError {
public:
    using KeyProblemError::KeyProblemError;
};

/// A key was given, and the file is not encrypted: it may have been replaced by a plain one.
class UnexpectedKeyError : public KeyProblemError {
public:
    using KeyProblemError::KeyProblemError;
};

/// No item has this id or index.
class ItemNotFoundError : public Error {
public:
    using Error::Error;
};

/// The media of an item cannot be had.
class MediaError : public Error {
public:
    /// \param message What is wrong.
    /// \param path The media's path; empty where it has none.
    explicit MediaError(const std::string& message, std::string path = {});

    /// The media's path; empty where it has none.
    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

/// The media file is not there, or its bytes are not part of the dataset.
class MediaNotFoundError : public MediaError {
public:
    using MediaError::MediaError;
};

/// The media's path leads out of the dataset.
class MediaPathError : public MediaError {
public:
    using MediaError::MediaError;
};

/// The media file is not the one that the item means: other size, checksum or path, or plain where encrypted.
class MediaMismatchError : public MediaError {
public:
    using MediaError::MediaError;
};

}  // namespace datumpb
