// Sources of bytes: files by pread, so that nothing has a position, and memory.

#include "datumpb/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "datumpb/errors.h"
#include "located.h"

namespace datumpb {
namespace {

using internal::fail;

// Some systems refuse a single read of 2 GiB or more.
constexpr std::size_t kMaxRead = std::size_t{1} << 30;

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    int get() const { return number_; }

private:
    int number_;
};

class FileSource final : public ByteSource {
public:
    // Without O_NONBLOCK the open of a pipe that was put in the file's place would wait for a writer.
    explicit FileSource(const std::string& path)
        : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        struct stat status {};
        if (path.find('\0') != std::string::npos) {
            fail<FileError>("cannot open: no file can have this name", path_);
        }
        if (file_.get() < 0 || ::fstat(file_.get(), &status) != 0) {
            fail<FileError>(std::string("cannot open: ") + std::strerror(errno), path_);
        }
        if (!S_ISREG(status.st_mode)) {
            fail<FileError>("cannot open: not a regular file", path_);
        }
        size_ = static_cast<std::uint64_t>(status.st_size);
    }

    const std::string& name() const noexcept override { return path_; }
    std::uint64_t size() const noexcept override { return size_; }

    void read_at(std::uint64_t offset, char* buffer, std::size_t count) override {
        while (count > 0) {
            const ssize_t got =
                ::pread(file_.get(), buffer, std::min(count, kMaxRead), static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got < 0) {
                fail<FileError>(std::string("cannot read: ") + std::strerror(errno), path_, offset);
            }
            if (got == 0) {
                fail<TruncatedFileError>("the file became shorter while it was read", path_, offset);
            }
            buffer += got;
            offset += static_cast<std::uint64_t>(got);
            count -= static_cast<std::size_t>(got);
        }
    }

private:
    std::string path_;
    Descriptor file_;
    std::uint64_t size_ = 0;
};

class MemorySource final : public ByteSource {
public:
    MemorySource(std::string bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {}

    const std::string& name() const noexcept override { return name_; }
    std::uint64_t size() const noexcept override { return bytes_.size(); }

    void read_at(std::uint64_t offset, char* buffer, std::size_t count) override {
        if (offset > bytes_.size() || count > bytes_.size() - offset) {
            fail<TruncatedFileError>("there are fewer bytes", name_, offset);
        }
        bytes_.copy(buffer, count, static_cast<std::size_t>(offset));
    }

private:
    std::string bytes_;
    std::string name_;
};

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::string& path) { return std::make_unique<FileSource>(path); }

std::unique_ptr<ByteSource> open_bytes(std::string bytes, std::string name) {
    return std::make_unique<MemorySource>(std::move(bytes), std::move(name));
}

}  // namespace datumpb
