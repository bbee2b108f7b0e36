// Records: the envelope around everything in a file, and what protects it. FORMAT.md, section 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cipher.h"
#include "compression.h"
#include "datumpb/byte_source.h"
#include "datumpb_schema/v1/container.pb.h"

namespace datumpb::internal {

namespace schema = ::datumpb_schema::v1;

// A record as it stands in the file, its checksum already verified.
class StoredRecord {
public:
    std::uint64_t offset = 0;  // of its length prefix
    std::uint64_t size = 0;    // of length prefix and record together
    std::uint64_t sync = 0;
    std::uint64_t kind = 0;
    std::uint64_t seq = 0;
    std::uint64_t codec = 0;
    std::uint64_t raw_size = 0;
    std::uint32_t crc32 = 0;

    std::string_view nonce() const { return part(nonce_at_, nonce_size_); }
    std::string_view payload() const { return part(payload_at_, payload_size_); }
    std::uint64_t end() const { return offset + size; }

    // Takes the bytes of a record, without length prefix, apart.
    // Throws DamagedFileError where they are no record in its shortest form, or the checksum is wrong.
    static StoredRecord parse(std::string data);

private:
    std::string_view part(std::size_t at, std::size_t length) const {
        return std::string_view(data_).substr(at, length);
    }

    std::string data_;
    std::size_t nonce_at_ = 0;
    std::size_t nonce_size_ = 0;
    std::size_t payload_at_ = 0;
    std::size_t payload_size_ = 0;
};

// The 24 bytes that bind a payload to its place: checksummed, and authenticated where encrypted.
std::string record_context(std::uint64_t kind, std::uint64_t codec, std::uint64_t seq, std::uint64_t raw_size);

// Reads bytes of a file. Throws TruncatedFileError where it ends before their end.
std::string read_exactly(ByteSource& source, std::uint64_t offset, std::uint64_t size);

// Reads the record at an offset and verifies its checksum. `limit` is the largest that is accepted, its length prefix
// not counted; `size`, prefix counted, is what another record says.
// Throws LimitError, TruncatedFileError, DamagedFileError.
StoredRecord read_stored(ByteSource& source, std::uint64_t offset, std::uint64_t limit,
                         std::optional<std::uint64_t> size = std::nullopt);

// Checks that a record is of its file, of a kind and in its place. Throws DamagedFileError.
void expect(const StoredRecord& record, schema::RecordKind kind, std::uint64_t seq, std::uint64_t sync);

// Returns the payload of a record, decrypted where the file is encrypted (`cipher` is not null).
// Throws DamagedFileError, AuthenticationError.
std::string unsealed(const StoredRecord& record, const Cipher* cipher);

// Returns the body of a record, decrypted and decompressed. Throws LimitError, DamagedFileError, AuthenticationError.
std::string open_body(const StoredRecord& record, const Cipher* cipher, std::uint64_t limit,
                      Decompressor& decompressor);

}  // namespace datumpb::internal
