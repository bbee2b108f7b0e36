// Messages taken apart by hand, where a parser would make an object of every one of very many entries.
#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace datumpb::internal {

// Goes through the fields of a message of at most 2^28 bytes. What cannot be parsed gives nothing.
class FieldStream {
public:
    explicit FieldStream(std::string_view message)
        : input_(reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size())) {}

    // Returns the next tag; 0 at the end, and where there is no tag.
    std::uint32_t tag() { return input_.ReadTag(); }

    // Tells whether the last tag was 0 because the message ends there.
    bool ended() { return input_.ConsumedEntireMessage(); }

    // Returns the bytes of a field of them.
    std::optional<std::string_view> bytes() {
        std::uint32_t size = 0;
        if (!input_.ReadVarint32(&size)) {
            return std::nullopt;
        }
        if (size == 0) {
            return std::string_view();
        }
        const void* data = nullptr;
        int rest = 0;
        if (!input_.GetDirectBufferPointer(&data, &rest) || static_cast<std::uint32_t>(rest) < size) {
            return std::nullopt;
        }
        input_.Skip(static_cast<int>(size));
        return std::string_view(static_cast<const char*>(data), size);
    }

    // Returns the number of a fixed32 field.
    std::optional<std::uint32_t> fixed32() {
        std::uint32_t number = 0;
        return input_.ReadLittleEndian32(&number) ? std::optional(number) : std::nullopt;
    }

    // Goes on behind the field of a tag.
    bool skip(std::uint32_t tag) { return google::protobuf::internal::WireFormatLite::SkipField(&input_, tag); }

private:
    google::protobuf::io::CodedInputStream input_;
};

}  // namespace datumpb::internal
