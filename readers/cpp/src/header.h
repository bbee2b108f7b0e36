// HEADER: what a reader has to know before anything else, and the refusal of what it cannot read right. Section 6.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cipher.h"
#include "datumpb/byte_source.h"
#include "datumpb/key.h"
#include "datumpb_schema/v1/container.pb.h"

namespace datumpb::internal {

// What the start of a file says.
struct FileHead {
    std::string sync;         // the sync bytes
    std::uint64_t sync_number = 0;  // the same as Record.sync has them
    datumpb_schema::v1::Header header;
    std::string hash;         // SHA-256 of the file from its start to the end of HEADER
    std::uint64_t end = 0;    // the offset behind HEADER
    std::uint32_t crc32 = 0;  // of the HEADER record
};

// Reads PREAMBLE and HEADER, and refuses what this reader cannot read right, or what does not hold `content`.
// Throws NotADatumFileError, UnsupportedFileError, LimitError, DamagedFileError.
FileHead read_head(ByteSource& source, datumpb_schema::v1::ContentType content);

// Returns how the file's records are encrypted; null where they are not.
// Throws MissingKeyError, UnexpectedKeyError, WrongKeyError.
std::unique_ptr<const Cipher> unlock(const FileHead& head, const std::optional<Key>& key, const std::string& name);

}  // namespace datumpb::internal
