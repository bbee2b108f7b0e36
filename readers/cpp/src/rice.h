// Rice codes: integers that are mostly small, in few bits each. FORMAT.md, section 12.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace datumpb::internal {

// Appends the differences that `rice_bits`, `rice_low` and `rice_high` (not empty) stand for to `differences`.
// Throws DamagedFileError.
void decode_rice(std::uint32_t bits, std::string_view low, std::string_view high,
                 std::vector<std::int64_t>& differences);

}  // namespace datumpb::internal
