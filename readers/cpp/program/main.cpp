// The program that the conformance suite drives: prints what a file holds, or why it is refused, as JSON lines.

#include <google/protobuf/stubs/logging.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crc32.h"
#include "datumpb/coordinates.h"
#include "datumpb/errors.h"
#include "datumpb/key.h"
#include "datumpb/media.h"
#include "datumpb/reader.h"
#include "datumpb/verify.h"
#include "json.h"

namespace {

using conformance::json_message;
using conformance::json_number;
using conformance::json_numbers;
using conformance::json_text;
using datumpb_schema::v1::Item;

struct Arguments {
    std::string mode;
    std::string file;
    std::optional<std::string> key_file;
    std::optional<std::string> path;
};

// Fetching by index and by id gave different items.
class Mismatch : public std::exception {
public:
    const char* what() const noexcept override { return "an item is another one when it is fetched by its id"; }
};

void print(std::string_view name, const std::string& value) {
    std::cout << "{\"" << name << "\": " << value << "}\n";
}

std::string item_line(const Item& item) {
    std::string lists;
    for (const auto& annotation : item.annotations()) {
        const std::optional<datumpb::Shape> shape = datumpb::shape_of(annotation);
        const std::vector<double> numbers = datumpb::coordinates_of(annotation);
        if (shape && shape->coordinates != nullptr) {
            lists += (lists.empty() ? "" : ", ") + json_numbers(numbers);
        }
    }
    return "{\"item\": " + json_message(item) + ", \"coordinates\": [" + lists + "]}\n";
}

void print_items(datumpb::Reader reader) {
    print("meta", json_message(reader.meta()));
    for (const Item& item : reader.items()) {
        std::cout << item_line(item);
    }
    print("end", std::to_string(reader.size()));
}

void print_random(datumpb::Reader reader) {
    print("meta", json_message(reader.meta()));
    std::vector<std::string> lines(reader.size());
    for (std::uint64_t index = reader.size(); index-- > 0;) {
        const Item item = reader.item(index);
        lines[index] = item_line(item);
        if (item_line(reader.item(item.id())) != lines[index]) {
            throw Mismatch();
        }
    }
    for (const std::string& line : lines) {
        std::cout << line;
    }
    print("end", std::to_string(lines.size()));
}

void print_media(const Arguments& arguments, const std::optional<datumpb::Key>& key) {
    std::uint64_t size = 0;
    std::uint32_t crc32 = 0;
    datumpb::read_media_file(datumpb::open_file(arguments.file), key, arguments.path, [&](std::string_view piece) {
        size += piece.size();
        crc32 = datumpb::internal::crc32(piece, crc32);
    });
    print("media", "{\"size\": " + std::to_string(size) + ", \"crc32\": " + std::to_string(crc32) + "}");
}

void print_speed(const Arguments& arguments, const std::optional<datumpb::Key>& key) {
    using Clock = std::chrono::steady_clock;
    constexpr double kSeconds = 2;
    const double megabytes = static_cast<double>(datumpb::open_file(arguments.file)->size()) / 1e6;
    datumpb::Reader reader(arguments.file, key);
    const Clock::time_point start = Clock::now();
    double seconds = 0;
    double passes = 0;
    double sum = 0;  // printed nowhere, and yet no compiler can leave the decoding out
    for (; seconds < kSeconds; ++passes) {
        for (const Item& item : reader.items()) {
            for (const auto& annotation : item.annotations()) {
                for (const double number : datumpb::coordinates_of(annotation)) {
                    sum += number;
                }
            }
        }
        seconds = std::chrono::duration<double>(Clock::now() - start).count();
    }
    volatile double kept = sum;
    static_cast<void>(kept);
    print("megabytes_per_second", json_number(megabytes * passes / seconds));
}

void run(const Arguments& arguments) {
    std::optional<datumpb::Key> key;
    if (arguments.key_file) {
        key = datumpb::Key::from_file(*arguments.key_file);
    }
    if (arguments.mode == "items") {
        print_items(datumpb::Reader(arguments.file, key));
    } else if (arguments.mode == "random") {
        print_random(datumpb::Reader(arguments.file, key));
    } else if (arguments.mode == "verify") {
        print("end", std::to_string(datumpb::verify(datumpb::open_file(arguments.file), key)));
    } else if (arguments.mode == "media") {
        print_media(arguments, key);
    } else {
        print_speed(arguments, key);
    }
}

template <typename Kind>
bool is(const std::exception& error) {
    return dynamic_cast<const Kind*>(&error) != nullptr;
}

// Names the class of an error; a kind of something stands before it.
std::string_view class_of(const std::exception& error) {
    struct Class {
        bool (*matches)(const std::exception&);
        std::string_view name;
    };
    constexpr Class kClasses[] = {
        {is<datumpb::NotADatumFileError>, "NotADatumFile"},
        {is<datumpb::TruncatedFileError>, "TruncatedFile"},
        {is<datumpb::AuthenticationError>, "Authentication"},
        {is<datumpb::DamagedFileError>, "DamagedFile"},
        {is<datumpb::UnsupportedFileError>, "UnsupportedFile"},
        {is<datumpb::LimitError>, "Limit"},
        {is<datumpb::FileError>, "File"},
        {is<datumpb::InvalidKeyError>, "InvalidKey"},
        {is<datumpb::MissingKeyError>, "MissingKey"},
        {is<datumpb::WrongKeyError>, "WrongKey"},
        {is<datumpb::UnexpectedKeyError>, "UnexpectedKey"},
        {is<datumpb::ItemNotFoundError>, "ItemNotFound"},
        {is<datumpb::MediaMismatchError>, "MediaMismatch"},
        {is<Mismatch>, "Mismatch"},
    };
    for (const Class& candidate : kClasses) {
        if (candidate.matches(error)) {
            return candidate.name;
        }
    }
    return "Other";
}

std::optional<Arguments> parse(const std::vector<std::string>& words) {
    if (words.size() < 2 || words.size() % 2 != 0) {
        return std::nullopt;
    }
    Arguments arguments{words[0], words[1], std::nullopt, std::nullopt};
    const std::string_view mode = arguments.mode;
    if (mode != "items" && mode != "random" && mode != "verify" && mode != "media" && mode != "speed") {
        return std::nullopt;
    }
    for (std::size_t index = 2; index < words.size(); index += 2) {
        if (words[index] == "--key-file") {
            arguments.key_file = words[index + 1];
        } else if (words[index] == "--path") {
            arguments.path = words[index + 1];
        } else {
            return std::nullopt;
        }
    }
    return arguments;
}

}  // namespace

int main(int count, char** words) {
    const std::optional<Arguments> arguments = parse({words + 1, words + count});
    if (!arguments) {
        std::cerr << "usage: conformance items|random|verify|media|speed FILE [--key-file FILE] [--path PATH]\n";
        return 2;
    }
    google::protobuf::SetLogHandler(nullptr);  // what it would print is in the error
    try {
        run(*arguments);
    } catch (const std::exception& error) {
        std::cout << "{\"error\": " << json_text(class_of(error)) << ", \"message\": " << json_text(error.what())
                  << "}\n";
        return 1;
    }
    return std::cout.flush() ? 0 : 1;
}
