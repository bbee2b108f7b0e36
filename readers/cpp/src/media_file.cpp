// Encrypted media files: the same container, with the file's bytes in MEDIA records.

#include <optional>
#include <utility>

#include "datumpb/errors.h"
#include "datumpb/media.h"
#include "datumpb_schema/v1/meta.pb.h"
#include "located.h"
#include "record_file.h"

namespace datumpb {
namespace {

namespace schema = ::datumpb_schema::v1;
using internal::StoredRecord;

class MediaReading {
public:
    MediaReading(internal::RecordFile& file, const MediaSink& sink) : file_(file), sink_(sink) {}

    void run() {
        file_.walk([this](const StoredRecord& record) { visit(record); });
        if (pending_) {
            sink_(*pending_);
        }
    }

private:
    void visit(const StoredRecord& record) {
        if (record.kind == schema::RECORD_KIND_MEDIA) {
            std::string body = file_.body(record);
            if (body.empty()) {
                throw DamagedFileError("a MEDIA record without bytes");
            }
            size_ += body.size();
            if (pending_) {
                sink_(*pending_);
            }
            pending_ = std::move(body);
        } else if (record.kind == schema::RECORD_KIND_FOOTER && size_ != file_.footer().media_size()) {
            throw DamagedFileError(std::to_string(file_.footer().media_size()) + " bytes were written, " +
                                   std::to_string(size_) + " are there");
        }
    }

    internal::RecordFile& file_;
    const MediaSink& sink_;
    std::uint64_t size_ = 0;
    std::optional<std::string> pending_;
};

}  // namespace

void read_media_file(std::unique_ptr<ByteSource> source, const std::optional<Key>& key,
                     const std::optional<std::string>& path, const MediaSink& sink) {
    internal::RecordFile file(std::move(source), key, schema::CONTENT_TYPE_MEDIA);
    schema::MediaMeta meta;
    internal::located(file.source(), file.head().end, [&] {
        if (!file.head().header.has_encryption()) {
            throw DamagedFileError("a media file in a container that is not encrypted");
        }
        if (!meta.ParseFromString(file.meta_body())) {
            throw DamagedFileError("META cannot be parsed");
        }
    });
    if (path && meta.path() != *path) {
        throw MediaMismatchError("this is another media file of the dataset, moved here", file.source().name());
    }
    MediaReading(file, sink).run();
}

}  // namespace datumpb
