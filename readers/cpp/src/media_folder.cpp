// Media in a dataset's folder: found by their path inside of it, never outside, and checked while read.

#include <algorithm>
#include <cctype>
#include <system_error>
#include <utility>

#include "crc32.h"
#include "datumpb/errors.h"
#include "datumpb/media.h"

namespace datumpb {
namespace {

namespace fs = std::filesystem;
namespace schema = ::datumpb_schema::v1;

constexpr std::uint64_t kPieceSize = std::uint64_t{1} << 20;

// Passes pieces on, each when the next one comes, and the last when all are what a reference says.
class CheckedPieces {
public:
    CheckedPieces(const schema::MediaRef& ref, const MediaSink& sink) : ref_(ref), sink_(sink) {}

    void add(std::string_view piece) {
        size_ += piece.size();
        crc32_ = internal::crc32(piece, crc32_);
        check_size(size_ <= ref_.size());
        if (!pending_.empty()) {
            sink_(pending_);
        }
        pending_ = piece;
    }

    void finish() {
        check_size(size_ == ref_.size());
        if (ref_.has_crc32() && crc32_ != ref_.crc32()) {
            throw MediaMismatchError("not the file that the item means: its checksum differs", ref_.path());
        }
        if (!pending_.empty()) {
            sink_(pending_);
        }
    }

private:
    void check_size(bool fits) const {
        if (ref_.has_size() && !fits) {
            throw MediaMismatchError(
                "not the file that the item means: its size is not " + std::to_string(ref_.size()) + " bytes",
                ref_.path());
        }
    }

    const schema::MediaRef& ref_;
    const MediaSink& sink_;
    std::uint64_t size_ = 0;
    std::uint32_t crc32_ = 0;
    std::string pending_;
};

void read_plain(ByteSource& source, const MediaSink& sink) {
    for (std::uint64_t offset = 0; offset < source.size();) {
        std::string piece(static_cast<std::size_t>(std::min(kPieceSize, source.size() - offset)), '\0');
        source.read_at(offset, piece.data(), piece.size());
        offset += piece.size();
        sink(piece);
    }
}

bool has_drive(std::string_view path) {
    return path.size() >= 2 && std::isalpha(static_cast<unsigned char>(path[0])) != 0 && path[1] == ':';
}

bool has_odd_part(std::string_view path) {
    while (true) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        if (part.empty() || part == "." || part == "..") {
            return true;
        }
        if (slash == std::string_view::npos) {
            return false;
        }
        path.remove_prefix(slash + 1);
    }
}

std::unique_ptr<ByteSource> open_media(const fs::path& file, const std::string& path) {
    try {
        return open_file(file.string());
    } catch (const FileError& error) {
        throw MediaNotFoundError("cannot read this media file: " + error.message(), path);
    }
}

}  // namespace

void check_media_path(std::string_view path) {
    const std::string shown(path);
    if (has_drive(path)) {
        throw MediaPathError("a media path must not name a drive", shown);
    }
    if (!path.empty() && path[0] == '/') {
        throw MediaPathError("a media path has to be relative to the dataset's folder", shown);
    }
    if (path.find('\\') != std::string_view::npos || path.find('\0') != std::string_view::npos) {
        throw MediaPathError("a media path must not have a backslash or NUL", shown);
    }
    if (has_odd_part(path)) {
        throw MediaPathError("a media path must not have an empty part, \".\" or \"..\"", shown);
    }
}

MediaFolder::MediaFolder(fs::path root, std::optional<Key> key) : root_(std::move(root)), key_(std::move(key)) {}

fs::path MediaFolder::resolve(std::string_view path) const {
    check_media_path(path);
    const fs::path file = root_ / fs::path(std::string(path));
    std::error_code problem;
    const fs::path folder = fs::weakly_canonical(root_, problem);
    const fs::path target = problem ? fs::path() : fs::weakly_canonical(file, problem);
    const auto different = std::mismatch(folder.begin(), folder.end(), target.begin(), target.end());
    if (problem || different.first != folder.end()) {
        throw MediaPathError("this media path leads out of the dataset through a link", std::string(path));
    }
    return file;
}

void MediaFolder::read(const schema::MediaRef& ref, const MediaSink& sink) const {
    if (ref.has_data()) {
        sink(ref.data());
        return;
    }
    if (!ref.has_path()) {
        throw MediaNotFoundError("the bytes of this media are not part of the dataset");
    }
    CheckedPieces pieces(ref, sink);
    std::unique_ptr<ByteSource> source = open_media(resolve(ref.path()), ref.path());
    try {
        const MediaSink add = [&pieces](std::string_view piece) { pieces.add(piece); };
        if (ref.encrypted()) {
            read_media_file(std::move(source), key_, ref.path(), add);
        } else {
            read_plain(*source, add);
        }
    } catch (const FileError& error) {
        throw MediaMismatchError(std::string("the media file cannot be used: ") + error.what(), ref.path());
    }
    pieces.finish();
}

}  // namespace datumpb
