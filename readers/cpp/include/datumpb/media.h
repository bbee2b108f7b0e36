/// \file
/// Media files: encrypted ones, and those that the items of a dataset refer to (FORMAT.md, sections 10 and 15).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "datumpb/byte_source.h"
#include "datumpb/key.h"
#include "datumpb_schema/v1/media.pb.h"

namespace datumpb {

/// Takes the bytes of a media file, piece by piece.
using MediaSink = std::function<void(std::string_view)>;

/// Decrypt a media file. The last piece is handed out when all of the file was found to be what was written.
/// \param source The encrypted file.
/// \param key Its key; none: see the errors.
/// \param path The path under which the dataset knows it; none: any.
/// \param sink Takes the bytes.
/// \throws MediaMismatchError It is another media file of the dataset, moved here.
/// \throws FileError It is not an encrypted media file, or damaged.
/// \throws KeyProblemError The key does not open it, or there is none.
void read_media_file(std::unique_ptr<ByteSource> source, const std::optional<Key>& key,
                     const std::optional<std::string>& path, const MediaSink& sink);

/// Refuse a path that is not relative, or that leads out of the dataset's folder. The file system is not touched.
/// \throws MediaPathError It is such a path.
void check_media_path(std::string_view path);

/// The folder of a dataset, as the source of its media.
class MediaFolder {
public:
    /// Name the folder, which holds `annotations/`, and the key of the dataset; none: it has no encrypted media.
    explicit MediaFolder(std::filesystem::path root, std::optional<Key> key = std::nullopt);

    /// Where a path leads.
    /// \throws MediaPathError Out of the folder.
    std::filesystem::path resolve(std::string_view path) const;

    /// Read what a reference stands for. The last piece is handed out when size and checksum were found right.
    /// \throws MediaNotFoundError The bytes are not part of the dataset, or the file is not there.
    /// \throws MediaPathError The path leads out of the folder.
    /// \throws MediaMismatchError The file is not the one that is meant.
    /// \throws KeyProblemError The file is encrypted with another key, or there is none.
    void read(const datumpb_schema::v1::MediaRef& ref, const MediaSink& sink) const;

private:
    std::filesystem::path root_;
    std::optional<Key> key_;
};

}  // namespace datumpb
