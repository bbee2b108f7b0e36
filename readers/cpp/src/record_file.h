// The records of one complete file: its ends first, then whatever FOOTER vouches for. FORMAT.md, section 9.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "datumpb/byte_source.h"
#include "datumpb/key.h"
#include "header.h"
#include "record.h"

namespace datumpb::internal {

class RecordFile {
public:
    // Reads both ends of a file. Throws FileError and KeyProblemError, as FORMAT.md orders the checks.
    RecordFile(std::unique_ptr<ByteSource> source, const std::optional<Key>& key, schema::ContentType content);

    ByteSource& source() const { return *source_; }
    const FileHead& head() const { return head_; }
    const schema::Footer& footer() const { return footer_; }
    std::uint64_t footer_offset() const { return footer_offset_; }

    // Returns the body of META.
    std::string meta_body();

    // Returns the body of a record that another one lists, and refuses any other that stands there.
    template <typename Entry>
    std::string listed_body(schema::RecordKind kind, const Entry& entry) {
        return listed_body(kind, entry.offset, entry.size, entry.seq, entry.crc32);
    }

    // Returns the body of a record.
    std::string body(const StoredRecord& record);

    // Calls `visit` with every record from META to FOOTER, in order, and compares what FOOTER says of them.
    // Throws DamagedFileError where records are missing, repeated, out of order or from another file.
    void walk(const std::function<void(const StoredRecord&)>& visit);

private:
    std::string listed_body(schema::RecordKind kind, std::uint64_t offset, std::uint64_t size, std::uint64_t seq,
                            std::uint32_t crc32);
    void read_footer();

    std::unique_ptr<ByteSource> source_;
    FileHead head_;
    std::unique_ptr<const Cipher> cipher_;
    Decompressor decompressor_;
    schema::Footer footer_;
    std::uint64_t footer_offset_ = 0;
    std::uint64_t footer_size_ = 0;
};

}  // namespace datumpb::internal
