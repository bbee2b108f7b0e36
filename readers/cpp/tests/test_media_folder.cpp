// Media in a folder: inside of it only, and only what a reference means.

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "check.h"
#include "datumpb/errors.h"
#include "datumpb/media.h"
#include "format_examples.h"

namespace {

namespace fs = std::filesystem;
using datumpb_schema::v1::MediaRef;

const datumpb::Key& key() {
    static const datumpb::Key kKey = datumpb::Key::parse("datum-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    return kKey;
}

// A folder that goes with the test.
class Dataset {
public:
    Dataset() {
        std::string name = (fs::temp_directory_path() / "datumpb-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
        fs::create_directories(root_ / "set/images/train");
    }
    Dataset(const Dataset&) = delete;
    Dataset& operator=(const Dataset&) = delete;
    ~Dataset() { fs::remove_all(root_); }

    fs::path folder() const { return root_ / "set"; }
    void write(const std::string& path, const std::string& bytes) const { std::ofstream(folder() / path) << bytes; }

private:
    fs::path root_;
};

MediaRef ref_to(const std::string& path) {
    MediaRef made;
    made.set_path(path);
    return made;
}

std::string read(const Dataset& dataset, const MediaRef& wanted, bool with_key = true) {
    std::string bytes;
    datumpb::MediaFolder(dataset.folder(), with_key ? std::optional(key()) : std::nullopt)
        .read(wanted, [&](std::string_view piece) { bytes += piece; });
    return bytes;
}

}  // namespace

TEST(plain_media_are_read_and_compared) {
    const Dataset dataset;
    dataset.write("images/train/one.jpg", "123456789");
    MediaRef wanted = ref_to("images/train/one.jpg");
    wanted.set_size(9);
    wanted.set_crc32(0xcbf43926);
    CHECK(read(dataset, wanted) == "123456789");
    wanted.set_crc32(1);
    CHECK(check::throws<datumpb::MediaMismatchError>([&] { read(dataset, wanted); }));
    wanted.clear_crc32();
    for (const std::uint64_t size : {8, 10}) {
        wanted.set_size(size);
        CHECK(check::throws<datumpb::MediaMismatchError>([&] { read(dataset, wanted); }));
    }
}

TEST(encrypted_media_are_decrypted_and_nothing_else_is_taken_for_them) {
    const Dataset dataset;
    dataset.write("images/train/one.jpg", sealed_file());
    dataset.write("images/train/two.jpg", sealed_file());
    dataset.write("images/train/plain.jpg", "123456789");
    MediaRef wanted = ref_to("images/train/one.jpg");
    wanted.set_encrypted(true);
    CHECK(read(dataset, wanted) == "not really a picture");
    CHECK(check::throws<datumpb::MissingKeyError>([&] { read(dataset, wanted, false); }));
    for (const char* path : {"images/train/two.jpg", "images/train/plain.jpg"}) {
        wanted.set_path(path);
        CHECK(check::throws<datumpb::MediaMismatchError>([&] { read(dataset, wanted); }));
    }
}

TEST(media_that_are_not_there_are_not_found) {
    const Dataset dataset;
    CHECK(check::throws<datumpb::MediaNotFoundError>([&] { read(dataset, ref_to("images/train/one.jpg")); }));
    CHECK(check::throws<datumpb::MediaNotFoundError>([&] { read(dataset, ref_to("images/train")); }));
    CHECK(check::throws<datumpb::MediaNotFoundError>([&] { read(dataset, MediaRef()); }));
    MediaRef inline_bytes = ref_to("/where/ever");
    inline_bytes.set_data("bytes");
    CHECK(read(dataset, inline_bytes) == "bytes");
}

TEST(paths_that_lead_out_of_the_folder_are_refused) {
    const Dataset dataset;
    dataset.write("../secret", "secret");
    fs::create_symlink("../../secret", dataset.folder() / "images/link");
    fs::create_symlink("circle", dataset.folder() / "images/circle");
    fs::create_symlink("train", dataset.folder() / "images/inside");
    dataset.write("images/train/one.jpg", "one");
    CHECK(read(dataset, ref_to("images/inside/one.jpg")) == "one");
    for (const char* path : {"../secret", "/etc/passwd", "images//one", "./one", "images/../one", "", "C:one",
                             "images\\one", "images/link", "images/circle", "images/"}) {
        CHECK(check::throws<datumpb::MediaPathError>([&] { read(dataset, ref_to(path)); }));
    }
    CHECK(check::throws<datumpb::MediaPathError>([&] { read(dataset, ref_to(std::string("a\0b", 3))); }));
}
