// Bytes of the envelope, read strictly: varints in their shortest form, fields in their order.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace datumpb::internal {

constexpr std::size_t kMaxPrefixSize = 5;

// Reads from the start of some bytes on. What does not fit gives nothing, and then the position means nothing.
class StrictCursor {
public:
    explicit StrictCursor(std::string_view data) : data_(data) {}

    std::size_t position() const { return position_; }
    bool at_end() const { return position_ == data_.size(); }

    // Goes on behind this byte if it is the next one.
    bool skip(unsigned char byte) {
        if (at_end() || static_cast<unsigned char>(data_[position_]) != byte) {
            return false;
        }
        ++position_;
        return true;
    }

    // Reads a varint of at most so many bytes, below 2^64, in its shortest form.
    std::optional<std::uint64_t> varint(std::size_t max_size = 10) {
        std::uint64_t number = 0;
        for (std::size_t index = 0; index < max_size && !at_end(); ++index) {
            const auto byte = static_cast<unsigned char>(data_[position_++]);
            if (index == 9 && byte > 1) {
                return std::nullopt;
            }
            number |= static_cast<std::uint64_t>(byte & 0x7fU) << (7 * index);
            if (byte < 0x80) {
                return byte == 0 && index > 0 ? std::nullopt : std::optional(number);
            }
        }
        return std::nullopt;
    }

    // Reads so many bytes, at most eight, as a little-endian number.
    std::optional<std::uint64_t> fixed(std::size_t size) {
        if (data_.size() - position_ < size) {
            return std::nullopt;
        }
        std::uint64_t number = 0;
        for (std::size_t index = 0; index < size; ++index) {
            number |= static_cast<std::uint64_t>(static_cast<unsigned char>(data_[position_++])) << (8 * index);
        }
        return number;
    }

    // Goes on behind so many bytes.
    bool skip_bytes(std::uint64_t size) {
        if (data_.size() - position_ < size) {
            return false;
        }
        position_ += static_cast<std::size_t>(size);
        return true;
    }

private:
    std::string_view data_;
    std::size_t position_ = 0;
};

}  // namespace datumpb::internal
