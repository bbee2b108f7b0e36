// CRC-32, eight bytes a step: each of eight tables says what a byte does when that many others follow it.

#include "crc32.h"

#include <array>

namespace datumpb::internal {
namespace {

using Table = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Table make_table() {
    Table table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value & 1U) != 0 ? value >> 1 ^ 0xedb88320U : value >> 1;
        }
        table[0][byte] = value;
    }
    for (std::size_t step = 1; step < 8; ++step) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = table[step - 1][byte];
            table[step][byte] = before >> 8 ^ table[0][before & 0xffU];
        }
    }
    return table;
}

constexpr Table kTable = make_table();

}  // namespace

std::uint32_t crc32(std::string_view data, std::uint32_t crc) noexcept {
    crc = ~crc;
    const auto* at = reinterpret_cast<const unsigned char*>(data.data());
    std::size_t rest = data.size();
    for (; rest >= 8; rest -= 8, at += 8) {
        crc = kTable[7][(crc ^ at[0]) & 0xffU] ^ kTable[6][(crc >> 8 ^ at[1]) & 0xffU] ^
              kTable[5][(crc >> 16 ^ at[2]) & 0xffU] ^ kTable[4][crc >> 24 ^ at[3]] ^ kTable[3][at[4]] ^
              kTable[2][at[5]] ^ kTable[1][at[6]] ^ kTable[0][at[7]];
    }
    for (; rest > 0; --rest, ++at) {
        crc = crc >> 8 ^ kTable[0][(crc ^ *at) & 0xffU];
    }
    return ~crc;
}

}  // namespace datumpb::internal
