// HEADER, read and judged.

#include "header.h"

#include "compression.h"
#include "datumpb/errors.h"
#include "ends.h"
#include "located.h"
#include "record.h"
#include "varint.h"

namespace datumpb::internal {
namespace {

constexpr std::uint32_t kFormatMajor = 1;
constexpr std::uint64_t kHeaderLimit = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxRecordSize = std::uint64_t{1} << 28;

// In the order that section 6 wants: major version, required features, the rest.
void check(const schema::Header& header, schema::ContentType content) {
    const std::string version =
        std::to_string(header.format_major()) + "." + std::to_string(header.format_minor());
    if (header.format_major() > kFormatMajor) {
        throw UnsupportedFileError("format version " + version + " needs a newer reader");
    }
    if (header.format_major() == 0) {
        throw DamagedFileError("HEADER states no version");
    }
    if (header.required_features_size() > 0) {
        throw UnsupportedFileError("the file requires '" + header.required_features(0) +
                                   "', which this reader does not know");
    }
    if (header.max_record_size() > kMaxRecordSize) {
        throw LimitError("records of " + std::to_string(header.max_record_size()) +
                         " bytes are announced, this reader's limit is " + std::to_string(kMaxRecordSize));
    }
    if (header.max_record_size() == 0) {
        throw DamagedFileError("HEADER states no max_record_size");
    }
    if (header.has_encryption()) {
        const schema::Encryption& encryption = header.encryption();
        if (encryption.aead() != schema::AEAD_AES_256_GCM) {
            throw UnsupportedFileError("the file is encrypted by a method (" + std::to_string(encryption.aead()) +
                                       ") that this reader does not know");
        }
        if (encryption.salt().size() != kSaltSize || encryption.commitment().size() != kCommitmentSize) {
            throw DamagedFileError("the encryption parameters in HEADER have the wrong size");
        }
    }
    if (header.content() != content) {
        throw DamagedFileError(content == schema::CONTENT_TYPE_MEDIA ? "the file does not hold a media file"
                                                                     : "the file does not hold annotations");
    }
}

}  // namespace

FileHead read_head(ByteSource& source, schema::ContentType content) {
    FileHead head;
    head.sync = read_preamble(source);
    head.sync_number = StrictCursor(head.sync).fixed(8).value_or(0);
    const StoredRecord record = read_stored(source, kPreambleSize, kHeaderLimit);
    located(source, kPreambleSize, [&] {
        expect(record, schema::RECORD_KIND_HEADER, 1, head.sync_number);
        Decompressor decompressor;
        if (!head.header.ParseFromString(open_body(record, nullptr, kHeaderLimit, decompressor))) {
            throw DamagedFileError("HEADER cannot be parsed");
        }
        check(head.header, content);
    });
    head.end = record.end();
    head.crc32 = record.crc32;
    head.hash = sha256(read_exactly(source, 0, head.end));
    return head;
}

std::unique_ptr<const Cipher> unlock(const FileHead& head, const std::optional<Key>& key, const std::string& name) {
    if (!head.header.has_encryption()) {
        if (key) {
            throw UnexpectedKeyError(name +
                                     ": a key was given, but the file is not encrypted; was it replaced by another?");
        }
        return nullptr;
    }
    if (!key) {
        throw MissingKeyError(name + ": the file is encrypted: give its key");
    }
    const schema::Encryption& encryption = head.header.encryption();
    auto cipher = std::make_unique<const Cipher>(*key, encryption.salt(), head.hash);
    if (!cipher->committed_to(encryption.commitment())) {
        throw WrongKeyError(name + ": wrong key: the file was encrypted with another one");
    }
    return cipher;
}

}  // namespace datumpb::internal
