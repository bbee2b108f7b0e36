// The worked examples of docs/FORMAT.md, as oracles that this code had no part in.
#pragma once

#include <cstddef>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

inline std::string from_hex(std::string_view text) {
    const std::string digits = "0123456789abcdef";
    std::string bytes;
    std::string pair;
    for (const char character : text) {
        if (digits.find(character) != std::string::npos) {
            pair += character;
        }
        if (pair.size() == 2) {
            bytes += static_cast<char>(digits.find(pair[0]) << 4 | digits.find(pair[1]));
            pair.clear();
        }
    }
    return bytes;
}

// Returns the text of the block that follows a marker.
inline std::string format_example(const std::string& name) {
    std::ifstream file(FORMAT_MD);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string marker = "<!-- example: " + name + " -->\n```text\n";
    const std::size_t start = text.find(marker);
    if (start == std::string::npos) {
        throw std::logic_error("FORMAT.md has no example " + name);
    }
    return text.substr(start + marker.size(), text.find("```", start + marker.size()) - start - marker.size());
}

// Returns the file of the example whose lines are offset, bytes and their meaning.
inline std::string plain_file() {
    std::string bytes;
    std::string text = format_example("plain");
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        const std::string line = text.substr(at, text.find('\n', at) - at);
        if (line.size() > 6 && line.substr(4, 2) == "  ") {
            bytes += from_hex(line.substr(6, 48));
        }
    }
    return bytes;
}

// Returns the encrypted media file, the last of the texts in its example.
inline std::string sealed_file() {
    const std::string text = format_example("sealed");
    return from_hex(text.substr(text.find("file:\n", text.find("FOOTER body:")) + 6));
}
