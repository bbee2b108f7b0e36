// Records, read and opened.

#include "record.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crc32.h"
#include "datumpb/errors.h"
#include "located.h"
#include "varint.h"

namespace datumpb::internal {
namespace {

constexpr std::uint64_t kMaxByte = 255;  // kind and codec have a byte each in the context

std::string big_endian(std::uint64_t number) {
    std::string bytes(8, '\0');
    for (std::size_t index = 8; index-- > 0; number >>= 8) {
        bytes[index] = static_cast<char>(number & 0xffU);
    }
    return bytes;
}

[[noreturn]] void malformed() { throw DamagedFileError("not a well-formed record"); }

template <typename T>
T required(const std::optional<T>& value) {
    if (!value) {
        malformed();
    }
    return *value;
}

std::uint64_t varint_field(StrictCursor& cursor, unsigned char tag) {
    if (!cursor.skip(tag)) {
        malformed();
    }
    return required(cursor.varint());
}

// Returns offset and size of a field of bytes, which is absent where it would be empty.
std::pair<std::size_t, std::size_t> bytes_field(StrictCursor& cursor, unsigned char tag) {
    if (!cursor.skip(tag)) {
        return {0, 0};
    }
    const std::uint64_t size = required(cursor.varint());
    const std::size_t at = cursor.position();
    if (size == 0 || !cursor.skip_bytes(size)) {
        malformed();
    }
    return {at, static_cast<std::size_t>(size)};
}

void refuse_size(std::uint64_t size, std::uint64_t limit) {
    if (size > limit) {
        throw LimitError("a record of " + std::to_string(size) + " bytes is announced, the limit is " +
                         std::to_string(limit));
    }
}

// Returns the length that a prefix states, and the size of the prefix.
std::pair<std::uint64_t, std::size_t> length_prefix(std::string_view head, bool at_end_of_file) {
    StrictCursor cursor(head);
    const std::optional<std::uint64_t> length = cursor.varint(kMaxPrefixSize);
    if (length) {
        return {*length, cursor.position()};
    }
    if (at_end_of_file && head.size() < kMaxPrefixSize && cursor.at_end() &&
        (head.empty() || (static_cast<unsigned char>(head.back()) & 0x80U) != 0)) {
        throw TruncatedFileError("the length prefix of a record is cut off");
    }
    throw DamagedFileError("the length prefix of a record is not a short varint");
}

StoredRecord read_unlocated(ByteSource& source, std::uint64_t offset, std::uint64_t limit,
                            std::optional<std::uint64_t> size) {
    if (size) {
        refuse_size(*size, limit + kMaxPrefixSize);
    }
    const std::uint64_t rest = source.size() - std::min(offset, source.size());
    std::string head = read_exactly(source, offset, size.value_or(std::min<std::uint64_t>(kMaxPrefixSize, rest)));
    const auto [length, prefix_size] = length_prefix(head, offset + head.size() == source.size());
    refuse_size(length, limit);
    if (!size) {
        head = read_exactly(source, offset + prefix_size, length);
    } else if (*size == prefix_size + length) {
        head.erase(0, prefix_size);
    } else {
        throw DamagedFileError("the index says " + std::to_string(*size) + " bytes, the record itself " +
                               std::to_string(prefix_size + length));
    }
    StoredRecord record = StoredRecord::parse(std::move(head));
    record.offset = offset;
    record.size = prefix_size + length;
    return record;
}

}  // namespace

StoredRecord StoredRecord::parse(std::string data) {
    StoredRecord record;
    record.data_ = std::move(data);
    StrictCursor cursor(record.data_);
    if (!cursor.skip(0x09)) {
        malformed();
    }
    record.sync = required(cursor.fixed(8));
    record.kind = varint_field(cursor, 0x10);
    record.seq = varint_field(cursor, 0x18);
    record.codec = varint_field(cursor, 0x20);
    record.raw_size = varint_field(cursor, 0x28);
    if (!cursor.skip(0x35)) {
        malformed();
    }
    record.crc32 = static_cast<std::uint32_t>(required(cursor.fixed(4)));
    std::tie(record.nonce_at_, record.nonce_size_) = bytes_field(cursor, 0x3a);
    std::tie(record.payload_at_, record.payload_size_) = bytes_field(cursor, 0x42);
    const bool bytes_fit = record.kind > 0 && record.kind <= kMaxByte && record.codec > 0 && record.codec <= kMaxByte;
    if (!cursor.at_end() || !bytes_fit) {
        malformed();
    }
    const std::string context = record_context(record.kind, record.codec, record.seq, record.raw_size);
    if (internal::crc32(record.payload(), internal::crc32(record.nonce(), internal::crc32(context))) != record.crc32) {
        throw DamagedFileError("checksum mismatch: the record is damaged");
    }
    return record;
}

std::string record_context(std::uint64_t kind, std::uint64_t codec, std::uint64_t seq, std::uint64_t raw_size) {
    std::string context = "DTPB\x01";
    context += static_cast<char>(kind);
    context += static_cast<char>(codec);
    context += '\0';
    return context + big_endian(seq) + big_endian(raw_size);
}

std::string read_exactly(ByteSource& source, std::uint64_t offset, std::uint64_t size) {
    if (offset > source.size() || size > source.size() - offset) {
        fail<TruncatedFileError>(
            "the file ends at byte " + std::to_string(source.size()) + ", in the middle of something", source.name(),
            offset);
    }
    std::string data(static_cast<std::size_t>(size), '\0');
    source.read_at(offset, data.data(), data.size());
    return data;
}

StoredRecord read_stored(ByteSource& source, std::uint64_t offset, std::uint64_t limit,
                         std::optional<std::uint64_t> size) {
    return located(source, offset, [&] { return read_unlocated(source, offset, limit, size); });
}

void expect(const StoredRecord& record, schema::RecordKind kind, std::uint64_t seq, std::uint64_t sync) {
    if (record.sync != sync) {
        throw DamagedFileError("the record belongs to another file");
    }
    if (record.kind != static_cast<std::uint64_t>(kind)) {
        throw DamagedFileError("expected a record of kind " + std::to_string(kind) + ", found kind " +
                               std::to_string(record.kind));
    }
    if (record.seq != seq) {
        throw DamagedFileError("records are missing, repeated or out of order: expected number " +
                               std::to_string(seq) + ", found " + std::to_string(record.seq));
    }
}

std::string unsealed(const StoredRecord& record, const Cipher* cipher) {
    if (cipher != nullptr) {
        return cipher->open(record.nonce(), record.payload(),
                            record_context(record.kind, record.codec, record.seq, record.raw_size));
    }
    if (!record.nonce().empty()) {
        throw DamagedFileError("an encrypted record in a file that is not encrypted");
    }
    return std::string(record.payload());
}

std::string open_body(const StoredRecord& record, const Cipher* cipher, std::uint64_t limit,
                      Decompressor& decompressor) {
    if (record.raw_size > limit) {
        throw LimitError("a body of " + std::to_string(record.raw_size) + " bytes is announced, the limit is " +
                         std::to_string(limit));
    }
    return decompressor.body(record.codec, unsealed(record, cipher), record.raw_size);
}

}  // namespace datumpb::internal
