// Rice codes, decoded.

#include "rice.h"

#include <algorithm>

#include "datumpb/errors.h"

namespace datumpb::internal {
namespace {

constexpr std::uint32_t kMaxBits = 54;
constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 22;
constexpr std::uint32_t kUnsignedBits = 55;

std::uint64_t little_endian(const char* bytes, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t index = 0; index < size; ++index) {
        number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[index])) << (8 * index);
    }
    return number;
}

// Returns the eight bytes from `at` on, of which the first is the lowest; zeros where there are none.
std::uint64_t load(std::string_view data, std::size_t at) {
    if (data.size() >= 8 && at <= data.size() - 8) {
        return little_endian(data.data() + at, 8);  // of constant size: one instruction
    }
    return at < data.size() ? little_endian(data.data() + at, data.size() - at) : 0;
}

std::uint64_t count_ones(std::string_view data) {
    std::uint64_t count = 0;
    for (const char byte : data) {
        count += static_cast<std::uint64_t>(__builtin_popcount(static_cast<unsigned char>(byte)));
    }
    return count;
}

}  // namespace

void decode_rice(std::uint32_t bits, std::string_view low, std::string_view high,
                 std::vector<std::int64_t>& differences) {
    const std::uint64_t count = count_ones(high);
    if (bits > kMaxBits || count == 0 || count > kMaxCount || low.size() != (count * bits + 7) / 8) {
        throw DamagedFileError("Rice-coded coordinates are malformed: " + std::to_string(count) + " numbers, " +
                               std::to_string(bits) + " bits each, in " + std::to_string(low.size()) + " bytes");
    }
    differences.reserve(differences.size() + static_cast<std::size_t>(count));
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    std::uint64_t quotient = 0;
    std::uint64_t low_bit = 0;
    for (const char character : high) {
        auto byte = static_cast<unsigned>(static_cast<unsigned char>(character));
        unsigned rest = 8;
        while (byte != 0) {
            const auto zeros = static_cast<unsigned>(__builtin_ctz(byte));
            quotient += zeros;
            byte >>= zeros + 1;
            rest -= zeros + 1;
            if (quotient >> (kUnsignedBits - bits) != 0) {
                throw DamagedFileError("a Rice-coded coordinate is out of range");
            }
            // A remainder of 54 bits and the 7 before it in its first byte fit in 64.
            const std::uint64_t remainder = load(low, static_cast<std::size_t>(low_bit / 8)) >> (low_bit % 8) & mask;
            const std::uint64_t number = quotient << bits | remainder;
            differences.push_back(static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1));
            low_bit += bits;
            quotient = 0;
        }
        quotient += rest;
    }
}

}  // namespace datumpb::internal
