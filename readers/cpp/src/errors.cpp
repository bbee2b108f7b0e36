// Errors: one line each, with file and place.

#include "datumpb/errors.h"

#include <utility>

namespace datumpb {
namespace {

// A name may come from a file that someone else made, with a line break or what a terminal obeys.
std::string one_line(std::string_view text) {
    std::string shown(text);
    for (char& character : shown) {
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) {
            character = '?';
        }
    }
    return shown;
}

}  // namespace

FileError::FileError(std::string message) : Error(message), message_(std::move(message)), text_(message_) {}

void FileError::locate(std::string_view path, std::optional<std::uint64_t> offset) {
    if (path_.empty()) {
        path_ = path;
    }
    if (!offset_) {
        offset_ = offset;
    }
    text_ = (path_.empty() ? "" : one_line(path_) + ": ") + message_;
    if (offset_) {
        text_ += " (at byte " + std::to_string(*offset_) + ")";
    }
}

MediaError::MediaError(const std::string& message, std::string path)
    : Error((path.empty() ? "" : one_line(path) + ": ") + message), path_(std::move(path)) {}

}  // namespace datumpb
