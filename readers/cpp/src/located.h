// Errors that learn where they happened.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "datumpb/byte_source.h"
#include "datumpb/errors.h"

namespace datumpb::internal {

// Calls a function; a FileError that leaves it names the file and the offset, unless it names others.
template <typename Function>
auto located(const ByteSource& source, std::uint64_t offset, Function function) {
    try {
        return function();
    } catch (FileError& error) {
        error.locate(source.name(), offset);
        throw;
    }
}

// Throws an error that names file and offset.
template <typename Problem>
[[noreturn]] void fail(const std::string& message, const std::string& path, std::optional<std::uint64_t> offset = {}) {
    Problem error(message);
    error.locate(path, offset);
    throw error;
}

}  // namespace datumpb::internal
