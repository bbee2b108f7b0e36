// The records of a file, found through its end or walked one behind the other.

#include "record_file.h"

#include <tuple>
#include <utility>

#include "crc32.h"
#include "datumpb/errors.h"
#include "ends.h"
#include "located.h"

namespace datumpb::internal {
namespace {

constexpr std::uint64_t kMetaSeq = 2;

// The checksum over checksums that FOOTER has.
std::uint32_t with_crc32(std::uint32_t value, std::uint32_t sum) {
    std::string bytes;
    for (int index = 0; index < 4; ++index, value >>= 8) {
        bytes += static_cast<char>(value & 0xffU);
    }
    return crc32(bytes, sum);
}

// Tells whether a record of a known kind may stand behind another one.
bool may_follow(std::uint64_t previous, std::uint64_t kind, schema::ContentType content) {
    const bool media = content == schema::CONTENT_TYPE_MEDIA;
    const std::uint64_t piece = media ? schema::RECORD_KIND_MEDIA : schema::RECORD_KIND_BLOCK;
    const std::uint64_t behind_pieces = media ? schema::RECORD_KIND_FOOTER : schema::RECORD_KIND_INDEX;
    if (previous == schema::RECORD_KIND_HEADER) {
        return kind == schema::RECORD_KIND_META;
    }
    if (previous == schema::RECORD_KIND_META || previous == piece) {
        return kind == piece || kind == behind_pieces;
    }
    return previous == schema::RECORD_KIND_INDEX &&
           (kind == schema::RECORD_KIND_INDEX || kind == schema::RECORD_KIND_FOOTER);
}

}  // namespace

RecordFile::RecordFile(std::unique_ptr<ByteSource> source, const std::optional<Key>& key, schema::ContentType content)
    : source_(std::move(source)), head_(read_head(*source_, content)), cipher_(unlock(head_, key, source_->name())) {
    std::tie(footer_offset_, footer_size_) = read_trailer(*source_, head_.sync, head_.end);
    located(*source_, footer_offset_, [this] { read_footer(); });
}

void RecordFile::read_footer() {
    const StoredRecord record = read_stored(*source_, footer_offset_, head_.header.max_record_size(), footer_size_);
    expect(record, schema::RECORD_KIND_FOOTER, record.seq, head_.sync_number);
    if (!footer_.ParseFromString(body(record))) {
        throw DamagedFileError("FOOTER cannot be parsed");
    }
    if (footer_.record_count() != record.seq) {
        throw DamagedFileError("FOOTER counts " + std::to_string(footer_.record_count()) + " records, its number is " +
                               std::to_string(record.seq));
    }
}

std::string RecordFile::meta_body() {
    return located(*source_, head_.end, [this] {
        const StoredRecord record = read_stored(*source_, head_.end, head_.header.max_record_size());
        expect(record, schema::RECORD_KIND_META, kMetaSeq, head_.sync_number);
        return body(record);
    });
}

std::string RecordFile::listed_body(schema::RecordKind kind, std::uint64_t offset, std::uint64_t size,
                                    std::uint64_t seq, std::uint32_t crc32) {
    return located(*source_, offset, [&] {
        const StoredRecord record = read_stored(*source_, offset, head_.header.max_record_size(), size);
        expect(record, kind, seq, head_.sync_number);
        if (record.crc32 != crc32) {
            throw DamagedFileError("the record is not the one that the index lists");
        }
        return body(record);
    });
}

std::string RecordFile::body(const StoredRecord& record) {
    return open_body(record, cipher_.get(), head_.header.max_record_size(), decompressor_);
}

void RecordFile::walk(const std::function<void(const StoredRecord&)>& visit) {
    std::uint32_t sum = with_crc32(head_.crc32, with_crc32(kPreambleCrc32, 0));
    std::uint64_t offset = head_.end;
    std::uint64_t previous = schema::RECORD_KIND_HEADER;
    for (std::uint64_t seq = kMetaSeq; offset <= footer_offset_; ++seq) {
        located(*source_, offset, [&] {
            const bool last = offset == footer_offset_;
            const StoredRecord record = read_stored(*source_, offset, head_.header.max_record_size(),
                                                    last ? std::optional(footer_size_) : std::nullopt);
            const auto kind = static_cast<schema::RecordKind>(record.kind);
            expect(record, last ? schema::RECORD_KIND_FOOTER : kind, seq, head_.sync_number);
            if (schema::RecordKind_IsValid(kind) || previous == schema::RECORD_KIND_HEADER) {
                if (!may_follow(previous, record.kind, head_.header.content()) ||
                    (kind == schema::RECORD_KIND_FOOTER) != last) {
                    throw DamagedFileError("a record of kind " + std::to_string(record.kind) +
                                           " is not in its place");
                }
                previous = record.kind;
            } else {
                unsealed(record, cipher_.get());  // what is skipped has to be of this file, too
            }
            if (last && sum != footer_.records_crc32()) {
                throw DamagedFileError("FOOTER vouches for other records than the file has");
            }
            visit(record);
            sum = with_crc32(record.crc32, sum);
            offset = record.end();
        });
    }
    // A record of an unknown kind may reach over FOOTER, to its very end.
    if (previous != schema::RECORD_KIND_FOOTER || offset != footer_offset_ + footer_size_) {
        fail<DamagedFileError>("the records do not lead to FOOTER", source_->name(), footer_offset_);
    }
}

}  // namespace datumpb::internal
