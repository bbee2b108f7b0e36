// PREAMBLE and TRAILER: the two ends of a file, of constant size. FORMAT.md, section 5.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "datumpb/byte_source.h"

namespace datumpb::internal {

constexpr std::uint64_t kPreambleSize = 37;
constexpr std::uint64_t kTrailerSize = 48;
constexpr std::uint32_t kPreambleCrc32 = 0x823146d6;

// Reads the start of a file and returns its eight sync bytes.
// Throws NotADatumFileError, TruncatedFileError, DamagedFileError.
std::string read_preamble(ByteSource& source);

// Reads the end of a file and returns FOOTER's offset and size, which lie between `start` and TRAILER.
// Throws TruncatedFileError where there is no TRAILER, DamagedFileError.
std::pair<std::uint64_t, std::uint64_t> read_trailer(ByteSource& source, const std::string& sync, std::uint64_t start);

}  // namespace datumpb::internal
