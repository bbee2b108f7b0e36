/// \file
/// Reading at any offset: of a file, of bytes in memory, or of whatever a caller derives from ByteSource.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace datumpb {

/// Bytes that are read by offset. To read from elsewhere (an object store, a mapped file), derive from this class.
class ByteSource {
public:
    virtual ~ByteSource() = default;

    /// What error messages call it.
    virtual const std::string& name() const noexcept = 0;

    /// How many bytes there are.
    virtual std::uint64_t size() const noexcept = 0;

    /// Read bytes.
    /// \param offset Of the first one.
    /// \param buffer Where to put them.
    /// \param count How many; `offset + count` is at most `size()`.
    /// \throws FileError They cannot be read, all of them.
    virtual void read_at(std::uint64_t offset, char* buffer, std::size_t count) = 0;
};

/// Open a regular file.
/// \throws FileError It cannot be opened.
std::unique_ptr<ByteSource> open_file(const std::string& path);

/// Take bytes in memory as a source.
/// \param bytes The bytes.
/// \param name What error messages call them.
std::unique_ptr<ByteSource> open_bytes(std::string bytes, std::string name = "bytes in memory");

}  // namespace datumpb
