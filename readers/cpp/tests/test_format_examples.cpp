// The two files of docs/FORMAT.md are read, and refused after every change.

#include "check.h"
#include "datumpb/coordinates.h"
#include "datumpb/errors.h"
#include "datumpb/media.h"
#include "datumpb/reader.h"
#include "datumpb/verify.h"
#include "format_examples.h"

namespace {

constexpr std::string_view kKey = "datum-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::string_view kOtherKey = "datum-AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

datumpb::Reader reader_of(const std::string& bytes) { return datumpb::Reader(datumpb::open_bytes(bytes)); }

std::string media_of(const std::string& bytes, std::string_view key = kKey, const char* path = nullptr) {
    std::string media;
    datumpb::read_media_file(datumpb::open_bytes(bytes), datumpb::Key::parse(key),
                             path == nullptr ? std::nullopt : std::optional<std::string>(path),
                             [&](std::string_view piece) { media += piece; });
    return media;
}

}  // namespace

TEST(plain_example_is_read_as_documented) {
    CHECK(plain_file().size() == 409);
    datumpb::Reader reader = reader_of(plain_file());
    CHECK(reader.meta().subset() == "train");
    CHECK(reader.meta().categories().labels().labels(0).name() == "cat");
    CHECK(reader.size() == 1);
    const auto item = reader.item("one");
    CHECK(item.media().image().file().path() == "images/train/one.jpg");
    CHECK(datumpb::coordinates_of(item.annotations(0)) == std::vector<double>{10.5, 20.25, 100, 50.75});
    CHECK(datumpb::coordinates_of(item.annotations(1)) ==
          std::vector<double>{10.5, 20.25, 110.5, 20.25, 110.5, 71});
    CHECK(datumpb::verify(datumpb::open_bytes(plain_file())) == 1);
}

TEST(items_that_are_not_there_are_not_found) {
    datumpb::Reader reader = reader_of(plain_file());
    CHECK(check::throws<datumpb::ItemNotFoundError>([&] { reader.item(1); }));
    CHECK(check::throws<datumpb::ItemNotFoundError>([&] { reader.item("two"); }));
    CHECK(!reader.find(""));
}

TEST(plain_example_with_any_bit_changed_is_refused) {
    for (std::size_t bit = 0; bit < plain_file().size() * 8; ++bit) {
        std::string bytes = plain_file();
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
        CHECK(check::throws<datumpb::FileError>([&] { datumpb::verify(datumpb::open_bytes(bytes)); }));
    }
}

TEST(plain_example_cut_off_anywhere_is_truncated) {
    for (std::size_t size = 1; size < plain_file().size(); ++size) {
        const std::string bytes = plain_file().substr(0, size);
        CHECK(check::throws<datumpb::TruncatedFileError>([&] { reader_of(bytes); }));
    }
    CHECK(check::throws<datumpb::NotADatumFileError>([&] { reader_of(""); }));
}

TEST(plain_example_is_refused_where_a_key_is_given) {
    CHECK(check::throws<datumpb::UnexpectedKeyError>(
        [&] { datumpb::Reader(datumpb::open_bytes(plain_file()), datumpb::Key::parse(kKey)); }));
}

TEST(errors_name_file_and_place) {
    std::string bytes = plain_file();
    bytes[0x60] ^= 1;
    try {
        reader_of(bytes);
        CHECK(false);
    } catch (const datumpb::DamagedFileError& error) {
        CHECK(error.offset() == 0x53);
        CHECK(std::string(error.what()).find("bytes in memory: ") == 0);
    }
}

TEST(sealed_example_is_decrypted) {
    CHECK(media_of(sealed_file(), kKey, "images/train/one.jpg") == "not really a picture");
}

TEST(sealed_example_is_refused_under_another_path_or_key) {
    CHECK(check::throws<datumpb::MediaMismatchError>([] { media_of(sealed_file(), kKey, "images/train/two.jpg"); }));
    CHECK(check::throws<datumpb::WrongKeyError>([] { media_of(sealed_file(), kOtherKey); }));
    CHECK(check::throws<datumpb::MissingKeyError>([] {
        datumpb::read_media_file(datumpb::open_bytes(sealed_file()), std::nullopt, std::nullopt, [](auto) {});
    }));
}

TEST(sealed_example_with_any_bit_changed_is_refused) {
    for (std::size_t bit = 0; bit < sealed_file().size() * 8; ++bit) {
        std::string bytes = sealed_file();
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
        CHECK(check::throws<datumpb::Error>([&] { media_of(bytes); }));
    }
}
