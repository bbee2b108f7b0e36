/// \file
/// Keys: 32 bytes by which files are encrypted, and their text.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace datumpb {

/// The key of a dataset. It is wiped from memory when it goes.
class Key {
public:
    /// Take the text of a key: `datum-` and 44 characters of URL-safe base64, the last one `=`.
    /// \throws InvalidKeyError It is not one. The message does not show it.
    static Key parse(std::string_view text);

    /// Read a key from a file that holds its text; white space around it is ignored.
    /// \throws InvalidKeyError The file holds no key.
    /// \throws FileError It cannot be read.
    static Key from_file(const std::string& path);

    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();

    /// The 32 bytes.
    const std::array<unsigned char, 32>& bytes() const noexcept { return bytes_; }

private:
    Key() = default;

    std::array<unsigned char, 32> bytes_{};
};

}  // namespace datumpb
