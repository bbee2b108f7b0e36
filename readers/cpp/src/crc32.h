// CRC-32 of IEEE 802.3, zlib and PNG: FORMAT.md, section 1.
#pragma once

#include <cstdint>
#include <string_view>

namespace datumpb::internal {

// Continues `crc`, which is 0 at the start of the data.
std::uint32_t crc32(std::string_view data, std::uint32_t crc = 0) noexcept;

}  // namespace datumpb::internal
